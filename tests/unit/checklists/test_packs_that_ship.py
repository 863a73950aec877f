"""The standards that ship: whole, specific, in both languages, in our own words."""

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from checklists.coverage.rules import NOT_A_CRITERION, ROWS, as_markdown, realised
from checklists.schemes import operations as schemes
from checklists.schemes.rules import parse_scheme
from checklists.standards.rules import Area, Method, Stage, parse_standard

DIMENSIONS = ("availability", "response", "capacity", "satisfaction", "improvement")
NAMES = [name for _code, _version, name in schemes.SHIPPED_STANDARDS]
LEVELS, ISO, DUTIES = NAMES
ISO_CLAUSES = {
    "4.1",
    "4.2",
    "4.3",
    "4.4",
    "5.1",
    "5.2.1",
    "5.2.2",
    "5.3",
    "6.1",
    "6.2.1",
    "6.2.2",
    "6.3",
    "7.1",
    "7.2",
    "7.3",
    "7.4",
    "7.5.1",
    "7.5.2",
    "7.5.3",
    "7.5.4",
    "7.6",
    "8.1",
    "8.2.1",
    "8.2.2",
    "8.2.3.1",
    "8.2.3.2",
    "8.2.4",
    "8.2.5",
    "8.2.6",
    "8.3.1",
    "8.3.2",
    "8.3.3",
    "8.3.4.1",
    "8.3.4.2",
    "8.4.1",
    "8.4.2",
    "8.4.3",
    "8.5.1.1",
    "8.5.1.2",
    "8.5.1.3",
    "8.5.2.1",
    "8.5.2.2",
    "8.5.2.3",
    "8.5.3",
    "8.6.1",
    "8.6.2",
    "8.6.3",
    "8.7.1",
    "8.7.2",
    "8.7.3.1",
    "8.7.3.2",
    "8.7.3.3",
    "9.1",
    "9.2",
    "9.3",
    "9.4",
    "10.1",
    "10.2",
}


@cache
def pack(name):
    return parse_standard(schemes.read(schemes.PACKS / name))


def texts_of(one):
    return (one.title, one.requirement, one.guidance, one.evidence)


def test_what_ships_is_what_the_code_says():
    """S-02: codes and versions are known without reading the files, and true."""
    assert [(pack(name).code, pack(name).version, name) for name in NAMES] == list(
        schemes.SHIPPED_STANDARDS
    )
    for code, version, name in schemes.SHIPPED_SCHEMES:
        rules = parse_scheme(schemes.read(schemes.PACKS / name))
        assert (rules.code, rules.version) == (code, version)
        assert (rules.standard.code, rules.standard.version) == schemes.SHIPPED_STANDARDS[0][:2]


def test_the_service_levels_cover_every_cell():
    """S-03, S-06, S-22: five dimensions x four areas x four stages, every level, all three methods."""
    criteria = pack(LEVELS).criteria
    assert len(criteria) >= 160
    assert {(one.dimension, one.area, one.stage) for one in criteria} == set(
        product(DIMENSIONS, Area, Stage)
    )
    assert {(one.dimension, one.level_from) for one in criteria} == set(
        product(DIMENSIONS, range(1, 6))
    )
    assert {method for one in criteria for method in one.methods} == set(Method)


def test_demands_rise_on_each_theme():
    """S-01: levels ascend; each theme is asked for at every level, the later criterion never from a lower one."""
    for section in pack(LEVELS).sections:
        levels = [one.level_from for one in section.criteria]
        assert levels == sorted(levels), section.code
        assert set(levels) == {1, 2, 3, 4, 5}, section.code


def test_codes_name_dimension_and_section():
    """S-05: a criterion's code tells where it stands."""
    prefixes = dict(zip(("AVL", "RSP", "CAP", "SAT", "IMP"), DIMENSIONS, strict=True))
    for section in pack(LEVELS).sections:
        numbers = range(1, len(section.criteria) + 1)
        assert {one.code for one in section.criteria} == {f"{section.code}.{n}" for n in numbers}
        dimensions = {one.dimension for one in section.criteria}
        assert dimensions == {prefixes[section.code.partition("-")[0]]}


def test_every_clause_of_iso_20000_1_is_asked_about():
    """S-35: 4.1 to 10.2, each clause cited by at least one criterion, none cited that is not there."""
    criteria = pack(ISO).criteria
    assert len(criteria) >= 110
    cited = {
        citation.clause
        for one in criteria
        for citation in one.citations
        if citation.code == "ISO/IEC 20000-1:2018"
    }
    assert cited == ISO_CLAUSES
    first = [section.criteria[0].code for section in pack(ISO).sections]
    assert first[0].startswith("4.1")
    assert first[-1].startswith("10.1")


