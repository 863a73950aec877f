"""What people do to applications. Each flushes; none commits."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from accounts.organisations.models import Service, Site
from accounts.organisations.operations import link_client
from audit.planning import operations as planning
from certification.applications import queries
from certification.applications.models import (
    Application,
    ApplicationService,
    ApplicationSite,
    InformationRequest,
)
from certification.applications.rules import (
    APPLICATION,
    EDITABLE,
    ApplicationFacts,
    ApplicationState,
)
from checklists.schemes import queries as schemes
from core.db import expect, next_number
from core.errors import Invalid, NotFound, StepRefused
from core.events import changes, record
from core.permissions import Actor
from core.words import T_

Page = queries.ApplicationPage


def draft(
    session: Session, actor: Actor, values: Mapping[str, Any], *, now: datetime
) -> Application:
    """Begin an application; ``values`` are its columns with ``site_ids`` and ``service_ids``."""
    rest = dict(values)
    site_ids, service_ids = rest.pop("site_ids"), rest.pop("service_ids")
    _check_choices(session, rest)
    made = Application(
        **rest,
        number=f"APP-{now:%Y}-{next_number(session, f'application:{now:%Y}'):04d}",
        client_id=actor.organisation_id,
        created_by_id=actor.person_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _choose(session, made, site_ids, service_ids)
    record(session, actor, "application:drafted", made, now=now, owner_id=made.body_id)
    return made


def edit(
    session: Session,
    actor: Actor,
    page: Page,
    values: Mapping[str, Any],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Change a draft, or what was asked back; raises ``Stale`` and ``StepRefused``."""
    one = page.application
    if one.state not in EDITABLE:
        raise StepRefused(
            T_("An application is changed as a draft, or when information is asked for.")
        )
    expect(one, revision)
    rest = dict(values)
    site_ids, service_ids = rest.pop("site_ids"), rest.pop("service_ids")
    if one.submitted_at is not None:
        rest["body_id"], rest["scheme_version_id"] = one.body_id, one.scheme_version_id
    kept = one.scheme_version_id if one.submitted_at is not None else None
    _check_choices(session, rest, kept)
    before, after = changes(one, rest)
    chosen = ({site.id for site in page.sites}, {service.id for service in page.services})
    if chosen != (set(site_ids), set(service_ids)):
        before |= {"site_ids": sorted(chosen[0]), "service_ids": sorted(chosen[1])}
        after |= {"site_ids": sorted(site_ids), "service_ids": sorted(service_ids)}
        _choose(session, one, site_ids, service_ids)
    if not after:
        return
    session.flush()
    record(
        session, actor, "application:edited", one,
        now=now, owner_id=one.body_id, before=before, after=after,
    )  # fmt: skip


def submit(session: Session, actor: Actor, page: Page, *, now: datetime) -> None:
    """Hand the application to the body."""
    page.application.submitted_at = page.application.submitted_at or now
    _take(session, actor, page, "submit", "submitted", now=now)
    link_client(session, page.application.body_id, page.application.client_id, now)


def start_review(session: Session, actor: Actor, page: Page, *, now: datetime) -> None:
    """Take up the review; the actor becomes the reviewer."""
    page.application.reviewer_id = actor.person_id
    _take(session, actor, page, "start_review", "review_started", now=now)


