"""What people and the clock do to findings. Each flushes; none commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from audit.actions import operations as linking
from audit.assessment.models import Answer, AuditEvidence
from audit.casefile.models import Finding, FindingEvidence
from audit.casefile.queries import Case, on_team
from audit.findings.queries import overdue_on
from audit.findings.rules import (
    FINDING,
    NEEDS_RESPONSE,
    FindingFacts,
    FindingGrade,
    FindingState,
    deadlines,
)
from audit.planning import queries as planning
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from checklists.schemes import queries as schemes
from checklists.schemes.rules import SchemeRules
from core.clock import local_date
from core.db import expect, next_number
from core.errors import Invalid, NotFound
from core.events import changes, record
from core.permissions import Actor
from core.words import T_

FIELDS = ("grade", "criterion_id", "title", "statement", "evidence")


# -- the auditors' side (I-09) -----------------------------------------------------------------


def draft(
    session: Session,
    actor: Actor,
    audit_id: int,
    values: Mapping[str, Any],
    *,
    evidence_ids: Collection[int] = (),
    now: datetime,
) -> Finding:
    """Draft a finding; ``values`` has the names in ``FIELDS``.

    Raises ``NotFound`` for a foreign audit, ``StepRefused`` outside the team or the fieldwork and
    ``Invalid`` for a criterion that is not on the checklist.
    """
    chosen = exists().where(
        Answer.audit_id == Audit.id, Answer.criterion_id == values["criterion_id"]
    )
    row = session.execute(
        select(Audit, on_team(actor), chosen).where(Audit.id == audit_id, planning.visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    audit, assessing, known = row
    facts = FindingFacts(
        grade=FindingGrade(values["grade"]),
        on_team=bool(assessing),
        fieldwork_running=audit.state is AuditState.IN_PROGRESS,
    )
    FINDING.take(FindingState.DRAFT, "edit", facts, actor)
    if not known:
        raise Invalid(T_("Choose a criterion of this audit's checklist."), "criterion_id")
    made = _new(session, actor, audit, values, now=now)
    if evidence_ids:
        linking.link(session, FindingEvidence.finding_id, made.id, audit.id, evidence_ids)
    return made


def edit(  # noqa: PLR0913 -- the finding, its new values, and what it was read with
    session: Session,
    actor: Actor,
    case: Case,
    values: Mapping[str, Any],
    *,
    evidence_ids: Collection[int] | None = None,
    revision: int | None,
    now: datetime,
) -> None:
    """Change a draft; raises ``Stale`` where somebody changed it meanwhile. ``None`` keeps the evidence."""
    one = case.finding
    FINDING.take(one.state, "edit", case.facts, actor)
    expect(one, revision)
    _check_criterion(session, case, values["criterion_id"])
    before, after = changes(one, {name: values[name] for name in FIELDS})
    session.flush()
    if evidence_ids is not None:
        linked = linking.link(
            session, FindingEvidence.finding_id, one.id, case.audit.id, evidence_ids
        )
        if linked is not None:
            before["evidence_ids"], after["evidence_ids"] = linked
    if after:
        record_on(session, actor, case, "edited", now=now, before=before, after=after)


def void(session: Session, actor: Actor, case: Case, *, reason: str, now: datetime) -> None:
    """Void a draft with a reason; it stays on record."""
    take(
        session,
        actor,
        case,
        "void",
        "voided",
        now=now,
        reason=reason,
        values={"void_reason": reason},
    )


def raise_(session: Session, actor: Actor, case: Case, *, now: datetime) -> None:
    """Raise a finding: the client sees it with its evidence, and the deadlines of its grade begin.

    Strengths and opportunities are recorded: they are closed at once.
    """
    one = case.finding
    values: dict[str, object] = {"raised_by_id": actor.person_id, "raised_at": now}
    if one.grade in NEEDS_RESPONSE:
        values |= deadlines(case.scheme, one.grade, local_date(now))
        take(session, actor, case, "raise", "raised", now=now, values=values)
    else:
        values["closed_at"] = now
        take(session, actor, case, "record", "recorded", now=now, values=values)
    shown = select(FindingEvidence.evidence_id).where(FindingEvidence.finding_id == one.id)
    session.execute(
        update(AuditEvidence)
        .where(AuditEvidence.audit_id == one.audit_id, AuditEvidence.evidence_id.in_(shown))
        .values(shown_to_client=True)
        .execution_options(synchronize_session=False)
    )


def verify(session: Session, actor: Actor, case: Case, *, note: str, now: datetime) -> None:
    """Verify that correction and actions are in place (I-10)."""
    take(
        session, actor, case, "verify", "verified", now=now, reason=note,
        values={"verified_by_id": actor.person_id, "verified_at": now, "verification": note},
    )  # fmt: skip


def close(session: Session, actor: Actor, case: Case, *, now: datetime) -> None:
    """Close a verified finding."""
    take(session, actor, case, "close", "closed", now=now, values={"closed_at": now})


def judge(
    session: Session, actor: Actor, case: Case, *, effective: bool, note: str = "", now: datetime
) -> Finding | None:
    """Judge the effectiveness at a later audit (I-10); gives the new draft where it did not last."""
    action = "find_effective" if effective else "find_ineffective"
    past = "found_effective" if effective else "found_ineffective"
    values = {
        "effective": effective,
        "effectiveness": note,
        "judged_in_id": case.judging_in,
        "judged_by_id": actor.person_id,
        "judged_at": now,
    }
    take(session, actor, case, action, past, now=now, reason=note, values=values)
    if effective:
        return None
    later = session.get_one(Audit, case.judging_in)
    again = {
        "grade": case.finding.grade,
        "criterion_id": case.finding.criterion_id,
        "title": case.finding.title,
        "statement": "",
        "evidence": note,
    }
    return _new(session, actor, later, again, follows=case.finding, now=now)


# -- the client's side -------------------------------------------------------------------------


def acknowledge(session: Session, actor: Actor, case: Case, *, now: datetime) -> None:
    """Confirm that the finding was received."""
    take(session, actor, case, "acknowledge", "acknowledged", now=now)


# -- the clock (I-11) --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """What the clock does to a finding on a day: ``upgrade`` or ``escalate``."""

    finding: Finding
    audit: Audit
    action: str


def due_list(session: Session, day: date) -> Sequence[Due]:
    """List what the clock would do on a day: a deadline has passed, and nothing followed from it yet."""
    rows = session.execute(
        select(Finding, Audit)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(overdue_on(day), Finding.escalated_at.is_(None), Finding.grade.in_(NEEDS_RESPONSE))
        .order_by(Finding.id)
        .with_for_update(of=Finding)
    )
    return [
        Due(one, audit, "upgrade" if one.grade is FindingGrade.MINOR else "escalate")
        for one, audit in rows
    ]


def run_clock(session: Session, day: date, *, now: datetime) -> dict[str, int]:
    """Let overdue minors become major and escalate overdue majors; gives how many of each.

    A second run for a day finds nothing. The new deadlines count from ``day``, so that catching up
    day by day gives what daily runs would have given.
    """
    done = {"upgraded": 0, "escalated": 0}
    found = due_list(session, day)
    versions = {due.audit.scheme_version_id for due in found}
    scheme = {key: schemes.rules(session, key) for key in sorted(versions)}
    for due in found:
        past = "upgraded" if due.action == "upgrade" else "escalated"
        facts = FindingFacts(grade=due.finding.grade, overdue=True)
        FINDING.take(due.finding.state, due.action, facts, None)
        new: dict[str, object] = {f"{past}_at": now}
        if due.action == "upgrade":
            new |= _upgraded(due.finding, scheme[due.audit.scheme_version_id], day)
        before, after = changes(due.finding, new)
        record(
            session, None, f"finding:{past}", due.finding,
            now=now, within=due.audit, owner_id=due.audit.body_id, before=before, after=after,
        )  # fmt: skip
        done[past] += 1
    session.flush()
    return done


def _upgraded(one: Finding, scheme: SchemeRules, day: date) -> dict[str, object]:
    """Give what an overdue minor becomes; a deadline that was met stays as it was."""
    days = deadlines(scheme, FindingGrade.MAJOR, day)
    if one.state is FindingState.ACCEPTED:
        days = {"implementation_due_on": days["implementation_due_on"]}
    elif one.state is not FindingState.RAISED:
        days.pop("acknowledge_due_on")
    return {"grade": FindingGrade.MAJOR, **days}


# -- parts of every step ------------------------------------------------------------------------------------


def _new(
    session: Session,
    actor: Actor,
    audit: Audit,
    values: Mapping[str, Any],
    *,
    follows: Finding | None = None,
    now: datetime,
) -> Finding:
    rest = audit.number.removeprefix("A-")
    made = Finding(
        **{name: values[name] for name in FIELDS},
        number=f"F-{rest}-{next_number(session, f'finding:{audit.number}'):02d}",
        audit_id=audit.id,
        drafted_by_id=actor.person_id,
        drafted_at=now,
        follows_id=follows.id if follows else None,
    )
    session.add(made)
    session.flush()
    record(
        session, actor, "finding:drafted", made, now=now, within=audit, owner_id=audit.body_id,
        after={"grade": made.grade, "title": made.title, "follows": follows and follows.number},
    )  # fmt: skip
    return made


def _check_criterion(session: Session, case: Case, criterion_id: int) -> None:
    if criterion_id == case.finding.criterion_id:
        return
    query = select(Answer.id).where(
        Answer.audit_id == case.audit.id, Answer.criterion_id == criterion_id
    )
    if session.scalar(query) is None:
        raise Invalid(T_("Choose a criterion of this audit's checklist."), "criterion_id")


def take(  # noqa: PLR0913 -- a step has this many parts
    session: Session,
    actor: Actor,
    case: Case,
    action: str,
    past: str,
    *,
    now: datetime,
    reason: str | None = None,
    values: Mapping[str, object] | None = None,
    told: Mapping[str, object] | None = None,
) -> None:
    """Take a step of the finding, set ``values`` and record it; ``told`` is kept with the event."""
    given = (reason or "").strip() or None
    facts = replace(case.facts, reason_given=given is not None)
    state = FINDING.take(case.finding.state, action, facts, actor)
    before, after = changes(case.finding, {"state": state, **(values or {})})
    session.flush()
    after |= told or {}
    record_on(session, actor, case, past, now=now, before=before, after=after, reason=given)


def record_on(  # noqa: PLR0913
    session: Session,
    actor: Actor,
    case: Case,
    past: str,
    *,
    now: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
    reason: str | None = None,
) -> None:
    """Record something about a finding."""
    record(
        session, actor, f"finding:{past}", case.finding, now=now, within=case.audit,
        owner_id=case.audit.body_id, before=before, after=after, reason=reason,
    )  # fmt: skip
