"""The pages of measures and of the rating."""

import hashlib

import pytest
from sqlalchemy import select

from audit.planning.rules import AuditState
from audit.rating.models import Measure, RatingRecord

WINDOW = {
    "window_from": "2026-07-01", "window_to": "2026-10-31", "source": "Service desk",
    "population": "Every ticket", "revision": "",
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_explanation_stands_before_and_after_the_first_rating(
    running, count_statements, language
):
    """S-05: every number with its way in; at most eight statements; the inputs' digest is that of the file."""
    running.speak("leader", language)
    client = running.as_("leader")
    assert client.get(f"{running.url}/rating/").status_code == 200
    assert client.send(f"{running.url}/rating/compute").status_code == 302
    with count_statements() as sent:
        page = client.get(f"{running.url}/rating/")
    assert page.status_code == 200
    assert len(sent) <= 8, "\n\n".join(sent)
    digest = running.read(select(RatingRecord.inputs_sha256))
    assert digest in page.text
    file = client.get(f"{running.url}/rating/inputs.json")
    assert hashlib.sha256(file.data).hexdigest() == digest


def test_a_measure_is_entered_or_told_why_not(running):
    """S-03: figures that cannot be answer 422 and stay typed."""
    client = running.as_("leader")
    url = f"{running.url}/rating/measures/answered_in_time"
    assert client.get(url).status_code == 200
    for wrong in ({"successes": "201", "total": "200"}, {"successes": "some", "total": "200"}):
        page = client.send(url, WINDOW | wrong)
        assert page.status_code == 422
        assert "Service desk" in page.text
    assert running.count(Measure) == 0
    assert client.send(url, WINDOW | {"successes": "194", "total": "200"}).status_code == 302
    assert running.read(select(Measure.successes)) == 194
    assert client.get(f"{running.url}/rating/measures/unknown").status_code == 404


def test_the_client_sees_the_rating_from_the_day_the_report_is_issued(running):
    """I-32: before that it is not there; nobody outside finds it at any time."""
    running.rate()
    client = running.as_("manager")
    for state in (AuditState.IN_PROGRESS, AuditState.REPORT_DRAFT):
        running.move(state)
        assert client.get(f"{running.url}/rating/").status_code == 404
        assert client.get(f"{running.url}/rating/inputs.json").status_code == 404
    running.move(AuditState.CLOSED)
    assert client.get(f"{running.url}/rating/").status_code == 200
    assert running.as_("stranger").get(f"{running.url}/rating/").status_code == 404
    assert running.as_("planner").send(f"{running.url}/rating/compute").status_code == 403
