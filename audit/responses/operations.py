"""What the client and the auditors do about a response and its actions. Each flushes; none commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from audit.actions import operations as linking
from audit.actions.rules import ACTION, ActionFacts, ActionState, ResponseState
from audit.casefile.models import (
    ActionEvidence,
    CorrectiveAction,
    Response,
    ResponseEvidence,
)
from audit.casefile.queries import Case
from audit.findings import operations as findings
from audit.findings.rules import (
    FINDING,
    FindingFacts,
    FindingState,
    moved,
)
from audit.responses.queries import ActionCase, belong, planned
from core.clock import local_date
from core.db import expect
from core.errors import Invalid, Stale, StepRefused
from core.events import changes, record
from core.permissions import Actor
from core.words import N_, T_


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """A corrective action as the client plans it (S-24)."""

    measure: str
    owner_id: int
    due_on: date
    verification: str
    resources: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One round of the response as written; ``evidence_ids`` ``None`` keeps the evidence."""

    correction: str
    cause: str
    actions: Sequence[PlannedAction]
    evidence_ids: Collection[int] | None = None


# -- the response (I-10) -----------------------------------------------------------------------


def save(
    session: Session,
    actor: Actor,
    case: Case,
    reply: Reply,
    *,
    revision: int | None,
    now: datetime,
) -> Response:
    """Keep a draft of the present round; a returned round is followed by a new one.

    ``revision`` is that of the draft the form was read with (``None`` or 0: there was none). Raises
    ``Stale`` where somebody changed it meanwhile and ``Invalid`` for an owner who is no member.
    """
    FINDING.take(case.finding.state, "respond", case.facts, actor)
    made, before, after = _write(session, actor, case, reply, revision, now=now)
    if after:
        findings.record_on(
            session, actor, case, "response_drafted", now=now, before=before, after=after
        )
    return made


