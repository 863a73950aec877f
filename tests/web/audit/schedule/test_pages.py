"""Pages where planner and leader make the plan."""

import pytest
from sqlalchemy import select

from audit.planning.models import AgendaItem, Audit, AuditSite, EngagementSite
from audit.planning.rules import AuditKind, AuditState
from core.events import Event
from tests.factories.accounts import site
from tests.factories.audits import audit_in, planned, world

S = AuditState
FRAME = {
    "starts_on": "2026-11-30",
    "ends_on": "2026-12-02",
    "days": "5.5",
    "remote_share": "20",
    "objectives": "Judge the level.",
    "methods": "Interview",
    "tools": "A laptop",
    "logistics": "",
}
ITEM = {
    "day": "2026-12-01",
    "time": "09:30",
    "minutes": "60",
    "topic": "Incident records",
    "person_id": "0",
    "site_id": "0",
}


@pytest.fixture
def stage(app):
    """Give a world with a planned audit."""
    with app.extensions["sessions"]() as session:
        built = world(session)
        built.session, built.sessions = session, app.extensions["sessions"]
        for _ in range(4):
            extra = site(session, built.client)
            session.add(EngagementSite(engagement_id=built.engagement.id, site_id=extra.id))
        built.audit = audit_in(session, S.PLANNED, within=built)
        session.commit()
        built.base = f"/audits/{built.audit.id}/plan"
        yield built


def enter(client, stage, who):
    email = stage.person(getattr(stage, who)).email
    stage.session.commit()
    return client.sign_in(email)


def seen(stage, query):
    with stage.sessions() as session:
        return list(session.scalars(query))


@pytest.mark.parametrize("who", ["planner", "leader"])
def test_the_plan_is_made_on_its_pages(client, stage, who):
    """S-21, I-04, I-06: frame, sites and agenda, from the page to the database."""
    enter(client, stage, who)
    for page in ("edit", "sites", "agenda"):
        assert client.get(f"{stage.base}/{page}").status_code == 200
    client.get(f"{stage.base}/edit")
    revision = value_of(client, "revision")
    assert client.send(f"{stage.base}/edit", FRAME | {"revision": revision}).status_code == 302
    (audit,) = seen(stage, select(Audit).where(Audit.id == stage.audit.id))
    assert (audit.objectives, audit.tools, audit.remote_share) == (
        "Judge the level.",
        "A laptop",
        20,
    )
    assert client.send(f"{stage.base}/sites", {}).status_code == 302
    assert len(seen(stage, select(AuditSite))) == 3
    assert client.send(f"{stage.base}/agenda", ITEM).status_code == 302
    item = seen(stage, select(AgendaItem).order_by(AgendaItem.id))[-1]
    assert item.starts_at.isoformat() == "2026-12-01T01:30:00+00:00"  # 09:30 in China
    assert item.person_id is None
    client.get(stage.base)
    assert "Incident records" in client.page.text
    assert "09:30" in client.page.text


def value_of(client, name):
    return next(
        each["value"]
        for tag, each in client.page.elements
        if tag == "input" and each.get("name") == name
    )


