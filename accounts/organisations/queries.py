"""Reads about organisations, scoped to who asks."""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlalchemy.orm import Session

from accounts.organisations.models import ClientLink, Organisation, Service, Site
from core.db import like
from core.errors import NotFound
from core.events import Event, kind_of
from core.pages import Page, paginate
from core.permissions import Actor, OrganisationKind

T = TypeVar("T", Site, Service)
SORTS = {
    "name": (Organisation.name_zh, Organisation.id),
    "-name": (Organisation.name_zh.desc(), Organisation.id.desc()),
    "code": (Organisation.credit_code, Organisation.id),
    "-code": (Organisation.credit_code.desc(), Organisation.id.desc()),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked for."""

    words: str = ""
    kind: OrganisationKind | None = None
    sort: str = "name"


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


def known_wholly(actor: Actor, found: Organisation) -> bool:
    """Say whether the actor sees more than the name: of its own, of clients, and the regulator of all."""
    return (
        found.id == actor.organisation_id
        or actor.organisation_kind is OrganisationKind.REGULATOR
        or actor.organisation_kind is OrganisationKind.BODY
    )


def listed(session: Session, actor: Actor, wanted: Wanted, number: int) -> Page[Organisation]:
    """List what the actor may know of, a page at a time, in two statements."""
    return paginate(session, _listed(actor, wanted), number)


def all_listed(session: Session, actor: Actor, wanted: Wanted) -> list[Organisation]:
    """List everything that fits, for a spreadsheet, in one statement."""
    return list(session.scalars(_listed(actor, wanted)))


def _listed(actor: Actor, wanted: Wanted) -> Select[Organisation]:
    query = (
        select(Organisation).where(visible(actor)).order_by(*SORTS.get(wanted.sort, SORTS["name"]))
    )
    if wanted.kind is not None:
        query = query.where(Organisation.kind == wanted.kind)
    if wanted.words:
        words = like(wanted.words.lower())
        names = (Organisation.name_zh, Organisation.name_en, Organisation.credit_code)
        query = query.where(or_(*(func.lower(name).like(words, escape="\\") for name in names)))
    return query


def own_site(session: Session, actor: Actor, site_id: int) -> Site:
    """Give a site of the actor's organisation; ``NotFound`` for a foreign one."""
    return _own(session, actor, Site, site_id)


def own_service(session: Session, actor: Actor, service_id: int) -> Service:
    """Give a service of the actor's organisation; ``NotFound`` for a foreign one."""
    return _own(session, actor, Service, service_id)


def _own(session: Session, actor: Actor, kind: type[T], key: int) -> T:
    found = session.scalar(
        select(kind).where(kind.id == key, kind.organisation_id == actor.organisation_id)
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


def last_change(session: Session, row: Organisation | Site | Service) -> Event | None:
    """Give the newest event about this very row: who changed it last, and when."""
    about = (Event.subject_kind == kind_of(row), Event.subject_id == row.id)
    return session.scalar(select(Event).where(*about).order_by(Event.id.desc()).limit(1))
