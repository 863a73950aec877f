"""Pages of activity, jobs, mail and oversight."""

import re

import pytest

from audit.planning.rules import AuditState
from core.clock import utc_now
from core.events import Event, record
from core.jobs import Job, JobState
from core.mail import FileMailer, Mail, mail_folder
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, organisation, user
from tests.factories.audits import audit_in, world
from tests.factories.cases import appeal, certificate

OWN = {  # what an inspector may do: only to the own account and session
    "people.sign_in", "people.sign_out", "people.language", "people.act_for",
    "people.change_settings", "people.change_password", "people.end_session",
    "people.end_other_sessions", "people.request_reset", "people.reset", "access.accept",
    "access.register", "appeals.complain", "appeals.follow",
    "offline_api.wiped",  # a device known by its own token tells that it is empty
}  # fmt: skip


@pytest.fixture
def session(app):
    with app.extensions["sessions"]() as session:
        yield session


@pytest.fixture
def stage(session):
    made = world(session)
    session.commit()
    return made


@pytest.fixture
def inspector(session):
    regulator = organisation(session, OrganisationKind.REGULATOR)
    who, _ = user(session, regulator, Role.INSPECTOR)
    session.commit()
    return who


def enter(client, stage, actor):
    client.sign_in(stage.person(actor).email)


def test_the_log_is_read_filtered_and_taken_away(client, session, stage):
    """S-32: the audit trail as a list, as one event with before and after, and as a table."""
    record(
        session, stage.planner, "organisation:changed", stage.client, now=utc_now(),
        owner_id=stage.body.id, label="<b>X</b>", before={"name": "=A1"}, after={"name": "B"},
        reason="=cmd()",
    )  # fmt: skip
    session.commit()
    one = session.query(Event).filter(Event.subject_label == "<b>X</b>").one()
    session.commit()
    enter(client, stage, stage.administrator)
    assert client.get("/activity").status_code == 200
    assert (
        client.get("/activity?q=%25&kind=x'--&from=soon&to=9999-99-99&page=zz&who=%00").status_code
        == 200
    )
    answer = client.get(f"/activity/{one.id}")
    assert "<b>X</b>" not in answer.text
    for word in ("=A1", one.sha256, one.previous_sha256):
        assert word in client.page.text
    table = client.get("/activity/export.csv").text
    assert "'=cmd()" in table
    assert client.get("/activity/99999999").status_code == 404


def test_the_check_runs_and_its_result_is_shown(app, client, session, stage):
    """S-32: an administrator has the whole chain checked and reads the result."""
    from core import jobs

    enter(client, stage, stage.administrator)
    assert client.send("/activity/check").status_code == 302
    assert client.get("/activity").status_code == 200
    made = app.extensions
    jobs.run_due(made["sessions"], made["settings"], made["handlers"])
    client.get("/activity")
    assert "all sound" in client.page.text
    client.get("/jobs")
    assert "Check of the event log" in client.page.text


def test_failed_work_is_done_again_by_its_own_administrator(client, session, stage):
    """S-32: retry is a POST of the organisation's administrator."""
    job = Job(
        kind="report:document", payload={}, owner_id=stage.body.id, created_at=NOW, run_after=NOW,
        state=JobState.FAILED, error="<i>broken</i>", done=1, total=2,
    )  # fmt: skip
    session.add(job)
    session.commit()
    other = world(session)
    session.commit()
    enter(client, other, other.administrator)
    assert client.send(f"/jobs/{job.id}/retry").status_code == 404
    client.send("/sign-out")
    enter(client, stage, stage.administrator)
    assert "<i>broken" not in client.get("/jobs?state=failed").text
    assert client.send(f"/jobs/{job.id}/retry").status_code == 302
    assert client.send(f"/jobs/{job.id}/retry").status_code == 409


