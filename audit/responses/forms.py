"""Forms of responses and of work on actions: shape only."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from wtforms import FieldList, FormField, SelectField
from wtforms import Form as PlainForm

from audit.findings.forms import files
from audit.responses.operations import PlannedAction, Reply
from core.forms import Expected, day, prose
from core.words import N_


def _key(value: Any) -> int:
    """Read a key; nothing chosen is 0."""
    return int(value) if value not in (None, "", "None") else 0


class ActionForm(PlainForm):
    """One corrective action (S-24); a row left empty is passed over."""

    measure = prose(N_("What is done"), required=False, most=4000)
    owner_id = SelectField(N_("Owner"), coerce=_key, validate_choice=False, choices=[])
    due_on = day(N_("Due on"), required=False)
    verification = prose(
        N_("How it will be verified"), required=False, most=4000,
        description=N_("What will show that it was done and works."),
    )  # fmt: skip
    resources = prose(N_("Resources"), required=False, most=4000)

    @property
    def blank(self) -> bool:
        """Whether nothing was written in it."""
        return not (self.measure.data or self.verification.data or self.due_on.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for everything an action needs, once something is written."""
        sound = bool(super().validate(extra_validators))
        if self.blank:
            return sound
        for field in (self.measure, self.owner_id, self.due_on, self.verification):
            if not field.data and not field.errors:
                field.errors = [*field.errors, gettext("Fill this in.")]
                sound = False
        return sound


class ReplyForm(Expected):
    """One round of the response."""

    correction = prose(
        N_("Correction"), required=False,
        description=N_("What was done about what has already happened."),
    )  # fmt: skip
    cause = prose(
        N_("Cause"), required=False,
        description=N_("Keep asking why until you reach something you can change; not a person."),
    )  # fmt: skip
    actions = FieldList(
        FormField(ActionForm), label=N_("Corrective actions"), min_entries=1, max_entries=20
    )
    evidence_ids = files(N_("Files that show it"))

    def offer(self, owners: Iterable[tuple[int, str]], held: Iterable[tuple[int, str]]) -> None:
        """Fill the choices."""
        people = [(0, gettext("Choose")), *owners]
        for row in self.actions:
            row.form.owner_id.choices = people
        self.evidence_ids.choices = list(held)

    def reply(self) -> Reply:
        """Give what was written."""
        return Reply(
            correction=self.correction.data or "",
            cause=self.cause.data or "",
            actions=[
                PlannedAction(
                    measure=row.form.measure.data,
                    owner_id=row.form.owner_id.data,
                    due_on=row.form.due_on.data,
                    verification=row.form.verification.data,
                    resources=row.form.resources.data or "",
                )
                for row in self.actions
                if not row.form.blank
            ],
            evidence_ids=self.evidence_ids.data or [],
        )


class ReportForm(Expected):
    """How far an action has come."""

    told = prose(N_("What was done"), description=N_("The auditors read it with the evidence."))
    evidence_ids = files(N_("Files that show it"))

    def offer(self, held: Iterable[tuple[int, str]]) -> None:
        """Fill the choices."""
        self.evidence_ids.choices = list(held)
