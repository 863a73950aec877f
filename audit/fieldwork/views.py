"""The desk: one page with outline, criterion and answer; the same addresses give their parts to the script."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.assessment import forms, operations
from audit.assessment import queries as assessment
from audit.assessment.rules import CONFORMITY_NAMES, Judgement, may_answer
from audit.checklist.rules import told
from audit.fieldwork import queries, rules
from audit.findings.rules import BADGES as FINDING_BADGES
from audit.findings.rules import GRADE_BADGES
from audit.outline import rules as outline_rules
from audit.outline import views as outline
from audit.outline.rules import Reader, Show
from audit.planning.rules import AuditState
from audit.presence import queries as presences
from audit.presence.rules import EVERY_SECONDS
from audit.sampling import operations as sampling
from audit.sampling.forms import SampleForm
from audit.sampling.rules import CHOICE_NAMES, draw
from checklists.standards.rules import AREA_NAMES, METHOD_NAMES, STAGE_NAMES
from core.clock import utc_now
from core.errors import Invalid, Stale
from core.permissions import Permission
from core.speech import say, when
from core.web import actor, db, requires
from core.wording import Change, word_changes
from evidence.kinds.rules import KIND_OF_EXTENSION

bp = Blueprint("fieldwork", __name__, url_prefix="/audits/<int:audit_id>/fieldwork")
PART = "X-Part"  # what the script asks for instead of the whole page: criterion, answer
OUTLINE = "<!--outline-->"  # where the outline is put while the page is sent


@bp.get("/")
@requires(Permission.AUDIT_READ)
def index(audit_id: int) -> ResponseReturnValue:
    """Go to the first criterion without an answer, or to the first."""
    place = assessment.place(db(), actor(), audit_id)
    around = presences.around(db(), actor(), audit_id, utc_now())
    lines = outline.lines(audit_id, around.since)
    me = outline.reader(outline.parts_of(audit_id, lines))
    seen = outline_rules.shown(lines, me, outline.wanted())
    if not seen:
        return render_template("audit/fieldwork/empty.html", audit=place.audit)
    first = next((line for line in seen if not line.answered), seen[0])
    return redirect(url_for(".show", audit_id=audit_id, answer_id=first.id, **outline.asked()))


@bp.get("/<int:answer_id>")
@requires(Permission.AUDIT_READ)
def show(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Show one criterion with its answer beside the outline, or alone as a part."""
    return _page(queries.sheet(db(), actor(), audit_id, answer_id))


