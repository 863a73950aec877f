"""Pages of measures and of the rating: an explanation that a stranger can follow."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audit.assessment import queries as assessment
from audit.level.rules import (
    Rating,
    RatingInputs,
    decimals_to_show,
    identity_of,
    rating_document,
)
from audit.measures.rules import Basis
from audit.planning import queries as planning
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from audit.rating import forms, operations, queries
from audit.reach.rules import reach
from checklists.schemes import queries as schemes
from checklists.schemes.rules import MetricKind, SchemeRules, Unit
from core.clock import utc_now
from core.errors import Invalid, NotFound
from core.permissions import OrganisationKind, Permission
from core.pictures import Axis, metric_axis, metric_strip, radar, strip, strip_axis
from core.speech import number, percent, say
from core.web import actor, db, requires

ISSUED = frozenset(
    {
        AuditState.REPORT_ISSUED,
        AuditState.UNDER_DECISION,
        AuditState.DECIDED,
        AuditState.CLOSED,
    }
)
bp = Blueprint("rating", __name__, url_prefix="/audits/<int:audit_id>/rating")


@bp.get("/")
@requires(Permission.RATING_READ)
def show(audit_id: int) -> ResponseReturnValue:
    """Explain the newest rating; before the first, what it will need."""
    audit = _audit(audit_id)
    scheme = schemes.rules(db(), audit.scheme_version_id)
    record = queries.latest(db(), audit_id)
    entered = queries.measures(db(), audit_id)
    rating = queries.rating_of(record) if record else None
    earlier = queries.before(db(), audit)
    last = queries.rating_of(earlier) if earlier else None
    return render_template(
        "audit/rating/show.html",
        audit=audit,
        scheme=scheme,
        record=record,
        rating=rating,
        current=queries.is_current(db(), record) if record else False,
        level=scheme.level(rating.level) if rating and rating.level else None,
        steps=_steps(scheme, rating) if rating else (),
        pictures=_pictures(scheme, rating, last) if rating else None,
        dimensions=_dimensions(scheme, rating, last) if rating else (),
        metrics=[_metric(scheme, rating, one, entered) for one in scheme.metrics],
        axis=strip_axis([one.cut for one in scheme.levels], _bands(scheme)),
        metric_axis=metric_axis(_bands(scheme)),
        next=_next(scheme, rating) if rating else None,
        writable=audit.state in operations.OPEN
        and assessment.place(db(), actor(), audit_id).on_team
        if actor().organisation_kind is OrganisationKind.BODY
        else False,
    )


@bp.route("/measures/<metric>", methods=["GET", "POST"])
@requires(Permission.MEASURE_ENTER)
def measure(audit_id: int, metric: str) -> ResponseReturnValue:
    """Enter a metric's figures."""
    place = assessment.place(db(), actor(), audit_id)
    scheme = schemes.rules(db(), place.audit.scheme_version_id)
    rule = next((one for one in scheme.metrics if one.code == metric), None)
    if rule is None:
        raise NotFound
    known = queries.measures(db(), audit_id).get(metric)
    form = forms.MeasureForm(obj=known)
    if form.validate_on_submit():
        try:
            operations.enter(
                db(), actor(), place, scheme, metric, form.values(),
                revision=form.revision.data, now=utc_now(),
            )  # fmt: skip
        except Invalid as error:
            form.refuse(error)
        else:
            flash(gettext("“%(metric)s” is saved.", metric=say(rule.title)))
            return redirect(url_for(".show", audit_id=audit_id))
    return render_template(
        "audit/rating/measure.html",
        audit=place.audit,
        rule=rule,
        form=form,
        figures=forms.FIELDS[rule.kind],
        unit=_unit(rule.unit),
    ), 422 if form.is_submitted() else 200


@bp.post("/compute")
@requires(Permission.MEASURE_ENTER)
def compute(audit_id: int) -> ResponseReturnValue:
    """Compute the rating from what is there now."""
    place = assessment.place(db(), actor(), audit_id)
    scheme = schemes.rules(db(), place.audit.scheme_version_id)
    operations.compute(db(), actor(), place, scheme, now=utc_now())
    flash(gettext("The rating is computed and kept with its inputs."))
    return redirect(url_for(".show", audit_id=audit_id))


