"""What planner and leader do to a checklist. Each flushes; none commits."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from audit.assessment.models import Answer, SectionShare
from audit.checklist import queries
from audit.checklist.models import Checklist, Concern
from audit.checklist.rules import (
    Chosen,
    ConcernKind,
    Draw,
    Why,
    check_places,
    choose,
    may_choose,
    may_share,
)
from audit.engagements import queries as engagements
from audit.planning import queries as planning
from audit.planning.models import Audit, Engagement
from core.errors import Invalid, StepRefused
from core.events import record
from core.lifecycle import Reason
from core.permissions import Actor, Permission, allowed
from core.words import T_, Text

_SEEDS = 2**31
_INSERT = {
    "sqlite": text(
        """
        INSERT INTO answers (audit_id, criterion_id, position, reasons, methods, notes, evidence_verified, excluded,
            exclusion_reason, revision)
        SELECT :audit_id, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
            '[]', '', 1, 0, '', 1
        FROM json_each(:rows)
        """
    ),
    "postgresql": text(
        """
        INSERT INTO answers (audit_id, criterion_id, position, reasons, methods, notes, evidence_verified, excluded,
            exclusion_reason, revision)
        SELECT :audit_id, CAST(made->>0 AS integer), CAST(made->>1 AS integer), made->2,
            '[]', '', true, false, '', 1
        FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS list(made)
        """
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a checklist is chosen from beside the audit's own standard version; empty places mean all of the scope."""

    beside: tuple[int, ...] = ()
    sites: tuple[int, ...] = ()
    services: tuple[int, ...] = ()


def choose_checklist(  # noqa: PLR0913 -- a draw names its seed
    session: Session,
    actor: Actor,
    audit: Audit,
    choice: Choice | None = None,
    *,
    now: datetime,
    leads: bool | None = None,
    seed: int | None = None,
) -> int:
    """Choose the criteria of an audit, each with its reasons; gives their number.

    Choosing again before the plan is issued replaces the list; afterwards it stands. Raises ``StepRefused`` with the
    reasons, ``Invalid`` for a standard, site or service that is not offered. ``leads``: whether the actor leads the
    team, where the caller has read it; ``seed`` repeats an earlier draw.
    """
    around = queries.state(session, audit)
    entitled = allowed(actor, Permission.AUDIT_PLAN) or (
        leads if leads is not None else planning.leads(session, audit.id, actor)
    )
    _refuse(
        T_("The checklist cannot be chosen now."),
        may_choose(audit.state, worked_on=around.worked_on, entitled=entitled),
    )
    given = choice or Choice()
    _check(session, audit, given)
    draw = Draw(around.audits_left, secrets.randbelow(_SEEDS) if seed is None else seed)
    concerns = queries.open_concerns(session, audit)
    found = choose(
        audit.kind,
        queries.candidates(session, audit, given.beside),
        queries.focus_of(concerns),
        draw,
    )
    _store(session, audit, found)
    _take_up(session, audit, concerns)
    _keep(session, actor, audit, given, draw.seed, len(found), now=now)
    record(
        session,
        actor,
        "audit:checklist_chosen",
        audit,
        now=now,
        owner_id=audit.body_id,
        after={
            "criteria": len(found),
            "level": audit.level_sought,
            "beside": given.beside,
            "sites": given.sites,
            "services": given.services,
            "seed": draw.seed,
        },
    )
    return len(found)


def add_criterion(
    session: Session, actor: Actor, audit: Audit, code: str, *, reason: str, now: datetime
) -> None:
    """Put one more criterion of the audit's standard on the checklist, whatever its level, with a reason.

    Raises ``Invalid`` where no such criterion is left to add, ``StepRefused`` once the fieldwork is over or for anybody
    but a planner or the leader.
    """
    leads = planning.leads(session, audit.id, actor)
    reasons = may_share(
        audit.state, leads=leads or allowed(actor, Permission.AUDIT_PLAN), chosen=True
    )
    _refuse(T_("Nothing can be added to this checklist now."), reasons)
    found = queries.addable(session, audit, code)
    if found is None:
        raise Invalid(
            T_(
                "The standard has no criterion “%(code)s” that is not on the checklist already.",
                code=code,
            ),
            "code",
        )
    session.add(
        Answer(
            audit_id=audit.id,
            criterion_id=found.id,
            position=found.position,
            reasons=[[Why.HAND.value, reason]],
        )
    )
    session.execute(
        update(Checklist)
        .where(Checklist.audit_id == audit.id)
        .values(criteria=Checklist.criteria + 1)
    )
    record(
        session, actor, "audit:criterion_added", audit, now=now, owner_id=audit.body_id,
        label=f"{audit.number} {code}", after={"criterion": code}, reason=reason,
    )  # fmt: skip
    session.flush()


