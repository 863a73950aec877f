"""What a device asks: taking an audit along, whether it may keep it, and that it deleted it."""

from datetime import datetime
from typing import Any, cast

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from accounts.people.queries import Visitor
from accounts.people.views import visitor
from audit.assessment import queries as places
from audit.offline import operations, queries
from audit.offline.rules import TAKES_ALONG, known_name
from audit.package import queries as package
from core.clock import utc_now
from core.db import writing
from core.errors import Invalid, StepRefused
from core.permissions import Permission
from core.web import actor, db, maybe_actor, public, requires
from core.words import T_

bp = Blueprint("offline_api", __name__)


@bp.post("/audits/<int:audit_id>/take-along")
@requires(Permission.AUDIT_ASSESS)
def take_along(audit_id: int) -> ResponseReturnValue:
    """Let a device carry an audit."""
    data = request.get_json(silent=True)
    given = data if isinstance(data, dict) else {}
    place = places.place(db(), actor(), audit_id)
    if not known_name(given.get("device")):
        raise Invalid(T_("The device did not say which one it is. Open the app anew."))
    device = operations.take_along(
        db(), actor(), place,
        token=str(given["device"]), label=str(given.get("label") or ""),
        agent=request.user_agent.string, sign_in_id=visitor().sign_in_id, now=utc_now(),
    )  # fmt: skip
    return {"taken_at": device.taken_at.isoformat()}


@bp.get("/audits/<int:audit_id>/package")
@requires(Permission.AUDIT_ASSESS)
def fetch(audit_id: int) -> ResponseReturnValue:
    """Give the audit whole, for somebody of its team, while it can be worked on."""
    whole = package.gather(db(), actor(), audit_id)
    if whole["audit"]["state"] not in {state.value for state in TAKES_ALONG}:
        raise StepRefused(operations.WHEN)
    return whole


@bp.get("/field/contact")
@public
def contact() -> ResponseReturnValue:
    """Tell a device what it may keep, the time here, and who is signed in; it needs no session for that."""
    now, me = utc_now(), cast("Visitor | None", maybe_actor())
    token = request.headers.get("X-Device", "")
    found, settled = _met(token, me, now) if known_name(token) else ([], [])
    return {
        "now": now.isoformat(),
        "signed_in": me is not None and all(one.person.id == me.person_id for one in found),
        "devices": {str(one.audit.id): one.standing for one in found},
        "settled": settled,
        "csrf": generate_csrf(),
    }


def _met(token: str, me: Visitor | None, now: datetime) -> tuple[list[queries.Carried], list[str]]:
    """Note the contact in a transaction of its own: what was read to know who asks must not hold the database."""
    db().rollback()
    waiting = request.headers.get("X-Waiting", "")
    with current_app.extensions["sessions"]() as own:
        writing(own)
        found = queries.carried(own, token, me.person_id if me else None)
        for one in found:
            mine = me.sign_in_id if me and me.person_id == one.person.id else None
            told = int(waiting[:7]) if waiting.isdigit() else None
            operations.see(one, mine, told, now=now)
        settled = queries.settled_of(own, [one.device.id for one in found]) if found else []
        own.commit()
    return found, settled


@bp.post("/field/wiped")
@public
def wiped() -> ResponseReturnValue:
    """Hear that a device deleted audits: those named, or all it had."""
    data = request.get_json(silent=True)
    given: dict[str, Any] = data if isinstance(data, dict) else {}
    token, audits = given.get("device"), given.get("audits")
    if not known_name(token) or not isinstance(audits, list | None):
        return {"wiped": 0}
    carried = queries.carried(db(), str(token), None)
    gone = [one for one in carried if audits is None or one.audit.id in audits]
    for one in gone:
        operations.note_wiped(db(), one, now=utc_now())
    return {"wiped": len(gone)}
