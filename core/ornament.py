"""The ornament of printed documents: braid, rings, medal and seal, all circles, ellipses and sines.

Pure; millimetres. Nothing here is text a reader needs: what the ornament frames stands in the document itself.
"""

from functools import lru_cache
from itertools import pairwise
from math import cos, pi, sin

from core.drawing import (
    Drawing,
    Placed,
    Stroke,
    circle,
    curve,
    ellipse,
    polyline,
    rectangle,
    turned,
)

BLUE = "#1f3d6b"
BRASS = "#9a7a2c"
RED = "#b3301f"
PAPER = "#fffefb"
PALE_BRASS = "#e5dcc6"
PALE_BLUE = "#c6cdd7"
STONE = "#b9b3a4"

WIDTH, HEIGHT = 210.0, 297.0
EDGE = 15.0
MEDAL_AT = (105.0, 168.0)
MEDAL_RADIUS = 22.4
EMBLEM_AT = (105.0, 33.0)
RULE_AT = (105.0, 83.0)

_HAIR = 0.09
_TILE = 16.0
_KNOT = 8.6


def braid(strands: int, amplitude: float, swell: float, turns: int, phase: float = 0) -> str:
    """One tile of a braid: y = (amplitude + swell·cos t)·sin(turns·t + phase + k·2π/strands), t from 0 to 2π."""
    return "".join(
        _strand(amplitude, swell, turns, phase + 2 * pi * strand / strands)
        for strand in range(strands)
    )


def _strand(amplitude: float, swell: float, turns: int, phase: float, pieces: int = 16) -> str:
    samples = []
    for piece in range(pieces + 1):
        t = 2 * pi * piece / pieces
        envelope, wave = amplitude + swell * cos(t), sin(turns * t + phase)
        slope = -swell * sin(t) * wave + envelope * turns * cos(turns * t + phase)
        samples.append((_TILE * piece / pieces, envelope * wave, slope * 2 * pi / _TILE))
    return curve(samples, _TILE / pieces)


def ring(x: float, y: float, distance: float, radius: float, count: int) -> str:
    """Draw ``count`` circles whose centres lie evenly on a circle of radius ``distance``."""
    angles = (2 * pi * k / count for k in range(count))
    return "".join(
        circle(x + distance * cos(angle), y + distance * sin(angle), radius) for angle in angles
    )


def star_of_ellipses(x: float, y: float, rx: float, ry: float, count: int) -> str:
    """Draw ``count`` ellipses about one centre, turned evenly over half a turn."""
    return "".join(ellipse(x, y, rx, ry, pi * k / count) for k in range(count))


def star(x: float, y: float, outer: float, inner: float) -> str:
    """Draw a five-pointed star."""
    corners = []
    for k in range(10):
        radius = outer if k % 2 == 0 else inner
        corners.append((x + radius * sin(pi * k / 5), y - radius * cos(pi * k / 5)))
    return polyline(corners, closed=True)


def streaks(
    reached: int, total: int, width: float = 15.0, height: float = 3.4
) -> tuple[Stroke, ...]:
    """Draw the touchstone's streaks about (0, 0): as many in brass as levels are reached."""
    step = min(2.5, width / max(total, 1))
    marks = []
    for k in range(total):
        x, on = (k - (total - 1) / 2) * step, k < reached
        path = polyline([(x + height / 6, -height / 2), (x - height / 6, height / 2)])
        pen = min(0.86, step * 0.34) if on else 0.28
        marks.append(Stroke(path, BRASS if on else STONE, pen))
    return tuple(marks)


def qr_path(rows: tuple[tuple[int, ...], ...]) -> str:
    """Draw the dark modules of a QR symbol, one line of width 1 for each run; a module is 1 × 1."""
    parts = []
    for y, row in enumerate(rows):
        edges = [0, *(x for x, (a, b) in enumerate(pairwise(row), 1) if a != b), len(row)]
        for start, end in pairwise(edges):
            if start < end and row[start]:
                parts.append(f"M{start} {y}.5H{end}")
    return "".join(parts)


