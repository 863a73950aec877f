"""Pages of appeals and complaints."""

import re

import pytest

from certification.appeals import queries
from certification.appeals.models import Case
from certification.appeals.rules import CaseState
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import organisation, user
from tests.factories.audits import world
from tests.factories.cases import appeal, certificate, complaint, decision, walk

HOSTILE = "<script>alert(1)</script>'\"%s {{7*7}}"


@pytest.fixture
def stage(app):
    with app.extensions["sessions"]() as session:
        made = world(session)
        session.commit()
        yield made


@pytest.fixture
def session(app):
    with app.extensions["sessions"]() as session:
        yield session


def enter(client, stage, actor):
    client.sign_in(stage.person(actor).email)


def filled(stage, **values):
    given = {
        "body_id": str(stage.body.id),
        "subject": "Nobody answers",
        "text": "For three days.",
        "from_name": "Wang Fang",
        "from_email": "wang@example.org",
    }
    return given | values


def test_anybody_complains_and_follows_with_a_code(client, stage, session):
    """I-18: without an account one sends a complaint and reads how it stands."""
    client.get("/complaints/new?certificate=X-1")
    answer = client.send("/complaints/new", filled(stage))
    assert answer.status_code == 200
    code = re.search(r"(?:[2-9A-Z]{4}-){5}[2-9A-Z]{4}", client.page.text).group()
    answer = client.send("/complaints/follow", {"code": code.lower()})
    assert answer.status_code == 200
    assert "C-20" in client.page.text
    assert "Received" in client.page.text
    assert "Wang" not in client.page.text
    assert client.send("/complaints/follow", {"code": "AAAA-AAAA"}).status_code == 422
    assert session.query(Case).one().from_email == "wang@example.org"


@pytest.mark.parametrize(
    "wrong",
    [
        {"body_id": "", "subject": ""},
        {"body_id": "999999"},
        {"body_id": "9" * 40},
        {"body_id": "x"},
        {"subject": "x" * 300},
        {"text": " "},
        {"text": "bell \x07"},
        {"from_email": "not an address"},
        {"certificate_number": "NOT-THERE"},
    ],
)
def test_bad_complaints_are_told_what_is_wrong(client, stage, session, wrong):
    """I-18: bad input answers 422, keeps what was typed and makes no case."""
    assert client.send("/complaints/new", filled(stage, **wrong)).status_code == 422
    assert session.query(Case).count() == 0


def test_hostile_words_stay_words(client, stage, session):
    """S-32: what a stranger types is shown as text to the officer and opens nothing."""
    answer = client.send("/complaints/new", filled(stage, subject=HOSTILE, text=HOSTILE))
    assert answer.status_code == 200
    enter(client, stage, stage.officer)
    one = session.query(Case).one()
    body = client.get(f"/appeals/{one.id}").text
    assert "<script>alert(1)" not in body
    assert HOSTILE in client.page.text
    assert (
        client.get("/appeals?q=%25_%5C'%00&state=zzz&kind=;drop&sort=-x&page=-1").status_code == 200
    )


