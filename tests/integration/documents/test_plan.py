"""The audit plan, printed and read back."""

import logging
import re

import pytest

from audit.planning.documents import plan_html, plan_pdf
from tests.integration.documents import reading, sheets
from tests.integration.documents.test_report import VISIBLE


@pytest.fixture
def printed(render_template):
    """Print a plan with changes."""

    def make(**changes):
        return plan_pdf(sheets.plan(**changes), render_template, created_at=sheets.AT)

    return make


def test_holds_what_a_plan_must(printed):
    """S-21, I-06: objectives, criteria, scope, sites, dates, durations, methods with remote share, agenda and roles."""
    text = reading.squeezed(printed(language="en"))
    for words in (
        "确认实施与有效性。",
        "服务级别2025第1版",
        "托管与备份服务。",
        "南京总部",
        "现场",
        "2天",
        "18–19 November 2026",
        "访谈与文件审查。",
        "Share done remotely: 20 %.",
        "只读账号。",
        "陈立",
        "组长",
        "主持会议",
        "The client may object to a member",
    ):
        assert "".join(words.split()) in text


def test_agenda_by_day_in_the_zone_of_the_plan(printed):
    """I-06: an agenda in local time; a slot before midnight UTC belongs to the next day in Shanghai."""
    text = reading.text(printed(language="en"))
    order = [
        "Wednesday, 18 November 2026",
        "07:30–08:30",
        "首次会议",
        "Thursday, 19 November 2026",
        "09:00–10:30",
        "访谈",
    ]
    places = [text.index(order[0])]
    for words in order[1:]:
        places.append(text.index(words, places[-1]))
    assert "China Standard Time" in text


def test_says_who_issued_and_who_accepted(printed):
    """I-06: the client must accept the plan; until then the sheet says that it has not."""
    waiting = reading.text(printed(language="en"))
    assert "Not accepted yet" in waiting
    assert "Draft" not in waiting
    done = reading.text(printed(language="en", accepted=("王敏", sheets.AT)))
    assert "Not accepted yet" not in done
    assert "2 March 2026 10:00" in done
    assert "Draft, not issued" in reading.text(printed(language="en", issued=None))


def test_every_word_goes_through_the_catalogues(mute_template):
    """A Chinese plan shows no English."""
    shown = VISIBLE.sub(" ", plan_html(sheets.plan(), mute_template))
    assert set(re.findall(r"[A-Za-z]{2,}", shown)) - {"MA", "XK"} == set()


def test_chinese_dates(printed):
    """The look: dates as 2026年11月20日, percents without a space."""
    text = reading.squeezed(printed())
    assert "2026年11月18日至19日" in text
    assert "2026年11月18日星期三" in text
    assert "20%" in text


def test_the_style_sheet_is_understood(printed, caplog):
    """A property the engine does not know would be dropped in silence."""
    with caplog.at_level(logging.WARNING):
        printed()
    assert [record.getMessage() for record in caplog.records] == []
