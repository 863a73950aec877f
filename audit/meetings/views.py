"""The page of an opening or closing meeting."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.assessment import queries as assessment
from audit.assessment.queries import Place
from audit.meetings import forms, operations, queries
from audit.meetings.rules import MEETING_NAMES, MeetingKind, Party
from audit.planning import queries as planning
from core.clock import utc_now
from core.errors import Invalid, NotFound
from core.permissions import Permission
from core.speech import zone
from core.web import actor, db, requires

bp = Blueprint("meetings", __name__, url_prefix="/audits/<int:audit_id>")


@bp.route("/meetings/<any(opening, closing):kind>", methods=["GET", "POST"])
@requires(Permission.AUDIT_ASSESS)
def record(audit_id: int, kind: str) -> ResponseReturnValue:
    """Record the opening or closing meeting with attendance."""
    which = MeetingKind(kind)
    place = assessment.place(db(), actor(), audit_id)
    form = _form(place, which)
    if form.is_submitted() and _rows_changed(form):
        return _page(place, which, form), 200
    if form.validate_on_submit():
        try:
            operations.record_meeting(
                db(), actor(), place, which,
                held_at=form.held_at.data.replace(tzinfo=ZoneInfo(zone())).astimezone(UTC),
                where=form.place.data, deviation=form.deviation.data or "",
                notes=form.notes.data or "", people=form.attendees(), zone=zone(),
                revision=form.revision.data, now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The meeting is recorded."))
            return redirect(url_for("workspace.show", audit_id=audit_id))
    return _page(place, which, form), 422 if form.is_submitted() else 200


def _form(place: Place, kind: MeetingKind) -> forms.MeetingForm:
    held = queries.of_audit(db(), place.audit.id).get(kind)
    if request.method == "POST":
        return forms.MeetingForm()
    if held is not None:
        meeting, attended = held
        return forms.MeetingForm(
            obj=meeting,
            held_at=meeting.held_at.astimezone(ZoneInfo(zone())),
            people=[
                {"name": one.name, "position": one.position, "party": one.party.value}
                for one in attended
            ],
        )
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


def _page(place: Place, kind: MeetingKind, form: forms.MeetingForm) -> str:
    if not place.on_team:
        raise NotFound
    return render_template(
        "audit/meetings/record.html",
        audit=place.audit,
        kind=kind,
        title=MEETING_NAMES[kind],
        form=form,
    )