@bp.get("/inputs.json")
@requires(Permission.RATING_READ)
def inputs(audit_id: int) -> ResponseReturnValue:
    """Give out the frozen inputs: the SHA-256 of this file is the rating's digest."""
    audit = _audit(audit_id)
    record = queries.latest(db(), audit_id)
    if record is None:
        raise NotFound
    scheme = schemes.rules(db(), record.scheme_version_id)
    data = rating_document(RatingInputs.from_json(record.inputs), identity_of(scheme))
    response = Response(data, mimetype="application/json")
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"{audit.number}-rating.json"
    )
    response.set_etag(record.inputs_sha256)
    response.make_conditional(request)
    return response


def _audit(audit_id: int) -> Audit:
    """Find the audit; a provider sees its rating from the day the report is issued."""
    audit = planning.audit(db(), actor(), audit_id)
    if actor().organisation_kind is OrganisationKind.PROVIDER and audit.state not in ISSUED:
        raise NotFound
    return audit


def _bands(scheme: SchemeRules) -> list[str]:
    return [gettext("none"), *(str(one.number) for one in scheme.levels)]


def _shown(scheme: SchemeRules, score: float | None) -> str:
    return "–" if score is None else number(score, decimals_to_show(score, scheme.levels))


def _figure(unit: Unit, value: float | None, decimals: int) -> str:
    if value is None:
        return "–"
    if unit is Unit.PERCENT:
        return percent(value, decimals)
    words = _unit(unit)
    return f"{number(value, decimals)} {words}".strip()


def _unit(unit: Unit) -> str:
    words: dict[Unit, str] = {
        Unit.PERCENT: "%",
        Unit.HOURS: gettext("h"),
        Unit.MINUTES: gettext("min"),
        Unit.DAYS: gettext("days"),
        Unit.POINTS: "",
    }
    return words[unit]


def _pictures(scheme: SchemeRules, rating: Rating, last: Rating | None) -> Any:
    was = {one.dimension: one.score for one in last.dimensions} if last else {}
    axes = [
        Axis(
            say(scheme.dimension(one.dimension).title),
            _shown(scheme, one.score),
            one.score,
            was.get(one.dimension),
            hot=one.dimension == rating.weakest,
        )
        for one in rating.dimensions
    ]
    label = gettext("Scores by dimension:") + " " + "; ".join(f"{a.title} {a.shown}" for a in axes)
    return radar(axes, [one.cut for one in scheme.levels], label)


def _dimensions(scheme: SchemeRules, rating: Rating, last: Rating | None) -> list[dict[str, Any]]:
    was = {one.dimension: one.score for one in last.dimensions} if last else {}
    cuts = [one.cut for one in scheme.levels]
    return [
        {
            "title": scheme.dimension(one.dimension).title,
            "weight": one.weight * 100,
            "share": one.quantity_share * 100,
            "quantity": _shown(scheme, one.quantity),
            "criteria": _shown(scheme, one.criteria),
            "score": _shown(scheme, one.score),
            "level": one.level,
            "strip": strip(
                one.score,
                cuts,
                f"{say(scheme.dimension(one.dimension).title)} {_shown(scheme, one.score)}",
                before=was.get(one.dimension),
            ),
        }
        for one in rating.dimensions
    ]


def _metric(
    scheme: SchemeRules, rating: Rating | None, rule: Any, entered: dict[str, Any]
) -> dict[str, Any]:
    known = entered.get(rule.code)
    scored = (
        next((one for one in rating.metrics if one.metric == rule.code), None) if rating else None
    )
    point = scored.point if scored else None
    counts = scored.counts_as if scored else None
    title = say(rule.title)
    return {
        "code": rule.code,
        "title": title,
        "entered": known,
        "from": _sample(rule, known),
        "point": _figure(rule.unit, point, rule.decimals),
        "counts": _figure(rule.unit, counts, rule.decimals),
        "worth": _shown(scheme, scored.score) if scored else "–",
        "missing": scored is not None and scored.basis is Basis.MISSING,
        "picture": metric_strip(
            rule.anchors, point, counts, f"{title} {_figure(rule.unit, counts, rule.decimals)}"
        ),
        "needed": number(scored.samples_needed[0]) if scored and scored.samples_needed else "",
        "target": _figure(rule.unit, scored.next_target, rule.decimals)
        if scored and scored.next_target is not None
        else "",
    }