def test_too_many_complaints_wait(client, stage):
    """I-18, S-32: the fourth complaint of one sender within minutes is told to wait."""
    answers = [client.send("/complaints/new", filled(stage)).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_an_officer_takes_a_case_to_its_end(client, stage, session):
    """I-18: all steps on the page, by two people."""
    one = appeal(session, stage)
    approver, _ = user(session, stage.body, Role.OFFICER)
    session.commit()
    base = f"/appeals/{one.id}"
    enter(client, stage, stage.officer)
    assert client.get(base).status_code == 200
    assert client.send(f"{base}/acknowledge", {"due_on": "2001-01-01"}).status_code == 422
    assert client.send(f"{base}/acknowledge", {"due_on": "soon"}).status_code == 422
    assert client.send(f"{base}/acknowledge", {"due_on": "2140-01-01"}).status_code == 302
    assert client.send(f"{base}/steps/reject", {"reason": " "}).status_code == 422
    for action in ("validate", "investigate"):
        assert client.send(f"{base}/steps/{action}").status_code == 302
    assert client.send(f"{base}/steps/approve").status_code == 409
    assert client.get(f"{base}/investigation").status_code == 200
    stale = {"investigation": "Read.", "outcome": "Stands.", "revision": "1"}
    assert client.send(f"{base}/investigation", stale).status_code == 409
    fresh = {"investigation": "Read.", "outcome": "Stands."}
    assert client.send(f"{base}/investigation", fresh).status_code == 302
    assert client.send(f"{base}/steps/approve").status_code == 409
    assert client.send(f"{base}/steps/fly").status_code == 404
    client.send("/sign-out")
    client.sign_in(approver.email)
    assert client.send(f"{base}/steps/send_back", {}).status_code == 422
    assert client.send(f"{base}/steps/approve").status_code == 302
    client.send("/sign-out")
    enter(client, stage, stage.officer)
    for action in ("notify", "close"):
        assert client.send(f"{base}/steps/{action}").status_code == 302
    session.refresh(one)
    assert one.state is CaseState.CLOSED


def test_the_provider_never_reads_who_complained(client, stage, session):
    """I-18, I-32: before admission nothing, then the words without name and address."""
    one, _ = complaint(
        session,
        stage,
        from_name="Wang Fang",
        from_email="wang@example.org",
        certificate_number=certificate(session, stage).number,
    )
    session.commit()
    enter(client, stage, stage.manager)
    assert client.get(f"/appeals/{one.id}").status_code == 404
    walk(session, stage, one, CaseState.INVESTIGATING)
    session.commit()
    for path in ("/appeals", f"/appeals/{one.id}", "/appeals/export.csv"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Nobody answers" in answer.text
        assert "Wang" not in answer.text
        assert "wang@" not in answer.text
        assert "The decision stands." not in answer.text
    client.send("/sign-out")
    enter(client, stage, stage.officer)
    assert "wang@example.org" in client.get(f"/appeals/{one.id}").text


def test_a_client_lodges_an_appeal(client, stage, session):
    """I-18: against one of its own decisions only."""
    made = decision(session, stage)
    foreign = decision(session, world(session))
    session.commit()
    enter(client, stage, stage.manager)
    words = {"subject": "Too low", "text": "The outage was not ours."}
    assert client.get("/appeals/new").status_code == 200
    assert client.send("/appeals/new", words | {"decision_id": foreign.id}).status_code == 422
    assert client.send("/appeals/new", words | {"decision_id": ""}).status_code == 422
    assert client.send("/appeals/new", words | {"decision_id": made.id}).status_code == 302
    assert session.query(Case).one().decision_id == made.id


def test_who_may_open_the_pages(client, stage, session):
    """S-32, I-18: least privilege; the regulator reads and takes no step."""
    one = appeal(session, stage)
    regulator = organisation(session, OrganisationKind.REGULATOR)
    inspector, _ = user(session, regulator, Role.INSPECTOR)
    session.commit()
    expected = {
        "officer": (200, 403, 302), "decider": (200, 403, 403), "manager": (200, 200, 403),
        "planner": (403, 403, 403), "leader": (403, 403, 403), "administrator": (403, 403, 403),
        "member": (403, 403, 403),
    }  # fmt: skip
    people = {name: stage.person(getattr(stage, name)).email for name in expected}
    people["inspector"], expected["inspector"] = inspector.email, (200, 403, 403)
    for name in sorted(people, key=lambda name: name == "officer"):
        client.sign_in(people[name])
        got = (
            client.get(f"/appeals/{one.id}").status_code,
            client.get("/appeals/new").status_code,
            client.send(f"/appeals/{one.id}/acknowledge", {"due_on": "2140-01-01"}).status_code,
        )
        assert got == expected[name], name
        client.send("/sign-out")
    assert client.get(f"/appeals/{one.id}").status_code == 302


def test_pages_need_few_statements(client, stage, session, count_statements):
    """Quality 4: at most eight statements a page, six a save."""
    one = appeal(session, stage)
    for _ in range(30):
        appeal(session, stage)
    session.commit()
    enter(client, stage, stage.officer)
    for path in ("/appeals", f"/appeals/{one.id}", "/appeals/export.csv", "/complaints/new", "/"):
        with count_statements() as sent:
            assert client.get(path).status_code == 200
        assert len(sent) <= 8, f"{path}: {len(sent)}"
    assert len(queries.waiting(session, stage.officer)) == 31


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_public_pages_speak_both_languages(client, stage, language):
    """I-18: the public form answers in the reader's language."""
    for path in ("/complaints/new", "/complaints/follow"):
        answer = client.get(path, headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.text
