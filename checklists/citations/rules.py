"""Citations: what a check can come to, and what follows for a criterion. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from core.words import N_, Badge, Saying, Words


class CheckOutcome(StrEnum):
    """What somebody found who looked a citation up."""

    CONFIRMED = "confirmed"
    DOUBTFUL = "doubtful"


class Standing(StrEnum):
    """How a citation stands for its readers."""

    OPEN = "open"
    VERIFIED = "verified"
    DOUBTFUL = "doubtful"


OUTCOME_NAMES = {
    CheckOutcome.CONFIRMED: N_("It is right: the clause exists and says what is cited"),
    CheckOutcome.DOUBTFUL: N_("It could not be confirmed"),
}
STANDING_BADGES = {
    Standing.OPEN: Badge("", "wait", N_("not yet verified")),
    Standing.VERIFIED: Badge("good", "check", N_("verified")),
    Standing.DOUBTFUL: Badge("warn", "alert", N_("could not be confirmed")),
}
SAYINGS = {
    "citation:confirmed": Saying(N_("%(actor)s checked the citation %(label)s: it is right")),
    "citation:doubted": Saying(N_("%(actor)s could not confirm the citation %(label)s")),
}


class Pair(NamedTuple):
    """What names a citation over all versions: the code of the law or standard, and the clause."""

    code: str
    clause: str

    @property
    def label(self) -> str:
        """Name it as a reader would."""
        return f"{self.code} {self.clause}".strip()


@dataclass(frozen=True, slots=True)
class Check:
    """One look into the law: what came of it, a note, when, and who."""

    outcome: CheckOutcome
    note: str
    at: datetime
    who: Words


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation with its checks, newest first; ``declared`` is what the pack it came with says of it."""

    pair: Pair
    declared: bool
    checks: tuple[Check, ...] = ()

    @property
    def standing(self) -> Standing:
        """The latest check decides; without one, what the pack says (S-35)."""
        if not self.checks:
            return Standing.VERIFIED if self.declared else Standing.OPEN
        confirmed = self.checks[0].outcome is CheckOutcome.CONFIRMED
        return Standing.VERIFIED if confirmed else Standing.DOUBTFUL

    @property
    def badge(self) -> Badge:
        """How the standing is shown."""
        return STANDING_BADGES[self.standing]
