"""Pages of the response and of one corrective action."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from accounts.access import queries as access
from accounts.people.queries import names
from audit.actions.rules import ACTION, BADGES, UNDER_WAY, ResponseState
from audit.casefile import queries as casefile
from audit.casefile.models import ActionEvidence, Response, ResponseEvidence
from audit.findings.forms import NoteForm, asking, tell_missing
from audit.findings.rules import FINDING, GRADE_BADGES
from audit.findings.views import page_of
from audit.responses import operations, queries
from audit.responses.forms import ReplyForm, ReportForm
from core.clock import local_date, utc_now
from core.errors import Invalid, Stale, StepRefused
from core.events import history
from core.forms import Form, Reasoned
from core.permissions import OrganisationKind, Permission
from core.speech import zone
from core.web import actor, db, next_steps, requires
from core.words import N_
from evidence.files.queries import Item
from evidence.files.views import tile

bp = Blueprint("responses", __name__, url_prefix="/audits/<int:audit_id>/findings/<int:finding_id>")
NOTES: dict[str, type[Form]] = {"verify": NoteForm, "refuse": Reasoned}


# -- the response ------------------------------------------------------------------------------


@bp.route("/response", methods=["GET", "POST"])
@requires(Permission.FINDING_RESPOND)
def edit(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Write the present round of the response, and submit it."""
    case = _case(audit_id, finding_id)
    if request.form.get("keep") == "theirs":
        return redirect(request.path)
    FINDING.take(case.finding.state, "respond", case.facts, actor())
    form = ReplyForm() if request.method == "POST" else _prefilled(case)
    if _rows_changed(form):
        return _reply_page(case, form)
    conflict = None
    if form.validate_on_submit():
        save = operations.save_and_submit if request.form.get("submit") else operations.save
        try:
            save(db(), actor(), case, form.reply(), revision=form.revision.data, now=utc_now())
        except Invalid as error:
            form.refuse(error)
        except StepRefused as error:
            tell_missing(form, error)
        except Stale:
            conflict = _both(case, form)
        else:
            submitted = bool(request.form.get("submit"))
            flash(
                gettext("The response was sent to the auditors.")
                if submitted
                else gettext("The draft of the response is kept.")
            )
            return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))
    return _reply_page(case, form, conflict)


@bp.post("/submit")
@requires(Permission.FINDING_RESPOND)
def submit(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Submit the draft as it is kept."""
    operations.submit(db(), actor(), _case(audit_id, finding_id), now=utc_now())
    flash(gettext("The response was sent to the auditors."))
    return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))


@bp.post("/accept")
@requires(Permission.FINDING_VERIFY)
def accept(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Accept the response."""
    case = _case(audit_id, finding_id)
    form = asking("accept", NoteForm, filled=True)
    if not form.validate():
        return page_of(case, {"accept": form})
    operations.accept(db(), actor(), case, note=form.reason.data or "", now=utc_now())
    return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))


@bp.post("/return")
@requires(Permission.FINDING_VERIFY)
def return_(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Return the response, with a reason."""
    case = _case(audit_id, finding_id)
    form = asking("return", filled=True)
    if not form.validate():
        return page_of(case, {"return": form})
    operations.return_(db(), actor(), case, reason=form.reason.data, now=utc_now())
    return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))


@bp.post("/implement")
@requires(Permission.FINDING_RESPOND)
def implement(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Report that every action was carried out."""
    operations.implement(db(), actor(), _case(audit_id, finding_id), now=utc_now())
    flash(gettext("The auditors now verify the actions."))
    return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))


# -- one action --------------------------------------------------------------------------------


@bp.get("/actions/<int:action_id>")
@requires(Permission.FINDING_READ)
def action(audit_id: int, finding_id: int, action_id: int) -> ResponseReturnValue:
    """Show one corrective action, with the work on it and what can happen next."""
    return _action_page(queries.action_of(db(), actor(), audit_id, finding_id, action_id))


