"""Reads about people who may be on teams. Competence is read within one body."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import ClientLink, Organisation
from accounts.people.models import Membership, MembershipRole, Person
from audit.competence.models import Competence, Declaration, Interest
from audit.competence.rules import Held, InterestKind, PersonFacts, Tie
from checklists.schemes.models import Scheme
from checklists.schemes.queries import published, rules_of
from checklists.schemes.rules import CompetenceArea
from core.errors import NotFound
from core.permissions import Actor, Permission, Role, allowed
from core.words import Words

_WHO = (Person.id, Person.name)


def person_facts(
    session: Session, body_id: int, person_ids: Collection[int] | None = None
) -> list[PersonFacts]:
    """Give what is known of people who may be on a body's teams, by name, in one statement.

    Without ``person_ids``: everybody who is an auditor of the body now.
    """
    if person_ids is not None and not person_ids:
        return []
    auditor = (
        select(Membership.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.person_id == Person.id,
            Membership.organisation_id == body_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.AUDITOR,
        )
        .exists()
    ) & Person.disabled_at.is_(None)
    wanted = auditor if person_ids is None else Person.id.in_(person_ids)
    rows = session.execute(
        union_all(*(part.where(wanted) for part in _parts(body_id, auditor))).order_by("name", "id")
    )
    return [_read(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]


def _parts(body_id: int, auditor: ColumnElement[bool]) -> list[Select[Any]]:
    """Build one select for each kind of fact, all of the same columns."""
    no_day, none = cast(null(), Date), literal(0)
    latest = func.max(Declaration.declared_on)
    return [
        select(
            *_WHO,
            literal("person").label("what"),
            literal("").label("code"),
            no_day.label("first_day"),
            no_day.label("last_day"),
            case((auditor, 1), else_=0).label("number"),
        ),
        select(
            *_WHO,
            literal("competence"),
            Competence.area,
            Competence.valid_from,
            Competence.valid_until,
            Competence.scheme_id,
        )
        .join(Competence, Competence.person_id == Person.id)
        .where(Competence.body_id == body_id, Competence.ended_at.is_(None)),
        select(
            *_WHO,
            literal("interest"),
            cast(Interest.kind, String),
            Interest.from_on,
            Interest.until_on,
            Interest.client_id,
        )
        .join(Interest, Interest.person_id == Person.id)
        .where(Interest.body_id == body_id, Interest.withdrawn_at.is_(None)),
        select(*_WHO, literal("declaration"), literal(""), latest, no_day, none)
        .join(Declaration, Declaration.person_id == Person.id)
        .where(Declaration.body_id == body_id)
        .group_by(Person.id, Person.name),
    ]


def _read(rows: list[Row[Any]]) -> PersonFacts:
    parts: dict[str, list[Row[Any]]] = {}
    for row in rows:
        parts.setdefault(row.what, []).append(row)
    declared = parts.get("declaration", [])
    return PersonFacts(
        person_id=rows[0].id,
        name=rows[0].name,
        is_auditor=bool(parts["person"][0].number),
        held=tuple(
            Held(row.number, row.code, row.first_day, row.last_day)
            for row in parts.get("competence", [])
        ),
        ties=tuple(
            Tie(row.number, InterestKind(row.code), row.first_day, row.last_day)
            for row in parts.get("interest", [])
        ),
        declared_on=declared[0].first_day if declared else None,
    )


@dataclass(frozen=True, slots=True)
class SchemeAreas:
    """A scheme with its technical areas."""

    scheme_id: int
    title: Words
    areas: tuple[CompetenceArea, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """Somebody of the body: the competence that counts for each area, and the declaration."""

    person_id: int
    name: str
    cells: Mapping[str, Competence]
    declared_on: date | None


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is on record about somebody."""

    person_id: int
    name: str
    competences: Sequence[tuple[Competence, Words, str]]
    declarations: Sequence[Declaration]
    interests: Sequence[tuple[Interest, Words]]


def schemes(session: Session, actor: Actor) -> list[SchemeAreas]:
    """List the published schemes that the actor's body may certify by, with their technical areas."""
    return [
        SchemeAreas(
            scheme.id,
            Words(scheme.title_zh, scheme.title_en),
            rules_of(version.content_sha256, version.content).competence_areas,
        )
        for version, scheme in published(session, actor.organisation_id)
    ]


