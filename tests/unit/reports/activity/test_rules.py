"""Days of a filter, and where an event leads."""

from datetime import UTC, datetime

import pytest

from reports.activity.rules import JOB_BADGES, place, span


def test_days_are_whole_days_of_the_reader():
    """S-32: from the first moment of a day to the last of another, in the reader's zone."""
    since, until = span("2026-11-20", "2026-11-20", "Asia/Shanghai")
    assert since == datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert until == datetime(2026, 11, 20, 16, tzinfo=UTC)


@pytest.mark.parametrize("given", ["", "soon", "0001-01-01", "9999-12-31", "2026-13-01", "'--"])
def test_what_is_no_day_filters_nothing(given):
    """S-32: bad input in an address is no error and no filter."""
    assert span(given, given, "Asia/Shanghai") == (None, None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("audit", 3, None, None), ("workspace.show", "audit_id", 3)),
        (("finding", 5, "audit", 3), ("workspace.show", "audit_id", 3)),
        (("case", 9, None, None), ("appeals.show", "case_id", 9)),
        (("person", 9, None, None), None),
    ],
)
def test_an_event_leads_to_its_thing_or_to_what_holds_it(given, expected):
    """S-32: every number has a way in."""
    assert place(*given) == expected


def test_every_state_of_a_job_has_a_badge():
    """Quality 4: word, picture, colour."""
    from core.jobs import JobState

    assert set(JOB_BADGES) == {state.value for state in JobState}
