"""The form of a measure: shape only."""

from typing import Any

from wtforms import BooleanField, DateField, DecimalField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from checklists.schemes.rules import MetricKind
from core.forms import Expected, prose
from core.words import N_

_WHOLE = [Optional(), NumberRange(min=0, max=10**10)]
FIELDS = {
    MetricKind.VALUE: ("value",),
    MetricKind.PROPORTION: ("successes", "total"),
    MetricKind.NPS: ("promoters", "passives", "detractors"),
}


class MeasureForm(Expected):
    """One metric's figures; which of them are asked for follows from the metric's kind."""

    value = DecimalField(
        N_("Value"), [Optional(), NumberRange(min=-(10**9), max=10**9)], places=None
    )
    successes = IntegerField(
        N_("Cases that count"), _WHOLE,
        description=N_("For a share of errors: the errors."),
    )  # fmt: skip
    total = IntegerField(N_("Of how many"), _WHOLE)
    promoters = IntegerField(N_("Promoters (9 and 10)"), _WHOLE)
    passives = IntegerField(N_("Passives (7 and 8)"), _WHOLE)
    detractors = IntegerField(N_("Detractors (0 to 6)"), _WHOLE)
    census = BooleanField(
        N_("A census: every case of the window was counted"),
        description=N_("Otherwise the figures are a sample and enter with their bound."),
    )
    window_from = DateField(N_("Window from"), [InputRequired(message=N_("Fill this in."))])
    window_to = DateField(N_("Window to"), [InputRequired(message=N_("Fill this in."))])
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
