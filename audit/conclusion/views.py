"""Pages of reports. The route that signs stands in ``audit.workspace``, which also moves the audit."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.conclusion import forms, operations, queries
from audit.conclusion.rules import (
    BADGES,
    INITIAL,
    LATER,
    RECOMMENDATION_NAMES,
    REPORT,
    STAGE_1,
    ReportState,
)
from audit.planning.models import Audit
from audit.planning.rules import KIND_NAMES, AuditKind
from checklists.schemes import queries as schemes
from core.clock import utc_now
from core.errors import NotFound, Stale
from core.events import history
from core.jobs import latest
from core.permissions import Permission
from core.speech import language, say
from core.web import actor, db, next_steps, requires
from evidence.issued import queries as issued
from evidence.issued.views import preparing, send

bp = Blueprint("conclusion", __name__, url_prefix="/audits/<int:audit_id>/report")


@bp.get("/")
@requires(Permission.REPORT_READ)
def show(audit_id: int) -> ResponseReturnValue:
    """Show the report with what can happen to it next."""
    return report_page(queries.page(db(), actor(), audit_id))


@bp.route("/edit", methods=["GET", "POST"])
@requires(Permission.REPORT_WRITE)
def edit(audit_id: int) -> ResponseReturnValue:
    """Write on the draft."""
    page = queries.page(db(), actor(), audit_id)
    if page.report.state is not ReportState.DRAFT:
        raise NotFound
    form = forms.ReportForm(obj=page.report)
    form.offer(_recommendations(page.audit), _levels(page.audit))
    conflict = None
    if form.validate_on_submit():
        try:
            operations.write(
                db(), actor(), page, form.values(), revision=form.revision.data, now=utc_now()
            )
        except Stale:
            conflict = _conflict(page, form)
            form.revision.data, form.revision.raw_data = page.report.revision, None
        else:
            flash(gettext("The report is saved."))
            return redirect(url_for(".show", audit_id=audit_id))
    status = 409 if conflict else 422 if form.is_submitted() else 200
    return render_template(
        "audit/conclusion/edit.html",
        page=page,
        form=form,
        conflict=conflict,
        stage_1=page.audit.kind is AuditKind.STAGE_1,
    ), status


@bp.post("/send")
@requires(Permission.REPORT_WRITE)
def send_for_comment(audit_id: int) -> ResponseReturnValue:
    """Send the draft to the client."""
    page = queries.page(db(), actor(), audit_id)
    operations.send_for_comment(db(), actor(), page, now=utc_now())
    flash(gettext("The client can read the report and comment."))
    return redirect(url_for(".show", audit_id=audit_id))


@bp.post("/take-back")
@requires(Permission.REPORT_WRITE)
def take_back(audit_id: int) -> ResponseReturnValue:
    """Take the draft back."""
    page = queries.page(db(), actor(), audit_id)
    operations.take_back(db(), actor(), page, now=utc_now())
    return redirect(url_for(".show", audit_id=audit_id))


@bp.post("/comments")
@requires(Permission.REPORT_COMMENT)
def comment(audit_id: int) -> ResponseReturnValue:
    """Comment on the draft."""
    page = queries.page(db(), actor(), audit_id)
    form = forms.CommentForm()
    if not form.validate():
        return report_page(page, comment_form=form)
    operations.comment(db(), actor(), page, text=form.text.data, now=utc_now())
    flash(gettext("The comment was sent to the team leader."))
    return redirect(url_for(".show", audit_id=audit_id))


@bp.post("/comments/<int:comment_id>/reply")
@requires(Permission.REPORT_WRITE)
def reply(audit_id: int, comment_id: int) -> ResponseReturnValue:
    """Answer a comment."""
    page = queries.page(db(), actor(), audit_id)
    form = forms.ReplyForm()
    if not form.validate():
        return report_page(page, reply_form=form)
    operations.reply(db(), actor(), page, comment_id, text=form.reply.data, now=utc_now())
    return redirect(url_for(".show", audit_id=audit_id))


@bp.post("/comments/close")
@requires(Permission.REPORT_COMMENT)
def close_comments(audit_id: int) -> ResponseReturnValue:
    """Say that there is nothing more to say."""
    page = queries.page(db(), actor(), audit_id)
    operations.close_comments(db(), actor(), page, now=utc_now())
    flash(gettext("The comments are closed."))
    return redirect(url_for(".show", audit_id=audit_id))


@bp.get("/report.pdf")
@requires(Permission.REPORT_READ)
def document(audit_id: int) -> ResponseReturnValue:
    """Give out the signed report in the reader's language."""
    page = queries.page(db(), actor(), audit_id)
    if page.signed is None:
        raise NotFound
    found = issued.find(db(), page.signed, "report", language())
    if found is None:
        raise preparing()
    return send(found)


def report_page(
    page: queries.ReportPage,
    *,
    comment_form: forms.CommentForm | None = None,
    reply_form: forms.ReplyForm | None = None,
    sign_form: forms.SignForm | None = None,
) -> ResponseReturnValue:
    """Render the report's page; a form given was refused and keeps what was typed."""
    whole = page.signed.content if page.signed else operations.shown_report(db(), page)
    steps = next_steps(
        REPORT, page.report.state, page.facts, urls=lambda action: _url(action, page.audit.id)
    )
    if page.report.comments_closed_at is not None:
        steps = [row for row in steps if row["action"] != "close_comments"]
    refused = any((comment_form, reply_form, sign_form))
    return render_template(
        "audit/conclusion/show.html",
        page=page,
        whole=whole,
        badge=BADGES[page.report.state],
        kinds=KIND_NAMES,
        recommendations=RECOMMENDATION_NAMES,
        steps=steps,
        fields={"sign": [(sign_form or forms.SignForm(formdata=None)).password]},
        comment_form=comment_form or forms.CommentForm(formdata=None),
        reply_form=reply_form or forms.ReplyForm(formdata=None),
        job=latest(db(), page.signed, operations.DOCUMENT) if page.signed else None,
        events=history(db(), page.report),
    ), 422 if refused else 200


def _url(action: str, audit_id: int) -> str | None:
    if action == "sign":
        return url_for("workspace.sign_report", audit_id=audit_id)
    return url_for(f"conclusion.{action}", audit_id=audit_id)


def _recommendations(audit: Audit) -> tuple[Any, ...]:
    if audit.kind is AuditKind.STAGE_1:
        return STAGE_1
    return LATER if audit.kind in {AuditKind.SURVEILLANCE, AuditKind.SPECIAL} else INITIAL


def _levels(audit: Audit) -> list[tuple[int, str]]:
    rules = schemes.rules(db(), audit.scheme_version_id)
    return [(one.number, f"{one.number} {say(one.title)}") for one in rules.levels]


def _conflict(page: queries.ReportPage, form: forms.ReportForm) -> dict[str, Any]:
    names = ("summary", "conclusion", "unresolved", "advice")

    def side(one: Any, who: str) -> dict[str, Any]:
        entries = [(gettext(form[name].label.text), one[name] or "–") for name in names]
        return {"who": who, "at": None, "entries": entries}

    kept = {name: getattr(page.report, name) for name in names}
    return {"theirs": side(kept, gettext("the other")), "mine": side(form.values(), actor().name)}
