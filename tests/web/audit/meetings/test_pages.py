"""The page of a meeting."""

from io import BytesIO

import pytest
from sqlalchemy import select

from audit.meetings.models import Attendance, Meeting
from audit.planning.rules import AuditState
from core.pictures.icon import app_icon
from evidence.files.models import Blob, Evidence


def meeting(**changed):
    return {
        "held_at": "2026-11-30T16:00", "place": "Head office", "revision": "",
        "people-0-name": "Zhou Min", "people-0-party": "body",
        "people-1-name": "Chen Chen", "people-1-party": "client",
    } | changed  # fmt: skip


@pytest.fixture
def hall(pages_in):
    """An audit whose opening meeting comes next; on its agenda at four in the afternoon."""
    return pages_in(AuditState.PLAN_ACCEPTED)


def test_a_meeting_is_recorded_on_its_page(hall):
    """I-07, I-24: time, place and people; outside the planned days the reason is asked for; nothing typed is lost."""
    client, url = hall.as_("leader"), f"{hall.url}/meetings/opening"
    assert "On the agenda" in client.get(url).text
    early = client.send(url, meeting(held_at="2026-11-01T09:00"))
    assert early.status_code == 422
    assert "29 days before the planned days" in early.text
    assert "Explain the deviation" in early.text
    assert "Chen Chen" in early.text
    alone = client.send(url, meeting(**{"people-1-name": ""}))
    assert alone.status_code == 422
    wrong = client.send(url, meeting(held_at="soon"))
    assert wrong.status_code == 422
    assert "Write day and time" in wrong.text
    more = client.send(url, meeting(add_row="people"))
    assert more.status_code == 200
    assert 'name="people-2-name"' in more.text
    fewer = client.send(url, meeting(remove_row="people-0"))
    assert "Zhou Min" not in fewer.text
    assert hall.read(select(Meeting.id).where(Meeting.audit_id == hall.audit_id)) is None
    assert client.send(url, meeting()).status_code == 302
    assert "Chen Chen" in client.get(url).text
    assert client.get(f"{hall.url}/meetings/lunch").status_code == 404


def test_place_photo_and_signatures_are_kept(hall):
    """I-24, I-07: position with accuracy, photo as evidence, drawn signatures; later the page only shows them."""
    client, url = hall.as_("leader"), f"{hall.url}/meetings/opening"
    about = meeting(
        latitude="31.2304", longitude="121.4737", accuracy_m="12.4",
        photo=(BytesIO(app_icon(48)), "room.png"), **{"people-0-signature": "M1 2L30 40"},
    )  # fmt: skip
    sent = client.send(url, about, content_type="multipart/form-data")
    assert sent.status_code == 302
    with hall.rows() as session:
        kept = session.scalars(select(Meeting).where(Meeting.audit_id == hall.audit_id)).one()
        assert (kept.latitude, kept.longitude, kept.accuracy_m) == (31.2304, 121.4737, 12)
        photo = session.get_one(Evidence, kept.photo_id)
        assert session.get_one(Blob, photo.blob_id).size == len(app_icon(48))
        signed = select(Attendance.signature).where(Attendance.meeting_id == kept.id)
        assert session.scalars(signed.order_by(Attendance.id)).all() == ["M1 2L30 40", ""]
    hall.move(AuditState.IN_PROGRESS)
    page = client.get(url).text
    for words in ("within 12 m", "Signature of Zhou Min", "no signature", "M1 2L30 40"):
        assert words in page
    assert 'name="held_at"' not in page
    assert "No position was given" not in page


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"latitude": "north", "longitude": "1"}, "position could not be read"),
        ({"latitude": "nan", "longitude": "1"}, "position could not be read"),
        ({"latitude": "91", "longitude": "1"}, "position could not be read"),
        ({"people-0-signature": "<script>"}, "signature could not be read"),
        ({"photo": (BytesIO(b"%PDF-1.7\n%%EOF\n"), "plan.pdf")}, "picture"),
    ],
)
def test_what_is_no_place_signature_or_photo_is_refused(hall, given, said):
    """Quality 6: told in words beside its field, and nothing is kept."""
    client, url = hall.as_("leader"), f"{hall.url}/meetings/opening"
    answer = client.send(url, meeting(**given), content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text
    assert "Chen Chen" in answer.text
    assert hall.read(select(Meeting.id).where(Meeting.audit_id == hall.audit_id)) is None


def test_without_a_position_the_page_says_so(running):
    """I-24: also that no place was given."""
    assert (
        "No position was given" in running.as_("leader").get(f"{running.url}/meetings/opening").text
    )


@pytest.mark.parametrize("name", ["planner", "decider", "inspector", "manager", "outsider"])
def test_a_meeting_is_the_team_s(running, name):
    """I-05: nobody else has the page."""
    answer = running.as_(name).get(f"{running.url}/meetings/closing")
    assert answer.status_code in {403, 404}