@pytest.mark.parametrize(
    "who", ["auditor", "decider", "administrator", "officer", "manager", "member"]
)
def test_the_plan_is_closed_to_others(client, stage, who):
    """I-06: 403, whether the role or the place on the team is missing."""
    enter(client, stage, who)
    item = seen(stage, select(AgendaItem))[0]
    for page in ("edit", "sites", "agenda", f"agenda/{item.id}"):
        assert client.get(f"{stage.base}/{page}").status_code == 403
        assert client.send(f"{stage.base}/{page}", FRAME | ITEM).status_code == 403
    assert client.send(f"{stage.base}/agenda/{item.id}/remove").status_code == 403
    assert len(seen(stage, select(AgendaItem))) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": "many"}, "Write a figure, such as 2.5."),
        ({"days": "NaN"}, "Write a figure, such as 2.5."),
        ({"days": "-1"}, "Write a number from 0 to 999."),
        ({"remote_share": "101"}, "Write a number from 0 to 100."),
        ({"remote_share": "x"}, "Write a whole number."),
        ({"remote_share": ""}, "Fill this in."),
        ({"starts_on": "30.11.2026"}, "Write a day as year-month-day"),
        ({"starts_on": "0001-01-01"}, "Write a day as year-month-day"),
        ({"ends_on": ""}, "Set both days, or neither."),
        ({"ends_on": "2026-11-01"}, "The last day lies before the first one."),
        ({"objectives": "a\x00b"}, "characters here that cannot be shown"),
        ({"methods": "x" * 20_001}, "20000"),
    ],
)
def test_a_wrong_frame_is_told_and_kept(client, stage, change, words):
    """S-21: 422 with the reason beside the field; what was typed stays, nothing is saved."""
    enter(client, stage, "planner")
    answer = client.send(f"{stage.base}/edit", FRAME | {"objectives": "Kept words"} | change)
    assert answer.status_code == 422
    assert words in client.page.text
    if "objectives" not in change:
        assert "Kept words" in client.page.text
    (audit,) = seen(stage, select(Audit).where(Audit.id == stage.audit.id))
    assert audit.objectives != "Kept words"


def test_two_people_edit_one_plan(client, stage):
    """S-05: the later one sees both texts with 409 and chooses; nobody is overwritten unseen."""
    enter(client, stage, "planner")
    client.get(f"{stage.base}/edit")
    old = value_of(client, "revision")
    mine = FRAME | {"objectives": "Mine"}
    assert client.send(f"{stage.base}/edit", FRAME | {"revision": old}).status_code == 302
    assert client.send(f"{stage.base}/edit", mine | {"revision": old}).status_code == 409
    assert "Two people changed this at the same time" in client.page.text
    assert "Judge the level." in client.page.text
    assert "Mine" in client.page.text
    answer = client.send(f"{stage.base}/edit", mine | {"revision": old, "keep": "theirs"})
    assert answer.status_code == 302
    assert objectives(stage) == "Judge the level."
    client.send(f"{stage.base}/edit", mine | {"revision": old})
    new = value_of(client, "revision")
    answer = client.send(f"{stage.base}/edit", mine | {"revision": new, "keep": "mine"})
    assert answer.status_code == 302
    assert objectives(stage) == "Mine"


def objectives(stage):
    return seen(stage, select(Audit.objectives).where(Audit.id == stage.audit.id))[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time": "25:00"}, "Write a time of day"),
        ({"time": ""}, "Fill this in."),
        ({"minutes": "4"}, "Write a number from 5 to 720."),
        ({"minutes": "1e3"}, "Write a whole number."),
        ({"topic": " "}, "Fill this in."),
        ({"topic": "x" * 241}, "240"),
        ({"day": "2026-12-09"}, "The audit is from 30 November 2026 to 2 December 2026."),
        ({"person_id": "99999"}, ""),
        ({"person_id": "x"}, ""),
        ({"site_id": "99999"}, ""),
        ({"day": "2026-11-30", "time": "16:30"}, "“Opening meeting” at this time."),
    ],
)
def test_a_wrong_entry_is_told_and_kept(client, stage, change, words):
    """I-06: 422, beside the field, and the agenda stays as it was."""
    enter(client, stage, "planner")
    answer = client.send(f"{stage.base}/agenda", ITEM | change)
    assert answer.status_code == 422
    assert words in client.page.text
    assert len(seen(stage, select(AgendaItem))) == 1


def test_an_entry_is_changed_and_removed(client, stage):
    """I-06: on its own page; a removed one and one of another audit are not found."""
    enter(client, stage, "leader")
    (item,) = seen(stage, select(AgendaItem))
    url = f"{stage.base}/agenda/{item.id}"
    assert client.get(url).status_code == 200
    assert client.send(url, ITEM | {"topic": ""}).status_code == 422
    assert client.send(url, ITEM | {"topic": "Opening"}).status_code == 302
    assert seen(stage, select(AgendaItem.topic)) == ["Opening"]
    other = planned(stage.session, stage.engagement, AuditKind.SURVEILLANCE).id
    stage.session.commit()
    enter(client, stage, "planner")
    assert client.get(f"/audits/{other}/plan/agenda/{item.id}").status_code == 404
    assert client.send(f"/audits/{other}/plan/agenda/{item.id}/remove").status_code == 404
    assert client.send(f"{url}/remove").status_code == 302
    assert client.get(url).status_code == 404
    names = seen(stage, select(Event.name).where(Event.within_kind == "audit").order_by(Event.id))
    assert names[-2:] == ["agenda_item:changed", "agenda_item:removed"]


