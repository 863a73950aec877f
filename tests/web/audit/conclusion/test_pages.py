"""The pages of a report."""

import pytest

from audit.planning.rules import AuditState
from tests.factories.accounts import PASSWORD

WHOLE = {
    "summary": "What was seen.", "sampling_note": "It rests on samples.", "use_of_marks": "As agreed.",
    "conclusion": "The requirements are met.", "recommendation": "certify", "recommended_level": "3",
    "revision": "1",
}  # fmt: skip


@pytest.fixture
def drafted(pages_in):
    """An audit whose report is a draft, rated."""
    made = pages_in(AuditState.REPORT_DRAFT)
    made.rate()
    return made


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_report_stands_in_both_languages(drafted, language):
    """I-12: the assembled report and the form of the leader's text."""
    drafted.speak("leader", language)
    client = drafted.as_("leader")
    for path in ("/report/", "/report/edit"):
        assert client.get(drafted.url + path).status_code == 200


def test_from_the_draft_to_the_signature(drafted):
    """S-07, S-23: written, sent, commented, answered, signed with a second sign-in; a wrong one signs nothing."""
    client, url = drafted.as_("leader"), f"{drafted.url}/report"
    assert drafted.as_("manager").get(f"{url}/").status_code == 404
    client = drafted.as_("leader")
    assert client.send(f"{url}/edit", WHOLE).status_code == 302
    stale = client.send(f"{url}/edit", WHOLE | {"summary": "Mine."})
    assert stale.status_code == 409
    assert "Mine." in stale.text
    assert "What was seen." in stale.text
    assert client.send(f"{url}/send").status_code == 302
    client = drafted.as_("manager")
    assert client.get(f"{url}/").status_code == 200
    assert client.send(f"{url}/comments", {"text": ""}).status_code == 422
    assert client.send(f"{url}/comments", {"text": "A wrong site."}).status_code == 302
    assert client.send(f"{url}/comments/close").status_code == 302
    client = drafted.as_("leader")
    assert client.send(f"{url}/comments/1/reply", {"reply": "Corrected."}).status_code == 302
    sign = f"{drafted.url}/sign-report"
    assert client.send(sign, {"password": "wrong"}).status_code == 422
    assert "report:signed" not in drafted.events("report")
    assert client.send(sign, {"password": PASSWORD}).status_code == 302
    assert drafted.events("report")[-1] == "report:signed"
    assert client.get(f"{url}/").status_code == 200
    assert client.get(f"{url}/edit").status_code == 404


@pytest.mark.parametrize("name", ["stranger", "rival", "outsider"])
def test_a_report_of_others_is_not_there(drafted, name):
    """I-32: every address answers 404."""
    assert drafted.as_(name).get(f"{drafted.url}/report/").status_code == 404
