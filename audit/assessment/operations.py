"""What auditors do in the fieldwork. Each flushes; none commits."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from audit.assessment.models import (
    Answer,
    AnswerEvidence,
    AnswerVersion,
    AuditEvidence,
)
from audit.assessment.queries import Place, judgement_of
from audit.assessment.rules import (
    Judgement,
    check,
    may_answer,
)
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from core.db import expect
from core.errors import NotFound, StepRefused
from core.events import record
from core.permissions import Actor
from core.words import T_
from evidence.files import operations as files
from evidence.files.models import Evidence
from evidence.files.rules import EvidenceClass
from evidence.files.storage import FileStore, Incoming


def answer(  # noqa: PLR0913 -- the place, the answer, and what it was read with
    session: Session,
    actor: Actor,
    place: Place,
    given: Answer,
    code: str,
    judgement: Judgement,
    *,
    revision: int | None,
    now: datetime,
    captured_at: datetime | None = None,
) -> bool:
    """Save one answer with its history; gives whether anything changed.

    ``captured_at`` is when it was written, where that was without a network; ``now`` is when the server takes it.

    Raises ``StepRefused`` outside the fieldwork or the team, ``Stale`` where somebody saved meanwhile, ``Invalid``
    for half an answer. Saving the same again changes nothing and leaves no event.
    """
    refuse_outsiders(place)
    old = judgement_of(given)
    if judgement == old:
        return False
    expect(given, revision)
    check(judgement)
    for name, value in judgement.values().items():
        setattr(given, name, value)
    given.answered_by_id, given.answered_at = actor.person_id, now
    session.flush()
    session.execute(
        insert(AnswerVersion).values(
            answer_id=given.id,
            revision=given.revision,
            by_id=actor.person_id,
            at=now,
            captured_at=captured_at,
            **judgement.values(),
        )
    )
    record(
        session,
        actor,
        f"answer:{_past(old, judgement)}",
        given,
        within=place.audit,
        owner_id=place.audit.body_id,
        label=code,
        now=now,
        before=old.values(),
        after=judgement.values() | ({"captured_at": captured_at} if captured_at else {}),
        reason=judgement.exclusion_reason or None,
    )
    return True


def hand_over_evidence(  # noqa: PLR0913 -- a piece of evidence has this many parts
    session: Session,
    actor: Actor,
    store: FileStore,
    audit: Audit,
    incoming: Incoming,
    *,
    file_name: str,
    title: str,
    shows: str,
    confidentiality: EvidenceClass,
    answer_id: int | None,
    now: datetime,
) -> Evidence:
    """Keep a file in an audit's file, linked to one of its answers where named."""
    made = files.hand_over(
        session,
        actor,
        store,
        incoming,
        file_name=file_name,
        title=title or file_name,
        shows=shows,
        confidentiality=confidentiality,
        client_id=audit.client_id,
        body_id=audit.body_id,
        now=now,
        within=audit,
    )
    session.add(AuditEvidence(audit_id=audit.id, evidence_id=made.id))
    if answer_id is not None:
        session.add(AnswerEvidence(answer_id=answer_id, evidence_id=made.id))
    session.flush()
    return made


def link_evidence(  # noqa: PLR0913
    session: Session,
    actor: Actor,
    place: Place,
    given: Answer,
    code: str,
    evidence_ids: Collection[int],
    *,
    now: datetime,
) -> None:
    """Let an answer rest on evidence that the audit's file holds; raises ``NotFound`` for any other."""
    refuse_outsiders(place)
    held = set(
        session.scalars(
            select(AuditEvidence.evidence_id).where(
                AuditEvidence.audit_id == place.audit.id,
                AuditEvidence.evidence_id.in_(list(evidence_ids)),
            )
        )
    )
    if held != set(evidence_ids):
        raise NotFound
    linked = set(
        session.scalars(
            select(AnswerEvidence.evidence_id).where(AnswerEvidence.answer_id == given.id)
        )
    )
    new = sorted(held - linked)
    if not new:
        return
    session.add_all(AnswerEvidence(answer_id=given.id, evidence_id=key) for key in new)
    session.flush()
    record(
        session, actor, "answer:evidence_linked", given, within=place.audit,
        owner_id=place.audit.body_id, label=code, now=now, after={"evidence": new},
    )  # fmt: skip


def show_to_client(session: Session, audit_id: int, evidence_ids: Collection[int]) -> None:
    """Let the client see evidence that a raised finding shows."""
    session.execute(
        update(AuditEvidence)
        .where(AuditEvidence.audit_id == audit_id, AuditEvidence.evidence_id.in_(evidence_ids))
        .values(shown_to_client=True)
    )


def _past(old: Judgement, new: Judgement) -> str:
    if new.excluded:
        return "excluded"
    if old.complete and not new.complete:
        return "withdrawn"
    return "changed" if old.complete or old.notes else "given"


def refuse_outsiders(place: Place) -> None:
    """Raise ``StepRefused`` outside the fieldwork or the team."""
    reasons = may_answer(
        in_progress=place.audit.state is AuditState.IN_PROGRESS, on_team=place.on_team
    )
    unmet = [reason for reason in reasons if not reason.met]
    if unmet:
        raise StepRefused(T_("The fieldwork cannot be changed now."), unmet)
