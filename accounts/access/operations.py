"""Inviting, joining, changing roles, leaving; a provider registers itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from accounts.access import queries
from accounts.access.queries import PersonRow
from accounts.access.rules import LIFECYCLE, roles_problem
from accounts.organisations.models import Organisation
from accounts.organisations.operations import Registered, register_provider
from accounts.people.models import AttemptKind, Letter, Membership, MembershipRole, Person
from accounts.people.operations import (
    Themselves,
    count_request,
    end_sessions,
    send_letter,
    set_password,
    themselves,
)
from accounts.people.rules import LETTER_VALID, LetterKind
from core.db import claiming, expect
from core.errors import Invalid, NotAllowed
from core.events import record
from core.permissions import Actor, OrganisationKind, Permission, Role, allowed
from core.words import N_


@dataclass(frozen=True, slots=True)
class Invitee:
    """Who is to be invited, as what."""

    email: str
    name: str
    language: str
    roles: frozenset[Role]


_OPEN = Invalid(
    N_("There is an open invitation for this address already. Send it again from the list."),
    field="email",
)


def invite(session: Session, actor: Actor, invitee: Invitee, *, now: datetime) -> Letter:
    """Invite somebody to the actor's organisation by mail.

    ``Invalid`` on ``email`` where the person belongs to it or is invited already, on ``roles`` for foreign roles.
    """
    if not allowed(actor, Permission.PEOPLE_MANAGE):
        raise NotAllowed(N_("Your role does not allow this step."))
    person = queries.person_by_email(session, invitee.email)
    if person and queries.current_membership(session, person.id, actor.organisation_id):
        raise Invalid(N_("This person belongs to your organisation already."), field="email")
    _withdraw_expired(session, actor.organisation_id, invitee.email, now)
    letter = write_invitation(
        session, actor.organisation_id, actor.organisation_kind, invitee, actor.person_id, now
    )
    organisation = session.get_one(Organisation, actor.organisation_id)
    _record_sent(session, actor, letter, organisation, now)
    return letter


def invite_first(
    session: Session, organisation: Organisation, invitee: Invitee, *, now: datetime
) -> Letter:
    """Invite somebody from the command line, where nobody belongs to the organisation yet."""
    _withdraw_expired(session, organisation.id, invitee.email, now)
    letter = write_invitation(session, organisation.id, organisation.kind, invitee, None, now)
    _record_sent(session, Themselves(0, "Assay"), letter, organisation, now)
    return letter


def disable(session: Session, email: str, *, now: datetime) -> None:
    """Close an account: nobody signs in with it any more, its sessions end."""
    person = _known(session, email)
    if person.disabled_at is None:
        person.disabled_at = now
        ended = end_sessions(session, person.id, now)
        record(
            session,
            None,
            "person:disabled",
            person,
            now=now,
            label=person.name,
            after={"sessions_ended": ended},
        )
        session.flush()


def enable(session: Session, email: str, *, now: datetime) -> None:
    """Open a closed account again."""
    person = _known(session, email)
    if person.disabled_at is not None:
        person.disabled_at = None
        record(session, None, "person:enabled", person, now=now, label=person.name)
        session.flush()


def _known(session: Session, email: str) -> Person:
    person = queries.person_by_email(session, email)
    if person is None:
        raise Invalid(N_("Nobody has this address."))
    return person


def write_invitation(
    session: Session,
    organisation_id: int,
    kind: OrganisationKind,
    invitee: Invitee,
    invited_by_id: int | None,
    now: datetime,
) -> Letter:
    """Write an invitation and put it on its way; ``Invalid`` where one is open or a role is foreign."""
    problem = roles_problem(kind, invitee.roles)
    if problem is not None:
        raise Invalid(problem, field="roles")
    letter = Letter(
        kind=LetterKind.INVITATION,
        email=invitee.email,
        name=invitee.name,
        language=invitee.language,
        organisation_id=organisation_id,
        roles=sorted(role.value for role in invitee.roles),
        invited_by_id=invited_by_id,
        created_at=now,
        expires_at=now + LETTER_VALID[LetterKind.INVITATION],
    )
    with claiming(session, "uq_letters_one_open_invitation", _OPEN):
        session.add(letter)
    return send_letter(session, letter, now=now)


def send_again(session: Session, actor: Actor, letter: Letter, *, now: datetime) -> None:
    """Send an open invitation once more; it lasts anew."""
    count_request(session, AttemptKind.LETTER, letter.email, f"by:{actor.person_id}", now=now)
    before, letter.expires_at = letter.expires_at, now + LETTER_VALID[LetterKind.INVITATION]
    send_letter(session, letter, now=now)
    _record_letter(session, actor, "invitation:sent_again", letter, now, before)


def withdraw(session: Session, actor: Actor, letter: Letter, *, now: datetime) -> None:
    """Withdraw an open invitation: its link ends."""
    letter.withdrawn_at = now
    _record_letter(session, actor, "invitation:withdrawn", letter, now, letter.expires_at)


def join(session: Session, letter: Letter, person: Person, *, now: datetime) -> Membership:
    """Let an existing person take up an invitation; roles held there already stay."""
    if person.disabled_at is not None:
        raise Invalid(N_("This account is closed. Ask the administrator of the installation."))
    letter.used_at = now
    organisation = session.get_one(Organisation, letter.organisation_id)
    roles = frozenset(Role(role) for role in letter.roles)
    membership = queries.current_membership(session, person.id, organisation.id)
    held: frozenset[Role] = frozenset()
    if membership is None:
        membership = Membership(
            person_id=person.id, organisation_id=organisation.id, created_at=now
        )
        session.add(membership)
        session.flush()
    else:
        held = frozenset(
            session.scalars(
                select(MembershipRole.role).where(MembershipRole.membership_id == membership.id)
            )
        )
    session.add_all(
        MembershipRole(membership_id=membership.id, role=role) for role in sorted(roles - held)
    )
    record(
        session,
        themselves(person),
        "membership:began",
        membership,
        now=now,
        within=organisation,
        owner_id=owner_of(organisation),
        label=person.name,
        after={"roles": sorted(roles | held)},
    )
    session.flush()
    return membership


def join_anew(
    session: Session, letter: Letter, *, name: str, password: str, now: datetime
) -> Person:
    """Let somebody without an account take up an invitation: name and password make the account.

    ``Invalid`` on ``new_password``, or on nothing where the account came to be meanwhile.
    """
    person = Person(
        email=letter.email,
        name=name,
        language=letter.language,
        password_hash=None,
        created_at=now,
    )
    set_password(person, password)
    taken = Invalid(N_("There is an account with this address by now. Open the link again."))
    with claiming(session, "uq_people_email", taken):
        session.add(person)
    join(session, letter, person, now=now)
    return person


def change_roles(
    session: Session,
    actor: Actor,
    row: PersonRow,
    roles: frozenset[Role],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Give a member other roles; somebody who manages people must be left."""
    expect(row.membership, revision)
    problem = roles_problem(actor.organisation_kind, roles)
    if problem is not None:
        raise Invalid(problem, field="roles")
    organisation = _locked(session, actor)
    facts = queries.facts(session, actor.organisation_kind, row, roles)
    LIFECYCLE.take(row.state, "change_roles", facts, actor)
    if roles == row.roles:
        return
    gone = row.roles - roles
    session.execute(
        delete(MembershipRole).where(
            MembershipRole.membership_id == row.membership.id, MembershipRole.role.in_(gone)
        )
    )
    session.add_all(
        MembershipRole(membership_id=row.membership.id, role=role)
        for role in sorted(roles - row.roles)
    )
    row.membership.changed_at = now
    record(
        session,
        actor,
        "membership:roles_changed",
        row.membership,
        now=now,
        within=organisation,
        owner_id=owner_of(organisation),
        label=row.name,
        before={"roles": sorted(row.roles)},
        after={"roles": sorted(roles)},
    )
    session.flush()


