"""Forms of the fieldwork: shape only."""

from datetime import datetime
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, DateTimeLocalField, FieldList, FormField, RadioField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from audit.assessment.operations import Attendee
from audit.assessment.rules import CONFORMITY_NAMES, PARTY_NAMES, Conformity, Judgement, Party
from checklists.standards.rules import METHOD_NAMES
from core.forms import EARLIEST, LATEST, Expected, Form, choice, choices, line, prose, whole
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


class AttendeeForm(PlainForm):
    """One person at a meeting."""

    name = line(N_("Full name"), required=False)
    position = line(N_("Function"), required=False)
    party = choice(N_("For"), PARTY_NAMES)


class Moment(DateTimeLocalField):
    """A day with its time, in the reader's zone; another text is refused in plain words."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a moment; seconds are not kept."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            given = datetime.fromisoformat(text)
        except ValueError:
            given = None
        if given is None or given.tzinfo or not EARLIEST <= given.date() <= LATEST:
            raise ValueError(gettext("Write day and time, such as 2026-11-20 09:30."))
        self.data = given.replace(second=0, microsecond=0)


class MeetingForm(Expected):
    """The opening or closing meeting; times are in the reader's zone."""

    held_at = Moment(
        N_("Held at"),
        [InputRequired(message=N_("Fill this in."))],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    place = line(N_("Place"))
    people = FieldList(
        FormField(AttendeeForm), label=N_("Who attended"), min_entries=2, max_entries=60
    )
    deviation = prose(
        N_("Deviation from the plan"), required=False, most=4000,
        description=N_("Where place or time differ from the plan: how, and why."),
    )  # fmt: skip
    notes = prose(N_("Notes"), required=False)

    def attendees(self) -> list[Attendee]:
        """Give the people named; rows left empty are passed over."""
        return [
            Attendee(row["name"], row["position"] or "", Party(row["party"]))
            for row in self.people.data
            if row["name"]
        ]
