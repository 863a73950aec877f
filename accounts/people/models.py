"""People, their memberships, sessions and one-time links as stored."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from accounts.people.rules import LetterKind
from core.db import Model, Versioned, digest, key_of, line, listing, short
from core.permissions import Role


class Person(Versioned, Model):
    """Somebody who signs in. ``email`` is kept in lower case."""

    __tablename__ = "people"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower"),)

    email: Mapped[line] = mapped_column(unique=True)
    name: Mapped[line]
    password_hash: Mapped[line | None]
    language: Mapped[short] = mapped_column(default="zh_CN")
    time_zone: Mapped[short] = mapped_column(default="Asia/Shanghai")
    theme: Mapped[short] = mapped_column(default="")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Membership(Versioned, Model):
    """A person's place in an organisation; an ended one stays on record."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_one_current",
            "person_id",
            "organisation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    person_id: Mapped[int] = key_of("people", index=False)
    organisation_id: Mapped[int] = key_of("organisations")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class MembershipRole(Model):
    """A role held in a membership."""

    __tablename__ = "membership_roles"
    __table_args__ = (UniqueConstraint("membership_id", "role"),)

    membership_id: Mapped[int] = key_of("memberships", index=False)
    role: Mapped[Role]


class SignIn(Model):
    """One session, kept here so that it can be ended here; the cookie carries a token of which this is the SHA-256."""

    __tablename__ = "sign_ins"

    person_id: Mapped[int] = key_of("people")
    membership_id: Mapped[int | None] = key_of("memberships")
    token_sha256: Mapped[digest] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[short] = mapped_column(default="")
    agent: Mapped[line] = mapped_column(default="")


class AttemptKind(StrEnum):
    """What was tried."""

    SIGN_IN = "sign_in"
    LETTER = "letter"
    REGISTRATION = "registration"
    COMPLAINT = "complaint"


class SignInAttempt(Model):
    """A failed sign-in, or a request that writes to somebody; enough of them slow down the next one."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "email", "at"), Index(None, "address", "at"))

    kind: Mapped[AttemptKind] = mapped_column(default=AttemptKind.SIGN_IN)
    email: Mapped[line]
    address: Mapped[short]
    at: Mapped[datetime]


_OPEN_INVITATION = "kind = 'invitation' AND used_at IS NULL AND withdrawn_at IS NULL"


class Letter(Model):
    """A one-time link sent by mail. The link is signed with the installation's key; no secret is kept here."""

    __tablename__ = "letters"
    __table_args__ = (
        CheckConstraint(
            "kind <> 'invitation' OR organisation_id IS NOT NULL",
            name="invitation_has_organisation",
        ),
        Index(
            "uq_letters_one_open_invitation",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=text(_OPEN_INVITATION),
            postgresql_where=text(_OPEN_INVITATION),
        ),
        CheckConstraint("kind <> 'reset' OR person_id IS NOT NULL", name="reset_has_person"),
    )

    kind: Mapped[LetterKind]
    email: Mapped[line]
    name: Mapped[line] = mapped_column(default="")
    language: Mapped[short] = mapped_column(default="zh_CN")
    person_id: Mapped[int | None] = key_of("people")
    organisation_id: Mapped[int | None] = key_of("organisations")
    roles: Mapped[listing] = mapped_column(default=list)
    invited_by_id: Mapped[int | None] = key_of("people", index=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
