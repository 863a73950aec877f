"""The pages of imports and exports (I-26, I-27)."""

import io
import json

import pytest
from sqlalchemy import func, select

from checklists.incoming.rules import Choices
from checklists.interchange.models import StandardImport
from checklists.interchange.storage import open_file, read_file
from checklists.standards.models import Criterion, StandardVersion
from core.events import Event
from core.jobs import run_due
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import member, organisation, person
from tests.factories.catalogs import catalog, control, group
from tests.factories.checklists import small_standard, standard_data

HERE = "/standards/import"
STRANGE = b"Nr,Was\n1,Do this.\n2,Do that.\n"
CHOSEN = {
    "code": "t",
    "version": "1",
    "title_zh": "",
    "title_en": "T",
    "language": "",
    "dimension": "",
    "area": "people",
    "stage": "delivery",
    "level_from": "1",
    "weight": "1",
}


@pytest.fixture
def people(app):
    """A planner and an auditor of one body, a planner of another, a provider's manager."""
    with app.extensions["sessions"]() as session:
        body = organisation(session, OrganisationKind.BODY)
        other = organisation(session, OrganisationKind.BODY)
        provider = organisation(session)
        found = {}
        for name, where, role in (
            ("planner", body, Role.PLANNER),
            ("auditor", body, Role.AUDITOR),
            ("stranger", other, Role.PLANNER),
            ("manager", provider, Role.MANAGER),
        ):
            who = person(session, email=f"{name}@example.org")
            member(session, who, where, role)
            found[name] = who.email
        session.commit()
    return found


@pytest.fixture
def planner(client, people):
    return client.sign_in(people["planner"])


@pytest.fixture
def read(app):
    """Read from the database."""

    def scalar(query):
        with app.extensions["sessions"]() as session:
            return session.scalar(query)

    return scalar


def hand_over(client, content, name="t.csv"):
    return client.send(HERE, {"file": (io.BytesIO(content), name)})


def work(app):
    with app.app_context():
        extensions = app.extensions
        run_due(extensions["sessions"], extensions["settings"], extensions["handlers"])


def test_from_a_foreign_table_to_a_draft(app, planner, read):
    """I-27: file, columns, preview, confirmation, the worker, the draft; a GET changes nothing."""
    answer = hand_over(planner, STRANGE)
    assert answer.location.endswith(f"{HERE}/1/columns")
    planner.get(f"{HERE}/1", follow_redirects=True)
    assert "What are the columns of t.csv?" in planner.page.text
    assert "Do this." in planner.page.text
    answer = planner.send(answer.location, {"revision": "1", "c0": "code", "c1": ""})
    assert answer.status_code == 422
    assert "Say which column holds the requirement." in planner.page.text
    answer = planner.send(f"{HERE}/1/columns", {"c0": "requirement", "c1": "requirement"})
    assert "Another column is this already." in planner.page.text
    answer = planner.send(f"{HERE}/1/columns", {"revision": "1", "c0": "code", "c1": "requirement"})
    assert answer.location == f"{HERE}/1"
    page = planner.get(f"{HERE}/1")
    assert "This is what would be written." in page.text
    assert "Import 2 criteria as a draft" in page.text
    assert read(select(func.count(StandardVersion.id))) == 0
    planner.send(f"{HERE}/1", CHOSEN | {"revision": "2", "confirm": "1"})
    assert "The worker will write it in a moment." in planner.get(f"{HERE}/1").text
    work(app)
    page = planner.get(f"{HERE}/1")
    assert "2 criteria were imported as a draft." in page.text
    version_id = read(select(StandardVersion.id))
    assert f'href="/standards/{version_id}"' in page.text
    assert read(select(Criterion.area).limit(1)) == "people"
    assert hand_over(planner, STRANGE).location == f"{HERE}/2"  # the columns are known now


