"""Opening and closing meetings: what their record needs, and where they deviate from the plan (I-24). Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Any

from core.clock import local_date
from core.errors import Invalid
from core.words import N_, NT_, T_, Saying, Text, Words


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

MINUTES_OF_GRACE = 30  # a meeting this much before or after its hour is held as planned
METRES_OF_GRACE = 500  # beside the accuracy of the position; a campus is as wide
EARTH_METRES = 6_371_000
_IN_HOURS = 120  # minutes from which hours are easier to read
SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 300, 100
SIGNATURE_MOST = 12_000
_POINT = r"\d{1,3} \d{1,3}"
_SIGNATURE = re.compile(rf"(?:M{_POINT}(?:L{_POINT})*)+")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a device stood, in degrees; ``accuracy_m`` is the radius it named."""

    latitude: float
    longitude: float
    accuracy_m: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A planned site whose position is known."""

    name: Words
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Planned:
    """What was planned for a meeting: the audit's days, its hour on the agenda, the sites to visit."""

    starts_on: date | None = None
    ends_on: date | None = None
    at: datetime | None = None
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Deviation:
    """One way in which a meeting was not held as planned; ``value`` counts days, minutes or metres."""

    code: str
    value: int
    site: Words | None = None

    def kept(self) -> dict[str, Any]:
        """Give it as the record keeps it."""
        site = {"zh": self.site.zh, "en": self.site.en} if self.site else None
        return {"code": self.code, "value": self.value, "site": site}


def deviations(
    held_at: datetime, zone: str, position: Position | None, planned: Planned
) -> tuple[Deviation, ...]:
    """Compare a meeting with its plan: the day, else the hour; and the place where both are known."""
    when = _of_day(local_date(held_at, zone), planned) or _of_hour(held_at, planned)
    return tuple(one for one in (when, _of_place(position, planned.spots)) if one is not None)


def _of_day(held_on: date, planned: Planned) -> Deviation | None:
    if planned.starts_on is not None and held_on < planned.starts_on:
        return Deviation("days_before", (planned.starts_on - held_on).days)
    if planned.ends_on is not None and held_on > planned.ends_on:
        return Deviation("days_after", (held_on - planned.ends_on).days)
    return None


def _of_hour(held_at: datetime, planned: Planned) -> Deviation | None:
    if planned.at is None:
        return None
    minutes = round((held_at - planned.at).total_seconds() / 60)
    if abs(minutes) <= MINUTES_OF_GRACE:
        return None
    return Deviation("minutes_late" if minutes > 0 else "minutes_early", abs(minutes))


def _of_place(position: Position | None, spots: Sequence[Spot]) -> Deviation | None:
    if position is None or not spots:
        return None
    metres, spot = min(
        ((distance(position, spot), spot) for spot in spots), key=lambda pair: pair[0]
    )
    if metres <= METRES_OF_GRACE + position.accuracy_m:
        return None
    return Deviation("metres_away", metres, spot.name)


def distance(one: Position | Spot, other: Position | Spot) -> int:
    """Give the metres between two points along the surface (haversine)."""
    high, low = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    half = sin((low - high) / 2) ** 2 + cos(high) * cos(low) * sin(across / 2) ** 2
    return round(2 * EARTH_METRES * asin(min(1.0, sqrt(half))))


def flag_words(flag: Mapping[str, Any]) -> Text:
    """Say a deviation as the record keeps it."""
    value = flag["value"]
    if flag["code"] == "metres_away":
        return T_(
            "%(metres)s m from %(site)s, the nearest planned site",
            metres=value, site=Words(flag["site"]["zh"], flag["site"]["en"]),
        )  # fmt: skip
    return {
        "days_before": NT_(
            "%(n)s day before the planned days", "%(n)s days before the planned days", value
        ),
        "days_after": NT_(
            "%(n)s day after the planned days", "%(n)s days after the planned days", value
        ),
        "minutes_early": _early(value),
        "minutes_late": _late(value),
    }[flag["code"]]  # fmt: skip


def _early(minutes: int) -> Text:
    if minutes >= _IN_HOURS:
        hours, rest = divmod(minutes, 60)
        return T_("%(hours)s h %(rest)s min earlier than on the agenda", hours=hours, rest=rest)
    return NT_(
        "%(n)s minute earlier than on the agenda",
        "%(n)s minutes earlier than on the agenda",
        minutes,
    )


def _late(minutes: int) -> Text:
    if minutes >= _IN_HOURS:
        hours, rest = divmod(minutes, 60)
        return T_("%(hours)s h %(rest)s min later than on the agenda", hours=hours, rest=rest)
    return NT_(
        "%(n)s minute later than on the agenda", "%(n)s minutes later than on the agenda", minutes
    )


def position_words(latitude: float | None, longitude: float | None, accuracy_m: int | None) -> Text:
    """Say where a meeting's device stood, or that nobody said."""
    if latitude is None or longitude is None:
        return T_("No position was given")
    place = f"{latitude:.5f}, {longitude:.5f}"
    if accuracy_m is None:
        return T_("Position %(place)s", place=place)
    return T_("Position %(place)s, within %(metres)s m", place=place, metres=accuracy_m)


def check_meeting(found: Sequence[Deviation], explanation: str, parties: Collection[Party]) -> None:
    """Refuse a meeting nobody of one side attended, or a deviation without a word why (I-24)."""
    if not {Party.BODY, Party.CLIENT} <= set(parties):
        raise Invalid(T_("Name at least one person of the body and one of the client."), "people")
    if found and not explanation:
        raise Invalid(
            T_("Explain the deviation: %(what)s.", what=flag_words(found[0].kept())), "deviation"
        )


def check_signature(path: str) -> str:
    """Give a drawn signature back, or refuse what no pen drew: only such a path is ever shown."""
    if path and (len(path) > SIGNATURE_MOST or not _SIGNATURE.fullmatch(path)):
        raise Invalid(T_("A signature could not be read. Draw it again."), "people")
    return path


def check_position(position: Position | None) -> None:
    """Refuse a position that is none."""
    if position is None:
        return
    inside = -90 <= position.latitude <= 90 and -180 <= position.longitude <= 180
    if not inside or not 0 <= position.accuracy_m < EARTH_METRES:
        raise Invalid(T_("The position could not be read. Take it again, or leave it out."))
