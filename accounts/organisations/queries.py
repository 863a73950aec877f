"""Reads about organisations, scoped to who asks."""

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from accounts.organisations.models import ClientLink, Organisation, Service, Site
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Organisation`` that holds for what the actor may know of.

    A body sees itself and its own clients, never another body's; a provider itself and the bodies it could
    apply to; a regulator all.
    """
    if actor.organisation_kind is OrganisationKind.REGULATOR:
        return true()
    own = Organisation.id == actor.organisation_id
    if actor.organisation_kind is OrganisationKind.BODY:
        linked = exists().where(
            ClientLink.client_id == Organisation.id, ClientLink.body_id == actor.organisation_id
        )
        return or_(own, linked)
    return or_(own, Organisation.kind == OrganisationKind.BODY)


def organisation(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    """Give an organisation; ``NotFound`` for what is not there and for what is foreign."""
    found = session.scalar(
        select(Organisation).where(Organisation.id == organisation_id, visible(actor))
    )
    if found is None:
        raise NotFound
    return found


def bodies(session: Session) -> list[Organisation]:
    """List the certification bodies, to choose one to apply to."""
    query = select(Organisation).where(Organisation.kind == OrganisationKind.BODY)
    return list(session.scalars(query.order_by(Organisation.name_en, Organisation.id)))


def sites(session: Session, organisation_id: int, *, closed: bool = False) -> list[Site]:
    """List the sites of an organisation, the central one first; ``closed`` adds those given up."""
    query = select(Site).where(Site.organisation_id == organisation_id)
    if not closed:
        query = query.where(Site.closed_at.is_(None))
    return list(session.scalars(query.order_by(Site.is_central.desc(), Site.id)))


def services(session: Session, organisation_id: int, *, closed: bool = False) -> list[Service]:
    """List the services of an organisation; ``closed`` adds those no longer provided."""
    query = select(Service).where(Service.organisation_id == organisation_id)
    if not closed:
        query = query.where(Service.closed_at.is_(None))
    return list(session.scalars(query.order_by(Service.id)))
