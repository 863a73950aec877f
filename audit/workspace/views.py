"""The list of audits, the page of one, and the steps it takes."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import Field

from audit.assessment import queries as assessment
from audit.conclusion import forms as report_forms
from audit.conclusion import queries as reports
from audit.conclusion.views import report_page
from audit.findings import queries as findings
from audit.planning import queries as planning
from audit.planning.models import Audit
from audit.planning.rules import AUDIT, BADGES, KIND_NAMES, AuditState, applies, way
from audit.workspace import operations, queries
from checklists.standards.rules import DIMENSION_NAMES
from core.clock import utc_now
from core.errors import Invalid, NotFound
from core.forms import Reasoned
from core.lifecycle import Reason
from core.pages import paginate
from core.permissions import OrganisationKind, Permission
from core.speech import day_short, name_of, say
from core.web import actor, csv_file, db, next_steps, page_number, requires

bp = Blueprint("workspace", __name__, url_prefix="/audits")
ASKING = frozenset(
    {"reopen_team", "return_plan", "revise_plan", "settle_concerns", "postpone", "cancel"}
)
PROOFS: dict[str, tuple[str, dict[str, str]]] = {
    "answered": ("fieldwork.index", {"show": "unanswered"}),
    "exclusions": ("fieldwork.index", {}),
    "drafts": ("findings.index", {"state": "draft"}),
    "opening": ("meetings.record", {"kind": "opening"}),
    "closing": ("meetings.record", {"kind": "closing"}),
    "report_whole": ("conclusion.show", {}),
    "comments": ("conclusion.show", {}),
    "replies": ("conclusion.show", {}),
    "signed": ("conclusion.show", {}),
    "rated": ("rating.show", {}),
}
ELSEWHERE = {"issue_report": "conclusion.show", "decide": "decisions.file"}
FIELDWORK = frozenset({AuditState.IN_PROGRESS, AuditState.PLAN_ACCEPTED})


@bp.get("/")
@requires(Permission.AUDIT_READ)
def index() -> ResponseReturnValue:
    """List the audits the actor may see."""
    page = paginate(db(), queries.listing(actor(), **_conditions()), page_number())
    return render_template(
        "audit/workspace/index.html",
        page=page,
        progress=assessment.progress(db(), [row[0].id for row in page.items]),
        badges=BADGES,
        kinds=KIND_NAMES,
        states=[
            ("open", gettext("Open")),
            *((one.value, badge.word) for one, badge in BADGES.items()),
        ],
        kind_choices=[(one.value, name) for one, name in KIND_NAMES.items()],
        sort=request.args.get("sort", ""),
    )


@bp.get("/export.csv")
@requires(Permission.AUDIT_READ)
def export() -> ResponseReturnValue:
    """Give the list as CSV, with the same conditions."""
    head = [
        gettext("Number"), gettext("Client"), gettext("Kind"), gettext("State"),
        gettext("Begins"), gettext("Ends"), gettext("Team leader"),
    ]  # fmt: skip
    rows = (
        (
            audit.number, name_of(client), say(KIND_NAMES[audit.kind]), say(BADGES[audit.state].word),
            audit.starts_on, audit.ends_on, leader,
        )
        for audit, client, leader in db().execute(
            queries.listing(actor(), **_conditions()).limit(10_000)
        )
    )  # fmt: skip
    return csv_file("audits", head, rows)


@bp.get("/<int:audit_id>")
@requires(Permission.AUDIT_READ)
def show(audit_id: int) -> ResponseReturnValue:
    """Show one audit: where it stands, what comes next, what it holds."""
    return _show(audit_id)


@bp.post("/<int:audit_id>/steps/<action>")
@requires(
    Permission.AUDIT_PLAN,
    Permission.AUDIT_ASSESS,
    Permission.AUDIT_ACCEPT,
    Permission.REPORT_WRITE,
)
def take(audit_id: int, action: str) -> ResponseReturnValue:
    """Take one step."""
    if action in ELSEWHERE or not any(row.action == action for row in AUDIT.steps):
        raise NotFound
    audit = planning.audit(db(), actor(), audit_id)
    reason = None
    if action in ASKING:
        form = Reasoned()
        if not form.validate():
            return _show(audit_id, refused={action: form})
        reason = form.reason.data
    operations.take(db(), actor(), audit, action, now=utc_now(), reason=reason)
    flash(gettext("The audit is now: %(state)s", state=say(BADGES[audit.state].word)))
    if action == "open_report":
        return redirect(url_for("conclusion.edit", audit_id=audit_id))
    return redirect(url_for(".show", audit_id=audit_id))


@bp.post("/<int:audit_id>/sign-report")
@requires(Permission.REPORT_WRITE)
def sign_report(audit_id: int) -> ResponseReturnValue:
    """Sign the report, with a second sign-in, and issue it."""
    page = reports.page(db(), actor(), audit_id)
    form = report_forms.SignForm()
    if form.validate():
        try:
            operations.sign_report(db(), actor(), page, password=form.password.data, now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The report is signed and issued."))
            return redirect(url_for("conclusion.show", audit_id=audit_id))
    return report_page(page, sign_form=form)


def _show(audit_id: int, refused: dict[str, Reasoned] | None = None) -> ResponseReturnValue:
    head = planning.audit_head(db(), actor(), audit_id)
    audit = head.audit
    begun = audit.fieldwork_started_at is not None
    raised = findings.of_audit(db(), actor(), audit_id) if begun else []
    facts = queries.page_facts(db(), actor(), audit, raised)
    inside = actor().organisation_kind is not OrganisationKind.PROVIDER
    steps = [
        row
        for row in next_steps(AUDIT, audit.state, facts, urls=lambda action: _url(action, audit_id))
        if applies(row["action"], audit.kind) and _concerns(row)
    ]
    for row in steps:
        if row["action"] in ELSEWHERE and row["mine"]:
            row |= {"method": "get", "open": True, "reasons": ()}
        if row["mine"]:
            row["reasons"] = [_with_proof(reason, audit) for reason in row["reasons"]]
    return render_template(
        "audit/workspace/show.html",
        head=head,
        audit=audit,
        facts=facts,
        badge=BADGES[audit.state],
        kind=KIND_NAMES[audit.kind],
        way=[
            {
                "label": one.label,
                "status": one.status,
                "when": day_short(one.at) if one.at else None,
            }
            for one in way(audit.kind, audit.state, _dates(audit))
        ],
        steps=steps,
        fields={action: [_reason(action, refused or {})] for action in ASKING},
        dimension_names=DIMENSION_NAMES,
        inside=inside,
        results=assessment.by_dimension(db(), audit_id) if inside and begun else (),
        findings=raised,
        fieldwork_running=audit.state in FIELDWORK,
        events=queries.timeline(db(), actor(), audit),
    ), 422 if refused else 200


def _reason(action: str, refused: dict[str, Reasoned]) -> Field:
    """Give the field a step asks its reason with; several steps of one page ask."""
    field: Field = refused.get(action, Reasoned(formdata=None)).reason
    field.id = f"reason-{action}"
    return field


def _with_proof(reason: Reason, audit: Audit) -> Reason:
    """Lead from a condition that is not met to the page where it can be."""
    found = PROOFS.get(reason.code)
    if reason.met or reason.proof is not None or found is None:
        return reason
    endpoint, values = found
    place = {"audit": audit.number} if endpoint == "findings.index" else {"audit_id": audit.id}
    return replace(reason, proof=(endpoint, {**place, **values}))


def _concerns(row: dict[str, Any]) -> bool:
    """Keep a step off the page that is another way of one shown for whoever cannot take it."""
    if row["action"] in {"confirm_settled", "pass_to_decision", "settle_concerns"}:
        return bool(row["mine"])
    return True


def _url(action: str, audit_id: int) -> str | None:
    if action in ELSEWHERE:
        return url_for(ELSEWHERE[action], audit_id=audit_id)
    return url_for(".take", audit_id=audit_id, action=action)


def _dates(audit: Any) -> dict[str, Any]:
    names = (
        "created_at", "team_confirmed_at", "plan_accepted_at", "fieldwork_started_at",
        "fieldwork_ended_at", "closed_at",
    )  # fmt: skip
    return {name: getattr(audit, name) for name in names}


def _conditions() -> dict[str, Any]:
    asked = request.args
    return {
        "words": asked.get("q", "")[:200].strip(),
        "state": asked.get("state", ""),
        "kind": asked.get("kind", ""),
        "mine": bool(asked.get("mine")),
        "sort": asked.get("sort", ""),
    }
