"""Excluding many criteria at once. It flushes and does not commit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from audit.assessment.models import Answer, AnswerVersion
from audit.assessment.operations import refuse_outsiders
from audit.assessment.queries import Place, judgement_of
from audit.assessment.rules import check
from audit.exclusions.queries import Chosen
from core.errors import Stale
from core.events import record
from core.permissions import Actor
from core.words import T_


def exclude(  # noqa: PLR0913 -- the answers, why, and what they were read with
    session: Session,
    actor: Actor,
    place: Place,
    given: Sequence[Chosen],
    *,
    reason: str,
    revisions: Mapping[int, int],
    now: datetime,
) -> int:
    """Exclude criteria with one reason, each with its version and event; gives how many changed.

    What was answered before stays in the history. Raises ``Stale`` where somebody changed one of them since the list
    was read; then none is excluded. Two statements at any number, the events aside.
    """
    refuse_outsiders(place)
    late = [one.code for one in given if revisions.get(one.answer.id) != one.answer.revision]
    if late:
        raise Stale(
            T_(
                "Somebody changed %(codes)s while you chose. Nothing was excluded; look again.",
                codes=", ".join(late[:5]),
            )
        )
    new = []
    for one in given:
        old = judgement_of(one.answer)
        becomes = replace(old, conformity=None, rating=None, excluded=True, exclusion_reason=reason)
        check(becomes)
        if becomes != old:
            new.append((one.answer, one.code, old, becomes))
    if not new:
        return 0
    for answer, code, old, becomes in new:
        record(
            session, actor, "answer:excluded", answer, within=place.audit,
            owner_id=place.audit.body_id, label=code, now=now,
            before=old.values(), after=becomes.values(), reason=reason,
        )  # fmt: skip
    versions = [
        becomes.values()
        | {
            "answer_id": answer.id,
            "revision": answer.revision + 1,
            "by_id": actor.person_id,
            "at": now,
        }
        for answer, _code, _old, becomes in new
    ]
    session.execute(
        update(Answer)
        .where(Answer.id.in_([answer.id for answer, *_rest in new]))
        .values(
            conformity=None, rating=None, excluded=True, exclusion_reason=reason,
            answered_by_id=actor.person_id, answered_at=now, revision=Answer.revision + 1,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    session.execute(insert(AnswerVersion), versions)
    return len(new)
