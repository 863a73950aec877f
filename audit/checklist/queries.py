"""What a checklist is chosen from, and the checklist as it was chosen; scoped through the audit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from accounts.people.models import Person
from audit.assessment.models import (
    Answer,
    AnswerEvidence,
    AnswerVersion,
    Sample,
    SectionShare,
)
from audit.casefile.models import Finding
from audit.casefile.rules import FindingGrade, FindingState
from audit.checklist.models import Checklist, Concern
from audit.checklist.rules import Candidate, Focus, Why
from audit.planning.models import Audit
from audit.planning.rules import AuditKind, AuditState
from checklists.standards.models import Criterion, Section, Standard, StandardVersion
from checklists.standards.rules import StandardState
from core.db import like
from core.words import Words

_WAITING = (FindingGrade.MINOR, FindingGrade.MAJOR)
_CYCLE = (AuditKind.SURVEILLANCE, AuditKind.SPECIAL)
_APART = 1_000_000  # a standard looked at beside stands behind the audit's own on the checklist


@dataclass(frozen=True, slots=True)
class State:
    """What stands around the choice: work done from the checklist, and what else the cycle holds."""

    worked_on: bool
    audits_left: int


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section on the checklist, with how much it holds and who takes it."""

    section_id: int
    code: str
    title: Words
    criteria: int
    critical: int
    person_id: int | None
    person: str | None


def state(session: Session, audit: Audit) -> State:
    """Give what the guards of a choice look at, in one statement."""
    other = aliased(Audit)
    left = (
        select(func.count())
        .where(
            other.programme_id == audit.programme_id,
            other.kind == AuditKind.SURVEILLANCE,
            other.id != audit.id,
            other.state != AuditState.CANCELLED,
            other.fieldwork_ended_at.is_(None),
            ~exists().where(Answer.audit_id == other.id),
        )
        .scalar_subquery()
    )
    worked_on, others = session.execute(select(_worked_on(audit.id), left)).one()
    return State(bool(worked_on), others + 1)


def candidates(session: Session, audit: Audit, beside: Collection[int]) -> list[Candidate]:
    """Give every criterion up to the level sought, with what earlier audits did with it, in one statement.

    A criterion of another version of the same standard is the same where its code is.
    """
    seen, raised = _seen(audit), _raised(audit)
    versions = [audit.standard_version_id, *sorted(set(beside) - {audit.standard_version_id})]

    def same(other: Any) -> ColumnElement[bool]:
        return and_(
            other.c.standard_id == StandardVersion.standard_id, other.c.code == Criterion.code
        )

    order = {version: number for number, version in enumerate(versions)}
    place = case(order, value=Criterion.standard_version_id)
    query = (
        select(
            Criterion.id,
            Criterion.position + place * _APART,
            Criterion.dimension,
            type_coerce(Criterion.area, String),
            type_coerce(Criterion.stage, String),
            Criterion.critical,
            seen.c.seen_at,
            func.coalesce(seen.c.in_cycle, 0) > 0,
            raised.c.number,
            place > 0,
        )
        .join(StandardVersion, StandardVersion.id == Criterion.standard_version_id)
        .outerjoin(seen, same(seen))
        .outerjoin(raised, same(raised))
        .where(
            Criterion.standard_version_id.in_(versions), Criterion.level_from <= audit.level_sought
        )
        .order_by(place, Criterion.position)
    )
    return [Candidate(*row) for row in session.execute(query)]


def open_concerns(session: Session, audit: Audit) -> Sequence[Concern]:
    """List what complaints, incidents and changes ask this audit to look at: not taken up by another yet."""
    taken = aliased(Audit)
    query = (
        select(Concern)
        .outerjoin(taken, taken.id == Concern.taken_in_id)
        .where(
            Concern.engagement_id == audit.engagement_id,
            or_(
                Concern.taken_in_id.is_(None),
                Concern.taken_in_id == audit.id,
                taken.state == AuditState.CANCELLED,
            ),
        )
        .order_by(Concern.id)
    )
    return session.scalars(query).all()


def focus_of(concerns: Sequence[Concern]) -> list[Focus]:
    """Give concerns as the choice looks at them."""
    return [Focus(one.label, one.dimension, one.area) for one in concerns]


