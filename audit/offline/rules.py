"""Work without a network: clocks, what becomes of an entry, when a device must forget. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from audit.planning.rules import AuditState
from core.words import N_, Badge, Saying

MOST_ENTRIES = 50  # in one request
MOST_MINUTES_OFF = 5  # a clock this far from the server's is told
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class CaptureKind(StrEnum):
    """What an entry of a device's queue holds."""

    ANSWER = "answer"
    PHOTO = "photo"
    FINDING = "finding"
    MEETING = "meeting"


class Outcome(StrEnum):
    """What became of an entry; each is given again when the entry comes again."""

    APPLIED = "applied"
    SAME = "same"
    CONFLICT = "conflict"
    REFUSED = "refused"


class Answer(StrEnum):
    """What a device hears of an entry that the server did not take yet: it stays in the queue."""

    WAITING = "waiting"
    PHOTO = "photo"


class Clock(StrEnum):
    """Where a device's time could not be believed."""

    RIGHT = ""
    FUTURE = "future"
    PAST = "past"
    OFF = "off"


class Standing(StrEnum):
    """What a device hears when it asks whether it may keep an audit."""

    FINE = "fine"
    SIGN_IN = "sign_in"
    WIPE = "wipe"


CAPTURE_NAMES = {
    CaptureKind.ANSWER: N_("Answer"),
    CaptureKind.PHOTO: N_("Photo"),
    CaptureKind.FINDING: N_("Finding"),
    CaptureKind.MEETING: N_("Meeting"),
}
OUTCOME_BADGES = {
    Outcome.APPLIED: Badge("good", "check", N_("On the server")),
    Outcome.SAME: Badge("good", "check", N_("On the server")),
    Outcome.CONFLICT: Badge("warn", "alert", N_("Two texts")),
    Outcome.REFUSED: Badge("bad", "cross", N_("Not taken")),
}
CLOCK_WORDS = {
    Clock.FUTURE: N_("The device's clock was ahead; the time of arrival stands instead."),
    Clock.PAST: N_(
        "The device's clock was before the audit was taken along; that time stands instead."
    ),
    Clock.OFF: N_("The device's clock was off; its time was set right."),
}
SAYINGS = {
    "device:taken_along": Saying(N_("%(actor)s took %(label)s along on a device"), key=True),
    "device:taken_again": Saying(N_("%(actor)s fetched %(label)s anew on a device")),
    "device:wipe_asked": Saying(
        N_("%(actor)s asked for a device to be wiped: %(label)s"), key=True
    ),
    "device:wiped": Saying(N_("A device of %(actor)s was wiped: %(label)s"), key=True),
    "capture:settled": Saying(N_("%(actor)s settled what came from a device: %(label)s")),
}
TAKES_ALONG = (AuditState.PLAN_ACCEPTED, AuditState.IN_PROGRESS)


def known_name(text: object) -> bool:
    """Say whether a device or an entry bears a name such as a browser makes (a UUID)."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def set_right(
    captured_at: datetime, offset_ms: int, taken_at: datetime, now: datetime
) -> tuple[datetime, Clock]:
    """Give the instant of a capture by the server's time, and where the device's clock was not believed.

    ``offset_ms`` is what the device found the server's clock to be ahead of its own. Nothing is captured after it
    arrives, nor before the device carried the audit.
    """
    try:
        right = captured_at + timedelta(milliseconds=offset_ms)
    except OverflowError:
        return now, Clock.FUTURE
    if right > now:
        near = right - now <= timedelta(minutes=MOST_MINUTES_OFF)
        return now, _off(offset_ms) if near else Clock.FUTURE
    if right < taken_at:
        near = taken_at - right <= timedelta(minutes=MOST_MINUTES_OFF)
        return taken_at, _off(offset_ms) if near else Clock.PAST
    return right, _off(offset_ms)


def _off(offset_ms: int) -> Clock:
    return Clock.OFF if abs(offset_ms) > MOST_MINUTES_OFF * 60_000 else Clock.RIGHT


@dataclass(frozen=True, slots=True)
class Before:
    """What became of the entry that another builds on: ``outcome`` is None where it has not arrived."""

    outcome: Outcome | None
    result: Mapping[str, Any]


def follows(before: Before) -> bool:
    """Say whether an entry may be applied after the one it builds on; where it was refused, it waits."""
    return before.outcome in {Outcome.APPLIED, Outcome.SAME}


def too_early(state: AuditState, kind: CaptureKind) -> bool:
    """Say whether an entry could still be taken later, once the leader begins the fieldwork."""
    return state is AuditState.PLAN_ACCEPTED and kind is not CaptureKind.MEETING


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What decides whether a device may keep an audit."""

    wipe_asked: bool = False
    on_team: bool = True
    session_ended: bool = False
    signed_in: bool = True
    person_active: bool = True


def standing(facts: DeviceFacts) -> Standing:
    """Say what a device hears. Who was sent away, left the team or lost the session keeps nothing.

    A session that only grew old asks for signing in again: its work is not lost for that.
    """
    if facts.wipe_asked or not facts.on_team or not facts.person_active:
        return Standing.WIPE
    if facts.signed_in:
        return Standing.FINE
    return Standing.WIPE if facts.session_ended else Standing.SIGN_IN
