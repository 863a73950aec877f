"""What planner and leader do to a plan that is not issued. Each flushes; none commits."""

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from audit.planning import queries as planning
from audit.planning.models import AgendaItem, Audit, AuditSite, EngagementSite
from audit.planning.queries import Member, SiteRow
from audit.planning.rules import PLAN_OPEN, SiteChoice, TeamRole
from audit.programme.rules import Slot, draw, overlapping, sample
from checklists.schemes.rules import SiteSamplingRule
from core.clock import local_date
from core.db import expect
from core.errors import Invalid, NotAllowed, StepRefused
from core.events import changes, record
from core.permissions import Actor, Permission, allowed
from core.words import N_, T_, Text


def edit(  # noqa: PLR0913 -- what a plan consists of
    session: Session,
    actor: Actor,
    audit: Audit,
    *,
    starts_on: date | None,
    ends_on: date | None,
    days: Decimal,
    remote_share: int,
    texts: Mapping[str, str],
    revision: int | None,
    now: datetime,
) -> None:
    """Change dates, time, methods and texts of a plan that is not issued.

    ``texts`` holds objectives, methods, tools and logistics.
    """
    open_for_planning(session, actor, audit)
    expect(audit, revision)
    if (starts_on is None) != (ends_on is None):
        raise Invalid(N_("Set both days, or neither."), "ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid(N_("The last day lies before the first one."), "ends_on")
    slots = [one.item.starts_at for one in planning.agenda(session, audit.id)]
    for slot in slots if starts_on and ends_on else ():
        if not starts_on <= local_date(slot) <= ends_on:  # type: ignore[operator]
            text = T_("The agenda has an entry on %(day)s.", day=local_date(slot))
            raise Invalid(text, "starts_on")
    new = {
        "starts_on": starts_on,
        "ends_on": ends_on,
        "days": days,
        "remote_share": remote_share,
        **{name: texts[name] for name in ("objectives", "methods", "tools", "logistics")},
    }
    before, after = changes(audit, new)
    if after:
        record(
            session,
            actor,
            "audit:plan_changed",
            audit,
            now=now,
            owner_id=audit.body_id,
            before=before,
            after=after,
        )
    session.flush()


def open_for_planning(session: Session, actor: Actor, audit: Audit) -> None:
    """Refuse unless the plan can be changed now, by a planner or by the leader."""
    leads = not allowed(actor, Permission.AUDIT_PLAN) and planning.leads(session, audit.id, actor)
    _refuse_others(actor, audit, leads=leads)


def _refuse_others(actor: Actor, audit: Audit, *, leads: bool) -> None:
    own = actor.organisation_id == audit.body_id
    if not (own and (leads or allowed(actor, Permission.AUDIT_PLAN))):
        raise NotAllowed(N_("A planner or the team leader makes the plan."))
    if audit.state not in PLAN_OPEN:
        raise StepRefused(
            N_("The plan is not open for changes. Once issued, the leader opens it again first.")
        )


def choose_sites(  # noqa: PLR0913 -- what a choice rests on
    session: Session,
    actor: Actor,
    audit: Audit,
    rule: SiteSamplingRule,
    *,
    named: Collection[int],
    now: datetime,
    seed: int | None = None,
    scope: list[SiteRow] | None = None,
) -> list[int]:
    """Choose the sites to visit: the central one, those named, the rest at random (I-04).

    The seed is kept, so that anybody can draw the same sites again. ``scope``: the sites, where the
    caller has read them. Gives those drawn.
    """
    open_for_planning(session, actor, audit)
    scope = planning.sites(session, audit) if scope is None else scope
    central = {one.site_id for one in scope if one.is_central}
    others = {one.site_id for one in scope} - central
    if not set(named) <= others | central:
        raise Invalid(N_("One of these sites does not belong to the scope."), "named")
    picked = central | set(named)
    start = secrets.randbelow(10**9) if seed is None else seed
    drawn = draw(others, picked, sample(audit.kind, len(scope), rule), start)
    chosen = (
        dict.fromkeys(drawn, SiteChoice.RANDOM)
        | dict.fromkeys(named, SiteChoice.NAMED)
        | dict.fromkeys(central, SiteChoice.CENTRAL)
    )
    session.execute(delete(AuditSite).where(AuditSite.audit_id == audit.id))
    if chosen:
        rows = [
            {"audit_id": audit.id, "site_id": key, "chosen": why} for key, why in chosen.items()
        ]
        session.execute(insert(AuditSite), rows)
    audit.site_seed = start
    record(
        session,
        actor,
        "audit:sites_chosen",
        audit,
        now=now,
        owner_id=audit.body_id,
        before={one.name.en or one.name.zh: one.chosen for one in scope if one.chosen},
        after={one.name.en or one.name.zh: chosen.get(one.site_id) for one in scope}
        | {"seed": start},
    )
    session.flush()
    return drawn


def add_item(  # noqa: PLR0913 -- what an entry consists of
    session: Session,
    actor: Actor,
    audit: Audit,
    *,
    starts_at: datetime,
    minutes: int,
    topic: str,
    person_id: int | None,
    site_id: int | None,
    now: datetime,
) -> AgendaItem:
    """Add an entry to the agenda."""
    _check(session, actor, audit, Slot(None, starts_at, minutes, person_id), site_id)
    item = AgendaItem(
        audit_id=audit.id,
        starts_at=starts_at,
        minutes=minutes,
        topic=topic,
        person_id=person_id,
        site_id=site_id,
    )
    session.add(item)
    _record(session, actor, "added", audit, item, now=now)
    session.flush()
    return item


def change_item(  # noqa: PLR0913 -- what an entry consists of
    session: Session,
    actor: Actor,
    audit: Audit,
    item: AgendaItem,
    *,
    starts_at: datetime,
    minutes: int,
    topic: str,
    person_id: int | None,
    site_id: int | None,
    now: datetime,
) -> None:
    """Change an entry of the agenda."""
    _check(session, actor, audit, Slot(item.id, starts_at, minutes, person_id), site_id)
    new = {
        "starts_at": starts_at,
        "minutes": minutes,
        "topic": topic,
        "person_id": person_id,
        "site_id": site_id,
    }
    before, after = changes(item, new)
    if after:
        _record(session, actor, "changed", audit, item, now=now, before=before, after=after)
    session.flush()


def remove_item(
    session: Session, actor: Actor, audit: Audit, item: AgendaItem, *, now: datetime
) -> None:
    """Take an entry from the agenda; issued plans keep it."""
    open_for_planning(session, actor, audit)
    _record(session, actor, "removed", audit, item, now=now, before=_values(item), after={})
    session.delete(item)
    session.flush()


def _check(session: Session, actor: Actor, audit: Audit, slot: Slot, site_id: int | None) -> None:
    """Refuse an entry outside the dates or the scope, or at a time that is already taken."""
    team = planning.team(session, audit.id)
    _refuse_others(actor, audit, leads=any(_leads(one, actor) for one in team))
    day = local_date(slot.starts_at)
    if audit.starts_on and audit.ends_on and not audit.starts_on <= day <= audit.ends_on:
        text = T_(
            "The audit is from %(first)s to %(last)s.", first=audit.starts_on, last=audit.ends_on
        )
        raise Invalid(text, "day")
    members = {one.person_id: one.name for one in team}
    if slot.person_id is not None and slot.person_id not in members:
        raise Invalid(N_("This person is not on the team."), "person_id")
    if site_id is not None and not _in_scope(session, audit, site_id):
        raise Invalid(N_("This site does not belong to the scope."), "site_id")
    others = {_slot(one.item): one for one in planning.agenda(session, audit.id)}
    taken = overlapping(slot, list(others))
    if taken is not None:
        who = others[taken].person or members.get(slot.person_id or 0) or ""
        raise Invalid(_taken(others[taken].item.topic, who), "time")


def _leads(one: Member, actor: Actor) -> bool:
    return one.role is TeamRole.LEADER and one.person_id == actor.person_id


def _in_scope(session: Session, audit: Audit, site_id: int) -> bool:
    query = select(EngagementSite.id).where(
        EngagementSite.engagement_id == audit.engagement_id, EngagementSite.site_id == site_id
    )
    return session.scalar(query) is not None


def _taken(topic: str, who: str) -> Text:
    if who:
        return T_("%(name)s has “%(topic)s” at this time.", name=who, topic=topic)
    return T_("The whole team has “%(topic)s” at this time.", topic=topic)


def _slot(item: AgendaItem) -> Slot:
    return Slot(item.id, item.starts_at, item.minutes, item.person_id)


def _values(item: AgendaItem) -> dict[str, object]:
    names = ("starts_at", "minutes", "topic", "person_id", "site_id")
    return {name: getattr(item, name) for name in names}


def _record(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor,
    past: str,
    audit: Audit,
    item: AgendaItem,
    *,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    record(
        session,
        actor,
        f"agenda_item:{past}",
        item,
        now=now,
        within=audit,
        owner_id=audit.body_id,
        label=item.topic,
        before=before,
        after=_values(item) if after is None else after,
    )
