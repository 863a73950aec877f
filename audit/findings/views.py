"""Pages of findings."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.actions.rules import BADGES as ACTION_BADGES
from audit.actions.rules import RESPONSE_BADGES
from audit.assessment import queries as assessment
from audit.casefile import queries as casefile
from audit.casefile.models import Extension
from audit.findings import forms, operations, queries
from audit.findings.rules import (
    BADGES,
    DEADLINE_NAMES,
    ESCALATED,
    EXTENSION_BADGES,
    FINDING,
    GRADE_BADGES,
    NEEDS_RESPONSE,
    OUTCOME_BADGES,
    OVERDUE,
    UPGRADED,
    FindingState,
    applies,
    way,
)
from core.clock import local_date, utc_now
from core.errors import Invalid, Stale
from core.events import history
from core.forms import Form, Reasoned
from core.pages import paginate
from core.permissions import OrganisationKind, Permission
from core.speech import day_short, name_of, say, zone
from core.web import actor, csv_file, db, next_steps, page_number, requires, search_words
from core.words import N_, T_, Text
from evidence.files.views import tile

bp = Blueprint("findings", __name__)
ONE = "/audits/<int:audit_id>/findings/<int:finding_id>"
SIMPLE = {
    "raise": operations.raise_,
    "record": operations.raise_,
    "acknowledge": operations.acknowledge,
    "close": operations.close,
}
URLS = {
    "void": ".void",
    "dispute": "disputes.dispute",
    "uphold": "disputes.settle",
    "verify": ".verify",
    "find_effective": ".judge",
    "find_ineffective": ".judge",
    "respond": "responses.edit",
    "submit": "responses.submit",
    "accept": "responses.accept",
    "return": "responses.return_",
    "implement": "responses.implement",
    "ask_extension": "extensions.ask",
    "approve_extension": "extensions.decide",
    "refuse_extension": "extensions.decide",
}
LEADS_ON = frozenset({"uphold", "respond", "ask_extension"})  # steps with a page of their own
ASKS: dict[str, type[Form]] = {
    "void": Reasoned,
    "dispute": Reasoned,
    "verify": forms.VerificationForm,
    "accept": forms.NoteForm,
    "return": Reasoned,
    "find_effective": forms.NoteForm,
    "find_ineffective": Reasoned,
    "approve_extension": forms.NoteForm,
    "refuse_extension": Reasoned,
}
SENDS = {
    "find_effective": "effective",
    "find_ineffective": "ineffective",
    "approve_extension": "approve",
    "refuse_extension": "refuse",
}


@bp.get("/findings/")
@requires(Permission.FINDING_READ)
def index() -> ResponseReturnValue:
    """List the findings the actor may see, and for the client the actions under way by owner."""
    page = paginate(db(), _listing(), page_number())
    return render_template(
        "audit/findings/index.html",
        page=page,
        actions=queries.actions_of(db(), actor()),
        today=local_date(utc_now(), zone()),
        sort=request.args.get("sort", ""),
        grades=[(grade.value, badge.word) for grade, badge in GRADE_BADGES.items()],
        states=[("open", N_("Not closed")), *((s.value, b.word) for s, b in BADGES.items())],
        **_badges(),
    )


@bp.get("/findings/export.csv")
@requires(Permission.FINDING_READ)
def export() -> ResponseReturnValue:
    """Give the list as CSV, with the same conditions."""
    head = [
        gettext("Number"), gettext("Audit"), gettext("Client"), gettext("Criterion"), gettext("Grade"),
        gettext("State"), gettext("Title"), gettext("What was found"), gettext("Raised"), gettext("Due"),
    ]  # fmt: skip
    rows = (
        (
            one.number, audit.number, name_of(client), code, say(GRADE_BADGES[one.grade].word),
            say(BADGES[one.state].word), one.title, one.statement,
            local_date(one.raised_at, zone()) if one.raised_at else None, due,
        )
        for one, audit, client, code, due in db().execute(_listing().limit(10_000))
    )  # fmt: skip
    return csv_file("findings", head, rows)


def _listing() -> Any:
    asked = request.args
    return queries.listing(
        actor(),
        today=local_date(utc_now(), zone()),
        words=search_words(),
        audit=asked.get("audit", ""),
        grade=asked.get("grade", ""),
        state=asked.get("state", ""),
        overdue=bool(asked.get("overdue")),
        sort=asked.get("sort", ""),
    )


# -- one finding -------------------------------------------------------------------------------


@bp.route("/audits/<int:audit_id>/findings/new", methods=["GET", "POST"])
@requires(Permission.FINDING_RAISE)
def new(audit_id: int) -> ResponseReturnValue:
    """Draft a finding; ``?criterion=`` chooses one of the checklist, ``?answer=`` brings along what was seen."""
    form = forms.DraftForm()
    answer_id = request.args.get("answer", type=int)
    if request.method == "GET":
        form.criterion_id.data = request.args.get("criterion", type=int)
        if answer_id:
            form.bring(*assessment.seen(db(), actor(), audit_id, answer_id))
    if form.validate_on_submit():
        try:
            made = operations.draft(
                db(), actor(), audit_id, form.values(),
                evidence_ids=form.evidence_ids.data or [], now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The draft %(number)s is kept.", number=made.number))
            if answer_id:
                return redirect(url_for("fieldwork.show", audit_id=audit_id, answer_id=answer_id))
            return redirect(url_for(".show", audit_id=audit_id, finding_id=made.id))
    return _draft_page(form, audit_id)


@bp.get(ONE)
@requires(Permission.FINDING_READ)
def show(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Show one finding with what can happen to it next."""
    return page_of(_case(audit_id, finding_id))


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@requires(Permission.FINDING_RAISE)
def edit(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Change a draft; where two changed it, both texts are shown."""
    case = _case(audit_id, finding_id)
    here = url_for(".show", audit_id=audit_id, finding_id=finding_id)
    if request.form.get("keep") == "theirs":
        return redirect(here)
    FINDING.take(case.finding.state, "edit", case.facts, actor())
    form = forms.DraftForm(obj=case.finding)
    conflict = None
    if form.validate_on_submit():
        try:
            operations.edit(
                db(), actor(), case, form.values(), evidence_ids=form.evidence_ids.data or [],
                revision=form.revision.data, now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        except Stale:
            conflict = _both(case, form)
        else:
            flash(gettext("The draft is kept."))
            return redirect(here)
    return _draft_page(form, audit_id, case, conflict)


@bp.post(f"{ONE}/steps/<any(raise, record, acknowledge, close):action>")
@requires(Permission.FINDING_RAISE, Permission.FINDING_RESPOND, Permission.FINDING_VERIFY)
def take(audit_id: int, finding_id: int, action: str) -> ResponseReturnValue:
    """Take a step that asks for nothing."""
    SIMPLE[action](db(), actor(), _case(audit_id, finding_id), now=utc_now())
    return redirect(url_for(".show", audit_id=audit_id, finding_id=finding_id))


@bp.post(f"{ONE}/void")
@requires(Permission.FINDING_RAISE)
def void(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Void a draft, with a reason."""
    case = _case(audit_id, finding_id)
    form = forms.asking("void", filled=True)
    if not form.validate():
        return page_of(case, {"void": form})
    operations.void(db(), actor(), case, reason=form.reason.data, now=utc_now())
    flash(gettext("The draft is void; it stays on record with your reason."))
    return redirect(url_for(".show", audit_id=audit_id, finding_id=finding_id))


@bp.post(f"{ONE}/verify")
@requires(Permission.FINDING_VERIFY)
def verify(audit_id: int, finding_id: int) -> ResponseReturnValue:
    """Verify a finding whose actions are all verified."""
    case = _case(audit_id, finding_id)
    form = forms.asking("verify", forms.VerificationForm, filled=True)
    if not form.validate():
        return page_of(case, {"verify": form})
    operations.verify(db(), actor(), case, note=form.reason.data, now=utc_now())
    return redirect(url_for(".show", audit_id=audit_id, finding_id=finding_id))


@bp.post(f"{ONE}/judge/<any(effective, ineffective):outcome>")
@requires(Permission.FINDING_VERIFY)
def judge(audit_id: int, finding_id: int, outcome: str) -> ResponseReturnValue:
    """Judge at a later audit whether the actions lasted."""
    case, action = _case(audit_id, finding_id), f"find_{outcome}"
    form = forms.asking(action, ASKS[action], filled=True)
    if not form.validate():
        return page_of(case, {action: form})
    again = operations.judge(
        db(), actor(), case, effective=outcome == "effective", note=form.reason.data or "",
        now=utc_now(),
    )  # fmt: skip
    if again is not None:
        flash(
            gettext(
                "The draft %(number)s names this finding. Write what you found.",
                number=again.number,
            )
        )
        return redirect(url_for(".edit", audit_id=again.audit_id, finding_id=again.id))
    return redirect(url_for(".show", audit_id=audit_id, finding_id=finding_id))


# -- the page of one finding -------------------------------------------------------------------


def page_of(case: casefile.Case, problems: Mapping[str, Form] | None = None) -> ResponseReturnValue:
    """Answer with the page of a finding; ``problems`` are forms of steps that were filled in wrongly."""
    one = case.finding
    given = problems or {}
    page = casefile.page(db(), actor(), case)
    steps = _steps(case)
    shown = {row["action"] for row in steps}
    fields = {
        action: [given.get(action) or forms.asking(action, kind)]
        for action, kind in ASKS.items()
        if action in shown
    }
    responds = one.grade in NEEDS_RESPONSE
    return render_template(
        "audit/findings/show.html",
        case=case,
        one=one,
        page=page,
        steps=steps,
        fields={action: [form.reason for form in made] for action, made in fields.items()},
        phases=_phases(case) if responds and one.state is not FindingState.VOID else [],
        due=queries.due_of(one),
        events=history(db(), one, *(row.action for each in page.rounds for row in each.actions)),
        files=lambda items: [
            tile(item, url_for("evidence.get", audit_id=one.audit_id, evidence_id=item.evidence.id))
            for item in items
        ],
        **_badges(),
    ), 422 if given else 200


def _steps(case: casefile.Case) -> list[dict[str, Any]]:
    """Describe the steps from here: the reader's own, else the one that is waited for."""
    facts, state = case.facts, case.finding.state
    rows = [
        row
        for row in next_steps(FINDING, state, facts, urls=lambda action: _url(action, case))
        if row["who"] and applies(row["action"], facts) and row["url"]
    ]
    mine = [row for row in rows if row["mine"]]
    for row in rows:
        if row["action"] in LEADS_ON:
            row["method"] = "get"
        if row["action"] == "approve_extension" and case.extension:
            row["effect"] = _later_date(case.extension)
        if row["action"] == "uphold":
            row |= {"title": N_("Settle the dispute"), "effect": ""}
        if not row["mine"]:
            row["reasons"] = ()  # how far the other side has come is its own matter
    return _ordered(case, mine) if mine else rows[:1]


def _later_date(asked: Extension) -> Text:
    return T_(
        "%(deadline)s: %(until)s instead of %(before)s.",
        deadline=T_(DEADLINE_NAMES[asked.deadline]),
        until=asked.asked_until,
        before=asked.due_before,
    )


def _ordered(case: casefile.Case, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put first what comes first: writing before submitting, a request before the rest."""
    drafted = case.response is not None and case.response.state == "draft"
    first = "submit" if drafted else "respond"
    rows.sort(key=lambda row: row["action"] != first)
    return rows if drafted else [row for row in rows if row["action"] != "submit"]


def _url(action: str, case: casefile.Case) -> str | None:
    place: dict[str, Any] = {"audit_id": case.audit.id, "finding_id": case.finding.id}
    if action in SIMPLE:
        return url_for("findings.take", action=action, **place)
    if action in URLS:
        return url_for(URLS[action], outcome=SENDS.get(action), **place)
    return None


def _phases(case: casefile.Case) -> list[dict[str, object]]:
    one, response = case.finding, case.response
    dates = (
        one.raised_at,
        response.submitted_at if response else None,
        response.reviewed_at if response else None,
        one.implemented_at,
        one.verified_at,
        one.closed_at,
    )
    due = queries.due_of(one)
    until = gettext("by %(day)s", day=day_short(due)) if due else None
    return [
        {"label": label, "status": status, "when": until if status == "now" else day_short(at)}
        for label, status, at in way(one.state, dates)
    ]


def _both(case: casefile.Case, form: forms.DraftForm) -> dict[str, Any]:
    """Describe both texts, and let the form be sent once more over the newer one."""
    form.revision.data, form.revision.raw_data = case.finding.revision, None
    last = history(db(), case.finding, limit=1)
    return {
        "theirs": {
            "who": last[0].actor_name if last else "",
            "at": last[0].at if last else None,
            "entries": forms.entries(vars(case.finding)),
        },
        "mine": {"who": actor().name, "at": None, "entries": forms.entries(form.values())},
    }


def _case(audit_id: int, finding_id: int) -> casefile.Case:
    today = local_date(utc_now(), zone())
    return casefile.case_of(db(), actor(), audit_id, finding_id, today=today)


def _draft_page(
    form: forms.DraftForm,
    audit_id: int,
    case: casefile.Case | None = None,
    conflict: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    place = queries.drafting(db(), actor(), audit_id, case.finding.id if case else None)
    if request.method == "GET":
        form.evidence_ids.data = form.evidence_ids.data or sorted(place.linked)
    form.offer(
        [(key, f"{code} {say(title)}") for key, code, title in place.criteria],
        [(item.evidence.id, item.evidence.title) for item in place.files],
    )
    one = case.finding if case else None
    status = 409 if conflict else 422 if form.is_submitted() else 200
    return render_template(
        "audit/findings/edit.html",
        answer_id=request.args.get("answer", type=int),
        form=form,
        audit=place.audit,
        one=one,
        conflict=conflict,
    ), status


def _badges() -> dict[str, Any]:
    return {
        "badges": BADGES,
        "grade_badges": GRADE_BADGES,
        "action_badges": ACTION_BADGES,
        "response_badges": RESPONSE_BADGES,
        "extension_badges": EXTENSION_BADGES,
        "outcome_badges": OUTCOME_BADGES,
        "deadline_names": DEADLINE_NAMES,
        "overdue_badge": OVERDUE,
        "escalated_badge": ESCALATED,
        "upgraded_badge": UPGRADED,
        "client_side": actor().organisation_kind is OrganisationKind.PROVIDER,
    }
