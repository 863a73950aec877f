"""Ornament is geometry: it can be computed with a pencil."""

import re
from math import cos, dist, pi, sin

import pytest

from core import ornament
from core.drawing import (
    Placed,
    Stroke,
    circle,
    curve,
    ellipse,
    number,
    polyline,
    rectangle,
    svg_marks,
    turned,
)

NUMBERS = re.compile(r"-?[0-9.]+")
KNOWN = re.compile(r"(?:[MLC](?:-?[0-9.]+ ?)+|Z)+")


def points(path: str) -> list[tuple[float, float]]:
    values = [float(value) for value in NUMBERS.findall(path)]
    return list(zip(values[::2], values[1::2], strict=True))


@pytest.mark.parametrize(
    ("value", "shown"), [(1.0, "1"), (-0.0001, "0"), (2.12345, "2.123"), (10, "10")]
)
def test_numbers_are_short(value: float, shown: str):
    """A certificate of a hundred kilobytes is not made of zeros."""
    assert number(value) == shown


def test_shapes():
    """Shapes are paths of absolute M, L, C and Z."""
    assert polyline([(0, 0), (1, 2)]) == "M0 0L1 2"
    assert rectangle(1, 2, 3, 4) == "M1 2L4 2L4 6L1 6Z"
    for x, y in points(circle(5, 5, 2))[::3]:
        assert dist((x, y), (5, 5)) == pytest.approx(2, abs=1e-3)
    lying = points(ellipse(0, 0, 4, 1, pi / 2))
    assert max(abs(y) for _, y in lying) == pytest.approx(4, abs=1e-3)


def test_a_curve_passes_its_samples_with_their_slopes():
    """Hermite: the handles stand a third of a step off, along the slope."""
    assert points(curve([(0, 0, 1), (3, 0, -1)], 3)) == [(0, 0), (1, 1), (2, 1), (3, 0)]


def test_the_braid_follows_its_formula():
    """y = (2.5 + 1.3 cos t) sin(t + k·60°): each strand passes its points, the tile joins itself."""
    strands = ornament.braid(6, 2.5, 1.3, 1).split("M")[1:]
    assert len(strands) == 6
    for k, strand in enumerate(strands):
        through = points(strand)[::3]
        for x, y in through:
            t = 2 * pi * x / 16
            assert y == pytest.approx((2.5 + 1.3 * cos(t)) * sin(t + k * pi / 3), abs=2e-3)
        assert through[0][1] == pytest.approx(through[-1][1], abs=1e-3)


def test_rings_and_stars():
    """n circles on a circle; a star of ten corners."""
    centres = ornament.ring(0, 0, 44, 30, 96).split("M")[1:]
    assert len(centres) == 96
    radii = {round(dist(corner, (0, 0)), 2) for corner in points(ornament.star(0, 0, 6.4, 2.45))}
    assert radii == {6.4, 2.45}


@pytest.mark.parametrize(("reached", "total"), [(0, 5), (3, 5), (5, 5), (2, 3), (12, 12)])
def test_streaks_are_the_level(reached: int, total: int):
    """S-02: as many streaks as the scheme has levels, as many in brass as are reached, whatever their number."""
    marks = ornament.streaks(reached, total)
    assert [mark.line for mark in marks] == [ornament.BRASS] * reached + [ornament.STONE] * (
        total - reached
    )
    places = [point[0] for mark in marks for point in points(mark.path)]
    assert max(places) - min(places) <= 17
    assert sum(places) == pytest.approx(0, abs=1e-3)


def test_qr_draws_the_dark_modules():
    """Each dark module is covered once, no light one is."""
    rows = ((1, 1, 0, 1), (0, 0, 0, 0), (0, 1, 1, 1), (1, 0, 0, 0))
    dark = set()
    for x, y, end in re.findall(r"M(\d+) (\d+)\.5H(\d+)", ornament.qr_path(rows)):
        for module in range(int(x), int(end)):
            assert (module, int(y)) not in dark
            dark.add((module, int(y)))
    assert dark == {(x, y) for y, row in enumerate(rows) for x, bit in enumerate(row) if bit}


@pytest.mark.parametrize("face", [True, False])
def test_the_ground_stays_on_the_sheet(face: bool):
    """All ornament lies on the paper; the annex has the frame without the medal."""
    drawing = ornament.certificate_ground(medal=face, emblem=face)
    strokes = [mark for mark in drawing.marks if isinstance(mark, Stroke)]
    for stroke in strokes:
        assert KNOWN.fullmatch(stroke.path)
        for x, y in points(stroke.path):
            assert 0 <= x <= ornament.WIDTH
            assert 0 <= y <= ornament.HEIGHT
    assert sum(isinstance(mark, Placed) for mark in drawing.marks) == 2 * (10 + 16) + 4
    inside = [s for s in strokes if s.fill and points(s.path)[0][0] == 105 + 11.4]
    assert bool(inside) is face
    assert ornament.certificate_ground(medal=face, emblem=face) is drawing


def test_turned_matrix():
    """A quarter turn sends x to y; stretching comes first."""
    assert turned(90, 5, 6, stretch=2) == pytest.approx((0, 2, -1, 0, 5, 6), abs=1e-9)


def test_svg_marks_carry_their_paint():
    """WeasyPrint applies no style sheet inside inline SVG: the paint stands in attributes."""
    words = svg_marks([Stroke("M0 0L1 1", "#112233", 0.5), Stroke("M0 0Z", fill="#ffffff")])
    assert words == (
        '<path d="M0 0L1 1" fill="none" stroke="#112233" stroke-width="0.5"/><path d="M0 0Z" fill="#ffffff"/>'
    )
