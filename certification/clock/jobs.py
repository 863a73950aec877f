"""The clock inside the worker: once a day, as soon as the day begins."""

import logging
import time
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from certification.clock import operations
from core.clock import local_date, utc_now
from core.db import writing
from core.jobs import Handler
from core.settings import Settings

log = logging.getLogger(__name__)
PAUSE_SECONDS = 60.0


class Ticker:
    """Remembers the day that is done, so that a round costs nothing, and looks at most once a minute."""

    def __init__(self) -> None:
        self._done: dict[str, date] = {}
        self._looked: dict[str, float] = {}

    def __call__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        """Run the clock if a day began that it has not run for."""
        key, today = settings.database_url, local_date(utc_now())
        if self._done.get(key) == today:
            return
        if time.monotonic() - self._looked.get(key, -PAUSE_SECONDS) < PAUSE_SECONDS:
            return
        self._looked[key] = time.monotonic()
        if _caught_up(sessions, today):
            self._done[key] = today


def _caught_up(sessions: sessionmaker[Session], today: date) -> bool:
    """Run each day that waits in its own transaction; another worker that came first is no fault."""
    with sessions() as session:
        days = operations.waiting_days(session, today)
        session.rollback()
        for day in days:
            writing(session)
            try:
                told = operations.run_day(session, day, now=utc_now())
                session.commit()
            except IntegrityError:
                session.rollback()
                return False
            for one in told:
                log.info("%s %s %s", one.day, one.event, one.label)
    return True


tick = Ticker()
HANDLERS: dict[str, Handler] = {}
EVERY_ROUND = [tick]
