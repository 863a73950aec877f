"""Reads of what is to be excluded."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from audit.assessment.models import Answer
from audit.assessment.queries import Place
from audit.planning import queries as planning
from audit.planning.models import Audit, TeamMember
from audit.planning.rules import TeamRole
from checklists.standards.models import Criterion
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind


@dataclass(frozen=True, slots=True)
class Chosen:
    """An answer chosen to be excluded, with what names its criterion."""

    answer: Answer
    code: str
    title_zh: str
    title_en: str
    critical: bool


def chosen(
    session: Session, actor: Actor, audit_id: int, answer_ids: Collection[int]
) -> tuple[Place, list[Chosen]]:
    """Give the audit and the answers chosen in it with their names, locked, in one statement.

    Raises ``NotFound`` for a foreign audit and for any key that is not of it.
    """
    if actor.organisation_kind is OrganisationKind.PROVIDER or not answer_ids:
        raise NotFound
    on_team = exists().where(
        TeamMember.audit_id == Audit.id,
        TeamMember.person_id == actor.person_id,
        TeamMember.left_at.is_(None),
        TeamMember.role != TeamRole.OBSERVER,
    )
    rows = session.execute(
        select(
            Audit,
            on_team,
            Answer,
            Criterion.code,
            Criterion.title_zh,
            Criterion.title_en,
            Criterion.critical,
        )
        .join(Answer, Answer.audit_id == Audit.id)
        .join(Criterion, Criterion.id == Answer.criterion_id)
        .where(Audit.id == audit_id, Answer.id.in_(answer_ids), planning.visible(actor))
        .order_by(Answer.position)
        .with_for_update(of=Answer)
    ).all()
    if len(rows) != len(set(answer_ids)):
        raise NotFound
    return Place(rows[0][0], rows[0][1]), [Chosen(*row[2:]) for row in rows]
