"""Pages of disputes about findings."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.casefile.queries import case_of
from audit.disputes import operations
from audit.disputes.forms import SettleForm
from audit.findings.forms import asking
from audit.findings.rules import FINDING, GRADE_BADGES
from audit.findings.views import page_of
from core.clock import utc_now
from core.permissions import Permission
from core.web import actor, db, requires

bp = Blueprint("disputes", __name__, url_prefix="/audits/<int:audit_id>/findings/<int:finding_id>")


@bp.post("/dispute")
@requires(Permission.FINDING_RESPOND)
def dispute(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Dispute a finding, with a reason."""
    case = case_of(db(), actor(), audit_id, finding_id)
    form = asking("dispute", filled=True)
    if not form.validate():
        return page_of(case, {"dispute": form})
    operations.raise_dispute(db(), actor(), case, reason=form.reason.data, now=utc_now())
    flash(gettext("The dispute was sent. Somebody outside the audit team settles it."))
    return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))


@bp.route("/settle", methods=["GET", "POST"])
@requires(Permission.FINDING_SETTLE)
def settle(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Settle a dispute from outside the team."""
    case = case_of(db(), actor(), audit_id, finding_id)
    FINDING.take(case.finding.state, "uphold", case.facts, actor())
    form = SettleForm()
    form.offer(case.finding.grade)
    if form.validate_on_submit():
        outcome, grade = form.settled()
        operations.settle(
            db(), actor(), case, outcome, grade=grade, words=form.words.data, now=utc_now()
        )
        flash(gettext("The dispute is settled; both sides read your reasons."))
        return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "audit/disputes/settle.html", case=case, form=form, grade_badges=GRADE_BADGES
    ), status
