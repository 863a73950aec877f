"""Pages of requests for more time."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.casefile.queries import case_of
from audit.extensions import operations
from audit.extensions.forms import ExtensionForm
from audit.findings.forms import NoteForm, asking
from audit.findings.rules import DEADLINE_NAMES, FINDING, Deadline
from audit.findings.views import page_of
from core.clock import utc_now
from core.errors import Invalid
from core.forms import Reasoned
from core.permissions import Permission
from core.web import actor, db, requires

bp = Blueprint(
    "extensions", __name__, url_prefix="/audits/<int:audit_id>/findings/<int:finding_id>"
)


@bp.route("/extension", methods=["GET", "POST"])
@requires(Permission.FINDING_EXTEND)
def ask(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Ask for a later date."""
    case = case_of(db(), actor(), audit_id, finding_id)
    FINDING.take(case.finding.state, "ask_extension", case.facts, actor())
    form = ExtensionForm()
    form.offer(case.finding.state)
    if form.validate_on_submit():
        try:
            operations.ask(
                db(), actor(), case, Deadline(form.deadline.data),
                until=form.until.data, reason=form.reason.data, now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The request was sent to the team leader."))
            return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "audit/extensions/ask.html", case=case, form=form, deadline_names=DEADLINE_NAMES
    ), status


@bp.post("/extension/<any(approve, refuse):outcome>")
@requires(Permission.FINDING_VERIFY)
def decide(audit_id: int, finding_id: int, outcome: str) -> ResponseReturnValue:
    """Approve or refuse the later date asked for."""
    case, action = case_of(db(), actor(), audit_id, finding_id), f"{outcome}_extension"
    form = asking(action, NoteForm if outcome == "approve" else Reasoned, filled=True)
    if not form.validate():
        return page_of(case, {action: form})
    operations.decide(
        db(), actor(), case, approve=outcome == "approve", note=form.reason.data or "",
        now=utc_now(),
    )  # fmt: skip
    return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))
