"""Linking of evidence to what it proves."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from audit.assessment.models import AuditEvidence
from core.errors import NotFound
from evidence.files.models import Evidence


def link(
    session: Session,
    column: InstrumentedAttribute[int],
    thing_id: int,
    audit_id: int,
    evidence_ids: Collection[int],
    *,
    organisation_id: int | None = None,
) -> tuple[list[int], list[int]] | None:
    """Let a thing rest on exactly these pieces of evidence of an audit's file.

    ``column`` is the thing's key in the table of links. ``organisation_id`` keeps to what it handed
    over. Gives the keys before and after, ``None`` where nothing changed; raises ``NotFound`` for
    evidence of another file. What is void cannot be chosen anew.
    """
    table: Any = column.class_
    linked = exists().where(table.evidence_id == Evidence.id, column == thing_id)
    query = (
        select(Evidence.id, Evidence.voided_at, Evidence.handed_over_by_organisation_id, linked)
        .join(AuditEvidence, AuditEvidence.evidence_id == Evidence.id)
        .where(AuditEvidence.audit_id == audit_id)
    )
    rows = session.execute(query).all()
    before = {key for key, _voided, _by, held in rows if held}
    allowed = {
        key for key, voided, by, _held in rows if voided is None and organisation_id in (None, by)
    }
    wanted = set(evidence_ids)
    if not wanted <= allowed | before:
        raise NotFound
    if wanted == before:
        return None
    if gone := before - wanted:
        session.execute(delete(table).where(column == thing_id, table.evidence_id.in_(gone)))
    if new := sorted(wanted - before):
        session.execute(insert(table), [{column.key: thing_id, "evidence_id": key} for key in new])
    return sorted(before), sorted(wanted)