def test_mail_in_files_is_read_by_whom_it_concerns(app, client, session, settings, stage):
    """S-32: own people's messages only; a name cannot leave the folder."""
    other = world(session)
    session.commit()
    post = FileMailer(mail_folder(settings), "assay@localhost")
    for where in (stage, other):
        post.send(
            Mail(where.person(where.leader).email, "Hello", "Go to http://localhost/reset/abc")
        )
    enter(client, stage, stage.administrator)
    page = client.get("/mail").text
    names = re.findall(r"/mail/([\w-]+\.eml)", page)
    assert len(names) == 1
    assert client.get(f"/mail/{names[0]}").status_code == 200
    assert "/reset/abc" in client.page.text
    foreign = next(one.name for one in mail_folder(settings).iterdir() if one.name != names[0])
    for name in (foreign, "nothing.eml", "..%2f..%2fsecret-key", ".hidden.eml", "x"):
        assert client.get(f"/mail/{name}").status_code == 404, name


def test_oversight_lists_and_opens_the_file(client, session, stage, inspector):
    """S-25: every certificate, figures that lead to lists, and the whole file."""
    one = certificate(session, stage)
    audit_in(session, AuditState.REPORT_ISSUED, within=stage)
    session.commit()
    client.sign_in(inspector.email)
    assert client.get("/oversight/").status_code == 200
    links = {each.get("href") for tag, each in client.page.elements if tag == "a"}
    assert "/oversight/?state=active" in links
    assert (
        client.get(
            "/oversight/?state=active&level=3&body=x&standard=%27&until=zz&sort=-level&q=_"
        ).status_code
        == 200
    )
    assert client.get("/oversight/?body=9999999999999999999999").status_code == 200
    assert client.get(f"/oversight/certificates/{one.id}").status_code == 200
    links = {each.get("href", "") for tag, each in client.page.elements if tag == "a"}
    for start in ("/audits/", "/engagements/"):
        assert any(link.startswith(start) for link in links), start
    assert one.number in client.get("/oversight/export.csv?state=active").text
    assert client.get("/oversight/certificates/99999").status_code == 404


def test_who_may_open_the_pages(client, session, stage, inspector):
    """S-32: least privilege."""
    paths = ("/activity", "/jobs", "/mail", "/oversight/", "/inbox/")
    expected = {
        "administrator": (200, 200, 200, 403, 200),
        "planner": (403, 403, 403, 403, 200),
        "leader": (403, 403, 403, 403, 200),
        "decider": (403, 403, 403, 403, 200),
        "officer": (403, 403, 403, 403, 200),
        "manager": (403, 403, 403, 403, 200),
        "member": (403, 403, 403, 403, 200),
    }
    people = {name: stage.person(getattr(stage, name)).email for name in expected}
    people["inspector"], expected["inspector"] = inspector.email, (200, 403, 403, 200, 200)
    for name, email in people.items():
        client.sign_in(email)
        assert tuple(client.get(path).status_code for path in paths) == expected[name], name
        client.send("/sign-out")


def test_an_inspector_changes_nothing(app, client, session, stage, inspector):
    """S-32, S-25: no POST but those on the own account and session answers an inspector below 400."""
    audit_in(session, AuditState.REPORT_ISSUED, within=stage)
    appeal(session, stage)
    certificate(session, stage)
    session.commit()
    client.sign_in(inspector.email)
    tried = 0
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint in OWN:
            continue
        values = {name: _value(rule, name) for name in rule.arguments}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method="POST")
        assert client.send(path).status_code >= 400, path
        tried += 1
    assert tried > 30


def _value(rule, name):
    found = re.search(rf"<any\(([^)]*)\):{name}>", rule.rule)
    if found:
        return found.group(1).split(",")[0].strip()
    return 1


def test_pages_need_few_statements(client, session, stage, inspector, count_statements):
    """Quality 4: at most eight statements a page."""
    one = certificate(session, stage)
    audit_in(session, AuditState.REPORT_ISSUED, within=stage)
    for _ in range(30):
        appeal(session, stage)
    session.commit()
    event_id = session.query(Event).filter(Event.owner_id == stage.body.id).first().id
    session.commit()
    logs = ("/activity", f"/activity/{event_id}", "/jobs", "/mail", "/activity/export.csv")
    for email, paths in (
        (stage.person(stage.administrator).email, logs),
        (inspector.email, ("/oversight/", f"/oversight/certificates/{one.id}", "/oversight/export.csv", "/activity")),
    ):  # fmt: skip
        client.sign_in(email)
        for path in paths:
            client.get(path)
            with count_statements() as sent:
                assert client.get(path).status_code == 200, path
            assert len(sent) <= 8, f"{path}: {len(sent)}"
        client.send("/sign-out")
