"""The record of a meeting: shape only."""

from datetime import datetime
from typing import Any

from flask_babel import gettext
from wtforms import DateTimeLocalField, FieldList, FormField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired

from audit.meetings.operations import Attendee
from audit.meetings.rules import PARTY_NAMES, Party
from core.forms import EARLIEST, LATEST, Expected, choice, line, prose
from core.words import N_


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
