"""Editing: the fields of a criterion as people call them, what is wanting, where to go next. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from checklists.standards.rules import SOURCE
from core.errors import Invalid
from core.words import N_, T_, Saying

SAYINGS = {
    "criterion:added": Saying(N_("%(actor)s added the criterion %(label)s")),
    "criterion:changed": Saying(N_("%(actor)s changed the criterion %(label)s")),
    "criterion:removed": Saying(N_("%(actor)s removed the criterion %(label)s from the draft")),
}
TEXT_NAMES = {
    "title": N_("Title"),
    "requirement": N_("Requirement"),
    "guidance": N_("How to judge it"),
    "evidence": N_("Evidence to expect"),
}
FIELD_NAMES = {
    "code": N_("Code"),
    "title_en": N_("Title (English)"),
    "title_zh": N_("Title (Chinese)"),
    "requirement_en": N_("Requirement (English)"),
    "requirement_zh": N_("Requirement (Chinese)"),
    "guidance_en": N_("How to judge it (English)"),
    "guidance_zh": N_("How to judge it (Chinese)"),
    "evidence_en": N_("Evidence to expect (English)"),
    "evidence_zh": N_("Evidence to expect (Chinese)"),
    "dimension": N_("Dimension"),
    "area": N_("Area"),
    "stage": N_("Stage"),
    "level_from": N_("From level"),
    "weight": N_("Weight"),
    "critical": N_("Critical"),
    "methods": N_("Methods"),
    "sources": N_("Sources"),
    "citations": N_("Citations"),
}


class Go(StrEnum):
    """Where an editor goes from a criterion."""

    NEXT = "next"
    ENGLISH = "en"
    CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class Spot:
    """A criterion in the order of its draft, and in which language something is wanting."""

    id: int
    code: str
    lacks_zh: bool = False
    lacks_en: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """Where one can go from a criterion; None where there is nothing to go to."""

    before: Spot | None = None
    after: Spot | None = None
    english: Spot | None = None
    chinese: Spot | None = None
    number: int = 0
    total: int = 0
    lacking: Mapping[str, int] | None = None

    def to(self, go: Go) -> Spot | None:
        """Give the goal of a button."""
        return {Go.NEXT: self.after, Go.ENGLISH: self.english, Go.CHINESE: self.chinese}[go]


def ways(spots: Sequence[Spot], here: int) -> Ways:
    """Find the neighbours of a criterion and the next ones, around the end, that lack a language."""
    places = [n for n, spot in enumerate(spots) if spot.id == here]
    at = places[0] if places else len(spots)
    around = [*spots[at + 1 :], *spots[:at]]
    return Ways(
        before=spots[at - 1] if 0 < at < len(spots) else None,
        after=spots[at + 1] if at + 1 < len(spots) else None,
        english=next((spot for spot in around if spot.lacks_en), None),
        chinese=next((spot for spot in around if spot.lacks_zh), None),
        number=at + 1,
        total=len(spots),
        lacking={
            "en": sum(spot.lacks_en for spot in spots),
            "zh": sum(spot.lacks_zh for spot in spots),
        },
    )


def read_sources(text: str) -> list[str]:
    """Read the rows of requirements a criterion comes from, such as ``S-03, I-05``; raises ``Invalid``."""
    given = [one for one in re.split(r"[\s,，、;；]+", text.strip()) if one]
    for one in given:
        if not SOURCE.fullmatch(one):
            raise Invalid(
                T_("%(source)s is no row of requirements. They look like S-03.", source=one[:40]),
                "sources",
            )
    return list(dict.fromkeys(given))


def cited(
    pairs: Iterable[tuple[str, str]], before: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Give citations as they are stored; one that stood there before keeps what its pack said of it."""
    declared = {(row["code"], row.get("clause", "")): bool(row["verified"]) for row in before}
    return [
        {"code": code, "clause": clause, "verified": declared.get((code, clause), False)}
        for code, clause in dict.fromkeys(pairs)
    ]


def free_code(code: str, taken: Iterable[str]) -> str:
    """Give a code for a copy: the same with the first free number behind it."""
    known = set(taken)
    stem = code[:36]
    return next(made for n in range(2, len(known) + 3) if (made := f"{stem}-{n}") not in known)
