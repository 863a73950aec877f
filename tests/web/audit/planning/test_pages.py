"""The plan of an audit as a page and as a printed document."""

import pytest
from flask import g
from sqlalchemy import select

from audit.planning import operations, queries
from audit.planning.jobs import HANDLERS, sheet_of
from audit.planning.models import AgendaItem, Plan
from audit.planning.rules import AuditFacts, AuditKind, AuditState
from core.db import writing
from core.jobs import Job, JobState, run_due
from evidence.issued.models import IssuedDocument
from tests.factories.accounts import NOW, organisation, user
from tests.factories.audits import audit_in, world

S = AuditState
INSIDE = ("planner", "leader", "auditor", "decider", "administrator", "officer")


@pytest.fixture
def stage(app):
    """Give a world; ``stage.session`` stays open."""
    with app.extensions["sessions"]() as session:
        built = world(session)
        built.session, built.sessions = session, app.extensions["sessions"]
        session.commit()
        yield built


def in_state(stage, state, kind=AuditKind.STAGE_2):
    audit = audit_in(stage.session, state, kind, within=stage)
    stage.session.commit()
    return audit


def issued(stage):
    """Issue the plan of an audit as the product does."""
    audit = in_state(stage, S.TEAM_CONFIRMED)
    known = queries.planning_facts(stage.session, audit, stage.leader)
    facts = AuditFacts(**(known | {"checklist_size": 41}))
    operations.issue_plan(stage.session, stage.leader, audit, facts, now=NOW)
    stage.session.commit()
    return audit


def enter(client, stage, who):
    email = stage.person(getattr(stage, who)).email
    stage.session.commit()  # no reader of the test's own keeps the product from writing
    return client.sign_in(email)


@pytest.mark.parametrize("who", INSIDE)
def test_the_body_reads_the_plan_as_it_stands(client, stage, who):
    """S-21: objectives, scope, criteria, methods, team and agenda on one page; only makers may edit."""
    audit = in_state(stage, S.TEAM_CONFIRMED)
    enter(client, stage, who)
    assert client.get(f"/audits/{audit.id}/plan").status_code == 200
    for words in (
        "Judge conformity", "Managed hosting", "IT service level 2025", "Interview", "Opening meeting",
        "Central function", "Team leader",
    ):  # fmt: skip
        assert words in client.page.text
    assert ("Edit the plan" in client.page.text) is (who in {"planner", "leader"})


@pytest.mark.parametrize("who", ["manager", "member"])
def test_the_client_reads_what_was_issued(client, stage, who):
    """I-06: nothing of a plan in the making; then the version that was issued, not what is changed since."""
    audit = in_state(stage, S.TEAM_CONFIRMED)
    enter(client, stage, who)
    client.get(f"/audits/{audit.id}/plan")
    assert "The plan is not issued yet" in client.page.text
    assert "Judge conformity" not in client.page.text
    known = queries.planning_facts(stage.session, audit, stage.leader)
    facts = AuditFacts(**(known | {"checklist_size": 41}))
    operations.issue_plan(stage.session, stage.leader, audit, facts, now=NOW)
    operations.move(
        stage.session, stage.manager, audit, "return_plan", facts, now=NOW, reason="Other days."
    )
    audit.objectives = "Something quite different."
    stage.session.commit()
    client.get(f"/audits/{audit.id}/plan")
    assert "Version 1, issued by Leader" in client.page.text
    assert "Judge conformity" in client.page.text
    assert "quite different" not in client.page.text


@pytest.mark.parametrize("kind", [AuditKind.STAGE_2, AuditKind.SPECIAL])
@pytest.mark.parametrize("state", S)
def test_every_state_has_its_page(client, stage, state, kind):
    """I-06: the plan opens in every state, before and after its issue."""
    audit = in_state(stage, state, kind)
    plan = stage.session.scalars(select(Plan).where(Plan.audit_id == audit.id)).first()
    if plan is not None:  # the builder's plan is empty: put a real one behind it
        stage.session.execute(Plan.__table__.insert().values(**real_plan(stage, audit)))
        stage.session.commit()
    enter(client, stage, "planner")
    assert client.get(f"/audits/{audit.id}/plan").status_code == 200


def real_plan(stage, audit):
    from audit.planning.documents import content_of

    head = queries.audit_head(stage.session, stage.planner, audit.id)
    content = content_of(
        head,
        team=[(one, ["data-analysis"]) for one in queries.team(stage.session, audit.id)],
        sites=queries.sites(stage.session, audit),
        agenda=queries.agenda(stage.session, audit.id),
        more={"checklist_size": 1, "issued_by": "Leader"},
    )
    return {
        "audit_id": audit.id,
        "version": 2,
        "content": content,
        "issued_by_id": stage.leader.person_id,
        "issued_at": NOW,
    }