def test_an_issued_plan_is_closed(client, stage):
    """I-06: 409 with the way on, on every page of the plan's making."""
    with stage.sessions() as session:
        audit = session.get_one(Audit, stage.audit.id)
        audit.state = S.PLAN_ISSUED
        session.commit()
    enter(client, stage, "planner")
    for page in ("edit", "sites", "agenda"):
        assert client.get(f"{stage.base}/{page}").status_code == 409
        assert client.send(f"{stage.base}/{page}", FRAME | ITEM).status_code == 409
    assert "The plan is not open for changes" in client.page.text


def test_sites_are_named_by_hand(client, stage):
    """I-04: a site outside the scope is refused with 422; named ones are kept as named."""
    enter(client, stage, "planner")
    foreign = site(stage.session, world(stage.session).client).id
    own = seen(stage, select(EngagementSite.site_id).order_by(EngagementSite.id))[2]
    stage.session.commit()
    assert client.send(f"{stage.base}/sites", {"named": [foreign]}).status_code == 422
    assert client.send(f"{stage.base}/sites", {"named": [own]}).status_code == 302
    client.get(f"{stage.base}/sites")
    assert "Named by the planner" in client.page.text
    assert "Drawn at random" in client.page.text


def test_pages_need_few_statements(client, stage, count_statements):
    """Quality: at most eight statements a page and a save, with one entry or with forty."""
    enter(client, stage, "leader")
    for page in ("edit", "sites", "agenda"):
        client.get(f"{stage.base}/{page}")
        with count_statements() as sent:
            client.get(f"{stage.base}/{page}")
        assert len(sent) <= 8, sent
    with count_statements() as one:
        client.get(f"{stage.base}/agenda")
    for n in range(40):
        stage.session.add(
            AgendaItem(
                audit_id=stage.audit.id,
                starts_at=stage.audit.created_at.replace(month=12, day=1, hour=1 + n // 5),
                minutes=5,
                topic=f"Topic {n}",
                person_id=stage.auditor.person_id,
            )
        )
    stage.session.commit()
    with count_statements() as many:
        client.get(f"{stage.base}/agenda")
    assert len(one) == len(many)


def test_steps_of_the_plan_on_the_audits_page(client, stage):
    """I-06: the leader issues, the client returns with a reason, the leader issues again."""
    with stage.sessions() as session:
        audit = session.get_one(Audit, stage.audit.id)
        audit.state = S.TEAM_CONFIRMED
        session.commit()
    url = f"/audits/{stage.audit.id}"
    enter(client, stage, "leader")
    assert client.send(f"{url}/steps/issue_plan").status_code == 409
    assert "The checklist is not chosen" in client.page.text
    visited = seen(
        stage,
        select(EngagementSite.site_id).where(EngagementSite.engagement_id == stage.engagement.id),
    )
    assert client.send(f"{url}/checklist/choose", {"sites": visited}).status_code == 302
    assert client.send(f"{url}/steps/issue_plan").status_code == 302
    enter(client, stage, "manager")
    client.get(f"{url}/plan")
    assert "Version 1, issued by Leader" in client.page.text
    assert client.send(f"{url}/steps/return_plan", {"reason": ""}).status_code == 422
    assert client.send(f"{url}/steps/return_plan", {"reason": "Other days."}).status_code == 302
    enter(client, stage, "leader")
    assert client.send(f"{url}/steps/issue_plan").status_code == 302
    enter(client, stage, "manager")
    assert client.send(f"{url}/steps/accept_plan").status_code == 302
    assert seen(stage, select(Audit.state).where(Audit.id == stage.audit.id)) == [S.PLAN_ACCEPTED]
