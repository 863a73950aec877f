"""The worker's part of an import: read again, written in one transaction; and the putting away of old ones."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from checklists.columns.rules import Arrangement
from checklists.incoming.rules import Choices
from checklists.interchange import operations
from checklists.interchange.models import StandardImport
from checklists.interchange.rules import ImportState
from checklists.interchange.storage import open_file, read_file
from core.clock import utc_now
from core.db import writing
from core.errors import DomainError
from core.jobs import Handler, Work
from core.settings import Settings

_LOOK_AGAIN = timedelta(hours=1)


def bring_in(work: Work) -> None:
    """Write a confirmed import; done again, it finds it done. What cannot be written waits to be confirmed again."""
    with work.reading() as session:
        one = session.get_one(StandardImport, work.payload["import_id"])
        if one.state is not ImportState.CONFIRMED:
            return
        content, columns = one.content or b"", one.columns
    try:
        opened = open_file(content, one.file_name, one.form)
        arrangement = Arrangement.read(columns) if columns else None
        found = read_file(opened, Choices.read(one.choices), arrangement)
        total = len(found.pack.criteria) if found.pack else 1
        work.progress(0, total)
        with work.changing() as session:
            operations.finish(session, _locked(session, one.id), found, now=utc_now())
    except DomainError:
        with work.changing() as session:
            operations.give_back(session, _locked(session, one.id), now=utc_now())
    else:
        work.progress(total, total)


def _locked(session: Session, import_id: int) -> StandardImport:
    query = select(StandardImport).where(StandardImport.id == import_id)
    return session.scalars(query.with_for_update()).one()


class PutAway:
    """Lets imports expire that nobody confirmed; looks once an hour."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._next = datetime.min.replace(tzinfo=UTC)

    def __call__(self, sessions: sessionmaker[Session], _settings: Settings) -> None:
        """Expire what is due."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _LOOK_AGAIN
        with sessions() as session:
            writing(session)
            operations.expire(session, now=now)
            session.commit()


HANDLERS: dict[str, Handler] = {operations.JOB: bring_in}
EVERY_ROUND = (PutAway(),)