def test_foreign_and_missing_plans_look_the_same(client, app, stage):
    """S-32: another provider's audit and one that is not there: both 404, with the same words."""
    audit = in_state(stage, S.PLAN_ISSUED)
    with app.extensions["sessions"]() as session:
        stranger = user(session, organisation(session))[0]
        session.commit()
    client.sign_in(stranger.email)
    foreign = client.get(f"/audits/{audit.id}/plan")
    missing = client.get("/audits/99999/plan")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert client.get(f"/audits/{audit.id}/plan/1.en.pdf").status_code == 404


def test_the_issued_plan_is_printed_in_both_languages(client, app, stage):
    """S-21, I-06: a job prints it once in each language, twice makes nothing new; the page leads to both."""
    audit = issued(stage)
    enter(client, stage, "manager")
    client.get(f"/audits/{audit.id}/plan")
    assert "It is being printed." in client.page.text
    assert client.get(f"/audits/{audit.id}/plan/1.en.pdf").status_code == 503
    sessions, given = app.extensions["sessions"], app.extensions["settings"]
    with app.app_context():
        assert run_due(sessions, given, HANDLERS) == 1
    (job,) = seen(stage, select(Job))
    assert (job.kind, job.state, job.error) == ("plan:document", JobState.DONE, None)
    made = seen(stage, select(IssuedDocument))
    assert {(one.language, one.file_name) for one in made} == {
        ("en", f"{audit.number}-plan-1-en.pdf"),
        ("zh_CN", f"{audit.number}-plan-1-zh.pdf"),
    }
    client.get(f"/audits/{audit.id}/plan")
    for language in ("en", "zh_CN"):
        answer = client.get(f"/audits/{audit.id}/plan/1.{language}.pdf")
        assert answer.mimetype == "application/pdf"
        assert answer.data[:5] == b"%PDF-"
        assert "attachment" in answer.headers["Content-Disposition"]
    for wrong in ("2.en", "1.fr"):
        assert client.get(f"/audits/{audit.id}/plan/{wrong}.pdf").status_code == 404
    with sessions() as session:
        writing(session)
        session.get_one(Job, job.id).state = JobState.QUEUED
        session.commit()
    with app.app_context():
        run_due(sessions, given, HANDLERS)
    assert len(seen(stage, select(IssuedDocument))) == 2


@pytest.mark.parametrize(
    ("share", "how"), [(0, "On site"), (20, "On site and remote"), (100, "Remote")]
)
def test_the_printed_plan_tells_days_and_hours_of_each_site(app, stage, share, how):
    """I-06: on site or remote, dates and duration of a site from its entries on the agenda; duties."""
    audit = in_state(stage, S.TEAM_CONFIRMED)
    audit.remote_share = share
    (item,) = stage.session.scalars(select(AgendaItem).where(AgendaItem.audit_id == audit.id))
    plan = Plan(**real_plan(stage, audit))
    with app.app_context():
        g.language = "en"
        before = sheet_of(plan, "en")
        item.site_id = queries.sites(stage.session, audit)[0].site_id
        item.minutes = 90
        after = sheet_of(Plan(**real_plan(stage, audit)), "en")
    assert (before.sites[0].first_on, before.sites[0].last_on) == (audit.starts_on, audit.ends_on)
    assert before.sites[0].days == ""
    assert (after.sites[0].first_on, after.sites[0].last_on) == (audit.starts_on, audit.starts_on)
    assert after.sites[0].days == "1.5 hours"
    assert after.sites[0].how == how
    assert after.team[0].duties == "Leads the audit, assesses, signs the report"
    assert after.agenda[0].who == "Whole team"
    assert after.level_sought == "3 Excellent"


def seen(stage, query):
    """Read beside the test's own session, which would show what it knew before."""
    with stage.sessions() as session:
        return list(session.scalars(query))


def test_a_plan_needs_few_statements(client, stage, count_statements):
    """Quality: at most eight statements, whoever reads and in whatever state."""
    working, done = in_state(stage, S.TEAM_CONFIRMED), None
    for who in ("planner", "leader", "manager"):
        enter(client, stage, who)
        for audit in (working, done or working):
            client.get(f"/audits/{audit.id}/plan")
            with count_statements() as sent:
                client.get(f"/audits/{audit.id}/plan")
            assert len(sent) <= 8, sent
