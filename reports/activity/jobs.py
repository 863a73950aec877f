"""The check of the whole chain of events."""

from sqlalchemy import func, select

from core.errors import Invalid
from core.events import GENESIS, Event, sound
from core.jobs import Handler, Work
from core.words import T_

BATCH = 2000


def verify(work: Work) -> None:
    """Walk the chain in short reads; the job fails with the number of the first event that does not fit."""
    previous, after, done = GENESIS, 0, 0
    while True:
        with work.reading() as session:
            total = session.scalar(select(func.count()).select_from(Event)) or 0
            rows = session.scalars(
                select(Event).where(Event.id > after).order_by(Event.id).limit(BATCH)
            ).all()
            for row in rows:
                if not sound(row, previous):
                    raise Invalid(
                        T_(
                            "The chain breaks at event %(id)s: it was changed, or one before it is missing.",
                            id=row.id,
                        )
                    )
                previous, after, done = row.sha256, row.id, done + 1
        work.progress(done, max(total, done))
        if len(rows) < BATCH:
            return


HANDLERS: dict[str, Handler] = {"events:verify": verify}
