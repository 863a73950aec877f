"""Pictures of counts: trends, bars of progress, shares by level and the place among peers."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from core.pictures.pen import Pen, clamp, fixed, percent, width_of

_WIDTH, _HEIGHT = 360.0, 150.0
_TOP, _BOTTOM, _RIGHT = 22.0, 128.0, 346.0
_BINS = 24


class Tick(NamedTuple):
    """A value on a scale with its words."""

    value: float
    shown: str


class Point(NamedTuple):
    """One step of a trend; a value of None leaves a gap, an empty title leaves the foot bare."""

    value: float | None
    title: str = ""


def nice_ticks(values: Sequence[float], count: int = 4) -> list[float]:
    """Give about ``count`` round values that span the given ones, to be put into words as ticks."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low == high:
        high = low + 1
    raw = (high - low) / max(1, count - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(k * step, 10) for k in range(first, last + 1)]


def trend(
    points: Sequence[Point],
    ticks: Sequence[Tick],
    label: str | None,
    *,
    reference: Tick | None = None,
    shown: str = "",
    standalone: bool = False,
) -> Markup:
    """Draw values over time on the scale of its ticks; ``shown`` is the last value in words.

    A reference line carries its word; without one the ground under the line is tinted.
    """
    pen = Pen(standalone=standalone)
    left = max(34.0, 10 + max((width_of(tick.shown) for tick in ticks), default=0.0))
    height = _height(points, ticks, reference)

    def across(i: int) -> float:
        return left + (_RIGHT - left) * (i / (len(points) - 1) if len(points) > 1 else 1.0)

    for tick in ticks:
        y = height(tick.value)
        pen.add("path", "grid", d=f"M{fixed(left)} {fixed(y)}H{fixed(_RIGHT)}")
        pen.words((left - 6, y + 4), tick.shown, anchor="end")
    places = [
        None if point.value is None else (across(i), height(point.value))
        for i, point in enumerate(points)
    ]
    _line(pen, places, tinted=reference is None)
    if reference is not None:
        _reference(pen, reference.shown, (left, height(reference.value)), places)
    _last(pen, places, shown)
    for i, point in enumerate(points):
        if point.title:
            anchor = "end" if i == len(points) - 1 else "start" if i == 0 else "middle"
            pen.words((across(i), _HEIGHT - 4), point.title, anchor=anchor)
    return pen.picture("pic", label, _WIDTH, _HEIGHT)


def bar(
    done: float, of: float, label: str | None, *, out: float = 0.0, standalone: bool = False
) -> Markup:
    """Draw how much of a whole is done and, beside it, left out; nothing of nothing is empty."""
    pen = Pen(standalone=standalone)
    if standalone:
        pen.add("rect", "rest", width="100%", height="100%")
    first = 100 * clamp(done / of) if of else 0.0
    second = min(100 - first, 100 * clamp(out / of)) if of else 0.0
    pen.add("rect", "done", width=percent(first), height="100%")
    if second:
        pen.add("rect", "out", x=percent(first), width=percent(second), height="100%")
    return pen.stretched("bar", label, 6)


def stack(parts: Sequence[float], label: str | None, *, standalone: bool = False) -> Markup:
    """Draw shares of a whole by level, first to last, in steps of brass."""
    pen = Pen(standalone=standalone)
    if standalone:
        pen.add("rect", "rest", width="100%", height="100%")
    total, left = sum(parts), 0.0
    for k, part in enumerate(parts):
        step = 1 + round(4 * k / max(1, len(parts) - 1))
        share = 100 * part / total if total else 0.0
        if share:
            pen.add("rect", f"l{step}", x=percent(left), width=percent(share), height="100%")
        left += share
    return pen.stretched("bar tall", label, 10)


