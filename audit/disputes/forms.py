"""The form that settles a dispute: shape only."""

from wtforms.validators import InputRequired

from audit.findings.rules import DisputeOutcome, FindingGrade
from core.forms import Form, choice, prose
from core.words import N_

UPHELD, MAJOR, MINOR, OPPORTUNITY, VOID = "upheld", "major", "minor", "opportunity", "void"


class SettleForm(Form):
    """How a dispute is settled."""

    outcome = choice(
        N_("Outcome"),
        {
            UPHELD: N_("Upheld: it stands as it is"),
            MAJOR: N_("Regraded: major nonconformity"),
            MINOR: N_("Regraded: minor nonconformity"),
            OPPORTUNITY: N_("Regraded: opportunity for improvement"),
            VOID: N_("Void: it does not stand"),
        },
        validators=[InputRequired(message=N_("Choose one."))],
    )
    words = prose(N_("Reasons"), description=N_("Both sides read them."))

    def offer(self, grade: FindingGrade) -> None:
        """Leave out the grade the finding has."""
        self.outcome.choices = [one for one in self.outcome.choices if one.value != grade.value]

    def settled(self) -> tuple[DisputeOutcome, FindingGrade | None]:
        """Give the outcome and the new grade."""
        chosen = self.outcome.data
        if chosen in (UPHELD, VOID):
            return DisputeOutcome(chosen), None
        return DisputeOutcome.REGRADED, FindingGrade(chosen)
