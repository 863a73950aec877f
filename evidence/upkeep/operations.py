"""Sweep and check of the store. The disk is never read while a transaction is open."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from evidence.files.storage import FileStore, StoredFile, Swept
from evidence.upkeep.queries import claimed, contents

GRACE = timedelta(days=1)  # longer than any upload or transaction lasts
_BATCH = 200

Reading = Callable[[], AbstractContextManager[Session]]


def sweep(store: FileStore, reading: Reading, *, now: datetime) -> Swept:
    """Clear what uploads and crashes left a day or longer ago."""

    def known(digests: Collection[str]) -> set[str]:
        with reading() as session:
            return claimed(session, digests)

    return store.sweep(now - GRACE, known)


def damaged(
    store: FileStore, reading: Reading, *, tell: Callable[[int], object] = lambda _done: None
) -> list[StoredFile]:
    """Read every claimed content and give those that are missing or no longer what they were."""
    found: list[StoredFile] = []
    done, after = 0, ""
    while True:
        with reading() as session:
            batch = contents(session, after, _BATCH)
        if not batch:
            return found
        found += [stored for stored in batch if not store.verify(stored)]
        done, after = done + len(batch), batch[-1].sha256
        tell(done)
