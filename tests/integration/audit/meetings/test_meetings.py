"""Opening and closing meetings, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from accounts.organisations.models import Site
from audit.assessment import queries as assessment
from audit.meetings import operations, queries
from audit.meetings.models import Meeting
from audit.meetings.operations import Attendee
from audit.meetings.rules import MeetingKind, Party, Position
from audit.planning.models import AgendaItem, AuditSite
from audit.planning.rules import AuditState
from audit.record.queries import gather
from core.errors import Invalid, Stale, StepRefused
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.audits import audit_in, world

PEOPLE = (Attendee("Zhou Min", "Leader", Party.BODY), Attendee("Chen Chen", "", Party.CLIENT))


class Hall:
    """An audit whose opening meeting comes next."""

    def __init__(self, session):
        self.session = session
        self.world = world(session)
        self.audit = audit_in(session, AuditState.PLAN_ACCEPTED, within=self.world)
        self.held = datetime.combine(self.audit.starts_on, NOW.timetz())

    def meet(self, kind=MeetingKind.OPENING, *, actor=None, revision=None, **changed):
        actor = actor or self.world.leader
        given = {
            "held_at": self.held,
            "where": "Head office",
            "deviation": "",
            "notes": "",
            "people": PEOPLE,
            "zone": "Asia/Shanghai",
        } | changed
        return operations.record_meeting(
            self.session, actor, assessment.place(self.session, actor, self.audit.id), kind,
            revision=revision, now=NOW, **given,
        )  # fmt: skip


@pytest.fixture
def hall(session):
    """An audit whose plan is accepted."""
    return Hall(session)


def test_the_opening_meeting_is_recorded_with_its_people(session, hall):
    """I-07: time, place and attendance of the opening; the guard of the next step sees it."""
    hall.meet()
    meeting, people = queries.of_audit(session, hall.audit.id)[MeetingKind.OPENING]
    assert (meeting.place, meeting.held_at) == ("Head office", hall.held)
    assert [(one.name, one.party) for one in people] == [
        ("Zhou Min", Party.BODY),
        ("Chen Chen", Party.CLIENT),
    ]
    assert assessment.assessment_facts(session, hall.audit.id, queries.held(hall.audit.id))[
        "opening_held"
    ]


def test_correcting_a_record_keeps_one_meeting(session, hall):
    """I-07: a slip is corrected with an event of its own; a stale page corrects nothing."""
    made = hall.meet()
    seen = made.revision
    hall.meet(revision=seen, where="Data centre", people=PEOPLE[::-1])
    with pytest.raises(Stale):
        hall.meet(revision=seen, where="Elsewhere")
    meeting, people = queries.of_audit(session, hall.audit.id)[MeetingKind.OPENING]
    assert meeting.place == "Data centre"
    assert [one.name for one in people] == ["Chen Chen", "Zhou Min"]
    session.commit()
    names = session.scalars(
        select(Event.name).where(Event.subject_kind == "meeting").order_by(Event.id)
    ).all()
    assert names == ["meeting:recorded", "meeting:changed"]


def test_a_meeting_needs_both_sides(hall):
    """I-07: nobody opens an audit alone."""
    with pytest.raises(Invalid) as refused:
        hall.meet(people=PEOPLE[:1])
    assert refused.value.field == "people"


def test_a_day_outside_the_plan_is_explained(session, hall):
    """I-24: the deviation is asked for and kept."""
    early = hall.held - timedelta(3)
    with pytest.raises(Invalid) as refused:
        hall.meet(held_at=early)
    assert refused.value.field == "deviation"
    hall.meet(held_at=early, deviation="The client asked for it.")
    assert queries.of_audit(session, hall.audit.id)[MeetingKind.OPENING][0].deviation


def test_the_day_is_the_reader_s(session, hall):
    """I-24: half past eleven at night in Greenwich is the next morning in Shanghai, within the planned days."""
    eve = datetime.combine(hall.audit.starts_on - timedelta(1), datetime.min.time(), UTC)
    session.execute(delete(AgendaItem).where(AgendaItem.audit_id == hall.audit.id))
    hall.meet(held_at=eve + timedelta(hours=23, minutes=30))
    with pytest.raises(Invalid):
        hall.meet(held_at=eve + timedelta(hours=23, minutes=30), zone="UTC", revision=1)


def test_the_hour_is_the_agenda_s(session, hall):
    """I-24: an hour other than the agenda's is flagged, explained and kept with the record and its event."""
    late = hall.held + timedelta(minutes=50)
    with pytest.raises(Invalid) as refused:
        hall.meet(held_at=late)
    assert refused.value.field == "deviation"
    made = hall.meet(held_at=late, deviation="The lift was stuck.")
    assert made.flags == [{"code": "minutes_late", "value": 50, "site": None}]
    session.commit()
    event = session.scalars(select(Event).where(Event.name == "meeting:recorded")).one()
    assert event.after["flags"][0]["value"] == 50
    assert event.after["deviation"] == "The lift was stuck."


