"""The outline of a draft: sections, order, what is wanting."""

import re

import pytest
from sqlalchemy import select

from checklists.standards.models import Section


def outline(shelf, rest=""):
    return f"/standards/{shelf.draft}/outline/{rest}"


def titles(shelf):
    found = shelf.session.scalars(
        select(Section.code)
        .where(Section.standard_version_id == shelf.draft)
        .order_by(Section.position)
    ).all()
    shelf.session.rollback()
    return list(found)


def test_sections_come_change_and_go(client, shelf):
    """S-34: a section is added, renamed, emptied into another one and removed; each is one event."""
    client.sign_in("planner@example.org")
    answer = client.send(outline(shelf, "sections/new"), {"code": "S3", "title_zh": "第三"})
    assert answer.status_code == 302
    third = shelf.section("S3")
    assert titles(shelf) == ["S1", "S2", "S3"]
    taken = client.send(outline(shelf, "sections/new"), {"code": "S3", "title_en": "Twice"})
    assert taken.status_code == 422
    assert "Another section of this draft has this code." in client.page.text
    changed = {"code": "S3", "title_zh": "第三", "title_en": "Third", "revision": third.revision}
    one = outline(shelf, f"sections/{third.id}")
    assert client.send(one, changed).status_code == 302
    assert shelf.section("S3").title_en == "Third"
    second = shelf.section("S2")
    full = outline(shelf, f"sections/{second.id}")
    assert client.send(f"{full}/remove").status_code == 422
    assert "This section holds criteria" in client.page.text
    assert client.send(f"{full}/empty", {"target": second.id}).status_code == 422
    assert client.send(f"{full}/empty", {"target": third.id}).status_code == 302
    assert client.send(f"{full}/remove").status_code == 302
    assert titles(shelf) == ["S1", "S3"]
    assert shelf.codes()[-1] == "S2.60"
    assert shelf.version().criteria_count == 60
    assert shelf.events()[-4:] == [
        "section:added",
        "section:changed",
        "section:emptied",
        "section:removed",
    ]


def test_two_people_on_one_section(client, shelf):
    """S-34: a section's title is not overwritten unseen."""
    client.sign_in("planner@example.org")
    one = shelf.section("S1")
    page = outline(shelf, f"sections/{one.id}")
    data = {"code": "S1", "title_en": "First", "title_zh": one.title_zh, "revision": one.revision}
    client.send(page, data)
    answer = client.send(page, data | {"title_en": "Mine"})
    assert answer.status_code == 409
    revision = re.search(r'name="revision"[^>]*value="(\d+)"', answer.text)[1]
    assert client.send(page, data | {"title_en": "Mine", "revision": revision}).status_code == 302
    assert shelf.section("S1").title_en == "Mine"


def test_order_by_buttons(client, shelf, count_statements):
    """S-34: criteria and sections change places; at a section's edge a criterion enters the next one."""
    client.sign_in("planner@example.org")

    def move(kind, key, way):
        with count_statements() as sent:
            answer = client.send(outline(shelf, "moves"), {"move": f"{kind}:{key}:{way}"})
        assert answer.status_code == 302
        assert len(sent) <= 8, "\n\n".join(sent)

    third = shelf.criterion("S1.3").id
    move("criterion", third, "up")
    assert shelf.codes()[:3] == ["S1.1", "S1.3", "S1.2"]
    move("criterion", third, "down")
    assert shelf.codes()[:3] == ["S1.1", "S1.2", "S1.3"]
    last = shelf.criterion("S1.50")
    move("criterion", last.id, "down")
    assert shelf.criterion("S1.50").section_id == shelf.section("S2").id
    assert shelf.codes()[48:51] == ["S1.49", "S1.50", "S2.51"]
    move("criterion", last.id, "up")
    assert shelf.criterion("S1.50").section_id == shelf.section("S1").id
    move("criterion", shelf.criterion("S1.1").id, "up")
    assert shelf.codes()[0] == "S1.1"
    move("section", shelf.section("S2").id, "up")
    assert titles(shelf) == ["S2", "S1"]
    assert shelf.codes()[0] == "S2.51"
    before = shelf.events()
    move("section", shelf.section("S2").id, "up")
    assert shelf.events() == before


def test_a_criterion_enters_an_empty_section(client, shelf):
    """S-34: nothing stands in the way of an empty section at the end."""
    client.sign_in("planner@example.org")
    client.send(outline(shelf, "sections/new"), {"code": "S3", "title_en": "Third"})
    last = shelf.criterion("S2.60")
    client.send(outline(shelf, "moves"), {"move": f"criterion:{last.id}:down"})
    assert shelf.criterion("S2.60").section_id == shelf.section("S3").id


@pytest.mark.parametrize("asked", ["", "criterion:x:up", "criterion:1:left", "thing:1:up"])
def test_a_move_that_makes_no_sense(client, shelf, asked):
    """S-34: refused in plain words."""
    client.sign_in("planner@example.org")
    answer = client.send(outline(shelf, "moves"), {"move": asked})
    assert answer.status_code == 422
    missing = client.send(outline(shelf, "moves"), {"move": "criterion:987654:up"})
    assert missing.status_code == 404


@pytest.mark.parametrize("show", ["zh", "en", "wordless", "unassigned", "nonsense"])
def test_what_is_wanting(client, shelf, show):
    """S-34: a whole draft wants nothing; an unknown filter filters nothing."""
    client.sign_in("planner@example.org")
    page = client.get(outline(shelf, f"?show={show}")).text
    assert ("No criterion fits" in page) == (show != "nonsense")
    assert "S1.7" in client.get(outline(shelf, "?q=s1.7")).text
