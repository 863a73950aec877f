"""What a decider fills in. Fields that an outcome does not need are passed over."""

from wtforms import RadioField
from wtforms.validators import InputRequired

from certification.conditions.rules import DecisionFacts
from certification.decisions.operations import Choice
from certification.decisions.rules import DecisionOutcome, chooses_level
from core.forms import Confirmed, choice, day, prose
from core.words import N_


class DecisionForm(Confirmed):
    """Outcome, level, days, reasons, and the password once more."""

    outcome = RadioField(
        N_("Outcome"), [InputRequired(message=N_("Choose an outcome."))], validate_choice=False
    )
    level = choice(N_("Level"), {}, coerce=int, validate_choice=False)
    level_reason = prose(
        N_("Why this level is lower than the one reached"),
        required=False,
        description=N_("Only where it is lower."),
    )
    scope_zh = prose(N_("Scope in Chinese"), required=False)
    scope_en = prose(N_("Scope in English"), required=False)
    effective_on = day(
        N_("Takes effect on"),
        required=False,
        description=N_("Never before the decision. Empty: today."),
    )
    until = day(
        N_("Suspended until"),
        required=False,
        description=N_("Empty: as long as the scheme allows."),
    )
    reasons = prose(N_("Reasons"), description=N_("The client and the regulator can read them."))

    def read(self, facts: DecisionFacts) -> Choice | None:
        """Give what was chosen, without what the outcome has no use for; None for no known outcome."""
        if self.outcome.data not in set(DecisionOutcome):
            return None
        outcome = DecisionOutcome(self.outcome.data)
        with_level = chooses_level(outcome, facts)
        return Choice(
            outcome=outcome,
            reasons=self.reasons.data or "",
            level=self.level.data if with_level else None,
            level_reason=(self.level_reason.data or "") if with_level else "",
            scope_zh=(self.scope_zh.data or "") if with_level else "",
            scope_en=(self.scope_en.data or "") if with_level else "",
            effective_on=self.effective_on.data if outcome is DecisionOutcome.GRANT else None,
            until=self.until.data if outcome is DecisionOutcome.SUSPEND else None,
        )
