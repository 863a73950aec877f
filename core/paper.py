"""Dates, times, figures and quotation marks as a printed document writes them, in its language and zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_name
from babel.numbers import format_decimal

# A tag, or a word of Latin letters with quotation marks; the Chinese font sets those marks a full em wide.
_QUOTING = re.compile("<[^>]*>|(?:[!-;=?-~]*[\u2018\u2019\u201c\u201d])+[!-;=?-~]*")


@dataclass(frozen=True, slots=True)
class Paper:
    """The writing of one document; ``language`` is zh_CN or en, ``zone`` an IANA name."""

    language: str
    zone: str = "Asia/Shanghai"

    @property
    def chinese(self) -> bool:
        """Whether the document is in Chinese."""
        return self.language.startswith("zh")

    @property
    def tag(self) -> str:
        """Give the language as HTML names it."""
        return "zh-CN" if self.chinese else "en-GB"

    def day(self, value: date) -> str:
        """Write 20 November 2026 or 2026年11月20日."""
        pattern = "y年M月d日" if self.chinese else "d MMMM y"
        return format_date(value, pattern, locale=self._locale)

    def days(self, first: date, last: date | None) -> str:
        """Write a period as short as it can be: 18–20 November 2026, 2026年11月18日至20日; one day alone as it is."""
        if last is None or last == first:
            return self.day(first)
        if (first.year, first.month) != (last.year, last.month):
            return f"{self.day(first)}{'至' if self.chinese else ' to '}{self.day(last)}"
        return (
            f"{self.day(first)}至{last.day}日" if self.chinese else f"{first.day}–{self.day(last)}"
        )

    def moment(self, value: datetime) -> str:
        """Write an instant as day and time in the document's zone."""
        local = value.astimezone(ZoneInfo(self.zone))
        return f"{self.day(local.date())} {local:%H:%M}"

    def weekday(self, value: datetime) -> str:
        """Write the day of an instant with its weekday."""
        local = value.astimezone(ZoneInfo(self.zone)).date()
        name = format_date(local, "EEEE", locale=self._locale)
        return f"{self.day(local)}{name}" if self.chinese else f"{name}, {self.day(local)}"

    def clock(self, value: datetime, minutes: int = 0) -> str:
        """Write the time of an instant, or the stretch that begins with it: 09:00–10:30."""
        local = value.astimezone(ZoneInfo(self.zone))
        if not minutes:
            return f"{local:%H:%M}"
        return f"{local:%H:%M}–{local + timedelta(minutes=minutes):%H:%M}"

    def number(self, value: float | Decimal | None, decimals: int = 0) -> str:
        """Write a figure with fixed decimals; a dash where there is none."""
        if value is None:
            return "–"
        shape = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, shape, locale=self._locale)

    def percent(self, value: float | Decimal | None, decimals: int = 0) -> str:
        """Write a value that is already in percent: 80 % or 80%."""
        if value is None:
            return "–"
        return self.number(value, decimals) + ("%" if self.chinese else " %")

    @property
    def zone_name(self) -> str:
        """Name the zone as people do: China Standard Time."""
        return get_timezone_name(
            ZoneInfo(self.zone), width="long", zone_variant="standard", locale=self._locale
        )

    def finished(self, html: str) -> str:
        """Give the filled template with narrow quotation marks in an English document (class ``narrow``)."""
        if self.chinese:
            return html
        head, end, body = html.partition("</head>")
        return head + end + _QUOTING.sub(_narrow, body)

    @property
    def _locale(self) -> str:
        return "zh_CN" if self.chinese else "en_GB"


def _narrow(found: re.Match[str]) -> str:
    words = found[0]
    latin = any(character.isascii() and character.isalnum() for character in words)
    return f'<span class="narrow">{words}</span>' if latin and words[0] != "<" else words