def spread(
    peers: Sequence[float], here: float, label: str | None, *, standalone: bool = False
) -> Markup:
    """Draw how the peers are spread, in 24 bars, and where this one stands among them."""
    pen = Pen(standalone=standalone)
    low, high = min([*peers, here]), max([*peers, here])
    width = (high - low) or 1.0
    counts = [0] * _BINS
    for value in peers:
        counts[min(_BINS - 1, int(_BINS * (value - low) / width))] += 1
    top = max(counts) or 1
    bars = "".join(
        f"M{fixed(k * 5 + 0.5)} 27v-{fixed(max(0.6, 20 * count / top))}h4V27z"
        for k, count in enumerate(counts)
    )
    x = fixed(clamp(120 * (here - low) / width, 3, 117) if high > low else 60)
    pen.add("path", "peers", d=bars)
    pen.add("path", "here", d=f"M{x} 27V6")
    pen.add("circle", "here", cx=x, cy="5", r="2.5")
    return pen.picture("spread", label, 120, 28)


def _height(
    points: Sequence[Point], ticks: Sequence[Tick], reference: Tick | None
) -> Callable[[float], float]:
    """Give the y of a value; the scale holds every tick, point and the reference."""
    known = [point.value for point in points if point.value is not None]
    known += [tick.value for tick in (*ticks, *((reference,) if reference else ()))]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if low == high:
        low, high = low - 1, high + 1
    return lambda value: _BOTTOM - (_BOTTOM - _TOP) * (value - low) / (high - low)


def _line(pen: Pen, places: Sequence[tuple[float, float] | None], *, tinted: bool) -> None:
    """Draw each unbroken run of points, with the ground under it if asked."""
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is not None:
            runs[-1].append(place)
        elif runs[-1]:
            runs.append([])
    known = [place for place in places if place is not None]
    for run in runs:
        path = "L".join(f"{fixed(x)} {fixed(y)}" for x, y in run)
        if tinted and len(run) > 1:
            foot = f"V{fixed(_BOTTOM)}H{fixed(run[0][0])}Z"
            pen.add("path", "area", d=f"M{path}{foot}")
        if len(run) > 1:
            pen.add("path", "line", d=f"M{path}")
        elif run and run[0] != known[-1]:
            pen.add("circle", "dot", cx=fixed(run[0][0]), cy=fixed(run[0][1]), r="4")


def _reference(
    pen: Pen,
    words: str,
    start: tuple[float, float],
    places: Sequence[tuple[float, float] | None],
) -> None:
    """Draw the reference with its word on the side of the line where the first points are not."""
    left, y = start
    pen.add("path", "cut", d=f"M{fixed(left)} {fixed(y)}H{fixed(_RIGHT)}")
    reach = left + 8 + width_of(words)
    near = [place[1] for place in places if place is not None and place[0] <= reach + 30]
    below = (sum(near) / len(near) <= y if near else True) and y < _BOTTOM - 16
    pen.words((left + 4, y + 14 if below else y - 5), words)


def _last(pen: Pen, places: Sequence[tuple[float, float] | None], shown: str) -> None:
    """Mark the last point; its words stand clear of the line, above it if there is room."""
    known = [place for place in places if place is not None]
    if not known:
        return
    x, y = known[-1]
    pen.add("circle", "dot", cx=fixed(x), cy=fixed(y), r="4")
    if not shown:
        return
    left = x - width_of(shown) - 6
    beside = [place[1] for place in known if place[0] >= left]
    before = [place for place in known if place[0] < left]
    if before and len(known) > len(before):
        beside.append(_at(left, before[-1], known[len(before)]))
    falling = min(beside) < y - 4
    baseline = max(beside) + 18 if falling else min(beside) - 9
    if falling and baseline > _BOTTOM - 3:
        baseline = min(beside) - 9
    pen.plate(x - width_of(shown), baseline - 10, width_of(shown), 12)
    pen.words((x, baseline), shown, "strong", "end")


def _at(x: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Give the y of a segment at x."""
    return start[1] + (end[1] - start[1]) * (x - start[0]) / (end[0] - start[0])
