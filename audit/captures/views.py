"""The desk's page of what came from devices and could not simply be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.assessment import queries as assessment
from audit.assessment.queries import Place
from audit.assessment.rules import CONFORMITY_NAMES
from audit.captures import forms, operations, queries
from audit.captures.operations import Desk
from audit.findings.rules import GRADE_BADGES
from audit.meetings.rules import MEETING_NAMES
from audit.offline import queries as offline
from audit.offline.queries import CaptureRow
from audit.offline.rules import (
    CAPTURE_NAMES,
    CLOCK_WORDS,
    OUTCOME_BADGES,
    CaptureKind,
    Clock,
    Outcome,
)
from core.clock import utc_now
from core.errors import Invalid, NotFound
from core.permissions import Permission
from core.speech import say
from core.web import actor, db, requires
from core.words import N_, Badge

bp = Blueprint("captures", __name__, url_prefix="/audits/<int:audit_id>/captures")
Entries = list[tuple[str, str]]
_ANSWER = (("notes", N_("What was seen")), ("exclusion_reason", N_("Why it does not apply")))
_FINDING = (
    ("title", N_("Title")),
    ("statement", N_("What was found")),
    ("evidence", N_("Evidence")),
)
_MEETING = (
    ("place", N_("Place")),
    ("deviation", N_("Deviation from the plan")),
    ("notes", N_("Notes")),
)
_CONFORMITY = {one.value: name for one, name in CONFORMITY_NAMES.items()}
_PHOTO = (("title", N_("Title")),)


@dataclass(frozen=True, slots=True)
class Shown:
    """Something captured as the page shows it: both texts, and what can be chosen."""

    row: CaptureRow
    kind: str
    badge: Badge
    about: str
    mine: Entries
    theirs: Entries
    theirs_by: str
    theirs_at: datetime | None
    revision: int | None
    reasons: Sequence[str]
    clock: str
    conflict: bool
    mergeable: bool
    both: str


@bp.get("/")
@requires(Permission.AUDIT_ASSESS)
def index(audit_id: int) -> ResponseReturnValue:
    """List what came from devices and waits for somebody's choice."""
    return _page(_place(audit_id))


@bp.post("/<int:capture_id>")
@requires(Permission.AUDIT_ASSESS)
def settle(audit_id: int, capture_id: int) -> ResponseReturnValue:
    """Choose what stays."""
    place = _place(audit_id)
    row = offline.open_capture(db(), audit_id, capture_id)
    form = forms.SettleForm()
    if not form.validate() or form.how.data not in _choices(row):
        return _page(place, gettext("Choose what stays.")), 422
    desk = Desk(db(), actor(), place, row, utc_now())
    try:
        _settle(desk, form)
    except Invalid as error:
        return _page(place, say(error.text)), 422
    flash(gettext("Settled. Both texts stay on record."))
    return redirect(url_for(".index", audit_id=audit_id))


def _place(audit_id: int) -> Place:
    place = assessment.place(db(), actor(), audit_id)
    if not place.on_team:
        raise NotFound
    return place


def _choices(row: CaptureRow) -> tuple[str, ...]:
    capture = row.capture
    if capture.outcome is Outcome.REFUSED:
        return ("noted",)
    if capture.kind is CaptureKind.ANSWER:
        return ("mine", "theirs", "merged")
    if capture.kind is CaptureKind.FINDING and capture.result.get("theirs", {}).get("finding_id"):
        return ("mine", "theirs")
    return ("theirs",)


def _settle(desk: Desk, form: forms.SettleForm) -> None:
    how, capture = str(form.how.data), desk.row.capture
    revision = int(form.revision.data) if str(form.revision.data or "").isdigit() else None
    if how in {"theirs", "noted"}:
        operations.settle(desk, how)
        return
    body: Mapping[str, Any] = capture.payload
    if capture.kind is CaptureKind.FINDING:
        finding = forms.finding_form(body)
        finding.validate()
        operations.settle(desk, how, values=finding.values(), revision=revision)
        return
    if how == "merged":
        body = {**body, "notes": form.notes.data or ""}
    answer = forms.answer_form(body)
    if not answer.validate():
        raise forms.first_error(answer)
    operations.settle(desk, how, judgement=answer.judgement(), revision=revision)


def _page(place: Place, problem: str = "") -> str:
    rows = offline.captures(db(), place.audit.id)
    named = (row.capture.payload.get("answer_id") for row in rows)
    keys = [key for key in named if isinstance(key, int)]
    answers = queries.answers(db(), place.audit.id, keys) if keys else {}
    return render_template(
        "audit/captures/index.html",
        audit=place.audit,
        rows=[_shown(row, answers) for row in rows],
        problem=problem,
    )


def _shown(row: CaptureRow, answers: Mapping[int, Any]) -> Shown:
    capture = row.capture
    body = capture.payload
    answer = answers.get(body.get("answer_id") or 0)
    theirs: Mapping[str, Any] = answer or capture.result.get("theirs") or {}
    conflict = capture.outcome is Outcome.CONFLICT
    at = theirs.get("at")
    return Shown(
        row=row,
        kind=say(CAPTURE_NAMES[capture.kind]),
        badge=OUTCOME_BADGES[capture.outcome],
        about=_about(body, answer),
        mine=_entries(capture.kind, body),
        theirs=_entries(capture.kind, theirs) if conflict else [],
        theirs_by=theirs.get("by") or "",
        theirs_at=at if isinstance(at, datetime) else None,
        revision=theirs.get("revision"),
        reasons=[capture.result.get("reason", ""), *capture.result.get("reasons", ())],
        clock=CLOCK_WORDS.get(Clock(capture.clock), ""),
        conflict=conflict,
        mergeable="merged" in _choices(row),
        both="\n\n".join(filter(None, (theirs.get("notes"), body.get("notes")))),
    )


def _about(body: Mapping[str, Any], answer: Mapping[str, Any] | None) -> str:
    if answer:
        return f"{answer['code']} {say(answer['title'])}"
    if body.get("meeting"):
        return say(MEETING_NAMES[body["meeting"]])
    return str(body.get("title") or "")


def _entries(kind: CaptureKind, body: Mapping[str, Any]) -> Entries:
    """Give what somebody wrote, as labels and texts."""
    found: Entries = []
    if kind is CaptureKind.ANSWER:
        judged = body.get("conformity")
        word = N_("Not applicable") if judged == "out" else _CONFORMITY.get(str(judged), "")
        found = [(N_("Judgement"), say(word) or "–"), (N_("Rating"), _plain(body.get("rating")))]
    if kind is CaptureKind.FINDING and body.get("grade") in GRADE_BADGES:
        found = [(N_("Grade"), say(GRADE_BADGES[body["grade"]].word))]
    named = {
        CaptureKind.ANSWER: _ANSWER,
        CaptureKind.FINDING: _FINDING,
        CaptureKind.MEETING: _MEETING,
        CaptureKind.PHOTO: _PHOTO,
    }[kind]
    return found + [(label, str(body[name])) for name, label in named if body.get(name)]


def _plain(value: Any) -> str:
    return "–" if value in (None, "") else str(value)
