"""The time now, in one place, so that tests and the daily clock can set it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"  # the calendar of deadlines and of people who chose no other


def utc_now() -> datetime:
    """Give the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime, zone: str = DEFAULT_ZONE) -> date:
    """Give the calendar date of an instant in a time zone (IANA name)."""
    return instant.astimezone(ZoneInfo(zone)).date()


def add_months(day: date, months: int) -> date:
    """Move a date by whole months; the last day of a shorter month where there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError
