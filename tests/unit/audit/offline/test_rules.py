"""Clocks that are wrong, what becomes of an entry, and when a device has to forget."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from audit.offline.rules import (
    Before,
    CaptureKind,
    Clock,
    DeviceFacts,
    Outcome,
    Standing,
    follows,
    known_name,
    set_right,
    standing,
    too_early,
)
from audit.planning.rules import AuditState

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
TAKEN = NOW - timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("captured_at", "offset", "found"),
    [
        (NOW - HOUR, 0, (NOW - HOUR, Clock.RIGHT)),
        (NOW - HOUR, 60_000, (NOW - HOUR + timedelta(minutes=1), Clock.RIGHT)),
        (NOW - 3 * HOUR, 7_200_000, (NOW - HOUR, Clock.OFF)),
        (NOW + 2 * HOUR, -10_800_000, (NOW - HOUR, Clock.OFF)),
        (NOW + timedelta(seconds=20), 0, (NOW, Clock.RIGHT)),
        (NOW + HOUR, 0, (NOW, Clock.FUTURE)),
        (datetime(2199, 1, 1, tzinfo=UTC), 0, (NOW, Clock.FUTURE)),
        (TAKEN - timedelta(seconds=20), 0, (TAKEN, Clock.RIGHT)),
        (datetime(1970, 1, 1, tzinfo=UTC), 0, (TAKEN, Clock.PAST)),
        (datetime(9999, 12, 31, tzinfo=UTC), 10**15, (NOW, Clock.FUTURE)),
    ],
)
def test_the_time_of_capture_is_set_right_or_clamped(captured_at, offset, found) -> None:
    """I-07: each entry keeps its own time of capture; a clock that cannot be believed is told, not obeyed."""
    assert set_right(captured_at, offset, TAKEN, NOW) == found


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_an_entry_follows_only_what_was_taken(outcome) -> None:
    """I-07: what builds on a refusal, a conflict or something missing waits."""
    assert follows(Before(outcome, {})) == (outcome in {Outcome.APPLIED, Outcome.SAME})


@pytest.mark.parametrize("kind", list(CaptureKind))
@pytest.mark.parametrize("state", list(AuditState))
def test_only_an_accepted_plan_lets_an_entry_wait(kind, state) -> None:
    """I-07: before the fieldwork begins, answers wait on the device; the meeting that opens it does not."""
    waits = state is AuditState.PLAN_ACCEPTED and kind is not CaptureKind.MEETING
    assert too_early(state, kind) == waits


@pytest.mark.parametrize("facts", list(product([False, True], repeat=5)))
def test_who_lost_access_keeps_nothing(facts) -> None:
    """S-32: a wipe asked for, a team left, a session ended or a person gone deletes; an old session asks to sign in."""
    asked, on_team, ended, signed_in, active = facts
    found = standing(DeviceFacts(asked, on_team, ended, signed_in, active))
    if asked or not on_team or not active:
        assert found is Standing.WIPE
    elif signed_in:
        assert found is Standing.FINE
    else:
        assert found is (Standing.WIPE if ended else Standing.SIGN_IN)


@pytest.mark.parametrize("name", ["", "x", None, 5, "A" * 36, "0" * 36, "..", "'; --"])
def test_names_of_devices_are_those_a_browser_makes(name) -> None:
    """Quality 6: nothing else is a name."""
    assert not known_name(name)
    assert known_name("0b7791af-6d2c-4e1f-9d8a-0123456789ab")
