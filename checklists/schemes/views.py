"""Pages of schemes."""

from collections.abc import Sequence
from math import isnan
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from checklists.incoming.rules import Unreadable
from checklists.incoming.storage import check_size, parse
from checklists.packs.rules import PackError, Problem
from checklists.scheme_parts.rules import PART_NAMES, Part, field_of, part_of, place
from checklists.scheme_parts.storage import written
from checklists.schemes import forms, operations, queries
from checklists.schemes.queries import VersionRow
from checklists.schemes.rules import (
    BADGES,
    LIFECYCLE,
    OPEN,
    SETTLED,
    SchemeRules,
    SchemeState,
    read_scheme,
)
from core.clock import utc_now
from core.errors import Invalid
from core.events import Event, history
from core.pages import paginate
from core.permissions import OrganisationKind, Permission, allowed
from core.pictures import Point, Tick, bar, nice_ticks, trend
from core.speech import day_short, number, percent, say
from core.web import actor, db, next_steps, page_number, requires, search_words
from core.words import N_

MOST_BYTES = 256_000
bp = Blueprint("schemes", __name__, url_prefix="/schemes")
PHASES = (
    SchemeState.DRAFT,
    SchemeState.IN_REVIEW,
    SchemeState.APPROVED,
    SchemeState.PUBLISHED,
    SchemeState.SUPERSEDED,
)


@bp.get("/")
@requires(Permission.SCHEME_READ)
def index() -> ResponseReturnValue:
    """List the versions of schemes: common ones, and those of bodies."""
    asked = request.args
    query = queries.listing(
        actor(), words=search_words(), state=asked.get("state", ""), whose=asked.get("whose", "")
    )
    states = PHASES if queries.at_work(actor()) else SETTLED
    return render_template(
        "checklists/schemes/index.html",
        page=paginate(db(), query, page_number()),
        badges=BADGES,
        states=[(state.value, BADGES[state].word) for state in states],
        body=actor().organisation_kind is OrganisationKind.BODY,
        edits=_edits(),
    )


@bp.get("/<int:version_id>")
@requires(Permission.SCHEME_READ)
def show(version_id: int) -> ResponseReturnValue:
    """Explain a version whole; while it is worked on, with what is not right yet and its next step."""
    row = queries.version(db(), actor(), version_id)
    version, scheme, standard, body = row
    rules, problems = read_scheme(version.content)
    events = history(db(), version, limit=30)
    ours = scheme.body_id == actor().organisation_id and queries.at_work(actor())
    writable = ours and _edits() and version.state is SchemeState.DRAFT
    return render_template(
        "checklists/schemes/show.html",
        version=version,
        scheme=scheme,
        standard=standard,
        body=body,
        rules=rules,
        badge=BADGES[version.state],
        phases=_phases(version),
        steps=_steps(row, rules, problems) if ours else [],
        reason=forms.Reasoned().reason,
        problems=_problems(version_id, problems, writable=writable),
        writable=writable,
        returned=_returned(events) if version.state is SchemeState.DRAFT else None,
        drafts=ours and _edits() and version.state in SETTLED,
        owns=_edits() and version.state in SETTLED,
        tries=ours,
        weights=_weights(rules),
        curve=_curve(rules),
        example=queries.example_number(rules, problems, body),
        events=events,
        parts=PART_NAMES,
    )


@bp.post("/<int:version_id>/<any(submit, approve, return, recall, publish, reopen):action>")
@requires(Permission.SCHEME_EDIT, Permission.SCHEME_REVIEW, Permission.SCHEME_PUBLISH)
def step(version_id: int, action: str) -> ResponseReturnValue:
    """Take a version one step further."""
    row = queries.own(db(), actor(), version_id)
    form = forms.Reasoned() if action in {"return", "reopen"} else forms.Step()
    if not form.validate_on_submit():
        return render_template(
            "checklists/schemes/reason.html",
            form=form, row=row, action=action, title=next(one.title for one in LIFECYCLE.steps if one.action == action),
        ), 422  # fmt: skip
    reason = form.reason.data if isinstance(form, forms.Reasoned) else ""
    revision = form.revision.data
    operations.take_step(
        db(), actor(), row, action, reason=reason or "", revision=revision, now=utc_now()
    )
    label = f"{row[1].code} {row[0].version}"
    state = say(BADGES[row[0].state].word)
    flash(gettext("%(label)s: %(state)s", label=label, state=state))
    return redirect(url_for(".show", version_id=version_id))


@bp.post("/<int:version_id>/draft")
@requires(Permission.SCHEME_EDIT)
def draft(version_id: int) -> ResponseReturnValue:
    """Begin the next version with the content of this one."""
    row = queries.own(db(), actor(), version_id)
    made = operations.start_draft(db(), actor(), row, now=utc_now())
    flash(gettext("Version %(n)s is a draft with the content of the one before.", n=made.version))
    return redirect(url_for(".show", version_id=made.id))


