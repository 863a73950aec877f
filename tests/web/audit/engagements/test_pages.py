"""Pages of engagements and of audits outside their rhythm."""

import pytest
from sqlalchemy import select

from audit.planning.models import Audit
from audit.planning.rules import AuditKind, AuditState
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import organisation, user
from tests.factories.audits import audit_in, engagement, on_team, planned, world

OUTSIDE = {
    "kind": "special",
    "occasion": "A complaint about lost tickets.",
    "days": "1.5",
    "due_on": "2026-12-15",
    "short_notice": "y",
}


@pytest.fixture
def stage(app):
    """Give a world."""
    with app.extensions["sessions"]() as session:
        built = world(session)
        built.session, built.sessions = session, app.extensions["sessions"]
        session.commit()
        built.url = f"/engagements/{built.engagement.id}"
        yield built


def enter(client, stage, who):
    email = stage.person(getattr(stage, who)).email
    stage.session.commit()
    return client.sign_in(email)


def seen(stage, query):
    with stage.sessions() as session:
        return list(session.scalars(query))


@pytest.mark.parametrize(
    "who", ["planner", "decider", "administrator", "officer", "manager", "member"]
)
def test_an_engagement_with_its_cycle(client, stage, who):
    """I-02: what was due, done and is next; scope and sites; only planners plan more."""
    enter(client, stage, who)
    assert client.get("/engagements").status_code == 200
    assert stage.engagement.number in client.page.text
    assert client.get(stage.url).status_code == 200
    for words in ("Stage 1 audit", "Recertification audit", "20 Nov 2027", "Managed hosting"):
        assert words in client.page.text
    assert "Central function" in client.page.text
    assert ("Plan a special audit" in client.page.text) is (who == "planner")


def test_an_auditor_sees_the_engagements_of_their_teams(client, stage):
    """S-32: none before, this one once on a team."""
    enter(client, stage, "auditor")
    client.get("/engagements")
    assert "There is no engagement yet" in client.page.text
    assert client.get(stage.url).status_code == 404
    on_team(
        stage.session,
        planned(stage.session, stage.engagement, AuditKind.STAGE_1),
        stage.auditor.person_id,
    )
    stage.session.commit()
    assert client.get(stage.url).status_code == 200


def test_foreign_engagements_are_not_found(client, stage):
    """S-32: another body, another provider: 404, and nothing in the list."""
    other = world(stage.session)
    for actor in (other.planner, other.manager):
        email = other.person(actor).email
        stage.session.commit()
        client.sign_in(email)
        assert client.get(stage.url).status_code == 404
        client.get("/engagements")
        assert stage.engagement.number not in client.page.text


def test_the_regulator_reads_all(client, stage):
    """I-02: every engagement, no button."""
    regulator = organisation(stage.session, OrganisationKind.REGULATOR)
    email = user(stage.session, regulator, Role.INSPECTOR)[0].email
    stage.session.commit()
    client.sign_in(email)
    assert client.get(stage.url).status_code == 200
    assert "Plan a special audit" not in client.page.text
    assert client.get(f"{stage.url}/audits/new").status_code == 403


def test_a_special_audit_is_planned(client, stage):
    """I-20: with its reason, at short notice; the page leads on to the team."""
    enter(client, stage, "planner")
    assert client.get(f"{stage.url}/audits/new").status_code == 200
    answer = client.send(f"{stage.url}/audits/new", OUTSIDE)
    assert answer.status_code == 302
    assert answer.location.endswith("/team")
    (audit,) = seen(stage, select(Audit).where(Audit.kind == AuditKind.SPECIAL))
    assert (audit.occasion, audit.short_notice) == ("A complaint about lost tickets.", True)
    client.get(stage.url)
    assert "A complaint about lost tickets." in client.page.text
    assert "At short notice" in client.page.text
    assert seen(stage, select(Event.name).order_by(Event.id.desc()))[0] == "audit:planned"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "surveillance"},
        {"kind": ""},
        {"occasion": " "},
        {"days": "x"},
        {"days": "1000"},
        {"due_on": "soon"},
    ],
)
def test_a_wrong_special_audit_is_told(client, stage, change):
    """I-20: 422; nothing is planned and no number is lost."""
    enter(client, stage, "planner")
    assert client.send(f"{stage.url}/audits/new", OUTSIDE | change).status_code == 422
    assert len(seen(stage, select(Audit))) == 5


@pytest.mark.parametrize("who", ["decider", "administrator", "officer", "manager"])
def test_others_plan_nothing(client, stage, who):
    """I-20: 403."""
    enter(client, stage, who)
    assert client.send(f"{stage.url}/audits/new", OUTSIDE).status_code == 403


def test_the_list_finds_and_filters(client, stage):
    """I-02: by number, name, scope and by what comes next; signs of the search language are plain text."""
    enter(client, stage, "planner")
    for query, found in (
        ({"q": stage.engagement.number}, True),
        ({"q": "HOSTING"}, True),
        ({"q": "%"}, False),
        ({"next": "stage_1"}, True),
        ({"next": "surveillance"}, False),
        ({"next": "nonsense"}, True),
        ({"page": "x"}, True),
    ):
        client.get("/engagements", query_string=query)
        assert bool(rows_of(client)) is found
        assert ("No engagement fits" in client.page.text) is not found


def rows_of(client):
    """Give the addresses of engagements that a list links to."""
    links = [each.get("href", "") for tag, each in client.page.elements if tag == "a"]
    return [link for link in links if link.startswith("/engagements/")]


def test_what_is_late_is_marked(client, stage):
    """I-02: a surveillance past its date that has not begun stands out; one under way does not."""
    audit = planned(stage.session, stage.engagement, AuditKind.SURVEILLANCE)
    audit.due_on = audit.due_on.replace(year=2020)
    enter(client, stage, "planner")
    client.get(stage.url)
    assert "Overdue" in client.page.text
    audit.due_on = None
    audit_in(stage.session, AuditState.IN_PROGRESS, AuditKind.SURVEILLANCE, within=stage)
    audit.due_on = audit.created_at.date().replace(year=2020)
    stage.session.commit()
    client.get(stage.url)
    assert "Overdue" not in client.page.text


def test_pages_need_few_statements(client, stage, count_statements):
    """Quality: at most eight, the same for one engagement and for thirty."""
    enter(client, stage, "planner")
    client.get("/engagements")
    with count_statements() as few:
        client.get("/engagements")
    for _ in range(30):
        client_ = organisation(stage.session)
        engagement(stage.session, stage.body, client_, stage.scheme_version)
    stage.session.commit()
    with count_statements() as many:
        client.get("/engagements")
    assert len(few) == len(many) <= 8
    with count_statements() as sent:
        client.get(stage.url)
    assert len(sent) <= 8