@bp.post("/actions/<int:action_id>/report")
@requires(Permission.ACTION_REPORT)
def report(audit_id: int, finding_id: int, action_id: int) -> ResponseReturnValue:
    """Tell how far an action has come, or hand in its evidence."""
    case = queries.action_of(db(), actor(), audit_id, finding_id, action_id)
    if request.form.get("keep") == "theirs":
        return redirect(url_for(".action", **_place(case)))
    form, conflict = ReportForm(), None
    if form.validate():
        try:
            operations.report(
                db(), actor(), case, told=form.told.data,
                evidence_ids=form.evidence_ids.data or [], hand_in=bool(request.form.get("submit")),
                revision=form.revision.data, now=utc_now(),
            )  # fmt: skip
        except StepRefused as error:
            tell_missing(form, error)
        except Stale:
            conflict = _both_reports(case, form)
        else:
            flash(gettext("The report on the action is kept."))
            return redirect(url_for(".action", **_place(case)))
    return _action_page(case, form=form, conflict=conflict)


@bp.post("/actions/<int:action_id>/<any(verify, refuse):outcome>")
@requires(Permission.FINDING_VERIFY)
def judge(audit_id: int, finding_id: int, action_id: int, outcome: str) -> ResponseReturnValue:
    """Verify an action, or send it back with a reason."""
    case = queries.action_of(db(), actor(), audit_id, finding_id, action_id)
    form = asking(outcome, NOTES[outcome], filled=True)
    if not form.validate():
        return _action_page(case, problems={outcome: form})
    words, now = form.reason.data or "", utc_now()
    if outcome == "verify":
        operations.verify_action(db(), actor(), case, note=words, now=now)
    else:
        operations.refuse_action(db(), actor(), case, reason=words, now=now)
    return redirect(url_for("findings.show", audit_id=audit_id, finding_id=finding_id))


# -- within ------------------------------------------------------------------------------------


def _prefilled(case: casefile.Case) -> ReplyForm:
    """Fill the form from the draft, or from the round that came back."""
    response = case.response
    if response is None:
        return ReplyForm()
    rows = [
        {
            "measure": row.measure, "owner_id": row.owner_id, "due_on": row.due_on,
            "verification": row.verification, "resources": row.resources,
        }
        for row in queries.planned(db(), response.id)
    ]  # fmt: skip
    form = ReplyForm(obj=response, actions=rows)
    form.revision.data = response.revision if response.state is ResponseState.DRAFT else None
    return form


def _rows_changed(form: ReplyForm) -> bool:
    """Add or remove an action where the person asked for that instead of saving."""
    if request.form.get("add_row"):
        if len(form.actions) < form.actions.max_entries:
            form.actions.append_entry()
        return True
    gone = request.form.get("remove_row")
    if gone:
        form.actions.entries = [entry for entry in form.actions.entries if entry.name != gone]
        return True
    return False


def _reply_page(
    case: casefile.Case, form: ReplyForm, conflict: dict[str, Any] | None = None
) -> ResponseReturnValue:
    response = case.response
    key = response.id if response else 0
    held = queries.own_evidence(db(), actor(), case.audit.id, ResponseEvidence.response_id, key)
    if request.method == "GET":
        form.evidence_ids.data = [item.evidence.id for item, linked in held if linked]
    people = [(one.person_id, one.name) for one in access.members(db(), actor())]
    form.offer(people, _choices(held))
    failed = bool(form.errors or getattr(form, "form_errors", ()))
    returned = response if response and response.state is ResponseState.RETURNED else None
    return render_template(
        "audit/responses/edit.html",
        case=case,
        one=case.finding,
        form=form,
        number=_round_number(response),
        returned=returned,
        reviewer=_name(returned.reviewed_by_id) if returned else "",
        conflict=conflict,
        grade_badges=GRADE_BADGES,
    ), 409 if conflict else 422 if form.is_submitted() and failed else 200


def _round_number(response: Response | None) -> int:
    if response is None:
        return 1
    return response.round + (response.state is not ResponseState.DRAFT)


