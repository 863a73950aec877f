"""Signing in and out, sessions, passwords and personal settings."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from accounts.people.models import AttemptKind, Person, SignIn, SignInAttempt
from accounts.people.queries import Visitor, attempts
from accounts.people.rules import IDLE, LONGEST, OF_EMAIL, wait, waiting_words
from core.db import keep_anyway
from core.errors import Invalid, NotFound
from core.events import changes, record
from core.permissions import Actor, OrganisationKind, Role
from core.words import N_

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Themselves:
    """A person acting before any session tells for whom: the actor of their own sign-in."""

    person_id: int
    name: str
    organisation_id: int = 0
    organisation_kind: OrganisationKind = OrganisationKind.PROVIDER
    roles: frozenset[Role] = frozenset()


def themselves(person: Person) -> Themselves:
    """Let a person act for nobody but themselves."""
    return Themselves(person.id, person.name)


def hash_password(password: str) -> str:
    """Hash with Argon2id as its library recommends."""
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    """Give the hash that an unknown e-mail is compared with, so that the answer takes as long."""
    return _hasher.hash(secrets.token_urlsafe(16))


def password_matches(password_hash: str | None, password: str) -> bool:
    """Compare; takes as long where there is no hash."""
    try:
        _hasher.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def token_digest(token: str) -> str:
    """Give what is kept of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


def note_failure(session: Session, email: str, address: str, *, now: datetime) -> None:
    """Note a failed sign-in; it outlives the rollback of the request that fails."""
    keep_anyway(
        session, SignInAttempt(kind=AttemptKind.SIGN_IN, email=email[:240], address=address, at=now)
    )


def sign_in(
    session: Session, person_id: int, password: str, *, address: str, agent: str, now: datetime
) -> str:
    """Open a session for somebody whose password was right; give the token for the cookie.

    The hash is renewed when the library's recommendation has grown. The person's failures from here are forgotten.
    """
    person = session.get_one(Person, person_id)
    if person.password_hash and _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    session.execute(
        delete(SignInAttempt).where(
            or_(
                (SignInAttempt.email == person.email) & (SignInAttempt.address == address),
                SignInAttempt.at < now - timedelta(days=1),
            )
        )
    )
    return open_session(session, person, address=address, agent=agent, now=now)


def open_session(
    session: Session, person: Person, *, address: str, agent: str, now: datetime
) -> str:
    """Open a session on the server; give its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        person_id=person.id,
        token_sha256=token_digest(token),
        created_at=now,
        seen_at=now,
        expires_at=now + LONGEST,
        address=address,
        agent=agent[:240],
    )
    session.add(sign_in)
    record(
        session,
        themselves(person),
        "person:signed_in",
        person,
        now=now,
        label=person.name,
        after={"address": address},
    )
    session.flush()
    return token


def sign_out(session: Session, actor: Visitor, *, now: datetime) -> None:
    """End the session in use."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == actor.sign_in_id, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )
    person = session.get_one(Person, actor.person_id)
    record(session, actor, "person:signed_out", person, now=now, label=person.name)
    session.flush()


def touch(session: Session, sign_in_id: int, *, now: datetime) -> None:
    """Note that a session was used (at most every ten minutes; idle sessions end after ``IDLE``)."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.seen_at > now - IDLE, SignIn.seen_at < now)
        .values(seen_at=now)
    )


def act_for(session: Session, actor: Visitor, membership_id: int, *, now: datetime) -> None:
    """Go on in another of one's own current memberships; ``NotFound`` for any other."""
    place = next((item for item in actor.memberships if item.membership_id == membership_id), None)
    if place is None:
        raise NotFound
    sign_in = session.get_one(SignIn, actor.sign_in_id)
    if sign_in.membership_id == membership_id:
        return
    sign_in.membership_id = membership_id
    record(
        session,
        actor,
        "person:acted_for",
        session.get_one(Person, actor.person_id),
        now=now,
        label=actor.name,
        before={"organisation_id": actor.organisation_id},
        after={"organisation_id": place.organisation_id},
    )
    session.flush()


def change_settings(
    session: Session, actor: Visitor, new: Mapping[str, object], *, now: datetime
) -> None:
    """Change one's own name, language, time zone or theme."""
    person = session.get_one(Person, actor.person_id)
    before, after = changes(person, new)
    if not after:
        return
    record(
        session,
        actor,
        "person:settings_changed",
        person,
        now=now,
        label=person.name,
        before=before,
        after=after,
    )
    session.flush()


def confirm(session: Session, actor: Actor, password: str, *, now: datetime) -> None:
    """Let somebody prove who they are once more before a decisive step (quality.md item 9).

    Raises ``Invalid`` on the field ``password``; failures count as those of the sign-in do.
    """
    person = session.get_one(Person, actor.person_id)
    here = f"step:{person.id}"
    of_person, _ = attempts(session, AttemptKind.SIGN_IN, here, here, now)
    pause = wait(of_person, OF_EMAIL, now)
    if pause:
        raise Invalid(waiting_words(pause), field="password")
    if not password_matches(person.password_hash, password):
        note_failure(session, here, here, now=now)
        raise Invalid(N_("This is not your password."), field="password")
