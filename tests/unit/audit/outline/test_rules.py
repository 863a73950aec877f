"""What the outline shows, and where one goes from a criterion."""

from typing import Any

import pytest

from audit.outline.rules import (
    OPEN,
    OUT,
    SHOW_NAMES,
    STATES,
    TESTS,
    Line,
    Reader,
    Show,
    counts,
    shown,
    state_of,
    ways,
)

ME, OTHER = 7, 8


def line(key: int, **values: Any) -> Line:
    blank: dict[str, Any] = {
        "code": f"A.{key}", "title": "One", "section_id": 1, "critical": False, "conformity": None,
        "rating": None, "excluded": False, "by_id": None, "changed": False, "found": True,
    }  # fmt: skip
    return Line(id=key, **(blank | values))


LINES = [
    line(1, conformity="conforms", rating=3, by_id=ME),
    line(2, critical=True),
    line(3, conformity="not", rating=0, by_id=OTHER, changed=True),
    line(4, excluded=True, by_id=OTHER, section_id=2),
    line(5, conformity="partly", rating=2, by_id=OTHER, found=False),
    line(6),
]


@pytest.mark.parametrize(
    ("show", "keys"),
    [
        (None, [1, 2, 3, 4, 6]),
        (Show.UNANSWERED, [2, 6]),
        (Show.MINE, [1, 4]),
        (Show.CRITICAL, [2]),
        (Show.NOT, [3]),
        (Show.CHANGED, [3]),
    ],
)
def test_a_filter_lets_through_what_it_says(show: Show | None, keys: list[int]) -> None:
    """S-06: unanswered, mine (given by me, or in a section shared to me), critical, not conforming, changed."""
    me = Reader(ME, {2})
    assert [one.id for one in shown(LINES, me, show)] == keys
    if show:
        assert counts(LINES, me)[show] == len(keys)


def test_every_filter_has_a_name_and_a_test() -> None:
    """S-06: none is offered that does nothing."""
    assert set(SHOW_NAMES) == set(TESTS) == set(Show)


def test_every_state_has_its_word_and_picture() -> None:
    """S-06: a line shows the answer's state, excluded and open ones too."""
    assert [one.state for one in LINES] == ["conforms", OPEN, "not", OUT, "partly", OPEN]
    assert {one.state for one in LINES} == set(STATES)
    assert state_of("not", excluded=False) == "not"
    assert state_of(None, excluded=True) == OUT
    assert state_of(None, excluded=False) == OPEN


def test_the_way_leads_on_and_round_the_end() -> None:
    """S-06: before, after, and the next without an answer; from the last one it begins again."""
    assert ways(LINES, LINES, 2) == (1, 3, 6)
    assert ways(LINES, LINES, 6) == (5, None, 2)
    assert ways(LINES, LINES, 1) == (None, 2, 2)
    assert ways(LINES, LINES[:1], 1) == (None, None, None)
    assert ways(LINES, [LINES[1], LINES[5]], 3) == (2, 6, 6)  # answered just now, it left the list