@bp.route("/<int:version_id>/own", methods=["GET", "POST"])
@requires(Permission.SCHEME_EDIT)
def own(version_id: int) -> ResponseReturnValue:
    """Make a scheme of one's own from this version."""
    row = queries.version(db(), actor(), version_id)
    form = forms.OwnForm(title_zh=row[1].title_zh, title_en=row[1].title_en)
    if form.validate_on_submit():
        title = (form.title_zh.data, form.title_en.data)
        try:
            made = operations.make_own(
                db(), actor(), row, code=form.code.data, title=title, now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(
                gettext("Your scheme begins as a draft with the content of the one it comes from.")
            )
            return redirect(url_for(".show", version_id=made.id))
    status = 422 if form.is_submitted() else 200
    return render_template("checklists/schemes/own.html", form=form, row=row), status


@bp.route("/import", methods=["GET", "POST"])
@requires(Permission.SCHEME_EDIT)
def import_() -> ResponseReturnValue:
    """Read a scheme pack as a draft; where anything is wrong, all of it is told and nothing written."""
    form = forms.ImportForm()
    wrong: list[dict[str, Any]] = []
    if form.validate_on_submit():
        try:
            data = parse(_uploaded(form))
            made = operations.import_draft(
                db(), actor(), data, code=form.code.data or "", now=utc_now()
            )
        except PackError as error:
            wrong = [
                {"place": place(one.pointer), "pointer": one.pointer, "text": one.text}
                for one in error.problems
            ]
        except Unreadable as error:
            wrong = [
                {"place": (one.where,), "pointer": None, "text": one.text} for one in error.notes
            ]
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The file was read as a draft."))
            return redirect(url_for(".show", version_id=made.id))
    status = 422 if form.is_submitted() else 200
    return render_template("checklists/schemes/import.html", form=form, wrong=wrong), status


@bp.get("/<int:version_id>/content.yaml")
@requires(Permission.SCHEME_READ)
def export(version_id: int) -> ResponseReturnValue:
    """Give out a version's content as a pack."""
    version, scheme, _standard, _body = queries.version(db(), actor(), version_id)
    response = Response(written(version.content), mimetype="application/yaml")
    name = f"{scheme.code}-{version.version}.yaml"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _uploaded(form: forms.ImportForm) -> bytes:
    data: bytes = form.pack.data.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Invalid(N_("The file is larger than 256 kB; a scheme is not."), "pack")
    check_size(data)
    return data


def _edits() -> bool:
    return allowed(actor(), Permission.SCHEME_EDIT)


def _steps(
    row: VersionRow, rules: SchemeRules, problems: Sequence[Problem]
) -> list[dict[str, Any]]:
    version = row[0]
    if version.state not in OPEN:
        return []
    facts = queries.facts(db(), actor(), row, rules, problems)
    return next_steps(
        LIFECYCLE,
        version.state,
        facts,
        urls=lambda action: url_for(".step", version_id=version.id, action=action),
    )


def _phases(version: Any) -> list[dict[str, Any]]:
    """Give the state line; a common scheme comes published."""
    states = PHASES if version.drafted_by_id else SETTLED
    dates = (
        version.created_at, version.submitted_at, version.approved_at, version.published_at, None,
    )  # fmt: skip
    when_of = dict(zip(PHASES, dates, strict=True))
    reached = states.index(version.state)
    rows = []
    for n, state in enumerate(states):
        at = when_of[state]
        status = "now" if n == reached else "done" if n < reached else "todo"
        when = day_short(at) if at and status != "todo" else None
        rows.append({"label": BADGES[state].word, "when": when, "status": status})
    return rows


def _problems(
    version_id: int, problems: Sequence[Problem], *, writable: bool
) -> list[dict[str, Any]]:
    """List what is not right yet by part, each leading to its field for whoever may change it."""
    rows = []
    for one in problems:
        part = part_of(one.pointer)
        url = url_for(
            "scheme_editor.edit",
            version_id=version_id,
            part=part.value,
            _anchor=field_of(one.pointer),
        )
        rows.append(
            {
                "part": part,
                "name": PART_NAMES[part],
                "place": place(one.pointer),
                "text": one.text,
                "url": url if writable else None,
            }
        )
    return sorted(rows, key=lambda row: list(Part).index(row["part"]))


def _returned(events: Sequence[Event]) -> Event | None:
    """Give the event by which a draft came back, while that is its last step."""
    for event in events:
        if event.name in {"scheme:returned", "scheme:reopened"}:
            return event
        if event.name != "scheme:edited":
            return None
    return None


def _weights(rules: SchemeRules) -> list[dict[str, Any]]:
    """Draw each dimension's weight, the part of the measures filled and that of the criteria beside it."""
    most = max((one.weight for one in rules.dimensions if not isnan(one.weight)), default=0.0)
    rows = []
    for one in rules.dimensions:
        known = not isnan(one.weight + one.quantity_share)
        measured = one.weight * one.quantity_share if known else 0.0
        shown = percent(one.weight * 100, _decimals(one.weight * 100))
        rows.append(
            {
                "rule": one,
                "weight": shown,
                "measures": percent(one.quantity_share * 100),
                "criteria": percent((1 - one.quantity_share) * 100),
                "bar": bar(
                    measured,
                    most,
                    f"{say(one.title)} {shown}",
                    out=one.weight - measured if known else 0.0,
                ),
            }
        )
    return rows


def _decimals(value: float) -> int:
    return 0 if isnan(value) or abs(value - round(value)) < 1e-9 else 1


def _curve(rules: SchemeRules) -> Any:
    """Draw the audit time over the rows of its table; nothing where a figure is wanting."""
    table = rules.audit_time.table
    days = [row.days for row in table]
    if len(days) < 2 or any(isnan(one) for one in days):
        return None
    every = max(1, len(table) // 5)
    last = len(table) - 1
    points = [
        Point(
            row.days,
            _people(row.up_to) if n == last or (n % every == 0 and last - n >= every) else "",
        )
        for n, row in enumerate(table)
    ]
    ticks = [Tick(value, number(value)) for value in nice_ticks([0.0, *days])]
    told = "; ".join(f"{_people(row.up_to)}: {number(row.days)}" for row in table)
    label = gettext("Days of an initial audit by people: %(rows)s", rows=told)
    return trend(points, ticks, label, shown=number(days[-1]))


def _people(up_to: int | None) -> str:
    return str(gettext("more")) if up_to is None else number(up_to)
