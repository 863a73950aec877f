"""Documents are kept once: bytes first, then the row, so that no row points at nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.events import Recorded, record
from core.settings import Settings
from evidence.files.storage import DiskStore, FileStore, StoredFile
from evidence.issued.models import IssuedDocument
from evidence.issued.queries import find

PDF = "application/pdf"
_LIMIT = 500 * 1024 * 1024


def document_store(settings: Settings) -> FileStore:
    """Open the store that issued documents share with evidence; their size is ours, not an upload's."""
    return DiskStore(settings.data_dir / "files", _LIMIT)


def put(store: FileStore, data: bytes) -> StoredFile:
    """Bring bytes into the store, before any transaction writes."""
    incoming = store.begin()
    try:
        incoming.write(data)
        return store.keep(incoming)
    finally:
        incoming.close()


def keep(  # noqa: PLR0913 -- a document has this many parts
    session: Session,
    stored: StoredFile,
    subject: Recorded,
    *,
    kind: str,
    file_name: str,
    now: datetime,
    language: str = "",
    owner_id: int | None = None,
) -> IssuedDocument:
    """Record what ``put`` stored as the document of a thing; the second time gives what is there.

    The event ``document:issued`` carries the digest, within the thing.
    """
    known = find(session, subject, kind, language)
    if known is not None:
        return known
    made = IssuedDocument(
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        kind=kind,
        language=language,
        file_name=file_name,
        media_type=PDF,
        sha256=stored.sha256,
        size=stored.size,
        created_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session,
        None,
        "document:issued",
        made,
        within=subject,
        owner_id=owner_id,
        now=now,
        label=file_name,
        after={"sha256": stored.sha256, "size": stored.size},
    )
    return made
