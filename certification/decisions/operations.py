"""Taking a decision: one transaction, so that none of its consequences stands alone. Flushes; never commits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.people import operations as people
from audit.planning import operations as planning
from audit.planning.models import Audit, Engagement
from audit.planning.rules import AuditKind
from audit.workspace import queries as whole_audit
from certification.certificates import operations as certificates
from certification.certificates.models import Certificate
from certification.certificates.queries import facts as facts_of
from certification.certificates.rules import Grounds
from certification.conditions.rules import DecisionFacts
from certification.decisions.models import Decision
from certification.decisions.queries import CertificateCase, File
from certification.decisions.rules import (
    BEGINS_CYCLE,
    FIELDS,
    TITLES,
    DecisionOutcome,
    choice_conditions,
    chooses_level,
    conditions,
    outcomes,
)
from checklists.schemes.rules import SchemeRules
from core.clock import local_date
from core.db import claiming, next_number
from core.errors import Invalid, NotAllowed, NotFound, StepRefused
from core.events import record
from core.permissions import Actor, Permission, allowed
from core.words import N_, T_, Text, Words

O = DecisionOutcome  # noqa: E741 -- reads as the word


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the decider chose. ``effective_on`` absent: the day of the decision; an empty scope: the present one.

    ``level`` absent on a reduction: the level stays and the scope becomes smaller.
    """

    outcome: DecisionOutcome
    reasons: str
    level: int | None = None
    level_reason: str = ""
    scope_zh: str = ""
    scope_en: str = ""
    effective_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """What is decided about."""

    engagement: Engagement
    audit: Audit | None
    certificate: Certificate | None
    facts: DecisionFacts
    rules: SchemeRules
    rating_id: int | None
    scope: Words


def decide(
    session: Session, actor: Actor, file: File, choice: Choice, *, password: str, now: datetime
) -> Decision:
    """Decide on an audit's file, with a second sign-in, and carry out what follows.

    Raises ``StepRefused`` with each condition that is not met, ``Invalid`` beside the field of a wrong choice or
    password, ``NotAllowed`` for another role. The audit's step, the certificate and the next cycle are one change.
    """
    case = _Case(
        file.head.engagement, file.head.audit, file.certificate, file.facts, file.head.rules,
        file.rating.id if file.rating else None,
        file.scope,
    )  # fmt: skip
    made = _decide(session, actor, case, choice, password=password, now=now)
    audit = file.head.audit
    known = replace(whole_audit.facts(session, actor, audit), decision_taken=True)
    planning.move(
        session, actor, audit, "decide", known, now=now,
        extra={"decision": made.number, "outcome": made.outcome},
    )  # fmt: skip
    _carry_out(session, actor, case, choice, made, now=now)
    restored_after_expiry = choice.outcome is O.RESTORE and chooses_level(O.RESTORE, case.facts)
    if choice.outcome in BEGINS_CYCLE or restored_after_expiry:
        planning.renew_programme(session, case.engagement, local_date(now), now, actor=actor)
    return made


def decide_certificate(
    session: Session,
    actor: Actor,
    found: CertificateCase,
    choice: Choice,
    *,
    password: str,
    now: datetime,
) -> Decision:
    """Decide about a certificate without an audit: suspend, restore, reduce, withdraw, or reissue as it is now."""
    case = _Case(
        found.engagement, None, found.certificate, found.facts, found.rules, None,
        found.scope,
    )  # fmt: skip
    made = _decide(session, actor, case, choice, password=password, now=now)
    _carry_out(session, actor, case, choice, made, now=now)
    return made


def _decide(
    session: Session, actor: Actor, case: _Case, choice: Choice, *, password: str, now: datetime
) -> Decision:
    if actor.organisation_id != case.engagement.body_id:
        raise NotFound
    if not allowed(actor, Permission.DECISION_TAKE):
        raise NotAllowed(N_("Your role does not allow this step."))
    facts = _with_choice(case, choice, local_date(now))
    stood = _check(choice.outcome, facts)
    people.confirm(session, actor, password, now=now)
    today = local_date(now)
    made = Decision(
        number=f"D-{today.year}-{next_number(session, f'decision:{today.year}'):04d}",
        engagement_id=case.engagement.id,
        audit_id=case.audit.id if case.audit else None,
        certificate_id=case.certificate.id if case.certificate else None,
        outcome=choice.outcome,
        level=_level(case, choice),
        rated_level=case.facts.rated_level,
        level_reason=choice.level_reason.strip(),
        scope_zh=choice.scope_zh.strip() or case.scope.zh,
        scope_en=choice.scope_en.strip() or case.scope.en,
        reasons=choice.reasons.strip(),
        guards=stood,
        rating_id=case.rating_id,
        decided_by_id=actor.person_id,
        decided_at=now,
        effective_on=choice.effective_on or today,
    )
    refusal = StepRefused(T_("A decision on this audit was taken already."))
    with claiming(session, "uq_decisions_one_for_an_audit", refusal):
        session.add(made)
    within: Any = case.audit or case.certificate
    record(
        session, actor, "decision:taken", made, now=now, within=within,
        owner_id=case.engagement.body_id, reason=made.reasons,
        after={"outcome": made.outcome, "level": made.level, "rated_level": made.rated_level},
    )  # fmt: skip
    session.flush()
    return made


