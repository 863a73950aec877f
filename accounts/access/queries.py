"""Who belongs to an organisation, as what."""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people.models import Membership, MembershipRole, Person
from core.permissions import Actor, Role


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A current member."""

    person_id: int
    name: str
    email: str
    roles: frozenset[Role]


def members(session: Session, where: Actor | int, role: Role | None = None) -> list[MemberRow]:
    """List the current members of an organisation (of the actor's, or by key) by name, in one statement.

    ``role`` keeps those who hold it; disabled people are left out.
    """
    organisation_id = where if isinstance(where, int) else where.organisation_id
    rows = session.execute(
        select(Person.id, Person.name, Person.email, MembershipRole.role)
        .join(Membership, Membership.person_id == Person.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    ).all()
    found = []
    for key, group in groupby(rows, key=lambda row: row.id):
        held = list(group)
        member = MemberRow(key, held[0].name, held[0].email, frozenset(row.role for row in held))
        if role is None or role in member.roles:
            found.append(member)
    return found