@bp.post("/<int:answer_id>")
@requires(Permission.AUDIT_ASSESS)
def save(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Save one answer; a conflict shows both. The script saves while somebody writes and gets JSON."""
    keep = request.form.get("keep", "")
    if keep == "theirs":
        return redirect(url_for(".show", audit_id=audit_id, answer_id=answer_id, **outline.asked()))
    place, given, code = assessment.answer_place(db(), actor(), audit_id, answer_id)
    form = forms.AnswerForm()
    if _part() == "answer":
        return _autosave(place, given, code, form)
    conflict = False
    if keep == "both":
        return _page(queries.sheet(db(), actor(), audit_id, answer_id), form, merged=True)
    if form.validate():
        try:
            changed = operations.answer(
                db(), actor(), place, given, code, form.judgement(),
                revision=form.revision.data, now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        except Stale:
            conflict = True
        else:
            return _after(audit_id, answer_id, code, changed=changed)
    return _page(queries.sheet(db(), actor(), audit_id, answer_id), form, conflict=conflict)


@bp.post("/<int:answer_id>/sample")
@requires(Permission.AUDIT_ASSESS)
def sample(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Record a sample for an answer."""
    place, given, code = assessment.answer_place(db(), actor(), audit_id, answer_id)
    form = SampleForm()
    if form.validate():
        try:
            sampling.record(db(), actor(), place, given, code, form.taken(), now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The sample is recorded."))
            return redirect(
                url_for(".show", audit_id=audit_id, answer_id=answer_id, **outline.asked())
            )
    return _page(queries.sheet(db(), actor(), audit_id, answer_id), sample_form=form)


@bp.get("/<int:answer_id>/history")
@requires(Permission.AUDIT_READ)
def answer_history(audit_id: int, answer_id: int) -> ResponseReturnValue:
    """Show how an answer came about, word by word."""
    sheet = queries.sheet(db(), actor(), audit_id, answer_id)
    each = bool(request.args.get("each"))
    return render_template(
        "audit/fieldwork/history.html",
        audit=sheet.place.audit,
        sheet=sheet,
        edits=rules.edits(queries.versions(db(), answer_id), each=each),
        each=each,
        states=outline_rules.STATES,
        methods=METHOD_NAMES,
    )


def _part() -> str:
    return request.headers.get(PART, "")


# -- saving ------------------------------------------------------------------------------------


def _after(audit_id: int, answer_id: int, code: str, *, changed: bool) -> ResponseReturnValue:
    """Go on to the next criterion without an answer, or stay."""
    if changed:
        flash(gettext("%(code)s is saved on the server.", code=code))
    target = answer_id
    if request.form.get("go") == "next":
        lines = outline.lines(audit_id, None)
        test = outline.wanted()
        seen = outline_rules.shown(
            lines, Reader(actor().person_id), None if test is Show.MINE else test
        )
        target = outline_rules.ways(lines, seen, answer_id).open or answer_id
    return redirect(url_for(".show", audit_id=audit_id, answer_id=target, **outline.asked()))


def _autosave(
    place: assessment.Place, given: Any, code: str, form: forms.AnswerForm
) -> ResponseReturnValue:
    """Save what can be saved of an answer that is being written, and tell what is missing."""
    if not form.validate():
        errors = {name: " ".join(_flat(wrong)) for name, wrong in form.errors.items()}
        return {"errors": errors}, 422
    judgement, missing = rules.savable(form.judgement(), assessment.judgement_of(given))
    was = outline_rules.state_of(given.conformity, excluded=given.excluded)
    try:
        changed = operations.answer(
            db(), actor(), place, given, code, judgement,
            revision=form.revision.data, now=utc_now(),
        )  # fmt: skip
    except Stale:
        sheet = queries.sheet(db(), actor(), place.audit.id, given.id)
        sides = _conflict(sheet, form.judgement())
        return {
            "conflict": render_template("audit/fieldwork/_conflict.html", conflict=sides),
            "revision": sheet.answer.revision,
            "both": rules.both(sheet.answer.notes, form.judgement().notes),
        }, 409
    line = outline.told_line(
        given.id, given.conformity, given.rating, given.revision, excluded=given.excluded
    )
    return line | {
        "was": was,
        "missing": {name: say(text) for name, text in missing.items()},
        "said": _saved(given.answered_at),
        "last": _last(given.answered_at) if changed else "",
    }


def _flat(errors: Any) -> Iterator[str]:
    if isinstance(errors, dict):
        errors = errors.values()
    for one in errors:
        if isinstance(one, str):
            yield one
        else:
            yield from _flat(one)


def _saved(at: datetime | None) -> str:
    if at is None:
        return ""
    return str(gettext("Saved on the server, %(time)s", time=when(at)))


def _last(at: datetime | None) -> str:
    return str(gettext("Last changed by %(who)s, %(time)s.", who=actor().name, time=when(at)))


# -- the page ----------------------------------------------------------------------------------


def _page(
    sheet: queries.Sheet,
    form: forms.AnswerForm | None = None,
    *,
    conflict: bool = False,
    merged: bool = False,
    sample_form: SampleForm | None = None,
) -> ResponseReturnValue:
    """Answer with the whole page, or with criterion and answer alone where the script asked for these."""
    g.bare = True  # the workspace has no rail
    values = _parts_of_sheet(sheet, form or _filled(sheet), conflict=conflict, merged=merged)
    values |= {
        "sample_form": sample_form,
        "sample_open": bool(sample_form),
    }
    failed = sample_form is not None or (form is not None and bool(form.errors or form.form_errors))
    status = 409 if conflict else 422 if failed else 200
    if _part() == "criterion":
        html: Any = render_template("audit/fieldwork/_part.html", **values)
    else:
        html = _whole(sheet, values)
    response = Response(html, status)
    response.vary.add(PART)
    return response


def _parts_of_sheet(
    sheet: queries.Sheet, form: forms.AnswerForm, *, conflict: bool, merged: bool
) -> dict[str, Any]:
    """Give what criterion and answer show."""
    audit, answer = sheet.place.audit, sheet.answer
    reasons = may_answer(
        in_progress=audit.state is AuditState.IN_PROGRESS, on_team=sheet.place.on_team
    )
    judgement = form.judgement() if conflict or merged else None
    if judgement:
        form.revision.data = answer.revision
        form.revision.raw_data = None
    if judgement and merged:
        form.notes.data = rules.both(answer.notes, judgement.notes)
    _leave_room(form)
    return {
        "audit": audit,
        "sheet": sheet,
        "form": form,
        "reasons": reasons,
        "writable": all(reason.met for reason in reasons),
        "conflict": _conflict(sheet, judgement) if conflict and judgement else None,
        "evidence": queries.evidence(db(), actor(), answer.id),
        "samples": queries.samples(db(), answer.id),
        "findings": queries.findings(db(), audit, sheet.criterion),
        "saved": _saved(answer.answered_at),
        "why": told(answer.reasons),
        "yardsticks": rules.yardsticks,
        "draw": draw,
        "states": outline_rules.STATES,
        "names": {
            "area": AREA_NAMES[sheet.criterion.area],
            "stage": STAGE_NAMES[sheet.criterion.stage],
            "methods": METHOD_NAMES,
            "conformity": CONFORMITY_NAMES,
            "chosen": CHOICE_NAMES,
            "grade": GRADE_BADGES,
            "finding": FINDING_BADGES,
        },
        "accept": ",".join(f".{extension}" for extension in KIND_OF_EXTENSION),
        "asked": outline.asked(),
    }


def _whole(sheet: queries.Sheet, values: dict[str, Any]) -> Iterator[str]:
    """Give the page in pieces: bar, criterion, answer and keys at once, then the outline part by part."""
    audit = sheet.place.audit
    around = presences.around(db(), actor(), audit.id, utc_now())
    lines = outline.lines(audit.id, around.since)
    parts = outline.parts_of(audit.id, lines)
    me = outline.reader(parts)
    seen = outline_rules.shown(lines, me, outline.wanted())
    answered = sum(line.rating is not None for line in lines)
    html = render_template(
        "audit/fieldwork/show.html",
        **values,
        ways=outline_rules.ways(lines, seen, sheet.answer.id),
        totals={
            "all": len(lines),
            "answered": answered,
            "excluded": sum(line.excluded for line in lines),
        },
        counts=outline_rules.counts(lines, me),
        shows=outline_rules.SHOW_NAMES,
        here=[one for one in around.others if one.answer_id == sheet.answer.id],
        since=around.since,
        every=EVERY_SECONDS,
        now=utc_now(),
    )
    head, _, tail = html.partition(OUTLINE)
    beside = {one.answer_id: one.name for one in around.others}
    return outline.pieces((head, tail), seen, parts, sheet.answer.id, beside)


def _conflict(sheet: queries.Sheet, mine: Judgement) -> dict[str, Any]:
    """Give both answers of a conflict side by side, their texts word by word."""
    theirs = assessment.judgement_of(sheet.answer)
    sides: dict[str, list[tuple[str, Any]]] = {"theirs": [], "mine": []}
    for label, before, after in (
        (gettext("Judgement"), _concluded(theirs), _concluded(mine)),
        (gettext("Methods"), _methods(theirs), _methods(mine)),
        (gettext("Talked to"), _people(theirs), _people(mine)),
        (gettext("What was seen"), _words(theirs), _words(mine)),
    ):
        if not (before or after):
            continue
        pieces = word_changes(before, after)
        sides["theirs"].append(
            (label, [(_SIGNS[p.change], p.text) for p in pieces if p.change is not Change.NEW])
        )
        sides["mine"].append(
            (label, [(_SIGNS[p.change], p.text) for p in pieces if p.change is not Change.GONE])
        )
    return {
        "theirs": {
            "who": sheet.answered_by or "",
            "at": sheet.answer.answered_at,
            "entries": sides["theirs"],
        },
        "mine": {"who": actor().name, "at": None, "entries": sides["mine"]},
    }


_SIGNS = {Change.SAME: "=", Change.GONE: "-", Change.NEW: "+"}


def _concluded(one: Judgement) -> str:
    if one.excluded:
        return str(gettext("Not applicable"))
    if one.conformity is None:
        return ""
    name = say(CONFORMITY_NAMES[one.conformity])
    return name if one.rating is None else f"{name} ({one.rating})"


def _methods(one: Judgement) -> str:
    named = [say(name) for method, name in METHOD_NAMES.items() if method in one.methods]
    return str(gettext(", ").join(named))


def _people(one: Judgement) -> str:
    named = (
        f"{person.role} ({person.name})" if person.name else person.role
        for person in one.interviewees
    )
    return str(gettext(", ").join(named))


def _words(one: Judgement) -> str:
    return one.exclusion_reason if one.excluded else one.notes


def _filled(sheet: queries.Sheet) -> forms.AnswerForm:
    answer = sheet.answer
    return forms.AnswerForm(
        formdata=None,
        obj=answer,
        conformity=forms.OUT if answer.excluded else answer.conformity,
    )


def _leave_room(form: forms.AnswerForm) -> None:
    """Keep one empty row for a person more who was talked to, so that no script is needed to add one."""
    rows = form.interviewees
    if (not rows.entries or rows.entries[-1].data["role"]) and len(rows) < rows.max_entries:
        rows.append_entry()
