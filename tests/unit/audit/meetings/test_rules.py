"""What the record of a meeting needs."""

from datetime import date

import pytest

from audit.meetings.rules import Party, check_meeting
from core.errors import Invalid

FIRST, LAST = date(2026, 11, 30), date(2026, 12, 2)
BOTH = {Party.BODY, Party.CLIENT}


@pytest.mark.parametrize(
    "parties", [set(), {Party.BODY}, {Party.CLIENT}, {Party.BODY, Party.OTHER}]
)
def test_a_meeting_needs_somebody_of_both_sides(parties: set[Party]) -> None:
    """I-07: attendance of a meeting names the body's and the client's people."""
    with pytest.raises(Invalid) as refused:
        check_meeting(FIRST, FIRST, LAST, "", parties)
    assert refused.value.field == "people"


@pytest.mark.parametrize("held_on", [date(2026, 11, 29), date(2026, 12, 3)])
def test_a_meeting_outside_the_planned_days_is_explained(held_on: date) -> None:
    """I-24: a deviation from the planned time is flagged and explained."""
    with pytest.raises(Invalid) as refused:
        check_meeting(held_on, FIRST, LAST, "", BOTH)
    assert refused.value.field == "deviation"
    check_meeting(held_on, FIRST, LAST, "The train was cancelled.", BOTH)


@pytest.mark.parametrize("held_on", [FIRST, LAST])
def test_a_meeting_within_the_planned_days_needs_no_word(held_on: date) -> None:
    """I-24: first and last day are planned days; without dates there is nothing to deviate from."""
    check_meeting(held_on, FIRST, LAST, "", BOTH)
    check_meeting(held_on, None, None, "", BOTH)
