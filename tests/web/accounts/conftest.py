"""A little world for the pages of accounts."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select

from accounts.organisations.operations import link_client
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, member, organisation, person, service, site


@dataclass
class World:
    """Keys of what there is, and a session to look at what became of it."""

    session: object
    ids: dict = field(default_factory=dict)

    def __getattr__(self, name):
        return self.ids[name]

    def all(self, query):
        """Read rows as they are now, and let go of the database."""
        found = list(self.session.scalars(query))
        self.session.expunge_all()
        self.session.rollback()
        return found

    def get(self, query):
        """Read the first row as it is now."""
        return next(iter(self.all(query)), None)

    def change(self, statement):
        """Change something behind the pages' back."""
        self.session.execute(statement)
        self.session.commit()

    def events(self):
        """Name the events, oldest first."""
        return self.all(select(Event.name).order_by(Event.id))

    def count(self, model):
        """Count rows as they are now."""
        return self.get(select(func.count(model.id)))


@pytest.fixture
def world(app):
    """Two bodies, two providers, a regulator, a person for each role; all sign in with the usual password."""
    with app.extensions["sessions"]() as session:
        body = organisation(session, OrganisationKind.BODY, name_en="Huaxin", code="HXC")
        other = organisation(session, OrganisationKind.BODY, name_en="Donghai", code="DHI")
        provider = organisation(session, name_en="Yunfan")
        stranger = organisation(session, name_en="Stranger")
        regulator = organisation(session, OrganisationKind.REGULATOR, name_en="Office")
        link_client(session, body.id, provider.id, NOW)
        known = World(session)
        for role, where in (
            (Role.ADMINISTRATOR, body),
            (Role.PLANNER, body),
            (Role.AUDITOR, body),
            (Role.DECIDER, body),
            (Role.OFFICER, body),
            (Role.MANAGER, provider),
            (Role.MEMBER, provider),
            (Role.INSPECTOR, regulator),
        ):
            who = person(session, email=f"{role.value}@example.org", name=role.value.title())
            known.ids[role.value] = member(session, who, where, role).id
        both = person(session, email="both@example.org", name="Both")
        member(session, both, body, Role.AUDITOR)
        known.ids["second_place"] = member(session, both, other, Role.PLANNER).id
        foreign = person(session, email="foreign@example.org", name="Foreign")
        known.ids["foreign_member"] = member(session, foreign, stranger, Role.MANAGER).id
        person(session, email="nowhere@example.org", name="Nowhere")
        known.ids |= {
            "body": body.id,
            "other": other.id,
            "provider": provider.id,
            "stranger": stranger.id,
            "regulator": regulator.id,
            "site": site(session, provider, is_central=True, name_en="Head office").id,
            "site2": site(session, provider, name_en="Branch").id,
            "service": service(session, provider, name_en="Desktop support").id,
            "foreign_site": site(session, stranger).id,
            "foreign_service": service(session, stranger).id,
        }
        session.commit()
        yield known
