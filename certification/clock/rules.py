"""Which days the clock still has to run for, and what it tells (I-15). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Happening:
    """Something time alone brought about on a day: an event and the number of what it is about."""

    day: date
    event: str
    label: str

    def plain(self) -> dict[str, str]:
        """Give it as plain data."""
        return {"day": self.day.isoformat(), "event": self.event, "label": self.label}


def days_to_run(last: date | None, earliest: date | None, on: date) -> Iterator[date]:
    """Give each day from the one after the last run until ``on``; before the first run from the earliest needed."""
    day = last + timedelta(days=1) if last is not None else min(earliest or on, on)
    while day <= on:
        yield day
        day += timedelta(days=1)
