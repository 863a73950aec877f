"""Printed dates and figures."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.paper import Paper

ZH, EN = Paper("zh_CN"), Paper("en")
LATE = datetime(2026, 11, 19, 17, 30, tzinfo=UTC)


def test_days():
    """The look: 2026年11月20日, 20 November 2026."""
    day = date(2026, 11, 20)
    assert (ZH.day(day), EN.day(day)) == ("2026年11月20日", "20 November 2026")
    assert (ZH.tag, EN.tag) == ("zh-CN", "en-GB")


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        (date(2026, 11, 18), None, "2026年11月18日", "18 November 2026"),
        (date(2026, 11, 18), date(2026, 11, 18), "2026年11月18日", "18 November 2026"),
        (date(2026, 11, 18), date(2026, 11, 20), "2026年11月18日至20日", "18–20 November 2026"),
        (
            date(2026, 11, 30),
            date(2026, 12, 2),
            "2026年11月30日至2026年12月2日",
            "30 November 2026 to 2 December 2026",
        ),
    ],
)
def test_periods(first: date, last: date | None, zh: str, en: str):
    """A period is written as short as it can be without doubt."""
    assert (ZH.days(first, last), EN.days(first, last)) == (zh, en)


def test_instants_in_the_zone_of_the_paper():
    """I-06: half past five in the evening UTC is the next day in Shanghai; print never says “today”."""
    assert EN.moment(LATE) == "20 November 2026 01:30"
    assert ZH.weekday(LATE) == "2026年11月20日星期五"
    assert EN.weekday(LATE) == "Friday, 20 November 2026"
    assert EN.clock(LATE) == "01:30"
    assert EN.clock(LATE, 90) == "01:30–03:00"
    assert Paper("en", "Europe/Berlin").moment(LATE) == "19 November 2026 18:30"
    assert (ZH.zone_name, EN.zone_name) == ("中国标准时间", "China Standard Time")


def test_figures():
    """The look: 1,204; 80% in Chinese, 80 % in English; a dash for nothing."""
    assert (EN.number(1204), EN.number(Decimal("73.65"), 1), EN.number(None)) == (
        "1,204",
        "73.6",
        "–",
    )
    assert (ZH.percent(80), EN.percent(80), EN.percent(None)) == ("80%", "80 %", "–")


def test_quotation_marks():
    """The look: narrow marks in English, never in tags, the head, Chinese quotations or a Chinese paper."""
    html = "<title>“a”</title></head><p title='“b”'>“c’s” “附录” d</p>"
    assert EN.finished(html) == (
        "<title>“a”</title></head><p title='“b”'><span class=\"narrow\">“c’s”</span> “附录” d</p>"
    )
    assert ZH.finished(html) == html
