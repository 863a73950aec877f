"""Signing in and out, sessions, passwords and personal settings."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from math import ceil

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from accounts.people.models import AttemptKind, Letter, Person, SignIn, SignInAttempt
from accounts.people.queries import Trial, Visitor, attempts
from accounts.people.rules import (
    IDLE,
    LETTER_VALID,
    LONGEST,
    OF_EMAIL,
    OF_LETTERS,
    OF_REQUESTS,
    LetterKind,
    password_problem,
    wait,
    waiting_words,
)
from core.db import keep_anyway
from core.errors import Invalid, NotFound, TooMany
from core.events import changes, record
from core.jobs import enqueue
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


class WrongPassword(Invalid):
    """E-mail and password do not fit; nothing tells which of them is wrong."""


def prove(trial: Trial, password: str, now: datetime) -> int:
    """Give the key of the person whose password this is.

    Raises ``TooMany`` after many failures, else ``WrongPassword``, which the caller notes with ``note_failure``.
    Holds no transaction: the comparison is slow.
    """
    pause = trial.pause(now)
    if pause:
        raise TooMany(waiting_words(pause), ceil(pause.total_seconds()))
    right = password_matches(trial.password_hash, password)
    if not right or trial.person_id is None:
        raise WrongPassword(N_("E-mail address and password do not fit together."))
    return trial.person_id


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


def end_session(session: Session, actor: Visitor, sign_in_id: int, *, now: datetime) -> None:
    """End one of one's own sessions; ``NotFound`` for any other."""
    ended = session.scalars(
        update(SignIn)
        .where(
            SignIn.id == sign_in_id,
            SignIn.person_id == actor.person_id,
            SignIn.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(SignIn.id)
    ).all()
    if not ended:
        raise NotFound
    _record_ended(session, actor, 1, now)


def end_other_sessions(session: Session, actor: Visitor, *, now: datetime) -> int:
    """End every session of one's own but the present one; give how many."""
    ended = end_sessions(session, actor.person_id, now, keep=actor.sign_in_id)
    if ended:
        _record_ended(session, actor, ended, now)
    return ended


def end_sessions(session: Session, person_id: int, now: datetime, keep: int = 0) -> int:
    """End the sessions of a person, except the one to keep."""
    ended = session.scalars(
        update(SignIn)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.id != keep)
        .values(ended_at=now)
        .returning(SignIn.id)
    )
    return len(ended.all())


def _record_ended(session: Session, actor: Visitor, number: int, now: datetime) -> None:
    person = session.get_one(Person, actor.person_id)
    record(
        session,
        actor,
        "person:sessions_ended",
        person,
        now=now,
        label=person.name,
        after={"ended": number},
    )
    session.flush()


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


def change_password(session: Session, actor: Visitor, old: str, new: str, *, now: datetime) -> None:
    """Change one's own password, knowing the old one; every other session ends.

    Raises ``Invalid`` on ``password`` (the old one) or ``new_password``.
    """
    confirm(session, actor, old, now=now)
    person = session.get_one(Person, actor.person_id)
    if old == new:
        raise Invalid(N_("This is the password you have. Choose another."), field="new_password")
    set_password(person, new)
    ended = end_sessions(session, person.id, now, keep=actor.sign_in_id)
    _withdraw_resets(session, person.id, now)
    record(
        session,
        actor,
        "person:password_changed",
        person,
        now=now,
        label=person.name,
        after={"sessions_ended": ended},
    )
    session.flush()


def set_password(person: Person, new: str) -> None:
    """Keep the hash of a password that fits the rules; ``Invalid`` on ``new_password`` otherwise."""
    problem = password_problem(new, person.email)
    if problem is not None:
        raise Invalid(problem, field="new_password")
    person.password_hash = hash_password(new)


def request_reset(session: Session, email: str, *, address: str, now: datetime) -> None:
    """Write to somebody who forgot the password; nothing tells whether the e-mail is known.

    ``TooMany`` after several requests for one e-mail or from one address.
    """
    count_request(session, AttemptKind.LETTER, email, address, now=now)
    person = session.scalar(
        select(Person).where(Person.email == email, Person.disabled_at.is_(None))
    )
    if person is None:
        return
    letter = Letter(
        kind=LetterKind.RESET,
        email=person.email,
        name=person.name,
        language=person.language,
        person_id=person.id,
        roles=[],
        created_at=now,
        expires_at=now + LETTER_VALID[LetterKind.RESET],
    )
    send_letter(session, letter, now=now)
    record(session, None, "person:reset_requested", person, now=now, label=person.name)
    session.flush()


def reset_password(session: Session, letter: Letter, new: str, *, now: datetime) -> Person:
    """Set a new password by a letter, once; every session ends. ``Invalid`` on ``new_password``."""
    person = session.get_one(Person, letter.person_id)
    set_password(person, new)
    letter.used_at = now
    ended = end_sessions(session, person.id, now)
    _withdraw_resets(session, person.id, now)
    record(
        session,
        themselves(person),
        "person:password_reset",
        person,
        now=now,
        label=person.name,
        after={"sessions_ended": ended},
    )
    session.flush()
    return person


def count_request(
    session: Session, kind: AttemptKind, email: str, address: str, *, now: datetime
) -> None:
    """Count a request that writes to somebody, refused ones too; ``TooMany`` when there were many of late."""
    of_email, of_address = attempts(session, kind, email, address, now)
    pause = max(wait(of_email, OF_LETTERS, now), wait(of_address, OF_REQUESTS, now))
    if pause:
        raise TooMany(waiting_words(pause), ceil(pause.total_seconds()))
    keep_anyway(session, SignInAttempt(kind=kind, email=email, address=address, at=now))


def send_letter(session: Session, letter: Letter, *, now: datetime) -> Letter:
    """Put a letter on its way with this transaction."""
    session.add(letter)
    session.flush()
    enqueue(session, "letter:send", {"letter_id": letter.id}, now=now)
    return letter


def _withdraw_resets(session: Session, person_id: int, now: datetime) -> None:
    session.execute(
        update(Letter)
        .where(
            Letter.person_id == person_id,
            Letter.kind == LetterKind.RESET,
            Letter.used_at.is_(None),
            Letter.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
