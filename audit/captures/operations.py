"""What a captured entry does to the audit, as the desk would have done it. Each flushes; none commits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people.models import Person
from audit.assessment import operations as assessment
from audit.assessment import queries as places
from audit.assessment.models import Answer
from audit.assessment.queries import Place
from audit.assessment.rules import Judgement
from audit.casefile import queries as casefile
from audit.casefile.models import Finding, FindingEvidence
from audit.findings import operations as findings
from audit.meetings import operations as meetings
from audit.meetings import queries as recorded
from audit.meetings.operations import Photo
from audit.meetings.rules import MeetingKind
from audit.offline import operations as offline
from audit.offline import queries as captured
from audit.offline.operations import Entry, NotYet, Work
from audit.offline.queries import CaptureRow
from audit.offline.rules import too_early
from audit.package.queries import answer_as_sent
from core.errors import Invalid, NotFound
from core.permissions import Actor
from core.words import T_, Text
from evidence.files import operations as files
from evidence.files.rules import EvidenceClass

NOT_BEGUN = T_(
    "The fieldwork has not begun yet. Once the leader begins it, this goes to the server."
)
Say = Callable[[Text | str], str]
Done = tuple[Mapping[str, Any], bool]


@dataclass(frozen=True, slots=True)
class Around:
    """In which audit, for whom, and when an entry is taken."""

    session: Session
    actor: Actor
    audit_id: int
    entry: Entry
    say: Say
    now: datetime

    def begun(self, place: Place) -> None:
        """Leave on the device what the audit will take once the fieldwork has begun."""
        if place.on_team and too_early(place.audit.state, self.entry.kind):
            raise NotYet(NOT_BEGUN)


def work(
    around: Around, deed: Callable[[datetime, Mapping[str, Any]], Done], present: Any = None
) -> Work:
    """Make the work of an entry."""
    return Work(deed, present or dict, around.say)


# -- answers -----------------------------------------------------------------------------------------------------------


def answer(around: Around, answer_id: int, revision: int | None, judgement: Judgement) -> Work:
    """Give the work of an answer; ``revision`` is what the device read it with, unless an entry goes before."""

    def deed(at: datetime, before: Mapping[str, Any]) -> Done:
        place, given, code = places.answer_place(
            around.session, around.actor, around.audit_id, answer_id
        )
        around.begun(place)
        known = before.get("revision") if revision is None else revision
        if known is None:
            raise Invalid(T_("The device did not say which answer it had read."))
        changed = assessment.answer(
            around.session, around.actor, place, given, code, judgement,
            revision=known, now=around.now, captured_at=at,
        )  # fmt: skip
        return {"revision": given.revision}, changed

    return work(around, deed, lambda: present_answer(around.session, answer_id))


def present_answer(session: Session, answer_id: int) -> dict[str, Any]:
    """Give an answer as it stands, with who gave it; the caller found it for the actor."""
    given, who = session.execute(
        select(Answer, Person.name)
        .outerjoin(Person, Person.id == Answer.answered_by_id)
        .where(Answer.id == answer_id)
        .execution_options(populate_existing=True)
    ).one()
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in answer_as_sent(given, who).items()
    }


# -- findings ----------------------------------------------------------------------------------------------------------


def finding(around: Around, values: Mapping[str, Any], revision: int | None) -> Work:
    """Give the work of a finding: drafted by its first entry, changed by those after it."""

    def deed(at: datetime, before: Mapping[str, Any]) -> Done:
        around.begun(places.place(around.session, around.actor, around.audit_id))
        if "finding_id" in before:
            return _edited(around, before, values, revision)
        made = findings.draft(around.session, around.actor, around.audit_id, values, now=around.now)
        made.drafted_at = at
        around.session.flush()
        return {"finding_id": made.id, "number": made.number, "revision": made.revision}, True

    return work(around, deed, lambda: _present_finding(around))


def _edited(
    around: Around, before: Mapping[str, Any], values: Mapping[str, Any], revision: int | None
) -> Done:
    case = casefile.case_of(around.session, around.actor, around.audit_id, before["finding_id"])
    one = case.finding
    same = all(getattr(one, name) == value for name, value in values.items())
    if not same:
        known = before["revision"] if revision is None else revision
        findings.edit(around.session, around.actor, case, values, revision=known, now=around.now)
    return {"finding_id": one.id, "number": one.number, "revision": one.revision}, not same


def _present_finding(around: Around) -> dict[str, Any]:
    """Give a finding as it stands on the server, found through the entry that drafted it."""
    earlier = captured.capture_of(around.session, around.entry.after or "")
    one = around.session.get(Finding, earlier.result.get("finding_id")) if earlier else None
    if one is None:
        return {}
    around.session.refresh(one)
    names = ("title", "statement", "evidence", "revision", "criterion_id")
    told = {name: getattr(one, name) for name in names}
    return told | {"grade": one.grade.value, "finding_id": one.id, "number": one.number}


# -- meetings ----------------------------------------------------------------------------------------------------------


def meeting(
    around: Around, kind: MeetingKind, revision: int | None, given: Mapping[str, Any]
) -> Work:
    """Give the work of a meeting's record; ``given`` is what ``record_meeting`` wants to know."""

    def deed(_at: datetime, before: Mapping[str, Any]) -> Done:
        place = places.place(around.session, around.actor, around.audit_id)
        known = before.get("revision") if revision is None else revision
        made = meetings.record_meeting(
            around.session, around.actor, place, kind,
            revision=0 if known is None else known, now=around.now, **given,
        )  # fmt: skip
        return {"meeting_id": made.id, "revision": made.revision}, True

    return work(around, deed, lambda: _present_meeting(around, kind))


