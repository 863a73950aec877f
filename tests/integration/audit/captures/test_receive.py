"""Entries of a device's queue meet the audit, on both databases."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from accounts.people.models import SignIn
from audit.assessment import queries as assessment
from audit.assessment.models import Answer, AnswerVersion
from audit.assessment.rules import Conformity, Judgement
from audit.captures import operations
from audit.captures.operations import Around
from audit.casefile.models import Finding
from audit.casefile.rules import FindingGrade
from audit.offline import operations as offline
from audit.offline import queries
from audit.offline.models import Capture, Device
from audit.offline.operations import Entry, NotYet
from audit.offline.rules import CaptureKind, Outcome, Standing
from audit.planning.models import TeamMember
from audit.planning.rules import AuditState
from core.db import writing
from core.errors import NotFound, StepRefused
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world

LATER = NOW + timedelta(hours=2)
K = CaptureKind


def named():
    return str(uuid4())


class Field:
    """A running audit on the device of its leader."""

    def __init__(self, session, state=AuditState.IN_PROGRESS):
        self.session = session
        self.world = world(session)
        self.audit = audit_in(session, state, within=self.world)
        self.leader = self.world.leader
        self.sequence = 0
        self.answers = session.scalars(
            select(Answer).where(Answer.audit_id == self.audit.id).order_by(Answer.position)
        ).all()
        self.device = self.take(self.leader)
        session.commit()

    def take(self, actor, token=None):
        signed = SignIn(
            person_id=actor.person_id, token_sha256=(str(uuid4()) * 2)[:64], created_at=NOW,
            seen_at=NOW, expires_at=NOW + timedelta(days=30),
        )  # fmt: skip
        self.session.add(signed)
        self.session.flush()
        place = assessment.place(self.session, actor, self.audit.id)
        return offline.take_along(
            self.session, actor, place, token=token or named(), label="Chrome, Android",
            agent="Chrome", sign_in_id=signed.id, now=NOW,
        )  # fmt: skip

    def entry(self, kind=K.ANSWER, **given):
        self.sequence += 1
        about = {
            "uuid": named(),
            "sequence": self.sequence,
            "captured_at": NOW + timedelta(hours=1),
        }
        return Entry(**({**about, "offset_ms": 0, "kind": kind} | given))

    def around(self, entry, actor=None, session=None):
        return Around(
            session or self.session, actor or self.leader, self.audit.id, entry, str, LATER
        )

    def receive(self, entry, work, actor=None, session=None):
        return offline.receive(
            session or self.session, actor or self.leader, self.device, entry, work, LATER
        )

    def answer(
        self, entry, notes="Seen.", *, revision=1, rating=3, row=0, actor=None, session=None
    ):
        """Hand in an answer as the device would."""
        judgement = Judgement(Conformity.CONFORMS, rating, notes=notes)
        around = self.around(entry, actor, session)
        work = operations.answer(around, self.answers[row].id, revision, judgement)
        return self.receive(entry, work, actor, session)

    def draft(self, entry, title="Labels are missing", revision=None):
        values = {
            "grade": FindingGrade.MINOR, "criterion_id": self.answers[0].criterion_id, "title": title,
            "statement": "", "evidence": "",
        }  # fmt: skip
        return self.receive(entry, operations.finding(self.around(entry), values, revision))

    def count(self, model, *conditions):
        return self.session.scalar(select(func.count()).select_from(model).where(*conditions))

    def events(self, kind):
        self.session.commit()
        query = select(Event.name).where(Event.subject_kind == kind).order_by(Event.id)
        return self.session.scalars(query).all()


@pytest.fixture
def field(session):
    return Field(session)


def test_an_entry_is_applied_exactly_once_with_its_own_time(session, field):
    """I-07: sent again and again, an answer is one answer, one version, one event; each time the same is told."""
    entry = field.entry()
    first = field.answer(entry)
    session.commit()
    assert (first.outcome, first.result["revision"]) == (Outcome.APPLIED, 2)
    for _ in range(3):
        assert field.answer(entry, notes="Something else") == first
        session.commit()
    version = session.scalars(select(AnswerVersion)).one()
    assert (version.notes, version.captured_at) == ("Seen.", NOW + timedelta(hours=1))
    assert field.events("answer") == ["answer:given"]
    assert field.count(Capture) == 1


def test_two_requests_at_once_apply_an_entry_once(session, field, session_factory):
    """I-07: the network sends twice; one of them applies it, the other hears the same or asks again."""
    entry, told = field.entry(), []
    together = threading.Barrier(2)

    def send():
        with session_factory() as own:
            together.wait()
            writing(own)
            try:
                found = field.answer(entry, session=own)
                own.commit()
            except offline.Again:
                own.rollback()
                found = None
            told.append(found and found.outcome)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Outcome.APPLIED in told
    assert set(told) <= {Outcome.APPLIED, None}
    session.commit()
    assert field.count(AnswerVersion) == 1
    assert field.count(Capture) == 1


def test_entries_on_one_answer_follow_one_another(session, field):
    """I-07: the second words build on the first, in their order; sent before them, they wait."""
    first, second = field.entry(), None
    second = field.entry(after=first.uuid)
    assert field.answer(second, notes="Second", revision=None).outcome == "waiting"
    assert field.count(Capture) == 0
    assert field.answer(first, notes="First").outcome == Outcome.APPLIED
    assert field.answer(second, notes="Second", revision=None).outcome == Outcome.APPLIED
    session.commit()
    notes = session.scalars(select(AnswerVersion.notes).order_by(AnswerVersion.revision)).all()
    assert notes == ["First", "Second"]


def test_a_conflict_keeps_both_texts_and_what_follows_waits(session, field):
    """I-07: somebody wrote meanwhile: both are told, nothing is overwritten; what builds on it waits."""
    place, given, code = assessment.answer_place(
        session, field.world.auditor, field.audit.id, field.answers[0].id
    )
    from audit.assessment import operations as desk

    other = Judgement(Conformity.NOT, 0, notes="Nothing was there.")
    desk.answer(session, field.world.auditor, place, given, code, other, revision=1, now=NOW)
    session.commit()
    entry = field.entry(body={"answer_id": given.id, "notes": "All was there."})
    told = field.answer(entry, notes="All was there.")
    session.commit()
    assert told.outcome == Outcome.CONFLICT
    theirs = told.result["theirs"]
    assert (theirs["notes"], theirs["by"], theirs["revision"]) == (
        "Nothing was there.",
        "Auditor",
        2,
    )
    kept = queries.captures(session, field.audit.id)
    assert [row.capture.payload["notes"] for row in kept] == ["All was there."]
    assert field.answer(field.entry(after=entry.uuid), revision=None).outcome == "waiting"
    assert (
        field.answer(field.entry(), row=1).outcome == Outcome.APPLIED
    )  # the independent rest goes on
    mine = field.entry(settles=entry.uuid, how="mine")
    assert field.answer(mine, notes="All was there.", revision=2).outcome == Outcome.APPLIED
    session.commit()
    assert queries.captures(session, field.audit.id) == []
    assert queries.settled_of(session, [field.device.id]) == [entry.uuid]


def test_the_same_words_on_both_sides_are_no_conflict(session, field):
    """I-07: what the server has already is the same, whatever it was read with."""
    field.answer(field.entry())
    assert field.answer(field.entry(), revision=1).outcome == Outcome.SAME
    session.commit()
    assert field.events("answer") == ["answer:given"]


def test_a_refusal_undoes_nothing_else_and_keeps_the_words(session, field):
    """I-07: half an answer is refused with its reason; the person's words are kept, the next entry is applied."""
    entry = field.entry(body={"notes": "Half"})
    half = Judgement(Conformity.CONFORMS, None, notes="Half")
    told = field.receive(
        entry, operations.answer(field.around(entry), field.answers[0].id, 1, half)
    )
    assert told.outcome == Outcome.REFUSED
    assert (told.result["field"], bool(told.result["reason"])) == ("rating", True)
    assert field.answer(field.entry(), row=1).outcome == Outcome.APPLIED
    session.commit()
    assert field.count(AnswerVersion) == 1
    assert queries.captures(session, field.audit.id)[0].capture.payload == {"notes": "Half"}


