"""Citations: what a check can come to, and what follows for a criterion. Pure."""

from enum import StrEnum

from core.words import N_, Badge, Saying


class CheckOutcome(StrEnum):
    """What somebody found who looked a citation up."""

    CONFIRMED = "confirmed"
    DOUBTFUL = "doubtful"


SAYINGS = {
    "citation:confirmed": Saying(N_("%(actor)s checked the citation %(label)s: it is right")),
    "citation:doubted": Saying(N_("%(actor)s could not confirm the citation %(label)s")),
}
CONFIRMED = Badge("good", "check", N_("verified"))
UNCHECKED = Badge("", "wait", N_("not yet verified"))
DOUBTFUL = Badge("warn", "alert", N_("could not be confirmed"))
