"""Two versions side by side."""

import csv
import io

import pytest
from sqlalchemy import update

from checklists.drafting import operations as drafting
from checklists.standards.models import Criterion, StandardVersion
from tests.factories.accounts import NOW
from tests.factories.checklists import small_standard


@pytest.fixture
def changed(shelf):
    """The draft with one criterion changed, one moved, one gone and one come."""
    with shelf.session.begin():
        here = Criterion.standard_version_id == shelf.draft
        run = shelf.session.execute
        run(
            update(Criterion)
            .where(here, Criterion.code == "S1.3")
            .values(
                requirement_en="The provider does thing 3 every day.",
                level_from=5,
                citations=[{"code": "GDPR", "clause": "32", "verified": False}],
            )
        )
        run(update(Criterion).where(here, Criterion.code == "S1.7").values(position=900))
        run(
            update(Criterion)
            .where(here, Criterion.code == "S2.55")
            .values(code="FRESH", title_en="=Fresh", title_zh="", requirement_en="+New words")
        )
    return shelf


def compared(shelf, rest=""):
    return f"/standards/comparison/?old={shelf.published}&new={shelf.draft}{rest}"


def test_field_by_field_word_by_word(client, changed):
    """S-34: what came and went is marked within the sentence; numbers and citations as wholes."""
    client.sign_in("planner@example.org")
    page = client.get(compared(changed)).text
    assert "The provider does thing 3<ins> every day</ins>." in page
    assert "<ins>5</ins>" in page
    assert "<ins>GDPR 32</ins>" in page
    assert "It stands elsewhere in its section." in page
    assert "Criterion 55" in page
    assert "FRESH" in page
    same = client.get(f"/standards/comparison/?new={changed.draft}")
    assert "The provider does thing 3<ins> every day</ins>." in same.text


@pytest.mark.parametrize(
    ("rest", "shown", "hidden"),
    [
        ("&kind=added", "FRESH", "S1.3"),
        ("&kind=removed", "S2.55", "FRESH"),
        ("&kind=changed", "S1.3", "S1.7"),
        ("&kind=moved", "S1.7", "S1.3"),
        ("&section=S2", "FRESH", "S1.3"),
        ("&q=every+day", "S1.3", "FRESH"),
    ],
)
def test_filters(client, changed, rest, shown, hidden):
    """S-34: by kind of change, section and words."""
    client.sign_in("planner@example.org")
    page = client.get(compared(changed, rest)).text
    assert f">{shown}</span>" in page
    assert f">{hidden}</span>" not in page
    assert "No difference fits" in client.get(compared(changed, f"{rest}&q=nowhere")).text or rest


def test_nothing_differs(client, shelf):
    """S-34: said in words."""
    client.sign_in("planner@example.org")
    assert "Their criteria are the same" in client.get(compared(shelf)).text
    assert "Choose two versions" in client.get("/standards/comparison/").text


def test_the_list_as_a_table(client, changed):
    """S-34: a line for each field, and no text of people is a formula (quality 8)."""
    client.sign_in("planner@example.org")
    answer = client.get(
        f"/standards/comparison/list.csv?old={changed.published}&new={changed.draft}"
    )
    assert answer.mimetype == "text/csv"
    head, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert head[-2:] == ["SMALL 1.0", "SMALL 2.0"]
    assert ["Changed", "S1.3", "S1.3", "S1", "S1", "From level", "1", "5"] in rows
    assert ["Moved", "S1.7", "S1.7", "S1", "S1", "", "", ""] in rows
    added = [row for row in rows if row[2] == "FRESH"]
    assert {row[-1] for row in added} >= {"'=Fresh", "'+New words"}
    assert [row for row in rows if row[1] == "S2.55" and row[-2] == "Criterion 55"]
    only = client.get(
        f"/standards/comparison/list.csv?old={changed.published}&new={changed.draft}&kind=moved"
    )
    assert len(only.text.strip().splitlines()) == 2
    assert client.get("/standards/comparison/list.csv").status_code == 404


def test_two_different_standards(client, shelf):
    """S-34: any two versions can be compared."""
    other = small_standard(shelf.session, 5, code="OTHER")
    shelf.session.commit()
    client.sign_in("manager@example.org")
    page = client.get(f"/standards/comparison/?old={shelf.published}&new={other.id}").text
    assert "Removed" in page
    assert "S2.60" not in page.split("<article")[1]


@pytest.mark.parametrize("size", [10, 1200])
def test_few_statements_at_any_size(client, shelf, count_statements, size):
    """quality: three queries and the sign-in, for ten criteria as for 1,200; long lists come in pages."""
    base = small_standard(shelf.session, size, code=f"N{size}")
    made = drafting.copy(shelf.session, shelf.who["planner"], base, f"N{size}", "2", now=NOW)
    shelf.session.execute(
        update(Criterion)
        .where(Criterion.standard_version_id == made.id)
        .values(guidance_en="Look at another record.")
    )
    shelf.session.commit()
    client.sign_in("planner@example.org")
    key = made.id
    with count_statements() as sent:
        page = client.get(f"/standards/comparison/?old={base.id}&new={key}").text
    assert len(sent) <= 4, sent
    assert page.count("<article") == min(size, 40)
    if size > 40:
        assert "page=30" in page
        last = client.get(f"/standards/comparison/?old={base.id}&new={key}&page=30").text
        assert last.count("<article") == 40
    assert shelf.row(StandardVersion, StandardVersion.id == key).criteria_count == size
