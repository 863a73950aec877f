"""Where devices hand in what was captured: batches of entries, and photos one by one."""

import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from accounts.people.views import visitor
from audit.captures import forms, operations
from audit.captures.operations import Around
from audit.meetings.operations import Photo
from audit.meetings.rules import MeetingKind
from audit.offline import operations as offline
from audit.offline import queries
from audit.offline.models import Device
from audit.offline.operations import Entry, Told, Work
from audit.offline.rules import Answer, CaptureKind, Standing, known_name
from audit.planning import queries as planning
from core.clock import utc_now
from core.db import writing
from core.errors import DomainError, Invalid
from core.permissions import Permission
from core.speech import say, zone
from core.web import actor, requires
from evidence.files.forms import file_store
from evidence.files.storage import Incoming

bp = Blueprint("captures_api", __name__, url_prefix="/audits/<int:audit_id>/captures")
log = logging.getLogger(__name__)
MOST_BYTES = 8 * 1024 * 1024
Make = Callable[[Around, Entry], Work]


@bp.post("/batch")
@requires(Permission.AUDIT_ASSESS)
def take(audit_id: int) -> ResponseReturnValue:
    """Take entries in their order, each in a transaction of its own; tell what became of every one."""
    request.max_content_length = MOST_BYTES
    now = utc_now()
    sent = request.get_json(silent=True)
    data: dict[str, Any] = sent if isinstance(sent, dict) else {}
    device = _device(audit_id, data)
    entries = forms.entries_of(data)
    told = {entry.uuid: _told(_taken(device, entry, _WORKS, now)) for entry in entries}
    waiting = data.get("waiting")
    return {
        "now": now.isoformat(),
        "outcomes": told,
        "standing": _seen(device, waiting if isinstance(waiting, int) else None, now),
    }


@bp.post("/photo")
@requires(Permission.AUDIT_ASSESS)
def photo(audit_id: int) -> ResponseReturnValue:
    """Take one photo with its entry."""
    now = utc_now()
    device = _device(audit_id, {"device": request.form.get("device")})
    try:
        entry = forms.entry_of(json.loads(request.form.get("entry", "")))
    except ValueError:
        raise Invalid(forms.BROKEN) from None
    file = request.files.get("photo")
    if file is None or entry.kind is not CaptureKind.PHOTO:
        raise Invalid(forms.BROKEN)
    incoming = cast("Incoming", file.stream)
    name = file.filename or "photo"

    def make(around: Around, given: Entry) -> Work:
        body = given.body
        title = str(body.get("title") or name)[:240]
        picture = Photo(file_store(), incoming, name, title)
        kinds = {kind.value for kind in MeetingKind}
        if body.get("meeting") not in {None, *kinds}:
            raise Invalid(forms.BROKEN)
        if body.get("answer_id") is not None:
            forms.whole_number(body, "answer_id")
        return operations.photo(around, picture, str(body.get("sha256")), body)

    told = _taken(device, entry, {CaptureKind.PHOTO: make}, now)
    return {"now": now.isoformat(), "outcomes": {entry.uuid: _told(told)}}


def _device(audit_id: int, data: dict[str, Any]) -> Device:
    """Find the device that speaks; one that is not the actor's, or is wiped, is not there."""
    token = data.get("device")
    with _sessions() as session:
        planning.audit(session, actor(), audit_id)
        if not known_name(token):
            raise Invalid(forms.BROKEN)
        return queries.device(session, actor(), audit_id, str(token))


def _taken(device: Device, entry: Entry, works: dict[CaptureKind, Make], now: datetime) -> Told:
    """Take one entry whole or not at all. What the database refused is asked for again."""
    with _sessions() as session:
        writing(session)
        around = Around(session, actor(), device.audit_id, entry, say, now)
        try:
            work = _made(around, entry, works)
            told = offline.receive(session, actor(), device, entry, work, now)
            session.commit()
        except (offline.NotYet, offline.Again) as error:
            session.rollback()
            return Told(Answer.WAITING, {"reason": say(error.text)})
        except _PictureWanted:
            session.rollback()
            return Told(Answer.PHOTO)
        except (IntegrityError, OperationalError, StaleDataError):
            session.rollback()
            log.warning("an entry was put off", exc_info=True)
            return Told(Answer.WAITING)
    return told


def _made(around: Around, entry: Entry, works: dict[CaptureKind, Make]) -> Work:
    """Make the work of an entry; one whose shape is wrong is refused when it is done, and kept like any refusal."""
    make = works.get(entry.kind, _photo_first)
    try:
        return make(around, entry)
    except DomainError as error:
        refusal = error

        def deed(_at: datetime, _before: Any) -> Any:
            raise refusal

        return Work(deed, dict, say)


def _photo_first(_around: Around, _entry: Entry) -> Work:
    """Ask for the picture itself, unless the entry was taken before."""

    def deed(_at: datetime, _before: Any) -> Any:
        raise _PictureWanted

    return Work(deed, dict, say)


class _PictureWanted(Exception):
    pass


def _answer(around: Around, entry: Entry) -> Work:
    form = forms.answer_form(entry.body)
    if not form.validate():
        raise forms.first_error(form)
    key = forms.whole_number(entry.body, "answer_id")
    return operations.answer(around, key, form.revision.data, form.judgement())


def _finding(around: Around, entry: Entry) -> Work:
    form = forms.finding_form(entry.body)
    if not form.validate():
        raise forms.first_error(form)
    return operations.finding(around, form.values(), form.revision.data)


def _meeting(around: Around, entry: Entry) -> Work:
    form = forms.meeting_form(entry.body, zone())
    if not form.validate():
        raise forms.first_error(form)
    kind = entry.body.get("meeting")
    if kind not in set(MeetingKind):
        raise Invalid(forms.BROKEN)
    given = {
        "held_at": datetime.fromisoformat(entry.body["held_at"]).replace(second=0, microsecond=0),
        "where": form.place.data,
        "position": form.position(),
        "deviation": form.deviation.data or "",
        "notes": form.notes.data or "",
        "people": form.attendees(),
        "zone": zone(),
    }
    return operations.meeting(around, MeetingKind(kind), form.revision.data, given)


_WORKS: dict[CaptureKind, Make] = {
    CaptureKind.ANSWER: _answer,
    CaptureKind.FINDING: _finding,
    CaptureKind.MEETING: _meeting,
}


def _seen(device: Device, waiting: int | None, now: datetime) -> str:
    """Note the contact, and say whether the device may keep the audit."""
    with _sessions() as session:
        writing(session)
        for one in queries.carried(session, device.token, actor().person_id):
            if one.device.id == device.id:
                offline.see(one, visitor().sign_in_id, waiting, now=now)
                session.commit()
                return one.standing
    return Standing.WIPE


def _told(told: Told) -> dict[str, Any]:
    return asdict(told)


def _sessions() -> Session:
    return cast("Session", current_app.extensions["sessions"]())
