"""Certificates as read, scoped to the actor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, true
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation, Site
from audit.planning.models import Audit, Engagement, EngagementSite, TeamMember
from certification.certificates.models import Certificate, CertificateRevision, CertificateStatus
from certification.certificates.rules import LIVING, CertificateFacts, CertificateState
from checklists.schemes.models import SchemeVersion
from checklists.schemes.queries import rules_known
from checklists.schemes.rules import SchemeRules
from checklists.standards.models import Standard, StandardVersion
from core.clock import local_date, utc_now
from core.db import like
from core.errors import NotFound
from core.jobs import Job, JobState
from core.permissions import Actor, OrganisationKind, Role
from core.words import Words
from evidence.issued.models import IssuedDocument

DOCUMENT = "certificate"
DOCUMENT_JOB = "certificate:document"
Client = aliased(Organisation, name="client")
Body = aliased(Organisation, name="body")


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision with its printed document, once there is one."""

    revision: CertificateRevision
    document: IssuedDocument | None


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """Everything the page of one certificate shows; the newest revision and status come first."""

    certificate: Certificate
    client: Organisation
    body: Organisation
    rules: SchemeRules
    revisions: Sequence[RevisionRow]
    statuses: Sequence[CertificateStatus]
    job: Job | None

    @property
    def current(self) -> RevisionRow:
        """Give the revision that counts."""
        return self.revisions[0]


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a certificate says of its engagement as it stands now (I-16)."""

    engagement: Engagement
    client: Organisation
    body: Organisation
    standard_code: str
    standard: Words
    standard_version: str
    rules: SchemeRules
    sites: Sequence[Site]


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Certificate`` that holds for what the actor may see.

    A body sees its own, somebody who is only an auditor there those of engagements they worked in; a provider those
    it holds; a regulator all.
    """
    if actor.organisation_kind is OrganisationKind.REGULATOR:
        return true()
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return Certificate.client_id == actor.organisation_id
    own = Certificate.body_id == actor.organisation_id
    if actor.roles != {Role.AUDITOR}:
        return own
    worked = exists().where(
        Audit.engagement_id == Certificate.engagement_id,
        TeamMember.audit_id == Audit.id,
        TeamMember.person_id == actor.person_id,
    )
    return own & worked


def certificate(session: Session, actor: Actor, certificate_id: int) -> Certificate:
    """Give a certificate; ``NotFound`` for what is not there and for what is foreign."""
    query = select(Certificate).where(Certificate.id == certificate_id, visible(actor))
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def newest(session: Session, engagement_id: int) -> Certificate | None:
    """Give the newest certificate of an engagement, in whatever state."""
    query = select(Certificate).where(Certificate.engagement_id == engagement_id)
    return session.scalar(query.order_by(Certificate.id.desc()).limit(1))


def scheme_of(session: Session, one: Certificate) -> SchemeRules:
    """Give the rules of the scheme version that a certificate's engagement follows now."""
    row = session.execute(
        select(SchemeVersion.id, SchemeVersion.content_sha256)
        .join(Engagement, Engagement.scheme_version_id == SchemeVersion.id)
        .where(Engagement.id == one.engagement_id)
    ).one()
    return rules_known(session, *row)


def facts(one: Certificate, rules: SchemeRules, today: date, **chosen: Any) -> CertificateFacts:
    """Gather what the guards of a certificate's steps look at; ``chosen`` are fields of a step."""
    return CertificateFacts(
        today=today,
        expires_on=one.expires_on,
        current_level=one.level,
        suspended_until=one.suspended_until,
        suspension_months=rules.suspension.max_months,
        restoration_months=rules.restoration_months,
        surveillance_due_on=one.next_surveillance_due_on,
        grace_days=rules.cycle.surveillance_grace_days,
        **chosen,
    )


