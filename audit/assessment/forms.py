"""Forms of the fieldwork: shape only."""

from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from audit.assessment.rules import CONFORMITY_NAMES, Conformity, Judgement
from checklists.standards.rules import METHOD_NAMES
from core.forms import Expected, Form, choices, line, prose, whole
from core.words import N_

OUT = "out"


def _rating(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class AnswerForm(Expected):
    """One answer."""

    conformity = RadioField(
        N_("Judgement"),
        choices=[
            *(SelectChoice(one.value, name) for one, name in CONFORMITY_NAMES.items()),
            SelectChoice(OUT, N_("Not applicable")),
        ],
        validators=[Optional()],
    )
    rating = RadioField(
        N_("Rating"),
        choices=[SelectChoice(n, str(n)) for n in range(5)],
        coerce=_rating,
        validators=[Optional()],
    )
    notes = prose(N_("What was seen"), required=False)
    methods = choices(N_("Methods"), METHOD_NAMES)
    exclusion_reason = prose(N_("Why it does not apply"), required=False, most=4000)
    evidence_verified = BooleanField(N_("The evidence could be verified"), default=True)

    def judgement(self) -> Judgement:
        """Give what was typed."""
        out = self.conformity.data == OUT
        return Judgement(
            conformity=None
            if out or not self.conformity.data
            else Conformity(self.conformity.data),
            rating=None if out else self.rating.data,
            methods=tuple(self.methods.data or ()),
            notes=self.notes.data or "",
            evidence_verified=self.evidence_verified.data,
            excluded=out,
            exclusion_reason=(self.exclusion_reason.data or "") if out else "",
        )


class SampleForm(Form):
    """What was looked at out of how much."""

    what = line(N_("What was sampled"))
    population = whole(N_("Population"), 1, 10**9)
    size = whole(N_("Sample"), 1, 10**9)
    rationale = prose(N_("How it was chosen, and why these"), most=4000)
