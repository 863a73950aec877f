"""Applications as read, scoped to who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session, aliased
from stdnum.cn import uscc

from accounts.organisations.models import Organisation, Service, Site
from certification.applications.models import (
    Application,
    ApplicationService,
    ApplicationSite,
    InformationRequest,
)
from certification.applications.rules import ApplicationFacts, ApplicationState
from checklists.schemes import queries as schemes
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.rules import SchemeRules
from core.db import like
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind
from core.words import T_, Text

Body = aliased(Organisation, name="body")
Client = aliased(Organisation, name="client")


@dataclass(frozen=True, slots=True)
class ApplicationPage:
    """Everything the page of one application shows."""

    application: Application
    body: Organisation
    client: Organisation
    scheme: Scheme
    rules: SchemeRules
    sites: Sequence[Site]
    services: Sequence[Service]
    requests: Sequence[InformationRequest]
    facts: ApplicationFacts

    @property
    def headcount(self) -> int:
        """Sum the effective headcount of the sites applied for."""
        return sum(site.headcount for site in self.sites)

    @property
    def table_days(self) -> float:
        """Give the initial audit time of the scheme's table for this headcount, in days (I-03)."""
        return self.rules.audit_time.initial_days(self.headcount)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on ``Application``: own ones; a body and the regulator see none that is a draft."""
    sent = Application.submitted_at.is_not(None)
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        return Application.client_id == actor.organisation_id
    if actor.organisation_kind is OrganisationKind.BODY:
        return and_(Application.body_id == actor.organisation_id, sent)
    return and_(true(), sent)


def application(session: Session, actor: Actor, application_id: int) -> Application:
    """Give one application; raises ``NotFound``."""
    found = session.scalar(
        select(Application).where(Application.id == application_id, visible(actor))
    )
    if found is None:
        raise NotFound
    return found


def listing(
    actor: Actor, *, words: str = "", state: str = "", sort: str = ""
) -> Select[Application, Organisation, Organisation]:
    """Build the list of applications with body and client, newest first unless ``sort`` says otherwise."""
    query = (
        select(Application, Body, Client)
        .join(Body, Body.id == Application.body_id)
        .join(Client, Client.id == Application.client_id)
        .where(visible(actor))
    )
    if state in set(ApplicationState):
        query = query.where(Application.state == state)
    if words:
        pattern = like(words.lower())
        columns = (Application.number, Client.name_zh, Client.name_en, Client.credit_code)
        query = query.where(
            or_(*(func.lower(column).like(pattern, escape="\\") for column in columns))
        )
    orders: Mapping[str, Any] = {
        "number": Application.number,
        "client": Client.name_en,
        "state": Application.state,
        "submitted": Application.submitted_at,
    }
    column = orders.get(sort.lstrip("-"), Application.id)
    down = sort.startswith("-") or sort.lstrip("-") not in orders
    return query.order_by(column.desc() if down else column.asc(), Application.id.desc())


def page(session: Session, actor: Actor, application_id: int) -> ApplicationPage:
    """Gather the page of one application in six statements; raises ``NotFound``."""
    row = session.execute(
        select(Application, Body, Client, Scheme, SchemeVersion)
        .join(Body, Body.id == Application.body_id)
        .join(Client, Client.id == Application.client_id)
        .join(SchemeVersion, SchemeVersion.id == Application.scheme_version_id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(Application.id == application_id, visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    one, body, client, scheme, version = row
    sites = session.scalars(_chosen_sites(one.id)).all()
    services = session.scalars(
        select(Service)
        .join(ApplicationService, ApplicationService.service_id == Service.id)
        .where(ApplicationService.application_id == one.id)
        .order_by(Service.id)
    ).all()
    asked = requests(session, one.id)
    rules = schemes.rules_of(version.content_sha256, version.content)
    facts = _facts(one, client, sites, services, asked, rules)
    return ApplicationPage(one, body, client, scheme, rules, sites, services, asked, facts)


def offered(session: Session, actor: Actor) -> dict[str, list[Row[str, int, str, str]]]:
    """Give the actor's own open sites and services to choose from, by ``site`` and ``service``: one statement."""
    own = actor.organisation_id
    rows = session.execute(
        union_all(
            select(literal("site").label("kind"), Site.id, Site.name_zh, Site.name_en).where(
                Site.organisation_id == own, Site.closed_at.is_(None)
            ),
            select(literal("service"), Service.id, Service.name_zh, Service.name_en).where(
                Service.organisation_id == own, Service.closed_at.is_(None)
            ),
        )
    )
    found: dict[str, list[Row[str, int, str, str]]] = {"site": [], "service": []}
    for row in rows:
        found[row[0]].append(row)
    return found


