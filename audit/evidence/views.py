"""Pages of an audit's evidence. Access is joined with the audit here."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.assessment import operations, queries
from audit.findings import queries as findings
from audit.planning import queries as planning
from audit.planning.models import Audit
from audit.planning.rules import OVER
from core.clock import utc_now
from core.errors import Invalid, StepRefused
from core.forms import Reasoned
from core.permissions import OrganisationKind, Permission, allowed
from core.web import actor, db, leaves_trace, requires
from core.words import T_
from evidence.files import operations as files
from evidence.files.forms import EvidenceForm, file_store
from evidence.files.queries import Item
from evidence.files.rules import EvidenceState
from evidence.files.views import attachment, tile

bp = Blueprint("evidence", __name__, url_prefix="/audits/<int:audit_id>/evidence")


@bp.get("/")
@requires(Permission.EVIDENCE_READ)
def index(audit_id: int) -> ResponseReturnValue:
    """List the evidence the actor may see."""
    audit = planning.audit(db(), actor(), audit_id)
    return _page(audit, EvidenceForm(formdata=None))


@bp.post("/new")
@requires(Permission.EVIDENCE_UPLOAD)
def hand_over(audit_id: int) -> ResponseReturnValue:
    """Hand over a file; linked to the answer named by ``?answer=``."""
    audit = planning.audit(db(), actor(), audit_id)
    if not _takes_evidence(audit):
        raise StepRefused(T_("This audit is over; its file takes no more evidence."))
    if not _may_add(audit):
        raise StepRefused(T_("For the certification body only the audit team adds evidence."))
    answer_id = _answer_id()
    if answer_id is not None:
        place, _given, _code = queries.answer_place(db(), actor(), audit_id, answer_id)
        operations.refuse_outsiders(place)
    form = EvidenceForm()
    if form.validate():
        try:
            operations.hand_over_evidence(
                db(), actor(), file_store(), audit, form.incoming,
                answer_id=answer_id, now=utc_now(), **form.about(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The file is kept."))
            if answer_id:
                back = url_for("fieldwork.show", audit_id=audit_id, answer_id=answer_id)
                return redirect(back)
            return redirect(url_for(".index", audit_id=audit_id))
    return _page(audit, form)


@bp.get("/<int:evidence_id>")
@requires(Permission.EVIDENCE_READ)
@leaves_trace
def get(audit_id: int, evidence_id: int) -> ResponseReturnValue:
    """Give out a file as an attachment; who opened it is kept (I-32)."""
    item = queries.evidence_item(db(), actor(), audit_id, evidence_id)
    response = attachment(item)
    if response.status_code < 300:
        audit = db().get_one(Audit, audit_id)
        files.note_opening(db(), actor(), item.evidence, now=utc_now(), within=audit)
    return response


@bp.route("/<int:evidence_id>/void", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_UPLOAD)
def void(audit_id: int, evidence_id: int) -> ResponseReturnValue:
    """Declare evidence void; it stays on record."""
    audit = planning.audit(db(), actor(), audit_id)
    item = queries.evidence_item(db(), actor(), audit_id, evidence_id)
    form = Reasoned()
    if form.validate_on_submit():
        files.void(
            db(), actor(), item.evidence, reason=form.reason.data, now=utc_now(), within=audit
        )
        flash(gettext("The evidence is void; it stays on record with your reason."))
        return redirect(url_for(".index", audit_id=audit_id))
    status = 422 if form.is_submitted() else 200
    return render_template("audit/evidence/void.html", audit=audit, item=item, form=form), status


def _answer_id() -> int | None:
    """Give the key of the answer that the evidence is for; the client hands over to the audit as a whole."""
    if actor().organisation_kind is OrganisationKind.PROVIDER:
        return None
    return request.args.get("answer", type=int)


def _takes_evidence(audit: Audit) -> bool:
    """Say whether the file is open: until the audit is over, and while a finding of it is open."""
    return audit.state not in OVER or findings.any_open(db(), audit.id)


def _may_add(audit: Audit) -> bool:
    """Say whether the actor adds evidence: everybody of the client, of the body whoever is on the team."""
    if not allowed(actor(), Permission.EVIDENCE_UPLOAD):
        return False
    if actor().organisation_kind is OrganisationKind.PROVIDER:
        return True
    return queries.place(db(), actor(), audit.id).on_team


def _page(audit: Audit, form: EvidenceForm) -> ResponseReturnValue:
    answer_id = _answer_id()
    items = queries.evidence_of(db(), actor(), audit.id)
    return render_template(
        "audit/evidence/index.html",
        audit=audit,
        rows=[_row(audit, item) for item in items],
        form=form,
        target=url_for(".hand_over", audit_id=audit.id, answer=answer_id),
        open=_takes_evidence(audit) and _may_add(audit),
        answer=_about_answer(audit, answer_id, items) if answer_id else None,
    ), 422 if form.is_submitted() and form.errors else 200


def _row(audit: Audit, item: Item) -> dict[str, Any]:
    own = item.evidence.handed_over_by_organisation_id == actor().organisation_id
    voidable = own and item.state is EvidenceState.VALID
    return {
        "tile": tile(item, url_for(".get", audit_id=audit.id, evidence_id=item.evidence.id)),
        "void": url_for(".void", audit_id=audit.id, evidence_id=item.evidence.id)
        if voidable and allowed(actor(), Permission.EVIDENCE_UPLOAD)
        else None,
    }


def _about_answer(audit: Audit, answer_id: int, items: Sequence[Item]) -> dict[str, Any]:
    """Give what the page says of the answer that evidence is added to, and what could be linked to it."""
    linked = {item.evidence.id for item in queries.evidence_of(db(), actor(), audit.id, answer_id)}
    return {
        "id": answer_id,
        "code": queries.answer_code(db(), audit.id, answer_id),
        "others": [
            item
            for item in items
            if item.state is EvidenceState.VALID and item.evidence.id not in linked
        ],
    }
