"""Pages of appeals and complaints; two of them are open to anybody."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from accounts.organisations import queries as organisations
from accounts.people.views import address
from audit.checklist import operations as checklists
from audit.checklist.forms import ConcernForm, dimension_choices
from audit.checklist.rules import ConcernKind
from audit.engagements import queries as engagements
from certification.appeals import forms, operations, queries
from certification.appeals.queries import CasePage
from certification.appeals.rules import (
    BADGES,
    CASE,
    INSIDE,
    KIND_NAMES,
    OUTCOME_TOLD,
    PHASES,
    USUAL_DAYS,
    CaseKind,
    CaseState,
)
from core.clock import local_date, utc_now
from core.errors import Invalid, NotFound
from core.events import history
from core.forms import Form, Reasoned
from core.pages import paginate
from core.permissions import OrganisationKind, Permission
from core.speech import day_short, language, name_of, say, zone
from core.web import (
    actor,
    csv_file,
    db,
    next_steps,
    page_number,
    public,
    requires,
    search_words,
)

bp = Blueprint("appeals", __name__)
PLAIN = ("validate", "investigate", "approve", "notify", "close")
ASKING = ("reject", "send_back")


@bp.get("/appeals")
@requires(Permission.APPEAL_READ)
def index() -> ResponseReturnValue:
    """List the cases the actor may see."""
    return render_template(
        "certification/appeals/index.html",
        page=paginate(db(), queries.listing(actor(), **_conditions()), page_number()),
        badges=BADGES,
        kinds=KIND_NAMES,
        states=[("open", gettext("Open")), *((one.value, BADGES[one].word) for one in BADGES)],
        kind_choices=[(one.value, name) for one, name in KIND_NAMES.items()],
        sort=request.args.get("sort", ""),
        provider=_provider(),
    )


@bp.get("/appeals/export.csv")
@requires(Permission.APPEAL_READ)
def export() -> ResponseReturnValue:
    """Give the list as CSV, with the same conditions; no complainant is named in it."""
    head = [
        gettext("Number"), gettext("Kind"), gettext("Subject"), gettext("Provider"),
        gettext("State"), gettext("Received"), gettext("Due"),
    ]  # fmt: skip
    rows = (
        (
            one.number, say(KIND_NAMES[one.kind]), one.subject, name_of(client),
            say(BADGES[one.state].word), local_date(one.received_at, zone()), one.due_on,
        )
        for one, _body, client, _handler in db().execute(
            queries.listing(actor(), **_conditions()).limit(10_000)
        )
    )  # fmt: skip
    return csv_file("cases", head, rows)


@bp.route("/appeals/new", methods=["GET", "POST"])
@requires(Permission.APPEAL_LODGE)
def new() -> ResponseReturnValue:
    """Lodge an appeal against a decision."""
    form = forms.AppealForm()
    found = queries.decisions(db(), actor())
    forms.offer(
        form.decision_id,
        [
            (key, f"{number} ({engagement}, {day_short(at)})")
            for key, number, at, engagement in found
        ],
    )
    if request.method == "GET":
        form.decision_id.data = request.args.get("decision", type=int)
    if form.validate_on_submit():
        made = operations.appeal(
            db(),
            actor(),
            decision_id=form.decision_id.data,
            subject=form.subject.data,
            text=form.text.data,
            now=utc_now(),
        )
        flash(gettext("The appeal %(number)s is lodged.", number=made.number))
        return redirect(url_for(".show", case_id=made.id))
    status = 422 if form.is_submitted() else 200
    return render_template("certification/appeals/new.html", form=form, found=found), status


@bp.get("/appeals/<int:case_id>")
@requires(Permission.APPEAL_READ)
def show(case_id: int) -> ResponseReturnValue:
    """Show one case with what can happen to it next."""
    return _show(queries.page(db(), actor(), case_id))


@bp.post("/appeals/<int:case_id>/acknowledge")
@requires(Permission.APPEAL_HANDLE)
def acknowledge(case_id: int) -> ResponseReturnValue:
    """Acknowledge, with the day by which the outcome is told."""
    page = queries.page(db(), actor(), case_id)
    form = forms.AcknowledgeForm()
    if form.validate():
        try:
            operations.acknowledge(
                db(), actor(), page,
                due_on=form.due_on.data, revision=form.revision.data, now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The case is acknowledged; you handle it."))
            return redirect(url_for(".show", case_id=case_id))
    return _show(page, {"acknowledge": form})


@bp.route("/appeals/<int:case_id>/investigation", methods=["GET", "POST"])
@requires(Permission.APPEAL_HANDLE)
def investigation(case_id: int) -> ResponseReturnValue:
    """Record what was found out, and the outcome proposed."""
    page = queries.page(db(), actor(), case_id)
    CASE.take(page.case.state, "record", page.facts, actor())
    form = forms.InvestigationForm(obj=page.case)
    if form.validate_on_submit():
        values = {
            "investigation": form.investigation.data or "",
            "outcome": form.outcome.data or "",
        }
        operations.write(db(), actor(), page, values, revision=form.revision.data, now=utc_now())
        flash(gettext("The investigation is recorded."))
        return redirect(url_for(".show", case_id=case_id))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "certification/appeals/investigation.html", form=form, one=page.case
    ), status


@bp.route("/appeals/<int:case_id>/concern", methods=["GET", "POST"])
@requires(Permission.APPEAL_HANDLE)
def concern(case_id: int) -> ResponseReturnValue:
    """Tell the next audit of the certificate's holder what to look at first (I-18, I-20)."""
    page = queries.page(db(), actor(), case_id)
    if page.case.certificate_id is None:
        raise NotFound
    key = queries.engagement_of(db(), page.case.certificate_id)
    head = engagements.head(db(), actor(), key)
    form = ConcernForm(kind=ConcernKind.COMPLAINT.value, label=page.case.number)
    form.dimension.choices = dimension_choices(head.rules.dimensions)
    if form.validate_on_submit():
        checklists.raise_concern(
            db(), actor(), head.engagement, kind=ConcernKind(form.kind.data),
            label=form.label.data, text=form.text.data, dimension=form.dimension.data,
            area=form.area.data, now=utc_now(),
        )  # fmt: skip
        flash(gettext("The next checklist of this engagement takes it up."))
        return redirect(url_for(".show", case_id=case_id))
    status = 422 if form.is_submitted() else 200
    return render_template(
        "certification/appeals/concern.html", form=form, one=page.case, head=head
    ), status


