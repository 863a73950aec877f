"""Pages where planner and leader make the plan."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.planning import queries as planning
from audit.planning.models import AgendaItem
from audit.planning.queries import AuditHead, SlotRow
from audit.planning.rules import CHOICE_NAMES, SiteChoice
from audit.planning.views import agenda_days, frame
from audit.programme.rules import sample
from audit.schedule import forms, operations, queries
from core.clock import DEFAULT_ZONE, utc_now
from core.errors import Invalid, Stale
from core.permissions import Permission
from core.speech import say
from core.web import actor, db, requires

bp = Blueprint("schedule", __name__, url_prefix="/audits/<int:audit_id>/plan")
TEXTS = ("objectives", "methods", "tools", "logistics")
MAKERS = (Permission.AUDIT_PLAN, Permission.AUDIT_ASSESS)


@bp.route("/edit", methods=["GET", "POST"])
@requires(*MAKERS)
def edit(audit_id: int) -> ResponseReturnValue:
    """Change dates, time, methods and texts."""
    head = _open(audit_id)
    if request.form.get("keep") == "theirs":
        return redirect(url_for("planning.plan", audit_id=audit_id))
    form = forms.Frame(obj=head.audit)
    conflict = None
    if form.validate_on_submit():
        try:
            operations.edit(
                db(),
                actor(),
                head.audit,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                days=form.days.data,
                remote_share=form.remote_share.data,
                texts={name: form[name].data or "" for name in TEXTS},
                revision=form.revision.data,
                now=utc_now(),
            )
        except Invalid as error:
            form.refuse(error)
        except Stale:
            conflict = _conflict(head, form)
        else:
            flash(gettext("The plan was saved."))
            return redirect(url_for("planning.plan", audit_id=audit_id))
    status = 409 if conflict else 422 if form.is_submitted() else 200
    return (
        render_template(
            "audit/schedule/edit.html", **frame(head, "plan"), form=form, conflict=conflict
        ),
        status,
    )


@bp.route("/sites", methods=["GET", "POST"])
@requires(*MAKERS)
def sites(audit_id: int) -> ResponseReturnValue:
    """Name sites and draw the rest at random."""
    head = _open(audit_id)
    scope = planning.sites(db(), head.audit)
    form = forms.Sites(named=[one.site_id for one in scope if one.chosen is SiteChoice.NAMED])
    form.named.choices = [(one.site_id, say(one.name)) for one in scope if not one.is_central]
    if form.validate_on_submit():
        operations.choose_sites(
            db(),
            actor(),
            head.audit,
            head.rules.site_sampling,
            named=form.named.data or [],
            now=utc_now(),
            scope=scope,
        )
        flash(gettext("The sites were chosen. The seed of the draw is kept."))
        return redirect(url_for("planning.plan", audit_id=audit_id))
    return (
        render_template(
            "audit/schedule/sites.html",
            **frame(head, "plan"),
            form=form,
            sites=scope,
            wanted=sample(head.audit.kind, len(scope), head.rules.site_sampling),
            words=CHOICE_NAMES,
        ),
        422 if form.is_submitted() else 200,
    )


@bp.route("/agenda", methods=["GET", "POST"])
@requires(*MAKERS)
def agenda(audit_id: int) -> ResponseReturnValue:
    """Show the agenda to those who make it, and add an entry."""
    head = _open(audit_id)
    form = _sent_item()
    if form.validate_on_submit():
        try:
            operations.add_item(db(), actor(), head.audit, **_typed(form), now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("“%(topic)s” is on the agenda.", topic=form.topic.data))
            return redirect(url_for(".agenda", audit_id=audit_id))
    rows = planning.agenda(db(), audit_id)
    if not form.is_submitted():
        form = forms.Item(data=_after(head, rows))
    _offer(head, form)
    return (
        render_template(
            "audit/schedule/agenda.html", **frame(head, "plan"), form=form, days=agenda_days(rows)
        ),
        422 if form.is_submitted() else 200,
    )


@bp.route("/agenda/<int:item_id>", methods=["GET", "POST"])
@requires(*MAKERS)
def item(audit_id: int, item_id: int) -> ResponseReturnValue:
    """Change an entry of the agenda."""
    head = _open(audit_id)
    entry = queries.item(db(), head.audit, item_id)
    form = _sent_item()
    if form.validate_on_submit():
        try:
            operations.change_item(db(), actor(), head.audit, entry, **_typed(form), now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("“%(topic)s” was changed.", topic=form.topic.data))
            return redirect(url_for(".agenda", audit_id=audit_id))
    if not form.is_submitted():
        form = forms.Item(data=_present(entry))
    _offer(head, form)
    return (
        render_template("audit/schedule/item.html", **frame(head, "plan"), form=form, entry=entry),
        422 if form.is_submitted() else 200,
    )


@bp.post("/agenda/<int:item_id>/remove")
@requires(*MAKERS)
def remove(audit_id: int, item_id: int) -> ResponseReturnValue:
    """Take an entry from the agenda."""
    audit = planning.audit(db(), actor(), audit_id)
    entry = queries.item(db(), audit, item_id)
    operations.remove_item(db(), actor(), audit, entry, now=utc_now())
    flash(gettext("“%(topic)s” is no longer on the agenda.", topic=entry.topic))
    return redirect(url_for(".agenda", audit_id=audit_id))


def _open(audit_id: int) -> AuditHead:
    """Give the audit; on the way to a form, refuse at once what would be refused when it is sent."""
    sent = request.method == "POST"
    head = planning.audit_head(db(), actor(), audit_id, lock=sent)
    if not sent:
        operations.open_for_planning(db(), actor(), head.audit)
    return head


def _sent_item() -> forms.Item:
    """Read an entry as it was sent; whom and where it names is judged with everything else."""
    form = forms.Item()
    for field in (form.person_id, form.site_id):
        field.choices = [(field.data or 0, "")]
    return form


def _offer(head: AuditHead, form: forms.Item) -> None:
    """Offer the team and the sites."""
    members = [(one.person_id, one.name) for one in planning.team(db(), head.audit.id)]
    places = [(one.site_id, say(one.name)) for one in planning.sites(db(), head.audit)]
    form.person_id.choices = [(0, gettext("Whole team")), *members]
    form.site_id.choices = [(0, gettext("No particular site")), *places]


def _present(entry: AgendaItem) -> dict[str, Any]:
    at = entry.starts_at.astimezone(ZoneInfo(DEFAULT_ZONE))
    return {
        "day": at.date(),
        "time": at.time(),
        "minutes": entry.minutes,
        "topic": entry.topic,
        "person_id": entry.person_id or 0,
        "site_id": entry.site_id or 0,
    }


def _after(head: AuditHead, rows: Sequence[SlotRow]) -> dict[str, Any]:
    """Propose that a new entry begins where the last one ends."""
    if not rows:
        return {"day": head.audit.starts_on, "minutes": 60}
    last = rows[-1].item
    ends_at = last.starts_at + timedelta(minutes=last.minutes)
    at = ends_at.astimezone(ZoneInfo(DEFAULT_ZONE))
    return {"day": at.date(), "time": at.time(), "minutes": 60}


def _typed(form: forms.Item) -> dict[str, Any]:
    at = datetime.combine(form.day.data, form.time.data, ZoneInfo(DEFAULT_ZONE))
    return {
        "starts_at": at,
        "minutes": form.minutes.data,
        "topic": form.topic.data,
        "person_id": form.person_id.data or None,
        "site_id": form.site_id.data or None,
    }


def _conflict(head: AuditHead, form: forms.Frame) -> dict[str, Any]:
    """Describe both texts; sending the form again then means the reader's own."""
    form.revision.data = head.audit.revision
    form.revision.raw_data = None
    changed = [name for name in form.data if name not in {"revision", "csrf_token"}]
    different = [
        name for name in changed if (form[name].data or "") != (getattr(head.audit, name) or "")
    ]
    last = queries.last_change(db(), head.audit)
    return {
        "theirs": {
            "who": last.who,
            "at": last.at,
            "entries": [
                (form[name].label.text, str(getattr(head.audit, name) or "")) for name in different
            ],
        },
        "mine": {
            "who": "",
            "at": None,
            "entries": [(form[name].label.text, str(form[name].data or "")) for name in different],
        },
    }
