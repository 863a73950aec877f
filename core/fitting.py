"""How much room a text takes in print, estimated from classes of characters. Pure.

Laying a page out twice to find the size that fits would double the time of every certificate; an estimate on the
safe side costs nothing.
"""

import unicodedata
from math import ceil

MM_PER_POINT = 25.4 / 72
# Of Noto Serif CJK SC and LXGW WenKai, whichever is wider, as parts of an em.
_CLASSES = {
    " ijl!',-.:;[]|": 0.33,
    'ftI"()/\\{}': 0.4,
    "cersvzJ*`": 0.54,
    "hnuABCEKRTVXY": 0.7,
    "wDGNOQU&": 0.8,
    "HmM%@": 0.96,
    "W": 1.05,
}
_WIDTHS = {character: em for characters, em in _CLASSES.items() for character in characters}
_CAPITAL, _OTHER = 0.75, 0.6


def width(text: str) -> float:
    """Give the width of a text on one line, in em."""
    return sum(_width_of(character) for character in text)


def _width_of(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    known = _WIDTHS.get(unicodedata.normalize("NFD", character)[0])
    if known is not None:
        return known
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    return _CAPITAL if character.isupper() else _OTHER


def lines(text: str, points: float, millimetres: float) -> int:
    """Give how many lines a text takes at a size in a measure; a line is left unfilled by about half its last word."""
    if not text:
        return 0
    em = points * MM_PER_POINT
    longest = max((width(word) for word in text.split()), default=0.0)
    spare = 0.5 if longest == width(text) else min(longest, 8.0) / 2
    room = max(millimetres / em - spare, 1.0)
    return max(1, ceil(width(text) / room)) if width(text) * em > millimetres * 0.985 else 1


def height(text: str, points: float, leading: float, millimetres: float) -> float:
    """Give how high a text stands, in millimetres; ``leading`` is the line height as a multiple of the size."""
    return lines(text, points, millimetres) * points * MM_PER_POINT * leading
