"""The list of audits, the page of one and its steps."""

import pytest

from audit.planning.rules import AuditKind, AuditState

S = AuditState
STATES = [one for one in S if one is not S.CANCELLED]


@pytest.mark.parametrize("state", STATES)
def test_the_page_takes_few_statements_in_every_state(pages_in, count_statements, state):
    """Quality 3: one audit in any state takes at most eight statements, for whoever looks."""
    audit = pages_in(state)
    for name in ("leader", "manager"):
        client = audit.as_(name)
        client.get(audit.url)
        with count_statements() as sent:
            assert client.get(audit.url).status_code == 200
        assert len(sent) <= 8, f"{name}: {len(sent)}\n" + "\n\n".join(sent)


def test_the_client_reads_no_draft_and_no_fieldwork(running):
    """I-32: neither answers nor the drafts of findings reach the client's page."""
    client = running.as_("leader")
    client.send(
        f"{running.url}/fieldwork/{running.keys[0]}",
        {"conformity": "out", "exclusion_reason": "A secret reason.", "revision": "1"},
    )
    running.find(state="draft", title="A draft nobody saw")
    inside = client.get(running.url).text
    assert "A draft nobody saw" in inside
    assert "Answers by dimension" in inside
    outside = running.as_("manager").get(running.url).text
    for words in ("A draft nobody saw", "A secret reason.", "Answers by dimension", "drafted"):
        assert words not in outside


def test_a_condition_leads_to_where_it_can_be_met(running):
    """S-05: what is missing is told on the page of the step, with the way there."""
    page = running.as_("leader").get(running.url).text
    assert f"{running.url}/fieldwork/?show=unanswered" in page
    assert f"{running.url}/meetings/closing" in page


@pytest.mark.parametrize("name", ["stranger", "rival", "outsider"])
def test_an_audit_of_others_is_not_there(running, name):
    """I-32: a foreign audit and one that does not exist look the same."""
    client = running.as_(name)
    assert client.get(running.url).status_code == 404
    assert client.get("/audits/987654").status_code == 404
    assert running.number not in client.get("/audits/").text
    assert running.number not in client.get("/audits/export.csv").text


def test_a_refused_step_names_what_is_missing(running):
    """S-07: the fieldwork does not end while answers are missing; nothing changes."""
    client = running.as_("leader")
    refused = client.send(f"{running.url}/steps/end_fieldwork")
    assert refused.status_code == 409
    assert "have no answer" in refused.text
    assert client.send(f"{running.url}/steps/fly").status_code == 404
    assert client.send(f"{running.url}/steps/decide").status_code == 404


def test_a_step_with_a_reason_asks_for_it(running):
    """S-07: an audit is not postponed without a word why."""
    client = running.as_("planner")
    url = f"{running.url}/steps/postpone"
    assert client.send(url, {"reason": ""}).status_code == 422
    assert client.send(url, {"reason": "The data centre moves."}).status_code == 302
    assert "The data centre moves." in client.get(running.url).text


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_list_finds_and_sorts(running, count_statements, language):
    """S-11: the list by number, state and kind, in few statements, exported with the same conditions."""
    running.speak("leader", language)
    client = running.as_("leader")
    for query in (
        "",
        "?state=open",
        "?kind=stage_2&mine=1",
        "?sort=-client",
        "?q=zzz",
        "?_external=1",
    ):
        with count_statements() as sent:
            assert client.get(f"/audits/{query}").status_code == 200
        assert len(sent) <= 8
    assert running.number in client.get(f"/audits/?q={running.number}").text
    assert running.number in client.get(f"/audits/export.csv?q={running.number}").text
    assert running.number not in client.get("/audits/export.csv?q=zzz").text


def test_a_stage_1_shows_no_rating(pages_in):
    """I-07: a stage 1 has no level."""
    audit = pages_in(S.IN_PROGRESS, AuditKind.STAGE_1)
    page = audit.as_("leader").get(audit.url).text
    assert f"{audit.url}/rating/" not in page
