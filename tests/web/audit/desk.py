"""What tests of findings' pages do again and again."""

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


def rows(stage, query) -> list:
    """Read fresh rows and let go of the database."""
    found = list(stage.session.scalars(query.execution_options(populate_existing=True)))
    stage.session.commit()
    return found


def reload(stage, model, key):
    return rows(stage, select(model).where(model.id == key))[0]


def events(stage) -> list[str]:
    return rows(stage, select(Event.name).order_by(Event.id))


def draft_fields(stage, **values):
    given = made.draft_values(stage.session, stage.audit, **values)
    stage.session.commit()
    return given | {"grade": given["grade"].value}


def reply_fields(stage, *, count=1, **values):
    fields = {"correction": "Corrected.", "cause": "Nobody looked."}
    for n in range(count):
        fields |= {
            f"actions-{n}-measure": f"Measure {n + 1}",
            f"actions-{n}-owner_id": str(stage.member.person_id),
            f"actions-{n}-due_on": "2026-12-20",
            f"actions-{n}-verification": "A sample.",
        }
    return fields | values
