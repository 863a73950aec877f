"""The sweep once a day and the check once a week, without anybody remembering."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from core.clock import utc_now
from core.db import writing
from core.errors import DomainError
from core.jobs import Handler, Job, Work, enqueue
from core.settings import Settings
from core.words import NT_
from evidence.files.storage import open_store
from evidence.upkeep import operations

log = logging.getLogger(__name__)
PERIODS = {"store:sweep": timedelta(days=1), "store:check": timedelta(days=7)}
_LOOK_AGAIN = timedelta(minutes=30)
_NAMED = 5


def _sweep(work: Work) -> None:
    swept = operations.sweep(open_store(work.settings), work.reading, now=utc_now())
    log.info("the store was swept: %s", swept)


def _check(work: Work) -> None:
    """Fail the job, naming the digests, where something is damaged: the list of jobs shows it."""
    found = operations.damaged(
        open_store(work.settings), work.reading, tell=lambda done: work.progress(done, 0)
    )
    if found:
        names = ", ".join(stored.sha256 for stored in found[:_NAMED])
        log.error("damaged or missing in the store: %s", [stored.sha256 for stored in found])
        raise DomainError(
            NT_(
                "%(n)s file in the store is damaged or missing: %(names)s",
                "%(n)s files in the store are damaged or missing, among them %(names)s",
                len(found),
                names=names,
            )
        )


class Rota:
    """Queues the jobs of ``PERIODS`` when they are due; asks the database twice an hour."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._next = datetime.min.replace(tzinfo=UTC)

    def __call__(self, sessions: sessionmaker[Session], _settings: Settings) -> None:
        """Queue what is due."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _LOOK_AGAIN
        with sessions() as session:
            writing(session)
            query = select(Job.kind, func.max(Job.created_at)).where(Job.kind.in_(PERIODS))
            last = dict(session.execute(query.group_by(Job.kind)).all())
            for kind, period in PERIODS.items():
                if kind not in last or last[kind] <= now - period:
                    enqueue(session, kind, {}, now=now)
            session.commit()


HANDLERS: dict[str, Handler] = {"store:sweep": _sweep, "store:check": _check}
EVERY_ROUND = (Rota(),)
