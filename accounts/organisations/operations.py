"""Organisations, their sites and services: what changes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from accounts.organisations.models import ClientLink, Organisation, Service, Site
from accounts.organisations.rules import (
    SiteFacts,
    another_is_central,
    code_problem,
    compact_code,
    names_problem,
)
from core.db import claiming, expect
from core.errors import Invalid, NotAllowed, NotFound, StepRefused
from core.events import changes, record
from core.lifecycle import Reason
from core.permissions import Actor, OrganisationKind, Permission, allowed
from core.words import N_, T_, Text

_TAKEN = Invalid(
    N_("An organisation with this code is registered already. Ask its manager to invite you."),
    field="credit_code",
)


@dataclass(frozen=True, slots=True)
class Registered:
    """What a new organisation is registered with; the code is compact."""

    name_zh: str
    name_en: str
    credit_code: str


def register_provider(
    session: Session,
    actor: Actor,
    given: Registered,
    unclaimed: Organisation | None,
    *,
    now: datetime,
) -> Organisation:
    """Add a provider, or take over the one that nobody claimed; ``Invalid`` on a wrong or taken code."""
    _check_names(given.name_zh, given.name_en)
    code = _checked_code(given.credit_code, required=True)
    organisation = unclaimed or Organisation(
        kind=OrganisationKind.PROVIDER, credit_code=code, created_at=now
    )
    organisation.name_zh, organisation.name_en = given.name_zh, given.name_en
    with claiming(session, "uq_organisations_credit_code", _TAKEN):
        session.add(organisation)
    _record(session, actor, "organisation:registered", organisation, now)
    return organisation


def add(
    session: Session, kind: OrganisationKind, values: Mapping[str, Any], *, now: datetime
) -> Organisation:
    """Add an organisation of any kind, from the command line. ``Invalid`` for wrong or taken values."""
    _check_names(values.get("name_zh", ""), values.get("name_en", ""))
    if kind is OrganisationKind.BODY and not values.get("code"):
        raise Invalid(N_("A certification body needs a short code for its numbers."), field="code")
    code = _checked_code(
        values.get("credit_code") or "", required=kind is OrganisationKind.PROVIDER
    )
    organisation = Organisation(**{**values, "kind": kind, "credit_code": code, "created_at": now})
    short_taken = Invalid(N_("Another organisation has this short code."), field="code")
    with (
        claiming(session, "uq_organisations_credit_code", _TAKEN),
        claiming(session, "uq_organisations_code", short_taken),
    ):
        session.add(organisation)
    _record(session, None, "organisation:added", organisation, now)
    return organisation


def change(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    new: Mapping[str, Any],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Change what is known of one's own organisation. ``Stale`` where somebody else was first."""
    _own(session, actor, organisation.id)
    expect(organisation, revision)
    _check_names(new["name_zh"], new["name_en"])
    required = organisation.kind is OrganisationKind.PROVIDER
    code = _checked_code(new.get("credit_code") or "", required=required)
    with claiming(session, "uq_organisations_credit_code", _TAKEN):
        before, after = changes(organisation, {**new, "credit_code": code})
    if after:
        _record(session, actor, "organisation:changed", organisation, now, before, after)