def end(session: Session, actor: Actor, row: PersonRow, *, reason: str, now: datetime) -> None:
    """End a membership for a reason; what the person did stays on record."""
    organisation = _locked(session, actor)
    facts = queries.facts(session, actor.organisation_kind, row)
    LIFECYCLE.take(row.state, "end", facts, actor)
    row.membership.ended_at = now
    record(
        session,
        actor,
        "membership:ended",
        row.membership,
        now=now,
        within=organisation,
        owner_id=owner_of(organisation),
        label=row.name,
        before={"roles": sorted(row.roles)},
        reason=reason,
    )
    session.flush()


def register(
    session: Session, given: Registered, invitee: Invitee, *, address: str, now: datetime
) -> Letter:
    """Let a provider register itself: organisation and a letter to its first manager.

    The account comes to be when the letter is used, so nobody registers another's address, and nothing tells
    whether the address is known. ``Invalid`` on ``credit_code`` for a wrong or taken code; ``TooMany``.
    """
    count_request(session, AttemptKind.REGISTRATION, invitee.email, address, now=now)
    unclaimed = queries.unclaimed(session, given.credit_code, now)
    who = Themselves(0, invitee.name)
    organisation = register_provider(session, who, given, unclaimed, now=now)
    _withdraw_expired(session, organisation.id, None, now)
    return write_invitation(session, organisation.id, organisation.kind, invitee, None, now)


def owner_of(organisation: Organisation) -> int | None:
    """Give the certification body an event about an organisation's people concerns."""
    return organisation.id if organisation.kind is OrganisationKind.BODY else None


def _locked(session: Session, actor: Actor) -> Organisation:
    """Queue with others who change the people of this organisation, so that they cannot all leave at once."""
    return session.scalars(
        select(Organisation).where(Organisation.id == actor.organisation_id).with_for_update()
    ).one()


def _withdraw_expired(
    session: Session, organisation_id: int, email: str | None, now: datetime
) -> None:
    old = (
        update(Letter)
        .where(
            Letter.kind == LetterKind.INVITATION,
            Letter.organisation_id == organisation_id,
            Letter.used_at.is_(None),
            Letter.withdrawn_at.is_(None),
            Letter.expires_at <= now,
        )
        .values(withdrawn_at=now)
    )
    session.execute(old if email is None else old.where(Letter.email == email))


def _record_sent(
    session: Session, actor: Actor | None, letter: Letter, organisation: Organisation, now: datetime
) -> None:
    record(
        session,
        actor,
        "invitation:sent",
        letter,
        now=now,
        within=organisation,
        owner_id=owner_of(organisation),
        label=letter.email,
        after={"roles": letter.roles},
    )
    session.flush()


def _record_letter(
    session: Session, actor: Actor, name: str, letter: Letter, now: datetime, before: datetime
) -> None:
    organisation = session.get_one(Organisation, letter.organisation_id)
    record(
        session,
        actor,
        name,
        letter,
        now=now,
        within=organisation,
        owner_id=owner_of(organisation),
        label=letter.email,
        before={"expires_at": before},
        after={"expires_at": letter.expires_at},
    )
    session.flush()
