"""Pages of a checklist: its criteria with their reasons, how it is chosen, who takes which section."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.checklist import forms, operations, queries
from audit.checklist.rules import (
    CONCERN_NAMES,
    WHY_NAMES,
    ConcernKind,
    Why,
    counted,
    evenly,
    may_choose,
    may_share,
    told,
)
from audit.engagements import queries as engagements
from audit.planning import queries as planning
from audit.planning.queries import AuditHead, Member
from audit.planning.rules import TeamRole
from audit.planning.views import frame
from checklists.standards.rules import AREA_NAMES, DIMENSION_NAMES
from core.clock import utc_now
from core.errors import Invalid, NotFound
from core.lifecycle import Reason
from core.pages import paginate
from core.permissions import OrganisationKind, Permission, allowed
from core.speech import name_of, say
from core.web import actor, csv_file, db, page_number, requires, search_words

bp = Blueprint("checklist", __name__, url_prefix="/audits/<int:audit_id>/checklist")
CHOOSERS = (Permission.AUDIT_PLAN, Permission.AUDIT_ASSESS)
SHOWN = 100


@bp.get("")
@requires(Permission.AUDIT_READ)
def show(audit_id: int) -> ResponseReturnValue:
    """List the criteria on the checklist, each with the reasons why it is there."""
    return _page(_head(audit_id), forms.Add(formdata=None))


@bp.post("/criteria")
@requires(*CHOOSERS)
def add(audit_id: int) -> ResponseReturnValue:
    """Put one more criterion on the checklist."""
    head = _head(audit_id)
    form = forms.Add()
    if form.validate():
        try:
            operations.add_criterion(
                db(), actor(), head.audit, form.code.data, reason=form.reason.data, now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("%(code)s is on the checklist.", code=form.code.data))
            return redirect(url_for(".show", audit_id=audit_id, q=form.code.data))
    return _page(head, form)


@bp.get("/export.csv")
@requires(Permission.AUDIT_READ)
def export(audit_id: int) -> ResponseReturnValue:
    """Give the checklist with its reasons as CSV, with the same conditions."""
    head = _head(audit_id)
    columns = [
        gettext("Section"), gettext("Code"), gettext("Criterion"), gettext("Level"),
        gettext("Critical"), gettext("Why it is here"),
    ]  # fmt: skip
    rows = (
        (
            row.section, row.Criterion.code, name_of(row.Criterion), row.Criterion.level_from,
            gettext("yes") if row.Criterion.critical else "",
            "; ".join(say(text) for text in told(row.reasons)),
        )
        for row in db().execute(queries.listing(audit_id, **_conditions()))
    )  # fmt: skip
    return csv_file(f"checklist-{head.audit.number}", columns, rows)


@bp.route("/choose", methods=["GET", "POST"])
@requires(*CHOOSERS)
def choose(audit_id: int) -> ResponseReturnValue:
    """Choose the criteria by the scheme's rule, among the sites, services and standards named."""
    head = _head(audit_id)
    form = forms.Choose()
    beside, sites, services = _offer(form, head)
    if form.validate_on_submit():
        try:
            if sites and not form.sites.data:
                raise Invalid(gettext("Choose at least one site."), "sites")  # noqa: TRY301
            count = operations.choose_checklist(
                db(), actor(), head.audit,
                operations.Choice(
                    tuple(form.beside.data or ()), tuple(form.sites.data or ()),
                    tuple(form.services.data or ()),
                ),
                now=utc_now(), leads=_leads(head),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("%(n)s criteria are chosen.", n=count))
            return redirect(url_for(".show", audit_id=audit_id))
    state = queries.state(db(), head.audit)
    entitled = _leads(head) or allowed(actor(), Permission.AUDIT_PLAN)
    return render_template(
        "audit/checklist/choose.html",
        **frame(head, "checklist"),
        form=form,
        offered={"beside": beside, "sites": sites, "services": services},
        reasons=may_choose(head.audit.state, worked_on=state.worked_on, entitled=entitled),
        audits_left=state.audits_left,
        concerns=queries.open_concerns(db(), head.audit),
        concern_names=CONCERN_NAMES,
        areas=AREA_NAMES,
        dimensions=DIMENSION_NAMES,
    ), 422 if form.is_submitted() else 200


@bp.get("/sections")
@requires(Permission.AUDIT_READ)
def sections(audit_id: int) -> ResponseReturnValue:
    """Show who takes which section, and to the leader how to share them."""
    head = _head(audit_id)
    rows = queries.sections(db(), audit_id)
    members = _members(audit_id)
    return render_template(
        "audit/checklist/sections.html",
        **frame(head, "checklist"),
        rows=rows,
        members=members,
        load={
            one.person_id: sum(row.criteria for row in rows if row.person_id == one.person_id)
            for one in members
        },
        reasons=may_share(head.audit.state, leads=_leads(head), chosen=bool(rows)),
    )


