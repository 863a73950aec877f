"""Writes the elements of a picture, by class for the screen or with their paint for paper."""

import re
import unicodedata

from markupsafe import Markup, escape

FONT = "Noto Serif CJK SC"
BLUE, BRASS = "#1f3d6b", "#9a7a2c"

_INK, _QUIET, _EDGE, _PAPER = "#18212b", "#46515e", "#8a867b", "#ffffff"
_TINT, _REACHED, _HOT = "#eeece6", "#ecdcae", "#a32a1a"

# What each class of the theme means on paper.
_PAINT: dict[str, dict[str, str]] = {
    "text": {"fill": _QUIET},
    "strong": {"fill": _INK, "font-weight": "700"},
    "tick": {"fill": _QUIET, "font-size": "10"},
    "halo": {"fill": _PAPER},
    "grid": {"fill": "none", "stroke": "#d9d4c7", "stroke-width": "1"},
    "cut": {"fill": "none", "stroke": _EDGE, "stroke-width": "0.8", "stroke-dasharray": "2 3"},
    "before": {"fill": "none", "stroke": _EDGE, "stroke-width": "1.25", "stroke-dasharray": "4 3"},
    "line": {"fill": "none", "stroke": BLUE, "stroke-width": "2", "stroke-linejoin": "round"},
    "area": {"fill": BLUE, "fill-opacity": "0.1"},
    "shape": {
        "fill": BLUE,
        "fill-opacity": "0.12",
        "stroke": BLUE,
        "stroke-width": "2",
        "stroke-linejoin": "round",
    },
    "dot": {"fill": BLUE, "stroke": _PAPER, "stroke-width": "2"},
    "dot hot": {"fill": _HOT, "stroke": _PAPER, "stroke-width": "2"},
    "ring": {"fill": _PAPER, "stroke": _QUIET, "stroke-width": "1.5"},
    "span": {"stroke": _EDGE, "stroke-width": "1.5"},
    "mark": {"fill": _INK},
    "b": {"fill": _TINT},
    "b at": {"fill": _REACHED},
    "rest": {"fill": _TINT},
    "done": {"fill": BLUE},
    "out": {"fill": _EDGE},
    "l1": {"fill": "#ded6c3"},
    "l2": {"fill": "#c8b487"},
    "l3": {"fill": BRASS},
    "l4": {"fill": "#5f552c"},
    "l5": {"fill": _INK},
    "stone": {"fill": BLUE},
    "on": {"stroke": "#d9b25a", "stroke-width": "2.7"},
    "off": {"stroke": "#8494ad", "stroke-width": "1.4"},
    "peers": {"fill": "#cfcbc0"},
    "here": {"fill": _HOT, "stroke": _HOT, "stroke-width": "2"},
}
# The theme names these parts otherwise, or needs no name for them.
_CLASS = {"text": "", "peers": "b"}

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EM = 12.0
_LATIN = 0.6


class Pen:
    """Collects the elements of one picture and closes it."""

    def __init__(self, *, standalone: bool) -> None:
        self.standalone = standalone
        self._parts: list[str] = []

    def add(self, tag: str, role: str, text: str | None = None, **attributes: object) -> None:
        """Add one element; an underscore in an attribute's name stands for a hyphen."""
        name = _CLASS.get(role, role)
        dress: dict[str, object] = {}
        if self.standalone:
            dress.update(_PAINT[role])
        elif name:
            dress["class"] = name
        named = {key.replace("_", "-"): value for key, value in attributes.items()}
        inside = "" if text is None else _safe(text)
        self._parts.append(_element(tag, {**dress, **named}, inside))

    def words(
        self, place: tuple[float | str, float], text: str, role: str = "text", anchor: str = "start"
    ) -> None:
        """Add a line of text at (x, baseline); x may be a percentage."""
        x = place[0] if isinstance(place[0], str) else fixed(place[0])
        self.add("text", role, text, text_anchor=anchor, x=x, y=fixed(place[1]))

    def plate(self, x: float, y: float, width: float, height: float) -> None:
        """Clear the ground under a word on paper; on the screen the theme gives the word a rim."""
        if self.standalone:
            size = {"width": fixed(width), "height": fixed(height)}
            self.add("rect", "halo", x=fixed(x), y=fixed(y), **size)

    def picture(self, name: str, label: str | None, width: float, height: float) -> Markup:
        """Close a picture with its own scale."""
        box: dict[str, object] = {"viewBox": f"0 0 {fixed(width)} {fixed(height)}"}
        if self.standalone:
            box |= {"width": fixed(width), "height": fixed(height)}
        return self._closed(name, label, box)

    def stretched(self, name: str, label: str | None, height: float) -> Markup:
        """Close a picture as wide as its place: x in percent, so that text keeps its size."""
        box: dict[str, object] = {}
        if self.standalone:
            box = {"width": "100%", "height": fixed(height)}
        return self._closed(name, label, box)

    def _closed(self, name: str, label: str | None, box: dict[str, object]) -> Markup:
        told = {"aria-hidden": "true"} if label is None else {"role": "img", "aria-label": label}
        font = {"font-family": FONT, "font-size": fixed(_EM)} if self.standalone else {}
        svg = _element("svg", {"class": name, **box, **font, **told}, "".join(self._parts))
        return Markup(svg)  # noqa: S704 -- every text and attribute went through escape()


def fixed(number: float) -> str:
    """Write a coordinate with at most two decimals and no empty ones."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(number: float) -> str:
    """Write a coordinate in percent."""
    return fixed(number) + "%"


def clamp(number: float, low: float = 0.0, high: float = 1.0) -> float:
    """Keep a number between two others."""
    return max(low, min(high, number))


def width_of(text: str) -> float:
    """Estimate a text's width at 12 px: Han characters are square, Latin ones about half of it."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return _EM * (wide + _LATIN * (len(text) - wide))


def wrapped(text: str, room: float, most: int = 2) -> list[str]:
    """Break a text into at most ``most`` lines of like length, at blanks or between Han characters.

    What does not fit ends in an ellipsis.
    """
    count = len(_broken(text, room))
    while count > 1 and len(_broken(text, room - 2)) == count and fits(text, room - 2, most):
        room -= 2
    lines = _broken(text, room)
    kept = [line.strip() for line in lines[:most]]
    if len(lines) > most:
        kept[-1] += "…"
    return [_shortened(line, room) for line in kept]


def fits(text: str, room: float, most: int) -> bool:
    """Say whether a text goes into so many lines whole."""
    lines = _broken(text, room)
    return len(lines) <= most and all(width_of(line.strip()) <= room for line in lines)


def _broken(text: str, room: float) -> list[str]:
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and width_of((lines[-1] + piece).rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return lines


def _shortened(line: str, room: float) -> str:
    while len(line) > 2 and width_of(line) > max(room, 3 * _EM):
        line = line.rstrip("…")[:-1] + "…"
    return line


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end: after blanks and after wide characters."""
    pieces = [""]
    for sign in text:
        pieces[-1] += sign
        if sign.isspace() or unicodedata.east_asian_width(sign) in "WF":
            pieces.append("")
    return [piece for piece in pieces if piece]


def _safe(text: str) -> str:
    """Escape a text and leave out the control signs that XML cannot carry."""
    return str(escape(_FORBIDDEN.sub("", text)))


def _element(tag: str, attributes: dict[str, object], inside: str) -> str:
    written = "".join(f' {name}="{_safe(str(value))}"' for name, value in attributes.items())
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"