def share(
    session: Session, actor: Actor, audit: Audit, shares: Mapping[int, int], *, now: datetime
) -> bool:
    """Say who of the team takes which section first; gives whether anything changed. Nobody is locked out by it."""
    reasons = may_share(audit.state, leads=planning.leads(session, audit.id, actor), chosen=True)
    _refuse(T_("The sections cannot be shared now."), reasons)
    rows = queries.sections(session, audit.id)
    people = {one.person_id: one.name for one in planning.team(session, audit.id)}
    if not set(shares) <= {row.section_id for row in rows} or not set(shares.values()) <= set(
        people
    ):
        raise Invalid(T_("Choose sections of this checklist and members of the team."))
    old = {row.section_id: row.person_id for row in rows if row.person_id is not None}
    if old == dict(shares):
        return False
    session.execute(delete(SectionShare).where(SectionShare.audit_id == audit.id))
    if shares:
        session.execute(
            insert(SectionShare),
            [
                {"audit_id": audit.id, "section_id": section, "person_id": person}
                for section, person in shares.items()
            ],
        )
    codes = {row.section_id: row.code for row in rows}
    before = {row.code: row.person or "" for row in rows if row.person_id is not None}
    record(
        session, actor, "audit:sections_shared", audit, now=now, owner_id=audit.body_id,
        before=before, after={codes[key]: people[person] for key, person in shares.items()},
    )  # fmt: skip
    return True


def raise_concern(  # noqa: PLR0913 -- a concern has this many parts
    session: Session,
    actor: Actor,
    engagement: Engagement,
    *,
    kind: ConcernKind,
    label: str,
    text: str,
    dimension: str,
    area: str,
    now: datetime,
) -> Concern:
    """Tell the next audit of an engagement what to look at first, after a complaint, an incident or a change (I-20).

    ``label`` and ``text`` are read by the team: a complainant is never named in them (I-18).
    """
    made = Concern(
        engagement_id=engagement.id,
        kind=kind,
        label=label,
        text=text,
        dimension=dimension,
        area=area,
        raised_by_id=actor.person_id,
        raised_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session, actor, "concern:raised", made, within=engagement, owner_id=engagement.body_id,
        label=label, now=now,
        after={"kind": kind, "text": text, "dimension": dimension, "area": area},
    )  # fmt: skip
    return made


def _refuse(text: Text, reasons: Sequence[Reason]) -> None:
    unmet = [reason for reason in reasons if not reason.met]
    if unmet:
        raise StepRefused(text, unmet)


def _check(session: Session, audit: Audit, given: Choice) -> None:
    if given.beside:
        offered = [version.id for version, _code in queries.offered_beside(session, audit)]
        if not set(given.beside) <= set(offered):
            raise Invalid(T_("Choose among the published standards."), "beside")
    if given.sites:
        in_scope = [row.site_id for row in planning.sites(session, audit)]
        check_places(given.sites, in_scope, "sites")
    if given.services:
        services = engagements.services(session, audit.engagement_id)
        check_places(given.services, [one.id for one in services], "services")


def _store(session: Session, audit: Audit, found: Sequence[Chosen]) -> None:
    """Make the empty answers in one statement from one parameter: thousands of rows as fast as the database can."""
    session.execute(delete(Answer).where(Answer.audit_id == audit.id))
    rows = json.dumps(
        found, ensure_ascii=False, separators=(",", ":")
    )  # named tuples are lists in JSON
    statement = _INSERT[session.get_bind().dialect.name]
    session.execute(statement, {"audit_id": audit.id, "rows": rows})


def _take_up(session: Session, audit: Audit, concerns: Sequence[Concern]) -> None:
    for one in concerns:
        one.taken_in_id = audit.id
    session.flush()


def _keep(  # noqa: PLR0913 -- a row has this many parts
    session: Session,
    actor: Actor,
    audit: Audit,
    given: Choice,
    seed: int,
    criteria: int,
    *,
    now: datetime,
) -> None:
    kept = session.scalar(select(Checklist).where(Checklist.audit_id == audit.id))
    if kept is None:
        kept = Checklist(audit_id=audit.id)
        session.add(kept)
    kept.level = audit.level_sought
    kept.standard_version_ids = [audit.standard_version_id, *given.beside]
    kept.site_ids, kept.service_ids = list(given.sites), list(given.services)
    kept.seed, kept.criteria = seed, criteria
    kept.chosen_by_id, kept.chosen_at = actor.person_id, now
    session.flush()
