"""Sections are added, changed, moved and removed; criteria change places."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, exists, func, select, update
from sqlalchemy.orm import Session

from checklists.drafting.operations import tell, touched
from checklists.drafting.queries import Draft
from checklists.drafting.rules import check_code
from checklists.standards.models import Criterion, Section
from core.db import claiming
from core.errors import Invalid
from core.events import changes
from core.permissions import Actor
from core.words import N_

UNIQUE_CODE = "uq_sections_standard_version_id_code"


def add_section(
    session: Session, actor: Actor, draft: Draft, values: Mapping[str, str], *, now: datetime
) -> Section:
    """Add a section at the end of a draft."""
    check_code(values["code"], "code")
    last = (
        select(func.coalesce(func.max(Section.position), 0) + 1)
        .where(Section.standard_version_id == draft.version.id)
        .scalar_subquery()
    )
    made = Section(standard_version_id=draft.version.id, position=last, **values)
    with claiming(session, UNIQUE_CODE, _taken()):
        session.add(made)
    touched(session, actor, draft)
    tell(session, actor, "section:added", draft, made, after=dict(values), now=now)
    return made


def change_section(
    session: Session,
    actor: Actor,
    draft: Draft,
    section: Section,
    values: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Change a section's code or titles; its revision was looked at before."""
    check_code(values["code"], "code")
    with claiming(session, UNIQUE_CODE, _taken()):
        before, after = changes(section, values)
    if not after:
        return
    touched(session, actor, draft)
    tell(session, actor, "section:changed", draft, section, before=before, after=after, now=now)


def move_section(
    session: Session, actor: Actor, draft: Draft, section: Section, *, up: bool, now: datetime
) -> None:
    """Let a section change places with its neighbour, its criteria with it; at the edge nothing happens."""
    near = _near(session, Section, section, up=up)
    if near is None:
        return
    before = section.position
    _swap(session, Section, section, near)
    renumber(session, draft.version.id)
    touched(session, actor, draft)
    tell(
        session, actor, "section:moved", draft, section, now=now,
        before={"position": before}, after={"position": near.position},
    )  # fmt: skip


def empty_section(
    session: Session, actor: Actor, draft: Draft, section: Section, *, target_id: int, now: datetime
) -> int:
    """Send all criteria of a section to the end of another one; give how many went."""
    target = other_section(session, draft, target_id, section.id)
    result = session.execute(
        update(Criterion)
        .where(Criterion.section_id == section.id)
        .values(section_id=target.id, position=Criterion.position + draft.version.criteria_count)
        .returning(Criterion.id)
        .execution_options(synchronize_session=False)
    )
    moved = len(result.all())
    if moved:
        renumber(session, draft.version.id)
        touched(session, actor, draft)
        after = {"criteria": moved, "section": target.code}
        tell(session, actor, "section:emptied", draft, section, after=after, now=now)
    return moved


def remove_section(
    session: Session, actor: Actor, draft: Draft, section: Section, *, now: datetime
) -> None:
    """Remove a section that holds no criterion any more."""
    before = {"code": section.code, "title_zh": section.title_zh, "title_en": section.title_en}
    held = exists().where(Criterion.section_id == section.id)
    gone = session.scalar(
        delete(Section)
        .where(Section.id == section.id, ~held)
        .returning(Section.id)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        raise Invalid(N_("This section holds criteria. Move them to another section first."))
    session.expunge(section)
    touched(session, actor, draft)
    tell(session, actor, "section:removed", draft, section, before=before, now=now)


def move_criterion(
    session: Session, actor: Actor, draft: Draft, one: Criterion, *, up: bool, now: datetime
) -> None:
    """Let a criterion change places with its neighbour; at the edge of its section it enters the next one."""
    near = _near(session, Criterion, one, up=up)
    before = {"section_id": one.section_id, "position": one.position}
    if near is not None and near.section_id == one.section_id:
        _swap(session, Criterion, one, near)
        after: dict[str, object] = {"section_id": one.section_id, "position": near.position}
    else:
        beside = near.section_id if near else _beside(session, one, up=up)
        if beside is None:
            return
        session.execute(
            update(Criterion)
            .where(Criterion.id == one.id)
            .values(section_id=beside)
            .execution_options(synchronize_session=False)
        )
        after = {"section_id": beside, "position": one.position}
    touched(session, actor, draft)
    tell(session, actor, "criterion:moved", draft, one, before=before, after=after, now=now)


def renumber(session: Session, version_id: int) -> None:
    """Number the criteria of a draft from 1 in reading order, in one statement."""
    ranked = (
        select(
            Criterion.id,
            func.row_number()
            .over(order_by=(Section.position, Section.id, Criterion.position, Criterion.id))
            .label("n"),
        )
        .join(Section, Section.id == Criterion.section_id)
        .where(Criterion.standard_version_id == version_id)
        .subquery()
    )
    session.execute(
        update(Criterion)
        .where(Criterion.id == ranked.c.id, Criterion.position != ranked.c.n)
        .values(position=ranked.c.n)
        .execution_options(synchronize_session=False)
    )


def other_section(session: Session, draft: Draft, section_id: int, but: int) -> Section:
    """Give another section of the draft than ``but``; ``Invalid`` where there is none such."""
    found = session.scalar(
        select(Section).where(
            Section.id == section_id, Section.standard_version_id == draft.version.id
        )
    )
    if found is None or found.id == but:
        raise Invalid(N_("Choose another section of this draft."), "target")
    return found


def _beside(session: Session, one: Criterion, *, up: bool) -> int | None:
    """Give the key of the (empty) section before or after the section of a criterion."""
    home = select(Section.position).where(Section.id == one.section_id).scalar_subquery()
    query = select(Section.id).where(
        Section.standard_version_id == one.standard_version_id,
        Section.position < home if up else Section.position > home,
    )
    return session.scalar(
        query.order_by(Section.position.desc() if up else Section.position).limit(1)
    )


def _near(session: Session, kind: type[Any], one: Any, *, up: bool) -> Any:
    """Give what stands just before or after a section or criterion in its version."""
    before = kind.position < one.position
    query = select(kind).where(
        kind.standard_version_id == one.standard_version_id,
        before if up else kind.position > one.position,
    )
    order = kind.position.desc() if up else kind.position
    return session.scalar(query.order_by(order).limit(1))


def _swap(session: Session, kind: type[Any], one: Any, other: Any) -> None:
    places = case((kind.id == one.id, other.position), else_=one.position)
    session.execute(
        update(kind)
        .where(kind.id.in_((one.id, other.id)))
        .values(position=places)
        .execution_options(synchronize_session=False)
    )


def _taken() -> Invalid:
    return Invalid(N_("Another section of this draft has this code."), "code")
