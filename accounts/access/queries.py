"""Who belongs to an organisation, as what; invitations that are open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from accounts.access.rules import HEADS, MembershipFacts, MembershipState
from accounts.organisations.models import ClientLink, Organisation
from accounts.people.models import Letter, Membership, MembershipRole, Person
from accounts.people.rules import LetterKind
from core.db import like
from core.errors import NotFound
from core.pages import Page, paginate
from core.permissions import Actor, OrganisationKind, Role

SORTS = {
    "name": (Person.name, Person.id),
    "-name": (Person.name.desc(), Person.id.desc()),
    "since": (Membership.created_at, Membership.id),
    "-since": (Membership.created_at.desc(), Membership.id.desc()),
}


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A current member."""

    person_id: int
    name: str
    email: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the people page."""

    membership: Membership
    name: str
    email: str
    roles: frozenset[Role]

    @property
    def state(self) -> MembershipState:
        """Say whether the membership lasts."""
        return state_of(self.membership)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the people page is asked for."""

    words: str = ""
    role: Role | None = None
    state: MembershipState | None = MembershipState.CURRENT
    sort: str = "name"


def state_of(membership: Membership) -> MembershipState:
    """Say whether a membership lasts."""
    return MembershipState.ENDED if membership.ended_at else MembershipState.CURRENT


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


def people(session: Session, actor: Actor, wanted: Wanted, number: int) -> Page[PersonRow]:
    """List the memberships of the actor's organisation, a page at a time, in three statements."""
    page = paginate(session, _people(actor, wanted), number)
    roles = _roles(session, [row[0].id for row in page.items])
    items = [
        PersonRow(row[0], row[1], row[2], roles.get(row[0].id, frozenset())) for row in page.items
    ]
    return Page(items, page.number, page.per_page, page.total)


def all_people(session: Session, actor: Actor, wanted: Wanted) -> list[PersonRow]:
    """List every membership that fits, for a spreadsheet, in two statements."""
    rows: list[Any] = list(session.execute(_people(actor, wanted)))
    roles = _roles(session, [row[0].id for row in rows])
    return [PersonRow(row[0], row[1], row[2], roles.get(row[0].id, frozenset())) for row in rows]


def _people(actor: Actor, wanted: Wanted) -> Any:
    """Build the SELECT of membership, name and e-mail."""
    query = (
        select(Membership, Person.name, Person.email)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == actor.organisation_id)
        .order_by(*SORTS.get(wanted.sort, SORTS["name"]))
    )
    if wanted.state is not None:
        query = query.where(_in_state(wanted.state))
    if wanted.words:
        words = like(wanted.words.lower())
        query = query.where(
            or_(
                func.lower(Person.name).like(words, escape="\\"),
                Person.email.like(words, escape="\\"),
            )
        )
    if wanted.role is not None:
        holds = select(MembershipRole.id).where(
            MembershipRole.membership_id == Membership.id, MembershipRole.role == wanted.role
        )
        query = query.where(holds.exists())
    return query


def _in_state(state: MembershipState) -> ColumnElement[bool]:
    if state is MembershipState.CURRENT:
        return Membership.ended_at.is_(None)
    return Membership.ended_at.is_not(None)


def _roles(session: Session, membership_ids: Iterable[int]) -> dict[int, frozenset[Role]]:
    ids = list(membership_ids)
    if not ids:
        return {}
    found: dict[int, set[Role]] = {}
    query = select(MembershipRole.membership_id, MembershipRole.role)
    for key, role in session.execute(query.where(MembershipRole.membership_id.in_(ids))):
        found.setdefault(key, set()).add(role)
    return {key: frozenset(roles) for key, roles in found.items()}


def person(session: Session, actor: Actor, membership_id: int) -> PersonRow:
    """Give one membership of the actor's organisation with its person; ``NotFound`` for a foreign one."""
    row = session.execute(
        select(Membership, Person.name, Person.email)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id == membership_id, Membership.organisation_id == actor.organisation_id)
    ).first()
    if row is None:
        raise NotFound
    return PersonRow(
        row[0], row[1], row[2], _roles(session, [membership_id]).get(membership_id, frozenset())
    )


def facts(
    session: Session,
    kind: OrganisationKind,
    row: PersonRow,
    after: frozenset[Role] | None = None,
) -> MembershipFacts:
    """Gather what the steps of a membership look at; ``after`` are the roles it would have then."""
    head = HEADS[kind]
    others = session.scalar(
        select(func.count())
        .select_from(Membership)
        .join(
            MembershipRole,
            and_(MembershipRole.membership_id == Membership.id, MembershipRole.role == head),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.organisation_id == row.membership.organisation_id,
            Membership.ended_at.is_(None),
            Person.disabled_at.is_(None),
            Membership.id != row.membership.id,
        )
    )
    return MembershipFacts(
        is_head=head in row.roles,
        stays_head=after is not None and head in after,
        other_heads=others or 0,
    )


def invitations(session: Session, actor: Actor) -> list[Letter]:
    """List the open invitations of the actor's organisation, those that ran out too, newest first."""
    return list(session.scalars(_invitations(actor).order_by(Letter.id.desc()).limit(200)))


def invitation(session: Session, actor: Actor, letter_id: int) -> Letter:
    """Give an open invitation of the actor's organisation; ``NotFound`` for any other."""
    found = session.scalar(_invitations(actor).where(Letter.id == letter_id))
    if found is None:
        raise NotFound
    return found


def _invitations(actor: Actor) -> Select[Letter]:
    return select(Letter).where(
        Letter.kind == LetterKind.INVITATION,
        Letter.organisation_id == actor.organisation_id,
        Letter.used_at.is_(None),
        Letter.withdrawn_at.is_(None),
    )


def person_by_email(session: Session, email: str) -> Person | None:
    """Find somebody by e-mail; for the holder of an invitation and for inviting."""
    return session.scalar(select(Person).where(Person.email == email))


def current_membership(session: Session, person_id: int, organisation_id: int) -> Membership | None:
    """Find the current membership of a person in an organisation."""
    return session.scalar(
        select(Membership).where(
            Membership.person_id == person_id,
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
        )
    )


def unclaimed(session: Session, credit_code: str, now: datetime) -> Organisation | None:
    """Find a provider that registered itself but whose letter nobody used: another may register it.

    Nothing may hang on it: no member ever, no certification body.
    """
    of_itself = select(Letter.id).where(
        Letter.organisation_id == Organisation.id,
        Letter.kind == LetterKind.INVITATION,
        Letter.invited_by_id.is_(None),
    )
    waits = of_itself.where(
        Letter.used_at.is_(None), Letter.withdrawn_at.is_(None), Letter.expires_at > now
    )
    ever = select(Membership.id).where(Membership.organisation_id == Organisation.id)
    serves = select(ClientLink.id).where(ClientLink.client_id == Organisation.id)
    return session.scalar(
        select(Organisation).where(
            Organisation.credit_code == credit_code,
            Organisation.kind == OrganisationKind.PROVIDER,
            of_itself.exists(),
            ~waits.exists(),
            ~ever.exists(),
            ~serves.exists(),
        )
    )