def _action_page(
    case: queries.ActionCase,
    *,
    form: ReportForm | None = None,
    problems: dict[str, Form] | None = None,
    conflict: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    one, given = case.action, problems or {}
    steps = next_steps(ACTION, one.state, case.facts, urls=lambda step: _action_url(step, case))
    mine = [row for row in steps if row["mine"]]
    writes = any(row["action"] == "report" and row["open"] for row in mine)
    if writes:
        held = queries.own_evidence(db(), actor(), case.audit.id, ActionEvidence.action_id, one.id)
        chosen = [item.evidence.id for item, linked in held if linked]
        form = form or ReportForm(formdata=None, obj=one, told=one.report, evidence_ids=chosen)
        form.offer(_choices(held))
    failed = form is not None and bool(form.errors or getattr(form, "form_errors", ()))
    return render_template(
        "audit/responses/action.html",
        case=case,
        one=one,
        people=names(db(), [key for key in (one.owner_id, one.verified_by_id) if key]),
        form=form if writes else None,
        conflict=conflict,
        steps=[row for row in mine if row["action"] in NOTES],
        fields={
            step: [(given.get(step) or asking(step, kind))["reason"]]
            for step, kind in NOTES.items()
        },
        evidence=[
            tile(
                item, url_for("evidence.get", audit_id=case.audit.id, evidence_id=item.evidence.id)
            )
            for item in queries.evidence_of(db(), actor(), one.id)
        ],
        badge=BADGES[one.state],
        late=one.state in UNDER_WAY and one.due_on < local_date(utc_now(), zone()),
        client_side=actor().organisation_kind is OrganisationKind.PROVIDER,
        events=history(db(), one),
    ), 409 if conflict else 422 if failed or given else 200


def _action_url(step: str, case: queries.ActionCase) -> str | None:
    return url_for(".judge", outcome=step, **_place(case)) if step in NOTES else None


def _place(case: queries.ActionCase) -> dict[str, Any]:
    return {
        "audit_id": case.audit.id,
        "finding_id": case.finding.id,
        "action_id": case.action.id,
    }


def _both(case: casefile.Case, form: ReplyForm) -> dict[str, Any]:
    """Describe both texts, and let the form be sent once more over the newer one."""
    response = case.response
    current = response if response and response.state is ResponseState.DRAFT else None
    form.revision.data, form.revision.raw_data = current.revision if current else None, None
    rows = queries.planned(db(), current.id) if current else ()
    reply = form.reply()
    theirs = (current.correction, current.cause) if current else ("", "")
    return _sides(
        history(db(), case.finding, limit=1),
        [(N_("Correction"), theirs[0]), (N_("Cause"), theirs[1])]
        + [(N_("Corrective action"), row.measure) for row in rows],
        [(N_("Correction"), reply.correction), (N_("Cause"), reply.cause)]
        + [(N_("Corrective action"), row.measure) for row in reply.actions],
    )


def _both_reports(case: queries.ActionCase, form: ReportForm) -> dict[str, Any]:
    form.revision.data, form.revision.raw_data = case.action.revision, None
    return _sides(
        history(db(), case.action, limit=1),
        [(N_("What was done"), case.action.report)],
        [(N_("What was done"), form.told.data or "")],
    )


def _sides(last: list[Any], theirs: list[Any], mine: list[Any]) -> dict[str, Any]:
    return {
        "theirs": {
            "who": last[0].actor_name if last else "",
            "at": last[0].at if last else None,
            "entries": theirs,
        },
        "mine": {"who": actor().name, "at": None, "entries": mine},
    }


def _choices(held: list[tuple[Item, bool]]) -> list[tuple[int, str]]:
    return [(item.evidence.id, item.evidence.title) for item, _linked in held]


def _name(person_id: int | None) -> str:
    return names(db(), [person_id]).get(person_id, "") if person_id else ""


def _case(audit_id: int, finding_id: int) -> casefile.Case:
    return casefile.case_of(
        db(), actor(), audit_id, finding_id, today=local_date(utc_now(), zone())
    )