def test_a_catalog_is_shown_before_it_is_written(planner, read):
    """I-26: counts, warnings with pointers, the first criteria; looking again keeps what was chosen."""
    gone = control("c-2", props=[{"name": "status", "value": "withdrawn"}])
    strange = control("c-3", title="Mind <b>this</b>")
    data = json.dumps(catalog(group("g", control("c-1"), gone, strange))).encode()
    assert hand_over(planner, data, "some-catalog.json").location == f"{HERE}/1"
    page = planner.get(f"{HERE}/1")
    assert "c-2 is withdrawn and left out." in page.text
    assert "/catalog/groups/0/controls/1" in page.text
    assert "Mind &lt;b&gt;this&lt;/b&gt;" in page.text
    assert "<b>this</b>" not in page.text
    again = planner.send(f"{HERE}/1", CHOSEN | {"code": "CAT", "revision": "1"})
    assert again.status_code == 302
    assert 'value="CAT"' in planner.get(f"{HERE}/1").text
    late = planner.send(f"{HERE}/1", CHOSEN | {"revision": "1"})
    assert late.status_code == 409
    assert read(select(func.count(StandardVersion.id))) == 0


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b'{"assessment-plan": {}}', "p.json", "an OSCAL assessment plan"),
        (b'{"catalog": {', "c.json", "breaks off"),
        (b"", "t.csv", "The file is empty."),
        (b"code,requirement\n\xff\xff", "t.csv", "byte 17"),
    ],
)
def test_what_cannot_be_read_is_told_and_not_kept(planner, read, content, name, words):
    """I-26 I-27: on the page where it was handed over."""
    assert hand_over(planner, content, name).status_code == 422
    assert words in planner.page.text
    assert planner.send(HERE, {}).status_code == 422
    assert read(select(func.count(StandardImport.id))) == 0


def test_problems_keep_a_file_from_being_written(planner, read):
    """I-27: row and column of each; no button to import; a forged confirmation is refused."""
    hand_over(planner, b"code,title,requirement,level\n1,T,R,9\n1,T,R,2\n")
    planner.send(
        f"{HERE}/1/columns", {"c0": "code", "c1": "title", "c2": "requirement", "c3": "level_from"}
    )
    page = planner.get(f"{HERE}/1").text
    assert "row 2, column D (level)" in page
    assert "the first is at row 2, column A (code)" in page
    assert "as a draft" not in page
    answer = planner.send(f"{HERE}/1", CHOSEN | {"confirm": "1"})
    assert answer.status_code == 422
    assert read(select(StandardImport.state)) == "pending"


def test_a_taken_version_is_told_with_a_free_one(app, planner):
    """S-34: the preview says it, and so does the refusal."""
    with app.extensions["sessions"]() as session:
        small_standard(session, 5)
        session.commit()
    hand_over(planner, json.dumps(standard_data(6)).encode(), "s.json")
    assert 'value="1.1"' in planner.get(f"{HERE}/1").text
    answer = planner.send(f"{HERE}/1", CHOSEN | {"code": "SMALL", "version": "1.0", "confirm": "1"})
    assert answer.status_code == 422
    assert "Version 1.0 of SMALL is there already. 1.1 is free." in planner.page.text
    planner.send(f"{HERE}/1", CHOSEN | {"code": "SMALL", "version": "1.1", "confirm": "1"})
    work(app)
    assert "/standards/comparison?old=1&amp;new=2" in planner.get(f"{HERE}/1").text.replace(
        "n/?", "n?"
    )


def test_where_the_table_begins_can_be_said(planner):
    """I-27: another row as head gives another proposal."""
    hand_over(planner, b"a title,,\nAlpha,Beta,Gamma\nX,Do.,1\n")
    planner.get(f"{HERE}/1/columns?head=2")
    assert "B: Beta" in planner.page.text
    assert planner.get(f"{HERE}/1/columns?head=99").status_code == 200
    planner.send(f"{HERE}/1/columns?head=2", {"c1": "requirement", "c0": "code"})
    assert "Do." in planner.get(f"{HERE}/1").text


