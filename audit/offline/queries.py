"""Reads of devices and captures, scoped to who asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.people.models import Membership, Person, SignIn
from audit.offline.models import Capture, Device
from audit.offline.rules import (
    Before,
    DeviceFacts,
    Outcome,
    Standing,
    standing,
)
from audit.planning import queries as planning
from audit.planning.models import Audit, TeamMember
from audit.planning.rules import TeamRole
from core.errors import NotFound
from core.permissions import Actor

OPEN = (Outcome.CONFLICT, Outcome.REFUSED)
Asker = aliased(Person, name="asker")


@dataclass(frozen=True, slots=True)
class Carried:
    """One audit on a device, and what the device hears of it."""

    device: Device
    audit: Audit
    person: Person
    standing: Standing


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device with the names around it."""

    device: Device
    number: str
    person: str


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """Something captured with the names around it."""

    capture: Capture
    person: str
    device: str


def carried(session: Session, token: str, person_id: int | None) -> list[Carried]:
    """Give the audits on a device that it does not know to be wiped, in one statement.

    ``person_id`` is who asks, or nobody: then the last session of the device decides.
    """
    on_team = exists().where(
        TeamMember.audit_id == Device.audit_id,
        TeamMember.person_id == Device.person_id,
        TeamMember.left_at.is_(None),
        TeamMember.role != TeamRole.OBSERVER,
    )
    belongs = exists().where(
        Membership.person_id == Device.person_id,
        Membership.organisation_id == Audit.body_id,
        Membership.ended_at.is_(None),
    )
    rows = session.execute(
        select(Device, Audit, Person, on_team, belongs, SignIn.ended_at)
        .join(Audit, Audit.id == Device.audit_id)
        .join(Person, Person.id == Device.person_id)
        .join(SignIn, SignIn.id == Device.sign_in_id)
        .where(Device.token == token, Device.wiped_at.is_(None))
        .order_by(Device.id)
    )
    return [
        Carried(
            device,
            audit,
            person,
            standing(
                DeviceFacts(
                    wipe_asked=device.wipe_asked_at is not None,
                    on_team=bool(team),
                    session_ended=ended is not None,
                    signed_in=person_id == device.person_id,
                    person_active=person.disabled_at is None and bool(member),
                )
            ),
        )
        for device, audit, person, team, member, ended in rows
    ]


def device(session: Session, actor: Actor, audit_id: int, token: str) -> Device:
    """Give the actor's own device with an audit; raises ``NotFound`` for any other."""
    found = session.scalar(
        select(Device).where(
            Device.token == token,
            Device.audit_id == audit_id,
            Device.person_id == actor.person_id,
            Device.wiped_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found


def device_row(session: Session, token: str, audit_id: int) -> Device | None:
    """Give the row of an audit on a device, wiped or not; the caller knows that the device is the actor's."""
    return session.scalar(
        select(Device).where(Device.token == token, Device.audit_id == audit_id).with_for_update()
    )


def somebody_else_has(session: Session, actor: Actor, token: str) -> bool:
    """Say whether a device carries the work of another person."""
    query = select(Device.id).where(
        Device.token == token, Device.person_id != actor.person_id, Device.wiped_at.is_(None)
    )
    return session.scalar(query.limit(1)) is not None


def own_devices(session: Session, actor: Actor) -> list[DeviceRow]:
    """List the actor's own devices, the last seen first."""
    return _devices(session, _listed().where(Device.person_id == actor.person_id))


def devices_of_audit(session: Session, audit_id: int) -> list[DeviceRow]:
    """List the devices that carry an audit; the caller found out that the actor leads it."""
    return _devices(session, _listed().where(Device.audit_id == audit_id))


def device_to_wipe(session: Session, actor: Actor, device_id: int) -> DeviceRow:
    """Give a device of one's own, or with an audit one leads; raises ``NotFound`` for any other."""
    mine = or_(Device.person_id == actor.person_id, planning.leading(actor))
    found = _devices(session, _listed().where(Device.id == device_id, mine))
    if not found:
        raise NotFound
    return found[0]


def _listed() -> Select[Device, str, str]:
    return (
        select(Device, Audit.number, Person.name)
        .join(Audit, Audit.id == Device.audit_id)
        .join(Person, Person.id == Device.person_id)
        .order_by(Device.wiped_at.is_not(None), Device.seen_at.desc(), Device.id.desc())
    )


def _devices(session: Session, query: Select[Device, str, str]) -> list[DeviceRow]:
    return [DeviceRow(*row) for row in session.execute(query)]


def capture_of(session: Session, uuid: str, *, lock: bool = False) -> Capture | None:
    """Give what arrived under a name."""
    query = select(Capture).where(Capture.uuid == uuid)
    return session.scalar(query.with_for_update() if lock else query)


def before(session: Session, uuid: str, device_id: int) -> Before:
    """Give what became of an entry of the same device that another builds on."""
    found = session.execute(
        select(Capture.outcome, Capture.result).where(
            Capture.uuid == uuid, Capture.device_id == device_id
        )
    ).one_or_none()
    return Before(found[0], found[1]) if found else Before(None, {})


def captures(session: Session, audit_id: int) -> list[CaptureRow]:
    """List what came from devices and is still open; the caller found that the actor is on the team."""
    query = _captures().where(
        Capture.audit_id == audit_id, Capture.outcome.in_(OPEN), Capture.settled_at.is_(None)
    )
    return [CaptureRow(*row) for row in session.execute(query)]


def open_capture(session: Session, audit_id: int, capture_id: int) -> CaptureRow:
    """Give one of them; raises ``NotFound`` for any other."""
    row = session.execute(
        _captures()
        .where(
            Capture.id == capture_id,
            Capture.audit_id == audit_id,
            Capture.outcome.in_(OPEN),
            Capture.settled_at.is_(None),
        )
        .with_for_update(of=Capture)
    ).one_or_none()
    if row is None:
        raise NotFound
    return CaptureRow(*row)


def settled_of(session: Session, device_ids: Sequence[int]) -> list[str]:
    """Name the entries of a device that somebody settled at the desk."""
    query = select(Capture.uuid).where(
        Capture.device_id.in_(device_ids), Capture.settled_at.is_not(None)
    )
    return list(session.scalars(query))


def counts(session: Session, audit_id: int) -> Row[int, int]:
    """Count the devices with an audit and what came from them and is still open, in one statement."""
    carrying = select(func.count()).where(Device.audit_id == audit_id, Device.wiped_at.is_(None))
    open_ = select(func.count()).where(
        Capture.audit_id == audit_id, Capture.outcome.in_(OPEN), Capture.settled_at.is_(None)
    )
    return session.execute(
        select(carrying.scalar_subquery().label("devices"), open_.scalar_subquery().label("open"))
    ).one()


def _captures() -> Select[Capture, str, str]:
    return (
        select(Capture, Person.name, Device.label)
        .join(Person, Person.id == Capture.person_id)
        .join(Device, Device.id == Capture.device_id)
        .order_by(Capture.captured_at, Capture.id)
    )
