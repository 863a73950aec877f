"""What happens to devices and to what was captured on them. Each flushes; none commits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.people.operations import themselves
from audit.assessment.queries import Place
from audit.offline import queries
from audit.offline.models import Capture, Device
from audit.offline.queries import CaptureRow, Carried, DeviceRow
from audit.offline.rules import (
    TAKES_ALONG,
    Answer,
    CaptureKind,
    Outcome,
    follows,
    set_right,
)
from audit.planning.models import Audit
from core.db import claiming
from core.errors import DomainError, Invalid, NotAllowed, NotFound, Stale, StepRefused
from core.events import record
from core.permissions import Actor
from core.words import T_, Text

WHEN = T_("An audit is taken along once its plan is accepted, until the fieldwork ends.")
KEPT_ELSEWHERE = T_(
    "This device carries the work of somebody else. They sign in and send it first, or wipe the device."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a device's queue, well formed. ``after`` is the entry it builds on.

    ``settles`` names an entry that came back before, and ``how`` what became of it.
    """

    uuid: str
    sequence: int
    kind: CaptureKind
    captured_at: datetime
    offset_ms: int
    body: Mapping[str, Any] = field(default_factory=dict)
    after: str | None = None
    settles: str | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the device hears of an entry."""

    outcome: str
    result: Mapping[str, Any] = field(default_factory=dict)
    clock: str = ""


class NotYet(DomainError):
    """An entry that the audit cannot take now but may take later; it stays on the device."""

    status = 409


class Again(DomainError):
    """The entry arrived by another request at the same moment."""

    status = 409


@dataclass(frozen=True, slots=True)
class Work:
    """What an entry does.

    ``deed``, given the instant of the capture and the result of the entry before it, gives what the device has to know
    and whether anything changed. ``present`` tells what is on the server instead, where the entry is stale. ``say``
    translates reasons for whoever captured it.
    """

    deed: Callable[[datetime, Mapping[str, Any]], tuple[Mapping[str, Any], bool]]
    present: Callable[[], Mapping[str, Any]]
    say: Callable[[Text | str], str]


def receive(
    session: Session, actor: Actor, device: Device, entry: Entry, work: Work, now: datetime
) -> Told:
    """Apply an entry exactly once and keep what became of it; the same entry again hears the same.

    Raises ``NotYet`` for what may come later and ``Again`` where the same entry is being taken at this moment: the
    caller rolls back, and the device asks again.
    """
    known = queries.capture_of(session, entry.uuid)
    if known is not None:
        return _told(known, actor)
    before: Mapping[str, Any] = {}
    if entry.after:
        earlier = queries.before(session, entry.after, device.id)
        if not follows(earlier):
            return Told(Answer.WAITING)
        before = earlier.result
    capture = _capture(actor, device, entry, now)
    with claiming(session, "uq_captures_uuid", Again(T_("This entry is being taken already."))):
        session.add(capture)
    _apply(session, capture, entry, work, before)
    _settle_earlier(session, actor, entry, capture, now)
    session.flush()
    return _told(capture, actor)


def _capture(actor: Actor, device: Device, entry: Entry, now: datetime) -> Capture:
    """Write down what arrived, before anything is done with it."""
    at, clock = set_right(entry.captured_at, entry.offset_ms, device.taken_at, now)
    return Capture(
        uuid=entry.uuid,
        device_id=device.id,
        audit_id=device.audit_id,
        person_id=actor.person_id,
        sequence=entry.sequence,
        kind=entry.kind,
        captured_at=at,
        offset_ms=entry.offset_ms,
        clock=clock,
        received_at=now,
        payload=dict(entry.body),
        outcome=Outcome.SAME,
        result={},
    )


def _apply(
    session: Session, capture: Capture, entry: Entry, work: Work, before: Mapping[str, Any]
) -> None:
    """Do what the entry says, or keep why not; a refusal undoes only what the entry did."""
    if entry.how in {"theirs", "noted"}:
        return
    try:
        with session.begin_nested():
            result, changed = work.deed(capture.captured_at, before)
    except Stale:
        capture.outcome, capture.result = Outcome.CONFLICT, {"theirs": dict(work.present())}
    except (Invalid, StepRefused, NotFound, NotAllowed) as error:
        capture.outcome, capture.result = Outcome.REFUSED, _refusal(error, work)
    else:
        capture.outcome = Outcome.APPLIED if changed else Outcome.SAME
        capture.result = dict(result)


def _refusal(error: DomainError, work: Work) -> dict[str, Any]:
    reasons = error.reasons if isinstance(error, StepRefused) else ()
    return {
        "reason": work.say(error.text),
        "reasons": [work.say(one.text) for one in reasons],
        "field": error.field if isinstance(error, Invalid) else None,
    }


def _settle_earlier(
    session: Session, actor: Actor, entry: Entry, capture: Capture, now: datetime
) -> None:
    """Mark what came back before as settled, once the choice arrived; a new conflict takes its place."""
    if not entry.settles or capture.outcome is Outcome.REFUSED:
        return
    earlier = queries.capture_of(session, entry.settles)
    if earlier is None or earlier.settled_at or earlier.device_id != capture.device_id:
        return
    if earlier.outcome not in queries.OPEN:
        return
    how = "again" if capture.outcome is Outcome.CONFLICT else entry.how or "mine"
    earlier.settled_at, earlier.settled_by_id, earlier.settled_how = now, actor.person_id, how


def _told(capture: Capture, actor: Actor) -> Told:
    if capture.person_id != actor.person_id:
        raise NotFound
    return Told(capture.outcome, capture.result, capture.clock)


def settle(
    session: Session, actor: Actor, place: Place, row: CaptureRow, how: str, *, now: datetime
) -> None:
    """Settle at the desk what came from a device; the caller has put the chosen text in place."""
    if not place.on_team:
        raise NotFound
    capture = row.capture
    capture.settled_at, capture.settled_by_id, capture.settled_how = now, actor.person_id, how
    session.flush()
    record(
        session, actor, "capture:settled", capture, within=place.audit,
        owner_id=place.audit.body_id, label=place.audit.number, now=now,
        before={"outcome": capture.outcome},
        after={"how": how, "kind": capture.kind, "by": row.person},
    )  # fmt: skip


# -- devices -----------------------------------------------------------------------------------------------------------


def take_along(  # noqa: PLR0913 -- who, what, and on which device
    session: Session,
    actor: Actor,
    place: Place,
    *,
    token: str,
    label: str,
    agent: str,
    sign_in_id: int,
    now: datetime,
) -> Device:
    """Let a device carry an audit; fetching it anew leaves no event."""
    audit = place.audit
    if not place.on_team:
        raise StepRefused(T_("Only members of the team take an audit along."))
    if audit.state not in TAKES_ALONG:
        raise StepRefused(WHEN)
    if queries.somebody_else_has(session, actor, token):
        raise StepRefused(KEPT_ELSEWHERE)
    device = queries.device_row(session, token, audit.id)
    carrying = device is not None and device.wiped_at is None and device.wipe_asked_at is None
    if device is None:
        device = Device(token=token, audit_id=audit.id, taken_at=now)
        session.add(device)
    elif not carrying:
        device.taken_at = now
    device.person_id, device.sign_in_id = actor.person_id, sign_in_id
    device.label, device.agent = label[:240], agent[:240]
    device.seen_at, device.wiped_at = now, None
    device.wipe_asked_at = device.wipe_asked_by_id = None
    session.flush()
    if not carrying:
        _record(session, actor, "device:taken_along", device, audit, now)
    return device


def see(carried: Carried, sign_in_id: int | None, waiting: int | None, *, now: datetime) -> None:
    """Note that a device was in contact; a contact of nobody in particular changes no session."""
    device = carried.device
    device.seen_at = now
    if sign_in_id is not None:
        device.sign_in_id = sign_in_id
    if waiting is not None:
        device.waiting = max(0, min(waiting, 10**6))


def ask_wipe(
    session: Session, actor: Actor, row: DeviceRow, audit: Audit, *, now: datetime
) -> None:
    """Let the device delete the audit at its next contact; asked for twice, it is asked for once."""
    device = row.device
    if device.wiped_at is not None:
        raise StepRefused(T_("This device was wiped already."))
    if device.wipe_asked_at is not None:
        return
    device.wipe_asked_at, device.wipe_asked_by_id = now, actor.person_id
    session.flush()
    _record(session, actor, "device:wipe_asked", device, audit, now, waiting=device.waiting)


def note_wiped(session: Session, carried: Carried, *, now: datetime) -> None:
    """Note that a device deleted an audit."""
    carried.device.wiped_at, carried.device.waiting = now, 0
    session.flush()
    who = themselves(carried.person)
    _record(session, who, "device:wiped", carried.device, carried.audit, now)


def _record(
    session: Session,
    actor: Actor,
    name: str,
    device: Device,
    audit: Audit,
    now: datetime,
    **more: object,
) -> None:
    record(
        session, actor, name, device, within=audit, owner_id=audit.body_id,
        label=audit.number, now=now, after={"label": device.label, **more},
    )  # fmt: skip
