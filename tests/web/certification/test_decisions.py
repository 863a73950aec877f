"""Decisions and certificates as pages."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from audit.planning.rules import AuditKind, AuditState
from certification.certificates.models import Certificate
from certification.decisions.models import Decision
from tests.factories.accounts import NOW, PASSWORD
from tests.factories.audits import audit_in, on_team, planned, world
from tests.factories.certification import granted

EN = {"Accept-Language": "en"}


@pytest.fixture
def stage(app):
    with app.extensions["sessions"]() as session:
        made = world(session)
        audit = audit_in(session, AuditState.UNDER_DECISION, within=made)
        session.commit()
        made.audit_id = audit.id
        made.emails = {who.name.lower(): who.email for who in made.people.values()}
    return made


@pytest.fixture
def holding(app):
    with app.extensions["sessions"]() as session:
        made, one = granted(session, now=NOW - timedelta(days=20))
        session.commit()
        made.certificate_id, made.number = one.id, one.number
        made.emails = {who.name.lower(): who.email for who in made.people.values()}
    return made


def grant(client, stage, **values):
    data = {"outcome": "grant", "level": "3", "reasons": "All is met.", "password": PASSWORD}
    return client.send(f"/audits/{stage.audit_id}/decision", data | values)


def test_the_decider_grants(app, client, stage):
    """I-13: file, conditions, second sign-in, decision, certificate."""
    client.sign_in(stage.emails["decider"])
    assert client.get(f"/audits/{stage.audit_id}/decision").status_code == 200
    for word in (
        "Every major is verified",
        "You were on no team of this engagement",
        "Grant the certificate",
    ):
        assert word in client.page.text, word
    answer = grant(client, stage)
    assert answer.status_code == 302, answer.text
    assert client.get(answer.location).status_code == 200
    assert "All is met." in client.page.text
    with app.extensions["sessions"]() as session:
        one = session.scalars(select(Certificate)).one()
    assert client.get(f"/certificates/{one.id}").status_code == 200
    assert client.get("/decisions").status_code == 200
    assert one.number in client.page.text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"password": "wrong"}, "This is not your password."),
        ({"level": "5"}, "the highest possible"),
        ({"level": "2"}, "Say why the level is lower"),
        ({"reasons": ""}, "Fill this in."),
        ({"outcome": "nonsense"}, "Your decision"),
        ({"effective_on": "2020-01-01"}, "cannot take effect before today"),
    ],
)
def test_a_wrong_entry_is_told_beside_its_field(app, client, stage, values, words):
    """I-13, I-16: nothing is decided, and what was typed stays."""
    client.sign_in(stage.emails["decider"])
    answer = grant(client, stage, **values)
    assert answer.status_code == 422
    assert words in client.page.text
    with app.extensions["sessions"]() as session:
        assert session.scalars(select(Decision)).all() == []


def test_whoever_was_on_a_team_sees_why_not(app, client, stage):
    """Guard 1: the condition stands where the button would be; a forged form is refused with reasons."""
    with app.extensions["sessions"]() as session:
        first = planned(session, session.merge(stage.engagement), AuditKind.STAGE_1)
        on_team(session, first, stage.decider.person_id)
        session.commit()
    client.sign_in(stage.emails["decider"])
    client.get(f"/audits/{stage.audit_id}/decision")
    assert "You were on the team of one audit" in client.page.text
    assert "Sign the decision" not in client.page.text
    assert grant(client, stage).status_code == 409


@pytest.mark.parametrize(
    ("who", "reads", "decides"),
    [
        ("decider", 200, 422), ("planner", 200, 403), ("administrator", 200, 403), ("officer", 200, 403),
        ("auditor", 403, 403), ("manager", 403, 403), ("member", 403, 403),
    ],
)  # fmt: skip
def test_roles(client, stage, who, reads, decides):
    """I-13: who reads the file, and who alone decides."""
    client.sign_in(stage.emails[who])
    assert client.get(f"/audits/{stage.audit_id}/decision").status_code == reads
    assert grant(client, stage, reasons="").status_code == decides
    assert client.get("/decisions").status_code == reads


def test_pages_ask_the_database_little(app, client, stage, holding):
    """quality: at most eight statements a page."""
    client.sign_in(stage.emails["decider"])
    engine, counted = app.extensions["engine"], []

    def note(_connection, _cursor, statement, *_rest):
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        paths = (f"/audits/{stage.audit_id}/decision", "/decisions", "/certificates/")
        for path in paths:
            client.get(path)
            counted.clear()
            assert client.get(path).status_code == 200
            assert len([one for one in counted if not one.startswith("BEGIN")]) <= 8, (
                path,
                counted,
            )
        client.get("/sign-out")
        other = app.test_client().sign_in(holding.emails["manager"])
        other.get(f"/certificates/{holding.certificate_id}")
        counted.clear()
        assert other.get(f"/certificates/{holding.certificate_id}").status_code == 200
        assert len([one for one in counted if not one.startswith("BEGIN")]) <= 8
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_holder_gives_it_up(app, client, holding):
    """I-21: cancelled by the holder, with a reason and a second sign-in; a decider cannot."""
    path = f"/certificates/{holding.certificate_id}/cancel"
    client.sign_in(holding.emails["manager"])
    assert client.get(path).status_code == 200
    assert client.send(path, {"reason": "We close.", "password": "no"}).status_code == 422
    assert client.send(path, {"reason": "We close.", "password": PASSWORD}).status_code == 302
    assert "Cancelled" in client.get(f"/certificates/{holding.certificate_id}").text
    other = app.test_client().sign_in(holding.emails["decider"])
    assert other.get(path).status_code == 403


@pytest.mark.parametrize(
    ("outcome", "values", "shown"),
    [
        ("suspend", {}, "Suspended"), ("withdraw", {}, "Withdrawn"), ("reduce", {"level": "2"}, "Active"),
        ("maintain", {}, "Active"),
    ],
)  # fmt: skip
def test_a_certificate_is_decided_about_without_an_audit(client, holding, outcome, values, shown):
    """I-15, I-16: suspended, withdrawn, reduced, issued anew."""
    client.sign_in(holding.emails["decider"])
    path = f"/certificates/{holding.certificate_id}/decide"
    assert client.get(path).status_code == 200
    data = {
        "outcome": outcome,
        "reasons": "Told by the holder.",
        "password": PASSWORD,
        "level": "3",
    }
    answer = client.send(path, data | values)
    assert answer.status_code == 302, answer.text
    assert shown in client.get(answer.location).text


def test_lists_as_spreadsheets(client, holding):
    """I-25: certificates and decisions as CSV."""
    client.sign_in(holding.emails["decider"])
    assert holding.number in client.get("/certificates/export.csv?q=&state=active").text
    assert holding.number in client.get("/decisions/export.csv").text


def test_another_provider_sees_nothing(app, client, stage, holding):
    """Scope: a foreign certificate is not there."""
    client.sign_in(stage.emails["manager"])
    assert client.get(f"/certificates/{holding.certificate_id}").status_code == 404
    assert holding.number not in client.get("/certificates/").text


def test_the_command_lists_certificates(app, holding):
    """The list for scripts has exactly these keys."""
    result = app.test_cli_runner().invoke(args=["certificates", "list", "--json"])
    rows = json.loads(result.output)
    assert [set(row) for row in rows] == [{"number", "status", "level", "holder", "token"}]
    assert rows[0]["status"] == "active"
