"""The page of an opening or closing meeting."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.assessment import queries as assessment
from audit.assessment.queries import Place
from audit.meetings import forms, operations, queries
from audit.meetings.models import Attendance, Meeting
from audit.meetings.rules import (
    MEETING_NAMES,
    PARTY_NAMES,
    SIGNATURE_HEIGHT,
    SIGNATURE_WIDTH,
    Deviation,
    MeetingKind,
    Party,
    Planned,
    deviations,
    flag_words,
    position_words,
)
from audit.planning import queries as planning
from core.clock import utc_now
from core.errors import Invalid, NotFound
from core.permissions import Permission
from core.speech import say, zone
from core.web import actor, db, requires
from evidence.files.forms import file_store

bp = Blueprint("meetings", __name__, url_prefix="/audits/<int:audit_id>")
Held = tuple[Meeting, list[Attendance]]


@bp.route("/meetings/<any(opening, closing):kind>", methods=["GET", "POST"])
@requires(Permission.AUDIT_ASSESS)
def record(audit_id: int, kind: str) -> ResponseReturnValue:
    """Record the opening or closing meeting with attendance, place and photo; later, show it."""
    which = MeetingKind(kind)
    place = assessment.place(db(), actor(), audit_id)
    if not place.on_team:
        raise NotFound
    if request.method == "GET":
        held = queries.of_audit(db(), audit_id).get(which)
        return _page(place, which, _filled(place, held), held)
    form = forms.MeetingForm()
    if _rows_changed(form):
        return _page(place, which, form, None)
    if form.validate():
        try:
            _save(place, which, form)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The meeting is recorded."))
            return redirect(url_for("workspace.show", audit_id=audit_id))
    return _page(place, which, form, None), 422


def _save(place: Place, kind: MeetingKind, form: forms.MeetingForm) -> None:
    operations.record_meeting(
        db(), actor(), place, kind,
        held_at=_held_at(form), where=form.place.data, position=form.position(),
        deviation=form.deviation.data or "", notes=form.notes.data or "",
        people=form.attendees(), zone=zone(), photo=_photo(kind, form),
        revision=form.revision.data, now=utc_now(),
    )  # fmt: skip


def _held_at(form: forms.MeetingForm) -> datetime:
    given: datetime = form.held_at.data
    return given.replace(tzinfo=ZoneInfo(zone())).astimezone(UTC)


def _photo(kind: MeetingKind, form: forms.MeetingForm) -> operations.Photo | None:
    if not form.photo.data:
        return None
    title = say(operations.photo_title(kind))
    name = form.photo.data.filename or title
    return operations.Photo(file_store(), form.photo.data.stream, name, title)


def _filled(place: Place, held: Held | None) -> forms.MeetingForm:
    if held is not None:
        meeting, attended = held
        return forms.MeetingForm(
            obj=meeting,
            held_at=meeting.held_at.astimezone(ZoneInfo(zone())),
            people=[
                {"name": one.name, "position": one.position, "party": one.party.value,
                 "signature": one.signature}
                for one in attended
            ],
        )  # fmt: skip
    team = planning.team(db(), place.audit.id)
    people = [{"name": one.name, "position": "", "party": Party.BODY.value} for one in team]
    people.append({"name": "", "position": "", "party": Party.CLIENT.value})
    now = datetime.now(ZoneInfo(zone())).replace(second=0, microsecond=0)
    return forms.MeetingForm(held_at=now, people=people)


def _rows_changed(form: forms.MeetingForm) -> bool:
    """Add or remove a row of the attendance where the person asked for that instead of saving."""
    if request.form.get("add_row"):
        if len(form.people) < form.people.max_entries:
            form.people.append_entry({"party": Party.CLIENT.value})
        return True
    gone = request.form.get("remove_row")
    if gone:
        form.people.entries = [entry for entry in form.people.entries if entry.name != gone]
        return True
    return False


def _found(form: forms.MeetingForm, planned: Planned) -> tuple[Deviation, ...]:
    """Compare what is typed so far with the plan; half a form deviates from nothing."""
    try:
        return deviations(_held_at(form), zone(), form.position(), planned)
    except (Invalid, AttributeError, OverflowError):
        return ()


def _page(place: Place, kind: MeetingKind, form: forms.MeetingForm, held: Held | None) -> str:
    planned = queries.planned(db(), place.audit, kind)
    flags = held[0].flags if held else [one.kept() for one in _found(form, planned)]
    return render_template(
        "audit/meetings/record.html",
        audit=place.audit,
        kind=kind,
        title=MEETING_NAMES[kind],
        form=form,
        planned=planned,
        held=held[0] if held else None,
        attended=held[1] if held else (),
        parties=PARTY_NAMES,
        flags=[flag_words(flag) for flag in flags],
        position=position_words(held[0].latitude, held[0].longitude, held[0].accuracy_m)
        if held
        else None,
        closed=operations.too_early_or_late(place.audit.state, kind),
        pad=(SIGNATURE_WIDTH, SIGNATURE_HEIGHT),
    )