def save_and_submit(
    session: Session,
    actor: Actor,
    case: Case,
    reply: Reply,
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Keep what was written and submit it, as one event; raises ``StepRefused`` with what is missing."""
    due = case.finding.implementation_due_on
    facts = replace(
        case.facts,
        correction=bool(reply.correction),
        cause=bool(reply.cause),
        actions=len(reply.actions),
        actions_late=sum(due is not None and one.due_on > due for one in reply.actions),
    )
    FINDING.take(case.finding.state, "submit", facts, actor)
    made, _before, _after = _write(session, actor, case, reply, revision, now=now)
    submit(session, actor, replace(case, response=made, facts=facts), now=now)


def submit(session: Session, actor: Actor, case: Case, *, now: datetime) -> None:
    """Submit the present round."""
    findings.take(
        session, actor, case, "submit", "response_submitted",
        now=now, values={"escalated_at": None},
    )  # fmt: skip
    response = _present(case, ResponseState.DRAFT)
    response.state = ResponseState.SUBMITTED
    response.submitted_by_id, response.submitted_at = actor.person_id, now
    session.flush()


def accept(session: Session, actor: Actor, case: Case, *, note: str = "", now: datetime) -> None:
    """Accept the response; its actions are approved."""
    findings.take(session, actor, case, "accept", "response_accepted", now=now, reason=note)
    _review(session, actor, case, ResponseState.ACCEPTED, note, now=now)


def return_(session: Session, actor: Actor, case: Case, *, reason: str, now: datetime) -> None:
    """Return the response with a reason; the deadline moves by the days the auditors had it."""
    submitted = case.response.submitted_at if case.response else None
    values: dict[str, object] = {}
    if submitted is not None:
        due = moved(case.finding.response_due_on, local_date(submitted), local_date(now))
        values["response_due_on"] = due
    findings.take(
        session, actor, case, "return", "response_returned", now=now, reason=reason, values=values
    )
    _review(session, actor, case, ResponseState.RETURNED, reason, now=now)


def implement(session: Session, actor: Actor, case: Case, *, now: datetime) -> None:
    """Report that every action was carried out."""
    values: dict[str, object] = {"implemented_at": now, "escalated_at": None}
    findings.take(session, actor, case, "implement", "implemented", now=now, values=values)


# -- the actions (S-24) ------------------------------------------------------------------------


def report(  # noqa: PLR0913 -- the action, what is told, and what it was read with
    session: Session,
    actor: Actor,
    case: ActionCase,
    *,
    told: str,
    evidence_ids: Collection[int] | None = None,
    hand_in: bool = False,
    revision: int | None,
    now: datetime,
) -> None:
    """Tell how far an action has come; ``hand_in`` submits the evidence to the auditors too."""
    action = case.action
    state = ACTION.take(action.state, "report", case.facts, actor)
    expect(action, revision)
    pieces, linked = case.facts.evidence, None
    if evidence_ids is not None:
        linked = linking.link(
            session, ActionEvidence.action_id, action.id, case.audit.id, evidence_ids,
            organisation_id=actor.organisation_id,
        )  # fmt: skip
        pieces = len(set(evidence_ids))
    if hand_in:
        facts = replace(case.facts, reported=bool(told), evidence=pieces)
        state = ACTION.take(state, "submit", facts, actor)
    new = {"state": state, "report": told, "reported_at": now}
    before, after = changes(action, new)
    if linked is not None:
        before["evidence_ids"], after["evidence_ids"] = linked
    session.flush()
    past = "evidence_submitted" if hand_in else "reported"
    _record_action(session, actor, case, past, now=now, before=before, after=after)


def verify_action(
    session: Session, actor: Actor, case: ActionCase, *, note: str = "", now: datetime
) -> None:
    """Verify that an action was done and works; never by its owner."""
    state = ACTION.take(case.action.state, "verify", case.facts, actor)
    new: dict[str, object] = {
        "state": state,
        "verified_by_id": actor.person_id,
        "verified_at": now,
        "review_note": note,
    }
    before, after = changes(case.action, new)
    session.flush()
    _record_action(
        session, actor, case, "verified", now=now, before=before, after=after, reason=note
    )


def refuse_action(
    session: Session, actor: Actor, case: ActionCase, *, reason: str, now: datetime
) -> None:
    """Send an action back: its evidence does not show that it works.

    A finding reported as implemented waits for its actions again; the days it lay with the auditors
    are added to its deadline.
    """
    facts = replace(case.facts, note_given=bool(reason))
    state = ACTION.take(case.action.state, "refuse", facts, actor)
    before, after = changes(case.action, {"state": state, "review_note": reason})
    finding = case.finding
    if finding.state is FindingState.IMPLEMENTED:
        given = FindingFacts(grade=finding.grade, on_team=case.facts.on_team)
        since = local_date(finding.implemented_at or now)
        new: dict[str, object] = {
            "state": FINDING.take(finding.state, "reopen", given, actor),
            "implemented_at": None,
            "implementation_due_on": moved(finding.implementation_due_on, since, local_date(now)),
        }
        was, becomes = changes(finding, new)
        before, after = before | {"finding": was}, after | {"finding": becomes}
    session.flush()
    _record_action(
        session, actor, case, "found_not_effective",
        now=now, before=before, after=after, reason=reason,
    )  # fmt: skip


# -- within ------------------------------------------------------------------------------------


def _write(
    session: Session,
    actor: Actor,
    case: Case,
    reply: Reply,
    revision: int | None,
    *,
    now: datetime,
) -> tuple[Response, dict[str, object], dict[str, object]]:
    """Write the present round; gives it with what differs, before and after."""
    texts: dict[str, object] = {"correction": reply.correction, "cause": reply.cause}
    response, kept = case.response, list[CorrectiveAction]()
    begun = response is None or response.state is not ResponseState.DRAFT
    if response is not None and not begun:
        expect(response, revision or 0)
        before, after = changes(response, texts)
        kept = list(planned(session, response.id))
    else:
        if revision:
            raise Stale(N_("Somebody else changed this while you were working on it."))
        number = response.round + 1 if response is not None else 1
        before, after = {}, {"round": number, **texts}
        response = Response(finding_id=case.finding.id, round=number, **texts)
        session.add(response)
        session.flush()
    was = [_fields(row) for row in kept]
    becomes = [asdict(one) for one in reply.actions]
    if was != becomes:
        _plan(session, case, response, kept, reply.actions, now=now)
        before["actions"], after["actions"] = was, becomes
        if not begun:
            flag_modified(response, "cause")  # the revision counts the actions too
    if reply.evidence_ids or (reply.evidence_ids is not None and not begun):
        linked = linking.link(
            session, ResponseEvidence.response_id, response.id, case.audit.id, reply.evidence_ids,
            organisation_id=actor.organisation_id,
        )  # fmt: skip
        if linked is not None:
            before["evidence_ids"], after["evidence_ids"] = linked
    session.flush()
    return response, before, after


def _plan(
    session: Session,
    case: Case,
    response: Response,
    kept: Sequence[CorrectiveAction],
    wanted: Sequence[PlannedAction],
    *,
    now: datetime,
) -> None:
    """Let a draft have exactly these actions, in this order."""
    owners = {one.owner_id for one in wanted} - {row.owner_id for row in kept}
    if owners and not belong(session, case.audit.client_id, owners):
        raise Invalid(T_("Choose an owner who belongs to your organisation."), "actions")
    for row, one in zip(kept, wanted, strict=False):
        changes(row, asdict(one))
    for row in kept[len(wanted) :]:
        session.delete(row)
    session.add_all(
        CorrectiveAction(
            finding_id=case.finding.id, response_id=response.id, created_at=now, **asdict(one)
        )
        for one in wanted[len(kept) :]
    )
    session.flush()


def _fields(row: CorrectiveAction) -> dict[str, object]:
    return {one.name: getattr(row, one.name) for one in fields(PlannedAction)}


def _present(case: Case, state: ResponseState) -> Response:
    """Give the present round, which has to be in a state."""
    if case.response is None or case.response.state is not state:
        raise StepRefused(T_("This step is not possible in the present state."))
    return case.response


def _review(
    session: Session,
    actor: Actor,
    case: Case,
    state: ResponseState,
    note: str,
    *,
    now: datetime,
) -> None:
    """Review the submitted round; its actions follow."""
    response = _present(case, ResponseState.SUBMITTED)
    response.state, response.review_note = state, note
    response.reviewed_by_id, response.reviewed_at = actor.person_id, now
    action = "approve" if state is ResponseState.ACCEPTED else "return"
    given = ActionFacts(on_team=case.facts.on_team)
    session.execute(
        update(CorrectiveAction)
        .where(
            CorrectiveAction.response_id == response.id,
            CorrectiveAction.state == ActionState.PLANNED,
        )
        .values(
            state=ACTION.take(ActionState.PLANNED, action, given, actor),
            revision=CorrectiveAction.revision + 1,
        )
    )
    session.flush()


def _record_action(  # noqa: PLR0913
    session: Session,
    actor: Actor,
    case: ActionCase,
    past: str,
    *,
    now: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
    reason: str | None = None,
) -> None:
    record(
        session, actor, f"corrective_action:{past}", case.action, now=now, within=case.audit,
        owner_id=case.audit.body_id, label=case.finding.number,
        before=before, after=after, reason=reason or None,
    )  # fmt: skip
