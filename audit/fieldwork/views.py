"""Pages of the fieldwork."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.assessment import forms, operations, queries
from audit.assessment.rules import (
    BADGES,
    CONFORMITY_NAMES,
    EXCLUDED,
    UNANSWERED,
    may_answer,
)
from audit.planning.rules import AuditState
from audit.sampling import operations as sampling
from audit.sampling import queries as samples
from audit.sampling.forms import SampleForm
from audit.sampling.rules import CHOICE_NAMES
from checklists.standards.rules import AREA_NAMES, METHOD_NAMES, STAGE_NAMES
from core.clock import utc_now
from core.errors import Invalid, Stale
from core.permissions import Permission
from core.speech import say
from core.web import actor, db, requires

bp = Blueprint("fieldwork", __name__, url_prefix="/audits/<int:audit_id>")
FILTERS = ("show", "q")


@bp.get("/fieldwork/")
@requires(Permission.AUDIT_READ)
def index(audit_id: int) -> ResponseReturnValue:
    """Go to the first criterion without an answer, or to the first."""
    place = queries.place(db(), actor(), audit_id)
    rows = _filtered(queries.outline(db(), place.audit.id))
    if not rows:
        return render_template("audit/fieldwork/empty.html", audit=place.audit)
    first = next((row for row in rows if not row.answered), rows[0])
    return redirect(url_for(".show", audit_id=audit_id, answer_id=first.answer_id, **_asked()))


@bp.get("/fieldwork/<int:answer_id>")
@requires(Permission.AUDIT_READ)
def show(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Show one criterion with its answer beside the outline."""
    place = queries.place(db(), actor(), audit_id)
    sheet = queries.sheet(db(), place.audit, answer_id)
    return _page(place, sheet, _filled(sheet))


