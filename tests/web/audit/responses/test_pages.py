"""Responses and work on actions through pages."""

from sqlalchemy import select

from audit.casefile.models import CorrectiveAction, Finding, Response
from audit.findings.rules import FindingState
from audit.planning.rules import AuditState
from core.permissions import Role
from tests.factories import findings as made
from tests.factories.accounts import NOW, user
from tests.web.audit.desk import (
    enter,
    events,
    finding,
    reload,
    reply_fields,
    rows,
    url,
)

S = FindingState


def test_the_response_is_kept_changed_and_submitted(client, stage):
    """I-10, S-24: the draft is kept, rows come and go without script, the response is submitted."""
    one = finding(stage, S.ACKNOWLEDGED)
    enter(client, stage, "manager")
    assert client.get(url(one, "/response")).status_code == 200
    answer = client.send(url(one, "/response"), reply_fields(stage, add_row="actions"))
    assert answer.status_code == 200
    assert 'name="actions-1-measure"' in answer.text
    assert "Nobody looked." in answer.text
    answer = client.send(
        url(one, "/response"), reply_fields(stage, count=2, remove_row="actions-0")
    )
    assert "Measure 1" not in answer.text
    assert "Measure 2" in answer.text
    assert rows(stage, select(Response)) == []
    assert client.send(url(one, "/response"), reply_fields(stage)).status_code == 302
    client.get(url(one))
    assert "Measure 1" in client.page.text
    revision = str(rows(stage, select(Response.revision))[0])
    answer = client.send(
        url(one, "/response"), reply_fields(stage, count=2, revision=revision, submit="1")
    )
    assert answer.status_code == 302
    assert reload(stage, Finding, one.id).state is S.RESPONSE_SUBMITTED
    assert len(rows(stage, select(CorrectiveAction))) == 2
    assert events(stage)[-2:] == ["finding:response_drafted", "finding:response_submitted"]


def test_a_wrong_response_keeps_what_was_typed(client, stage):
    """I-10, S-24: half an action, a late one, a missing cause: told, and nothing is lost."""
    one = finding(stage, S.ACKNOWLEDGED)
    enter(client, stage, "manager")
    for wrong, words in (
        ({"actions-0-verification": ""}, "Fill this in."),
        ({"actions-0-owner_id": "0"}, "Fill this in."),
        ({"actions-0-owner_id": "999"}, "Choose an owner who belongs to your organisation."),
        ({"actions-0-due_on": "soon"}, "Write a day as year-month-day"),
        ({"actions-0-due_on": "2027-12-20", "submit": "1"}, "ends after the implementation is due"),
        ({"cause": "", "submit": "1"}, "The cause is not named"),
    ):
        answer = client.send(url(one, "/response"), reply_fields(stage, **wrong))
        assert answer.status_code == 422, wrong
        assert words in client.page.text, wrong
        assert "Corrected." in answer.text
    assert rows(stage, select(Response)) == []


def test_two_responses_show_both(client, stage):
    """I-10: when two managers write at once, both texts are shown."""
    one = finding(stage, S.ACKNOWLEDGED)
    enter(client, stage, "manager")
    assert (
        client.send(url(one, "/response"), reply_fields(stage, cause="Theirs")).status_code == 302
    )
    answer = client.send(url(one, "/response"), reply_fields(stage, cause="Mine"))
    assert answer.status_code == 409
    assert "Theirs" in client.page.text
    revision = answer.text.partition('name="revision" type="hidden" value="')[2].partition('"')[0]
    fields = reply_fields(stage, cause="Mine", revision=revision, keep="mine")
    assert client.send(url(one, "/response"), fields).status_code == 302
    stage.session.commit()
    assert rows(stage, select(Response.cause))[0] == "Mine"


def test_review_of_a_response(client, stage):
    """I-10: the auditor returns it with a reason or accepts it."""
    one, two = finding(stage, S.RESPONSE_SUBMITTED), finding(stage, S.RESPONSE_SUBMITTED)
    enter(client, stage, "leader")
    client.get(url(one))
    assert "Accept the response" in client.page.text
    assert client.send(url(one, "/return"), {"reason": ""}).status_code == 422
    assert client.send(url(one, "/return"), {"reason": "Ask further."}).status_code == 302
    assert client.send(url(two, "/accept"), {"reason": "Well thought."}).status_code == 302
    assert reload(stage, Finding, one.id).state is S.RETURNED
    assert reload(stage, Finding, two.id).state is S.ACCEPTED
    enter(client, stage, "manager")
    client.get(url(one, "/response"))
    assert "Ask further." in client.page.text
    assert "One key creates the ticket" in client.get(url(one, "/response")).text