def _sample(rule: Any, known: Any) -> str:
    if known is None:
        return str(gettext("not entered yet"))
    what = str(gettext("census") if known.census else gettext("sample"))
    if rule.kind is MetricKind.PROPORTION:
        share = gettext("%(n)s of %(total)s", n=number(known.successes), total=number(known.total))
        return f"{share}, {what}"
    if rule.kind is MetricKind.NPS:
        return f"{known.promoters} / {known.passives} / {known.detractors}, {what}"
    return what


def _steps(scheme: SchemeRules, rating: Rating) -> list[dict[str, Any]]:
    """Make the numbered steps of the rule from the rating's explanation."""
    rows = []
    for step in rating.explanation:
        facts: Mapping[str, Any] = step.facts
        if step.code == "total":
            rows.append(
                {
                    "text": gettext("Weighted total"),
                    "figure": _shown(scheme, facts["score"]),
                    "result": gettext("level %(n)s", n=facts["level"]),
                }
            )
        elif step.code == "weakest":
            rows.append(
                {
                    "text": gettext(
                        "Weakest dimension plus %(plus)s: %(dimension)s %(score)s",
                        plus=facts["plus"],
                        dimension=say(scheme.dimension(facts["dimension"]).title),
                        score=_shown(scheme, facts["score"]),
                    ),
                    "figure": f"{facts['level']} + {facts['plus']}",
                    "result": gettext("at most %(n)s", n=facts["limit"]),
                }
            )
        elif step.code in {"window", "floor"}:
            rows.append(_limit_row(step.code, facts))
        else:
            rows.extend(_note_row(scheme, step.code, facts))
    return rows


def _limit_row(code: str, facts: Any) -> dict[str, Any]:
    if code == "window":
        text = gettext("Window of data, at least %(n)s days", n=facts["minimum"])
        figure = gettext("%(n)s days", n=facts["days"])
        limit = facts["limit"]
        result = gettext("no limit") if limit is None else gettext("at most %(n)s", n=limit)
    else:
        text = gettext("Every dimension at level 1 or better")
        figure = gettext("%(n)s of %(total)s", n=facts["reached"], total=facts["of"])
        result = gettext("no level") if facts["binds"] else gettext("no limit")
    return {"text": text, "figure": figure, "result": result}


def _note_row(scheme: SchemeRules, code: str, facts: Any) -> list[dict[str, Any]]:
    if code not in {"missing", "criteria", "incomplete"}:
        return []
    title = say(scheme.dimension(facts["dimension"]).title)
    if code == "missing":
        names = ", ".join(say(scheme.metric(one).title) for one in facts["metrics"])
        text = gettext(
            "%(dimension)s: without a measure, counted 0: %(names)s", dimension=title, names=names
        )
    elif code == "criteria":
        text = gettext(
            "%(dimension)s: %(open)s criteria without an answer and %(unproven)s whose evidence could "
            "not be verified count 0",
            dimension=title,
            open=facts["unanswered"],
            unproven=facts["unverified"],
        )
    else:
        text = gettext("%(dimension)s cannot be scored: no metric or no criterion", dimension=title)
    return [{"text": text, "figure": "0" if code != "incomplete" else "–", "result": ""}]


def _next(scheme: SchemeRules, rating: Rating) -> Any:
    found = reach(scheme, rating)
    if found is None:
        return None
    return {
        "level": scheme.level(found.level),
        "points": number(found.points, 1),
        "short": [say(scheme.dimension(code).title) for code in found.short],
        "cut": number(found.dimension_cut),
        "gains": [
            {
                "title": say(scheme.metric(one.metric).title),
                "target": _figure(
                    scheme.metric(one.metric).unit, one.target, scheme.metric(one.metric).decimals
                ),
                "gain": number(one.gain, 1),
                "samples": number(one.samples_needed[0]) if one.samples_needed else "",
            }
            for one in found.gains
        ],
    }
