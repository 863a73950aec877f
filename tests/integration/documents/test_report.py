"""The audit report, printed and read back."""

import logging
import re

import pytest

from audit.conclusion.documents import report_html, report_pdf
from audit.findings.rules import FindingGrade
from core import pictures
from tests.integration.documents import reading, sheets

VISIBLE = re.compile(r"<head>.*?</head>|<[^>]+>", re.DOTALL)


@pytest.fixture
def printed(render_template):
    """Print a report with changes."""

    def make(**changes):
        return report_pdf(sheets.report(**changes), render_template, created_at=sheets.AT)

    return make


def test_holds_what_a_report_must(printed):
    """I-12, S-23: body, client, type, criteria, objectives, scope, team, dates and places, findings, conclusion."""
    text = reading.squeezed(printed(language="en"))
    for words in (
        "华衡认证有限公司",
        "江海云服科技有限公司",
        "A-2026-0148 · 第二阶段",
        "服务级别2025第1版",
        "确认实施与有效性。",
        "托管与备份服务。",
        "增加半天。",
        "新增一个数据中心。",
        "一处数据待核。",
        "陈立",
        "18–20 November 2026",
        "南京总部",
        "F-2026-0148-02 · Major nonconformity",
        "抽查的12起重大事件中，有3起没有恢复时间的记录。",
        "事件单21007、21112与20931",
        "纠正后推荐认证",
        "The audit rests on samples.",
        "使用符合规则。",
        "上次的措施有效。",
        "体系符合准则。",
    ):
        assert "".join(words.split()) in text


def test_holds_meetings_rating_actions_and_comments(printed):
    """S-07, S-24, I-07, I-08: meetings with attendance, the rating, the action plan, samples, the client's comments."""
    text = reading.squeezed(printed(language="en"))
    for words in (
        "首次会议",
        "总经理",
        "2 March 2026 10:00",
        "Share done remotely: 20 %.",
        "加权总分73.7，达到第三级。",
        "99.91%",
        "3.20",
        "76.9",
        "Rule version 1.0.",
        "制定检查表",
        "10 January 2027",
        "按月分层",
        "数量应为3起。",
        "已更正。",
    ):
        assert "".join(words.split()) in text


def test_is_signed_or_says_that_it_is_not(printed):
    """S-23: signed by the leader, with the moment, the way and the digest; a draft says so on its first page."""
    signed = reading.squeezed(printed(language="en"))
    assert "40d1" * 16 in signed
    assert "再次登录" in signed
    assert "Draft" not in signed
    draft = reading.reader(printed(language="en", signature=None)).pages
    assert "Draft, not signed" in draft[0].extract_text()
    assert "40d1" * 16 not in "".join(page.extract_text() for page in draft)


def test_what_there_is_nothing_of_is_said(printed):
    """I-12: a report without deviations says that there were none; it does not leave the matter out."""
    text = reading.text(
        printed(language="en", findings=(), deviations="", unresolved=" ", comments=(), meetings=())
    )
    assert "Deviations from the plan\nNone." in text
    assert "Unresolved issues\nNone." in text
    assert "No nonconformity was raised." in text
    assert "The client made no comment on the draft." in text


def test_gravest_findings_first(printed):
    """I-09: majors before minors; strengths and opportunities apart from them."""
    text = reading.text(printed(language="en"))
    marks = ["F-2026-0148-02 ·", "F-2026-0148-01 ·", "改进计划清楚。", "可统一阈值。"]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


def test_every_page_tells_where_it_belongs(printed):
    """The look: a running foot with number, version, page of pages."""
    pages = reading.reader(printed(language="en")).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        words = page.extract_text()
        assert "R-2026-0148 · Version 2" in words
        assert f"Page {number} of {len(pages)}" in words


def test_margins(printed):
    """The look: A4 with 22 mm margins."""
    for page in reading.reader(printed()).pages:
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
        places = reading.pieces(page)
        assert min(piece.x for piece in places) >= 21.9
        assert max(piece.x for piece in places) <= 210 - 22


