"""Pages of decisions: what waits, the file before the decider, what was decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.conclusion.rules import RECOMMENDATION_NAMES
from audit.findings.rules import BADGES as FINDING_BADGES
from audit.planning.rules import BADGES as AUDIT_BADGES
from audit.planning.rules import KIND_NAMES
from certification.conditions.rules import DecisionFacts
from certification.decisions import forms, operations, queries
from certification.decisions.rules import (
    BADGES,
    EFFECTS,
    TITLES,
    DecisionOutcome,
    chooses_level,
    conditions,
    grouped,
    outcomes,
)
from checklists.schemes.rules import SchemeRules
from core.clock import utc_now
from core.errors import Invalid
from core.events import history
from core.lifecycle import Reason
from core.pages import paginate
from core.permissions import OrganisationKind, Permission
from core.speech import name_of, say
from core.web import actor, csv_file, db, page_number, requires, search_words
from core.words import Text, Words

bp = Blueprint("decisions", __name__)


@bp.get("/decisions")
@requires(Permission.DECISION_READ)
def index() -> ResponseReturnValue:
    """List the files that wait for a decision, and what was decided."""
    return render_template(
        "certification/decisions/index.html",
        waiting=queries.waiting(db(), actor()),
        page=paginate(db(), queries.listing(actor(), **_conditions()), page_number()),
        badges=BADGES,
        kinds=KIND_NAMES,
        outcomes=[(one.value, badge.word) for one, badge in BADGES.items()],
        sort=request.args.get("sort", ""),
    )


@bp.get("/decisions/export.csv")
@requires(Permission.DECISION_READ)
def export() -> ResponseReturnValue:
    """Give the list as CSV, with the same conditions."""
    head = [
        gettext("Number"), gettext("Client"), gettext("Outcome"), gettext("Level"), gettext("Rated level"),
        gettext("Audit"), gettext("Certificate"), gettext("Decided by"), gettext("Takes effect on"),
        gettext("Reasons"),
    ]  # fmt: skip
    rows = (
        (
            one.number, name_of(client), say(BADGES[one.outcome].word), one.level, one.rated_level,
            audit, certificate, decider, one.effective_on, one.reasons,
        )
        for one, client, decider, audit, certificate, _key in db().execute(
            queries.listing(actor(), **_conditions()).limit(10_000)
        )
    )  # fmt: skip
    return csv_file("decisions", head, rows)


@bp.get("/decisions/<int:decision_id>")
@requires(Permission.DECISION_READ, Permission.CERTIFICATE_READ)
def show(decision_id: int) -> ResponseReturnValue:
    """Show a decision with its reasons and the conditions as they stood."""
    row = queries.decision(db(), actor(), decision_id)
    return render_template(
        "certification/decisions/show.html",
        one=row[0],
        engagement=row[1],
        client=row[2],
        decider=row[3],
        audit=row[4],
        certificate=row[5],
        badge=BADGES[row[0].outcome],
        kinds=KIND_NAMES,
        inside=actor().organisation_kind is not OrganisationKind.PROVIDER,
        stood=[_as_stood(each) for each in row[0].guards.get("conditions", ())],
    )


@bp.get("/audits/<int:audit_id>/decision")
@requires(Permission.DECISION_READ)
def file(audit_id: int) -> ResponseReturnValue:
    """Show everything the decider needs, with each condition and its proof."""
    found = queries.file(db(), actor(), audit_id)
    return _file_page(found, _form(found.facts, found.head.rules, found.scope))


@bp.post("/audits/<int:audit_id>/decision")
@requires(Permission.DECISION_TAKE)
def decide(audit_id: int) -> ResponseReturnValue:
    """Decide, with a second sign-in."""
    found = queries.file(db(), actor(), audit_id)
    form = _form(found.facts, found.head.rules, found.scope)
    choice = form.read(found.facts) if form.validate() else None
    if choice is None:
        return _file_page(found, form, 422)
    try:
        made = operations.decide(
            db(), actor(), found, choice, password=form.password.data, now=utc_now()
        )
    except Invalid as error:
        form.refuse(error)
        return _file_page(found, form, 422)
    flash(gettext("The decision %(number)s is taken and kept.", number=made.number))
    return redirect(url_for(".show", decision_id=made.id))


@bp.route("/certificates/<int:certificate_id>/decide", methods=["GET", "POST"])
@requires(Permission.DECISION_TAKE)
def certificate(certificate_id: int) -> ResponseReturnValue:
    """Decide about a certificate without an audit: suspend, restore, reduce, withdraw, reissue."""
    found = queries.certificate_case(db(), actor(), certificate_id)
    form = _form(found.facts, found.rules, found.scope)
    if request.method == "GET":
        form.outcome.data = request.args.get("outcome", "")
        return _certificate_page(found, form)
    choice = form.read(found.facts) if form.validate() else None
    if choice is None:
        return _certificate_page(found, form, 422)
    try:
        made = operations.decide_certificate(
            db(), actor(), found, choice, password=form.password.data, now=utc_now()
        )
    except Invalid as error:
        form.refuse(error)
        return _certificate_page(found, form, 422)
    flash(gettext("The decision %(number)s is taken and kept.", number=made.number))
    return redirect(url_for("certificates.show", certificate_id=certificate_id))


def _file_page(
    found: queries.File, form: forms.DecisionForm, status: int = 200
) -> ResponseReturnValue:
    taken = next((row for row in found.earlier if row[0].audit_id == found.head.audit.id), None)
    possible = outcomes(found.facts)
    groups = grouped(possible[0], found.facts) if possible else []
    return render_template(
        "certification/decisions/file.html",
        file=found,
        head=found.head,
        audit=found.head.audit,
        badge=AUDIT_BADGES[found.head.audit.state],
        kind=KIND_NAMES[found.head.audit.kind],
        taken=taken,
        groups=groups,
        met=sum(reason.met for _, reasons in groups for reason in reasons),
        total=sum(len(reasons) for _, reasons in groups),
        badges=BADGES,
        finding_badges=FINDING_BADGES,
        recommendation=RECOMMENDATION_NAMES.get(found.counts["recommendation"]),
        events=history(db(), found.head.audit, limit=8),
        **_choosing(found.facts, found.head.rules, form),
    ), status


def _certificate_page(
    found: queries.CertificateCase, form: forms.DecisionForm, status: int = 200
) -> ResponseReturnValue:
    return render_template(
        "certification/decisions/certificate.html",
        case=found,
        one=found.certificate,
        client=found.client,
        **_choosing(found.facts, found.rules, form),
    ), status


def _choosing(facts: DecisionFacts, rules: SchemeRules, form: forms.DecisionForm) -> dict[str, Any]:
    """Describe the outcomes for the page: each open, or with the conditions that close it."""
    rows = [_outcome(one, facts) for one in outcomes(facts)]
    open_ = {row["value"] for row in rows if row["open"]}
    return {
        "form": form,
        "choices": rows,
        "any_open": bool(open_),
        "asks_level": any(
            chooses_level(one, facts) for one in outcomes(facts) if one.value in open_
        ),
        "asks_start": DecisionOutcome.GRANT.value in open_,
        "asks_until": DecisionOutcome.SUSPEND.value in open_,
        "levels": {level.number: level.title for level in rules.levels},
        "of": len(rules.levels),
    }


def _outcome(one: DecisionOutcome, facts: DecisionFacts) -> dict[str, Any]:
    reasons: Sequence[Reason] = conditions(one, facts)
    reissue = one is DecisionOutcome.MAINTAIN and facts.kind is None
    return {
        "value": one.value,
        "title": gettext("Issue it anew with what is true now") if reissue else say(TITLES[one]),
        "effect": gettext("A revision with the present name, address and sites.")
        if reissue
        else say(EFFECTS[one]),
        "open": all(reason.met for reason in reasons),
        "reasons": reasons,
    }


def _form(facts: DecisionFacts, rules: SchemeRules, scope: Words) -> forms.DecisionForm:
    form = forms.DecisionForm()
    most = (
        facts.highest if facts.certificate is None else max(facts.highest, facts.certificate_level)
    )
    form.level.choices = [
        (level.number, f"{level.number} {say(level.title)}")
        for level in reversed(rules.levels)
        if level.number <= most
    ]
    if not form.is_submitted():
        form.level.data = facts.highest or facts.certificate_level
        form.scope_zh.data, form.scope_en.data = scope.zh, scope.en
        form.effective_on.data = facts.today
    return form


def _as_stood(kept: Mapping[str, Any]) -> Reason:
    text = Text(kept["text"], kept["values"], kept["plural"], kept["count"])
    return Reason(kept["code"], kept["met"], text)


def _conditions() -> dict[str, Any]:
    asked = request.args
    return {
        "words": search_words(),
        "outcome": asked.get("outcome", ""),
        "sort": asked.get("sort", ""),
    }
