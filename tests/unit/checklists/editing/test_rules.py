"""Editing: sources, citations, codes of copies, ways onward."""

import pytest

from checklists.editing.rules import Go, Spot, cited, free_code, read_sources, ways
from core.errors import Invalid


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", []),
        ("S-03", ["S-03"]),
        ("S-03, I-05", ["S-03", "I-05"]),
        ("S-03，I-05；S-03 S-121", ["S-03", "I-05", "S-121"]),
    ],
)
def test_sources_as_people_write_them(text, rows):
    """S-05: commas of both scripts, blanks, each once."""
    assert read_sources(text) == rows


@pytest.mark.parametrize("text", ["chapter 4", "S3", "s-03", "S-03 or I-05"])
def test_what_is_no_source(text):
    """S-05: told beside the field."""
    with pytest.raises(Invalid) as told:
        read_sources(text)
    assert told.value.field == "sources"


def test_citations_keep_what_their_pack_said():
    """S-35: an unchanged citation keeps its mark; a new or changed one has none."""
    before = [
        {"code": "GDPR", "clause": "32", "verified": True},
        {"code": "GDPR", "clause": "33", "verified": True},
    ]
    now = cited([("GDPR", "32"), ("GDPR", "34"), ("GDPR", "32")], before)
    assert now == [
        {"code": "GDPR", "clause": "32", "verified": True},
        {"code": "GDPR", "clause": "34", "verified": False},
    ]


def test_codes_of_copies():
    """S-34: the first free number, and never too long."""
    assert free_code("A-1", ["A-1"]) == "A-1-2"
    assert free_code("A-1", ["A-1", "A-1-2", "A-1-3"]) == "A-1-4"
    assert len(free_code("x" * 40, [])) <= 40


def test_ways():
    """S-34: neighbours, and what lacks a language next, around the end."""
    spots = [
        Spot(1, "A", lacks_en=True),
        Spot(2, "B"),
        Spot(3, "C", lacks_zh=True),
    ]
    found = ways(spots, 2)
    assert (found.before, found.after) == (spots[0], spots[2])
    assert (found.english, found.chinese) == (spots[0], spots[2])
    assert (found.number, found.total, found.lacking) == (2, 3, {"en": 1, "zh": 1})
    assert found.to(Go.ENGLISH) == spots[0]
    last = ways(spots, 3)
    assert (last.after, last.chinese) == (None, None)
    gone = ways(spots, 99)
    assert (gone.before, gone.after) == (None, None)