@bp.post("/fieldwork/<int:answer_id>")
@requires(Permission.AUDIT_ASSESS)
def save(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Save one answer; a conflict shows both."""
    if request.form.get("keep") == "theirs":
        return redirect(url_for(".show", audit_id=audit_id, answer_id=answer_id, **_asked()))
    place, given, code = queries.answer_place(db(), actor(), audit_id, answer_id)
    form = forms.AnswerForm()
    problem: Any = None
    if form.validate():
        try:
            changed = operations.answer(
                db(), actor(), place, given, code, form.judgement(),
                revision=form.revision.data, now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        except Stale as error:
            problem = error
        else:
            return _after(audit_id, answer_id, code, changed=changed)
    sheet = queries.sheet(db(), place.audit, answer_id)
    return _page(place, sheet, form, conflict=problem is not None)


@bp.post("/fieldwork/<int:answer_id>/sample")
@requires(Permission.AUDIT_ASSESS)
def sample(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Record a sample for an answer."""
    place, given, code = queries.answer_place(db(), actor(), audit_id, answer_id)
    form = SampleForm()
    if form.validate():
        try:
            sampling.record(db(), actor(), place, given, code, form.taken(), now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The sample is recorded."))
            return redirect(url_for(".show", audit_id=audit_id, answer_id=answer_id))
    sheet = queries.sheet(db(), place.audit, answer_id)
    return _page(place, sheet, _filled(sheet), sample_form=form)


@bp.get("/fieldwork/<int:answer_id>/history")
@requires(Permission.AUDIT_READ)
def answer_history(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Show every version of an answer."""
    place = queries.place(db(), actor(), audit_id)
    sheet = queries.sheet(db(), place.audit, answer_id)
    return render_template(
        "audit/fieldwork/history.html",
        audit=place.audit,
        sheet=sheet,
        versions=queries.answer_history(db(), answer_id),
        badges=BADGES,
        excluded=EXCLUDED,
        unanswered=UNANSWERED,
        methods=METHOD_NAMES,
    )


def _after(audit_id: int, answer_id: int, code: str, *, changed: bool) -> ResponseReturnValue:
    """Go on to the next criterion without an answer, or stay."""
    if changed:
        flash(gettext("%(code)s is saved on the server.", code=code))
    target = answer_id
    if request.form.get("go") == "next":
        rows = queries.outline(db(), audit_id)
        target = _around(rows, _filtered(rows), answer_id)[2] or answer_id
    return redirect(url_for(".show", audit_id=audit_id, answer_id=target, **_asked()))


def _page(
    place: queries.Place,
    sheet: queries.Sheet,
    form: forms.AnswerForm,
    *,
    conflict: bool = False,
    sample_form: SampleForm | None = None,
) -> ResponseReturnValue:
    audit = place.audit
    rows = queries.outline(db(), audit.id)
    shown = _filtered(rows)
    before, after, next_open = _around(rows, shown, sheet.answer.id)
    reasons = may_answer(in_progress=audit.state is AuditState.IN_PROGRESS, on_team=place.on_team)
    writable = all(reason.met for reason in reasons)
    if conflict:
        form.revision.data = sheet.answer.revision
        form.revision.raw_data = None
    failed = form.is_submitted() and bool(form.errors or form.form_errors)
    status = 409 if conflict else 422 if failed or sample_form else 200
    return render_template(
        "audit/fieldwork/show.html",
        audit=audit,
        sheet=sheet,
        form=form,
        outline=_outline(shown, queries.sections(db(), audit.id)),
        totals=_totals(rows),
        before=before,
        after=after,
        next_open=next_open,
        reasons=reasons,
        writable=writable,
        conflict=_conflict(sheet, form) if conflict else None,
        evidence=queries.evidence_of(db(), actor(), audit.id, sheet.answer.id),
        samples=samples.of_answer(db(), sheet.answer.id),
        sample_form=sample_form or SampleForm(formdata=None),
        sample_open=sample_form is not None,
        badges=BADGES,
        excluded=EXCLUDED,
        names={
            "area": AREA_NAMES[sheet.criterion.area],
            "stage": STAGE_NAMES[sheet.criterion.stage],
            "methods": METHOD_NAMES,
            "conformity": CONFORMITY_NAMES,
            "chosen": CHOICE_NAMES,
        },
        asked=_asked(),
    ), status


def _filled(sheet: queries.Sheet) -> forms.AnswerForm:
    answer = sheet.answer
    return forms.AnswerForm(
        formdata=None,
        obj=answer,
        conformity=forms.OUT if answer.excluded else answer.conformity,
    )


def _asked() -> dict[str, Any]:
    """Give the conditions on the outline that links carry along; nothing else of the query."""
    return {name: request.args[name][:200] for name in FILTERS if request.args.get(name)}


def _filtered(rows: Sequence[queries.OutlineRow]) -> list[queries.OutlineRow]:
    shown, words = request.args.get("show", ""), request.args.get("q", "").strip().lower()
    tests: dict[str, Callable[[queries.OutlineRow], bool]] = {
        "unanswered": lambda row: not row.answered,
        "critical": lambda row: row.critical,
        "not": lambda row: row.conformity is not None and row.conformity != "conforms",
        "mine": lambda row: row.answered_by_id == actor().person_id,
    }
    wanted = tests.get(shown)
    return [
        row
        for row in rows
        if (wanted is None or wanted(row))
        and (not words or words in f"{row.code} {row.title_zh} {row.title_en}".lower())
    ]


def _around(
    rows: Sequence[queries.OutlineRow], shown: Sequence[queries.OutlineRow], answer_id: int
) -> tuple[int | None, int | None, int | None]:
    """Give the shown criteria before and after one, and the next without an answer, round the end.

    The one in hand need not be shown itself: answered just now, it left the list of the unanswered.
    """
    order = {row.answer_id: number for number, row in enumerate(rows)}
    here = order.get(answer_id, -1)
    earlier = [row for row in shown if order[row.answer_id] < here]
    later = [row for row in shown if order[row.answer_id] > here]
    unanswered = (row.answer_id for row in [*later, *earlier] if not row.answered)
    return (
        earlier[-1].answer_id if earlier else None,
        later[0].answer_id if later else None,
        next(unanswered, None),
    )


def _outline(rows: Sequence[queries.OutlineRow], sections: dict[int, Any]) -> list[dict[str, Any]]:
    groups: dict[int, list[queries.OutlineRow]] = {}
    for row in rows:
        groups.setdefault(row.section_id, []).append(row)
    return [
        {"section": sections[key], "rows": group, "done": sum(row.answered for row in group)}
        for key, group in groups.items()
    ]


def _totals(rows: Sequence[queries.OutlineRow]) -> dict[str, int]:
    return {
        "all": len(rows),
        "answered": sum(row.rating is not None for row in rows),
        "excluded": sum(row.excluded for row in rows),
    }


def _conflict(sheet: queries.Sheet, form: forms.AnswerForm) -> dict[str, Any]:
    def told(one: Any) -> list[tuple[str, str]]:
        judged = (
            gettext("Not applicable")
            if one.excluded
            else say(CONFORMITY_NAMES[one.conformity])
            if one.conformity
            else "–"
        )
        rating = "–" if one.rating is None else str(one.rating)
        words = one.exclusion_reason if one.excluded else one.notes
        return [
            (gettext("Judgement"), judged),
            (gettext("Rating"), rating),
            (gettext("What was seen"), words),
        ]

    answer = sheet.answer
    return {
        "theirs": {
            "who": sheet.answered_by or "",
            "at": answer.answered_at,
            "entries": told(answer),
        },
        "mine": {"who": actor().name, "at": None, "entries": told(form.judgement())},
    }
