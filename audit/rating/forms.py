"""The form of a measure: shape only."""

from typing import Any

from wtforms import BooleanField

from checklists.schemes.rules import MetricKind
from core.forms import Expected, amount, day, prose, whole
from core.words import N_

_MOST = 10**10
FIELDS = {
    MetricKind.VALUE: ("value",),
    MetricKind.PROPORTION: ("successes", "total"),
    MetricKind.NPS: ("promoters", "passives", "detractors"),
}


class MeasureForm(Expected):
    """One metric's figures; which of them are asked for follows from the metric's kind."""

    value = amount(N_("Value"), -(10**9), 10**9, required=False, places=None)
    successes = whole(
        N_("Cases that count"), 0, _MOST, required=False,
        description=N_("For a share of errors: the errors."),
    )  # fmt: skip
    total = whole(N_("Of how many"), 0, _MOST, required=False)
    promoters = whole(N_("Promoters (9 and 10)"), 0, _MOST, required=False)
    passives = whole(N_("Passives (7 and 8)"), 0, _MOST, required=False)
    detractors = whole(N_("Detractors (0 to 6)"), 0, _MOST, required=False)
    census = BooleanField(
        N_("A census: every case of the window was counted"),
        description=N_("Otherwise the figures are a sample and enter with their bound."),
    )
    window_from = day(N_("Window from"))
    window_to = day(N_("Window to"))
    source = prose(
        N_("Source"), most=2000, description=N_("Which record or system, and who drew it.")
    )
    population = prose(
        N_("Population"), most=2000, description=N_("What was counted, and what was left out.")
    )

    def values(self) -> dict[str, Any]:
        """Give the columns."""
        return {
            name: data for name, data in self.data.items() if name not in {"revision", "csrf_token"}
        }
