"""What people do to competences, declarations and interests. Each flushes; none commits."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from accounts.people.models import Membership, Person
from audit.competence.models import Competence, Declaration, Interest
from audit.competence.rules import InterestKind
from checklists.schemes.queries import published, rules_of
from core.clock import local_date
from core.errors import Invalid, NotAllowed, StepRefused
from core.events import record
from core.permissions import Actor, Permission, allowed
from core.words import N_


def grant(  # noqa: PLR0913 -- what a competence consists of
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    scheme_id: int,
    area: str,
    evidence: str,
    valid_from: date,
    valid_until: date,
    now: datetime,
) -> Competence:
    """Say that somebody is competent in a technical area; nobody says so of themselves (I-05)."""
    _manages(actor)
    if person_id == actor.person_id:
        raise Invalid(N_("Nobody grants a competence to themselves."), "person_id")
    if valid_until <= valid_from:
        raise Invalid(N_("The last day lies after the first one."), "valid_until")
    person = _member(session, actor, person_id)
    _known_area(session, actor, scheme_id, area)
    competence = Competence(
        body_id=actor.organisation_id,
        person_id=person.id,
        scheme_id=scheme_id,
        area=area,
        evidence=evidence,
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by_id=actor.person_id,
        granted_at=now,
    )
    session.add(competence)
    record(
        session,
        actor,
        "competence:granted",
        competence,
        now=now,
        owner_id=actor.organisation_id,
        label=f"{person.name}, {area}",
        after={
            "person_id": person.id,
            "area": area,
            "valid_from": valid_from,
            "valid_until": valid_until,
            "evidence": evidence,
        },
    )
    session.flush()
    return competence


def end(
    session: Session, actor: Actor, competence: Competence, *, reason: str, now: datetime
) -> None:
    """End a competence before its last day."""
    _manages(actor)
    if competence.ended_at is not None:
        raise StepRefused(N_("This competence has ended already."))
    competence.ended_at, competence.end_reason = now, reason
    person = session.get_one(Person, competence.person_id)
    record(
        session,
        actor,
        "competence:ended",
        competence,
        now=now,
        owner_id=competence.body_id,
        label=f"{person.name}, {competence.area}",
        before={"valid_until": competence.valid_until},
        after={"ended_at": now},
        reason=reason,
    )
    session.flush()


def declare(session: Session, actor: Actor, *, statement: str, now: datetime) -> Declaration:
    """Make one's yearly declaration of interests."""
    declaration = Declaration(
        body_id=actor.organisation_id,
        person_id=actor.person_id,
        declared_on=local_date(now),
        statement=statement,
    )
    session.add(declaration)
    record(
        session,
        actor,
        "declaration:made",
        declaration,
        now=now,
        owner_id=actor.organisation_id,
        label=actor.name,
        after={"declared_on": declaration.declared_on, "statement": statement},
    )
    session.flush()
    return declaration


def declare_interest(  # noqa: PLR0913 -- what an interest consists of
    session: Session,
    actor: Actor,
    *,
    person_id: int,
    client_id: int,
    kind: InterestKind,
    from_on: date,
    until_on: date | None,
    note: str,
    now: datetime,
) -> Interest:
    """Declare a tie to a client: one's own, or, for those who manage competence, another's."""
    if person_id != actor.person_id:
        _manages(actor)
    if until_on is not None and until_on < from_on:
        raise Invalid(N_("The last day lies before the first one."), "until_on")
    person = _member(session, actor, person_id)
    interest = Interest(
        body_id=actor.organisation_id,
        person_id=person_id,
        client_id=client_id,
        kind=kind,
        from_on=from_on,
        until_on=until_on,
        note=note,
        declared_by_id=actor.person_id,
        declared_at=now,
    )
    session.add(interest)
    after = {"kind": kind, "from_on": from_on, "until_on": until_on}
    _record_interest(session, actor, "declared", interest, person, now=now, after=after)
    session.flush()
    return interest


def end_interest(
    session: Session, actor: Actor, interest: Interest, *, until_on: date, now: datetime
) -> None:
    """Say on which day a tie ended; whoever has it does not say so themselves."""
    _settles(actor, interest)
    if interest.until_on is not None:
        raise StepRefused(N_("This interest has its last day already."))
    if until_on < interest.from_on:
        raise Invalid(N_("The last day lies before the first one."), "until_on")
    interest.until_on = until_on
    person = session.get_one(Person, interest.person_id)
    _record_interest(
        session, actor, "ended", interest, person, now=now, after={"until_on": until_on}
    )
    session.flush()


def withdraw_interest(
    session: Session, actor: Actor, interest: Interest, *, reason: str, now: datetime
) -> None:
    """Take back an interest that was declared by mistake; never one's own (I-05)."""
    _settles(actor, interest)
    interest.withdrawn_at, interest.withdrawn_by_id = now, actor.person_id
    interest.withdrawal = reason
    person = session.get_one(Person, interest.person_id)
    _record_interest(session, actor, "withdrawn", interest, person, now=now, reason=reason)
    session.flush()


def _record_interest(  # noqa: PLR0913 -- an event has this many parts
    session: Session,
    actor: Actor,
    past: str,
    interest: Interest,
    person: Person,
    *,
    now: datetime,
    after: dict[str, object] | None = None,
    reason: str | None = None,
) -> None:
    client = session.get_one(Organisation, interest.client_id)
    record(
        session,
        actor,
        f"interest:{past}",
        interest,
        now=now,
        owner_id=interest.body_id,
        label=f"{person.name}, {client.name_zh or client.name_en}",
        after=after,
        reason=reason,
    )


def _manages(actor: Actor) -> None:
    if not allowed(actor, Permission.COMPETENCE_MANAGE):
        raise NotAllowed(N_("Your role does not allow this step."))


def _settles(actor: Actor, interest: Interest) -> None:
    _manages(actor)
    if interest.person_id == actor.person_id:
        raise NotAllowed(N_("Somebody else ends or withdraws your interests."))
    if interest.withdrawn_at is not None:
        raise StepRefused(N_("This interest was withdrawn already."))


def _member(session: Session, actor: Actor, person_id: int) -> Person:
    person = session.scalar(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Person.id == person_id,
            Membership.organisation_id == actor.organisation_id,
            Membership.ended_at.is_(None),
        )
    )
    if person is None:
        raise Invalid(N_("This person does not belong to your organisation."), "person_id")
    return person


def _known_area(session: Session, actor: Actor, scheme_id: int, area: str) -> None:
    areas = {
        one.code
        for version, scheme in published(session, actor.organisation_id)
        if scheme.id == scheme_id
        for one in rules_of(version.content_sha256, version.content).competence_areas
    }
    if area not in areas:
        raise Invalid(N_("The scheme has no such technical area."), "area")