def chosen(session: Session, audit_id: int) -> tuple[Checklist, str] | None:
    """Give from what the checklist was chosen, and by whom; ``None`` before."""
    row = session.execute(
        select(Checklist, Person.name)
        .join(Person, Person.id == Checklist.chosen_by_id)
        .where(Checklist.audit_id == audit_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def offered_beside(session: Session, audit: Audit) -> Sequence[Row[StandardVersion, str]]:
    """List the published versions of other standards that can be looked at beside."""
    main = select(StandardVersion.standard_id).where(
        StandardVersion.id == audit.standard_version_id
    )
    query = (
        select(StandardVersion, Standard.code)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(
            StandardVersion.state == StandardState.PUBLISHED,
            StandardVersion.standard_id != main.scalar_subquery(),
        )
        .order_by(Standard.code, StandardVersion.id)
    )
    return session.execute(query).all()


def sections(session: Session, audit_id: int) -> list[SectionRow]:
    """List the sections on the checklist in reading order, with who takes each."""
    query = (
        select(
            Section.id,
            Section.code,
            Section.title_zh,
            Section.title_en,
            func.count(),
            func.count().filter(Criterion.critical),
            SectionShare.person_id,
            Person.name,
        )
        .select_from(Answer)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .join(Section, Section.id == Criterion.section_id)
        .outerjoin(
            SectionShare,
            (SectionShare.section_id == Section.id) & (SectionShare.audit_id == audit_id),
        )
        .outerjoin(Person, Person.id == SectionShare.person_id)
        .where(Answer.audit_id == audit_id)
        .group_by(
            Section.id, Section.code, Section.title_zh, Section.title_en, SectionShare.person_id,
            Person.name,
        )
        .order_by(func.min(Answer.position))
    )  # fmt: skip
    return [
        SectionRow(key, code, Words(zh, en), criteria, critical, person_id, person)
        for key, code, zh, en, criteria, critical, person_id, person in session.execute(query)
    ]


def listing(
    audit_id: int, *, words: str = "", section: int | None = None, why: Why | None = None
) -> Any:
    """Build the select of the criteria on a checklist with their reasons, in order."""
    query = (
        select(Answer.id, Answer.reasons, Criterion, Section.code.label("section"))
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .join(Section, Section.id == Criterion.section_id)
        .where(Answer.audit_id == audit_id)
        .order_by(Answer.position)
    )
    if section is not None:
        query = query.where(Section.id == section)
    if why is not None:
        query = query.where(cast(Answer.reasons, Text).contains(f'"{why.value}"'))
    if words:
        pattern = like(words.lower())
        columns = (Criterion.code, Criterion.title_zh, Criterion.title_en)
        query = query.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    return query


def reasons(session: Session, audit_id: int) -> Sequence[list[list[str]]]:
    """Give the stored reasons of every criterion on the checklist, for their counts."""
    return session.scalars(select(Answer.reasons).where(Answer.audit_id == audit_id)).all()


def addable(session: Session, audit: Audit, code: str) -> Criterion | None:
    """Find a criterion of the audit's standard version that is not on its checklist, by its code."""
    return session.scalar(
        select(Criterion).where(
            Criterion.standard_version_id == audit.standard_version_id,
            Criterion.code == code,
            ~exists().where(Answer.audit_id == audit.id, Answer.criterion_id == Criterion.id),
        )
    )


def shares(session: Session, audit_id: int) -> dict[int, int]:
    """Give who takes which section."""
    query = select(SectionShare.section_id, SectionShare.person_id).where(
        SectionShare.audit_id == audit_id
    )
    return {row.section_id: row.person_id for row in session.execute(query)}


def _worked_on(audit_id: int) -> ColumnElement[bool]:
    """Say whether the fieldwork left anything on the checklist: then an audit taken up again keeps it."""
    mine = select(Answer.id).where(Answer.audit_id == audit_id)
    return or_(
        exists().where(AnswerVersion.answer_id.in_(mine)),
        exists().where(AnswerEvidence.answer_id.in_(mine)),
        exists().where(Sample.answer_id.in_(mine)),
    )


def _seen(audit: Audit) -> Any:
    """Build the last day each criterion was answered, and whether this cycle has seen it or is about to."""
    earlier = aliased(Audit)
    answered = or_(Answer.rating.is_not(None), Answer.excluded)
    over = earlier.fieldwork_ended_at.is_not(None)
    in_cycle = and_(
        earlier.programme_id == audit.programme_id,
        earlier.kind.in_(_CYCLE),
        or_(earlier.kind == AuditKind.SURVEILLANCE, answered),
    )
    return (
        select(
            StandardVersion.standard_id,
            Criterion.code,
            func.max(case((and_(answered, over), Answer.answered_at))).label("seen_at"),
            func.max(case((in_cycle, 1), else_=0)).label("in_cycle"),
        )
        .select_from(Answer)
        .join(earlier, earlier.id == Answer.audit_id)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .join(StandardVersion, StandardVersion.id == Criterion.standard_version_id)
        .where(
            earlier.engagement_id == audit.engagement_id,
            earlier.id != audit.id,
            earlier.state != AuditState.CANCELLED,
        )
        .group_by(StandardVersion.standard_id, Criterion.code)
        .subquery()
    )


def _raised(audit: Audit) -> Any:
    """Build the latest finding of earlier audits on each criterion whose effect is not judged yet (I-10)."""
    earlier = aliased(Audit)
    return (
        select(
            StandardVersion.standard_id,
            Criterion.code,
            func.max(Finding.number).label("number"),
        )
        .select_from(Finding)
        .join(earlier, earlier.id == Finding.audit_id)
        .join(Criterion, Criterion.id == Finding.criterion_id)
        .join(StandardVersion, StandardVersion.id == Criterion.standard_version_id)
        .where(
            earlier.engagement_id == audit.engagement_id,
            earlier.id != audit.id,
            Finding.state.not_in((FindingState.DRAFT, FindingState.VOID)),
            Finding.grade.in_(_WAITING),
            Finding.effective.is_(None),
        )
        .group_by(StandardVersion.standard_id, Criterion.code)
        .subquery()
    )
