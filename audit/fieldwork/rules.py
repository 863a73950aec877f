"""The desk: what can be saved of half an answer, what a conflict may become, how an answer came about. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from audit.assessment.rules import Judgement, check
from core.errors import Invalid
from core.words import Text

RUN = timedelta(minutes=10)  # saves of one person closer than this are one piece of writing
_CONCLUSION = ("conformity", "rating", "excluded", "exclusion_reason")


def savable(given: Judgement, old: Judgement) -> tuple[Judgement, dict[str, Text]]:
    """Give as much of an answer as can be saved while somebody still writes, and what is missing, by field.

    A conclusion that is half given leaves the old one standing; so do people who may not be named yet.
    """
    missing: dict[str, Text] = {}
    while True:
        try:
            check(given)
        except Invalid as error:
            name = error.field or ""
            if name in missing:
                raise
            missing[name] = error.text
            kept = ("interviewees",) if name == "interviewees" else _CONCLUSION
            given = replace(given, **{each: getattr(old, each) for each in kept})
        else:
            return given, missing


def both(theirs: str, mine: str) -> str:
    """Put two texts of a conflict together so that no word is lost; where one holds the other, it stands alone."""
    if mine in theirs:
        return theirs
    return mine if theirs in mine else f"{theirs}\n\n{mine}"


@dataclass(frozen=True, slots=True)
class Edit:
    """One piece of writing: what stood before it, what after, by whom, from when to when, in how many saves."""

    before: Any
    after: Any
    who: str
    began_at: datetime
    ended_at: datetime
    saves: int


def edits(versions: Iterable[Any], *, each: bool = False) -> list[Edit]:
    """Fold versions (oldest first, each with who gave it) into pieces of writing, newest first.

    Words save themselves while they are written; what one person saved without a longer pause is one piece. What was
    written without a network stands alone, with its own time. ``each``: every save stands alone.
    """
    found: list[Edit] = []
    before: Any = None
    for version, who in versions:
        last = found[-1] if found else None
        if last and not each and _goes_on(last, version):
            found[-1] = replace(last, after=version, ended_at=version.at, saves=last.saves + 1)
        else:
            found.append(Edit(before, version, who, version.at, version.at, 1))
        before = version
    return found[::-1]


def _goes_on(last: Edit, version: Any) -> bool:
    alone = version.captured_at or last.after.captured_at
    return not alone and last.after.by_id == version.by_id and version.at - last.ended_at <= RUN


_YARDSTICK = re.compile(r"(?:^|(?<=[\s.。；;）)”]))(?:A ([0-4]): |([0-4])分：)")


def yardsticks(guidance: str) -> tuple[str, list[tuple[int, str]]]:
    """Split guidance into what to look at and what each rating it names means; without two ratings it stays whole."""
    parts = _YARDSTICK.split(guidance)
    found = [
        (int(parts[n] or parts[n + 1]), parts[n + 2].strip()) for n in range(1, len(parts) - 2, 3)
    ]
    return (parts[0].strip(), found) if len(found) > 1 else (guidance, [])
