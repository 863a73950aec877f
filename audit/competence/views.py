"""Pages of competences, declarations and interests."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from accounts.access.queries import members
from audit.competence import forms, operations, queries
from audit.competence.rules import (
    INTEREST_NAMES,
    InterestKind,
    badge,
    counts_until,
    declaration_badge,
)
from core.clock import add_months, local_date, utc_now
from core.errors import Invalid
from core.forms import Form, Reasoned
from core.permissions import Permission, Role, allowed
from core.speech import say, zone
from core.web import actor, db, requires

bp = Blueprint("competence", __name__, url_prefix="/competences")
YEARS = 3  # how long a competence is proposed to last


@bp.get("/")
@requires(Permission.COMPETENCE_DECLARE)
def index() -> ResponseReturnValue:
    """Show who is competent in what: people against technical areas."""
    schemes = queries.schemes(db(), actor())
    wanted = request.args.get("scheme", type=int)
    scheme = next((one for one in schemes if one.scheme_id == wanted), None)
    scheme = scheme or (schemes[0] if schemes else None)
    today = local_date(utc_now(), zone())
    return render_template(
        "audit/competence/index.html",
        schemes=schemes,
        scheme=scheme,
        rows=queries.matrix(db(), actor(), scheme.scheme_id) if scheme else [],
        stands=lambda one: badge(one.valid_from, one.valid_until, today, ended=False),
        scheme_tabs=[
            {
                "label": one.title,
                "href": url_for(".index", scheme=one.scheme_id),
                "here": one is scheme,
            }
            for one in schemes
        ],
        declared=lambda day: declaration_badge(day, today),
        manages=allowed(actor(), Permission.COMPETENCE_MANAGE),
    )


@bp.get("/people/<int:person_id>")
@requires(Permission.COMPETENCE_DECLARE)
def person(person_id: int) -> ResponseReturnValue:
    """Show what is on record about somebody."""
    profile = queries.profile(db(), actor(), person_id)
    today = local_date(utc_now(), zone())
    latest = profile.declarations[0].declared_on if profile.declarations else None
    return render_template(
        "audit/competence/person.html",
        profile=profile,
        mine=person_id == actor().person_id,
        manages=allowed(actor(), Permission.COMPETENCE_MANAGE),
        stands=lambda one: badge(
            one.valid_from, one.valid_until, today, ended=one.ended_at is not None
        ),
        declared=declaration_badge(latest, today),
        areas={
            (scheme.scheme_id, area.code): say(area.title)
            for scheme in queries.schemes(db(), actor())
            for area in scheme.areas
        },
        due=counts_until(latest) if latest else None,
        kinds=INTEREST_NAMES,
    )


@bp.get("/mine")
@requires(Permission.COMPETENCE_DECLARE)
def mine() -> ResponseReturnValue:
    """Lead to what is on record about oneself."""
    return redirect(url_for(".person", person_id=actor().person_id))


@bp.route("/grant", methods=["GET", "POST"])
@requires(Permission.COMPETENCE_MANAGE)
def grant() -> ResponseReturnValue:
    """Grant a competence to somebody else."""
    schemes = queries.schemes(db(), actor())
    today = local_date(utc_now(), zone())
    form = forms.Grant(
        person_id=request.args.get("person", type=int),
        area=request.args.get("area", ""),
        valid_from=today,
        valid_until=add_months(today, 12 * YEARS),
    )
    form.person_id.choices = [
        (one.person_id, one.name)
        for one in members(db(), actor(), Role.AUDITOR)
        if one.person_id != actor().person_id
    ]
    form.area.choices = [
        (f"{scheme.scheme_id}:{area.code}", f"{say(scheme.title)}: {say(area.title)}")
        for scheme in schemes
        for area in scheme.areas
    ]
    if form.validate_on_submit():
        scheme_id, _, area = form.area.data.partition(":")
        try:
            operations.grant(
                db(),
                actor(),
                person_id=form.person_id.data,
                scheme_id=int(scheme_id),
                area=area,
                evidence=form.evidence.data,
                valid_from=form.valid_from.data,
                valid_until=form.valid_until.data,
                now=utc_now(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The competence was granted."))
            return redirect(url_for(".person", person_id=form.person_id.data))
    return _answer("audit/competence/grant.html", form)


@bp.route("/<int:competence_id>/end", methods=["GET", "POST"])
@requires(Permission.COMPETENCE_MANAGE)
def end(competence_id: int) -> ResponseReturnValue:
    """End a competence early."""
    competence = queries.competence(db(), actor(), competence_id)
    form = Reasoned()
    if form.validate_on_submit():
        operations.end(db(), actor(), competence, reason=form.reason.data, now=utc_now())
        flash(gettext("The competence has ended. It stays on record."))
        return redirect(url_for(".person", person_id=competence.person_id))
    return _answer("audit/competence/end.html", form, competence=competence)


@bp.route("/declare", methods=["GET", "POST"])
@requires(Permission.COMPETENCE_DECLARE)
def declare() -> ResponseReturnValue:
    """Make one's yearly declaration."""
    form = forms.Declare()
    if form.validate_on_submit():
        operations.declare(db(), actor(), statement=form.statement.data, now=utc_now())
        flash(gettext("Your declaration is kept. It counts for a year."))
        return redirect(url_for(".mine"))
    return _answer("audit/competence/declare.html", form)


