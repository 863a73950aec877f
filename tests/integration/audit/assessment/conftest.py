"""A running audit and short ways to its fieldwork."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.assessment import operations, queries
from audit.assessment.models import Answer
from audit.assessment.rules import Conformity, Judgement
from audit.planning.rules import AuditState
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world

LATER = NOW + timedelta(minutes=5)


class Fieldwork:
    """A world with one audit in progress."""

    def __init__(self, session):
        self.session = session
        self.world = world(session)
        self.audit = audit_in(session, AuditState.IN_PROGRESS, within=self.world)
        self.rows: Sequence[Answer] = session.scalars(
            select(Answer).where(Answer.audit_id == self.audit.id).order_by(Answer.position)
        ).all()

    def answer(self, given=None, *, actor=None, row=0, revision=None, now=NOW):
        """Answer one criterion as its leader, from the page as it stands now."""
        actor = actor or self.world.leader
        place, one, code = queries.answer_place(
            self.session, actor, self.audit.id, self.rows[row].id
        )
        return operations.answer(
            self.session, actor, place, one, code,
            given or Judgement(Conformity.CONFORMS, 3, notes="Seen."),
            revision=one.revision if revision is None else revision, now=now,
        )  # fmt: skip

    def told(self):
        """Name every event that the fieldwork leaves, oldest first; commits."""
        self.session.commit()
        return list(
            self.session.scalars(
                select(Event.name).where(Event.subject_kind == "answer").order_by(Event.id)
            )
        )


@pytest.fixture
def fieldwork(session) -> Fieldwork:
    """A running audit."""
    return Fieldwork(session)
