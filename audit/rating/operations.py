"""Entering measures and computing the rating. Each flushes; none commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from audit.assessment.queries import Place
from audit.level.rules import MeasureInput, identity_of, rate, rating_digest
from audit.measures.rules import check_measure
from audit.planning.rules import AuditState
from audit.rating import queries
from audit.rating.models import Measure, RatingRecord
from checklists.schemes.rules import MetricKind, SchemeRules
from core.db import expect
from core.errors import Invalid, StepRefused
from core.events import changes, record
from core.permissions import Actor
from core.words import T_

OPEN = frozenset({AuditState.IN_PROGRESS, AuditState.FIELDWORK_DONE, AuditState.REPORT_DRAFT})
FIGURES = ("value", "successes", "total", "promoters", "passives", "detractors")
_KEPT = {
    MetricKind.VALUE: {"value"},
    MetricKind.PROPORTION: {"successes", "total"},
    MetricKind.NPS: {"promoters", "passives", "detractors"},
}


def enter(  # noqa: PLR0913 -- a measure has this many parts
    session: Session,
    actor: Actor,
    place: Place,
    scheme: SchemeRules,
    metric: str,
    values: Mapping[str, Any],
    *,
    revision: int | None,
    now: datetime,
) -> Measure:
    """Enter or correct a metric's figures with source, population and window.

    Raises ``Invalid`` on the field that is wrong, ``Stale``, and ``StepRefused`` outside team or time.
    """
    _refuse(place)
    rule = scheme.metric(metric)
    given = dict(values) | dict.fromkeys(set(FIGURES) - _KEPT[rule.kind])
    if given["window_to"] < given["window_from"]:
        raise Invalid(T_("The window ends before it begins."), "window_to")
    check_measure(rule, _input(metric, given))
    known = queries.measures(session, place.audit.id).get(metric)
    if known is None:
        known = Measure(
            audit_id=place.audit.id,
            metric=metric,
            entered_by_id=actor.person_id,
            entered_at=now,
            **given,
        )
        session.add(known)
        before: dict[str, object] = {}
        after: dict[str, object] = given
        past = "measure:entered"
    else:
        expect(known, revision)
        before, after = changes(known, given)
        past = "measure:changed"
        if not after:
            return known
        known.entered_by_id, known.entered_at = actor.person_id, now
    session.flush()
    record(
        session, actor, past, known, within=place.audit, owner_id=place.audit.body_id,
        label=rule.title.en, now=now, before=before, after=after,
    )  # fmt: skip
    return known


def compute(
    session: Session, actor: Actor, place: Place, scheme: SchemeRules, *, now: datetime
) -> RatingRecord:
    """Compute the rating from what is there now, and keep it with every input (S-05)."""
    _refuse(place)
    taken = queries.inputs(session, place.audit)
    rating = rate(scheme, taken.measures, taken.answers, taken.window_days)
    made = RatingRecord(
        audit_id=place.audit.id,
        scheme_version_id=place.audit.scheme_version_id,
        level=rating.level,
        total=None if rating.total is None else round(rating.total, 4),
        inputs=taken.to_json(),
        result=rating.to_json(),
        inputs_sha256=rating_digest(taken, identity_of(scheme)),
        computed_by_id=actor.person_id,
        computed_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session, actor, "rating:computed", made, within=place.audit,
        owner_id=place.audit.body_id, label=place.audit.number, now=now,
        after={"level": rating.level, "total": rating.total, "sha256": made.inputs_sha256},
    )  # fmt: skip
    return made


def _refuse(place: Place) -> None:
    if not place.on_team:
        raise StepRefused(T_("Only members of the team enter measures and compute the rating."))
    if place.audit.state not in OPEN:
        raise StepRefused(
            T_(
                "Measures are entered from the beginning of the fieldwork until the report is issued."
            )
        )


def _input(metric: str, given: Mapping[str, Any]) -> MeasureInput:
    figures: dict[str, Any] = {name: given.get(name) for name in FIGURES}
    if figures["value"] is not None:
        figures["value"] = float(figures["value"])
    return MeasureInput(
        metric=metric,
        census=given["census"],
        source=given["source"],
        population=given["population"],
        **figures,
    )
