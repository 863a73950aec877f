"""Forms of findings: shape only."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import SelectField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from audit.findings.rules import GRADE_BADGES, FindingGrade
from core.errors import StepRefused
from core.forms import Expected, Form, Reasoned, choice, line, prose, spoken
from core.words import N_


def files(label: str) -> SelectMultipleField:
    """Declare a choice of files, each with a box to tick; the operation refuses foreign ones."""
    return SelectMultipleField(
        label,
        coerce=int,
        choices=(),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class DraftForm(Expected):
    """A finding as it is drafted; what is not written yet is looked at when it is raised."""

    grade = choice(
        N_("Grade"),
        {grade: badge.word for grade, badge in GRADE_BADGES.items()},
        validators=[InputRequired(message=N_("Choose one."))],
    )
    criterion_id = SelectField(
        N_("Criterion"),
        [InputRequired(message=N_("Choose one."))],
        coerce=int,
        choices=(),
        validate_choice=False,
    )
    title = line(N_("Title"), description=N_("What is wrong, or good, in one line."))
    statement = prose(
        N_("What was found"), required=False,
        description=N_("What was found, against what the criterion requires."),
    )  # fmt: skip
    evidence = prose(
        N_("Evidence"), required=False,
        description=N_("What was seen: records, numbers, samples, what people said."),
    )  # fmt: skip
    evidence_ids = files(N_("Files that show it"))

    def offer(self, criteria: Iterable[tuple[int, str]], held: Iterable[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.criterion_id.choices = list(criteria)
        self.evidence_ids.choices = list(held)

    def bring(self, criterion_id: int, notes: str, evidence_ids: list[int]) -> None:
        """Fill in what an answer of the fieldwork brings along."""
        self.criterion_id.data = criterion_id
        self.evidence.data = notes
        self.evidence_ids.data = evidence_ids

    def values(self) -> dict[str, Any]:
        """Give the columns of the finding."""
        return {
            "grade": FindingGrade(self.grade.data),
            "criterion_id": self.criterion_id.data,
            "title": self.title.data,
            "statement": self.statement.data or "",
            "evidence": self.evidence.data or "",
        }


def entries(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the texts of a draft with their labels, to lay two of them side by side."""
    return [
        (N_("Grade"), spoken(GRADE_BADGES[values["grade"]].word)),
        (N_("Title"), values["title"]),
        (N_("What was found"), values["statement"]),
        (N_("Evidence"), values["evidence"]),
    ]


class VerificationForm(Form):
    """How a finding was verified."""

    reason = prose(
        N_("How it was verified"), description=N_("What was looked at, and what it showed.")
    )


class NoteForm(Form):
    """A word that may go with a step."""

    reason = prose(N_("Note"), required=False, most=4000)


def asking(action: str, form: type[Form] = Reasoned, *, filled: bool = False) -> Form:
    """Build the form of a step on a page with several; its field's id is the step's own."""
    made = form() if filled else form(formdata=None)
    for field in made:
        if field.name != "csrf_token":
            field.id = f"{action}-{field.name}"
    return made


def tell_missing(form: Form, error: StepRefused) -> None:
    """Show every condition that is not met above the form, so that what was typed stays."""
    form.refuse(error)
    form.form_errors = [*form.form_errors, *(spoken(reason.text) for reason in error.reasons)]