def test_long_reports_have_contents(printed):
    """A reader of many pages finds the section; a short report needs none."""
    many = tuple(sheets.finding(k, FindingGrade.MINOR) for k in range(1, 12))
    pages = reading.reader(printed(language="en", findings=many)).pages
    first = pages[0].extract_text()
    assert "Contents" in first
    told = int(re.search(r"Signature[. ]+(\d+)", first)[1])
    assert "Signed by the leader" in pages[told - 1].extract_text()
    assert "Contents" not in reading.text(printed(language="en"))


def test_tables_break_between_rows_and_repeat_their_head(printed):
    """Tables that break well: each page of a long table begins with its head, no row is lost."""
    pages = reading.reader(printed(language="en", answers=sheets.answers(120))).pages
    annex = [words for page in pages if "请求有受理" in (words := page.extract_text())]
    assert len(annex) >= 3
    assert all("Number" in words and "Rating" in words for words in annex)
    assert sum(words.count("请求有受理与验证的记录") for words in annex) == 120


@pytest.mark.usefixtures("designed_fonts")
def test_fonts_are_embedded(printed):
    """The look: reports are set in Noto Serif CJK SC."""
    fonts = reading.fonts(printed())
    assert {"Noto-Serif-CJK-SC", "Noto-Serif-CJK-SC-Bold"} <= set(fonts)
    assert all(fonts.values())
    assert all("CJK" in name for name in fonts)


def test_takes_the_picture_of_the_page(printed):
    """S-05: page and document show the same picture; markup that is no picture of ours stays text."""
    axes = [pictures.Axis(name, "70", 70.0) for name in ("可用性", "响应", "能力")]
    radar = pictures.radar(axes, [40, 55, 70], "雷达", standalone=True)
    assert "可用性70" in reading.squeezed(printed(radar=radar))
    assert "<svgonload" in reading.squeezed(printed(radar="<svg onload=x>"))


def test_every_word_goes_through_the_catalogues(mute_template):
    """A Chinese report shows no English: with the catalogues struck out only the sheet's own words are left."""
    html = report_html(sheets.report(answers=sheets.answers(2)), mute_template)
    shown = VISIBLE.sub(" ", html)
    left = set(re.findall(r"[A-Za-z]{2,}", shown)) - {"SL", "MA1XK2P90N", "XK"}
    assert {word for word in left if not re.fullmatch(r"[0-9a-f]+|MA|P", word)} == set()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_style_sheet_is_understood(printed, caplog, language: str):
    """A property the engine does not know would be dropped in silence."""
    with caplog.at_level(logging.WARNING):
        document = printed(language=language)
    assert [record.getMessage() for record in caplog.records] == []
    assert (
        reading.reader(document).trailer["/Root"]["/Lang"]
        == {"zh_CN": "zh-CN", "en": "en"}[language]
    )


def test_markup_in_the_prose_is_text(printed):
    """Quality 7: what people type in a report is printed as typed."""
    hostile = '<link rel="stylesheet" href="http://127.0.0.1:9/x.css"><b>fat</b>'
    document = printed(summary=hostile, findings=(sheets.finding(1, statement=hostile),))
    assert reading.squeezed(document).count("".join(hostile.split())) == 2


def test_english_quotation_marks_are_narrow(printed, render_template):
    """The look: in English the Latin marks; Chinese punctuation in the same report keeps its form and its text."""
    said = "The client’s rule says “each incident”，另见“附录”。"
    html = report_html(sheets.report(language="en", summary=said), render_template)
    assert '<span class="narrow">client’s</span>' in html
    assert '<span class="narrow">“each</span> <span class="narrow">incident”</span>，' in html
    assert "".join(said.split()) in reading.squeezed(printed(language="en", summary=said))
    assert html.count("narrow") == 3
    assert "narrow" not in report_html(sheets.report(summary=said), render_template)
