"""Reads about people who may be on teams. Competence is read within one body."""

from collections.abc import Collection
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
from sqlalchemy.orm import Session

from accounts.people.models import Membership, MembershipRole, Person
from audit.competence.models import Competence, Declaration, Interest
from audit.competence.rules import Held, InterestKind, PersonFacts, Tie
from core.permissions import Role

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