@pytest.mark.parametrize("state", [AuditState.FIELDWORK_DONE, AuditState.REPORT_ISSUED])
def test_after_the_fieldwork_an_answer_is_refused_with_reasons(session, field, state):
    """I-07: the audit is no longer in progress: refused with the reason, and the words stay on record."""
    field.audit.state = state
    told = field.answer(field.entry())
    assert told.outcome == Outcome.REFUSED
    assert any("running" in reason for reason in told.result["reasons"])


def test_before_the_fieldwork_an_answer_waits_on_the_device(session):
    """I-07: the plan is accepted, the leader has not begun: nothing is refused, nothing is kept; later it is taken."""
    field = Field(session, AuditState.PLAN_ACCEPTED)
    entry = field.entry()
    with pytest.raises(NotYet):
        field.answer(entry)
    session.rollback()
    assert field.count(Capture) == 0
    field.audit.state = AuditState.IN_PROGRESS
    assert field.answer(entry).outcome == Outcome.APPLIED


def test_who_left_the_team_is_refused_and_told_to_wipe(session, field):
    """S-32: the words of somebody who left are kept with the reason, and the device hears that it must forget."""
    member = session.scalars(
        select(TeamMember).where(
            TeamMember.audit_id == field.audit.id, TeamMember.person_id == field.leader.person_id
        )
    ).one()
    member.left_at = NOW
    session.flush()
    assert field.answer(field.entry()).outcome == Outcome.REFUSED
    carried = queries.carried(session, field.device.token, field.leader.person_id)
    assert [one.standing for one in carried] == [Standing.WIPE]


