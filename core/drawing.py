"""Line drawings as data: built once, shown as SVG in a page or as a form inside a PDF.

Pure. Coordinates are millimetres, y downwards. A path is SVG path data of absolute ``M``, ``L``, ``C`` and ``Z``
only, so that one regular expression turns it into the operators of a PDF.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import cos, pi, sin
from types import MappingProxyType

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]

# How far the handles of a cubic stand off so that four of them make a circle.
_ROUND = 0.5522847498


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path with its paint; a colour is ``#rrggbb``, nothing where ``None``; ``width`` is the pen's."""

    path: str
    line: str | None = None
    width: float = 0.1
    fill: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A symbol set at a place: ``matrix`` is a b c d e f, as in SVG and PDF."""

    symbol: str
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Drawing:
    """Marks in the order they are drawn, on a sheet of ``width`` × ``height``; symbols are drawn where placed."""

    width: float
    height: float
    marks: tuple[Stroke | Placed, ...]
    symbols: Mapping[str, tuple[Stroke, ...]] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )


def number(value: float) -> str:
    """Write a coordinate with at most three decimals: a thousandth of a millimetre."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def polyline(points: Iterable[Point], *, closed: bool = False) -> str:
    """Join points by straight lines."""
    words = [f"{number(x)} {number(y)}" for x, y in points]
    return "M" + "L".join(words) + ("Z" if closed else "")


def rectangle(x: float, y: float, width: float, height: float) -> str:
    """Draw an upright rectangle from its top left corner."""
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return polyline(corners, closed=True)


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0) -> str:
    """Draw an ellipse about a centre, turned by ``turn`` radians, as four cubics."""
    c, s = cos(turn), sin(turn)

    def at(u: float, v: float) -> str:
        return f"{number(x + c * rx * u - s * ry * v)} {number(y + s * rx * u + c * ry * v)}"

    k = _ROUND
    return (
        f"M{at(1, 0)}C{at(1, k)} {at(k, 1)} {at(0, 1)}C{at(-k, 1)} {at(-1, k)} {at(-1, 0)}"
        f"C{at(-1, -k)} {at(-k, -1)} {at(0, -1)}C{at(k, -1)} {at(1, -k)} {at(1, 0)}Z"
    )


def circle(x: float, y: float, radius: float) -> str:
    """Draw a circle about a centre."""
    return ellipse(x, y, radius, radius)


def curve(samples: Iterable[tuple[float, float, float]], step: float) -> str:
    """Draw y(x) through samples (x, y, slope) a ``step`` apart, as Hermite cubics."""
    h = step / 3
    parts: list[str] = []
    before: tuple[float, float, float] | None = None
    for x, y, slope in samples:
        if before is None:
            parts.append(f"M{number(x)} {number(y)}")
        else:
            px, py, pslope = before
            handles = ((px + h, py + h * pslope), (x - h, y - h * slope), (x, y))
            parts.append("C" + " ".join(f"{number(a)} {number(b)}" for a, b in handles))
        before = (x, y, slope)
    return "".join(parts)


def turned(degrees: float, x: float = 0, y: float = 0, *, stretch: float = 1) -> Matrix:
    """Give the matrix that stretches along x, turns by degrees and then moves to (x, y)."""
    angle = degrees * pi / 180
    c, s = cos(angle), sin(angle)
    return (c * stretch, s * stretch, -s, c, x, y)


def svg_marks(strokes: Iterable[Stroke]) -> str:
    """Write strokes as the inside of an SVG element; the paint stands in attributes."""
    return "".join(_element(stroke) for stroke in strokes)


def _element(stroke: Stroke) -> str:
    pen = f' stroke="{stroke.line}" stroke-width="{number(stroke.width)}"' if stroke.line else ""
    return f'<path d="{stroke.path}" fill="{stroke.fill or "none"}"{pen}/>'