def review(
    session: Session,
    actor: Actor,
    page: Page,
    values: Mapping[str, Any],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Record competence, impartiality, differences resolved and audit time (I-01, I-03)."""
    one = page.application
    if one.state is not ApplicationState.IN_REVIEW:
        raise StepRefused(T_("The review is recorded while the application is in review."))
    expect(one, revision)
    before, after = changes(one, dict(values))
    if not after:
        return
    session.flush()
    record(
        session, actor, "application:reviewed", one,
        now=now, owner_id=one.body_id, before=before, after=after,
    )  # fmt: skip


def ask(session: Session, actor: Actor, page: Page, *, question: str, now: datetime) -> None:
    """Ask the applicant something; the application waits for the answer."""
    session.add(
        InformationRequest(
            application_id=page.application.id,
            question=question,
            asked_by_id=actor.person_id,
            asked_at=now,
        )
    )
    _take(session, actor, page, "ask", "information_requested", now=now, reason=question)


def answer(
    session: Session, actor: Actor, page: Page, answers: Mapping[int, str], *, now: datetime
) -> None:
    """Answer every open question (by key) and give the application back to the reviewer."""
    for request in page.requests:
        if request.answered_at is None and answers.get(request.id):
            request.answer = answers[request.id]
            request.answered_by_id, request.answered_at = actor.person_id, now
    left = sum(1 for request in page.requests if request.answered_at is None)
    facts = replace(page.facts, unanswered=left)
    _take(session, actor, page, "answer", "information_given", now=now, facts=facts)


def accept(session: Session, actor: Actor, page: Page, *, now: datetime) -> None:
    """Accept after a review that found everything in order."""
    page.application.accepted_at = now
    _take(session, actor, page, "accept", "accepted", now=now)


def decline(session: Session, actor: Actor, page: Page, *, reason: str, now: datetime) -> None:
    """Decline with reasons (I-01)."""
    page.application.decline_reason = reason
    _take(session, actor, page, "decline", "declined", now=now, reason=reason)


def withdraw(session: Session, actor: Actor, page: Page, *, reason: str, now: datetime) -> None:
    """Withdraw before the contract."""
    _take(session, actor, page, "withdraw", "withdrawn", now=now, reason=reason)


def confirm(session: Session, actor: Actor, page: Page, *, side: str, now: datetime) -> None:
    """Confirm the contract for one side (``body`` or ``client``); with both, the programme is opened."""
    one = page.application
    _take(session, actor, page, f"confirm_{side}", "confirmed", now=now)
    setattr(one, f"{side}_confirmed_by_id", actor.person_id)
    setattr(one, f"{side}_confirmed_at", now)
    session.flush()
    facts = (
        replace(page.facts, body_confirmed=True)
        if side == "body"
        else replace(page.facts, client_confirmed=True)
    )
    if facts.body_confirmed and facts.client_confirmed:
        _contract(session, actor, page, facts, now=now)


def close(session: Session, actor: Actor, page: Page, *, now: datetime) -> None:
    """Put the file away."""
    _take(session, actor, page, "close", "closed", now=now)


def _contract(
    session: Session, actor: Actor, page: Page, facts: ApplicationFacts, *, now: datetime
) -> None:
    one = page.application
    one.state = APPLICATION.take(one.state, "contract", facts, None)
    engagement = planning.open_engagement(
        session,
        actor,
        body_id=one.body_id,
        client_id=one.client_id,
        scheme_version_id=one.scheme_version_id,
        scope_zh=one.scope_zh,
        scope_en=one.scope_en,
        level_sought=one.level_sought,
        audit_days=one.audit_days,
        site_ids=[site.id for site in page.sites],
        service_ids=[service.id for service in page.services],
        now=now,
    )
    one.engagement_id = engagement.id
    session.flush()
    record(
        session, actor, "application:contracted", one,
        now=now, owner_id=one.body_id, after={"engagement": engagement.number},
    )  # fmt: skip


def _take(  # noqa: PLR0913
    session: Session,
    actor: Actor,
    page: Page,
    action: str,
    past: str,
    *,
    now: datetime,
    reason: str | None = None,
    facts: ApplicationFacts | None = None,
) -> None:
    one = page.application
    given = facts or page.facts
    if action in {"decline", "withdraw"}:
        given = replace(given, reason_given=bool(reason))
    before = one.state
    one.state = APPLICATION.take(before, action, given, actor)
    session.flush()
    record(
        session,
        actor,
        f"application:{past}",
        one,
        now=now,
        owner_id=one.body_id,
        before={"state": before},
        after={"state": one.state},
        reason=reason,
    )


def _check_choices(session: Session, values: Mapping[str, Any], kept: int | None = None) -> None:
    """Refuse a scheme that the body does not offer and a level it does not have.

    ``kept`` is the version a submitted application named; it stays although a newer one is published since.
    """
    wanted = values["scheme_version_id"]
    offered = {version.id for version, _scheme in schemes.published(session, values["body_id"])}
    if wanted not in offered | {kept}:
        raise Invalid(
            T_("Choose a scheme that this certification body offers."), field="scheme_version_id"
        )
    rules = schemes.rules(session, wanted)
    if values["level_sought"] not in {level.number for level in rules.levels}:
        raise Invalid(T_("The scheme has no such level."), field="level_sought")


def _choose(
    session: Session, one: Application, site_ids: Collection[int], service_ids: Collection[int]
) -> None:
    """Set the sites and services applied for; each has to be the applicant's own."""
    for kind, table, column, wanted in (
        (Site, ApplicationSite, "site_id", set(site_ids)),
        (Service, ApplicationService, "service_id", set(service_ids)),
    ):
        own = set(
            session.scalars(
                select(kind.id).where(
                    kind.organisation_id == one.client_id, kind.closed_at.is_(None)
                )
            )
        )
        if not wanted <= own:
            raise NotFound
        session.execute(delete(table).where(table.application_id == one.id))
        if wanted:
            rows = [{"application_id": one.id, column: key} for key in sorted(wanted)]
            session.execute(insert(table), rows)