def _with_choice(case: _Case, choice: Choice, today: date) -> DecisionFacts:
    scope = (choice.scope_zh.strip(), choice.scope_en.strip())
    return replace(
        case.facts,
        today=today,
        level=choice.level,
        level_reason_given=bool(choice.level_reason.strip()),
        reasons_given=bool(choice.reasons.strip()),
        scope_changes=any(scope) and scope != (case.scope.zh, case.scope.en),
        effective_on=choice.effective_on,
        until=choice.until,
    )


def _check(outcome: DecisionOutcome, facts: DecisionFacts) -> dict[str, Any]:
    """Refuse what is not possible; give the conditions as they stood, to be kept with the decision."""
    if outcome not in outcomes(facts):
        raise StepRefused(T_("This cannot be decided in the present state."))
    standing = conditions(outcome, facts)
    missing = [reason for reason in standing if not reason.met]
    if missing:
        raise StepRefused(
            T_("“%(outcome)s” is not possible yet.", outcome=T_(TITLES[outcome])), missing
        )
    chosen = choice_conditions(outcome, facts)
    for reason in chosen:
        if not reason.met:
            raise Invalid(reason.text, field=FIELDS[reason.code])
    return {
        "conditions": [
            {"code": one.code, "met": one.met, **_kept(one.text)} for one in (*standing, *chosen)
        ]
    }


def _kept(text: Text) -> Mapping[str, Any]:
    return {
        "text": text.message,
        "values": {name: _plain(value) for name, value in text.values.items()},
        "plural": text.plural,
        "count": text.count,
    }


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _level(case: _Case, choice: Choice) -> int | None:
    if choice.outcome is O.REDUCE:
        return choice.level or case.facts.certificate_level
    return choice.level if chooses_level(choice.outcome, case.facts) else None


def _carry_out(
    session: Session, actor: Actor, case: _Case, choice: Choice, made: Decision, *, now: datetime
) -> None:
    """Do what the decision says to the certificate, and to the scope that was decided."""
    if choice.outcome is O.REFUSE:
        return
    grounds = _grounds(case, made, actor, now)
    if choice.outcome is O.GRANT:
        certificates.issue(session, actor, grounds, now=now)
        return
    one = case.certificate
    if one is None:
        raise StepRefused(T_("This engagement has no certificate."))
    kind = case.facts.kind
    given = facts_of(
        one, case.rules, local_date(now),
        after_surveillance=kind is AuditKind.SURVEILLANCE,
        after_recertification=kind is AuditKind.RECERTIFICATION,
        level=made.level,
        scope_changes=(made.scope_zh, made.scope_en) != (case.scope.zh, case.scope.en),
        until=choice.until,
    )  # fmt: skip
    if choice.outcome is O.MAINTAIN:
        # Without an audit it is issued anew with what is true now (I-16).
        if case.audit is None:
            certificates.revise(session, actor, one, grounds, now=now)
        else:
            certificates.maintain(session, actor, one, given, reason=made.reasons, now=now)
        return
    new_text = choice.outcome is O.REDUCE or chooses_level(choice.outcome, case.facts)
    certificates.change_state(
        session, actor, one, choice.outcome.value, given, reason=made.reasons, now=now,
        grounds=grounds if new_text and choice.outcome is not O.RENEW else None, decision_id=made.id,
    )  # fmt: skip
    if choice.outcome is O.RENEW:
        certificates.issue(session, actor, grounds, now=now, renewal=one.renewal + 1)


def _grounds(case: _Case, made: Decision, actor: Actor, now: datetime) -> Grounds:
    return Grounds(
        decision_id=made.id,
        engagement_id=case.engagement.id,
        decided_on=local_date(now),
        effective_on=made.effective_on,
        level=made.level or case.facts.certificate_level,
        scope=Words(made.scope_zh, made.scope_en),
        reason=made.reasons,
        signatory=actor.name,
    )
