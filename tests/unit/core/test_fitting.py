"""The estimate of how much room a text takes errs on the wide side."""

import pytest

from core import fitting


def test_width():
    """A Han character is an em; combining marks take no room."""
    assert fitting.width("认证") == 2
    assert fitting.width("é") == pytest.approx(fitting.width("e\u0301"), abs=0.1)
    assert fitting.width("WWWW") > fitting.width("aaaa") > fitting.width("iiii")
    assert fitting.width("") == 0


@pytest.mark.parametrize(
    ("text", "points", "millimetres", "lines"),
    [
        ("", 10, 100, 0),
        ("认", 10, 100, 1),
        ("认" * 27, 10, 100, 1),
        ("认" * 29, 10, 100, 2),
        ("认" * 80, 10, 100, 3),
        ("word " * 9, 10, 100, 1),
        ("认", 10, 1, 1),
    ],
)
def test_lines(text: str, points: float, millimetres: float, lines: int):
    """Ten points are 3.53 mm: 27 Han characters fit into 100 mm."""
    assert fitting.lines(text, points, millimetres) == lines


def test_words_leave_lines_unfilled():
    """A line of words breaks before the word that does not fit."""
    words = "certification " * 20
    assert fitting.lines(words, 10, 100) > fitting.lines("".join(words.split()), 10, 100)


def test_height():
    """Lines times size times leading."""
    assert fitting.height("认" * 29, 10, 1.5, 100) == pytest.approx(2 * 10 * 25.4 / 72 * 1.5)
