"""Small steps of the fieldwork that lead back to its page."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.assessment import operations, queries
from audit.planning import queries as planning
from core.clock import utc_now
from core.permissions import Permission
from core.web import actor, db, requires

bp = Blueprint("assessment", __name__, url_prefix="/audits/<int:audit_id>")


@bp.post("/checklist")
@requires(Permission.AUDIT_PLAN, Permission.AUDIT_ASSESS)
def choose(audit_id: int) -> ResponseReturnValue:
    """Choose the checklist by the scheme's rule."""
    audit = planning.audit(db(), actor(), audit_id)
    count = operations.choose_checklist(db(), actor(), audit, now=utc_now())
    flash(gettext("%(n)s criteria are chosen.", n=count))
    return redirect(url_for("workspace.show", audit_id=audit_id))


@bp.post("/fieldwork/<int:answer_id>/evidence")
@requires(Permission.AUDIT_ASSESS)
def link(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Link evidence of this audit to an answer."""
    place, given, code = queries.answer_place(db(), actor(), audit_id, answer_id)
    chosen = request.form.getlist("evidence", type=int)
    operations.link_evidence(db(), actor(), place, given, code, chosen, now=utc_now())
    return redirect(url_for("fieldwork.show", audit_id=audit_id, answer_id=answer_id))
