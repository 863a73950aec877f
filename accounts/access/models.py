"""Memberships as stored."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from core.db import Model, key_of
from core.permissions import Role


class Membership(Model):
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
    ended_at: Mapped[datetime | None]


class MembershipRole(Model):
    """A role held in a membership."""

    __tablename__ = "membership_roles"
    __table_args__ = (UniqueConstraint("membership_id", "role"),)

    membership_id: Mapped[int] = key_of("memberships", index=False)
    role: Mapped[Role]