@bp.post("/sections")
@requires(Permission.AUDIT_ASSESS)
def share(audit_id: int) -> ResponseReturnValue:
    """Share the sections among the team: as chosen, or evenly."""
    head = _head(audit_id)
    rows = queries.sections(db(), audit_id)
    if request.form.get("evenly"):
        sizes = [(row.section_id, row.criteria) for row in rows]
        shares = evenly(sizes, [one.person_id for one in _members(audit_id)])
    else:
        shares = _typed(rows)
    changed = operations.share(db(), actor(), head.audit, shares, now=utc_now())
    flash(gettext("The sections are shared.") if changed else gettext("Nothing was changed."))
    return redirect(url_for(".sections", audit_id=audit_id))


@bp.route("/concerns", methods=["GET", "POST"])
@requires(*CHOOSERS)
def concern(audit_id: int) -> ResponseReturnValue:
    """Tell the next audit of this engagement what to look at first."""
    head = _head(audit_id)
    if not (_leads(head) or allowed(actor(), Permission.AUDIT_PLAN)):
        raise NotFound
    form = forms.ConcernForm()
    form.dimension.choices = forms.dimension_choices(head.rules.dimensions)
    if form.validate_on_submit():
        operations.raise_concern(
            db(), actor(), head.engagement, kind=ConcernKind(form.kind.data),
            label=form.label.data, text=form.text.data, dimension=form.dimension.data,
            area=form.area.data, now=utc_now(),
        )  # fmt: skip
        flash(gettext("The next checklist of this engagement takes it up."))
        return redirect(url_for(".choose", audit_id=audit_id))
    return render_template(
        "audit/checklist/concern.html", **frame(head, "checklist"), form=form
    ), 422 if form.is_submitted() else 200


def _head(audit_id: int) -> AuditHead:
    """Give the audit; to the client the auditors' checklist is not there."""
    if actor().organisation_kind is OrganisationKind.PROVIDER:
        raise NotFound
    return planning.audit_head(db(), actor(), audit_id)


def _members(audit_id: int) -> list[Member]:
    """List those of the team who assess."""
    team = planning.team(db(), audit_id)
    return [one for one in team if one.role is not TeamRole.OBSERVER]


def _leads(head: AuditHead) -> bool:
    return head.leader_id == actor().person_id


def _page(head: AuditHead, form: forms.Add) -> ResponseReturnValue:
    audit = head.audit
    chosen = queries.chosen(db(), audit.id)
    counts = counted(queries.reasons(db(), audit.id))
    sections = queries.sections(db(), audit.id)
    page = paginate(db(), queries.listing(audit.id, **_conditions()), page_number(), per_page=SHOWN)
    entitled = _leads(head) or allowed(actor(), Permission.AUDIT_PLAN)
    return render_template(
        "audit/checklist/show.html",
        **frame(head, "checklist"),
        chosen=chosen,
        counts=counts,
        why_names=WHY_NAMES,
        whys=[(why.value, WHY_NAMES[why]) for why in counts],
        sections=[(str(row.section_id), f"{row.code} {say(row.title)}") for row in sections],
        total=sum(row.criteria for row in sections),
        critical=sum(row.critical for row in sections),
        page=page,
        told=told,
        form=form,
        may_choose=_met(may_choose(audit.state, worked_on=False, entitled=entitled)),
        may_add=_met(may_share(audit.state, leads=entitled, chosen=bool(sections))),
        standards=len(chosen[0].standard_version_ids) if chosen else 1,
    ), 422 if form.errors or form.form_errors else 200


def _met(reasons: Sequence[Reason]) -> bool:
    return all(reason.met for reason in reasons)


def _offer(form: forms.Choose, head: AuditHead) -> tuple[Any, Any, Any]:
    """Fill the choices; on a first visit what was chosen before, else what the plan visits, is ticked."""
    beside = queries.offered_beside(db(), head.audit)
    sites = planning.sites(db(), head.audit)
    services = engagements.services(db(), head.engagement.id)
    form.beside.choices = [
        (version.id, f"{name_of(version)} {version.version}") for version, _code in beside
    ]
    form.sites.choices = [(row.site_id, say(row.name)) for row in sites]
    form.services.choices = [(one.id, name_of(one)) for one in services]
    if not form.is_submitted():
        kept = queries.chosen(db(), head.audit.id)
        visited = [row.site_id for row in sites if row.chosen] or [row.site_id for row in sites]
        form.beside.data = kept[0].standard_version_ids[1:] if kept else []
        form.sites.data = (kept[0].site_ids if kept else []) or visited
        form.services.data = (kept[0].service_ids if kept else []) or [one.id for one in services]
    return beside, sites, services


def _typed(rows: Sequence[queries.SectionRow]) -> dict[int, int]:
    given = {
        row.section_id: request.form.get(f"section-{row.section_id}", type=int) for row in rows
    }
    return {key: person for key, person in given.items() if person}


def _conditions() -> dict[str, Any]:
    asked = request.args
    why = asked.get("why", "")
    return {
        "words": search_words(),
        "section": asked.get("section", type=int),
        "why": Why(why) if why in set(Why) else None,
    }
