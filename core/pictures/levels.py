"""Pictures of a rating: the touchstone, the radar of dimensions and the strips of level bands."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from core.pictures.pen import Pen, clamp, fits, fixed, percent, wrapped

_CENTRE = 180.0
_ABOVE_RIM = 46.0
_LINE_HEIGHT = 15.0
# The rim, largest first, and how many lines an axis' title may take beside it.
_RIMS = tuple(
    (float(rim), lines)
    for lines, smallest in ((1, 86), (2, 92), (3, 84))
    for rim in range(112, smallest - 1, -2)
)


class Axis(NamedTuple):
    """One corner of a radar: ``shown`` is the value in words, ``hot`` marks the one that limits."""

    title: str
    shown: str
    value: float | None
    before: float | None = None
    hot: bool = False


def level_mark(
    number: int | None, of: int, label: str | None, *, standalone: bool = False
) -> Markup:
    """Draw the touchstone: as many streaks as there are levels, as many in brass as the level."""
    pen = Pen(standalone=standalone)
    pitch = 6.7 if of <= 5 else 26.8 / (of - 1)
    first = 24.6 - pitch * (of - 1) / 2
    streaks = [f"M{fixed(first + pitch * k)} 4.6l-3 10.8" for k in range(of)]
    reached = max(0, min(of, number or 0))
    pen.add("path", "stone", d="M4 .5h38L45.5 4v12L42 19.5H4L.5 16V4z")
    for role, some in (("off", streaks[reached:]), ("on", streaks[:reached])):
        if some:
            pen.add("path", role, d="".join(some))
    return pen.picture("level", label, 46, 20)


def radar(
    axes: Sequence[Axis], cuts: Sequence[float], label: str | None, *, standalone: bool = False
) -> Markup:
    """Draw the dimensions of a rating, 0 to 100, around a centre; dashed rings are the level cuts.

    The centre stands twenty below the first cut, so that the cuts spread. The dashed shape of
    the last rating appears when every axis has a value before. ValueError under three axes.
    """
    if len(axes) < 3:
        msg = "a radar needs three axes"
        raise ValueError(msg)
    pen = Pen(standalone=standalone)
    web = _web(axes)
    floor = max(0.0, min(cuts, default=20.0) - 20)

    def radius(value: float) -> float:
        return clamp((value - floor) / (100 - floor)) * web.rim

    _draw_web(pen, web, [radius(cut) for cut in cuts])
    before = [radius(axis.before) for axis in axes if axis.before is not None]
    if len(before) == len(axes):
        pen.add("polygon", "before", points=web.ring(before))
    pen.add("polygon", "shape", points=web.ring([radius(axis.value or 0.0) for axis in axes]))
    for i, axis in enumerate(axes):
        if axis.value is not None:
            x, y = web.corner(radius(axis.value), i)
            pen.add("circle", "dot hot" if axis.hot else "dot", cx=fixed(x), cy=fixed(y), r="4.5")
    for number, cut in enumerate(cuts, 1):
        x, y = web.corner(radius(cut) * math.cos(math.pi / web.sides), -0.5)
        pen.plate(x - 3.5, y - 4.5, 7, 9)
        pen.words((x, y + 3.5), str(number), "tick", "middle")
    foot = max(_axis_words(pen, axis, web.seat(i), web.lines) for i, axis in enumerate(axes))
    return pen.picture("pic", label, 360, foot + 8)


def strip(
    score: float | None,
    cuts: Sequence[float],
    label: str | None,
    *,
    before: float | None = None,
    standalone: bool = False,
) -> Markup:
    """Draw a score on the bands between the level cuts; the ring is the score before.

    The strip begins ten below the first cut. The band reached is brass; without a score none is.
    """
    pen = Pen(standalone=standalone)
    place = _scale(cuts)
    reached = None if score is None else sum(score >= cut for cut in cuts)
    _bands(pen, [place(cut) for cut in cuts], reached, (6, 12))
    if before is not None:
        pen.add("circle", "ring", cx=percent(clamp(place(before), 2.0, 98.0)), cy="12", r="4")
    if score is not None:
        shape = {"width": "3", "height": "22", "rx": "1.5", "transform": "translate(-1.5)"}
        x = percent(clamp(place(score), 0.6, 99.4))
        pen.add("rect", "mark", x=x, y="1", **shape)
    return pen.stretched("strip", label, 24)


def strip_axis(cuts: Sequence[float], names: Sequence[str], *, standalone: bool = False) -> Markup:
    """Write the names of the bands of ``strip`` for the head of its column: one more than cuts."""
    place = _scale(cuts)
    return _axis_line([place(cut) for cut in cuts], names, standalone=standalone)


def metric_strip(
    anchors: Sequence[float],
    point: float | None,
    counts_as: float | None,
    label: str | None,
    *,
    standalone: bool = False,
) -> Markup:
    """Draw a measure on its own anchors, evenly spaced: the ring is the point, the dot the bound.

    Anchors run from the first level to the last, rising or falling. Without a bound only the
    bands are drawn.
    """
    pen = Pen(standalone=standalone)
    edges = _even(len(anchors))
    sign = 1 if anchors[0] < anchors[-1] else -1
    rising = [sign * anchor for anchor in anchors]
    reached = None if counts_as is None else sum(sign * counts_as >= anchor for anchor in rising)
    _bands(pen, edges, reached, (7, 10))
    if counts_as is not None:
        dot = _between(sign * counts_as, rising, edges)
        ring = dot if point is None else _between(sign * point, rising, edges)
        if abs(ring - dot) > 0.3:
            pen.add("line", "span", x1=percent(dot), x2=percent(ring), y1="12", y2="12")
            pen.add("circle", "ring", cx=percent(ring), cy="12", r="4")
        pen.add("circle", "dot", cx=percent(dot), cy="12", r="5.5")
    return pen.stretched("strip", label, 24)


def metric_axis(names: Sequence[str], *, standalone: bool = False) -> Markup:
    """Write the names of the bands of ``metric_strip``, first that below every anchor."""
    return _axis_line(_even(len(names) - 1), names, standalone=standalone)


class _Seat(NamedTuple):
    """Where an axis' words stand: start, middle or end at x, centred on y or hanging from it."""

    x: float
    y: float
    anchor: str
    room: float
    hangs: bool


