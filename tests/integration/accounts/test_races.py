"""Two people at the same time, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from accounts.access import operations, queries
from accounts.access.operations import Invitee
from accounts.organisations.models import Organisation
from accounts.organisations.operations import Registered
from core.db import writing
from core.errors import Invalid, StepRefused
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import CREDIT_CODES, NOW, organisation, user


def at_once(session_factory, *verbs):
    """Run each verb in a thread and a transaction of its own; give what each raised, or None."""
    barrier = Barrier(len(verbs))

    def run(verb):
        with session_factory() as session:
            barrier.wait()
            writing(session)
            try:
                verb(session)
                session.commit()
            except (Invalid, StepRefused) as error:
                session.rollback()
                return error
        return None

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


@pytest.fixture
def two_managers(session_factory):
    """A provider with two managers."""
    with session_factory() as session:
        where = organisation(session, OrganisationKind.PROVIDER)
        actors = [user(session, where, Role.MANAGER)[1] for _ in range(2)]
        session.commit()
    return where.id, actors


def test_two_managers_cannot_both_leave(session_factory, two_managers):
    """S-32: where each ends the other's membership at once, one of them stays."""
    where, actors = two_managers

    def leave(actor):
        def verb(session):
            page = queries.people(session, actor, queries.Wanted(), 1)
            row = next(each for each in page.items if each.membership.person_id == actor.person_id)
            operations.end(session, actor, row, reason="Bye", now=NOW)

        return verb

    outcome = at_once(session_factory, *(leave(actor) for actor in actors))
    assert sorted(type(error).__name__ for error in outcome) == ["NoneType", "StepRefused"]
    with session_factory() as session:
        assert len(queries.members(session, where, Role.MANAGER)) == 1


def test_one_code_is_registered_once(session_factory, two_managers):
    """I-22, quality 4: where two register one code at once, the second is told beside the field."""

    def register(number):
        def verb(session):
            manager = Invitee(f"boss{number}@example.org", "Boss", "en", frozenset({Role.MANAGER}))
            given = Registered("", f"Provider {number}", CREDIT_CODES[0])
            operations.register(session, given, manager, address=f"10.0.0.{number}", now=NOW)

        return verb

    outcome = at_once(session_factory, *(register(number) for number in range(4)))
    refused = [error for error in outcome if error is not None]
    assert [error.field for error in refused] == ["credit_code"] * 3
    with session_factory() as session:
        registered = select(func.count(Organisation.id)).where(
            Organisation.credit_code == CREDIT_CODES[0]
        )
        assert session.scalar(registered) == 1


def test_one_person_is_invited_once(session_factory, two_managers):
    """S-32, quality 4: where two invite one person at once, the second is told beside the field."""
    _, actors = two_managers

    def invite(actor):
        invitee = Invitee("new@example.org", "", "en", frozenset({Role.MEMBER}))
        return lambda session: operations.invite(session, actor, invitee, now=NOW)

    outcome = at_once(session_factory, *(invite(actor) for actor in actors))
    assert [error.field for error in outcome if error is not None] == ["email"]