def test_every_duty_names_a_law_or_a_standard():
    """S-20, S-32, S-33, S-35: at least sixty, each with citations; Chinese, European and American law among them."""
    criteria = pack(DUTIES).criteria
    assert len(criteria) >= 60
    assert all(one.citations for one in criteria)
    cited = {citation.code for one in criteria for citation in one.citations}
    assert {
        "中华人民共和国网络安全法",
        "中华人民共和国数据安全法",
        "中华人民共和国个人信息保护法",
        "Regulation (EU) 2016/679",
        "California Civil Code",
        "ISO/IEC 27001:2022",
        "GB/T 22239-2019",
        "GB/T 35273-2020",
    } <= cited


@pytest.mark.parametrize("name", NAMES)
def test_critical_criteria_are_few_and_apply_early(name):
    """S-08: what can bar a certificate is asked of everybody from level 1 or 2 on."""
    criteria = pack(name).criteria
    critical = [one for one in criteria if one.critical]
    assert 0.05 <= len(critical) / len(criteria) <= 0.2
    assert [one.code for one in critical if one.level_from > 2] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_citation_claims_to_be_verified(name):
    """S-35: a citation is unverified until somebody has checked it."""
    citations = [citation for one in pack(name).criteria for citation in one.citations]
    assert len(citations) > 40
    assert not any(citation.verified for citation in citations)


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_chinese_and_english_each_in_its_own_writing(name):
    """S-05: both readers get a whole text, set by the rules of their language."""
    given = pack(name)
    texts = [text for one in given.criteria for text in texts_of(one)]
    texts += [section.title for section in given.sections] + [given.title, given.summary]
    for text in texts:
        assert re.search("[\u4e00-\u9fff]", text.zh), text
        assert not re.search("[\u3000-\u9fff\uff00-\uffef]", text.en), text
        assert not re.search("[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]", text.zh), text
        assert not re.search(
            "[\u4e00-\u9fff] +[A-Za-z0-9]|[A-Za-z0-9] +[\u4e00-\u9fff]", text.zh
        ), text


@pytest.mark.parametrize("name", NAMES)
def test_guidance_separates_ratings(name):
    """S-05: two auditors judge alike: what to look at, what is a 2 and what a 3, in both languages."""
    for one in pack(name).criteria:
        assert re.search(r"2分：.{12,}3分：.{12,}", one.guidance.zh, re.S), one.code
        assert re.search(r"\bA 2: .{30,}\bA 3: .{30,}", one.guidance.en, re.S), one.code
        assert len(one.guidance.zh) >= 60, one.code
        assert len(one.evidence.zh.split("；")) >= 2, one.code


def test_texts_of_criteria_differ():
    """S-05: no text was copied from one criterion to another, also not across the standards."""
    criteria = [one for name in NAMES for one in pack(name).criteria]
    for language in ("zh", "en"):
        texts = Counter(text.in_language(language) for one in criteria for text in texts_of(one))
        assert [text for text, times in texts.items() if times > 1] == []


def test_no_two_criteria_of_a_section_ask_the_same():
    """S-05: titles within a section are not near-copies of one another."""
    for name in NAMES:
        for section in pack(name).sections:
            titles = [(one.code, one.title.en) for one in section.criteria]
            for n, (code, title) in enumerate(titles):
                for other, another in titles[n + 1 :]:
                    likeness = SequenceMatcher(None, title, another).ratio()
                    assert likeness < 0.9, (name, code, other)


def test_sources_are_rows_that_exist_and_reach_all():
    """S-36: criteria come from the source documents; every row that can be a criterion is one."""
    packs = [pack(name) for name in NAMES]
    for given in packs:
        rows = {row for one in given.criteria for row in one.sources}
        assert {row for row in rows if row.startswith("S-")} <= set(ROWS)
        assert {row for row in rows if not re.fullmatch(r"[SI]-\d\d", row)} == set()
    levels = realised(packs[:1])
    assert {row for row, codes in levels.items() if not codes} == set(NOT_A_CRITERION)


def test_the_table_in_the_docs_is_current():
    """S-36: ``./run.sh flask packs coverage > docs/criteria.md`` renews it."""
    kept = (Path(__file__).parents[3] / "docs" / "criteria.md").read_text(encoding="utf-8")
    assert kept == as_markdown([pack(name) for name in NAMES])