class _Web(NamedTuple):
    """The ground of a radar; a title beside its rim may take so many lines."""

    rim: float
    sides: int
    lines: int

    def corner(self, radius: float, i: float) -> tuple[float, float]:
        """Give the place of an axis at a radius; half an i lies between two axes."""
        angle = -math.pi / 2 + 2 * math.pi * i / self.sides
        centre = self.rim + _ABOVE_RIM
        return _CENTRE + radius * math.cos(angle), centre + radius * math.sin(angle)

    def ring(self, radii: Sequence[float]) -> str:
        """Give the polygon through a radius on each axis."""
        corners = (self.corner(radius, i) for i, radius in enumerate(radii))
        return " ".join(f"{fixed(x)},{fixed(y)}" for x, y in corners)

    def seat(self, i: int) -> _Seat:
        """Place an axis' words: low ones hang beneath the rim, where there is more room."""
        x, y = self.corner(self.rim + 10, i)
        across = (x - _CENTRE) / (self.rim + 10)
        down = (y - self.corner(0, 0)[1]) / (self.rim + 10)
        anchor = "middle" if abs(across) < 0.2 else "start" if across > 0 else "end"
        if down > 0.3:
            x, y = x - 24 * across * down, y - 10 * down + 18
        room = {"middle": 300.0, "start": 358 - x, "end": x - 2}[anchor]
        return _Seat(x, y, anchor, room, hangs=down > 0.3)


def _web(axes: Sequence[Axis]) -> _Web:
    """Give the largest web beside which every title fits."""
    for rim, lines in _RIMS:
        web = _Web(rim, len(axes), lines)
        if all(fits(axis.title, web.seat(i).room, lines) for i, axis in enumerate(axes)):
            return web
    return web


def _draw_web(pen: Pen, web: _Web, cuts: Sequence[float]) -> None:
    """Draw a dashed ring for each cut, the rim and the spokes."""
    for cut in cuts:
        pen.add("polygon", "cut", points=web.ring([cut] * web.sides))
    pen.add("polygon", "grid", points=web.ring([web.rim] * web.sides))
    x, y = web.corner(0, 0)
    centre = f"M{fixed(x)} {fixed(y)}"
    spokes = (web.corner(web.rim, i) for i in range(web.sides))
    pen.add("path", "grid", d="".join(f"{centre}L{fixed(x)} {fixed(y)}" for x, y in spokes))


def _axis_words(pen: Pen, axis: Axis, seat: _Seat, most: int) -> float:
    """Write a title and its value outside their corner; gives the lowest baseline."""
    lines = wrapped(axis.title, seat.room, most)
    y = seat.y
    if not seat.hangs:
        lift = 1.0 if seat.anchor == "middle" else 0.5
        y = max(12.0, y + _LINE_HEIGHT * (0.25 - lift * len(lines)))
    for line in lines:
        pen.words((seat.x, y), line, anchor=seat.anchor)
        y += _LINE_HEIGHT
    pen.words((seat.x, y), axis.shown, "strong", seat.anchor)
    return y


def _scale(cuts: Sequence[float]) -> Callable[[float], float]:
    """Give the place of a score on a strip, in percent."""
    floor = max(0.0, min(cuts, default=10.0) - 10)
    return lambda score: 100 * clamp((score - floor) / (100 - floor))


def _even(count: int) -> list[float]:
    """Give the places of a metric's anchors in percent: a tenth for "none", the rest alike."""
    return [10 + 90 * k / max(1, count) for k in range(count)]


def _bands(pen: Pen, edges: Sequence[float], reached: int | None, box: tuple[int, int]) -> None:
    """Draw the bands between the edges, with a hair's gap; ``box`` is (top, height)."""
    ends = [0.0, *edges, 100.0]
    for rank, (start, end) in enumerate(itertools.pairwise(ends)):
        role = "b at" if rank == reached else "b"
        width = percent(max(0.0, end - start - 0.3))
        pen.add("rect", role, x=percent(start + 0.15), width=width, y=box[0], height=box[1])


def _between(value: float, anchors: Sequence[float], edges: Sequence[float]) -> float:
    """Place a value among rising anchors; outside them the nearest segment goes on."""
    if len(anchors) < 2:
        return edges[0] if edges else 50.0
    k = max(0, min(len(anchors) - 2, sum(value >= anchor for anchor in anchors) - 1))
    share = (value - anchors[k]) / (anchors[k + 1] - anchors[k])
    return clamp(edges[k] + share * (edges[k + 1] - edges[k]), 2.0, 98.0)


def _axis_line(edges: Sequence[float], names: Sequence[str], *, standalone: bool) -> Markup:
    pen = Pen(standalone=standalone)
    ends = [0.0, *edges, 100.0]
    for (start, end), name in zip(itertools.pairwise(ends), names, strict=True):
        pen.words((percent((start + end) / 2), 15), name, anchor="middle")
    return pen.stretched("strip axis", None, 20)
