"""Pages of applications."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from accounts.organisations import queries as organisations
from certification.applications import forms, operations, queries
from certification.applications.models import Application
from certification.applications.rules import (
    APPLICATION,
    BADGES,
    EDITABLE,
    ApplicationState,
)
from checklists.schemes import queries as schemes
from checklists.schemes.models import Scheme, SchemeVersion
from core.clock import utc_now
from core.errors import Invalid, NotFound
from core.events import history
from core.forms import Reasoned
from core.pages import paginate
from core.permissions import Permission
from core.speech import day_short, name_of, say
from core.web import actor, csv_file, db, next_steps, page_number, requires

bp = Blueprint("applications", __name__, url_prefix="/applications")
PHASES = (
    (ApplicationState.DRAFT,),
    (ApplicationState.SUBMITTED,),
    (ApplicationState.IN_REVIEW, ApplicationState.INFORMATION_REQUESTED),
    (ApplicationState.ACCEPTED,),
    (ApplicationState.CONTRACTED, ApplicationState.CLOSED),
)
SIMPLE: dict[str, Callable[..., None]] = {
    "submit": operations.submit,
    "start_review": operations.start_review,
    "accept": operations.accept,
    "close": operations.close,
}


@bp.get("/")
@requires(Permission.APPLICATION_READ)
def index() -> ResponseReturnValue:
    """List the applications the actor may see."""
    asked = request.args
    query = queries.listing(
        actor(),
        words=asked.get("q", "")[:200].strip(),
        state=asked.get("state", ""),
        sort=asked.get("sort", ""),
    )
    return render_template(
        "certification/applications/index.html",
        page=paginate(db(), query, page_number()),
        badges=BADGES,
        states=[(state.value, badge.word) for state, badge in BADGES.items()],
        sort=asked.get("sort", ""),
    )


@bp.get("/export.csv")
@requires(Permission.APPLICATION_READ)
def export() -> ResponseReturnValue:
    """Give the list as CSV, with the same conditions."""
    query = queries.listing(
        actor(), words=request.args.get("q", "")[:200], state=request.args.get("state", "")
    )
    head = [
        gettext("Number"),
        gettext("Applicant"),
        gettext("Certification body"),
        gettext("State"),
        gettext("Submitted"),
    ]
    rows = (
        (
            one.number,
            name_of(client),
            name_of(body),
            say(BADGES[one.state].word),
            one.submitted_at.date() if one.submitted_at else None,
        )
        for one, body, client in db().execute(query.limit(10_000))
    )
    return csv_file("applications", head, rows)


@bp.get("/<int:application_id>")
@requires(Permission.APPLICATION_READ)
def show(application_id: int) -> ResponseReturnValue:
    """Show one application with what can happen to it next."""
    return _show(queries.page(db(), actor(), application_id))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.APPLICATION_SUBMIT)
def new() -> ResponseReturnValue:
    """Begin an application."""
    form = forms.ApplicationForm()
    _offer(form)
    if form.validate_on_submit():
        try:
            made = operations.draft(db(), actor(), form.values(), now=utc_now())
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The draft %(number)s is kept.", number=made.number))
            return redirect(url_for(".show", application_id=made.id))
    return _form_page(form, None)


@bp.route("/<int:application_id>/edit", methods=["GET", "POST"])
@requires(Permission.APPLICATION_SUBMIT)
def edit(application_id: int) -> ResponseReturnValue:
    """Change a draft, or what was asked back."""
    page = queries.page(db(), actor(), application_id)
    one = page.application
    form = forms.ApplicationForm(
        obj=one,
        site_ids=[site.id for site in page.sites],
        service_ids=[service.id for service in page.services],
    )
    _offer(form, one)
    if form.validate_on_submit():
        try:
            operations.edit(
                db(), actor(), page, form.values(), revision=form.revision.data, now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The application is saved."))
            return redirect(url_for(".show", application_id=one.id))
    return _form_page(form, one)


@bp.post("/<int:application_id>/steps/<any(submit, start_review, accept, close):action>")
@requires(Permission.APPLICATION_SUBMIT, Permission.APPLICATION_REVIEW)
def take(application_id: int, action: str) -> ResponseReturnValue:
    """Take a step that asks for nothing."""
    page = queries.page(db(), actor(), application_id)
    SIMPLE[action](db(), actor(), page, now=utc_now())
    return redirect(url_for(".show", application_id=application_id))


@bp.post("/<int:application_id>/confirm/<any(body, client):side>")
@requires(Permission.APPLICATION_SUBMIT, Permission.APPLICATION_REVIEW)
def confirm(application_id: int, side: str) -> ResponseReturnValue:
    """Confirm the contract for one side."""
    page = queries.page(db(), actor(), application_id)
    operations.confirm(db(), actor(), page, side=side, now=utc_now())
    if page.application.state is ApplicationState.CONTRACTED:
        flash(gettext("The contract stands; the programme of audits is open."))
    return redirect(url_for(".show", application_id=application_id))


@bp.route("/<int:application_id>/review", methods=["GET", "POST"])
@requires(Permission.APPLICATION_REVIEW)
def review(application_id: int) -> ResponseReturnValue:
    """Record what the review found."""
    page = queries.page(db(), actor(), application_id)
    form = forms.ReviewForm(obj=page.application)
    if request.method == "GET" and not page.application.audit_days:
        form.audit_days.data = page.table_days
    if form.validate_on_submit():
        values = {
            name: data if data is not None else ""
            for name, data in form.data.items()
            if name not in {"revision", "csrf_token"}
        }
        operations.review(db(), actor(), page, values, revision=form.revision.data, now=utc_now())
        flash(gettext("The review is recorded."))
        return redirect(url_for(".show", application_id=application_id))
    status = 422 if form.is_submitted() else 200
    return render_template("certification/applications/review.html", page=page, form=form), status


@bp.post("/<int:application_id>/ask")
@requires(Permission.APPLICATION_REVIEW)
def ask(application_id: int) -> ResponseReturnValue:
    """Ask the applicant something."""
    page = queries.page(db(), actor(), application_id)
    form = forms.QuestionForm()
    if not form.validate():
        return _show(page, asking=form)
    operations.ask(db(), actor(), page, question=form.question.data, now=utc_now())
    return redirect(url_for(".show", application_id=application_id))


@bp.route("/<int:application_id>/answer", methods=["GET", "POST"])
@requires(Permission.APPLICATION_SUBMIT)
def answer(application_id: int) -> ResponseReturnValue:
    """Answer the open questions."""
    page = queries.page(db(), actor(), application_id)
    waiting = [one for one in page.requests if one.answered_at is None]
    if not waiting:
        raise NotFound
    form = forms.answer_form((one.id, one.question) for one in waiting)
    if form.validate_on_submit():
        answers = {one.id: form[f"answer_{one.id}"].data for one in waiting}
        operations.answer(db(), actor(), page, answers, now=utc_now())
        flash(gettext("The information was sent to the reviewer."))
        return redirect(url_for(".show", application_id=application_id))
    status = 422 if form.is_submitted() else 200
    return render_template("certification/applications/answer.html", page=page, form=form), status


@bp.post("/<int:application_id>/decline")
@requires(Permission.APPLICATION_REVIEW)
def decline(application_id: int) -> ResponseReturnValue:
    """Decline, with reasons."""
    return _with_reason(application_id, "decline", operations.decline)


@bp.post("/<int:application_id>/withdraw")
@requires(Permission.APPLICATION_SUBMIT)
def withdraw(application_id: int) -> ResponseReturnValue:
    """Withdraw before the contract."""
    return _with_reason(application_id, "withdraw", operations.withdraw)


def _with_reason(
    application_id: int, action: str, operation: Callable[..., None]
) -> ResponseReturnValue:
    page = queries.page(db(), actor(), application_id)
    form = Reasoned()
    if not form.validate():
        return _show(page, reasons={action: form})
    operation(db(), actor(), page, reason=form.reason.data, now=utc_now())
    return redirect(url_for(".show", application_id=application_id))


def _show(
    page: queries.ApplicationPage,
    asking: forms.QuestionForm | None = None,
    reasons: dict[str, Reasoned] | None = None,
) -> ResponseReturnValue:
    one = page.application
    given = reasons or {}
    fields = {
        "ask": [(asking or forms.QuestionForm(formdata=None)).question],
        "decline": [given.get("decline", Reasoned(formdata=None, prefix="")).reason],
        "withdraw": [given.get("withdraw", Reasoned(formdata=None, prefix="")).reason],
    }
    steps = next_steps(APPLICATION, one.state, page.facts, urls=lambda action: _url(action, one.id))
    for row in steps:
        if row["action"] == "answer":
            # The page of the answers is open before they are given; the guard looks at them when sent.
            row |= {"method": "get", "open": row["mine"], "reasons": ()}
    status = 422 if asking or reasons else 200
    return render_template(
        "certification/applications/show.html",
        page=page,
        one=one,
        badge=BADGES[one.state],
        steps=[row for row in steps if row["who"]],
        fields=fields,
        phases=_phases(one),
        editable=one.state in EDITABLE,
        events=history(db(), one),
    ), status


def _url(action: str, application_id: int) -> str | None:
    if action in SIMPLE:
        return url_for(".take", application_id=application_id, action=action)
    if action in {"ask", "answer", "decline", "withdraw"}:
        return url_for(f".{action}", application_id=application_id)
    if action.startswith("confirm_"):
        return url_for(
            ".confirm", application_id=application_id, side=action.removeprefix("confirm_")
        )
    return None


def _phases(one: Any) -> list[dict[str, Any]]:
    dates = (
        one.created_at,
        one.submitted_at,
        None,
        one.accepted_at,
        one.client_confirmed_at if one.engagement_id else None,
    )
    place = next((n for n, states in enumerate(PHASES) if one.state in states), None)
    over = place is None
    rows = []
    for number, (states, at) in enumerate(zip(PHASES, dates, strict=True)):
        status = "todo" if over or number > (place or 0) else "done"
        if number == place:
            status = "now"
        rows.append(
            {
                "label": BADGES[one.state if status == "now" else states[0]].word,
                "when": day_short(at) if at and status != "todo" else None,
                "status": status,
            }
        )
    return rows


def _offer(form: forms.ApplicationForm, one: Application | None = None) -> None:
    """Fill the choices; a body's own scheme names it, for it is offered by that body alone."""
    bodies = organisations.bodies(db())
    names = {body.id: name_of(body) for body in bodies}
    offered = schemes.offered(db(), also=one.scheme_version_id if one else None)
    levels = {
        level.number: f"{level.number} {say(level.title)}"
        for version, _scheme in offered
        for level in schemes.rules_of(version.content_sha256, version.content).levels
    }
    own = queries.offered(db(), actor())
    form.offer(
        [(body.id, name_of(body)) for body in bodies],
        [(version.id, _scheme_name(version, scheme, names)) for version, scheme in offered],
        sorted(levels.items()),
        [(row.id, name_of(row)) for row in own["site"]],
        [(row.id, name_of(row)) for row in own["service"]],
    )


def _scheme_name(version: SchemeVersion, scheme: Scheme, bodies: dict[int, str]) -> str:
    name = f"{name_of(scheme)} {version.version}"
    if scheme.body_id is None:
        return name
    body = bodies.get(scheme.body_id, "")
    return str(gettext("%(scheme)s, only with %(body)s", scheme=name, body=body))


def _form_page(form: forms.ApplicationForm, one: Any) -> ResponseReturnValue:
    status = 422 if form.is_submitted() else 200
    return render_template("certification/applications/edit.html", form=form, one=one), status
