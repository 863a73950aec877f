"""The fieldwork: what makes an answer whole and who may give it. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import Invalid
from core.lifecycle import Reason, met, unmet
from core.words import N_, T_, Badge, Saying


class Conformity(StrEnum):
    """What the auditor judges of a criterion."""

    CONFORMS = "conforms"
    PARTLY = "partly"
    NOT = "not"


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
    "audit:checklist_chosen": Saying(N_("%(actor)s chose the checklist of %(label)s"), key=True),
    "answer:given": Saying(N_("%(actor)s answered %(label)s")),
    "answer:changed": Saying(N_("%(actor)s changed the answer to %(label)s")),
    "answer:excluded": Saying(N_("%(actor)s excluded %(label)s")),
    "answer:withdrawn": Saying(N_("%(actor)s took back the answer to %(label)s")),
    "answer:evidence_linked": Saying(N_("%(actor)s linked evidence to %(label)s")),
    "sample:recorded": Saying(N_("%(actor)s recorded a sample for %(label)s")),
}

# What each conformity leaves of the scale 0-4: a rating that contradicts the words is a slip of the hand.
RATINGS = {
    Conformity.CONFORMS: range(2, 5),
    Conformity.PARTLY: range(1, 4),
    Conformity.NOT: range(2),
}


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

    @property
    def complete(self) -> bool:
        """Whether it needs nothing more."""
        return self.excluded or self.rating is not None


def check(judgement: Judgement) -> None:
    """Refuse a judgement that is half given or contradicts itself; raises ``Invalid`` with its field."""
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


def check_sample(population: int, size: int) -> None:
    """Refuse a sample larger than what it was drawn from (I-08)."""
    if not 0 < size <= population:
        raise Invalid(T_("The sample has to be between 1 and the population."), "size")
