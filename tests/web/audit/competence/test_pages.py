"""Pages of competences, declarations and interests."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from audit.competence.models import Competence, Declaration, Interest
from core.clock import utc_now
from core.events import Event
from core.permissions import Role
from tests.factories.accounts import user
from tests.factories.audits import competent, world

BODY = ("planner", "leader", "auditor", "decider", "administrator", "officer")
MANAGERS = {"planner", "administrator"}


@pytest.fixture
def stage(app):
    """Give a world."""
    with app.extensions["sessions"]() as session:
        built = world(session)
        built.session, built.sessions = session, app.extensions["sessions"]
        session.commit()
        yield built


def enter(client, stage, who):
    email = stage.person(getattr(stage, who)).email
    stage.session.commit()
    return client.sign_in(email)


def seen(stage, query):
    with stage.sessions() as session:
        return list(session.scalars(query))


def granting(stage, **changed):
    given = {
        "person_id": stage.auditor.person_id,
        "area": f"{stage.scheme_version.scheme_id}:data-analysis",
        "evidence": "Witnessed in March.",
        "valid_from": "2026-01-01",
        "valid_until": "2028-12-31",
    }
    return given | changed


def interest(stage, **changed):
    given = {
        "client_id": stage.client.id,
        "kind": "consultancy",
        "from_on": "2024-01-01",
        "until_on": "",
        "note": "Advised them.",
    }
    return given | changed


@pytest.mark.parametrize("who", BODY)
def test_the_matrix_is_open_to_the_body(client, stage, who):
    """I-05: people against technical areas; granting only for those who manage competence."""
    enter(client, stage, who)
    assert client.get("/competences/").status_code == 200
    assert "Service operations and delivery" in client.page.text
    assert "Leader" in client.page.text
    assert ("Grant a competence" in client.page.text) is (who in MANAGERS)


@pytest.mark.parametrize("who", ["manager", "member"])
def test_competence_is_closed_to_clients(client, stage, who):
    """S-32: neither matrix nor records nor forms."""
    enter(client, stage, who)
    for url in ("", "mine", "grant", "declare", f"people/{stage.leader.person_id}"):
        assert client.get(f"/competences/{url}").status_code == 403


@pytest.mark.parametrize("who", BODY)
def test_records_open_to_oneself_and_managers(client, stage, who):
    """I-05, S-33: somebody's ties are read by themselves and by those who manage competence."""
    enter(client, stage, who)
    assert client.get("/competences/mine", follow_redirects=True).status_code == 200
    expected = 200 if who in MANAGERS or who == "auditor" else 404
    answer = client.get(f"/competences/people/{stage.auditor.person_id}")
    assert answer.status_code == expected
    assert client.get("/competences/people/99999").status_code == 404


def test_a_competence_is_granted_and_ended(client, stage):
    """I-05: with evidence and period; ended with a reason, it stays on the page."""
    enter(client, stage, "planner")
    assert client.get("/competences/grant").status_code == 200
    assert client.send("/competences/grant", granting(stage)).status_code == 302
    row = seen(stage, select(Competence).order_by(Competence.id.desc()))[0]
    assert (row.area, row.granted_by_id) == ("data-analysis", stage.planner.person_id)
    url = f"/competences/{row.id}/end"
    assert client.get(url).status_code == 200
    assert client.send(url, {"reason": ""}).status_code == 422
    assert client.send(url, {"reason": "Moved to sales."}).status_code == 302
    assert client.send(url, {"reason": "Again."}).status_code == 409
    client.get(f"/competences/people/{stage.auditor.person_id}")
    assert "Moved to sales." in client.page.text
    names = seen(stage, select(Event.name).order_by(Event.id))
    assert names[-2:] == ["competence:granted", "competence:ended"]


def test_nobody_grants_to_themselves_by_hand(client, stage):
    """I-05: the form does not offer it, and one written by hand is refused."""
    both = user(stage.session, stage.body, Role.PLANNER, Role.AUDITOR, name="Both")[0]
    key, email = both.id, both.email
    stage.session.commit()
    client.sign_in(email)
    client.get("/competences/grant")
    offered = [each["value"] for tag, each in client.page.elements if tag == "option"]
    assert str(key) not in offered
    assert client.send("/competences/grant", granting(stage, person_id=key)).status_code == 422
    assert seen(stage, select(Competence).where(Competence.person_id == key)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"person_id": 99999},
        {"person_id": "x"},
        {"area": "1:cooking"},
        {"area": ""},
        {"evidence": " "},
        {"valid_until": "2026-01-01"},
        {"valid_until": "tomorrow"},
        {"valid_from": "9999-12-31"},
    ],
)
def test_a_wrong_grant_is_told(client, stage, change):
    """I-05: 422, nothing granted."""
    enter(client, stage, "planner")
    before = len(seen(stage, select(Competence)))
    assert client.send("/competences/grant", granting(stage, **change)).status_code == 422
    assert len(seen(stage, select(Competence))) == before


