"""Arranging: what an editor looks for in a draft, and where things move. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.errors import Invalid
from core.words import N_, Saying

SAYINGS = {
    "section:added": Saying(N_("%(actor)s added the section %(label)s")),
    "section:changed": Saying(N_("%(actor)s changed the section %(label)s")),
    "section:moved": Saying(N_("%(actor)s moved the section %(label)s")),
    "section:emptied": Saying(N_("%(actor)s moved the criteria of section %(label)s elsewhere")),
    "section:removed": Saying(N_("%(actor)s removed the section %(label)s")),
    "criterion:moved": Saying(N_("%(actor)s moved the criterion %(label)s")),
}
_MOVE = re.compile(r"(section|criterion):(\d{1,18}):(up|down)")


class Show(StrEnum):
    """What an editor looks for in a draft."""

    CHINESE = "zh"
    ENGLISH = "en"
    WORDLESS = "wordless"
    UNASSIGNED = "unassigned"


SHOW_NAMES = {
    Show.ENGLISH: N_("English missing"),
    Show.CHINESE: N_("Chinese missing"),
    Show.WORDLESS: N_("Without title or requirement"),
    Show.UNASSIGNED: N_("Without dimension"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One place up or down in the order, of a section or a criterion."""

    kind: str
    key: int
    up: bool


def read_move(text: str) -> Move:
    """Read ``criterion:12:up`` as a button sends it; raises ``Invalid``."""
    match = _MOVE.fullmatch(text)
    if match is None:
        raise Invalid(N_("Choose what to move, and where to."))
    return Move(match[1], int(match[2]), match[3] == "up")
