"""Which days the clock runs for."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from certification.clock.rules import days_to_run

DAYS = st.dates(date(2026, 1, 1), date(2027, 1, 1))


@given(last=st.none() | DAYS, earliest=st.none() | DAYS, on=DAYS)
def test_every_day_once_and_none_twice(last, earliest, on):
    """The clock: no gap, nothing after the day asked for, nothing again that has run."""
    days = list(days_to_run(last, earliest, on))
    assert days == sorted(set(days))
    assert all(day <= on for day in days)
    assert all(later - day == timedelta(1) for day, later in pairwise(days))
    if last is not None:
        assert all(day > last for day in days)
        assert (days == []) is (on <= last)
    else:
        assert days[-1] == on
