"""Criteria of a draft are added, changed, duplicated, sent to another section and removed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from checklists.arranging.operations import other_section, renumber
from checklists.drafting.operations import tell, touched
from checklists.drafting.queries import Draft
from checklists.drafting.rules import check_code
from checklists.editing import queries
from checklists.editing.rules import FIELD_NAMES, free_code
from checklists.standards.models import Criterion
from core.db import claiming
from core.errors import Invalid
from core.events import changes
from core.permissions import Actor
from core.words import N_

UNIQUE_CODE = "uq_criteria_standard_version_id_code"


def add(
    session: Session,
    actor: Actor,
    draft: Draft,
    section_id: int,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> Criterion:
    """Add a criterion at the end of a section."""
    check_code(values["code"], "code")
    section = other_section(session, draft, section_id, 0)
    made = Criterion(
        standard_version_id=draft.version.id,
        section_id=section.id,
        position=draft.version.criteria_count + 1,
        **values,
    )
    with claiming(session, UNIQUE_CODE, _taken()):
        session.add(made)
    _added(session, actor, draft, made, now=now)
    return made


def edit(
    session: Session,
    actor: Actor,
    draft: Draft,
    one: Criterion,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> bool:
    """Change what a criterion says; its revision was looked at before. Says whether anything changed."""
    check_code(values["code"], "code")
    with claiming(session, UNIQUE_CODE, _taken()):
        before, after = changes(one, values)
    if not after:
        return False
    touched(session, actor, draft)
    tell(session, actor, "criterion:changed", draft, one, before=before, after=after, now=now)
    return True


def duplicate(
    session: Session, actor: Actor, draft: Draft, one: Criterion, *, now: datetime
) -> Criterion:
    """Put a copy of a criterion right behind it, under a free code."""
    known = queries.codes_like(session, draft.version.id, one.code[:36])
    values = {name: getattr(one, name) for name in FIELD_NAMES}
    made = Criterion(
        standard_version_id=one.standard_version_id,
        section_id=one.section_id,
        position=one.position,
        **values | {"code": free_code(one.code, known)},
    )
    with claiming(session, UNIQUE_CODE, _taken()):
        session.add(made)
    _added(session, actor, draft, made, now=now)
    return made


def place(
    session: Session, actor: Actor, draft: Draft, one: Criterion, section_id: int, *, now: datetime
) -> None:
    """Send a criterion to the end of another section."""
    target = other_section(session, draft, section_id, one.section_id)
    before = {"section_id": one.section_id, "position": one.position}
    session.execute(
        update(Criterion)
        .where(Criterion.id == one.id)
        .values(section_id=target.id, position=draft.version.criteria_count + 1)
        .execution_options(synchronize_session=False)
    )
    renumber(session, draft.version.id)
    touched(session, actor, draft)
    after = {"section_id": target.id, "section": target.code}
    tell(session, actor, "criterion:moved", draft, one, before=before, after=after, now=now)


def remove(session: Session, actor: Actor, draft: Draft, one: Criterion, *, now: datetime) -> None:
    """Take a criterion out of a draft; its words stay in the event."""
    before = {name: getattr(one, name) for name in FIELD_NAMES}
    session.execute(
        delete(Criterion).where(Criterion.id == one.id).execution_options(synchronize_session=False)
    )
    session.expunge(one)
    renumber(session, draft.version.id)
    touched(session, actor, draft, count=True)
    tell(session, actor, "criterion:removed", draft, one, before=before, now=now)


def _added(session: Session, actor: Actor, draft: Draft, made: Criterion, *, now: datetime) -> None:
    renumber(session, draft.version.id)
    touched(session, actor, draft, count=True)
    after = {name: getattr(made, name) for name in FIELD_NAMES}
    tell(session, actor, "criterion:added", draft, made, after=after, now=now)


def _taken() -> Invalid:
    return Invalid(N_("Another criterion of this draft has this code."), "code")