def _present_meeting(around: Around, kind: MeetingKind) -> dict[str, Any]:
    """Give a meeting as it is recorded on the server."""
    held = recorded.of_audit(around.session, around.audit_id).get(kind)
    if held is None:
        return {}
    one, attended = held
    around.session.refresh(one)
    told = {name: getattr(one, name) for name in ("place", "deviation", "notes", "revision")}
    people = [person.name for person in attended]
    return told | {"held_at": one.held_at.isoformat(), "people": people, "meeting_id": one.id}


# -- photos ------------------------------------------------------------------------------------------------------------


def photo(around: Around, picture: Photo, sha256: str, body: Mapping[str, Any]) -> Work:
    """Give the work of a photo: kept as evidence, linked to the answer, finding or meeting it was taken for."""

    def deed(_at: datetime, before: Mapping[str, Any]) -> Done:
        picture.incoming.seal()
        if picture.incoming.sha256 != sha256:
            raise NotYet(T_("The photo was damaged on its way. It is sent again."))
        _refuse_other_files(picture)
        if body.get("meeting"):
            return _of_meeting(around, picture, MeetingKind(body["meeting"]))
        place = places.place(around.session, around.actor, around.audit_id)
        around.begun(place)
        assessment.refuse_outsiders(place)
        answer_id = body.get("answer_id")
        if answer_id is not None:
            places.answer_code(around.session, around.audit_id, answer_id)
        made = assessment.hand_over_evidence(
            around.session, around.actor, picture.store, place.audit, picture.incoming,
            file_name=picture.file_name, title=picture.title, shows=str(body.get("shows") or picture.title)[:2000],
            confidentiality=EvidenceClass.CONFIDENTIAL, answer_id=answer_id, now=around.now,
        )  # fmt: skip
        if before.get("finding_id"):
            _show_finding(around, before["finding_id"], made.id)
        return {**before, "evidence_id": made.id}, True

    return work(around, deed)


def _refuse_other_files(picture: Photo) -> None:
    verdict = files.inspect(picture.incoming, picture.file_name)
    if not verdict.media_type.startswith("image/"):
        raise Invalid(T_("A photo is a picture, such as a JPEG or PNG file."), "photo")


def _of_meeting(around: Around, picture: Photo, kind: MeetingKind) -> Done:
    place = places.place(around.session, around.actor, around.audit_id)
    held = meetings.attach_photo(around.session, around.actor, place, kind, picture, now=around.now)
    told = {"meeting_id": held.id, "evidence_id": held.photo_id, "revision": held.revision}
    return told, True


def _show_finding(around: Around, finding_id: int, evidence_id: int) -> None:
    """Add a piece of evidence to a draft; what it showed before stays."""
    case = casefile.case_of(around.session, around.actor, around.audit_id, finding_id)
    query = select(FindingEvidence.evidence_id).where(FindingEvidence.finding_id == finding_id)
    shown = set(around.session.scalars(query)) | {evidence_id}
    names = findings.FIELDS
    values = {name: getattr(case.finding, name) for name in names}
    findings.edit(
        around.session, around.actor, case, values,
        evidence_ids=shown, revision=None, now=around.now,
    )  # fmt: skip


# -- at the desk -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """Who settles something captured that came back, and when."""

    session: Session
    actor: Actor
    place: Place
    row: CaptureRow
    now: datetime


def settle(
    desk: Desk, how: str, *, judgement: Judgement | None = None, values: Mapping[str, Any] | None = None,
    revision: int | None = None,
) -> None:  # fmt: skip
    """Put what was chosen in place, where it is not there already, and mark the entry as settled.

    ``judgement`` is the answer, ``values`` the finding that is to stand; ``revision`` what the page showed.
    """
    if not desk.place.on_team:
        raise NotFound
    if judgement is not None:
        _put_answer(desk, judgement, revision)
    if values is not None:
        _put_finding(desk, values, revision)
    offline.settle(desk.session, desk.actor, desk.place, desk.row, how, now=desk.now)


def _put_answer(desk: Desk, judgement: Judgement, revision: int | None) -> None:
    capture = desk.row.capture
    place, given, code = places.answer_place(
        desk.session, desk.actor, capture.audit_id, int(capture.payload["answer_id"])
    )
    assessment.answer(
        desk.session, desk.actor, place, given, code, judgement,
        revision=revision, now=desk.now, captured_at=capture.captured_at,
    )  # fmt: skip


def _put_finding(desk: Desk, values: Mapping[str, Any], revision: int | None) -> None:
    capture = desk.row.capture
    key = capture.result["theirs"]["finding_id"]
    case = casefile.case_of(desk.session, desk.actor, capture.audit_id, key)
    findings.edit(desk.session, desk.actor, case, values, revision=revision, now=desk.now)
