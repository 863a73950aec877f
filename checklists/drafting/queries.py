"""Drafts as their editors read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people.models import Person
from checklists.drafting.rules import only_drafts
from checklists.standards.models import Standard, StandardEditor, StandardVersion
from checklists.standards.queries import is_at_work, visible
from core.errors import NotFound
from core.events import Event
from core.permissions import Actor


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that is being written; ``known`` says that the actor stands among its editors already."""

    version: StandardVersion
    code: str
    known: bool

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.code} {self.version.version}"


def draft(session: Session, actor: Actor, version_id: int, *, lock: bool = False) -> Draft:
    """Give a draft that the actor may change; ``lock`` lets one person at a time change it.

    Raises ``NotFound`` for what is foreign, ``StepRefused`` for what is no draft any more.
    """
    editor = (
        select(StandardEditor.id)
        .where(
            StandardEditor.standard_version_id == StandardVersion.id,
            StandardEditor.person_id == actor.person_id,
        )
        .exists()
    )
    query = (
        select(StandardVersion, Standard.code, editor)
        .join(Standard, Standard.id == StandardVersion.standard_id)
        .where(StandardVersion.id == version_id, visible(actor))
    )
    if lock:
        query = query.with_for_update(of=StandardVersion, key_share=True)
    row = session.execute(query).one_or_none()
    if row is None or not is_at_work(actor, row[0]):
        raise NotFound
    only_drafts(row[0].state)
    return Draft(*row)


def last_change(session: Session, kind: str, key: int) -> Event | None:
    """Give the latest event about a thing: who changed it while somebody else was writing."""
    return session.scalar(
        select(Event)
        .where(Event.subject_kind == kind, Event.subject_id == key)
        .order_by(Event.id.desc())
        .limit(1)
    )


def editors(session: Session, version_id: int) -> Sequence[str]:
    """Name everybody who changed a draft's texts."""
    return session.scalars(
        select(Person.name)
        .join(StandardEditor, StandardEditor.person_id == Person.id)
        .where(StandardEditor.standard_version_id == version_id)
        .order_by(Person.name)
    ).all()