def test_findings_are_drafted_and_changed_from_the_device(session, field):
    """I-09: a finding written without a network is one draft; its later words change it, and once."""
    first = field.entry(K.FINDING)
    told = field.draft(first)
    assert told.outcome == Outcome.APPLIED
    second = field.entry(K.FINDING, after=first.uuid)
    assert field.draft(second, "Labels are missing in rack 4").outcome == Outcome.APPLIED
    assert field.draft(second, "Never").outcome == Outcome.APPLIED
    session.commit()
    one = session.scalars(select(Finding)).one()
    assert (one.title, one.number) == ("Labels are missing in rack 4", told.result["number"])
    assert one.drafted_at == NOW + timedelta(hours=1)
    assert field.events("finding") == ["finding:drafted", "finding:edited"]


def test_another_device_s_entries_are_foreign(session, field):
    """S-32: nobody hears what became of somebody else's entry."""
    entry = field.entry()
    field.answer(entry)
    session.commit()
    with pytest.raises(NotFound):
        field.answer(entry, actor=field.world.auditor)


def test_the_desk_settles_what_came_back(session, field):
    """I-07: at the desk the chosen text is put in place with its time of capture, with an event of its own."""
    field.answer(field.entry(), notes="First")
    entry = field.entry(body={"answer_id": field.answers[0].id})
    assert field.answer(entry, notes="Mine", revision=1).outcome == Outcome.CONFLICT
    session.commit()
    row = queries.captures(session, field.audit.id)[0]
    place = assessment.place(session, field.world.auditor, field.audit.id)
    desk = operations.Desk(session, field.world.auditor, place, row, LATER)
    operations.settle(
        desk, "mine", judgement=Judgement(Conformity.CONFORMS, 3, notes="Mine"), revision=2
    )
    assert field.events("capture") == ["capture:settled"]
    newest = session.scalars(select(AnswerVersion).order_by(AnswerVersion.revision.desc())).first()
    assert (newest.notes, newest.captured_at) == ("Mine", NOW + timedelta(hours=1))
    assert queries.captures(session, field.audit.id) == []


def test_a_device_is_taken_along_wiped_and_taken_again(session, field):
    """S-32: taking along, asking for a wipe and the wipe are events; fetching anew is none."""
    token = field.device.token
    field.take(field.leader, token)
    row = queries.device_to_wipe(session, field.leader, field.device.id)
    offline.ask_wipe(session, field.leader, row, field.audit, now=LATER)
    offline.ask_wipe(session, field.leader, row, field.audit, now=LATER)
    carried = queries.carried(session, token, field.leader.person_id)
    assert [one.standing for one in carried] == [Standing.WIPE]
    offline.note_wiped(session, carried[0], now=LATER)
    assert queries.carried(session, token, field.leader.person_id) == []
    with pytest.raises(StepRefused):
        offline.ask_wipe(session, field.leader, row, field.audit, now=LATER)
    field.take(field.leader, token)
    assert field.events("device") == [
        "device:taken_along", "device:wipe_asked", "device:wiped", "device:taken_along",
    ]  # fmt: skip


def test_a_device_belongs_to_one_person(session, field):
    """S-32: nobody takes an audit along onto a device that carries the work of another."""
    with pytest.raises(StepRefused):
        field.take(field.world.auditor, field.device.token)
    with pytest.raises(StepRefused):
        field.take(field.world.planner)
    with pytest.raises(NotFound):
        queries.device_to_wipe(session, field.world.auditor, field.device.id)
    assert field.count(Device) == 1
    hers = field.take(field.world.auditor)
    assert queries.device_to_wipe(session, field.leader, hers.id).person == "Auditor"


def test_an_ended_session_wipes_and_an_old_one_asks_to_sign_in(session, field):
    """S-32: a revoked session forgets at the next contact; one that only grew old loses nothing."""
    token = field.device.token
    assert queries.carried(session, token, None)[0].standing is Standing.SIGN_IN
    session.get_one(SignIn, field.device.sign_in_id).ended_at = NOW
    session.flush()
    assert queries.carried(session, token, None)[0].standing is Standing.WIPE
    assert queries.carried(session, token, field.leader.person_id)[0].standing is Standing.FINE


def test_a_wrong_clock_is_clamped_and_told(session, field):
    """I-07: nothing was captured after it arrived, whatever the device says; the record tells that."""
    told = field.answer(replace(field.entry(), captured_at=LATER + timedelta(days=400)))
    assert told.clock == "future"
    session.commit()
    assert session.scalars(select(AnswerVersion.captured_at)).one() == LATER
