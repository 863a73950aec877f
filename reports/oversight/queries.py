"""Certificates across all bodies, and the whole file of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from audit.casefile import queries as findings
from audit.conclusion.models import Report
from audit.findings.models import Finding
from audit.planning import queries as planning
from audit.planning.models import Audit, Engagement
from certification.appeals import queries as appeals
from certification.appeals.models import Case
from certification.applications.models import Application
from certification.certificates import queries as certificates
from certification.certificates.models import Certificate, CertificateRevision, CertificateStatus
from certification.certificates.rules import CertificateState
from certification.decisions.models import Decision
from checklists.schemes.models import SchemeVersion
from checklists.schemes.queries import rules_of
from checklists.standards.models import Standard, StandardVersion
from core.db import like
from core.errors import NotFound
from core.permissions import Actor

Body = aliased(Organisation, name="body")
Holder = aliased(Organisation, name="holder")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for; empty is everything."""

    words: str = ""
    body_id: int | None = None
    level: int | None = None
    state: str = ""
    standard_id: int | None = None
    until: date | None = None
    sort: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """The whole file of one certificate."""

    certificate: Certificate
    body: Organisation
    holder: Organisation
    engagement: Engagement
    standard: StandardVersion
    application: Application | None
    levels: int
    level_name: Any
    audits: Sequence[Any]
    findings: Sequence[Any]
    decisions: Sequence[Any]
    revisions: Sequence[CertificateRevision]
    statuses: Sequence[CertificateStatus]
    cases: Sequence[Case]


def listing(actor: Actor, wanted: Wanted) -> Select[Any]:
    """Build the list of certificates with holder, body and standard, those expiring soonest first."""
    query: Any = (
        select(Certificate, Holder, Body, Standard)
        .join(Holder, Holder.id == Certificate.client_id)
        .join(Body, Body.id == Certificate.body_id)
        .join(Engagement, Engagement.id == Certificate.engagement_id)
        .join(SchemeVersion, SchemeVersion.id == Engagement.scheme_version_id)
        .join(StandardVersion, StandardVersion.id == SchemeVersion.standard_version_id)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(certificates.visible(actor), *_conditions(wanted))
    )
    orders: dict[str, Any] = {
        "holder": Holder.name_en,
        "body": Body.name_en,
        "level": Certificate.level,
        "state": Certificate.state,
        "expires": Certificate.expires_on,
    }
    column = orders.get(wanted.sort.lstrip("-"), Certificate.expires_on)
    found: Select[Any] = query.order_by(
        column.desc() if wanted.sort.startswith("-") else column.asc(), Certificate.id
    )
    return found


def _conditions(wanted: Wanted) -> list[Any]:
    tests: list[Any] = []
    if wanted.body_id is not None:
        tests.append(Certificate.body_id == wanted.body_id)
    if wanted.level is not None:
        tests.append(Certificate.level == wanted.level)
    if wanted.state in set(CertificateState):
        tests.append(Certificate.state == wanted.state)
    if wanted.standard_id is not None:
        tests.append(Standard.id == wanted.standard_id)
    if wanted.until is not None:
        tests.append(Certificate.expires_on <= wanted.until)
    if wanted.words:
        pattern = like(wanted.words.lower())
        columns = (Certificate.number, Holder.name_zh, Holder.name_en, Holder.credit_code)
        tests.append(or_(*(func.lower(one).like(pattern, escape="\\") for one in columns)))
    return tests


def counts(session: Session, actor: Actor) -> list[tuple[CertificateState, int, int]]:
    """Count all certificates by state and level."""
    rows = session.execute(
        select(Certificate.state, Certificate.level, func.count())
        .where(certificates.visible(actor))
        .group_by(Certificate.state, Certificate.level)
        .order_by(Certificate.level)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def standards(session: Session) -> Sequence[Standard]:
    """List the standards, to filter by one."""
    return session.scalars(select(Standard).order_by(Standard.code)).all()


def file(session: Session, actor: Actor, certificate_id: int) -> File:
    """Gather the whole file of a certificate in seven statements; raises ``NotFound``."""
    row = session.execute(
        select(Certificate, Body, Holder, Engagement, StandardVersion, Application, SchemeVersion)
        .join(Holder, Holder.id == Certificate.client_id)
        .join(Body, Body.id == Certificate.body_id)
        .join(Engagement, Engagement.id == Certificate.engagement_id)
        .join(SchemeVersion, SchemeVersion.id == Engagement.scheme_version_id)
        .join(StandardVersion, StandardVersion.id == SchemeVersion.standard_version_id)
        .outerjoin(Application, Application.engagement_id == Engagement.id)
        .where(Certificate.id == certificate_id, certificates.visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    one, body, holder, engagement, standard, application, version = row
    rules = rules_of(version.content_sha256, version.content)
    names = {level.number: level.title for level in rules.levels}
    return File(
        certificate=one,
        body=body,
        holder=holder,
        engagement=engagement,
        standard=standard,
        application=application,
        levels=len(rules.levels),
        level_name=names.get(one.level),
        audits=_audits(session, actor, engagement.id),
        findings=_findings(session, actor, engagement.id),
        decisions=_decisions(session, engagement.id),
        revisions=_revisions(session, one.id),
        statuses=_statuses(session, one.id),
        cases=_cases(session, actor, one),
    )


def _audits(session: Session, actor: Actor, engagement_id: int) -> Sequence[Any]:
    return session.execute(
        select(Audit, Report)
        .outerjoin(Report, Report.audit_id == Audit.id)
        .where(Audit.engagement_id == engagement_id, planning.visible(actor))
        .order_by(func.coalesce(Audit.starts_on, Audit.due_on), Audit.id)
    ).all()


def _findings(session: Session, actor: Actor, engagement_id: int) -> Sequence[Any]:
    return session.execute(
        select(Finding, Audit)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(Audit.engagement_id == engagement_id, findings.visible(actor))
        .order_by(Finding.id)
    ).all()


def _decisions(session: Session, engagement_id: int) -> Sequence[Any]:
    return session.execute(
        select(Decision, Person.name)
        .join(Person, Person.id == Decision.decided_by_id)
        .where(Decision.engagement_id == engagement_id)
        .order_by(Decision.id.desc())
    ).all()


def _revisions(session: Session, certificate_id: int) -> Sequence[CertificateRevision]:
    return session.scalars(
        select(CertificateRevision)
        .where(CertificateRevision.certificate_id == certificate_id)
        .order_by(CertificateRevision.number.desc())
    ).all()


def _statuses(session: Session, certificate_id: int) -> Sequence[CertificateStatus]:
    return session.scalars(
        select(CertificateStatus)
        .where(CertificateStatus.certificate_id == certificate_id)
        .order_by(CertificateStatus.id.desc())
    ).all()


def _cases(session: Session, actor: Actor, one: Certificate) -> Sequence[Case]:
    return session.scalars(
        select(Case)
        .where(Case.client_id == one.client_id, Case.body_id == one.body_id, appeals.visible(actor))
        .order_by(Case.id.desc())
    ).all()
