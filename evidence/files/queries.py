"""Reads of evidence, scoped to who asks. Who is on an audit is joined where audits are known."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, select, true
from sqlalchemy.orm import Session

from accounts.people.models import Person
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind
from evidence.files.models import Blob, Evidence
from evidence.files.rules import EvidenceState


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of evidence with its content's measures and the name of who handed it over."""

    evidence: Evidence
    blob: Blob
    who: str

    @property
    def state(self) -> EvidenceState:
        """Give whether it counts."""
        return EvidenceState.VALID if self.evidence.voided_at is None else EvidenceState.VOID


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition for what an actor's organisation may see; the regulator sees all."""
    if actor.organisation_kind is OrganisationKind.BODY:
        return Evidence.body_id == actor.organisation_id
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return Evidence.organisation_id == actor.organisation_id
    return true() if actor.organisation_kind is OrganisationKind.REGULATOR else false()


def selected(actor: Actor) -> Select[Evidence, Blob, str]:
    """Select evidence with blob and name, as far as the actor may see it; join and narrow it at will."""
    return (
        select(Evidence, Blob, Person.name)
        .join(Blob, Blob.id == Evidence.blob_id)
        .join(Person, Person.id == Evidence.handed_over_by_id)
        .where(visible(actor))
    )


def items(session: Session, query: Select[Evidence, Blob, str]) -> list[Item]:
    """Run a query made from ``selected``."""
    return [Item(*row) for row in session.execute(query)]


def item(session: Session, actor: Actor, evidence_id: int) -> Item:
    """Give one piece of evidence; ``NotFound`` where it is missing or not the actor's."""
    row = session.execute(selected(actor).where(Evidence.id == evidence_id)).one_or_none()
    if row is None:
        raise NotFound
    return Item(*row)


def listed(
    actor: Actor,
    *,
    client_id: int | None = None,
    body_id: int | None = None,
    void_too: bool = False,
) -> Select[Evidence, Blob, str]:
    """Select what the actor may see, newest first: of one client, for one body, void or not."""
    query = selected(actor)
    if client_id is not None:
        query = query.where(Evidence.organisation_id == client_id)
    if body_id is not None:
        query = query.where(Evidence.body_id == body_id)
    if not void_too:
        query = query.where(Evidence.voided_at.is_(None))
    return query.order_by(Evidence.handed_over_at.desc(), Evidence.id.desc())


def of_ids(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, Item]:
    """Give what the actor may see among some keys, by key: for rows that cite evidence."""
    if not ids:
        return {}
    found = items(session, selected(actor).where(Evidence.id.in_(ids)))
    return {one.evidence.id: one for one in found}


def blob_of(session: Session, organisation_id: int, sha256: str) -> Blob | None:
    """Give an organisation's own blob of a content; another's is never told."""
    query = select(Blob).where(Blob.organisation_id == organisation_id, Blob.sha256 == sha256)
    return session.scalar(query)
