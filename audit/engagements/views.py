"""Pages of engagements: the list, one with its cycles, audits outside their rhythm."""

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.engagements import forms, operations, queries
from audit.planning.models import Audit
from audit.planning.rules import BADGES, KIND_NAMES, OVER, AuditKind
from core.clock import local_date, utc_now
from core.errors import Invalid
from core.events import history
from core.pages import paginate
from core.permissions import OrganisationKind, Permission, allowed
from core.web import actor, db, page_number, requires
from core.words import Words

bp = Blueprint("engagements", __name__, url_prefix="/engagements")


@bp.get("")
@requires(Permission.AUDIT_READ)
def index() -> ResponseReturnValue:
    """List the engagements the actor may see, each with what comes next."""
    query = queries.listing(
        actor(),
        words=request.args.get("q", "")[:200].strip(),
        kind=request.args.get("next", ""),
    )
    return render_template(
        "audit/engagements/index.html",
        page=paginate(db(), query, page_number()),
        badges=BADGES,
        kinds=KIND_NAMES,
        words=Words,
        provider=actor().organisation_kind is OrganisationKind.PROVIDER,
        kind_choices=[(kind.value, name) for kind, name in KIND_NAMES.items()],
    )


@bp.get("/<int:engagement_id>")
@requires(Permission.AUDIT_READ)
def show(engagement_id: int) -> ResponseReturnValue:
    """Show an engagement: its scope, and over the cycles what was due, done and is next."""
    head = queries.head(db(), actor(), engagement_id)
    cycles = queries.cycles(db(), engagement_id)
    upcoming = [one for cycle in cycles for one, _ in cycle.audits if one.state not in OVER]
    today = local_date(utc_now())
    return render_template(
        "audit/engagements/show.html",
        head=head,
        engagement=head.engagement,
        cycles=cycles,
        following=upcoming[0] if upcoming else None,
        late=lambda audit: _is_late(audit, today),
        sites=queries.sites(db(), engagement_id),
        services=queries.services(db(), engagement_id),
        badges=BADGES,
        kinds=KIND_NAMES,
        level=head.rules.level(head.engagement.level_sought),
        plans=_plans(head),
        events=history(db(), head.engagement),
    )


@bp.route("/<int:engagement_id>/audits/new", methods=["GET", "POST"])
@requires(Permission.AUDIT_PLAN)
def plan_outside(engagement_id: int) -> ResponseReturnValue:
    """Plan a special or short-notice audit, or a stage 2 once more."""
    head = queries.head(db(), actor(), engagement_id)
    form = forms.Outside(days=Decimal(1))
    if form.validate_on_submit():
        try:
            audit = operations.plan_outside(
                db(),
                actor(),
                head.engagement,
                kind=AuditKind(form.kind.data),
                occasion=form.occasion.data,
                due_on=form.due_on.data,
                days=form.days.data,
                short_notice=form.short_notice.data,
                now=utc_now(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The audit is planned. Propose its team next."))
            return redirect(url_for("team.show", audit_id=audit.id))
    return (
        render_template("audit/engagements/outside.html", head=head, form=form),
        422 if form.is_submitted() else 200,
    )


def _is_late(audit: Audit, today: Any) -> bool:
    begun = audit.fieldwork_started_at is not None
    return bool(audit.due_on and audit.due_on < today and not begun and audit.state not in OVER)


def _plans(head: queries.EngagementHead) -> bool:
    own = actor().organisation_id == head.engagement.body_id
    return own and allowed(actor(), Permission.AUDIT_PLAN) and head.engagement.ended_at is None
