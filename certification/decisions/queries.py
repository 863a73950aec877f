"""Decisions and the files they rest on, as read; scoped to the actor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from audit.assessment.models import Answer, AuditEvidence
from audit.casefile.models import Finding
from audit.casefile.rules import WITHOUT_PLAN, FindingGrade, FindingState
from audit.conclusion.models import Report
from audit.conclusion.rules import ReportState
from audit.findings import queries as findings
from audit.findings.queries import FindingRow
from audit.planning import queries as planning
from audit.planning.models import Audit, Engagement, Plan, TeamMember
from audit.planning.queries import AuditHead
from audit.planning.rules import AuditKind, AuditState
from audit.rating import queries as ratings
from audit.rating.models import Measure, RatingRecord
from certification.applications.models import Application
from certification.certificates import queries as certificates
from certification.certificates.models import Certificate, CertificateRevision
from certification.certificates.rules import status_on
from certification.conditions.rules import DecisionFacts
from certification.decisions.models import Decision
from certification.decisions.rules import DecisionOutcome
from checklists.schemes.rules import SchemeRules
from checklists.standards.models import Criterion
from core.clock import DEFAULT_ZONE, add_months, local_date, utc_now
from core.db import like
from core.errors import NotFound
from core.permissions import Actor, Permission, allowed
from core.words import Words

Client = aliased(Organisation, name="client")
_SETTLED = (FindingState.VERIFIED, FindingState.CLOSED, FindingState.VOID)


@dataclass(frozen=True, slots=True)
class File:
    """What lies before the decider: the audit, what was gathered, and the facts for the guards."""

    head: AuditHead
    facts: DecisionFacts
    counts: Mapping[str, Any]
    rating: RatingRecord | None
    certificate: Certificate | None
    findings: Sequence[FindingRow]
    earlier: Sequence[Any]

    @property
    def scope(self) -> Words:
        """Give the scope that would be decided: the certificate's as it stands, of a new one the whole."""
        return present_scope(self.head.engagement, self.earlier, self.certificate)


@dataclass(frozen=True, slots=True)
class CertificateCase:
    """A certificate to be decided about without an audit."""

    certificate: Certificate
    engagement: Engagement
    client: Organisation
    rules: SchemeRules
    facts: DecisionFacts
    earlier: Sequence[Any]

    @property
    def scope(self) -> Words:
        """Give the scope of the certificate as it stands."""
        return present_scope(self.engagement, self.earlier, self.certificate)


def present_scope(
    engagement: Engagement, decisions: Sequence[Any], held: Certificate | None
) -> Words:
    """Give the scope last decided for the certificate of an engagement; without one the engagement's own."""
    for taken, _name in decisions if held is not None else ():
        if taken.outcome is not DecisionOutcome.REFUSE:
            return Words(taken.scope_zh, taken.scope_en)
    return Words(engagement.scope_zh, engagement.scope_en)


def file(session: Session, actor: Actor, audit_id: int, *, now: datetime | None = None) -> File:
    """Gather the file of an audit in six statements; raises ``NotFound``.

    A stage 1 has none: it is concluded by its leader. ``now`` is the present unless given.
    """
    now = now or utc_now()
    head = planning.audit_head(session, actor, audit_id)
    if head.audit.kind is AuditKind.STAGE_1:
        raise NotFound
    until = _majors_until(head.audit, head.rules)
    counts = session.execute(_counts(head.audit, actor, until, now)).one()._asdict()
    rating = ratings.latest(session, audit_id)
    certificate = certificates.newest(session, head.audit.engagement_id)
    return File(
        head=head,
        facts=_facts(head, counts, rating, certificate, local_date(now)),
        counts=counts,
        rating=rating,
        certificate=certificate,
        findings=findings.of_audit(session, actor, audit_id),
        earlier=of_engagement(session, head.audit.engagement_id),
    )


