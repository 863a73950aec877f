"""Files and what they prove, as stored."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Model, digest, key_of, line, prose
from core.events import append_only
from evidence.files.rules import NAME_LIMIT, EvidenceClass


class Blob(Model):
    """One content of an organisation, kept once; ``sha256`` in hex, ``size`` in bytes."""

    __tablename__ = "blobs"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sha256"),
        UniqueConstraint("id", "organisation_id"),
        CheckConstraint("length(sha256) = 64 AND sha256 = lower(sha256)", name="digest_is_whole"),
        CheckConstraint("size > 0", name="is_not_empty"),
        CheckConstraint("media_type <> ''", name="has_a_type"),
        Index(None, "sha256"),
    )

    organisation_id: Mapped[int] = key_of("organisations", index=False)
    sha256: Mapped[digest]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[line]
    stored_at: Mapped[datetime]


append_only("blobs")


class Evidence(Model):
    """A file that shows something about a provider, seen by it and by one certification body."""

    __tablename__ = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(["blob_id", "organisation_id"], ["blobs.id", "blobs.organisation_id"]),
        CheckConstraint("body_id <> organisation_id", name="body_is_not_the_provider"),
        CheckConstraint(
            "handed_over_by_organisation_id IN (organisation_id, body_id)",
            name="comes_from_a_party",
        ),
        CheckConstraint("title <> ''", name="has_a_title"),
        CheckConstraint(
            f"file_name <> '' AND length(file_name) <= {NAME_LIMIT}", name="file_name_fits"
        ),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="void_has_a_reason"),
        CheckConstraint(
            "void_reason IS NULL OR void_reason <> ''", name="void_reason_says_something"
        ),
        CheckConstraint(
            "voided_at IS NULL OR voided_at >= handed_over_at", name="void_follows_hand_over"
        ),
        Index(None, "organisation_id", "handed_over_at"),
        Index(None, "body_id", "handed_over_at"),
        Index(None, "blob_id"),
    )

    organisation_id: Mapped[int] = key_of("organisations", index=False)
    body_id: Mapped[int] = key_of("organisations", index=False)
    blob_id: Mapped[int]
    title: Mapped[line]
    shows: Mapped[prose]
    file_name: Mapped[line]
    confidentiality: Mapped[EvidenceClass]
    handed_over_by_id: Mapped[int] = key_of("people", index=False)
    handed_over_by_organisation_id: Mapped[int] = key_of("organisations", index=False)
    handed_over_at: Mapped[datetime]
    void_reason: Mapped[prose | None]
    voided_at: Mapped[datetime | None]
