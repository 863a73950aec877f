"""Forms of the fieldwork: shape only."""

from typing import Any

from wtforms import BooleanField, FieldList, FormField, RadioField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from audit.assessment.rules import CONFORMITY_NAMES, Conformity, Interviewee, Judgement
from checklists.standards.rules import METHOD_NAMES
from core.forms import Expected, choices, line, prose
from core.words import N_

OUT = "out"


def _rating(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class InterviewedForm(PlainForm):
    """One person who was talked to."""

    role = line(N_("Function"), required=False)
    name = line(N_("Name"), required=False)
    consent = BooleanField(N_("Agreed to be named"))


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
    interviewees = FieldList(FormField(InterviewedForm), label=N_("Talked to"), max_entries=40)
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
            interviewees=tuple(
                Interviewee(row["role"] or "", row["name"] or "", row["consent"])
                for row in self.interviewees.data
                if row["role"] or row["name"]
            ),
        )
