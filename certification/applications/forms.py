"""Forms of applications: shape only."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, DecimalField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from core.forms import Expected, Form, prose
from core.words import N_


def several(label: str) -> SelectMultipleField:
    """Declare a choice of several rows, each with a box to tick."""
    return SelectMultipleField(
        label, coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class ApplicationForm(Expected):
    """What a provider applies for."""

    body_id = SelectField(N_("Certification body"), coerce=int)
    scheme_version_id = SelectField(N_("Scheme"), coerce=int)
    level_sought = SelectField(N_("Level sought"), coerce=int)
    scope_zh = prose(
        N_("Scope in Chinese"), required=False, most=2000,
        description=N_("As it is to stand on the certificate."),
    )  # fmt: skip
    scope_en = prose(N_("Scope in English"), required=False, most=2000)
    site_ids = several(N_("Sites"))
    service_ids = several(N_("Services"))
    outsourcing = prose(
        N_("Outsourcing"), required=False, most=4000,
        description=N_("What others do for you within this scope; “none” where nothing is."),
    )  # fmt: skip
    consultancy = prose(
        N_("Consultants used"), required=False, most=4000,
        description=N_("Who advised you on the management system; “none” where nobody did."),
    )  # fmt: skip
    consultancy_ended_on = DateField(N_("Consultancy ended on"), [Optional()])
    remarks = prose(N_("Remarks"), required=False, most=4000)

    def offer(
        self,
        bodies: Iterable[tuple[int, str]],
        schemes: Iterable[tuple[int, str]],
        levels: Iterable[tuple[int, str]],
        sites: Iterable[tuple[int, str]],
        services: Iterable[tuple[int, str]],
    ) -> None:
        """Fill the choices the actor has."""
        self.body_id.choices = list(bodies)
        self.scheme_version_id.choices = list(schemes)
        self.level_sought.choices = list(levels)
        self.site_ids.choices = list(sites)
        self.service_ids.choices = list(services)

    def values(self) -> dict[str, Any]:
        """Give the columns with ``site_ids`` and ``service_ids``."""
        return {
            name: data if data is not None or name == "consultancy_ended_on" else ""
            for name, data in self.data.items()
            if name not in {"revision", "csrf_token"}
        }


class ReviewForm(Expected):
    """What the reviewer records."""

    competence_ok = BooleanField(N_("The body has the competence for every technical area"))
    competence_note = prose(N_("Competence: who, and from what it follows"), required=False)
    impartiality_ok = BooleanField(N_("The body can be impartial"))
    impartiality_note = prose(
        N_("Impartiality: threats found and how they are treated"), required=False
    )
    differences_note = prose(
        N_("Differences with the applicant, and how they were resolved"), required=False
    )
    audit_days = DecimalField(
        N_("Audit time, in days"),
        [InputRequired(message=N_("Fill this in.")), NumberRange(min=0.5, max=500)],
        places=2,
    )
    time_note = prose(N_("Justification of the audit time"), required=False)


class QuestionForm(Form):
    """A question back to the applicant."""

    question = prose(N_("What has to be added or made clear"), most=4000)


class AnswerForm(Form):
    """The answers to the open questions; one field each, added for the page."""


def answer_form(questions: Iterable[tuple[int, str]]) -> FlaskForm:
    """Build a form with one field for each open question, labelled with it."""

    class Made(AnswerForm):
        pass

    for key, question in questions:
        setattr(Made, f"answer_{key}", prose(question, most=8000))
    return Made()
