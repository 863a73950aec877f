"""Reading standards: the one that ships, and what is told about a damaged one."""

import copy
from pathlib import Path

import pytest
import yaml

from checklists.packs.rules import PackError, PackReader
from checklists.standards.rules import Area, Method, Stage, StandardState, parse_standard

PACKS = Path(__file__).parents[3] / "checklists" / "packs"
DIMENSIONS = ("availability", "response", "capacity", "satisfaction", "improvement")
ROWS = {f"S-{number:02d}" for number in range(1, 37)}
SHIPPED_DATA = yaml.safe_load((PACKS / "it-service-level-2025.yaml").read_text(encoding="utf-8"))
SHIPPED = parse_standard(SHIPPED_DATA)

MINIMAL = {
    "format": "assay-standard/1",
    "code": "T",
    "version": "1",
    "title": {"zh": "题", "en": "Title"},
    "summary": {"zh": "摘要", "en": "Summary"},
    "sections": [
        {
            "code": "T-1",
            "title": {"zh": "一", "en": "One"},
            "criteria": [
                {
                    "code": code,
                    "dimension": "availability",
                    "area": "process",
                    "stage": "design",
                    "level_from": 1,
                    "weight": 3,
                    "critical": False,
                    "methods": ["interview"],
                    "title": {"zh": "条", "en": "Criterion"},
                    "requirement": {"zh": "要求", "en": "Requirement"},
                    "guidance": {"zh": "指引", "en": "Guidance"},
                    "evidence": {"zh": "证据", "en": "Evidence"},
                    "sources": ["S-03"],
                    "citations": [{"code": "ISO", "clause": "8.1", "verified": False}],
                }
                for code in ("T-1.1", "T-1.2")
            ],
        }
    ],
}
FIRST = "/sections/0/criteria/0"


def damaged(pointer, value):
    """Give the small pack with one value replaced; ``...`` takes the field away."""
    data = copy.deepcopy(MINIMAL)
    *steps, last = [
        int(step) if step.isdigit() else step for step in pointer.removeprefix("/").split("/")
    ]
    place = data
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


def told(data):
    """Read a damaged pack and give what is told about it, by pointer."""
    with pytest.raises(PackError) as refusal:
        parse_standard(data)
    return {problem.pointer: str(problem.text) for problem in refusal.value.problems}


def test_a_small_pack_is_read_whole():
    """S-22: a criterion keeps area, stage, methods and its texts in both languages."""
    pack = parse_standard(MINIMAL)
    first, second = pack.criteria
    assert (pack.code, pack.version, pack.title.in_language("zh_CN")) == ("T", "1", "题")
    assert (first.code, second.code) == ("T-1.1", "T-1.2")
    assert (first.area, first.stage, first.methods) == (
        Area.PROCESS,
        Stage.DESIGN,
        (Method.INTERVIEW,),
    )
    assert first.requirement.in_language("en") == "Requirement"
    assert first.sources == ("S-03",)
    assert not first.citations[0].verified


def test_citations_and_their_clauses_may_be_left_out():
    """S-35: a criterion may cite a law as a whole, or nothing."""
    assert parse_standard(damaged(f"{FIRST}/citations", ...)).criteria[0].citations == ()
    whole_law = parse_standard(damaged(f"{FIRST}/citations/0/clause", ...))
    assert whole_law.criteria[0].citations[0].clause == ""