def test_the_yearly_declaration(client, stage):
    """I-05: one's own; it counts from today for a year."""
    enter(client, stage, "decider")
    assert client.get("/competences/declare").status_code == 200
    assert client.send("/competences/declare", {"statement": ""}).status_code == 422
    assert client.send("/competences/declare", {"statement": "No ties."}).status_code == 302
    rows = seen(stage, select(Declaration).where(Declaration.person_id == stage.decider.person_id))
    assert [row.statement for row in rows] == ["No ties."]
    client.get(f"/competences/people/{stage.decider.person_id}")
    assert "The declaration counts until" in client.page.text


def test_an_interest_from_declaration_to_withdrawal(client, stage):
    """I-05: declared by oneself, ended and withdrawn by somebody else, with a reason."""
    enter(client, stage, "auditor")
    base = f"/competences/people/{stage.auditor.person_id}/interests/new"
    assert client.get(base).status_code == 200
    for wrong in (
        {"client_id": 99999},
        {"kind": "love"},
        {"from_on": ""},
        {"until_on": "2023-01-01"},
        {"note": ""},
    ):
        assert client.send(base, interest(stage, **wrong)).status_code == 422
    assert client.send(base, interest(stage)).status_code == 302
    (row,) = seen(stage, select(Interest))
    for rest in ("end", "withdraw"):
        assert client.get(f"/competences/interests/{row.id}/{rest}").status_code == 403
    enter(client, stage, "planner")
    url = f"/competences/interests/{row.id}"
    assert client.get(f"{url}/end").status_code == 200
    assert client.send(f"{url}/end", {"until_on": "2020-01-01"}).status_code == 422
    assert client.send(f"{url}/end", {"until_on": "2026-06-30"}).status_code == 302
    assert client.send(f"{url}/end", {"until_on": "2026-06-30"}).status_code == 409
    assert client.get(f"{url}/withdraw").status_code == 200
    assert client.send(f"{url}/withdraw", {}).status_code == 422
    assert client.send(f"{url}/withdraw", {"reason": "A namesake."}).status_code == 302
    client.get(f"/competences/people/{stage.auditor.person_id}")
    assert "A namesake." in client.page.text
    names = seen(stage, select(Event.name).where(Event.subject_kind == "interest"))
    assert names == ["interest:declared", "interest:ended", "interest:withdrawn"]


def test_nobody_declares_for_colleagues(client, stage):
    """I-05: 404 for the record of somebody else without the right to manage."""
    enter(client, stage, "leader")
    url = f"/competences/people/{stage.auditor.person_id}/interests/new"
    assert client.get(url).status_code == 404
    assert client.send(url, interest(stage)).status_code == 404


def test_nobody_withdraws_their_own(client, stage):
    """I-05: a planner's own interest is settled by another planner."""
    enter(client, stage, "planner")
    url = f"/competences/people/{stage.planner.person_id}/interests/new"
    assert client.send(url, interest(stage)).status_code == 302
    (row,) = seen(stage, select(Interest))
    answer = client.send(f"/competences/interests/{row.id}/withdraw", {"reason": "Mine."})
    assert answer.status_code == 403
    assert seen(stage, select(Interest.withdrawn_at)) == [None]


def test_records_of_another_body_are_not_found(client, stage):
    """S-32: keys of another body's rows open nothing."""
    other = world(stage.session)
    row = seen(stage, select(Competence.id))[0]
    stage.session.commit()
    enter(client, other_stage(stage, other), "planner")
    assert client.get(f"/competences/{row}/end").status_code == 404
    assert client.get(f"/competences/people/{stage.leader.person_id}").status_code == 404


def other_stage(stage, other):
    other.session = stage.session
    return other


def test_an_empty_house(client, app):
    """I-05: without a scheme and without auditors the page says what would be there."""
    from core.permissions import OrganisationKind
    from tests.factories.accounts import organisation

    with app.extensions["sessions"]() as session:
        body = organisation(session, OrganisationKind.BODY)
        email = user(session, body, Role.PLANNER)[0].email
        session.commit()
    client.sign_in(email)
    client.get("/competences/")
    assert "There is no published scheme yet" in client.page.text


def test_the_matrix_needs_as_many_statements_for_many_people(client, stage, count_statements):
    """Quality: at most eight, the same for two people and for thirty."""
    enter(client, stage, "planner")
    client.get("/competences/")
    with count_statements() as few:
        client.get("/competences/")
    soon = utc_now().date() + timedelta(days=20)
    for n in range(28):
        who = user(stage.session, stage.body, Role.AUDITOR, name=f"Auditor {n}")[0]
        competent(stage.session, who, stage.body, stage.scheme_version, valid_until=soon)
    stage.session.commit()
    with count_statements() as many:
        client.get("/competences/")
    assert "Ends soon" in client.page.text
    assert len(few) == len(many) <= 8
    with count_statements() as sent:
        client.get(f"/competences/people/{stage.leader.person_id}")
    assert len(sent) <= 8