def page(session: Session, actor: Actor, certificate_id: int) -> CertificatePage:
    """Gather the page of one certificate in four statements; raises ``NotFound``."""
    row = session.execute(
        select(Certificate, Client, Body, SchemeVersion.id, SchemeVersion.content_sha256)
        .join(Client, Client.id == Certificate.client_id)
        .join(Body, Body.id == Certificate.body_id)
        .join(Engagement, Engagement.id == Certificate.engagement_id)
        .join(SchemeVersion, SchemeVersion.id == Engagement.scheme_version_id)
        .where(Certificate.id == certificate_id, visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    one, client, body, version_id, sha256 = row
    rows = revisions(session, one.id)
    return CertificatePage(
        certificate=one,
        client=client,
        body=body,
        rules=rules_known(session, version_id, sha256),
        revisions=rows,
        statuses=statuses(session, one.id),
        job=None if rows[0].document else _job(session, rows[0].revision.id),
    )


def revisions(session: Session, certificate_id: int) -> list[RevisionRow]:
    """List the revisions of a certificate with their documents, the newest first."""
    rows = session.execute(
        select(CertificateRevision, IssuedDocument)
        .outerjoin(IssuedDocument, document_of_revision())
        .where(CertificateRevision.certificate_id == certificate_id)
        .order_by(CertificateRevision.number.desc())
    )
    return [RevisionRow(revision, document) for revision, document in rows]


def statuses(session: Session, certificate_id: int) -> Sequence[CertificateStatus]:
    """List the changes of status of a certificate, the newest first."""
    query = select(CertificateStatus).where(CertificateStatus.certificate_id == certificate_id)
    return session.scalars(query.order_by(CertificateStatus.id.desc())).all()


def document_of_revision() -> ColumnElement[bool]:
    """Give the condition that joins a revision with its printed document."""
    return and_(
        IssuedDocument.subject_kind == CertificateRevision.__tablename__,
        IssuedDocument.subject_id == CertificateRevision.id,
        IssuedDocument.kind == DOCUMENT,
    )


def particulars(session: Session, engagement_id: int) -> Particulars:
    """Gather what a certificate says of an engagement, in two statements; raises ``NotFound``."""
    row = session.execute(
        select(
            Engagement,
            Client,
            Body,
            Standard.code,
            StandardVersion.title_zh,
            StandardVersion.title_en,
            StandardVersion.version,
            SchemeVersion.id,
            SchemeVersion.content_sha256,
        )
        .join(Client, Client.id == Engagement.client_id)
        .join(Body, Body.id == Engagement.body_id)
        .join(SchemeVersion, SchemeVersion.id == Engagement.scheme_version_id)
        .join(StandardVersion, StandardVersion.id == SchemeVersion.standard_version_id)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(Engagement.id == engagement_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    engagement, client, body, code, title_zh, title_en, version, version_id, sha256 = row
    sites = session.scalars(
        select(Site)
        .join(EngagementSite, EngagementSite.site_id == Site.id)
        .where(EngagementSite.engagement_id == engagement_id)
        .order_by(Site.is_central.desc(), Site.id)
    ).all()
    rules = rules_known(session, version_id, sha256)
    return Particulars(
        engagement, client, body, code, Words(title_zh, title_en), version, rules, sites
    )


def listing(
    actor: Actor, *, words: str = "", state: str = "", level: int | None = None, sort: str = ""
) -> Any:
    """Build the list of certificates with holder and body, the newest first unless ``sort`` says otherwise."""
    query = (
        select(Certificate, Client, Body)
        .join(Client, Client.id == Certificate.client_id)
        .join(Body, Body.id == Certificate.body_id)
        .where(visible(actor))
    )
    if state in set(CertificateState):
        query = query.where(in_state(CertificateState(state), local_date(utc_now())))
    if level is not None:
        query = query.where(Certificate.level == level)
    if words:
        query = query.where(Certificate.search_text.like(like(words.lower()), escape="\\"))
    return _sorted(query, sort)


def levels_of(session: Session, certificates: Sequence[Certificate]) -> dict[int, int]:
    """Give for each certificate how many levels its scheme has (S-02)."""
    rows = session.execute(
        select(Certificate.id, SchemeVersion.id, SchemeVersion.content_sha256)
        .join(Engagement, Engagement.id == Certificate.engagement_id)
        .join(SchemeVersion, SchemeVersion.id == Engagement.scheme_version_id)
        .where(Certificate.id.in_([one.id for one in certificates]))
    )
    return {key: len(rules_known(session, version, sha).levels) for key, version, sha in rows}


def in_state(state: CertificateState, today: date) -> ColumnElement[bool]:
    """Give the condition that a certificate stands in a state today, even before the clock ran."""
    over = Certificate.state.in_(list(LIVING)) & (Certificate.expires_on < today)
    if state is CertificateState.EXPIRED:
        return (Certificate.state == state) | over
    if state in LIVING:
        return (Certificate.state == state) & (Certificate.expires_on >= today)
    return Certificate.state == state


def every(session: Session) -> Sequence[Any]:
    """List all certificates with their holders, for the command line."""
    query = select(Certificate, Client).join(Client, Client.id == Certificate.client_id)
    return session.execute(query.order_by(Certificate.id)).all()


def failed_documents(session: Session, actor: Actor) -> Sequence[Any]:
    """List the printed documents that could not be made, with their certificates."""
    if actor.organisation_kind is not OrganisationKind.BODY:
        return ()
    query = (
        select(Job, Certificate)
        .join(CertificateRevision, CertificateRevision.id == Job.subject_id)
        .join(Certificate, Certificate.id == CertificateRevision.certificate_id)
        .where(
            Job.kind == DOCUMENT_JOB,
            Job.state == JobState.FAILED,
            Job.subject_kind == CertificateRevision.__tablename__,
            visible(actor),
        )
        .order_by(Job.id)
    )
    return session.execute(query).all()


def _job(session: Session, revision_id: int) -> Job | None:
    query = select(Job).where(
        Job.kind == DOCUMENT_JOB,
        Job.subject_kind == CertificateRevision.__tablename__,
        Job.subject_id == revision_id,
    )
    return session.scalar(query.order_by(Job.id.desc()).limit(1))


def _sorted(query: Any, sort: str) -> Any:
    orders: dict[str, Any] = {
        "number": Certificate.number,
        "holder": Client.name_en,
        "state": Certificate.state,
        "level": Certificate.level,
        "expires": Certificate.expires_on,
    }
    column = orders.get(sort.lstrip("-"), Certificate.id)
    down = sort.startswith("-") or sort.lstrip("-") not in orders
    return query.order_by(column.desc() if down else column.asc(), Certificate.id.desc())
