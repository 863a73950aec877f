"""The fieldwork: what makes an answer whole and who may give it. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from core.errors import Invalid
from core.lifecycle import Reason, met, unmet
from core.words import N_, T_, Badge, Saying


class Conformity(StrEnum):
    """What the auditor judges of a criterion."""

    CONFORMS = "conforms"
    PARTLY = "partly"
    NOT = "not"


class SampleChoice(StrEnum):
    """How a sample was taken out of its population (I-08)."""

    RANDOM = "random"
    JUDGEMENT = "judgement"
    ALL = "all"


CONFORMITY_NAMES = {
    Conformity.CONFORMS: N_("Conforms"),
    Conformity.PARTLY: N_("Partly"),
    Conformity.NOT: N_("Does not conform"),
}
BADGES = {
    Conformity.CONFORMS: Badge("good", "check", N_("Conforms")),
    Conformity.PARTLY: Badge("warn", "minor", N_("Partly")),
    Conformity.NOT: Badge("bad", "cross", N_("Does not conform")),
}
EXCLUDED = Badge("", "over", N_("Not applicable"))
UNANSWERED = Badge("", "draft", N_("No answer yet"))
SAYINGS = {
    "answer:given": Saying(N_("%(actor)s answered %(label)s")),
    "answer:changed": Saying(N_("%(actor)s changed the answer to %(label)s")),
    "answer:excluded": Saying(N_("%(actor)s excluded %(label)s")),
    "answer:withdrawn": Saying(N_("%(actor)s took back the answer to %(label)s")),
    "answer:evidence_linked": Saying(N_("%(actor)s linked evidence to %(label)s")),
}

# What each conformity leaves of the scale 0-4: a rating that contradicts the words is a slip of the hand.
RATINGS = {
    Conformity.CONFORMS: range(2, 5),
    Conformity.PARTLY: range(1, 4),
    Conformity.NOT: range(2),
}


@dataclass(frozen=True, slots=True)
class Interviewee:
    """Somebody who was talked to: by function, and by name only where they agreed to be named."""

    role: str
    name: str = ""
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer as given: answered (conformity and rating), excluded with a reason, or still open (notes only)."""

    conformity: Conformity | None = None
    rating: int | None = None
    methods: tuple[str, ...] = ()
    notes: str = ""
    evidence_verified: bool = True
    excluded: bool = False
    exclusion_reason: str = ""
    interviewees: tuple[Interviewee, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether it needs nothing more."""
        return self.excluded or self.rating is not None

    def values(self) -> dict[str, Any]:
        """Give the columns of an answer."""
        return asdict(self) | {
            "methods": list(self.methods),
            "interviewees": [asdict(one) for one in self.interviewees],
        }


def interviewees_of(kept: list[Mapping[str, Any]]) -> tuple[Interviewee, ...]:
    """Read people who were talked to as they are kept."""
    return tuple(Interviewee(one["role"], one["name"], one["consent"]) for one in kept)


def check(judgement: Judgement) -> None:
    """Refuse a judgement that is half given or contradicts itself; raises ``Invalid`` with its field."""
    _check_interviewees(judgement)
    if judgement.excluded:
        if not judgement.exclusion_reason:
            raise Invalid(T_("Say why the criterion does not apply."), "exclusion_reason")
        if judgement.conformity is not None or judgement.rating is not None:
            raise Invalid(T_("A criterion that does not apply has no rating."), "rating")
        return
    if (judgement.conformity is None) != (judgement.rating is None):
        missing = "rating" if judgement.rating is None else "conformity"
        raise Invalid(T_("An answer needs both the judgement and the rating."), missing)
    if judgement.conformity is not None and judgement.rating not in RATINGS[judgement.conformity]:
        allowed = RATINGS[judgement.conformity]
        raise Invalid(
            T_(
                "This judgement goes with a rating of %(low)s to %(high)s.",
                low=allowed.start,
                high=allowed.stop - 1,
            ),
            "rating",
        )


def _check_interviewees(judgement: Judgement) -> None:
    for one in judgement.interviewees:
        if not one.role:
            raise Invalid(T_("Give the function of each person you talked to."), "interviewees")
        if one.name and not one.consent:
            raise Invalid(
                T_("A name is kept only where the person agreed to be named."), "interviewees"
            )


def may_answer(*, in_progress: bool, on_team: bool) -> tuple[Reason, ...]:
    """Say whether answers can be given now: the fieldwork runs, and the person is on the team."""
    running = (
        met("running", T_("The fieldwork is running"))
        if in_progress
        else unmet("running", T_("Answers are given while the fieldwork is running"))
    )
    team = (
        met("team", T_("You are on the team"))
        if on_team
        else unmet("team", T_("Only members of the team give answers"))
    )
    return running, team
