"""An audit's world behind pages: everybody can sign in, and look."""

from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from accounts.people.models import Person
from audit.assessment import queries as assessment
from audit.assessment.models import Answer
from audit.planning.models import Audit, EngagementSite
from audit.planning.rules import AuditKind, AuditState
from audit.rating import operations as ratings
from checklists.schemes import queries as schemes
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, organisation, user
from tests.factories.audits import audit_in, world
from tests.factories.findings import finding_in

INSIDE = ("planner", "leader", "auditor", "decider", "administrator", "officer")


class Pages:
    """One audit in a state, its people by name, and a client that signs in as any of them."""

    def __init__(self, app, client, state, kind):
        self.app, self.client = app, client
        self.sessions = app.extensions["sessions"]
        with self.sessions() as session:
            self.world = world(session)
            regulator = organisation(session, OrganisationKind.REGULATOR)
            self.emails = {
                name: self.world.person(getattr(self.world, name)).email
                for name in (*INSIDE, "manager", "member")
            }
            for name, where, role in (
                ("inspector", regulator, Role.INSPECTOR),
                ("outsider", self.world.body, Role.AUDITOR),
                ("stranger", organisation(session), Role.MANAGER),
                ("rival", organisation(session, OrganisationKind.BODY), Role.PLANNER),
            ):
                self.emails[name] = user(session, where, role, name=name.capitalize())[0].email
            audit = audit_in(session, state, kind, within=self.world)
            self.audit_id, self.number = audit.id, audit.number
            self.keys = list(
                session.scalars(
                    select(Answer.id).where(Answer.audit_id == audit.id).order_by(Answer.position)
                )
            )
            self.site_id = session.scalar(
                select(EngagementSite.site_id).where(
                    EngagementSite.engagement_id == audit.engagement_id
                )
            )
            session.commit()
        self.url = f"/audits/{self.audit_id}"

    def as_(self, name):
        """Sign in as somebody; gives the client."""
        with self.client.session_transaction() as cookie:
            cookie.clear()
        return self.client.sign_in(self.emails[name])

    @contextmanager
    def rows(self):
        """Look at, or change, what is stored behind the pages' back."""
        with self.sessions() as session:
            yield session
            session.commit()

    def read(self, query):
        """Read one value as it is stored now."""
        with self.sessions() as session:
            return session.scalar(query)

    def stored(self, key):
        """Give an answer as it is stored now."""
        with self.sessions() as session:
            return session.get_one(Answer, key)

    def events(self, *kinds):
        """Name the events about things of these kinds, oldest first."""
        with self.sessions() as session:
            query = select(Event.name).where(Event.subject_kind.in_(kinds)).order_by(Event.id)
            return list(session.scalars(query))

    def count(self, model):
        """Count rows as they are now."""
        return self.read(select(func.count(model.id)))

    def move(self, state):
        """Put the audit into another state."""
        with self.rows() as session:
            session.get_one(Audit, self.audit_id).state = state

    def speak(self, name, language):
        """Let somebody read in a language."""
        with self.rows() as session:
            found = session.scalars(select(Person).where(Person.email == self.emails[name])).one()
            found.language = language

    def find(self, **values):
        """Raise a finding in the audit; gives its key."""
        with self.rows() as session:
            audit = session.get_one(Audit, self.audit_id)
            return finding_in(session, self.world, audit, **values).id

    def rate(self):
        """Compute the rating from what is there."""
        with self.rows() as session:
            place = assessment.place(session, self.world.leader, self.audit_id)
            scheme = schemes.rules(session, place.audit.scheme_version_id)
            ratings.compute(session, self.world.leader, place, scheme, now=NOW)


@pytest.fixture
def pages_in(app, client):
    """Give a maker of such a world by state and kind."""
    return lambda state, kind=AuditKind.STAGE_2: Pages(app, client, state, kind)


@pytest.fixture
def running(pages_in):
    """An audit in progress."""
    return pages_in(AuditState.IN_PROGRESS)
