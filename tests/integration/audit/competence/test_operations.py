"""Competences, declarations and interests, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from audit.competence import operations, queries
from audit.competence.models import Competence, Interest
from audit.competence.rules import InterestKind
from core.db import violated
from core.errors import Invalid, NotAllowed, NotFound, StepRefused
from core.events import Event
from core.permissions import Role
from tests.factories.accounts import NOW, acting, organisation, user
from tests.factories.audits import competent, declaration, world

PEOPLE = (
    "planner",
    "leader",
    "auditor",
    "decider",
    "administrator",
    "officer",
    "manager",
    "member",
)
MANAGERS = {"planner", "administrator"}


@pytest.fixture
def stage(session):
    return world(session)


def grant(session, stage, actor, **changed):
    values = {
        "person_id": stage.auditor.person_id,
        "scheme_id": stage.scheme_version.scheme_id,
        "area": "data-analysis",
        "evidence": "Witnessed audit in March.",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2028, 12, 31),
        "now": NOW,
    }
    return operations.grant(session, actor, **(values | changed))


def tie(session, stage, actor, **changed):
    values = {
        "person_id": stage.auditor.person_id,
        "client_id": stage.client.id,
        "kind": InterestKind.CONSULTANCY,
        "from_on": date(2024, 1, 1),
        "until_on": None,
        "note": "Advised on the service catalogue.",
        "now": NOW,
    }
    return operations.declare_interest(session, actor, **(values | changed))


def last_event(session):
    session.commit()
    return session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


@pytest.mark.parametrize("who", PEOPLE)
def test_who_grants_competence(session, stage, who):
    """I-05: planners and administrators, each for others; nobody else."""
    actor = getattr(stage, who)
    if who in MANAGERS:
        assert grant(session, stage, actor).granted_by_id == actor.person_id
    else:
        with pytest.raises(NotAllowed):
            grant(session, stage, actor)


def test_nobody_grants_to_themselves(session, stage):
    """I-05: not even somebody who manages competence; the database refuses it by name, too."""
    with pytest.raises(Invalid) as refused:
        grant(session, stage, stage.planner, person_id=stage.planner.person_id)
    assert refused.value.field == "person_id"
    row = grant(session, stage, stage.planner)
    session.commit()
    with pytest.raises(IntegrityError) as broken:
        session.execute(
            text("UPDATE competences SET granted_by_id = person_id WHERE id = :key"),
            {"key": row.id},
        )
    assert "not_granted_to_oneself" in violated(broken.value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"valid_until": date(2026, 1, 1)}, "valid_until"),
        ({"area": "cooking"}, "area"),
        ({"scheme_id": 999}, "area"),
        ({"person_id": 999}, "person_id"),
    ],
)
def test_what_a_competence_needs(session, stage, change, field):
    """I-05: a period, an area of the scheme, a person of the body."""
    with pytest.raises(Invalid) as refused:
        grant(session, stage, stage.planner, **change)
    assert refused.value.field == field


def test_competence_is_for_members_of_the_body(session, stage):
    """S-32: nobody grants to people of another body."""
    foreign = user(session, organisation(session), Role.MANAGER)[0]
    with pytest.raises(Invalid):
        grant(session, stage, stage.planner, person_id=foreign.id)


def test_a_competence_ends_with_a_reason_and_stays(session, stage):
    """I-05, I-19: ended early it no longer counts, and it stays on record."""
    body, version = stage.body, stage.scheme_version
    who = user(session, body, Role.AUDITOR)[0]
    competent(session, who, body, version, "data-analysis", granted_by_id=stage.planner.person_id)
    row = session.scalars(select(Competence).where(Competence.person_id == who.id)).one()
    assert queries.person_facts(session, body.id, [who.id])[0].held
    operations.end(session, stage.planner, row, reason="The certificate was withdrawn.", now=NOW)
    event = last_event(session)
    assert (event.name, event.reason) == ("competence:ended", "The certificate was withdrawn.")
    assert queries.person_facts(session, body.id, [who.id])[0].held == ()
    assert row.end_reason == "The certificate was withdrawn."
    with pytest.raises(StepRefused):
        operations.end(session, stage.planner, row, reason="Again.", now=NOW)
    with pytest.raises(NotAllowed):
        operations.end(session, stage.leader, row, reason="Mine.", now=NOW)


def test_a_declaration_counts_from_its_day(session, stage):
    """I-05: the latest one counts; what was declared is never changed."""
    operations.declare(session, stage.auditor, statement="No ties.", now=NOW)
    event = last_event(session)
    assert (event.name, event.actor_id) == ("declaration:made", stage.auditor.person_id)
    facts = queries.person_facts(session, stage.body.id, [stage.auditor.person_id])[0]
    assert facts.declared_on is not None
    for statement in ("UPDATE declarations SET statement = ''", "DELETE FROM declarations"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_the_latest_declaration_counts(session, stage):
    """I-05: an older one beside it changes nothing."""
    who = user(session, stage.body, Role.AUDITOR)[0]
    for day in (date(2024, 5, 1), date(2026, 5, 1), date(2025, 5, 1)):
        declaration(session, who, stage.body, day)
    assert queries.person_facts(session, stage.body.id, [who.id])[0].declared_on == date(2026, 5, 1)


def test_interests_are_declared_by_oneself_or_a_manager(session, stage):
    """I-05: one's own, or another's by somebody who manages competence."""
    tie(session, stage, stage.auditor)
    tie(session, stage, stage.planner)
    with pytest.raises(NotAllowed):
        tie(session, stage, stage.leader)
    with pytest.raises(Invalid) as refused:
        tie(session, stage, stage.auditor, until_on=date(2023, 12, 31))
    assert refused.value.field == "until_on"
    event = last_event(session)
    assert event.name == "interest:declared"
    assert stage.client.name_zh in event.subject_label


@pytest.mark.parametrize("who", ["leader", "decider", "officer", "manager"])
def test_who_does_not_withdraw_an_interest(session, stage, who):
    """I-05: only those who manage competence."""
    row = tie(session, stage, stage.auditor)
    with pytest.raises(NotAllowed):
        operations.withdraw_interest(
            session, getattr(stage, who), row, reason="A mistake.", now=NOW
        )


def test_nobody_ends_or_withdraws_their_own_interest(session, stage):
    """I-05: somebody else judges; the database refuses it by name, too."""
    both = acting(stage.person(stage.planner), stage.body, Role.PLANNER, Role.AUDITOR)
    row = tie(session, stage, both, person_id=both.person_id)
    with pytest.raises(NotAllowed):
        operations.withdraw_interest(session, both, row, reason="A mistake.", now=NOW)
    with pytest.raises(NotAllowed):
        operations.end_interest(session, both, row, until_on=date(2025, 1, 1), now=NOW)
    session.commit()
    with pytest.raises(IntegrityError) as broken:
        session.execute(
            text(
                "UPDATE interests SET withdrawn_at = declared_at, withdrawal = 'x', "
                "withdrawn_by_id = person_id"
            )
        )
    assert "not_withdrawn_by_oneself" in violated(broken.value)


def test_a_withdrawn_interest_no_longer_bars_and_stays(session, stage):
    """I-05, I-19: with its reason and who did it."""
    row = tie(session, stage, stage.auditor)
    assert facts_of(session, stage).ties
    operations.withdraw_interest(
        session, stage.administrator, row, reason="Another person of that name.", now=NOW
    )
    event = last_event(session)
    assert (event.name, event.reason) == ("interest:withdrawn", "Another person of that name.")
    assert facts_of(session, stage).ties == ()
    assert session.scalars(select(Interest)).one().withdrawn_by_id == stage.administrator.person_id
    with pytest.raises(StepRefused):
        operations.withdraw_interest(session, stage.planner, row, reason="Again.", now=NOW)


def test_the_end_of_a_tie_starts_the_cooling_off(session, stage):
    """I-05: the last day is set once, by somebody else, not before the first."""
    row = tie(session, stage, stage.auditor)
    with pytest.raises(Invalid):
        operations.end_interest(session, stage.planner, row, until_on=date(2023, 1, 1), now=NOW)
    operations.end_interest(session, stage.planner, row, until_on=date(2026, 6, 30), now=NOW)
    assert last_event(session).name == "interest:ended"
    assert facts_of(session, stage).ties[0].until_on == date(2026, 6, 30)
    with pytest.raises(StepRefused):
        operations.end_interest(session, stage.planner, row, until_on=date(2024, 6, 30), now=NOW)


def facts_of(session, stage):
    return queries.person_facts(session, stage.body.id, [stage.auditor.person_id])[0]


def test_what_another_body_knows_stays_there(session, stage):
    """S-32: competences, declarations and interests belong to one body."""
    other = world(session)
    tie(session, stage, stage.auditor)
    assert queries.person_facts(session, other.body.id, [stage.auditor.person_id])[0].ties == ()
    facts = queries.person_facts(session, other.body.id, [stage.auditor.person_id])[0]
    assert (facts.is_auditor, facts.held, facts.declared_on) == (False, (), None)
    row = session.scalars(select(Competence)).first()
    interest = session.scalars(select(Interest)).one()
    for ask, key in ((queries.competence, row.id), (queries.interest, interest.id)):
        with pytest.raises(NotFound):
            ask(session, other.planner, key)
    with pytest.raises(NotFound):
        queries.profile(session, other.planner, stage.auditor.person_id)


def test_records_are_read_by_oneself_and_managers(session, stage):
    """S-32, I-05: ties to clients are not for colleagues."""
    interest = tie(session, stage, stage.auditor)
    for actor in (stage.auditor, stage.planner, stage.administrator):
        profile = queries.profile(session, actor, stage.auditor.person_id)
        assert [one.id for one, _ in profile.interests] == [interest.id]
        assert queries.interest(session, actor, interest.id) is interest
    for actor in (stage.leader, stage.decider):
        with pytest.raises(NotFound):
            queries.profile(session, actor, stage.auditor.person_id)
        with pytest.raises(NotFound):
            queries.interest(session, actor, interest.id)


def test_the_matrix_shows_the_competence_that_reaches_furthest(session, stage):
    """I-05: people against technical areas, ended and foreign competences left out."""
    grant(session, stage, stage.planner, valid_until=date(2027, 1, 1))
    ended = grant(session, stage, stage.planner, valid_until=date(2099, 1, 1))
    operations.end(session, stage.planner, ended, reason="Wrong area.", now=NOW)
    rows = queries.matrix(session, stage.planner, stage.scheme_version.scheme_id)
    assert [row.name for row in rows] == ["Auditor", "Leader"]
    cell = rows[0].cells["data-analysis"]
    assert cell.valid_until > date(2030, 1, 1)
    assert len(rows[0].cells) == 4
    assert rows[0].declared_on is not None


def test_a_former_member_is_no_auditor_any_more(session, stage):
    """I-05: who left the body or was disabled may not go, whatever they hold."""
    who = user(session, stage.body, Role.AUDITOR)[0]
    facts = queries.person_facts(session, stage.body.id, [who.id])[0]
    assert facts.is_auditor
    who.disabled_at = NOW
    session.flush()
    assert not queries.person_facts(session, stage.body.id, [who.id])[0].is_auditor
    everybody = queries.person_facts(session, stage.body.id)
    assert who.id not in {one.person_id for one in everybody}
    assert queries.person_facts(session, stage.body.id, []) == []