@bp.post("/appeals/<int:case_id>/steps/<action>")
@requires(Permission.APPEAL_HANDLE, Permission.APPEAL_APPROVE)
def take(case_id: int, action: str) -> ResponseReturnValue:
    """Take a step that asks for nothing, or for a reason."""
    if action not in PLAIN and action not in ASKING:
        raise NotFound
    page = queries.page(db(), actor(), case_id)
    reason = None
    if action in ASKING:
        form = Reasoned()
        if not form.validate():
            return _show(page, {action: form})
        reason = form.reason.data
    operations.take(db(), actor(), page, action, now=utc_now(), reason=reason)
    flash(gettext("The case is now: %(state)s", state=say(BADGES[page.case.state].word)))
    return redirect(url_for(".show", case_id=case_id))


@bp.route("/complaints/new", methods=["GET", "POST"])
@public
def complain() -> ResponseReturnValue:
    """Take a complaint from anybody, and show its tracking code once."""
    form = forms.ComplaintForm()
    forms.offer(form.body_id, [(one.id, name_of(one)) for one in organisations.bodies(db())])
    if request.method == "GET":
        form.certificate_number.data = request.args.get("certificate", "")[:80]
        form.body_id.data = request.args.get("body", type=int)
    if form.validate_on_submit():
        values = {name: data for name, data in form.data.items() if name != "csrf_token"}
        try:
            made, code = operations.complain(
                db(), values, address=address(), language=language(), now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            return render_template("certification/appeals/sent.html", one=made, code=code)
    status = 422 if form.is_submitted() else 200
    return render_template("certification/appeals/complain.html", form=form), status


@bp.route("/complaints/follow", methods=["GET", "POST"])
@public
def follow() -> ResponseReturnValue:
    """Show to whoever holds the code how a complaint stands."""
    form = forms.FollowForm()
    found = None
    if form.validate_on_submit():
        found = queries.by_code(db(), operations.code_digest(form.code.data))
        if found is None:
            form.code.errors = [
                *form.code.errors,
                gettext("No complaint has this code. Compare it with what was shown to you."),
            ]
    if found is None:
        status = 422 if form.is_submitted() else 200
        return render_template("certification/appeals/follow.html", form=form), status
    one, body = found
    return render_template(
        "certification/appeals/progress.html",
        one=one,
        body=body,
        badge=BADGES[one.state],
        outcome=one.outcome if one.state in OUTCOME_TOLD else "",
    )


def _show(page: CasePage, refused: dict[str, Form] | None = None) -> ResponseReturnValue:
    one = page.case
    given = refused or {}
    asked = forms.AcknowledgeForm(formdata=None, due_on=_usual_day())
    fields = {
        "acknowledge": [getattr(given.get("acknowledge", asked), "due_on")],  # noqa: B009
        **{
            action: [getattr(given.get(action, Reasoned(formdata=None)), "reason")]  # noqa: B009
            for action in ASKING
        },
    }
    steps = next_steps(CASE, one.state, page.facts, urls=lambda action: _url(action, one.id))
    for row in steps:
        if row["action"] == "record":
            row |= {"method": "get"}
    events = history(db(), one)
    if _provider():
        events = [event for event in events if event.name not in INSIDE]
    return render_template(
        "certification/appeals/show.html",
        page=page,
        one=one,
        badge=BADGES[one.state],
        kind=KIND_NAMES[one.kind],
        steps=[] if _provider() else steps,
        fields=fields,
        phases=_phases(one),
        identity=_may_know_sender(one.kind),
        inside=not _provider(),
        outcome=one.outcome if not _provider() or one.state in OUTCOME_TOLD else "",
        events=events,
    ), 422 if refused else 200


def _may_know_sender(kind: CaseKind) -> bool:
    """Say whether the reader may know who sent it: of a complaint the provider never does (I-18)."""
    return kind is CaseKind.APPEAL or not _provider()


def _provider() -> bool:
    return actor().organisation_kind is OrganisationKind.PROVIDER


def _usual_day() -> Any:
    today = local_date(utc_now(), zone())
    return today.fromordinal(today.toordinal() + USUAL_DAYS)


def _url(action: str, case_id: int) -> str | None:
    if action == "acknowledge":
        return url_for(".acknowledge", case_id=case_id)
    if action == "record":
        return url_for(".investigation", case_id=case_id)
    return url_for(".take", case_id=case_id, action=action)


def _phases(one: Any) -> list[dict[str, Any]]:
    dates = (one.received_at, None, None, None, one.decided_at, one.closed_at)
    rejected = one.state is CaseState.REJECTED
    place = 1 if rejected else next(n for n, states in enumerate(PHASES) if one.state in states)
    rows: list[dict[str, Any]] = []
    for number, (states, at) in enumerate(zip(PHASES, dates, strict=True)):
        status = "now" if number == place else "done" if number < place else "todo"
        rows.append(
            {
                "label": BADGES[one.state if status == "now" else states[0]].word,
                "when": day_short(at) if at and status != "todo" else None,
                "status": status,
            }
        )
    return rows


def _conditions() -> dict[str, str]:
    asked = request.args
    return {
        "words": search_words(),
        "state": asked.get("state", ""),
        "kind": asked.get("kind", ""),
        "sort": asked.get("sort", ""),
    }
