"""Organisations, sites and services as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, Versioned, key_of, line, prose, short
from core.permissions import OrganisationKind


class Organisation(Versioned, Model):
    """A certification body, a provider or a regulator. ``code`` is a body's short code in numbers."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("kind <> 'body' OR code IS NOT NULL", name="body_has_code"),
        CheckConstraint("name_zh <> '' OR name_en <> ''", name="has_a_name"),
    )

    kind: Mapped[OrganisationKind]
    code: Mapped[short | None] = mapped_column(unique=True)
    name_zh: Mapped[line]
    name_en: Mapped[line]
    credit_code: Mapped[short | None] = mapped_column(unique=True)
    address_zh: Mapped[line] = mapped_column(default="")
    address_en: Mapped[line] = mapped_column(default="")
    contact_email: Mapped[line] = mapped_column(default="")
    contact_phone: Mapped[short] = mapped_column(default="")
    accreditation: Mapped[line] = mapped_column(default="")
    created_at: Mapped[datetime]


class Site(Versioned, Model):
    """A place where an organisation works; ``headcount`` is the effective number of people.

    ``latitude`` and ``longitude`` are degrees (WGS 84) where they are known; meetings on site are compared with them.
    """

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("headcount >= 0", name="headcount_is_not_negative"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_in_range"),
        CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND "
            "(longitude IS NULL OR longitude BETWEEN -180 AND 180)",
            name="position_is_whole",
        ),
        Index(
            "uq_sites_one_central",
            "organisation_id",
            unique=True,
            sqlite_where=text("is_central"),
            postgresql_where=text("is_central"),
        ),
    )

    organisation_id: Mapped[int] = key_of("organisations")
    name_zh: Mapped[line]
    name_en: Mapped[line]
    address_zh: Mapped[line]
    address_en: Mapped[line] = mapped_column(default="")
    headcount: Mapped[int]
    is_central: Mapped[bool] = mapped_column(default=False)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    closed_at: Mapped[datetime | None]


class Service(Versioned, Model):
    """A service an organisation provides, in its own words."""

    __tablename__ = "services"

    organisation_id: Mapped[int] = key_of("organisations")
    name_zh: Mapped[line]
    name_en: Mapped[line]
    description: Mapped[prose] = mapped_column(default="")
    agreement: Mapped[prose] = mapped_column(default="")
    closed_at: Mapped[datetime | None]


class ClientLink(Model):
    """A provider that a certification body serves: why the body may see it."""

    __tablename__ = "client_links"
    __table_args__ = (UniqueConstraint("body_id", "client_id"),)

    body_id: Mapped[int] = key_of("organisations", index=False)
    client_id: Mapped[int] = key_of("organisations")
    created_at: Mapped[datetime]
