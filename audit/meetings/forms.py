"""The record of a meeting: shape only."""

from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_wtf.file import FileField
from wtforms import DateTimeLocalField, FieldList, FormField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired

from audit.meetings.operations import Attendee
from audit.meetings.rules import PARTY_NAMES, Party, Position
from core.errors import Invalid
from core.forms import EARLIEST, LATEST, Expected, choice, hidden, line, prose
from core.words import N_, T_


class AttendeeForm(PlainForm):
    """One person at a meeting."""

    name = line(N_("Full name"), required=False)
    position = line(N_("Function"), required=False)
    party = choice(N_("For"), PARTY_NAMES)
    signature = hidden()


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
    latitude = hidden()
    longitude = hidden()
    accuracy_m = hidden()
    photo = FileField(
        N_("Photo"),
        render_kw={"accept": "image/*", "capture": "environment"},
        description=N_("Of the room or the attendance list. It is kept as evidence of the audit."),
    )
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
            Attendee(
                row["name"], row["position"] or "", Party(row["party"]), row["signature"] or ""
            )
            for row in self.people.data
            if row["name"]
        ]

    def position(self) -> Position | None:
        """Give where the device stood, if the person let it say so; raises ``Invalid`` for what is no position."""
        given = [str(field.data or "") for field in (self.latitude, self.longitude)]
        if not any(given):
            return None
        try:
            north, east = (round(float(text), 6) for text in given)
            within = round(float(self.accuracy_m.data or 0))
        except (ValueError, OverflowError):
            raise Invalid(
                T_("The position could not be read. Take it again, or leave it out.")
            ) from None
        return Position(north, east, within)
