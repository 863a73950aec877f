"""Measures and the rating that is kept, on both databases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from audit.assessment import operations as fieldwork
from audit.assessment import queries as assessment
from audit.assessment.models import Answer
from audit.assessment.rules import Conformity, Judgement
from audit.level.rules import RatingInputs, identity_of, rate, rating_digest
from audit.planning.rules import AuditState
from audit.rating import operations, queries
from audit.rating.models import RatingRecord
from checklists.schemes import queries as schemes
from checklists.schemes.rules import MetricKind
from core.errors import Invalid, Stale, StepRefused
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world

BASE = {
    "census": False,
    "window_from": date(2026, 7, 1),
    "window_to": date(2026, 10, 31),
    "source": "Export of the service desk, drawn by Chen Chen.",
    "population": "Every ticket of the window.",
    **dict.fromkeys(("value", "successes", "total", "promoters", "passives", "detractors")),
}
FIGURES = {
    MetricKind.VALUE: {"value": Decimal("95.5"), "census": True},
    MetricKind.PROPORTION: {"successes": 194, "total": 200},
    MetricKind.NPS: {"promoters": 78, "passives": 54, "detractors": 18},
}


class Desk:
    """An audit in progress whose answers and measures can be changed."""

    def __init__(self, session):
        self.session = session
        self.world = world(session)
        self.audit = audit_in(session, AuditState.FIELDWORK_DONE, within=self.world)
        self.audit.state = AuditState.IN_PROGRESS
        session.flush()
        self.scheme = schemes.rules(session, self.audit.scheme_version_id)

    @property
    def place(self):
        return assessment.place(self.session, self.world.leader, self.audit.id)

    def enter(self, metric, *, revision=None, now=NOW, place=None, **changed):
        rule = self.scheme.metric(metric)
        return operations.enter(
            self.session, self.world.leader, place or self.place, self.scheme, metric,
            BASE | FIGURES[rule.kind] | changed, revision=revision, now=now,
        )  # fmt: skip

    def enter_all(self):
        for metric in self.scheme.metrics:
            self.enter(metric.code)

    def compute(self, now=NOW):
        return operations.compute(self.session, self.world.leader, self.place, self.scheme, now=now)

    def metric(self, kind):
        return next(one.code for one in self.scheme.metrics if one.kind is kind)


@pytest.fixture
def desk(session):
    """An audit in progress, answered wholly."""
    return Desk(session)


def test_a_kept_rating_can_be_computed_again(session, desk):
    """S-05: from what is kept anybody computes the same level, total and digest, years later."""
    desk.enter_all()
    made = desk.compute()
    session.commit()
    session.expire_all()
    kept = session.get_one(RatingRecord, made.id)
    inputs = RatingInputs.from_json(kept.inputs)
    again = rate(desk.scheme, inputs.measures, inputs.answers, inputs.window_days)
    assert again.level == kept.level
    assert round(again.total, 4) == float(kept.total)
    assert again == queries.rating_of(kept)
    assert rating_digest(inputs, identity_of(desk.scheme)) == kept.inputs_sha256
    assert len(inputs.measures) == len(desk.scheme.metrics)
    assert len(inputs.answers) == len(
        session.scalars(select(Answer).where(Answer.audit_id == desk.audit.id)).all()
    )


def test_a_changed_answer_makes_it_stale(session, desk):
    """S-05: a rating holds for the answers it was computed from; computed again it is kept beside the old one."""
    desk.enter_all()
    first = desk.compute()
    assert queries.is_current(session, first)
    assert queries.rating_facts(session, desk.audit.id) == {
        "rating_level": first.level,
        "rating_current": True,
    }
    key = session.scalars(select(Answer.id).where(Answer.audit_id == desk.audit.id)).first()
    place, given, code = assessment.answer_place(session, desk.world.leader, desk.audit.id, key)
    fieldwork.answer(
        session, desk.world.leader, place, given, code, Judgement(Conformity.NOT, 0),
        revision=given.revision, now=NOW + timedelta(minutes=1),
    )  # fmt: skip
    assert not queries.is_current(session, first)
    assert not queries.rating_facts(session, desk.audit.id)["rating_current"]
    second = desk.compute(NOW + timedelta(minutes=2))
    assert second.inputs_sha256 != first.inputs_sha256
    assert second.total < first.total
    assert queries.latest(session, desk.audit.id).id == second.id
    assert queries.is_current(session, second)


def test_a_changed_measure_makes_it_stale(session, desk):
    """S-05: the same holds for a measure; saving the same again does not."""
    metric = desk.metric(MetricKind.PROPORTION)
    known = desk.enter(metric)
    made = desk.compute()
    later = NOW + timedelta(minutes=1)
    desk.enter(metric, revision=known.revision, now=later)
    assert queries.is_current(session, made)
    desk.enter(metric, revision=known.revision, now=later, successes=190)
    assert not queries.is_current(session, made)
    session.commit()
    names = session.scalars(
        select(Event.name).where(Event.subject_kind == "measure").order_by(Event.id)
    ).all()
    assert names == ["measure:entered", "measure:changed"]


def test_a_stale_measure_overwrites_nothing(session, desk):
    """S-05: two people at one figure: the second is told."""
    metric = desk.metric(MetricKind.PROPORTION)
    known = desk.enter(metric)
    desk.enter(metric, revision=known.revision, successes=190)
    with pytest.raises(Stale):
        desk.enter(metric, revision=1, successes=200)
    session.expire_all()
    assert queries.measures(session, desk.audit.id)[metric].successes == 190


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        (MetricKind.PROPORTION, {"successes": 201}, "successes"),
        (MetricKind.PROPORTION, {"total": None}, "total"),
        (MetricKind.VALUE, {"value": None}, "value"),
        (MetricKind.VALUE, {"window_to": date(2026, 6, 30)}, "window_to"),
    ],
)
def test_figures_that_cannot_be_are_refused_with_their_field(desk, kind, changed, field):
    """S-03: a share above the whole, a missing figure and a window that ends before it begins."""
    with pytest.raises(Invalid) as refused:
        desk.enter(desk.metric(kind), **changed)
    assert refused.value.field == field


def test_figures_of_another_kind_are_not_kept(desk):
    """S-33: what the metric does not ask for is not stored."""
    made = desk.enter(desk.metric(MetricKind.VALUE), successes=1, total=2, promoters=3)
    assert (made.successes, made.total, made.promoters) == (None, None, None)


@pytest.mark.parametrize("state", [AuditState.PLAN_ACCEPTED, AuditState.REPORT_ISSUED])
def test_measures_have_their_time(desk, state):
    """I-07: from the beginning of the fieldwork until the report is issued, for the team alone."""
    desk.audit.state = state
    with pytest.raises(StepRefused):
        desk.enter(desk.metric(MetricKind.VALUE))
    with pytest.raises(StepRefused):
        desk.compute()


def test_only_the_team_enters_and_computes(session, desk):
    """I-05: nobody outside the team bends a figure."""
    outside = assessment.place(session, desk.world.planner, desk.audit.id)
    with pytest.raises(StepRefused):
        desk.enter(desk.metric(MetricKind.VALUE), place=outside)
    with pytest.raises(StepRefused):
        operations.compute(session, desk.world.planner, outside, desk.scheme, now=NOW)


def test_a_rating_is_kept_for_good(session, desk):
    """S-05: the database refuses to change or remove a computed rating."""
    desk.compute()
    session.commit()
    for statement in (update(RatingRecord).values(level=5), delete(RatingRecord)):
        with pytest.raises(DBAPIError):
            session.execute(statement)
        session.rollback()


def test_before_the_first_rating_there_is_none(session, desk):
    """S-05: no level is made up."""
    assert queries.latest(session, desk.audit.id) is None
    assert queries.rating_facts(session, desk.audit.id) == {}