def test_work_on_an_action_from_end_to_end(client, stage):
    """S-24, I-10: the owner reports and hands in; implemented, sent back, handed in again, verified, closed."""
    one = finding(stage, S.ACCEPTED)
    piece = made.evidence(stage.session, stage.audit, stage.member)
    stage.session.commit()
    key = rows(stage, select(CorrectiveAction.id))[0]
    at = url(one, f"/actions/{key}")
    enter(client, stage, "member")
    client.get("/findings/")
    assert "Corrective actions by owner" in client.page.text
    assert client.get(at).status_code == 200
    assert client.send(f"{at}/report", {"told": "", "revision": "2"}).status_code == 422
    answer = client.send(f"{at}/report", {"told": "Half done.", "submit": "1", "revision": "2"})
    assert answer.status_code == 422
    assert "No evidence shows that it was done" in client.page.text
    assert "Half done." in answer.text
    done = {"told": "Done.", "submit": "1", "revision": "2", "evidence_ids": [piece.id]}
    assert client.send(f"{at}/report", done | {"revision": "1"}).status_code == 409
    assert client.send(f"{at}/report", done).status_code == 302
    assert client.send(url(one, "/implement")).status_code == 403
    enter(client, stage, "manager")
    assert client.send(url(one, "/implement")).status_code == 302
    enter(client, stage, "leader")
    client.get(url(one))
    assert "Verify the action of Member" in client.page.text
    assert client.get(at).status_code == 200
    assert piece.title in client.page.text
    assert client.send(f"{at}/refuse", {"reason": ""}).status_code == 422
    assert client.send(f"{at}/refuse", {"reason": "Two of thirty again."}).status_code == 302
    assert reload(stage, Finding, one.id).state is S.ACCEPTED
    enter(client, stage, "member")
    client.get(at)
    assert "Two of thirty again." in client.page.text
    revision = str(reload(stage, CorrectiveAction, key).revision)
    assert client.send(f"{at}/report", done | {"revision": revision}).status_code == 302
    enter(client, stage, "manager")
    client.send(url(one, "/implement"))
    enter(client, stage, "auditor")
    assert client.send(f"{at}/verify", {"reason": ""}).status_code == 302
    assert client.send(url(one, "/verify"), {"reason": ""}).status_code == 422
    assert client.send(url(one, "/verify"), {"reason": "None of thirty."}).status_code == 302
    assert client.send(url(one, "/steps/close")).status_code == 302
    assert reload(stage, Finding, one.id).state is S.CLOSED


def test_another_member_does_not_find_the_action(client, stage):
    """S-24: a member sees the actions assigned to them."""

    one = finding(stage, S.ACCEPTED)
    person, _actor = user(stage.session, stage.client, Role.MEMBER)
    stage.session.commit()
    key = rows(stage, select(CorrectiveAction.id))[0]
    client.sign_in(person.email)
    assert client.get(url(one, f"/actions/{key}")).status_code == 404
    assert client.send(url(one, f"/actions/{key}/report"), {"told": "x"}).status_code == 404
    assert client.get(url(one)).status_code == 200
    assert f"/actions/{key}" not in client.get(url(one)).text


def test_evidence_comes_in_while_a_finding_is_open(client, stage):
    """I-10: actions are carried out after the audit is closed; its file takes evidence until nothing is open."""
    one = finding(stage, S.ACCEPTED)
    stage.audit.state, stage.audit.closed_at = AuditState.CLOSED, NOW
    stage.session.commit()
    enter(client, stage, "member")
    client.get(f"/audits/{one.audit_id}/evidence/")
    assert "Hand over a file" in client.page.text
    one.state, one.void_reason = S.VOID, "A slip."
    stage.session.commit()
    client.get(f"/audits/{one.audit_id}/evidence/")
    assert "Hand over a file" not in client.page.text
    assert client.send(f"/audits/{one.audit_id}/evidence/new").status_code == 409
