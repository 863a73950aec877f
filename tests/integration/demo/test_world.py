"""The demonstration world: everything it promises is there, and it is loaded once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from accounts.people.models import Membership, Person
from accounts.people.operations import password_matches
from accounts.people.rules import DEMO_PASSWORD
from audit.actions.rules import ActionState, ResponseState
from audit.casefile.models import CorrectiveAction, Extension, Finding, Response
from audit.casefile.rules import ExtensionState, FindingGrade, FindingState
from audit.planning.models import Audit
from audit.planning.rules import AuditKind, AuditState
from certification.appeals.models import Case
from certification.appeals.rules import CaseKind
from certification.applications.models import Application
from certification.applications.rules import ApplicationState
from certification.certificates.models import Certificate, CertificateRevision
from certification.certificates.rules import CertificateState
from core.clock import utc_now
from core.db import make_sessions
from core.events import Event, verify
from core.settings import Settings
from demo import cast, operations

LISTED = (
    "admin",
    "planner",
    "lead",
    "auditor",
    "decider",
    "officer",
    "manager",
    "member",
    "inspector",
)


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest,
    engine: Engine,
    database,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[sessionmaker[Session], Settings]]:
    """Load the world once for these tests, without its prints."""
    engine.dispose()
    database.reset()
    folder: Path = tmp_path_factory.mktemp("world")
    settings = Settings(data_dir=folder, database_url="", secret_key="only here")
    sessions = make_sessions(engine)
    assert operations.load(sessions, settings, {})
    yield sessions, settings
    engine.dispose()


@pytest.fixture
def loaded(world) -> Iterator[Session]:
    """Open a session that only looks."""
    with world[0]() as session:
        yield session
        session.rollback()


def states(session: Session, column) -> set[object]:
    return set(session.scalars(select(column).distinct()))


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (Audit.state, AuditState),
        (Audit.kind, AuditKind),
        (Application.state, ApplicationState),
        (Finding.state, FindingState),
        (Finding.grade, FindingGrade),
        (Response.state, ResponseState),
        (CorrectiveAction.state, ActionState),
        (Extension.state, ExtensionState),
        (Certificate.state, CertificateState),
        (Case.kind, CaseKind),
    ],
    ids=lambda one: getattr(one, "__name__", "") or str(one),
)
def test_something_stands_in_every_state(loaded, column, wanted):
    """S-05, I-21: audits, findings, applications, actions and certificates in every state."""
    assert states(loaded, column) == set(wanted)


def test_the_chain_of_events_is_sound_and_in_order(loaded):
    """S-05: every event fits its predecessor, none lies in the future, none runs backwards."""
    count, broken = verify(loaded)
    assert broken is None
    assert count > 1000
    times = loaded.scalars(select(Event.at).order_by(Event.id)).all()
    assert max(times) < utc_now()


def test_the_listed_accounts_open_with_the_listed_password(loaded):
    """S-32: the nine accounts of the sign-in page exist, each with a place."""
    for name in LISTED:
        person = loaded.scalars(select(Person).where(Person.email == f"{name}@demo.example")).one()
        assert loaded.scalar(select(Membership.id).where(Membership.person_id == person.id))
    assert password_matches(person.password_hash, DEMO_PASSWORD)


def test_who_takes_part(loaded):
    """I-22: two bodies, eight providers, a regulator, each with a valid credit code."""
    kinds = [one.kind.value for one in cast.ORGANISATIONS.values()]
    assert sorted(set(kinds)) == ["body", "provider", "regulator"]
    assert [kinds.count(kind) for kind in ("body", "provider", "regulator")] == [2, 8, 1]


def test_a_reissued_certificate_has_two_revisions(loaded):
    """I-16: a change makes a revision, the one before stays."""
    most = select(func.max(CertificateRevision.number))
    assert loaded.scalar(most) == 2


def test_a_second_load_changes_nothing(world):
    """S-05: the world is loaded once in the life of a database."""
    sessions, settings = world
    with sessions() as session:
        before = session.scalar(select(func.count()).select_from(Event))
    assert operations.load(sessions, replace(settings), {}) is False
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == before
