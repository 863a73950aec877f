"""How much room a text takes in print, estimated from classes of characters. Pure.

Laying a page out twice to find the size that fits would double the time of every certificate; an estimate on the
safe side costs nothing.
"""

import unicodedata
from math import ceil

MM_PER_POINT = 25.4 / 72
# Of Noto Serif CJK SC, as parts of an em: capitals and the widest letters, then the rest.
_BROAD, _DIGIT, _NARROW, _LETTER = 0.74, 0.56, 0.31, 0.55
_NARROW_ONES = frozenset(" ijltfr.,;:!'|()[]-")
_BROAD_ONES = frozenset("mwMW@%&")


def width(text: str) -> float:
    """Give the width of a text on one line, in em."""
    return sum(_width_of(character) for character in text)


def _width_of(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA":
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    if character in _NARROW_ONES:
        return _NARROW
    if character.isdigit():
        return _DIGIT
    return _BROAD if character.isupper() or character in _BROAD_ONES else _LETTER


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
