"""What people do with evidence. Each flushes and records its event; none commits."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import Invalid, NotAllowed
from core.events import Recorded, record
from core.permissions import Actor
from core.words import N_
from evidence.files.models import Blob, Evidence
from evidence.files.queries import blob_of
from evidence.files.rules import (
    LIFECYCLE,
    EvidenceClass,
    EvidenceFacts,
    EvidenceState,
    Policy,
    Verdict,
    judge,
)
from evidence.files.storage import FileStore, Incoming, StoredFile


def inspect(incoming: Incoming, file_name: str, policy: Policy | None = None) -> Verdict:
    """Judge what came in; ``Invalid`` on the field ``file`` where it is not taken. No database."""
    verdict = judge(
        incoming.head,
        incoming.tail(),
        incoming.size,
        file_name,
        policy or Policy(incoming.limit),
    )
    if verdict.problems:
        raise Invalid(verdict.problems[0], "file")
    return verdict


def hand_over(  # noqa: PLR0913 -- a piece of evidence has this many parts
    session: Session,
    actor: Actor,
    store: FileStore,
    incoming: Incoming,
    *,
    file_name: str,
    title: str,
    shows: str,
    confidentiality: EvidenceClass,
    client_id: int,
    body_id: int,
    now: datetime,
    within: Recorded | None = None,
) -> Evidence:
    """Keep a file and what it shows about a client, for one body (``within`` an audit, say).

    Raises ``Invalid`` for a file that is not taken and ``NotAllowed`` for an actor of neither side.
    The caller decides whether the actor belongs to the audit, and before that seals ``incoming``, so
    that no transaction waits for the disk.
    """
    if actor.organisation_id not in {client_id, body_id}:
        raise NotAllowed(N_("Only the client and the body that audits it hand over evidence."))
    verdict = inspect(incoming, file_name)
    stored = store.keep(incoming)
    evidence = Evidence(
        organisation_id=client_id,
        body_id=body_id,
        blob_id=_blob(session, client_id, stored, verdict.media_type, now).id,
        title=title,
        shows=shows,
        file_name=verdict.file_name,
        confidentiality=confidentiality,
        handed_over_by_id=actor.person_id,
        handed_over_by_organisation_id=actor.organisation_id,
        handed_over_at=now,
    )
    session.add(evidence)
    session.flush()
    record(
        session,
        actor,
        "evidence:handed_over",
        evidence,
        within=within,
        owner_id=body_id,
        label=title,
        after={
            "title": title,
            "file_name": verdict.file_name,
            "confidentiality": confidentiality,
            "sha256": stored.sha256,
            "size": stored.size,
        },
        now=now,
    )
    return evidence


def void(
    session: Session,
    actor: Actor,
    evidence: Evidence,
    *,
    reason: str,
    now: datetime,
    within: Recorded | None = None,
) -> None:
    """Declare evidence void; it stays, with the reason, and no longer counts."""
    state = EvidenceState.VALID if evidence.voided_at is None else EvidenceState.VOID
    is_own = evidence.handed_over_by_organisation_id == actor.organisation_id
    after = LIFECYCLE.take(state, "void", EvidenceFacts(is_own=is_own), actor)
    evidence.void_reason, evidence.voided_at = reason, now
    session.flush()
    record(
        session,
        actor,
        "evidence:voided",
        evidence,
        within=within,
        owner_id=evidence.body_id,
        label=evidence.title,
        before={"state": state},
        after={"state": after},
        reason=reason,
        now=now,
    )


def note_opening(
    session: Session,
    actor: Actor,
    evidence: Evidence,
    *,
    now: datetime,
    within: Recorded | None = None,
) -> None:
    """Record who saw a piece of evidence (I-32); for views marked ``leaves_trace``."""
    record(
        session,
        actor,
        "evidence:opened",
        evidence,
        within=within,
        owner_id=evidence.body_id,
        label=evidence.title,
        now=now,
    )


def _blob(
    session: Session, organisation_id: int, stored: StoredFile, media_type: str, now: datetime
) -> Blob:
    """Give the organisation's blob of a content, made where it is new; two at once agree."""
    known = blob_of(session, organisation_id, stored.sha256)
    if known is not None:
        return known
    made = Blob(
        organisation_id=organisation_id,
        sha256=stored.sha256,
        size=stored.size,
        media_type=media_type,
        stored_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
    except IntegrityError:
        known = blob_of(session, organisation_id, stored.sha256)
        if known is None:
            raise
        return known
    return made