def requests(session: Session, application_id: int) -> Sequence[InformationRequest]:
    """List the questions asked on an application, oldest first."""
    query = select(InformationRequest).where(InformationRequest.application_id == application_id)
    return session.scalars(query.order_by(InformationRequest.id)).all()


def waiting(
    session: Session, actor: Actor, *, limit: int = 50
) -> Sequence[Row[Application, Organisation, Organisation]]:
    """List the applications whose next step is the actor's side's, with the other side's name."""
    if actor.organisation_kind is OrganisationKind.PROVIDER:
        mine = or_(
            Application.state.in_([ApplicationState.DRAFT, ApplicationState.INFORMATION_REQUESTED]),
            and_(
                Application.state == ApplicationState.ACCEPTED,
                Application.client_confirmed_at.is_(None),
            ),
        )
    else:
        mine = or_(
            Application.state.in_([ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW]),
            and_(
                Application.state == ApplicationState.ACCEPTED,
                Application.body_confirmed_at.is_(None),
            ),
        )
    query = (
        select(Application, Body, Client)
        .join(Body, Body.id == Application.body_id)
        .join(Client, Client.id == Application.client_id)
        .where(visible(actor), mine)
        .order_by(Application.id)
        .limit(limit)
    )
    return session.execute(query).all()


def _chosen_sites(application_id: int) -> Select[Site]:
    return (
        select(Site)
        .join(ApplicationSite, ApplicationSite.site_id == Site.id)
        .where(ApplicationSite.application_id == application_id)
        .order_by(Site.is_central.desc(), Site.id)
    )


def _facts(
    one: Application,
    client: Organisation,
    sites: Sequence[Site],
    services: Sequence[Service],
    asked: Sequence[InformationRequest],
    rules: SchemeRules,
) -> ApplicationFacts:
    headcount = sum(site.headcount for site in sites)
    return ApplicationFacts(
        missing=_missing(one, sites, services),
        credit_code_valid=bool(client.credit_code and uscc.is_valid(client.credit_code)),
        unanswered=sum(1 for request in asked if request.answered_at is None),
        competence_ok=one.competence_ok,
        impartiality_ok=one.impartiality_ok,
        audit_days=float(one.audit_days),
        table_days=rules.audit_time.initial_days(headcount),
        reduction_limit=rules.audit_time.reduction_limit,
        time_justified=bool(one.time_note),
        body_confirmed=one.body_confirmed_at is not None,
        client_confirmed=one.client_confirmed_at is not None,
    )


def _missing(
    one: Application, sites: Sequence[Site], services: Sequence[Service]
) -> tuple[Text, ...]:
    wanted = (
        (one.scope_zh or one.scope_en, T_("the scope")),
        (sites, T_("at least one site")),
        (any(site.is_central for site in sites), T_("the central site")),
        (sum(site.headcount for site in sites) > 0, T_("the headcount of the sites")),
        (services, T_("at least one service")),
        (one.outsourcing, T_("what is outsourced, or that nothing is")),
        (one.consultancy, T_("which consultants were used, or that none were")),
    )
    return tuple(text for there, text in wanted if not there)