@lru_cache(maxsize=4)
def certificate_ground(*, medal: bool, emblem: bool) -> Drawing:
    """Draw what lies under a certificate: frame, and on the face rosette, rule, roundel and medal.

    The medal's centre is ``MEDAL_AT``, the roundel's ``EMBLEM_AT``; a body with a picture of its own has no roundel.
    """
    marks: list[Stroke | Placed] = [*_bands(), *_edges(), *_corners()]
    x, y = MEDAL_AT
    marks.append(Stroke(ring(x, y, 44, 30, 96), PALE_BRASS, 0.06))
    if medal:
        marks.append(Stroke(ring(x, y, 22, 15, 64), PALE_BLUE, 0.05))
        marks += [*_rule(), *_medal()]
    if emblem:
        marks += _roundel()
    tile = (
        Stroke(braid(6, 2.5, 1.3, 1), BLUE, _HAIR),
        Stroke(braid(4, 2.3, -1.3, 2, pi / 4), BRASS, _HAIR),
    )
    knot = (
        Stroke(circle(0, 0, _KNOT), fill=PAPER),
        Stroke(star_of_ellipses(0, 0, 8, 3.1, 18), BLUE, _HAIR),
        Stroke(ring(0, 0, 2.6, 2.6, 14), BRASS, _HAIR),
        Stroke(circle(0, 0, 8), BLUE, 0.25),
        Stroke(circle(0, 0, _KNOT), BRASS, 0.12),
    )
    return Drawing(WIDTH, HEIGHT, tuple(marks), {"Tile": tile, "Knot": knot})


def _bands() -> list[Stroke]:
    """Draw the paper and the four lines that hold the braid; an inset is from its middle line."""
    lines = ((-4.6, BLUE, 0.5), (-3.9, BRASS, 0.14), (4.6, BRASS, 0.14), (6.4, BLUE, 0.2))
    marks = []
    for inset, colour, pen in lines:
        edge = EDGE + inset
        path = rectangle(edge, edge, WIDTH - 2 * edge, HEIGHT - 2 * edge)
        marks.append(Stroke(path, colour, pen, PAPER if inset == -4.6 else None))
    return marks


def _edges() -> list[Placed]:
    near, far, low = EDGE + _KNOT, WIDTH - EDGE, HEIGHT - EDGE
    across, down = WIDTH - 2 * near, HEIGHT - 2 * near
    runs = (
        (near, EDGE, 0, across, 10),
        (near, low, 0, across, 10),
        (EDGE, near, 90, down, 16),
        (far, near, 90, down, 16),
    )
    marks = []
    for x, y, degrees, length, count in runs:
        step = length / count
        for k in range(count):
            along = step * k
            place = (x + along, y) if degrees == 0 else (x, y + along)
            marks.append(Placed("Tile", turned(degrees, *place, stretch=step / _TILE)))
    return marks


def _corners() -> list[Placed]:
    places = ((x, y) for y in (EDGE, HEIGHT - EDGE) for x in (EDGE, WIDTH - EDGE))
    return [Placed("Knot", turned(0, x, y)) for x, y in places]


def _rule() -> list[Stroke]:
    x, y = RULE_AT
    gem = ((x, y - 1.4), (x + 1.4, y), (x, y + 1.4), (x - 1.4, y))
    return [
        Stroke(polyline([(x - 35, y), (x - 4, y)]), BRASS, 0.2),
        Stroke(polyline([(x + 4, y), (x + 35, y)]), BRASS, 0.2),
        Stroke(polyline(gem, closed=True), fill=BRASS),
        Stroke(circle(x - 2.7, y, 0.35) + circle(x + 2.7, y, 0.35), fill=BRASS),
    ]


def _medal() -> list[Stroke]:
    x, y = MEDAL_AT
    return [
        Stroke(circle(x, y, 21.6), fill=PAPER),
        Stroke(ring(x, y, 14.9, 6.62, 72), BLUE, 0.1),
        Stroke(ring(x, y, 16.2, 3.13, 72), BRASS, 0.09),
        Stroke(circle(x, y, 21.7), BLUE, 0.32),
        Stroke(circle(x, y, MEDAL_RADIUS), BRASS, 0.14),
        Stroke(circle(x, y, 11.4), BLUE, 0.32, PAPER),
        Stroke(circle(x, y, 10.7), BRASS, 0.14),
    ]


def _roundel() -> list[Stroke]:
    x, y = EMBLEM_AT
    return [
        Stroke(circle(x, y, 7), BLUE, 0.22, PAPER),
        Stroke(circle(x, y, 6.4), fill=BLUE),
        Stroke(ring(x, y, 4.9, 1.25, 36), "#5f7698", 0.07),
        Stroke(circle(x, y, 3.9), "#5f7698", 0.07, BLUE),
    ]
