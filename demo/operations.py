"""Loading the demonstration world, once in the life of a database."""

import logging
from collections.abc import Mapping

from sqlalchemy.orm import Session, sessionmaker

from certification.certificates.queries import DOCUMENT_JOB
from checklists.schemes import operations as schemes
from core import jobs
from core.clock import local_date, utc_now
from core.db import next_number, writing
from core.settings import Settings
from demo import stories
from demo.stage import Script, Stage, lock_up, raise_curtain
from evidence.files.storage import FileStore, open_store

log = logging.getLogger(__name__)
MARK = "demonstration"


def load(
    sessions: sessionmaker[Session], settings: Settings, handlers: Mapping[str, jobs.Handler]
) -> bool:
    """Load the world and print its certificates; gives whether this call loaded it.

    One transaction, marked by a counter: a second call, at once or years later, changes nothing. What cannot be
    printed now is left to the worker.
    """
    with sessions() as session:
        writing(session)
        if next_number(session, MARK) > 1:
            session.rollback()
            return False
        play(session, open_store(settings))
        session.commit()
    print_certificates(sessions, settings, handlers)
    return True


def play(session: Session, store: FileStore) -> int:
    """Let everything happen in this transaction; gives the number of acts."""
    stage = Stage(session, store, local_date(utc_now()))
    script = Script(stage)
    line = script.line()
    line.at(stories.FIRST, "08:30", _open)
    stories.write(script)
    acts = script.play()
    lock_up(stage)
    return acts


def _open(stage: Stage) -> None:
    version = schemes.load_packs(stage.session, now=stage.now)
    stage.scheme_version_id, stage.scheme_id = version.id, version.scheme_id
    raise_curtain(stage)


def print_certificates(
    sessions: sessionmaker[Session], settings: Settings, handlers: Mapping[str, jobs.Handler]
) -> None:
    """Print the certificates at once, so that the registry has them from the first minute."""
    try:
        jobs.run_due(sessions, settings, handlers, kind=DOCUMENT_JOB)
    except Exception:
        log.exception("the demonstration's certificates are left to the worker")
