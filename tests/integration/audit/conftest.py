"""Audits in progress, and the one event an operation leaves."""

import pytest
from sqlalchemy import func, select

from audit.planning.rules import AuditState
from core.events import Event
from tests.factories.audits import audit_in, world


@pytest.fixture
def stage(session):
    built = world(session)
    audit_in(session, AuditState.IN_PROGRESS, within=built)
    session.commit()
    return built


@pytest.fixture
def audit(session, stage):
    from audit.planning.models import Audit

    return session.scalars(select(Audit).where(Audit.state == AuditState.IN_PROGRESS)).one()


@pytest.fixture
def one_event(session):
    """Commit and give the only event that was left since; ``forget`` passes over what happened so far."""

    class Watch:
        def __init__(self) -> None:
            self.forget()

        def __call__(self) -> Event:
            session.commit()
            query = select(Event).where(Event.id > self.last).order_by(Event.id)
            new = session.scalars(query).all()
            self.forget()
            assert len(new) == 1, [event.name for event in new]
            return new[0]

        def forget(self) -> None:
            session.commit()
            self.last = session.scalar(select(func.max(Event.id))) or 0

    return Watch()
