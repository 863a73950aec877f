"""Imports on their way, and the columns a body has assigned before."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checklists.incoming.rules import FileFormat
from checklists.interchange.rules import ImportState
from core.db import Json, Model, Versioned, digest, document, key_of, line


class StandardImport(Versioned, Model):
    """A file of a body that may become a standard: its bytes, and what the importer said of it.

    The bytes go when it is written, discarded or too old; the row stays.
    """

    __tablename__ = "standard_imports"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('pending', 'confirmed') OR content IS NOT NULL",
            name="open_has_content",
        ),
        CheckConstraint(
            "state <> 'done' OR standard_version_id IS NOT NULL", name="done_has_version"
        ),
        CheckConstraint("size > 0", name="size_is_positive"),
        CheckConstraint("length(sha256) = 64", name="digest_is_whole"),
        Index(None, "body_id", "state"),
    )

    body_id: Mapped[int] = key_of("organisations", index=False)
    person_id: Mapped[int] = key_of("people", index=False)
    file_name: Mapped[line]
    form: Mapped[FileFormat]
    size: Mapped[int]
    sha256: Mapped[digest]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    choices: Mapped[document]
    columns: Mapped[dict[str, Any] | None] = mapped_column(Json)
    state: Mapped[ImportState] = mapped_column(default=ImportState.PENDING)
    standard_version_id: Mapped[int | None] = key_of("standard_versions", index=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class KnownColumns(Model):
    """What the columns of tables with a certain head are, as a body assigned them last."""

    __tablename__ = "known_columns"
    __table_args__ = (UniqueConstraint("body_id", "signature"),)

    body_id: Mapped[int] = key_of("organisations", index=False)
    signature: Mapped[digest]
    columns: Mapped[document]
    used_at: Mapped[datetime]