@pytest.mark.parametrize(
    ("pointer", "value", "words"),
    [
        ("/format", "assay-standard/2", "assay-standard/1"),
        ("/format", ..., "missing"),
        ("/version", 2025.1, "quotation marks"),
        ("/code", "two words", "two words"),
        ("/title/zh", ..., "Chinese"),
        ("/title/en", ..., "English"),
        ("/summary", "text", "named fields"),
        ("/sections", [], "at least one"),
        ("/sections", {}, "at least one"),
        ("/sections/0", "text", "named fields"),
        ("/sections/0/title/en", "x" * 61, "61"),
        (f"{FIRST}/colour", "red", "known"),
        (f"{FIRST}/dimension", "Big Words", "Big Words"),
        (f"{FIRST}/area", "weather", "indicators, process, people, environment"),
        (f"{FIRST}/stage", ..., "missing"),
        (f"{FIRST}/level_from", 0, "from 1 to 5"),
        (f"{FIRST}/level_from", 6, "from 1 to 5"),
        (f"{FIRST}/level_from", True, "from 1 to 5"),
        (f"{FIRST}/weight", 2.5, "from 1 to 5"),
        (f"{FIRST}/critical", "yes", "True or false"),
        (f"{FIRST}/methods", [], "at least one"),
        (f"{FIRST}/methods/0", "guess", "interview"),
        (f"{FIRST}/requirement/zh", "  ", "text"),
        (f"{FIRST}/requirement/en", "x" * 2001, "2000"),
        (f"{FIRST}/guidance/en", None, "English"),
        (f"{FIRST}/evidence", ..., "missing"),
        (f"{FIRST}/sources/0", "chapter 3", "chapter 3"),
        (f"{FIRST}/citations/0/code", ..., "missing"),
        (f"{FIRST}/citations/0/verified", 1, "True or false"),
    ],
)
def test_each_damage_is_told_at_its_place(pointer, value, words):
    """S-05: a pack that cannot be taken says exactly where and why, and nothing else."""
    problems = told(damaged(pointer, value))
    assert list(problems) == [pointer]
    assert words in problems[pointer]


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_what_is_no_pack_at_all_is_told_once(data):
    """S-05: something else than a pack is told as one problem, at the top."""
    assert list(told(data)) == [""]


def test_codes_are_unique():
    """S-05: a code names one section and one criterion; the second is told, and where the first is."""
    data = damaged("/sections/0/criteria/1/code", "T-1.1")
    data["sections"].append(copy.deepcopy(data["sections"][0]))
    problems = told(data)
    assert set(problems) == {
        "/sections/0/criteria/1/code",
        "/sections/1/code",
        "/sections/1/criteria/0/code",
        "/sections/1/criteria/1/code",
    }
    for pointer in set(problems) - {"/sections/1/code"}:
        assert f"{FIRST}/code" in problems[pointer]


def test_a_method_stands_once():
    """S-22: the same method twice is a slip."""
    assert list(told(damaged(f"{FIRST}/methods", ["interview", "interview"]))) == [
        f"{FIRST}/methods/1"
    ]


def test_every_problem_is_told_not_only_the_first():
    """S-05: somebody who prepares a pack sees the whole list at once."""
    data = damaged(f"{FIRST}/weight", 9)
    data["title"] = {"zh": "题"}
    data["sections"][0]["criteria"][1]["area"] = "sky"
    assert set(told(data)) == {
        "/title/en",
        f"{FIRST}/weight",
        "/sections/0/criteria/1/area",
    }


def test_the_refusal_counts_and_shows_the_first():
    """S-05: the error's own text is fit for a page."""
    with pytest.raises(PackError) as refusal:
        parse_standard(damaged("/title/zh", ...))
    assert str(refusal.value) == (
        "One thing in this pack has to be put right. /title/zh: The Chinese text is missing."
    )
    assert str(refusal.value.problems[0]) == "/title/zh: The Chinese text is missing."
    assert isinstance(refusal.value, ValueError)
    assert refusal.value.status == 422


def test_pointers_escape_as_json_pointers_do():
    """S-05: pointers follow RFC 6901."""
    assert PackReader(None).at("a/b", "c~d", 0) == "/a~1b/c~0d/0"


def test_states_of_a_standard_version():
    """S-34: create, review, approve, publish, and be superseded."""
    assert list(StandardState) == ["draft", "in_review", "approved", "published", "superseded"]
