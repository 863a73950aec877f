"""The public registry: found by words, verified by token, told to nobody who guesses (I-17)."""

import hashlib
from datetime import timedelta

import pytest

from certification.certificates.rules import CertificateState
from core.jobs import run_due
from core.permissions import OrganisationKind
from tests.factories.accounts import NOW, organisation
from tests.factories.certification import certificate

KEYS = {
    "number", "status", "level", "holder", "scope", "effective_on", "expires_on", "revision",
    "document_sha256",
}  # fmt: skip
EN, ZH = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}


@pytest.fixture
def issued(app):
    app.extensions.pop("registry_throttle", None)
    with app.extensions["sessions"]() as session:
        body = organisation(session, OrganisationKind.BODY, name_zh="华衡认证", name_en="Huaheng")
        client = organisation(
            session,
            name_zh="江海云服100%_科技",
            name_en="Jianghai Cloud",
            credit_code="91320100MA1XK2P90N",
        )
        one = certificate(session, body, client, now=NOW - timedelta(days=30))
        session.commit()
        session.expunge_all()
    return one


def test_the_page_says_what_stands(client, issued):
    """I-17, I-16: status, holder, level, scope, dates, revision; in both languages."""
    text = client.get(f"/verify/{issued.token}", headers=EN).text
    for word in (
        "Active",
        "Jianghai Cloud",
        issued.number,
        "Level 3",
        "Managed hosting",
        "Huaheng",
    ):
        assert word in text, word
    assert client.get(f"/verify/{issued.token}", headers=ZH).status_code == 200
    assert "江海云服" in client.page.text


def test_the_document_has_the_digest_the_page_shows(app, client, issued, settings):
    """I-16: the file that is handed out is the one whose digest stands on the page."""
    assert client.get(f"/verify/{issued.token}/certificate.pdf").status_code == 503
    with app.app_context():
        run_due(app.extensions["sessions"], settings, app.extensions["handlers"])
    answer = client.get(f"/verify/{issued.token}/certificate.pdf")
    digest = hashlib.sha256(answer.data).hexdigest()
    assert answer.data.startswith(b"%PDF")
    assert client.get(f"/verify/{issued.token}.json").json["document_sha256"] == digest
    page = client.get(f"/verify/{issued.token}", headers=EN).text
    assert digest[:4] in page
    assert digest[-4:] in page


def test_json_has_exactly_these_keys(client, issued):
    """I-17: a machine gets the same, in the language it asks for; unchanged, it gets 304."""
    answer = client.get(f"/verify/{issued.token}.json", headers=EN)
    told = answer.json
    assert set(told) == KEYS
    assert (told["status"], told["level"], told["holder"]) == ("active", 3, "Jianghai Cloud")
    assert told["document_sha256"] is None
    assert client.get(f"/verify/{issued.token}.json", headers=ZH).json["holder"].startswith("江海")
    again = client.get(
        f"/verify/{issued.token}.json", headers=EN | {"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_unknown_tokens_lead_nowhere(client, issued):
    """I-17: unknown, altered and cut tokens look the same."""
    changed = ("A" if issued.token[0] != "A" else "B") + issued.token[1:]
    for token in (changed, issued.token[:-1], issued.token + "x", "x", "%25", "a" * 500):
        for end in ("", ".json", "/certificate.pdf"):
            assert client.get(f"/verify/{token}{end}").status_code == 404, token


def test_status_is_live_before_the_clock_ran(app, client, issued):
    """I-15, I-21: a date that has passed shows at once."""
    with app.extensions["sessions"]() as session:
        one = session.get_one(type(issued), issued.id)
        one.effective_on, one.expires_on = NOW.date() - timedelta(900), NOW.date() - timedelta(1)
        session.commit()
    assert client.get(f"/verify/{issued.token}.json").json["status"] == "expired"
    assert "Expired" in client.get(f"/verify/{issued.token}", headers=EN).text
    found = client.get("/registry?q=jianghai&state=expired", headers=EN).text
    assert issued.number in found
    assert issued.number not in client.get("/registry?q=jianghai&state=active", headers=EN).text


@pytest.mark.parametrize("state", list(CertificateState))
def test_every_status_has_its_page(app, client, issued, state):
    """I-21: every status in both vocabularies."""
    with app.extensions["sessions"]() as session:
        one = session.get_one(type(issued), issued.id)
        one.state = state
        if state is CertificateState.SUSPENDED:
            one.suspended_until = NOW.date() + timedelta(60)
        session.commit()
    assert client.get(f"/verify/{issued.token}", headers=EN).status_code == 200
    assert client.get(f"/verify/{issued.token}.json").json["status"] == state.value


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Jianghai", True), ("jIANGHAI c", True), ("江海", True), ("91320100MA1XK2P90N", True),
        ("%_", True), ("100%", True), ("%%", False), ("__", False), ("nobody", False), ("j", False), ("", False),
    ],
)  # fmt: skip
def test_search_finds_by_part_of_a_name(client, issued, words, found):
    """I-17: by holder, number or credit code; wildcards are literal; nothing without two characters."""
    text = client.get("/registry", query_string={"q": words}, headers=EN).text
    assert (issued.number in text) is found


def test_number_and_name_have_to_match(client, issued):
    """I-17: the same answer for an unknown number and for a wrong name."""
    answers = [
        client.send("/registry/verify", {"number": number, "holder": holder}, headers=EN)
        for number, holder in ((issued.number, "Somebody"), ("X-1", "Jianghai Cloud"))
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert all("No certificate has this number and this holder." in one.text for one in answers)
    right = client.send(
        "/registry/verify",
        {"number": issued.number.lower(), "holder": "jianghai cloud"},
        headers=EN,
    )
    assert right.status_code == 303
    assert right.location.endswith(f"/verify/{issued.token}")


def test_trying_on_and_on_is_slowed_down(client, issued):
    """I-17: numbers cannot be guessed one after the other."""
    codes = [
        client.send(
            "/registry/verify", {"number": f"X-{n}", "holder": "Any"}, headers=EN
        ).status_code
        for n in range(12)
    ]
    assert codes[:10] == [422] * 10
    assert codes[10:] == [429, 429]
    answer = client.send("/registry/verify", {"number": "X", "holder": "Any"}, headers=EN)
    assert int(answer.headers["Retry-After"]) > 0
