"""What people do to appeals and complaints. Each flushes; none commits."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from accounts.people.models import AttemptKind
from accounts.people.operations import count_request
from audit.planning.models import Engagement
from certification.appeals.models import Case
from certification.appeals.queries import CasePage
from certification.appeals.rules import CASE, OVER, CaseKind, CaseState
from certification.certificates.models import Certificate
from certification.decisions.models import Decision
from core.clock import local_date
from core.db import expect, next_number
from core.errors import Invalid
from core.events import changes, record
from core.permissions import Actor, OrganisationKind
from core.words import T_

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what looks alike
_PARTS, _PART = 6, 4
PAST = {
    "acknowledge": "acknowledged", "validate": "validated", "reject": "rejected",
    "investigate": "investigation_started", "record": "investigated", "approve": "decided",
    "send_back": "outcome_returned", "notify": "notified", "close": "closed",
}  # fmt: skip


def new_code() -> str:
    """Make a tracking code: 24 signs, 118 bits, in groups that can be read out."""
    signs = [secrets.choice(_ALPHABET) for _ in range(_PARTS * _PART)]
    return "-".join("".join(signs[n : n + _PART]) for n in range(0, len(signs), _PART))


def code_digest(code: str) -> str:
    """Give the SHA-256 kept of a code; case, blanks and dashes do not matter."""
    plain = "".join(sign for sign in code.upper() if sign in _ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()


def appeal(
    session: Session, actor: Actor, *, decision_id: int, subject: str, text: str, now: datetime
) -> Case:
    """Lodge an appeal against a decision on one's own engagement; ``Invalid`` on ``decision_id`` else."""
    row = session.execute(
        select(Decision, Engagement)
        .join(Engagement, Engagement.id == Decision.engagement_id)
        .where(Decision.id == decision_id, Engagement.client_id == actor.organisation_id)
    ).one_or_none()
    if row is None:
        raise Invalid(T_("Choose a decision on one of your engagements."), field="decision_id")
    decision, engagement = row
    made = _add(
        session,
        now,
        kind=CaseKind.APPEAL,
        body_id=engagement.body_id,
        client_id=engagement.client_id,
        certificate_id=decision.certificate_id,
        decision_id=decision.id,
        subject=subject,
        text=text,
        from_name=actor.name,
        lodged_by_id=actor.person_id,
    )
    record(session, actor, "case:lodged", made, now=now, owner_id=made.body_id)
    return made


def complain(
    session: Session, values: Mapping[str, Any], *, address: str, language: str, now: datetime
) -> tuple[Case, str]:
    """Take a complaint from anybody; give it with its tracking code, of which only the SHA-256 is kept.

    ``TooMany`` after several from one address (quality.md item 9); ``Invalid`` on ``body_id`` or
    ``certificate_number``.
    """
    given = dict(values)
    number = given.pop("certificate_number", "")
    count_request(
        session, AttemptKind.COMPLAINT, given["from_email"].lower() or address, address, now=now
    )
    body = session.get(Organisation, given["body_id"])
    if body is None or body.kind is not OrganisationKind.BODY:
        raise Invalid(T_("Choose a certification body."), field="body_id")
    certificate = _certificate(session, body.id, number) if number else None
    code = new_code()
    made = _add(
        session,
        now,
        **given,
        kind=CaseKind.COMPLAINT,
        client_id=certificate.client_id if certificate else None,
        certificate_id=certificate.id if certificate else None,
        code_sha256=code_digest(code),
        language=language,
    )
    record(session, None, "case:received", made, now=now, owner_id=made.body_id)
    return made, code


def acknowledge(
    session: Session,
    actor: Actor,
    page: CasePage,
    *,
    due_on: date,
    revision: int | None,
    now: datetime,
) -> None:
    """Acknowledge; the actor becomes the handler. ``Invalid`` on ``due_on`` for a day that is past."""
    expect(page.case, revision)
    if due_on < local_date(now):
        raise Invalid(T_("The day lies in the past."), field="due_on")
    state = CASE.take(page.case.state, "acknowledge", page.facts, actor)
    page.case.handler_id, page.case.due_on = actor.person_id, due_on
    _settle(session, actor, page.case, "acknowledge", state, now=now, extra={"due_on": due_on})


def write(
    session: Session,
    actor: Actor,
    page: CasePage,
    values: Mapping[str, str],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Record what was found out and the outcome proposed; raises ``Stale`` and ``StepRefused``."""
    CASE.take(page.case.state, "record", page.facts, actor)
    expect(page.case, revision)
    before, after = changes(page.case, values)
    if not after:
        return
    session.flush()
    record(
        session, actor, "case:investigated", page.case,
        now=now, owner_id=page.case.body_id, before=before, after=after,
    )  # fmt: skip


def take(
    session: Session,
    actor: Actor,
    page: CasePage,
    action: str,
    *,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Take a step that asks for nothing but, sometimes, a reason."""
    one, facts = page.case, page.facts
    if action in {"reject", "send_back"}:
        facts = replace(facts, reason_given=bool(reason))
    state = CASE.take(one.state, action, facts, actor)
    extra: dict[str, object] = {}
    if action == "reject":
        one.outcome = reason or ""
    elif action == "approve":
        one.approved_by_id, one.decided_at = actor.person_id, now
    elif action == "send_back":
        extra["outcome"], one.outcome = one.outcome, ""
    _settle(session, actor, one, action, state, now=now, reason=reason, before=extra)


def _settle(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor,
    one: Case,
    action: str,
    state: CaseState,
    *,
    now: datetime,
    reason: str | None = None,
    extra: Mapping[str, object] | None = None,
    before: Mapping[str, object] | None = None,
) -> None:
    was, one.state = one.state, state
    if state in OVER:
        one.closed_at = now
    session.flush()
    record(
        session,
        actor,
        f"case:{PAST[action]}",
        one,
        now=now,
        owner_id=one.body_id,
        before={"state": was} | dict(before or {}),
        after={"state": state} | dict(extra or {}),
        reason=reason,
    )


def _certificate(session: Session, body_id: int, number: str) -> Certificate:
    found = session.scalar(
        select(Certificate).where(Certificate.number == number, Certificate.body_id == body_id)
    )
    if found is None:
        raise Invalid(
            T_("This body has no certificate with this number. Leave it out if you are not sure."),
            field="certificate_number",
        )
    return found


def _add(session: Session, now: datetime, **values: Any) -> Case:
    number = f"C-{now:%Y}-{next_number(session, f'case:{now:%Y}'):04d}"
    made = Case(number=number, received_at=now, **values)
    session.add(made)
    session.flush()
    return made
