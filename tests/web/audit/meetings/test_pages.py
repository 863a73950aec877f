"""The page of a meeting."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.meetings.models import Meeting
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from tests.factories.accounts import NOW


def meeting(**changed):
    return {
        "held_at": "2026-12-01T09:00", "place": "Head office", "revision": "",
        "people-0-name": "Zhou Min", "people-0-party": "body",
        "people-1-name": "Chen Chen", "people-1-party": "client",
    } | changed  # fmt: skip


def test_a_meeting_is_recorded_on_its_page(pages_in):
    """I-07, I-24: time, place and people; outside the planned days the reason is asked for; nothing typed is lost."""
    audit = pages_in(AuditState.PLAN_ACCEPTED)
    with audit.rows() as session:
        session.get_one(Audit, audit.audit_id).starts_on = NOW.date() + timedelta(10)
    client, url = audit.as_("leader"), f"{audit.url}/meetings/opening"
    assert client.get(url).status_code == 200
    early = client.send(url, meeting(held_at="2026-11-01T09:00"))
    assert early.status_code == 422
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
    assert audit.read(select(Meeting.id).where(Meeting.audit_id == audit.audit_id)) is None
    assert client.send(url, meeting()).status_code == 302
    assert "Chen Chen" in client.get(url).text
    assert client.get(f"{audit.url}/meetings/lunch").status_code == 404


@pytest.mark.parametrize("name", ["planner", "decider", "inspector", "manager", "outsider"])
def test_a_meeting_is_the_team_s(running, name):
    """I-05: nobody else has the page."""
    answer = running.as_(name).get(f"{running.url}/meetings/closing")
    assert answer.status_code in {403, 404}
