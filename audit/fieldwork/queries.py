"""Reads of the desk. The provider does not see it; what concerns it stands in findings and report."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Row,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation
from accounts.people.models import Person
from audit.assessment.models import Answer, AnswerEvidence, AnswerVersion, Sample
from audit.assessment.queries import Place
from audit.casefile.models import Finding
from audit.casefile.rules import FindingState
from audit.planning import queries as planning
from audit.planning.models import Audit, TeamMember
from audit.planning.rules import TeamRole
from checklists.standards.models import Criterion, Section, StandardVersion
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind
from core.words import Words
from evidence.files import queries as files
from evidence.files.models import Blob, Evidence

_Former = aliased(Answer, name="former")
_FormerAudit = aliased(Audit, name="former_audit")
_Here = aliased(StandardVersion, name="here")
_FormerPerson = aliased(Person, name="former_person")


@dataclass(frozen=True, slots=True)
class Former:
    """What the audit before answered to the same criterion."""

    answer: Answer
    audit_id: int
    number: str
    who: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One criterion with its answer, and what the audit before said."""

    place: Place
    client: Words
    answer: Answer
    criterion: Criterion
    section: Section
    answered_by: str | None
    former: Former | None


def sheet(session: Session, actor: Actor, audit_id: int, answer_id: int) -> Sheet:
    """Give one criterion whole with its answer, in one statement; raises ``NotFound``."""
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        raise NotFound
    keys = {"audit": audit_id, "answer": answer_id, "me": actor.person_id}
    row = session.execute(_SHEET.where(planning.visible(actor)), keys).one_or_none()
    if row is None:
        raise NotFound
    audit, on_team, name_zh, name_en, answer, criterion, section, who, *before = row
    former = Former(*before) if before[0] is not None else None
    words = Words(name_zh or "", name_en or "")
    return Sheet(Place(audit, on_team), words, answer, criterion, section, who, former)


def findings(session: Session, audit: Audit, criterion: Criterion) -> Sequence[Any]:
    """List the findings on a criterion in this audit and others of the engagement, newest first.

    Those of other audits count once they are raised; void ones do not.
    """
    keys = {"audit": audit.id, "engagement": audit.engagement_id, "code": criterion.code,
            "version": criterion.standard_version_id}  # fmt: skip
    return session.execute(_FINDINGS, keys).all()


def evidence(session: Session, actor: Actor, answer_id: int) -> Sequence[Any]:
    """List (key, title, when, size, who) of the evidence an answer rests on, newest first."""
    query = _EVIDENCE.where(files.visible(actor))
    return session.execute(query, {"answer": answer_id}).all()


def samples(session: Session, answer_id: int) -> Sequence[Sample]:
    """List the samples recorded for an answer."""
    return session.scalars(_SAMPLES, {"answer": answer_id}).all()


def versions(session: Session, answer_id: int) -> Sequence[Row[AnswerVersion, str]]:
    """List every version of an answer with who gave it, oldest first."""
    query = (
        select(AnswerVersion, Person.name)
        .join(Person, Person.id == AnswerVersion.by_id)
        .where(AnswerVersion.answer_id == answer_id)
        .order_by(AnswerVersion.revision)
    )
    return session.execute(query).all()


# -- statements, put together once: that takes longer than running them --------------------------------


def _former() -> Any:
    """Find the answer of the engagement's last audit that answered this criterion, in any version of its standard."""
    one, audit, criterion = aliased(Answer), aliased(Audit), aliased(Criterion)
    version, here = aliased(StandardVersion), aliased(StandardVersion)
    return (
        select(one.id)
        .join(audit, audit.id == one.audit_id)
        .join(criterion, criterion.id == one.criterion_id)
        .join(version, version.id == criterion.standard_version_id)
        .join(here, here.standard_id == version.standard_id)
        .where(
            audit.engagement_id == Audit.engagement_id,
            audit.id != Audit.id,
            audit.created_at <= Audit.created_at,
            criterion.code == Criterion.code,
            here.id == Criterion.standard_version_id,
            or_(one.rating.is_not(None), one.excluded),
            one.answered_at.is_not(None),
        )
        .order_by(one.answered_at.desc())
        .limit(1)
        .correlate(Audit, Criterion)
        .scalar_subquery()
    )


_SHEET = (
    select(
        Audit,
        exists().where(
            TeamMember.audit_id == Audit.id,
            TeamMember.person_id == bindparam("me"),
            TeamMember.left_at.is_(None),
            TeamMember.role != TeamRole.OBSERVER,
        ),
        Organisation.name_zh,
        Organisation.name_en,
        Answer,
        Criterion,
        Section,
        Person.name,
        _Former,
        _FormerAudit.id,
        _FormerAudit.number,
        _FormerPerson.name,
    )
    .join(Organisation, Organisation.id == Audit.client_id)
    .join(Answer, Answer.audit_id == Audit.id)
    .join(Criterion, Criterion.id == Answer.criterion_id)
    .join(Section, Section.id == Criterion.section_id)
    .outerjoin(Person, Person.id == Answer.answered_by_id)
    .outerjoin(_Former, _Former.id == _former())
    .outerjoin(_FormerAudit, _FormerAudit.id == _Former.audit_id)
    .outerjoin(_FormerPerson, _FormerPerson.id == _Former.answered_by_id)
    .where(Audit.id == bindparam("audit"), Answer.id == bindparam("answer"))
)
_FINDINGS = (
    select(
        Finding.id,
        Finding.number,
        Finding.title,
        Finding.grade,
        Finding.state,
        Finding.audit_id,
    )
    .join(Audit, Audit.id == Finding.audit_id)
    .join(Criterion, Criterion.id == Finding.criterion_id)
    .join(StandardVersion, StandardVersion.id == Criterion.standard_version_id)
    .join(_Here, _Here.standard_id == StandardVersion.standard_id)
    .where(
        _Here.id == bindparam("version"),
        Audit.engagement_id == bindparam("engagement"),
        Criterion.code == bindparam("code"),
        Finding.state != FindingState.VOID,
        or_(Finding.audit_id == bindparam("audit"), Finding.state != FindingState.DRAFT),
    )
    .order_by(Finding.id.desc())
)
_EVIDENCE = (
    select(Evidence.id, Evidence.title, Evidence.handed_over_at, Blob.size, Person.name)
    .join(AnswerEvidence, AnswerEvidence.evidence_id == Evidence.id)
    .join(Blob, Blob.id == Evidence.blob_id)
    .join(Person, Person.id == Evidence.handed_over_by_id)
    .where(AnswerEvidence.answer_id == bindparam("answer"))
    .order_by(Evidence.id.desc())
)
_SAMPLES = select(Sample).where(Sample.answer_id == bindparam("answer")).order_by(Sample.id)
