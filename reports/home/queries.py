"""The rows of the home page and of the search, each scoped by the feature they come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from accounts.organisations import queries as organisations
from accounts.organisations.models import Organisation
from audit.casefile import queries as casefile
from audit.casefile.models import Finding
from audit.planning import queries as planning
from audit.planning.models import Audit
from certification.applications import queries as applications
from certification.applications.models import Application
from certification.certificates import queries as certificates
from certification.certificates.models import Certificate
from core.db import like
from core.events import Event
from core.permissions import Actor, OrganisationKind, Permission, allowed

MOST = 10
_NO_NEWS = ("answer", "sample", "measure", "person")
_TRACES = ("evidence:opened",)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing a search found: where it is, its number and names."""

    kind: str
    key: int
    number: str
    name_zh: str
    name_en: str
    within: int | None = None


def news(session: Session, actor: Actor, *, limit: int = 8) -> Sequence[Event]:
    """Give the newest events around the actor's organisation by others: what they did themselves they know.

    Single answers, samples and measures, sign-ins and openings of files are too many to be news.
    """
    query = (
        select(Event)
        .where(
            or_(Event.actor_id.is_(None), Event.actor_id != actor.person_id),
            Event.subject_kind.not_in(_NO_NEWS),
            Event.name.not_in(_TRACES),
        )
        .order_by(Event.id.desc())
        .limit(limit)
    )
    if actor.organisation_kind is OrganisationKind.BODY:
        query = query.where(Event.owner_id == actor.organisation_id)
    elif actor.organisation_kind is OrganisationKind.PROVIDER:
        mine = select(Audit.id).where(Audit.client_id == actor.organisation_id)
        query = query.where(
            or_(
                Event.actor_organisation_id == actor.organisation_id,
                (Event.subject_kind == "audit") & Event.subject_id.in_(mine),
            )
        )
    if (
        not allowed(actor, Permission.EVENT_READ)
        and actor.organisation_kind is OrganisationKind.BODY
    ):
        seen = select(Audit.id).where(planning.visible(actor))
        query = query.where(
            or_(
                (Event.subject_kind == "audit") & Event.subject_id.in_(seen),
                (Event.within_kind == "audit") & Event.within_id.in_(seen),
                Event.actor_id == actor.person_id,
            )
        )
    return session.scalars(query).all()


def search(session: Session, actor: Actor, words: str) -> list[Hit]:
    """Find audits, findings, applications, certificates and organisations by number or name: five statements."""
    pattern = like(words.lower())

    def says(*columns: Any) -> Any:
        return or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))

    client = Organisation
    hits = _hits(
        session,
        "audit",
        select(Audit.id, Audit.number, client.name_zh, client.name_en)
        .join(client, client.id == Audit.client_id)
        .where(planning.visible(actor), says(Audit.number, client.name_zh, client.name_en))
        .order_by(Audit.id.desc()),
    )
    hits += [
        Hit("finding", row.id, row.number, row.title, row.title, row.audit_id)
        for row in session.execute(
            select(Finding.id, Finding.number, Finding.title, Finding.audit_id)
            .join(Audit, Audit.id == Finding.audit_id)
            .where(casefile.visible(actor), says(Finding.number, Finding.title))
            .order_by(Finding.id.desc())
            .limit(MOST)
        )
    ]
    if allowed(actor, Permission.APPLICATION_READ):
        hits += _hits(
            session,
            "application",
            select(Application.id, Application.number, client.name_zh, client.name_en)
            .join(client, client.id == Application.client_id)
            .where(
                applications.visible(actor),
                says(Application.number, client.name_zh, client.name_en),
            )
            .order_by(Application.id.desc()),
        )
    hits += _hits(
        session,
        "certificate",
        select(Certificate.id, Certificate.number, client.name_zh, client.name_en)
        .join(client, client.id == Certificate.client_id)
        .where(
            certificates.visible(actor), says(Certificate.number, client.name_zh, client.name_en)
        )
        .order_by(Certificate.id.desc()),
    )
    hits += _hits(
        session,
        "organisation",
        select(client.id, client.credit_code, client.name_zh, client.name_en)
        .where(
            organisations.visible(actor), says(client.name_zh, client.name_en, client.credit_code)
        )
        .order_by(client.id),
    )
    return hits


def _hits(session: Session, kind: str, query: Any) -> list[Hit]:
    return [
        Hit(kind, row[0], row[1] or "", row[2], row[3])
        for row in session.execute(query.limit(MOST))
    ]
