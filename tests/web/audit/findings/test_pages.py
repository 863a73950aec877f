"""Pages of findings: who reaches them, what they show, what wrong input gives."""

import pytest
from sqlalchemy import select

from audit.casefile.models import Finding
from audit.findings.rules import FindingState
from audit.planning.rules import AuditState
from core.events import Event
from tests.factories import findings as made
from tests.factories.audits import audit_in, world

S = FindingState


@pytest.fixture
def stage(app):
    """Give a world with an audit in progress; ``stage.session`` stays open."""
    with app.extensions["sessions"]() as session:
        built = world(session)
        built.session = session
        built.audit = audit_in(session, AuditState.IN_PROGRESS, within=built)
        session.commit()
        yield built


def finding(stage, state=S.RAISED, **values) -> Finding:
    one = made.finding_in(stage.session, stage, stage.audit, state, **values)
    stage.session.commit()
    return one


def url(one, rest="") -> str:
    return f"/audits/{one.audit_id}/findings/{one.id}{rest}"


def enter(client, stage, who: str):
    client.sign_in(stage.person(getattr(stage, who)).email)
    return client


def reload(stage, model, key):
    stage.session.rollback()
    stage.session.expire_all()
    return stage.session.get_one(model, key)


def events(stage) -> list[str]:
    stage.session.rollback()
    return list(stage.session.scalars(select(Event.name).order_by(Event.id)))


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize(
    "who",
    ["leader", "auditor", "planner", "decider", "officer", "administrator", "manager", "member"],
)
def test_every_state_opens_for_every_reader(client, stage, who, state):
    """I-09: the body reads every finding; the client what was raised, never a draft."""
    one = finding(stage, state)
    enter(client, stage, who)
    hidden = who in {"manager", "member"} and one.raised_at is None
    assert client.get(url(one)).status_code == (404 if hidden else 200)
    assert client.get("/findings/").status_code == 200
    assert (one.number in client.page.text) is not hidden