def test_discarding_writes_nothing(planner, read):
    """I-27: the file is gone, the page says so, and cannot be taken up again."""
    hand_over(planner, STRANGE)
    assert "t.csv" in planner.get(HERE).text
    planner.send(f"{HERE}/1/discard", {"revision": "1"})
    assert "This import is over and nothing was written." in planner.get(f"{HERE}/1").text
    assert planner.get(f"{HERE}/1/columns").status_code == 404
    assert planner.send(f"{HERE}/1/discard", {}).status_code == 409
    assert read(select(func.count(StandardVersion.id))) == 0
    assert read(select(func.count(Event.id)).where(Event.name == "import:discarded")) == 1


def test_imports_are_for_those_who_edit_and_for_their_body(client, people):
    """S-32: 403 without the permission, 404 for another body's import."""
    client.sign_in(people["planner"])
    hand_over(client, STRANGE)
    client.send("/sign-out")
    client.sign_in(people["stranger"])
    assert "t.csv" not in client.get(HERE).text
    for url in (f"{HERE}/1", f"{HERE}/1/columns"):
        assert client.get(url).status_code == 404
        assert client.send(url, CHOSEN).status_code == 404
    assert client.send(f"{HERE}/1/discard", {}).status_code == 404
    client.send("/sign-out")
    client.sign_in(people["auditor"])
    assert client.get(HERE).status_code == 403
    assert hand_over(client, STRANGE).status_code == 403
    assert client.get(f"{HERE}/template").status_code == 403


@pytest.mark.parametrize("form", ["oscal", "yaml", "csv", "xlsx"])
def test_whoever_may_read_a_version_may_take_it_along(app, client, people, form):
    """I-26 I-27: as a download that the product reads again; drafts of a body stay unseen."""
    with app.extensions["sessions"]() as session:
        version_id = small_standard(session, 12).id
        session.commit()
    client.sign_in(people["manager"])
    answer = client.get(f"/standards/{version_id}/export/{form}")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=SMALL-1.0.")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    found = read_file(open_file(answer.data, "x"), Choices())
    assert len(found.pack.criteria) == 12
    assert client.get(f"/standards/999/export/{form}").status_code == 404
    assert f"/standards/{version_id}/export/{form}" in client.get(f"/standards/{version_id}").text


def test_drafts_are_exported_by_their_body_only(app, client, people, planner):
    """S-34: what is not published is not given out to others."""
    hand_over(planner, json.dumps(standard_data(3, code="OURS")).encode(), "s.json")
    planner.send(f"{HERE}/1", CHOSEN | {"code": "OURS", "confirm": "1"})
    work(app)
    assert planner.get("/standards/1/export/yaml").status_code == 200
    planner.send("/sign-out")
    client.sign_in(people["manager"])
    assert client.get("/standards/1/export/yaml").status_code == 404


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_templates_lead_straight_to_the_preview(client, people, planner, language):
    """I-27: the empty table in both languages and forms; filled in, nothing has to be asked."""
    planner.set_cookie("language", language)
    for form in ("xlsx", "csv"):
        answer = planner.get(f"{HERE}/template?format={form}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        opened = open_file(answer.data, f"t.{form}")
        assert opened.certain
    text = answer.data.decode("utf-8-sig").strip()
    row = ["A", "", "Part", "A.1", "", "Title", "", "Do."] + [""] * 19
    assert hand_over(planner, f"{text}\n{','.join(row)}\n".encode()).location == f"{HERE}/1"


def test_pages_cost_the_same_at_any_size(planner, count_statements):
    """quality 1: the preview of a large file asks the database no more than that of a small one."""
    hand_over(planner, json.dumps(standard_data(10)).encode(), "a.json")
    hand_over(planner, json.dumps(standard_data(400, code="B")).encode(), "b.json")
    costs = []
    for n in (1, 2):
        with count_statements() as sent:
            planner.get(f"{HERE}/{n}")
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 8
    with count_statements() as sent:
        planner.get(HERE)
    assert len(sent) <= 8
