"""Pages of standards."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from checklists.citations import queries as citations
from checklists.standards import forms, operations, queries
from checklists.standards.models import StandardVersion
from checklists.standards.rules import (
    AREA_NAMES,
    BADGES,
    DIMENSION_NAMES,
    LIFECYCLE,
    METHOD_NAMES,
    STAGE_NAMES,
    Area,
    Method,
    Stage,
    StandardState,
)
from core.clock import utc_now
from core.db import expect
from core.events import history
from core.forms import Expected
from core.pages import paginate
from core.permissions import Permission
from core.speech import day_short, say
from core.web import actor, db, next_steps, page_number, requires, search_words
from core.words import N_

bp = Blueprint("standards", __name__, url_prefix="/standards")
AT_WORK = queries.AT_WORK


@bp.get("/")
@requires(Permission.STANDARD_READ)
def index() -> ResponseReturnValue:
    """List every version of every standard, searched and filtered by state."""
    asked = request.args.get("state", "")
    state = StandardState(asked) if asked in set(StandardState) else None
    words = search_words()
    return render_template(
        "checklists/standards/index.html",
        page=paginate(db(), queries.found(actor(), words, state), page_number()),
        words=words,
        state=state,
        badges=BADGES,
        states=[(one.value, badge.word) for one, badge in BADGES.items()],
        next_step=_next_step,
    )


@bp.get("/<int:version_id>")
@requires(Permission.STANDARD_READ)
def show(version_id: int) -> ResponseReturnValue:
    """Show a version with its criteria, filtered, and what can happen to it next."""
    return page_of(queries.case_of(db(), actor(), version_id), {})


@bp.post("/<int:version_id>/steps/<any(submit, recall, return, approve, reopen, publish):action>")
@requires(*AT_WORK)
def take(version_id: int, action: str) -> ResponseReturnValue:
    """Take a step in the life of a version."""
    case = queries.case_of(db(), actor(), version_id, lock=True)
    form = forms.asking(action, filled=True)
    if not form.validate():
        return page_of(case, {action: form})
    expect(case.version, form.revision.data)
    reason = form.reason.data if action in forms.REASONED else ""
    operations.take(db(), actor(), case, action, reason=reason, now=utc_now())
    flash(
        gettext(
            "%(label)s: %(state)s", label=case.label, state=say(BADGES[case.version.state].word)
        )
    )
    return redirect(url_for(".show", version_id=version_id))


@bp.get("/<int:version_id>/criteria/<code>")
@requires(Permission.STANDARD_READ)
def criterion(version_id: int, code: str) -> ResponseReturnValue:
    """Show one criterion whole: requirement, guidance, evidence to expect, citations."""
    version, standard_code = queries.version(db(), actor(), version_id)
    one, section = queries.criterion(db(), version_id, code)
    near = queries.neighbours(db(), one)
    return render_template(
        "checklists/standards/criterion.html",
        version=version,
        standard_code=standard_code,
        one=one,
        section=section,
        before=near.get(one.position - 1),
        after=near.get(one.position + 1),
        dimension=DIMENSION_NAMES.get(one.dimension, one.dimension),
        area=AREA_NAMES[one.area],
        stage=STAGE_NAMES[one.stage],
        methods=[METHOD_NAMES[Method(name)] for name in one.methods],
        citations=citations.of_criterion(db(), actor(), one.citations),
        editable=queries.is_at_work(actor(), version) and version.state is StandardState.DRAFT,
    )


def page_of(case: queries.Case, given: Mapping[str, Expected]) -> ResponseReturnValue:
    """Show the page of a version; ``given`` are forms of steps that were refused."""
    version = case.version
    conditions = asked_for()
    spread = queries.spread(db(), version.id)
    reasoned = {action: given.get(action) or forms.asking(action) for action in forms.REASONED}
    return render_template(
        "checklists/standards/show.html",
        case=case,
        version=version,
        parts=queries.parts(db(), version.id, conditions),
        conditions=conditions,
        badge=BADGES[version.state],
        phases=_phases(case),
        steps=_steps(case),
        step_fields={action: [form["reason"]] for action, form in reasoned.items()},
        spread=spread,
        named=NAMED,
        dimension_choices=[
            (code or queries.NO_DIMENSION, DIMENSION_NAMES.get(code, code))
            for code in spread.dimension
        ],
        level_choices=[(level, str(level)) for level in sorted(spread.level)],
        dimension_names=DIMENSION_NAMES,
        no_dimension=queries.NO_DIMENSION,
        events=history(db(), version) if case.at_work else (),
    ), 422 if given else 200


def asked_for() -> queries.Conditions:
    """Read from the address what criteria are asked for; what is not known filters nothing."""
    asked = request.args
    return queries.Conditions(
        words=search_words(),
        dimension=asked.get("dimension", "")[:80],
        area=_one_of(Area, "area"),
        stage=_one_of(Stage, "stage"),
        level=asked.get("level", type=int),
        critical=bool(asked.get("critical")),
        lacks=asked.get("lacks", "") if asked.get("lacks", "") in {"zh", "en"} else "",
    )


NAMED: Mapping[str, Mapping[Any, str]] = {"area": AREA_NAMES, "stage": STAGE_NAMES}


def _one_of(kind: type[Area] | type[Stage], name: str) -> str:
    value = request.args.get(name, "")
    return value if value in set(kind) else ""


def _steps(case: queries.Case) -> list[dict[str, Any]]:
    """Give the steps as the page shows them; that another version supersedes it is none to take."""
    if not case.at_work or case.version.state in queries.ISSUED:
        return []
    return next_steps(
        LIFECYCLE,
        case.version.state,
        case.facts,
        urls=lambda action: url_for(".take", version_id=case.version.id, action=action),
    )


def _phases(case: queries.Case) -> list[dict[str, Any]]:
    """Give the state line: each state with its day; what was imported as published has only the last two."""
    version = case.version
    days = {
        StandardState.DRAFT: version.created_at,
        StandardState.IN_REVIEW: version.submitted_at,
        StandardState.APPROVED: version.approved_at,
        StandardState.PUBLISHED: version.published_at,
        StandardState.SUPERSEDED: version.superseded_at,
    }
    issued = version.state in queries.ISSUED
    states = list(StandardState)
    passed = states[: states.index(version.state)]
    return [
        {
            "label": BADGES[state].word,
            "when": day_short(days[state]) or None,
            "status": "now" if state is version.state else "done" if state in passed else "todo",
        }
        for state in states
        if version.approved_at or not issued or state in queries.ISSUED
    ]


def _next_step(version: StandardVersion) -> str:
    """Say what is to be done next with a version, to those who bring it about."""
    return NEXT.get(version.state, "") if queries.is_at_work(actor(), version) else ""


NEXT = {
    StandardState.DRAFT: N_("Send for review"),
    StandardState.IN_REVIEW: N_("Review it"),
    StandardState.APPROVED: N_("Publish this version"),
}
