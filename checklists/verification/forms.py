"""The form by which citations are marked: shape only."""

import json

from wtforms import SelectMultipleField

from checklists.citations.rules import OUTCOME_NAMES, CheckOutcome, Pair
from core.forms import CHOSEN, Form, choice, prose
from core.words import N_


def written(pair: Pair) -> str:
    """Write a citation as the value of a box."""
    return json.dumps([pair.code, pair.clause], ensure_ascii=False)


class CheckForm(Form):
    """Citations that were looked up, what came of it, and a note."""

    chosen = SelectMultipleField(N_("Citations"), choices=(), validate_choice=False)
    outcome = choice(N_("What came of it"), OUTCOME_NAMES, validators=CHOSEN)
    note = prose(
        N_("Note"),
        required=False,
        most=2000,
        description=N_("Where you looked, which edition; or what does not fit."),
    )

    def pairs(self, known: set[Pair]) -> list[Pair]:
        """Give the citations that were chosen, as far as the version cites them."""
        by_value = {written(pair): pair for pair in known}
        return [by_value[value] for value in self.chosen.data or () if value in by_value]

    @property
    def result(self) -> CheckOutcome:
        """Give what came of it."""
        return CheckOutcome(self.outcome.data)
