"""What changed between two texts, word by word: Latin by the word, Chinese by the character. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_UNIT = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff]|[^\W\u2e80-\u9fff\uf900-\ufaff\u3040-\u30ff]+|\s+|.",
    re.S,
)
_MOST_UNITS = 6000  # of both texts together; beyond that they are shown as wholes


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, went or came."""

    change: Change
    text: str


def word_changes(old: str, new: str) -> list[Piece]:
    """Give the pieces of which ``old`` (same and gone) and ``new`` (same and new) are made, in reading order."""
    if old == new:
        return [Piece(Change.SAME, new)] if new else []
    before, after = _UNIT.findall(old), _UNIT.findall(new)
    if len(before) + len(after) > _MOST_UNITS:
        return _pieces([(Change.GONE, before), (Change.NEW, after)])
    runs: list[tuple[Change, Sequence[str]]] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append((Change.SAME, after[k:m]))
        else:
            runs += [(Change.GONE, before[i:j]), (Change.NEW, after[k:m])]
    return _pieces(runs)


def _pieces(runs: Sequence[tuple[Change, Sequence[str]]]) -> list[Piece]:
    return [Piece(change, "".join(units)) for change, units in runs if units]
