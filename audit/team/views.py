"""Pages of a team: members, candidates, objections."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.competence.rules import declaration_badge
from audit.planning import queries as planning
from audit.planning.models import Audit
from audit.planning.queries import AuditHead, Member
from audit.planning.rules import (
    AUDIT,
    ROLE_NAMES,
    TEAM_OPEN,
    AuditFacts,
    AuditState,
    ObjectionOutcome,
    TeamRole,
)
from audit.planning.views import frame
from audit.team import forms, operations, queries
from audit.team.rules import BADGES
from core.clock import local_date, utc_now
from core.errors import Invalid, NotFound
from core.forms import Form, Reasoned
from core.permissions import OrganisationKind, Permission, allowed
from core.speech import say
from core.web import actor, db, next_steps, requires

bp = Blueprint("team", __name__, url_prefix="/audits/<int:audit_id>/team")


@bp.get("")
@requires(Permission.AUDIT_READ)
def show(audit_id: int) -> ResponseReturnValue:
    """Show the team, what is missing to propose it, and to planners who could go."""
    head = planning.audit_head(db(), actor(), audit_id)
    leader = TeamRole.LEADER if head.leader_id is None else TeamRole.AUDITOR
    return _page(head, forms.Add(formdata=None, role=leader.value))


@bp.post("/members")
@requires(Permission.AUDIT_PLAN)
def add(audit_id: int) -> ResponseReturnValue:
    """Put somebody on the team."""
    head = planning.audit_head(db(), actor(), audit_id)
    form = forms.Add()
    form.person_id.choices = [(form.person_id.data or 0, "")]
    if form.validate():
        try:
            member = operations.add_member(
                db(),
                actor(),
                head,
                person_id=form.person_id.data,
                role=TeamRole(form.role.data),
                now=utc_now(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The team has a new member."))
            return redirect(url_for(".show", audit_id=member.audit_id))
    return _page(head, form)


@bp.route("/members/<int:member_id>/role", methods=["GET", "POST"])
@requires(Permission.AUDIT_PLAN)
def change_role(audit_id: int, member_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    head = planning.audit_head(db(), actor(), audit_id)
    member = queries.member(db(), head.audit, member_id)
    form = forms.ChangeRole(obj=member)
    if form.validate_on_submit():
        operations.change_role(
            db(), actor(), head.audit, member, TeamRole(form.role.data), now=utc_now()
        )
        flash(gettext("The role was changed."))
        return redirect(url_for(".show", audit_id=audit_id))
    return _form("audit/team/role.html", head, form, member)


@bp.route("/members/<int:member_id>/leave", methods=["GET", "POST"])
@requires(Permission.AUDIT_PLAN)
def leave(audit_id: int, member_id: int) -> ResponseReturnValue:
    """Take a member off the team."""
    head = planning.audit_head(db(), actor(), audit_id)
    member = queries.member(db(), head.audit, member_id)
    form = forms.Leave()
    if form.validate_on_submit():
        operations.remove_member(
            db(), actor(), head.audit, member, reason=form.reason.data, now=utc_now()
        )
        flash(gettext("The member left the team and stays on record."))
        return redirect(url_for(".show", audit_id=audit_id))
    return _form("audit/team/leave.html", head, form, member)


@bp.route("/members/<int:member_id>/object", methods=["GET", "POST"])
@requires(Permission.AUDIT_ACCEPT)
def object_to(audit_id: int, member_id: int) -> ResponseReturnValue:
    """Object to a member of the proposed team."""
    head = planning.audit_head(db(), actor(), audit_id)
    if head.audit.state in TEAM_OPEN:
        raise NotFound
    member = queries.member(db(), head.audit, member_id)
    form = forms.Object()
    if form.validate_on_submit():
        operations.object_to(
            db(), actor(), head.audit, member, reason=form.reason.data, now=utc_now()
        )
        flash(gettext("Your objection was sent to the certification body."))
        return redirect(url_for(".show", audit_id=audit_id))
    return _form("audit/team/object.html", head, form, member)


@bp.route("/objections/<int:objection_id>", methods=["GET", "POST"])
@requires(Permission.AUDIT_PLAN)
def settle(audit_id: int, objection_id: int) -> ResponseReturnValue:
    """Settle an objection of the client."""
    head = planning.audit_head(db(), actor(), audit_id)
    objection = queries.objection(db(), head.audit, objection_id)
    form = forms.Settle()
    if form.validate_on_submit():
        operations.settle(
            db(),
            actor(),
            head.audit,
            objection,
            outcome=ObjectionOutcome(form.outcome.data),
            settlement=form.settlement.data,
            now=utc_now(),
        )
        flash(gettext("The objection is settled. The client reads your reason."))
        return redirect(url_for(".show", audit_id=audit_id))
    return (
        render_template(
            "audit/team/settle.html",
            **frame(head, "team"),
            form=form,
            objection=objection,
            name=queries.name_of_member(db(), objection.member_id),
        ),
        422 if form.is_submitted() else 200,
    )


def _page(head: AuditHead, form: forms.Add) -> ResponseReturnValue:
    audit = head.audit
    inside = actor().organisation_kind is not OrganisationKind.PROVIDER
    plans = actor().organisation_id == audit.body_id and allowed(actor(), Permission.AUDIT_PLAN)
    shown = inside or audit.state not in TEAM_OPEN
    everybody = planning.team(db(), audit.id, past=True)
    members = [one for one in everybody if one.left_at is None]
    choosing = plans and audit.state in TEAM_OPEN
    return render_template(
        "audit/team/show.html",
        **frame(head, "team"),
        shown=shown,
        members=members if shown else [],
        past=[one for one in everybody if one.left_at is not None] if inside else [],
        roles=ROLE_NAMES,
        choosing=choosing,
        area_names=lambda one: _area_names(head, one),
        form=form,
        **(_choice(head, [one.person_id for one in members], form)
           if choosing else {"candidates": [], "known": {}}),
        declared=lambda person: declaration_badge(person.declared_on, local_date(utc_now())),
        objections=queries.objections(db(), audit.id) if shown else [],
        objection_badges=BADGES,
        objects=audit.state is AuditState.TEAM_PROPOSED
        and allowed(actor(), Permission.AUDIT_ACCEPT),
        settles=plans,
        steps=_steps(audit, members),
        fields={"reopen_team": [Reasoned(formdata=None).reason]},
    ), 422 if form.errors else 200  # fmt: skip


def _choice(head: AuditHead, present: list[int], form: forms.Add) -> dict[str, Any]:
    """Describe who could go, and offer those who may in the form."""
    to = planning.assignment(head, local_date(utc_now()))
    everybody = queries.candidates(db(), head.audit.body_id, to)
    others = [one for one in everybody if one.person.person_id not in present]
    form.person_id.choices = [
        (one.person.person_id, one.person.name) for one in others if one.may_go
    ]
    known = {one.person.person_id: one for one in everybody}
    return {"candidates": others, "known": known}


def _area_names(head: AuditHead, one: queries.Candidate | None) -> str:
    areas = [area for area in head.rules.competence_areas if one and area.code in one.areas]
    return gettext(", ").join(say(area.title) for area in areas) or "–"


def _steps(audit: Audit, members: list[Member]) -> list[dict[str, Any]]:
    """Describe the steps about the team; the audit's own page takes them."""
    facts = AuditFacts(**planning.planning_facts(db(), audit, actor(), members=members))
    shown = {"propose_team", "confirm_team", "reopen_team"}
    if facts.objections_settled:
        shown.add("confirm_settled")
    rows = next_steps(
        AUDIT,
        audit.state,
        facts,
        urls=lambda action: url_for("workspace.take", audit_id=audit.id, action=action),
    )
    for row in rows:  # the proofs stand on this very page
        row["reasons"] = [replace(reason, proof=None) for reason in row["reasons"]]
    return [
        row
        for row in rows
        if row["action"] in shown and (row["mine"] or row["action"] != "reopen_team")
    ]


def _form(template: str, head: AuditHead, form: Form, member: Any) -> ResponseReturnValue:
    who = next(one.name for one in planning.team(db(), head.audit.id) if one.member_id == member.id)
    return (
        render_template(template, **frame(head, "team"), form=form, name=who),
        422 if form.is_submitted() else 200,
    )