def test_the_closing_is_compared_with_the_last_entry_of_the_agenda(session, hall):
    """I-24: an agenda with one entry plans no hour for the closing; with more, its last one does."""
    hall.audit.state = AuditState.IN_PROGRESS
    noon = hall.held + timedelta(hours=4)
    assert hall.meet(MeetingKind.CLOSING, held_at=noon).flags == []
    session.add(
        AgendaItem(
            audit_id=hall.audit.id, starts_at=noon + timedelta(hours=2), minutes=30, topic="Closing"
        )
    )
    session.flush()
    with pytest.raises(Invalid):
        hall.meet(MeetingKind.CLOSING, held_at=noon, revision=1)


def test_a_place_far_from_the_site_is_flagged(session, hall):
    """I-24: the position is compared with the sites of the audit, kept, and told in the audit's record."""
    place = session.scalars(
        select(Site).join(AuditSite, AuditSite.site_id == Site.id)
        .where(AuditSite.audit_id == hall.audit.id)
    ).one()  # fmt: skip
    place.latitude, place.longitude = 31.2304, 121.4737
    session.flush()
    near = hall.meet(position=Position(31.2305, 121.4737, 12))
    assert (near.flags, near.accuracy_m) == ([], 12)
    with pytest.raises(Invalid):
        hall.meet(position=Position(31.3304, 121.4737, 12), revision=1)
    far = hall.meet(
        position=Position(31.3304, 121.4737, 12), revision=1, deviation="The data centre moved."
    )
    assert far.flags[0]["code"] == "metres_away"
    kept = gather(session, hall.audit, None)["meetings"][0]
    assert kept["position"] == {"latitude": 31.3304, "longitude": 121.4737, "accuracy_m": 12}
    assert kept["flags"][0]["site"]["en"] == place.name_en


def test_signatures_stay_with_their_people(session, hall):
    """I-07: a drawn signature is kept with the attendance; anything that is none is refused."""
    signed = (replace(PEOPLE[0], signature="M1 2L30 40"), PEOPLE[1])
    hall.meet(people=signed)
    _, people = queries.of_audit(session, hall.audit.id)[MeetingKind.OPENING]
    assert [one.signature for one in people] == ["M1 2L30 40", ""]
    kept = gather(session, hall.audit, None)["meetings"][0]
    assert (kept["position"], kept["people"][0]["signature"]) == (None, "M1 2L30 40")
    with pytest.raises(Invalid):
        hall.meet(people=(replace(PEOPLE[0], signature="<script>"), PEOPLE[1]), revision=1)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (AuditState.PLAN_ISSUED, MeetingKind.OPENING),
        (AuditState.IN_PROGRESS, MeetingKind.OPENING),
        (AuditState.PLAN_ACCEPTED, MeetingKind.CLOSING),
        (AuditState.FIELDWORK_DONE, MeetingKind.CLOSING),
    ],
)
def test_each_meeting_has_its_time(session, state, kind):
    """I-07: the opening before the fieldwork, the closing while it runs."""
    hall = Hall(session)
    hall.audit.state = state
    with pytest.raises(StepRefused):
        hall.meet(kind)


def test_only_the_team_records(hall):
    """I-05: the planner of the body was not there."""
    with pytest.raises(StepRefused):
        hall.meet(actor=hall.world.planner)


def test_an_audit_has_one_meeting_of_a_kind(session, hall):
    """I-07: the database knows it too."""
    hall.meet()
    session.add(
        Meeting(
            audit_id=hall.audit.id,
            kind=MeetingKind.OPENING,
            held_at=NOW,
            place="x",
            recorded_by_id=hall.world.leader.person_id,
            recorded_at=NOW,
        )
    )
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
