"""Opening and closing meetings: what their record needs. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from core.errors import Invalid
from core.words import N_, T_, Saying


class MeetingKind(StrEnum):
    """The meetings that open and close the fieldwork (I-07)."""

    OPENING = "opening"
    CLOSING = "closing"


class Party(StrEnum):
    """For whom somebody attends."""

    BODY = "body"
    CLIENT = "client"
    OTHER = "other"


MEETING_NAMES = {
    MeetingKind.OPENING: N_("Opening meeting"),
    MeetingKind.CLOSING: N_("Closing meeting"),
}
PARTY_NAMES = {
    Party.BODY: N_("Certification body"),
    Party.CLIENT: N_("Client"),
    Party.OTHER: N_("Other"),
}
SAYINGS = {
    "meeting:recorded": Saying(N_("%(actor)s recorded a meeting: %(label)s"), key=True),
    "meeting:changed": Saying(N_("%(actor)s changed the record of a meeting: %(label)s")),
}


def check_meeting(
    held_on: date,
    starts_on: date | None,
    ends_on: date | None,
    deviation: str,
    parties: Collection[Party],
) -> None:
    """Refuse a meeting nobody of one side attended, or one outside the planned days without a word why (I-24)."""
    if not {Party.BODY, Party.CLIENT} <= set(parties):
        raise Invalid(T_("Name at least one person of the body and one of the client."), "people")
    outside = (starts_on is not None and held_on < starts_on) or (
        ends_on is not None and held_on > ends_on
    )
    if outside and not deviation:
        raise Invalid(
            T_("The meeting lies outside the planned days. Explain the deviation."), "deviation"
        )
