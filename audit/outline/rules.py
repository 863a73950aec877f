"""The outline: which criteria are shown, how many, and which comes next. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from audit.assessment.rules import BADGES, EXCLUDED, UNANSWERED, Conformity
from core.words import N_, Badge

OUT, OPEN = "out", "open"
STATES: Mapping[str, Badge] = {
    **{one.value: badge for one, badge in BADGES.items()},
    OUT: EXCLUDED,
    OPEN: UNANSWERED,
}


class Show(StrEnum):
    """Which criteria the outline shows."""

    UNANSWERED = "unanswered"
    MINE = "mine"
    CRITICAL = "critical"
    NOT = "not"
    CHANGED = "changed"


SHOW_NAMES = {
    Show.UNANSWERED: N_("Unanswered"),
    Show.MINE: N_("Mine"),
    Show.CRITICAL: N_("Critical"),
    Show.NOT: N_("Not conforming"),
    Show.CHANGED: N_("With changes"),
}


class Line(NamedTuple):
    """A criterion in the outline."""

    id: int
    code: str
    title: str
    section_id: int
    critical: bool
    conformity: str | None
    rating: int | None
    excluded: bool
    by_id: int | None
    changed: bool
    found: bool

    @property
    def state(self) -> str:
        """Give the key of ``STATES``."""
        return self.conformity or (OUT if self.excluded else OPEN)

    @property
    def answered(self) -> bool:
        """Whether it needs nothing more."""
        return self.excluded or self.rating is not None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and the sections shared to them."""

    person_id: int
    sections: Collection[int] = ()


TESTS: Mapping[Show, Callable[[Line, Reader], bool]] = {
    Show.UNANSWERED: lambda line, _me: not line.answered,
    Show.MINE: lambda line, me: line.by_id == me.person_id or line.section_id in me.sections,
    Show.CRITICAL: lambda line, _me: line.critical,
    Show.NOT: lambda line, _me: line.conformity not in {None, Conformity.CONFORMS.value},
    Show.CHANGED: lambda line, _me: line.changed,
}


def shown(lines: Iterable[Line], me: Reader, show: Show | None) -> list[Line]:
    """Give the lines that the words of the search found and the filter lets through, in their order."""
    test = TESTS[show] if show else None
    return [line for line in lines if line.found and (test is None or test(line, me))]


def counts(lines: Sequence[Line], me: Reader) -> dict[Show, int]:
    """Count what each filter would show among what the search found."""
    found = [line for line in lines if line.found]
    return {show: sum(test(line, me) for line in found) for show, test in TESTS.items()}


class Ways(NamedTuple):
    """Where one goes from a criterion: keys of answers."""

    before: int | None
    after: int | None
    open: int | None


def ways(lines: Sequence[Line], seen: Sequence[Line], answer_id: int) -> Ways:
    """Give the shown criteria before and after one, and the next without an answer, round the end.

    The one in hand need not be shown itself: answered just now, it left the list of the unanswered.
    """
    order = {line.id: number for number, line in enumerate(lines)}
    here = order.get(answer_id, -1)
    earlier = [line for line in seen if order[line.id] < here]
    later = [line for line in seen if order[line.id] > here]
    unanswered = (line.id for line in [*later, *earlier] if not line.answered)
    return Ways(
        earlier[-1].id if earlier else None,
        later[0].id if later else None,
        next(unanswered, None),
    )


def state_of(conformity: Any, *, excluded: bool) -> str:
    """Give the key of ``STATES`` for an answer."""
    return str(conformity) if conformity else OUT if excluded else OPEN
