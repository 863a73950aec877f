"""A body with its people, another one, and a published standard."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from checklists.drafting import operations as drafting
from checklists.standards import operations as standards
from checklists.standards.models import Criterion, Section, StandardVersion
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, organisation, user
from tests.factories.checklists import small_standard, standard_data


@dataclass
class Shelf:
    """Keys of what there is, who acts, and a session to look at what became of it."""

    session: Any
    who: dict[str, Any]
    published: int
    draft: int

    def row(self, kind, *conditions):
        """Read a row as it is now."""
        found = self.session.scalars(select(kind).where(*conditions).order_by(kind.id)).first()
        self.session.expunge_all()
        self.session.rollback()
        return found

    def version(self, key=None):
        """Read a version as it is now (by default the draft)."""
        return self.row(StandardVersion, StandardVersion.id == (key or self.draft))

    def criterion(self, code="S1.3", version=None):
        """Read a criterion of the draft as it is now."""
        return self.row(
            Criterion,
            Criterion.standard_version_id == (version or self.draft),
            Criterion.code == code,
        )

    def section(self, code="S1"):
        """Read a section of the draft as it is now."""
        return self.row(Section, Section.standard_version_id == self.draft, Section.code == code)

    def codes(self, version=None):
        """List the codes of a version's criteria in order, and see that the order has no gap."""
        rows = self.session.execute(
            select(Criterion.code, Criterion.position)
            .where(Criterion.standard_version_id == (version or self.draft))
            .order_by(Criterion.position)
        ).all()
        self.session.rollback()
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        return [row.code for row in rows]

    def events(self):
        """Name the events about standards, oldest first."""
        names = self.session.scalars(select(Event.name).order_by(Event.id)).all()
        self.session.rollback()
        ours = ("standard", "section", "criterion", "citation")
        return [name for name in names if name.partition(":")[0] in ours]


ROLES = {
    "planner": Role.PLANNER,
    "second": Role.PLANNER,
    "admin": Role.ADMINISTRATOR,
    "decider": Role.DECIDER,
    "auditor": Role.AUDITOR,
}


@pytest.fixture
def shelf(app):
    """A published standard of 60 criteria in two sections, and a draft copied from it by the planner."""
    with app.extensions["sessions"]() as session:
        body = organisation(session, OrganisationKind.BODY, name_en="Huaxin", code="HXC")
        other = organisation(session, OrganisationKind.BODY, name_en="Donghai", code="DHI")
        provider = organisation(session, name_en="Yunfan")
        who = {
            name: user(session, body, role, email=f"{name}@example.org")[1]
            for name, role in ROLES.items()
        }
        who["stranger"] = user(session, other, Role.PLANNER, email="stranger@example.org")[1]
        who["manager"] = user(session, provider, Role.MANAGER, email="manager@example.org")[1]
        published = small_standard(session, 60)
        session.flush()
        draft = drafting.copy(session, who["planner"], published, "SMALL", "2.0", now=NOW)
        session.commit()
        yield Shelf(session, who, published.id, draft.id)


def both_halves(session, actor, data=None, now=NOW):
    """Import a draft of a body from a pack."""
    return standards.import_pack(session, actor, data or standard_data(10), now=now, publish=False)
