"""Recording a sample. It flushes and does not commit."""

import secrets
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.orm import Session

from audit.assessment.models import Answer, Sample
from audit.assessment.operations import refuse_outsiders
from audit.assessment.queries import Place
from audit.assessment.rules import SampleChoice
from audit.sampling.rules import SEEDS, Taken, check
from core.events import record as record_event
from core.permissions import Actor


def record(  # noqa: PLR0913 -- where it belongs, and what was taken
    session: Session,
    actor: Actor,
    place: Place,
    given: Answer,
    code: str,
    taken: Taken,
    *,
    now: datetime,
) -> Sample:
    """Record what was looked at out of how much, how it was chosen and why these (I-08).

    A random sample without a seed gets one; it is kept, so that anybody can draw the same numbers again.
    """
    refuse_outsiders(place)
    check(taken)
    if taken.chosen is SampleChoice.RANDOM and taken.seed is None:
        taken = replace(taken, seed=secrets.randbelow(SEEDS))
    made = Sample(
        answer_id=given.id, recorded_by_id=actor.person_id, recorded_at=now, **asdict(taken)
    )
    session.add(made)
    session.flush()
    record_event(
        session, actor, "sample:recorded", made, within=place.audit, owner_id=place.audit.body_id,
        label=code, now=now, after=asdict(taken),
    )  # fmt: skip
    return made
