"""Trends, bars, shares and spreads: drawn where their numbers say."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from core.pictures import Point, Tick, bar, nice_ticks, spread, stack, trend
from core.pictures.pen import width_of
from tests.svg import parts, percent

TICKS = [Tick(0, "0"), Tick(10, "10")]


def line_of(picture: Markup) -> list[list[tuple[float, float]]]:
    """Give the runs of a trend's line."""
    runs = [one.get("d") or "" for one in parts(picture, "path", "line")]
    return [
        [(float(x), float(y)) for x, y in (pair.split() for pair in run[1:].split("L"))]
        for run in runs
    ]


def test_a_trend_runs_from_left_to_right_and_up() -> None:
    (run,) = line_of(trend([Point(0), Point(5), Point(10)], TICKS, "x"))
    assert [x for x, _ in run] == sorted(x for x, _ in run)
    assert run[0][1] - run[1][1] == pytest.approx(run[1][1] - run[2][1])
    assert run[0][1] > run[2][1]


def test_a_gap_breaks_the_line() -> None:
    points = [Point(1), Point(2), Point(None), Point(3), Point(None), Point(4), Point(5)]
    picture = trend(points, TICKS, "x")
    assert [len(run) for run in line_of(picture)] == [2, 2]
    assert len(parts(picture, "circle", "dot")) == 2


def test_a_trend_with_a_reference_carries_its_word_and_no_area() -> None:
    points = [Point(2), Point(8)]
    plain = trend(points, TICKS, "x")
    assert len(parts(plain, "path", "area")) == 1
    assert parts(plain, "path", "cut") == []
    against = trend(points, TICKS, "x", reference=Tick(5, "target 5"))
    assert parts(against, "path", "area") == []
    (cut,) = parts(against, "path", "cut")
    y = float((cut.get("d") or "").split()[1].split("H")[0])
    ((_, low), (_, high)) = line_of(against)[0]
    assert y == pytest.approx((low + high) / 2, abs=0.02)
    assert "target 5" in [one.text for one in parts(against, "text")]


@pytest.mark.parametrize("values", [[9.0, 1.0], [1.0, 9.0], [5.0, 5.0], [9, 8, 7, 1, 0]])
def test_the_last_value_stands_clear_of_the_line(values: list[float]) -> None:
    picture = trend([Point(value) for value in values], TICKS, "x", shown="1,284 cases")
    (word,) = parts(picture, "text", "strong")
    right, y = float(word.get("x") or 0), float(word.get("y") or 0)
    left = right - width_of("1,284 cases")
    (run,) = line_of(picture)
    for (x1, y1), (x2, y2) in itertools.pairwise(run):
        for step in range(101):
            x = x1 + (x2 - x1) * step / 100
            if left <= x <= right:
                line = y1 + (y2 - y1) * step / 100
                assert not y - 9 < line < y + 2
    assert 8 <= y <= 146


@pytest.mark.parametrize("values", [[], [None], [7.0], [7.0, 7.0]])
def test_a_trend_of_little_is_drawn_all_the_same(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    ticks = [Tick(value, f"{value:g}") for value in nice_ticks(known)]
    picture = trend([Point(value) for value in values], ticks, "x", shown="7")
    assert len(parts(picture, "path", "grid")) == len(ticks)
    assert len(parts(picture, "circle")) == bool(known)


def test_long_scales_get_room() -> None:
    picture = trend([Point(1), Point(2)], [Tick(0, "0"), Tick(3, "1,234,567 cases")], "x")
    for one in parts(picture, "text"):
        if one.get("text-anchor") == "end":
            assert float(one.get("x") or 0) - width_of(one.text or "") >= 0


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.integers(2, 8))
@settings(deadline=None)
def test_ticks_are_round_and_span_the_values(values: list[float], count: int) -> None:
    spread_out = max(values) - min(values) == 0 or max(values) - min(values) > 1e-3
    if not spread_out:
        return
    ticks = nice_ticks(values, count)
    slack = 1e-6 * (ticks[1] - ticks[0])
    assert ticks[0] <= min(values) + slack
    assert ticks[-1] >= max(values) - slack
    assert 2 <= len(ticks) <= count + 2


@pytest.mark.parametrize(
    ("done", "of", "out", "widths"),
    [
        (113, 164, 10, ["68.9%", "6.1%"]),
        (5, 5, 0, ["100%"]),
        (0, 0, 0, ["0%"]),
        (9, 5, 3, ["100%"]),
        (4, 5, 9, ["80%", "20%"]),
    ],
)
def test_a_bar_fills_by_its_share(done: int, of: int, out: int, widths: list[str]) -> None:
    assert [one.get("width") for one in parts(bar(done, of, "x", out=out), "rect")] == widths


def test_a_stack_fills_the_whole_in_steps_of_brass() -> None:
    rects = parts(stack([1, 2, 0, 4, 3], "x"), "rect")
    assert [one.get("class") for one in rects] == ["l1", "l2", "l4", "l5"]
    assert sum(percent(one, "width") for one in rects) == pytest.approx(100)
    assert [percent(one, "x") for one in rects] == [0, 10, 30, 70]


def test_three_levels_use_the_whole_range_of_brass() -> None:
    """S-02: the number of levels is the scheme's."""
    rects = parts(stack([1, 1, 1], "x"), "rect")
    assert [one.get("class") for one in rects] == ["l1", "l3", "l5"]
    assert parts(stack([0, 0], "x"), "rect") == []


def test_a_spread_places_the_one_among_its_peers() -> None:
    picture = spread([float(value) for value in range(101)], 25, "x")
    (circle,) = parts(picture, "circle")
    assert float(circle.get("cx") or 0) == pytest.approx(30)
    assert len(parts(picture, "path")) == 2


@pytest.mark.parametrize("peers", [[], [5.0], [5.0, 5.0]])
def test_a_spread_of_one_value_stands_in_the_middle(peers: list[float]) -> None:
    (circle,) = parts(spread(peers, 5.0, "x"), "circle")
    assert circle.get("cx") == "60"