def save_site(
    session: Session,
    actor: Actor,
    site: Site,
    new: Mapping[str, Any],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Keep a new site or change one. The first is the central one; a new central one replaces the old."""
    organisation = _own(session, actor, site.organisation_id)
    _check_names(new["name_zh"], new["name_en"])
    is_new = site.id is None
    if not is_new:
        expect(site, revision)
        _check_open(site)
    alone = _others(session, site) == 0
    central = bool(new["is_central"] or site.is_central or alone)
    if central and not site.is_central:
        session.execute(
            update(Site)
            .where(Site.organisation_id == organisation.id, Site.is_central)
            .values(is_central=False, revision=Site.revision + 1)
        )
    moved = Invalid(
        N_("Another site became the central one just now. Look at it first."), field="is_central"
    )
    with claiming(session, "uq_sites_one_central", moved):
        before, after = changes(site, {**new, "is_central": central})
        session.add(site)
    if after:
        name = "site:added" if is_new else "site:changed"
        _record(session, actor, name, site, now, before, after)


def close_site(
    session: Session, actor: Actor, site: Site, *, revision: int | None, now: datetime
) -> None:
    """Close a site; it stays on record. The central one closes last, or after another took over."""
    _own(session, actor, site.organisation_id)
    expect(site, revision)
    _check_open(site)
    reason = closing_reason(session, site)
    if not reason.met:
        raise StepRefused(T_("This step is not possible yet."), [reason])
    site.closed_at, site.is_central = now, False
    _record(session, actor, "site:closed", site, now)


def closing_reason(session: Session, site: Site) -> Reason:
    """Say whether a site could be closed now, for the page that asks."""
    return another_is_central(SiteFacts(site.is_central, _others(session, site)))


def save_service(
    session: Session,
    actor: Actor,
    service: Service,
    new: Mapping[str, Any],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Keep a new service or change one (S-15)."""
    _own(session, actor, service.organisation_id)
    _check_names(new["name_zh"], new["name_en"])
    is_new = service.id is None
    if not is_new:
        expect(service, revision)
        _check_open(service)
    before, after = changes(service, new)
    session.add(service)
    if after:
        name = "service:added" if is_new else "service:changed"
        _record(session, actor, name, service, now, before, after)


def end_service(
    session: Session, actor: Actor, service: Service, *, revision: int | None, now: datetime
) -> None:
    """End a service; it stays on record."""
    _own(session, actor, service.organisation_id)
    expect(service, revision)
    _check_open(service)
    service.closed_at = now
    _record(session, actor, "service:ended", service, now)


def link_client(session: Session, body_id: int, client_id: int, now: datetime) -> None:
    """Let a body see a provider that applied to it; again does nothing."""
    known = select(ClientLink.id).where(
        ClientLink.body_id == body_id, ClientLink.client_id == client_id
    )
    row = select(literal(body_id), literal(client_id), literal(now, ClientLink.created_at.type))
    session.execute(
        insert(ClientLink).from_select(
            ["body_id", "client_id", "created_at"], row.where(~known.exists())
        )
    )


def _own(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    """Give the actor's own organisation if they may change it; ``NotFound`` for a foreign one."""
    if actor.organisation_id != organisation_id:
        raise NotFound
    if not allowed(actor, Permission.ORGANISATION_MANAGE):
        raise NotAllowed(N_("Your role does not allow this step."))
    return session.get_one(Organisation, organisation_id)


def _check_open(row: Site | Service) -> None:
    if row.closed_at is not None:
        raise StepRefused(T_("This is closed; it stays on record as it was."))


def _check_names(name_zh: str, name_en: str) -> None:
    problem = names_problem(name_zh, name_en)
    if problem is not None:
        raise Invalid(problem, field="name_zh")


def _checked_code(text: str, *, required: bool) -> str | None:
    code = compact_code(text)
    if not code and not required:
        return None
    problem = code_problem(code) if code else Text(N_("Fill this in."))
    if problem is not None:
        raise Invalid(problem, field="credit_code")
    return code


def _others(session: Session, site: Site) -> int:
    query = select(func.count(Site.id)).where(
        Site.organisation_id == site.organisation_id, Site.closed_at.is_(None)
    )
    if site.id is not None:
        query = query.where(Site.id != site.id)
    return session.scalar(query) or 0


def _record(
    session: Session,
    actor: Actor | None,
    name: str,
    subject: Organisation | Site | Service,
    now: datetime,
    *changed: Mapping[str, object],
) -> None:
    """Note an event about an organisation, or about a site or service of it; ``changed`` is before and after."""
    session.flush()
    if isinstance(subject, Organisation):
        organisation, within = subject, None
    else:
        organisation = within = session.get_one(Organisation, subject.organisation_id)
    before, after = changed or ({}, {})
    record(
        session,
        actor,
        name,
        subject,
        now=now,
        within=within,
        owner_id=organisation.id if organisation.kind is OrganisationKind.BODY else None,
        label=subject.name_zh or subject.name_en,
        before=before,
        after=after,
    )
