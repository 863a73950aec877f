"""Reads about teams: who could go and why not, and the client's objections."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from accounts.people.models import Person
from audit.competence.queries import person_facts
from audit.competence.rules import Assignment, PersonFacts, areas_of, why_not
from audit.planning.models import Audit, TeamMember, TeamObjection
from core.errors import NotFound
from core.lifecycle import Reason


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be on a team: what they cover, and what speaks against it."""

    person: PersonFacts
    areas: frozenset[str]
    reasons: Sequence[Reason]

    @property
    def may_go(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection with the names around it."""

    objection: TeamObjection
    member: str
    raised_by: str
    settled_by: str | None


def candidates(session: Session, body_id: int, to: Assignment) -> list[Candidate]:
    """List the auditors of a body, those who may go first, in one statement."""
    found = [judged(person, to) for person in person_facts(session, body_id)]
    return sorted(found, key=lambda one: (not one.may_go, -len(one.areas)))


def judged(person: PersonFacts, to: Assignment) -> Candidate:
    """Say what somebody covers and why they may not go, if so."""
    return Candidate(person, areas_of(person, to), tuple(why_not(person, to)))


def member(session: Session, audit: Audit, member_id: int) -> TeamMember:
    """Give a present member of an audit's team; raises ``NotFound``."""
    found = session.scalar(
        select(TeamMember).where(
            TeamMember.id == member_id,
            TeamMember.audit_id == audit.id,
            TeamMember.left_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found


def objections(session: Session, audit_id: int) -> list[ObjectionRow]:
    """List the client's objections, open ones first."""
    settler, raiser = aliased(Person), aliased(Person)
    rows: Sequence[Row[TeamObjection, str, str, str]] = session.execute(
        select(TeamObjection, Person.name, raiser.name, settler.name)
        .join(TeamMember, TeamMember.id == TeamObjection.member_id)
        .join(Person, Person.id == TeamMember.person_id)
        .join(raiser, raiser.id == TeamObjection.raised_by_id)
        .outerjoin(settler, settler.id == TeamObjection.settled_by_id)
        .where(TeamObjection.audit_id == audit_id)
        .order_by(TeamObjection.outcome.is_not(None), TeamObjection.id.desc())
    ).all()
    return [ObjectionRow(row[0], row[1], row[2], row[3]) for row in rows]


def objection(session: Session, audit: Audit, objection_id: int) -> TeamObjection:
    """Give an objection to a member of an audit's team; raises ``NotFound``."""
    found = session.scalar(
        select(TeamObjection).where(
            TeamObjection.id == objection_id, TeamObjection.audit_id == audit.id
        )
    )
    if found is None:
        raise NotFound
    return found


def name_of_member(session: Session, member_id: int) -> str:
    """Give the name of somebody who is or was on a team."""
    query = select(Person.name).join(TeamMember, TeamMember.person_id == Person.id)
    return session.scalars(query.where(TeamMember.id == member_id)).one()