def matrix(session: Session, actor: Actor, scheme_id: int) -> list[MatrixRow]:
    """Give the body's auditors against technical areas.

    Of several competences in one area the one that reaches furthest counts. Two statements.
    """
    held: dict[int, dict[str, Competence]] = {}
    for one in session.scalars(
        select(Competence)
        .where(
            Competence.body_id == actor.organisation_id,
            Competence.scheme_id == scheme_id,
            Competence.ended_at.is_(None),
        )
        .order_by(Competence.valid_until)
    ):
        held.setdefault(one.person_id, {})[one.area] = one
    declared = (
        select(func.max(Declaration.declared_on))
        .where(Declaration.person_id == Person.id, Declaration.body_id == actor.organisation_id)
        .scalar_subquery()
    )
    people = session.execute(
        select(Person.id, Person.name, declared.label("declared_on"))
        .join(Membership, Membership.person_id == Person.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.AUDITOR,
        )
        .order_by(Person.name, Person.id)
    )
    return [MatrixRow(row.id, row.name, held.get(row.id, {}), row.declared_on) for row in people]


def profile(session: Session, actor: Actor, person_id: int) -> Profile:
    """Give what is on record about somebody: oneself, or anybody to those who manage competence.

    Raises ``NotFound`` otherwise. Four statements.
    """
    if person_id != actor.person_id and not allowed(actor, Permission.COMPETENCE_MANAGE):
        raise NotFound
    body_id = actor.organisation_id
    name = session.scalar(
        select(Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.id == person_id, Membership.organisation_id == body_id)
        .limit(1)
    )
    if name is None:
        raise NotFound
    granter = aliased(Person)
    competences = session.execute(
        select(Competence, Scheme.title_zh, Scheme.title_en, granter.name)
        .join(Scheme, Scheme.id == Competence.scheme_id)
        .join(granter, granter.id == Competence.granted_by_id)
        .where(Competence.person_id == person_id, Competence.body_id == body_id)
        .order_by(Competence.ended_at.is_not(None), Competence.valid_until.desc())
    )
    declarations = session.scalars(
        select(Declaration)
        .where(Declaration.person_id == person_id, Declaration.body_id == body_id)
        .order_by(Declaration.id.desc())
    )
    interests = session.execute(
        select(Interest, Organisation.name_zh, Organisation.name_en)
        .join(Organisation, Organisation.id == Interest.client_id)
        .where(Interest.person_id == person_id, Interest.body_id == body_id)
        .order_by(Interest.withdrawn_at.is_not(None), Interest.id.desc())
    )
    return Profile(
        person_id,
        name,
        [(row[0], Words(row[1], row[2]), row[3]) for row in competences],
        declarations.all(),
        [(row[0], Words(row[1], row[2])) for row in interests],
    )


def competence(session: Session, actor: Actor, competence_id: int) -> Competence:
    """Give a competence of the actor's body; raises ``NotFound``."""
    found = session.get(Competence, competence_id)
    if found is None or found.body_id != actor.organisation_id:
        raise NotFound
    return found


def interest(session: Session, actor: Actor, interest_id: int) -> Interest:
    """Give an interest recorded by the actor's body, one's own or with the right to manage."""
    found = session.get(Interest, interest_id)
    mine = found is not None and found.person_id == actor.person_id
    if found is None or found.body_id != actor.organisation_id:
        raise NotFound
    if not mine and not allowed(actor, Permission.COMPETENCE_MANAGE):
        raise NotFound
    return found


def clients(session: Session, actor: Actor) -> list[tuple[int, Words]]:
    """List the organisations somebody of this body can have a tie to: those it serves."""
    rows = session.execute(
        select(Organisation.id, Organisation.name_zh, Organisation.name_en)
        .join(ClientLink, ClientLink.client_id == Organisation.id)
        .where(ClientLink.body_id == actor.organisation_id)
        .order_by(Organisation.name_en, Organisation.id)
    )
    return [(row.id, Words(row.name_zh, row.name_en)) for row in rows]
