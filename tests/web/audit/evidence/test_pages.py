"""The pages of an audit's evidence: who sees, adds, opens and voids which file."""

from io import BytesIO

import pytest
from sqlalchemy import select

from audit.assessment.models import AnswerEvidence, AuditEvidence
from audit.planning.rules import AuditState
from evidence.files.models import Evidence

ABOUT = {"title": "Tickets of October", "shows": "Start and end.", "confidentiality": "internal"}


def hand_over(audit, query="", **changed):
    file = (BytesIO(b"start,end\n1,2\n" * 200), "tickets.csv")
    data = {"file": file, **ABOUT, **changed}
    return audit.client.send(
        f"{audit.url}/evidence/new{query}", data, content_type="multipart/form-data"
    )


def only(audit):
    return audit.read(select(Evidence.id))


def test_a_member_hands_over_for_an_answer(running):
    """S-05: the file stands in the audit's file and beside its answer, and is linked to a second one."""
    client = running.as_("leader")
    first, second = running.keys[:2]
    page = client.get(f"{running.url}/evidence/?answer={first}")
    assert page.status_code == 200
    answer = hand_over(running, f"?answer={first}")
    assert answer.location.endswith(f"/fieldwork/{first}")
    assert "Tickets of October" in client.get(answer.location).text
    assert "Tickets of October" in client.get(f"{running.url}/evidence/?answer={second}").text
    link = client.send(f"{running.url}/fieldwork/{second}/evidence", {"evidence": only(running)})
    assert link.status_code == 302
    assert running.count(AnswerEvidence) == 2
    foreign = client.send(f"{running.url}/fieldwork/{second}/evidence", {"evidence": 999})
    assert foreign.status_code == 404


def test_a_download_is_an_attachment_and_leaves_a_trace(running):
    """I-32, S-32: who opened a file is kept, also where only a part of it was read; nothing runs from here."""
    client = running.as_("leader")
    hand_over(running)
    url = f"{running.url}/evidence/{only(running)}"
    whole = client.get(url)
    whole.close()
    assert whole.status_code == 200
    assert whole.headers["Content-Disposition"].startswith("attachment")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        "no-store" in whole.headers["Cache-Control"] or "private" in whole.headers["Cache-Control"]
    )
    assert running.events("evidence") == ["evidence:handed_over", "evidence:opened"]
    part = client.get(url, headers={"Range": "bytes=0-9"})
    assert part.status_code == 206
    assert part.data == b"start,end\n"
    part.close()
    assert running.events("evidence")[2:] == ["evidence:opened"]
    unchanged = client.get(url, headers={"If-None-Match": whole.headers["ETag"]})
    unchanged.close()
    assert unchanged.status_code == 304
    assert len(running.events("evidence")) == 3


def test_the_client_sees_its_own_files_alone(running):
    """I-32: the body's evidence is not there for the client; its own is there for both."""
    running.as_("leader")
    hand_over(running)
    theirs = only(running)
    client = running.as_("member")
    assert "Tickets of October" not in client.get(f"{running.url}/evidence/").text
    assert client.get(f"{running.url}/evidence/{theirs}").status_code == 404
    assert client.send(f"{running.url}/evidence/{theirs}/void", {"reason": "x"}).status_code == 404
    assert hand_over(running, f"?answer={running.keys[0]}", title="Ours").status_code == 302
    assert "Ours" in client.get(f"{running.url}/evidence/").text
    assert running.count(AnswerEvidence) == 0
    assert "Ours" in running.as_("leader").get(f"{running.url}/evidence/").text


@pytest.mark.parametrize("name", ["outsider", "stranger", "rival"])
def test_whoever_is_not_in_the_audit_finds_nothing(running, name):
    """I-32: every address of the evidence answers 404."""
    running.as_("leader")
    hand_over(running)
    key = only(running)
    client = running.as_(name)
    for path in ("/evidence/", f"/evidence/{key}"):
        assert client.get(running.url + path).status_code == 404
    assert hand_over(running).status_code in {403, 404}
    assert running.count(AuditEvidence) == 1


@pytest.mark.parametrize("name", ["planner", "decider", "inspector"])
def test_whoever_reads_adds_nothing(running, name):
    """S-32: the body's others and the regulator read the file and add nothing."""
    client = running.as_(name)
    assert 'type="file"' not in client.get(f"{running.url}/evidence/").text
    assert hand_over(running).status_code == 403
    assert running.count(Evidence) == 0


def test_bad_input_is_told(running):
    """S-34: without a file, or with one of a kind that is not taken, the page says so and keeps what was typed."""
    client = running.as_("leader")
    page = client.send(f"{running.url}/evidence/new", ABOUT, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "Tickets of October" in page.text
    page = hand_over(running, file=(BytesIO(b"MZ\x90\x00" * 200), "tool.exe"))
    assert page.status_code == 422
    assert running.count(Evidence) == 0
    assert hand_over(running, "?answer=999999").status_code == 404


def test_a_wrong_file_is_void_and_stays(running):
    """S-34: nothing is removed: a reason is needed, the file stays on record; only its side declares it void."""
    client = running.as_("leader")
    hand_over(running)
    url = f"{running.url}/evidence/{only(running)}/void"
    assert client.get(url).status_code == 200
    assert client.send(url, {"reason": ""}).status_code == 422
    assert client.send(url, {"reason": "The wrong month."}).status_code == 302
    assert running.count(Evidence) == 1
    assert "evidence:voided" in running.events("evidence")
    assert client.send(url, {"reason": "Again."}).status_code == 409


def test_an_audit_that_is_over_takes_no_more(running):
    """S-34: a closed file stays closed."""
    client = running.as_("leader")
    running.move(AuditState.CLOSED)
    assert 'type="file"' not in client.get(f"{running.url}/evidence/").text
    assert hand_over(running).status_code == 409


def test_the_number_of_statements_is_small(running, count_statements):
    """Quality 3: the list takes at most eight statements, however many files there are."""
    client = running.as_("leader")
    for number in range(3):
        hand_over(running, title=f"File {number}")
    for path in ("/evidence/", f"/evidence/?answer={running.keys[0]}"):
        with count_statements() as sent:
            assert client.get(running.url + path).status_code == 200
        assert len(sent) <= 8, "\n\n".join(sent)
