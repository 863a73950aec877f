"""Gathers an audit for a device. Seven statements, whatever the size of the checklist."""

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.organisations.models import Organisation, Site
from accounts.people.models import Person
from audit.assessment.models import Answer
from audit.casefile.models import Finding
from audit.casefile.rules import FindingState
from audit.meetings import queries as meetings
from audit.planning import queries as planning
from audit.planning.models import Audit, AuditSite, TeamMember
from audit.planning.rules import TeamRole
from checklists.standards.models import Criterion, Section, StandardVersion
from core.errors import NotFound
from core.events import plain
from core.permissions import Actor

FORM = 1  # of the package; an app that does not know it asks for a newer self


def gather(session: Session, actor: Actor, audit_id: int) -> dict[str, Any]:
    """Give the audit whole for somebody of its team; raises ``NotFound`` for anybody else."""
    audit, frame = _frame(session, actor, audit_id)
    sections, criteria = _criteria(session, audit_id)
    whole = {
        "form": FORM,
        "audit": frame,
        "me": {"id": actor.person_id, "name": actor.name},
        "sections": sections,
        "criteria": criteria,
        "before": _before(session, audit),
        "findings": _findings(session, audit),
        "team": [
            {"id": one.person_id, "name": one.name, "role": one.role}
            for one in planning.team(session, audit_id)
        ],
        "agenda": [
            {
                "starts_at": row.item.starts_at,
                "minutes": row.item.minutes,
                "topic": row.item.topic,
                "person": row.person,
                "site": _pair(row.site.zh, row.site.en) if row.site else None,
            }
            for row in planning.agenda(session, audit_id)
        ],
        "sites": _sites(session, audit_id),
    }
    given: dict[str, Any] = plain(whole)
    return given


def _pair(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _frame(session: Session, actor: Actor, audit_id: int) -> tuple[Audit, dict[str, Any]]:
    client = aliased(Organisation)
    held = meetings.held(audit_id)
    row = session.execute(
        select(
            Audit,
            client.name_zh,
            client.name_en,
            StandardVersion.title_zh,
            StandardVersion.title_en,
            *held.values(),
        )
        .join(client, client.id == Audit.client_id)
        .join(StandardVersion, StandardVersion.id == Audit.standard_version_id)
        .join(TeamMember, TeamMember.audit_id == Audit.id)
        .where(
            Audit.id == audit_id,
            planning.visible(actor),
            TeamMember.person_id == actor.person_id,
            TeamMember.left_at.is_(None),
            TeamMember.role != TeamRole.OBSERVER,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    audit = row[0]
    return audit, {
        "id": audit.id,
        "number": audit.number,
        "kind": audit.kind,
        "state": audit.state,
        "client": _pair(row[1], row[2]),
        "standard": _pair(row[3], row[4]),
        "starts_on": audit.starts_on,
        "ends_on": audit.ends_on,
        "held": {
            name.removesuffix("_held"): bool(value)
            for name, value in zip(held, row[5:], strict=True)
        },
    }


def _criteria(session: Session, audit_id: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows = session.execute(
        select(Answer, Criterion, Section.id, Section.code, Section.title_zh, Section.title_en, Person.name)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .join(Section, Section.id == Criterion.section_id)
        .outerjoin(Person, Person.id == Answer.answered_by_id)
        .where(Answer.audit_id == audit_id)
        .order_by(Answer.position)
    )  # fmt: skip
    sections: dict[int, dict[str, Any]] = {}
    criteria = []
    for answer, one, section_id, code, title_zh, title_en, who in rows:
        sections.setdefault(
            section_id, {"id": section_id, "code": code, "title": _pair(title_zh, title_en)}
        )
        criteria.append(
            {
                "id": one.id,
                "answer_id": answer.id,
                "section": section_id,
                "code": one.code,
                "critical": one.critical,
                "title": _pair(one.title_zh, one.title_en),
                "requirement": _pair(one.requirement_zh, one.requirement_en),
                "guidance": _pair(one.guidance_zh, one.guidance_en),
                "evidence": _pair(one.evidence_zh, one.evidence_en),
                "answer": answer_as_sent(answer, who),
            }
        )
    return list(sections.values()), criteria


def answer_as_sent(answer: Answer, who: str | None) -> dict[str, Any]:
    """Give an answer with the names of the desk's form, and what it was read with."""
    return {
        "conformity": "out" if answer.excluded else answer.conformity,
        "rating": answer.rating,
        "notes": answer.notes,
        "methods": answer.methods,
        "interviewees": answer.interviewees,
        "exclusion_reason": answer.exclusion_reason,
        "evidence_verified": answer.evidence_verified,
        "revision": answer.revision,
        "by": who,
        "at": answer.answered_at,
    }


def _before(session: Session, audit: Audit) -> dict[str, Any]:
    """Give the last answer of an earlier audit of the engagement, by the criterion's code: one statement."""
    asked = select(Criterion.code).join(Answer, Answer.criterion_id == Criterion.id)
    asked = asked.where(Answer.audit_id == audit.id)
    latest = func.row_number().over(
        partition_by=Criterion.code, order_by=(Answer.answered_at.desc(), Answer.id.desc())
    )
    ranked = (
        select(
            Criterion.code,
            Answer.conformity,
            Answer.rating,
            Answer.notes,
            Answer.excluded,
            Answer.exclusion_reason,
            Audit.number,
            latest.label("place"),
        )
        .join(Answer, Answer.criterion_id == Criterion.id)
        .join(Audit, Audit.id == Answer.audit_id)
        .where(
            Audit.engagement_id == audit.engagement_id,
            Audit.id != audit.id,
            Audit.created_at <= audit.created_at,
            or_(Answer.rating.is_not(None), Answer.excluded),
            Answer.answered_at.is_not(None),
            Criterion.code.in_(asked),
        )
        .subquery()
    )
    return {
        row.code: {
            "conformity": "out" if row.excluded else row.conformity,
            "rating": row.rating,
            "notes": row.exclusion_reason if row.excluded else row.notes,
            "audit": row.number,
        }
        for row in session.execute(select(ranked).where(ranked.c.place == 1))
    }


def _findings(session: Session, audit: Audit) -> list[dict[str, Any]]:
    """Give the findings of this audit and of the earlier ones of the engagement, newest first."""
    rows = session.execute(
        select(Finding, Criterion.code, Audit.number)
        .join(Audit, Audit.id == Finding.audit_id)
        .join(Criterion, Criterion.id == Finding.criterion_id)
        .where(
            Audit.engagement_id == audit.engagement_id,
            Audit.created_at <= audit.created_at,
            Finding.state != FindingState.VOID,
            or_(Finding.audit_id == audit.id, Finding.state != FindingState.DRAFT),
        )
        .order_by(Finding.id.desc())
    )
    return [
        {
            "id": one.id,
            "number": one.number,
            "here": one.audit_id == audit.id,
            "audit": number,
            "criterion": code,
            "grade": one.grade,
            "state": one.state,
            "title": one.title,
            "statement": one.statement,
            "evidence": one.evidence,
        }
        for one, code, number in rows
    ]


def _sites(session: Session, audit_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Site)
        .join(AuditSite, AuditSite.site_id == Site.id)
        .where(AuditSite.audit_id == audit_id)
        .order_by(Site.is_central.desc(), Site.id)
    )
    return [
        {
            "name": _pair(one.name_zh, one.name_en),
            "address": _pair(one.address_zh, one.address_en),
            "latitude": one.latitude,
            "longitude": one.longitude,
        }
        for one in rows
    ]
