"""Drafting, raising, disputing and more time through pages."""

from sqlalchemy import select

from audit.casefile.models import Finding
from audit.findings.rules import FindingGrade, FindingState
from tests.factories import findings as made
from tests.web.audit.desk import draft_fields, enter, events, finding, reload, rows, url

S = FindingState


def test_drafting_and_raising(client, stage):
    """I-09: the auditor drafts at a criterion, changes the draft and raises it."""
    enter(client, stage, "auditor")
    fields = draft_fields(stage)
    piece = made.evidence(stage.session, stage.audit, stage.leader)
    stage.session.commit()
    new = f"/audits/{stage.audit.id}/findings/new"
    page = client.get(f"{new}?criterion={fields['criterion_id']}")
    assert f'<option selected value="{fields["criterion_id"]}"' in page.text
    answer = client.send(new, fields | {"evidence_ids": [piece.id]})
    assert answer.status_code == 302
    one = rows(stage, select(Finding))[0]
    assert client.get(answer.location).status_code == 200
    assert piece.title in client.page.text
    assert "Raise the finding" in client.page.text
    answer = client.send(url(one, "/edit"), fields | {"title": "Another title", "revision": "1"})
    assert answer.status_code == 302
    assert client.send(url(one, "/steps/raise")).status_code == 302
    one = reload(stage, Finding, one.id)
    assert (one.state, one.title) == (S.RAISED, "Another title")
    assert events(stage)[-3:] == ["finding:drafted", "finding:edited", "finding:raised"]


def test_a_wrong_draft_keeps_what_was_typed(client, stage):
    """I-09: a form that is not right answers 422 with everything still in it."""
    enter(client, stage, "leader")
    new = f"/audits/{stage.audit.id}/findings/new"
    answer = client.send(new, draft_fields(stage, title="", statement="Nine of thirty-two."))
    assert answer.status_code == 422
    assert "Nine of thirty-two." in answer.text
    answer = client.send(new, draft_fields(stage, criterion_id="999999"))
    assert answer.status_code == 422
    assert client.send(new, draft_fields(stage) | {"grade": "grave"}).status_code == 422
    assert client.send(new, draft_fields(stage) | {"evidence_ids": ["77"]}).status_code == 404
    assert client.send(new, draft_fields(stage, title="\x07")).status_code == 422
    assert events(stage)[-1] != "finding:drafted"


def test_two_edits_show_both(client, stage):
    """I-09: when two people change a draft, both texts are shown and the person chooses."""
    one = finding(stage, S.DRAFT)
    enter(client, stage, "leader")
    fields = draft_fields(stage)
    assert (
        client.send(url(one, "/edit"), fields | {"title": "Theirs", "revision": "1"}).status_code
        == 302
    )
    enter(client, stage, "auditor")
    mine = fields | {"title": "Mine", "revision": "1"}
    answer = client.send(url(one, "/edit"), mine)
    assert answer.status_code == 409
    assert "Theirs" in client.page.text
    assert "By Leader" in client.page.text
    assert 'name="revision" type="hidden" value="2"' in answer.text
    assert client.send(url(one, "/edit"), mine | {"keep": "theirs"}).status_code == 302
    assert reload(stage, Finding, one.id).title == "Theirs"
    assert (
        client.send(url(one, "/edit"), mine | {"revision": "2", "keep": "mine"}).status_code == 302
    )
    assert reload(stage, Finding, one.id).title == "Mine"


def test_a_refusal_names_its_reasons(client, stage):
    """I-09: what cannot be raised yet says why, on the page and when tried."""
    one = finding(stage, S.DRAFT, statement="")
    enter(client, stage, "leader")
    client.get(url(one))
    assert "The statement is not written" in client.page.text
    assert not [
        form for form, _ in client.page.forms if form.get("action", "").endswith("/steps/raise")
    ]
    assert client.send(url(one, "/steps/raise")).status_code == 409
    assert "The statement is not written" in client.page.text


def test_a_dispute_from_end_to_end(client, stage):
    """I-09: the client disputes, an officer outside the team settles, both read the reasons."""
    one = finding(stage)
    enter(client, stage, "manager")
    assert client.send(url(one, "/dispute"), {"reason": ""}).status_code == 422
    assert client.send(url(one, "/dispute"), {"reason": "The log shows it."}).status_code == 302
    enter(client, stage, "leader")
    client.get(url(one))
    assert "The log shows it." in client.page.text
    assert client.get(url(one, "/settle")).status_code == 403
    enter(client, stage, "officer")
    client.get(url(one, "/settle"))
    assert "Regraded: minor nonconformity" not in client.page.text
    assert client.send(url(one, "/settle"), {"outcome": "minor", "words": "So."}).status_code == 422
    answer = client.send(url(one, "/settle"), {"outcome": "major", "words": ""})
    assert answer.status_code == 422
    assert (
        client.send(url(one, "/settle"), {"outcome": "major", "words": "Graver."}).status_code
        == 302
    )
    enter(client, stage, "manager")
    client.get(url(one))
    assert "Graver." in client.page.text
    assert reload(stage, Finding, one.id).grade is FindingGrade.MAJOR
    assert client.get(url(one, "/settle")).status_code == 403


def test_more_time_from_end_to_end(client, stage):
    """I-11: the client asks, the leader decides, the history stays."""
    one = finding(stage, S.ACCEPTED)
    due = one.implementation_due_on
    enter(client, stage, "manager")
    assert client.get(url(one, "/extension")).status_code == 200
    ask = {"deadline": "implementation", "until": "2026-11-01", "reason": "The supplier is late."}
    answer = client.send(url(one, "/extension"), ask)
    assert answer.status_code == 422
    assert "The supplier is late." in answer.text
    assert client.send(url(one, "/extension"), ask | {"deadline": "response"}).status_code == 422
    assert client.send(url(one, "/extension"), ask | {"until": "2027-03-31"}).status_code == 302
    assert client.get(url(one, "/extension")).status_code == 409
    enter(client, stage, "auditor")
    assert client.send(url(one, "/extension/approve")).status_code == 409
    enter(client, stage, "leader")
    assert client.send(url(one, "/extension/refuse"), {"reason": ""}).status_code == 422
    assert client.send(url(one, "/extension/approve"), {"reason": "Agreed."}).status_code == 302
    client.get(url(one))
    assert "Agreed." in client.page.text
    assert reload(stage, Finding, one.id).implementation_due_on > due