def certificate_case(
    session: Session, actor: Actor, certificate_id: int, *, now: datetime | None = None
) -> CertificateCase:
    """Gather what a decision about a certificate without an audit looks at, in four statements."""
    row = session.execute(
        select(Certificate, Engagement, Client)
        .join(Engagement, Engagement.id == Certificate.engagement_id)
        .join(Client, Client.id == Certificate.client_id)
        .where(Certificate.id == certificate_id, certificates.visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    one, engagement, client = row
    rules = certificates.scheme_of(session, one)
    counts = session.execute(select(*_shared(engagement.id, actor))).one()._asdict()
    known = certificates.facts(one, rules, local_date(now or utc_now()))
    facts = DecisionFacts(
        today=known.today,
        certificate=status_on(one.state, one.expires_on, known.today),
        certificate_level=one.level,
        expires_on=one.expires_on,
        restoration_months=rules.restoration_months,
        suspension_months=rules.suspension.max_months,
        surveillance_overdue=known.surveillance_overdue,
        teams=_numbers(counts["teams"]),
        unverified_majors=counts["unverified_majors"],
        minors_without_plan=counts["minors_without_plan"],
        findings_disputed=counts["findings_disputed"],
        lowest_level=rules.levels[0].number,
        level_sought=engagement.level_sought,
    )
    earlier = of_engagement(session, engagement.id)
    return CertificateCase(one, engagement, client, rules, facts, earlier)


def decision(session: Session, actor: Actor, decision_id: int) -> Any:
    """Give a decision with engagement, client, audit, certificate and who took it; raises ``NotFound``.

    The client sees the decisions about itself.
    """
    query = (
        select(Decision, Engagement, Client, Person.name, Audit, Certificate)
        .join(Engagement, Engagement.id == Decision.engagement_id)
        .join(Client, Client.id == Engagement.client_id)
        .join(Person, Person.id == Decision.decided_by_id)
        .outerjoin(Audit, Audit.id == Decision.audit_id)
        .outerjoin(Certificate, Certificate.id == _certificate_of())
        .where(Decision.id == decision_id, planning.engagements_visible(actor))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def of_engagement(session: Session, engagement_id: int) -> Sequence[Any]:
    """List the decisions about an engagement with who took them, the newest first."""
    query = (
        select(Decision, Person.name)
        .join(Person, Person.id == Decision.decided_by_id)
        .where(Decision.engagement_id == engagement_id)
        .order_by(Decision.id.desc())
    )
    return session.execute(query).all()


def listing(
    actor: Actor, *, words: str = "", outcome: str = "", since: date | None = None, sort: str = ""
) -> Any:
    """Build the list of decisions with client, decider, audit and certificate numbers."""
    certificate_id = _certificate_of()
    audit_number = select(Audit.number).where(Audit.id == Decision.audit_id).scalar_subquery()
    certificate_number = (
        select(Certificate.number).where(Certificate.id == certificate_id).scalar_subquery()
    )
    query = (
        select(Decision, Client, Person.name, audit_number, certificate_number, certificate_id)
        .join(Engagement, Engagement.id == Decision.engagement_id)
        .join(Client, Client.id == Engagement.client_id)
        .join(Person, Person.id == Decision.decided_by_id)
        .where(planning.engagements_visible(actor))
    )
    if outcome in set(DecisionOutcome):
        query = query.where(Decision.outcome == outcome)
    if since is not None:
        query = query.where(Decision.effective_on >= since)
    if words:
        pattern = like(words.lower())
        columns = (
            Decision.number, Client.name_zh, Client.name_en, Person.name, audit_number,
            certificate_number,
        )  # fmt: skip
        query = query.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    orders: Mapping[str, Any] = {
        "number": Decision.number,
        "client": Client.name_en,
        "outcome": Decision.outcome,
        "decided": Decision.decided_at,
    }
    column = orders.get(sort.lstrip("-"), Decision.id)
    down = sort.startswith("-") or sort.lstrip("-") not in orders
    return query.order_by(column.desc() if down else column.asc(), Decision.id.desc())


def waiting(session: Session, actor: Actor, *, limit: int = 100) -> Sequence[Any]:
    """List the files under decision: audit, client, and whether the actor was on a team of the engagement.

    Empty for whoever does not read decisions.
    """
    if not allowed(actor, Permission.DECISION_READ):
        return ()
    other = aliased(Audit)
    barred = (
        select(TeamMember.id)
        .join(other, other.id == TeamMember.audit_id)
        .where(other.engagement_id == Audit.engagement_id, TeamMember.person_id == actor.person_id)
        .correlate(Audit)
        .exists()
    )
    query = (
        select(Audit, Client, barred.label("barred"))
        .join(Client, Client.id == Audit.client_id)
        .where(planning.visible(actor), Audit.state == AuditState.UNDER_DECISION)
        .order_by(Audit.ends_on, Audit.id)
        .limit(limit)
    )
    return session.execute(query).all()


def _certificate_of() -> Any:
    """Give the key of the certificate a decision is about, or that it issued."""
    issued = (
        select(func.min(CertificateRevision.certificate_id))
        .where(CertificateRevision.decision_id == Decision.id)
        .correlate(Decision)
        .scalar_subquery()
    )
    return func.coalesce(issued, Decision.certificate_id)


def _facts(
    head: AuditHead,
    counts: Mapping[str, Any],
    rating: RatingRecord | None,
    held: Certificate | None,
    today: date,
) -> DecisionFacts:
    rules, audit = head.rules, head.audit
    known: dict[str, Any] = {}
    if held is not None:
        known = {
            "certificate": status_on(held.state, held.expires_on, today),
            "certificate_level": held.level,
            "expires_on": held.expires_on,
            "surveillance_overdue": certificates.facts(held, rules, today).surveillance_overdue,
        }
    return DecisionFacts(
        today=today,
        audit_id=audit.id,
        kind=audit.kind,
        under_decision=audit.state is AuditState.UNDER_DECISION,
        restoration_months=rules.restoration_months,
        suspension_months=rules.suspension.max_months,
        teams=_numbers(counts["teams"]),
        unverified_majors=counts["unverified_majors"],
        majors_too_late=counts["majors_late"],
        majors_until=_majors_until(audit, rules),
        minors_without_plan=counts["minors_without_plan"],
        findings_disputed=counts["findings_disputed"],
        criteria_critical=counts["critical"],
        unanswered_critical=counts["unanswered_critical"],
        report_signed=bool(counts["report_signed"]),
        rating_there=rating is not None,
        rating_current=bool(counts["rating_current"]),
        rated_level=rating.level if rating else None,
        lowest_level=rules.levels[0].number,
        level_sought=audit.level_sought,
        **known,
    )


def _majors_until(audit: Audit, rules: SchemeRules) -> date | None:
    """Give the day by which the majors of a stage 2 have to be verified; None for other audits (I-13)."""
    if audit.kind is not AuditKind.STAGE_2 or audit.ends_on is None:
        return None
    return add_months(audit.ends_on, rules.major_verification_months)


def _numbers(joined: str | None) -> tuple[str, ...]:
    return tuple(sorted(set(joined.split(",")))) if joined else ()


def _shared(engagement_id: int, actor: Actor) -> list[Any]:
    """Give the columns on the engagement as a whole: the decider's teams and what its findings stand at."""
    other = aliased(Audit)
    raised = (
        select(func.count())
        .select_from(Finding)
        .join(other, other.id == Finding.audit_id)
        .where(other.engagement_id == engagement_id, Finding.state != FindingState.DRAFT)
    )
    major, minor = Finding.grade == FindingGrade.MAJOR, Finding.grade == FindingGrade.MINOR
    teams = (
        select(func.aggregate_strings(other.number, ","))
        .select_from(TeamMember)
        .join(other, other.id == TeamMember.audit_id)
        .where(other.engagement_id == engagement_id, TeamMember.person_id == actor.person_id)
    )
    conditions = {
        "unverified_majors": and_(major, Finding.state.not_in(_SETTLED)),
        "minors_without_plan": and_(minor, Finding.state.in_(WITHOUT_PLAN)),
        "findings_disputed": Finding.state == FindingState.DISPUTED,
    }
    return [
        teams.scalar_subquery().label("teams"),
        *(raised.where(test).scalar_subquery().label(name) for name, test in conditions.items()),
    ]


def _counts(audit: Audit, actor: Actor, majors_until: date | None, now: datetime) -> Select[Any]:
    """Build the one statement that counts what the file holds."""
    answers = (
        select(func.count())
        .select_from(Answer)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(Answer.audit_id == audit.id, Criterion.critical)
    )
    rated_at = (
        select(func.max(RatingRecord.computed_at))
        .where(RatingRecord.audit_id == audit.id)
        .scalar_subquery()
    )
    later = (
        select(Answer.id).where(Answer.audit_id == audit.id, Answer.answered_at > rated_at).exists()
        | select(Measure.id)
        .where(Measure.audit_id == audit.id, Measure.entered_at > rated_at)
        .exists()
    )
    report = select(Report).where(Report.audit_id == audit.id)
    application = (
        select(Application.id).where(Application.engagement_id == audit.engagement_id).limit(1)
    )
    return select(
        *_shared(audit.engagement_id, actor),
        _late_majors(audit, majors_until, now).label("majors_late"),
        answers.scalar_subquery().label("critical"),
        answers.where(Answer.rating.is_(None), ~Answer.excluded)
        .scalar_subquery()
        .label("unanswered_critical"),
        (~later).label("rating_current"),
        report.where(Report.state == ReportState.SIGNED).exists().label("report_signed"),
        *(
            report.with_only_columns(getattr(Report, name)).scalar_subquery().label(name)
            for name in ("signed_at", "recommendation", "recommended_level")
        ),
        select(func.max(Plan.version))
        .where(Plan.audit_id == audit.id)
        .scalar_subquery()
        .label("plan_version"),
        select(func.count())
        .where(AuditEvidence.audit_id == audit.id)
        .scalar_subquery()
        .label("evidence"),
        application.scalar_subquery().label("application_id"),
    )


def _late_majors(audit: Audit, until: date | None, now: datetime) -> Any:
    """Count the majors of a stage 2 that were not verified by the last day."""
    if until is None:
        return literal(0, Integer)
    over = datetime.combine(until + timedelta(days=1), time(), ZoneInfo(DEFAULT_ZONE))
    open_ = Finding.verified_at.is_(None) & (literal(now >= over))
    return (
        select(func.count())
        .where(
            Finding.audit_id == audit.id,
            Finding.grade == FindingGrade.MAJOR,
            Finding.state.not_in([FindingState.DRAFT, FindingState.VOID]),
            (Finding.verified_at >= over) | open_,
        )
        .scalar_subquery()
    )