@bp.route("/people/<int:person_id>/interests/new", methods=["GET", "POST"])
@requires(Permission.COMPETENCE_DECLARE)
def declare_interest(person_id: int) -> ResponseReturnValue:
    """Declare a tie to a client."""
    profile = queries.profile(db(), actor(), person_id)
    form = forms.DeclareInterest()
    form.client_id.choices = [(key, say(name)) for key, name in queries.clients(db(), actor())]
    if form.validate_on_submit():
        try:
            operations.declare_interest(
                db(),
                actor(),
                person_id=person_id,
                client_id=form.client_id.data,
                kind=InterestKind(form.kind.data),
                from_on=form.from_on.data,
                until_on=form.until_on.data,
                note=form.note.data,
                now=utc_now(),
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The interest is kept. It bars from audits of this client."))
            return redirect(url_for(".person", person_id=person_id))
    return _answer("audit/competence/interest.html", form, profile=profile)


@bp.route("/interests/<int:interest_id>/end", methods=["GET", "POST"])
@requires(Permission.COMPETENCE_MANAGE)
def end_interest(interest_id: int) -> ResponseReturnValue:
    """Record the day on which somebody else's tie ended."""
    interest = queries.interest(db(), actor(), interest_id)
    form = forms.EndInterest()
    if form.validate_on_submit():
        try:
            operations.end_interest(
                db(), actor(), interest, until_on=form.until_on.data, now=utc_now()
            )
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("The last day is kept. The cooling-off period runs from there."))
            return redirect(url_for(".person", person_id=interest.person_id))
    return _answer("audit/competence/end_interest.html", form, interest=interest)


@bp.route("/interests/<int:interest_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMPETENCE_MANAGE)
def withdraw_interest(interest_id: int) -> ResponseReturnValue:
    """Take back somebody else's interest that was declared by mistake."""
    interest = queries.interest(db(), actor(), interest_id)
    form = forms.Withdraw()
    if form.validate_on_submit():
        operations.withdraw_interest(
            db(), actor(), interest, reason=form.reason.data, now=utc_now()
        )
        flash(gettext("The interest was withdrawn. It stays on record."))
        return redirect(url_for(".person", person_id=interest.person_id))
    return _answer("audit/competence/withdraw.html", form, interest=interest)


def _answer(template: str, form: Form, **context: object) -> ResponseReturnValue:
    status = 422 if form.is_submitted() else 200
    return render_template(template, form=form, **context), status
