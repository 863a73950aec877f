"""Small steps of the fieldwork that lead back to its page."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from audit.assessment import operations, queries
from core.clock import utc_now
from core.permissions import Permission
from core.web import actor, db, requires

bp = Blueprint("assessment", __name__, url_prefix="/audits/<int:audit_id>")


@bp.post("/fieldwork/<int:answer_id>/evidence")
@requires(Permission.AUDIT_ASSESS)
def link(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Link evidence of this audit to an answer."""
    place, given, code = queries.answer_place(db(), actor(), audit_id, answer_id)
    chosen = request.form.getlist("evidence", type=int)
    operations.link_evidence(db(), actor(), place, given, code, chosen, now=utc_now())
    return redirect(url_for("fieldwork.show", audit_id=audit_id, answer_id=answer_id))
