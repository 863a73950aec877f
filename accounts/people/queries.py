"""Who is signed in, and other reads about people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from accounts.people.models import (
    AttemptKind,
    Letter,
    Membership,
    MembershipRole,
    Person,
    SignIn,
    SignInAttempt,
)
from accounts.people.rules import OF_ADDRESS, OF_EMAIL, WINDOW, LetterKind, session_is_live, wait
from core.errors import NotFound
from core.permissions import OrganisationKind, Role


@dataclass(frozen=True, slots=True)
class Place:
    """A current membership: where a person may act, and as what."""

    membership_id: int
    organisation_id: int
    organisation_kind: OrganisationKind
    name_zh: str
    name_en: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in and for which organisation they act: the product's ``Actor``.

    Without any membership the organisation is 0, which owns nothing, and there are no roles.
    """

    person_id: int
    name: str
    email: str
    language: str
    time_zone: str
    theme: str
    sign_in_id: int
    seen_at: datetime
    organisation_id: int
    organisation_kind: OrganisationKind
    roles: frozenset[Role]
    place: Place | None
    memberships: tuple[Place, ...]


def visitor(session: Session, token_sha256: str, now: datetime) -> Visitor | None:
    """Find who holds a session token: person, session, memberships and roles in one statement."""
    query = (
        select(
            SignIn.id.label("sign_in_id"),
            SignIn.membership_id.label("chosen_id"),
            SignIn.seen_at,
            SignIn.expires_at,
            Person.id.label("person_id"),
            Person.name,
            Person.email,
            Person.language,
            Person.time_zone,
            Person.theme,
            *_PLACE,
        )
        .join(Person, Person.id == SignIn.person_id)
        .outerjoin(
            Membership, and_(Membership.person_id == Person.id, Membership.ended_at.is_(None))
        )
        .outerjoin(MembershipRole, MembershipRole.membership_id == Membership.id)
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            SignIn.token_sha256 == token_sha256,
            SignIn.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Membership.id)
    )
    rows = session.execute(query).all()
    if not rows or not session_is_live(rows[0].seen_at, rows[0].expires_at, now):
        return None
    return _visitor(rows[0], _places(rows))


_PLACE = (
    Membership.id.label("membership_id"),
    MembershipRole.role,
    Organisation.id.label("organisation_id"),
    Organisation.kind,
    Organisation.name_zh,
    Organisation.name_en,
)


def _places(rows: Iterable[Any]) -> tuple[Place, ...]:
    found = []
    for membership_id, group in groupby(rows, key=lambda row: row.membership_id):
        roles = list(group)
        first = roles[0]
        if membership_id is None:
            continue
        found.append(
            Place(
                membership_id,
                first.organisation_id,
                first.kind,
                first.name_zh,
                first.name_en,
                frozenset(row.role for row in roles if row.role is not None),
            )
        )
    return tuple(found)


def _visitor(row: Any, places: tuple[Place, ...]) -> Visitor:
    chosen = [place for place in places if place.membership_id == row.chosen_id] or places[:1]
    place = chosen[0] if chosen else None
    return Visitor(
        person_id=row.person_id,
        name=row.name,
        email=row.email,
        language=row.language,
        time_zone=row.time_zone,
        theme=row.theme,
        sign_in_id=row.sign_in_id,
        seen_at=row.seen_at,
        organisation_id=place.organisation_id if place else 0,
        organisation_kind=place.organisation_kind if place else OrganisationKind.PROVIDER,
        roles=place.roles if place else frozenset(),
        place=place,
        memberships=places,
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """What a sign-in is measured against; the same shape whether the e-mail is known or not."""

    person_id: int | None
    password_hash: str | None
    of_email: tuple[datetime, ...]
    of_address: tuple[datetime, ...]

    def pause(self, now: datetime) -> timedelta:
        """Give how long the next sign-in has to wait."""
        return max(wait(self.of_email, OF_EMAIL, now), wait(self.of_address, OF_ADDRESS, now))


def trial(session: Session, email: str, address: str, now: datetime) -> Trial:
    """Read the person and the failures that slow this sign-in down, in three statements.

    From an address where the person has signed in before, only the failures from there count for the e-mail:
    a stranger who guesses from elsewhere cannot keep the person out (quality.md item 9).
    """
    person = session.execute(
        select(Person.id, Person.password_hash).where(
            Person.email == email, Person.disabled_at.is_(None)
        )
    ).first()
    known = session.scalar(  # asked for strangers too, so that the answer takes as long
        select(SignIn.id)
        .join(Person, Person.id == SignIn.person_id)
        .where(Person.email == email, SignIn.address == address)
        .limit(1)
    )
    of_email, of_address = attempts(
        session, AttemptKind.SIGN_IN, email, address, now, here_only=known is not None
    )
    return Trial(
        person.id if person else None,
        person.password_hash if person else None,
        of_email,
        of_address,
    )


def attempts(
    session: Session,
    kind: AttemptKind,
    email: str,
    address: str,
    now: datetime,
    *,
    here_only: bool = False,
) -> tuple[tuple[datetime, ...], tuple[datetime, ...]]:
    """Give when this was tried of late: for the e-mail, and from the address, in one statement."""
    rows = session.execute(
        select(SignInAttempt.email, SignInAttempt.address, SignInAttempt.at).where(
            SignInAttempt.kind == kind,
            SignInAttempt.at > now - WINDOW,
            or_(SignInAttempt.email == email, SignInAttempt.address == address),
        )
    ).all()
    of_email = tuple(
        row.at for row in rows if row.email == email and (row.address == address or not here_only)
    )
    return of_email, tuple(row.at for row in rows if row.address == address)


def person(session: Session, person_id: int) -> Person:
    """Give a person by key; ``NotFound`` otherwise. For the person's own pages."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def belongs_somewhere(session: Session, person_id: int) -> bool:
    """Say whether a person has a current membership."""
    query = select(Membership.id).where(
        Membership.person_id == person_id, Membership.ended_at.is_(None)
    )
    return session.scalar(query.limit(1)) is not None


def names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Give the names of people by key, in one statement."""
    wanted = sorted({key for key in ids if key is not None})
    if not wanted:
        return {}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def live_sessions(session: Session, person_id: int, now: datetime) -> list[SignIn]:
    """List the sessions of a person that still count, the last used first."""
    query = (
        select(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return [
        row for row in session.scalars(query) if session_is_live(row.seen_at, row.expires_at, now)
    ]


def letter(
    session: Session, secret_key: str, token: str, kind: LetterKind, now: datetime
) -> Letter | None:
    """Find the letter a link came from; ``None`` where the link is forged, old, used or withdrawn.

    The row is locked, so that one link is used once.
    """
    try:
        key = _signer(secret_key, kind).loads(token)
    except BadSignature:
        return None
    found = session.get(Letter, key, with_for_update=True)
    dead = found is None or found.used_at or found.withdrawn_at or found.expires_at <= now
    return None if dead else found


def letter_token(secret_key: str, kind: LetterKind, letter_id: int) -> str:
    """Give the part of the link that proves the letter; nothing of it is kept."""
    return str(_signer(secret_key, kind).dumps(letter_id))


def _signer(secret_key: str, kind: LetterKind) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=f"letter:{kind.value}")
