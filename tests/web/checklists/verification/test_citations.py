"""Citations listed and checked: one look serves every version."""

import json

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from checklists.citations.models import CitationCheck
from core.events import Event
from tests.factories.accounts import NOW
from tests.factories.checklists import standard_data
from tests.web.checklists.shelf import both_halves


@pytest.fixture
def laws(shelf):
    """A published standard and a draft of another, both citing the same article."""
    from checklists.standards import operations

    keys = []
    for code, publish in (("LAW", True), ("OTHER", False)):
        data = standard_data(3, code=code)
        rows = data["sections"][0]["criteria"]
        rows[0]["citations"] = [{"code": "GDPR", "clause": "32", "verified": False}]
        rows[1]["citations"] = [
            {"code": "GDPR", "clause": "32", "verified": False},
            {"code": "GB/T 36055-2018", "clause": "5", "verified": False},
        ]
        rows[2]["citations"] = [{"code": "CCPA", "clause": "1798", "verified": True}]
        actor = None if publish else shelf.who["planner"]
        made = operations.import_pack(shelf.session, actor, data, now=NOW, publish=publish)
        keys.append(made.id)
    shelf.session.commit()
    return keys


def boxes(*pairs):
    return [json.dumps(list(pair), ensure_ascii=False) for pair in pairs]


def test_one_check_serves_all_versions(client, shelf, laws, count_statements):
    """S-35: who and when are recorded, on a published version too, and seen wherever the article is cited."""
    published, draft = laws
    client.sign_in("decider@example.org")
    page = client.get(f"/standards/{published}/citations/").text
    assert page.count("not yet verified") >= 2
    with count_statements() as sent:
        answer = client.send(
            f"/standards/{published}/citations/",
            {
                "chosen": boxes(("GDPR", "32"), ("CCPA", "1798")),
                "outcome": "confirmed",
                "note": "Official Journal L 119",
            },
        )
    assert answer.status_code == 302
    assert len(sent) <= 7, "\n\n".join(sent)
    assert shelf.events()[-2:] == ["citation:confirmed"] * 2
    client.sign_in("planner@example.org")
    for key in laws:
        page = client.get(f"/standards/{key}/citations/?standing=verified").text
        assert "Official Journal L 119" in page
        assert "GB/T 36055" not in page
        one = client.get(f"/standards/{key}/criteria/S1.1").text
        assert "Official Journal L 119" in one
    found = client.get(f"/standards/{draft}/citations/?q=S1.3").text
    assert "CCPA" in found
    assert "GDPR 32" not in found


def test_doubt_needs_a_note_and_outweighs(client, shelf, laws):
    """S-35: a number that could not be confirmed is shown as such, with why; the check before stays to be read."""
    client.sign_in("planner@example.org")
    page = f"/standards/{laws[0]}/citations/"
    pair = boxes(("GB/T 36055-2018", "5"))
    assert client.send(page, {"chosen": pair, "outcome": "doubtful"}).status_code == 422
    assert "Say what is doubtful" in client.page.text
    client.send(page, {"chosen": pair, "outcome": "confirmed", "note": "first look"})
    client.send(page, {"chosen": pair, "outcome": "doubtful", "note": "no such standard"})
    text = client.get(f"{page}?standing=doubtful").text
    assert "no such standard" in text
    assert "first look" in text


def test_what_cannot_be_marked(client, shelf, laws):
    """S-35: nothing chosen, nothing that the version does not cite, no outcome."""
    client.sign_in("planner@example.org")
    page = f"/standards/{laws[0]}/citations/"
    for data in (
        {"outcome": "confirmed"},
        {"chosen": boxes(("GDPR", "99")), "outcome": "confirmed"},
        {"chosen": boxes(("GDPR", "32"))},
        {"chosen": ["nonsense"], "outcome": "confirmed"},
    ):
        assert client.send(page, data).status_code == 422, data
    assert shelf.session.scalar(select(func.count(CitationCheck.id))) == 0
    shelf.session.rollback()


def test_who_checked_stays_within_the_body(client, shelf, laws):
    """S-32: colleagues read the person's name, others the organisation's; readers mark nothing."""
    client.sign_in("planner@example.org")
    page = f"/standards/{laws[0]}/citations/"
    client.send(page, {"chosen": boxes(("GDPR", "32")), "outcome": "confirmed"})
    name = shelf.who["planner"].name
    assert f"{name}," in client.get(page).text
    client.sign_in("manager@example.org")
    text = client.get(page).text
    assert name not in text
    assert "Huaxin," in text
    assert "chosen" not in text
    data = {"chosen": boxes(("GDPR", "32")), "outcome": "confirmed"}
    assert client.send(page, data).status_code == 403


def test_checks_are_only_added(shelf, client, laws):
    """Guard 5: the database refuses to change or remove a check."""
    client.sign_in("planner@example.org")
    page = f"/standards/{laws[0]}/citations/"
    client.send(page, {"chosen": boxes(("GDPR", "32")), "outcome": "confirmed"})
    one = shelf.row(CitationCheck, CitationCheck.id > 0)
    assert shelf.row(Event, Event.name == "citation:confirmed").subject_id == one.id
    shelf.session.add(one)
    one.note = "other"
    with pytest.raises(DatabaseError, match="append-only"):
        shelf.session.flush()
    shelf.session.rollback()


def test_a_version_without_citations(client, shelf):
    """S-35: says so."""
    client.sign_in("planner@example.org")
    assert "It cites no law or standard" in client.get(f"/standards/{shelf.draft}/citations/").text
    made = both_halves(shelf.session, shelf.who["planner"], standard_data(2, code="NEXT"))
    shelf.session.commit()
    assert client.get(f"/standards/{made.id}/citations/?standing=open").status_code == 200
