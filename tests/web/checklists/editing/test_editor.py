"""The editor of a criterion: all fields, both languages, conflicts, ways onward."""

import pytest
from sqlalchemy import select, update

from checklists.standards.models import Criterion, StandardEditor, StandardVersion
from core.events import Event
from tests.web.checklists.shelf import both_halves


def given(one, **changes):
    """Give what the page would send about a criterion."""
    data = {
        "revision": one.revision,
        "code": one.code,
        "dimension": one.dimension,
        "area": one.area.value,
        "stage": one.stage.value,
        "level_from": one.level_from,
        "weight": one.weight,
        "methods": one.methods,
        "sources": ", ".join(one.sources),
    }
    for stem in ("title", "requirement", "guidance", "evidence"):
        for language in ("zh", "en"):
            data[f"{stem}_{language}"] = getattr(one, f"{stem}_{language}")
    if one.critical:
        data["critical"] = "y"
    for n, cited in enumerate(one.citations):
        data |= {f"citations-{n}-code": cited["code"], f"citations-{n}-clause": cited["clause"]}
    return data | changes


def path(shelf, one, rest=""):
    return f"/standards/{shelf.draft}/outline/criteria/{one.id}{rest}"


def test_every_field_is_kept(client, shelf, count_statements):
    """S-34, S-35: texts, traits, methods, sources, citations; one event with the words before and after."""
    client.sign_in("second@example.org")
    one = shelf.criterion()
    data = given(
        one,
        code="S1.3-new",
        title_en="Another title",
        requirement_zh="新的要求",
        dimension="",
        area="people",
        stage="improvement",
        level_from=4,
        weight=5,
        critical="y",
        methods=["interview", "system_test"],
        sources="S-21, I-05",
    ) | {"citations-0-code": "GDPR", "citations-0-clause": "32"}
    assert client.send(path(shelf, one), data).status_code == 302
    with count_statements() as sent:
        again = shelf.criterion("S1.3-new")
        answer = client.send(path(shelf, one), given(again, guidance_en="Look twice."))
    assert answer.status_code == 302
    assert len(sent) <= 7 + 2, "\n\n".join(sent)  # the shelf looks once itself
    now = shelf.criterion("S1.3-new")
    assert (now.title_en, now.requirement_zh, now.dimension) == ("Another title", "新的要求", "")
    assert (now.area, now.stage, now.level_from, now.weight) == ("people", "improvement", 4, 5)
    assert now.critical
    assert now.methods == ["interview", "system_test"]
    assert now.sources == ["S-21", "I-05"]
    assert now.citations == [{"code": "GDPR", "clause": "32", "verified": False}]
    assert now.guidance_en == "Look twice."
    event = shelf.row(Event, Event.name == "criterion:changed")
    assert event.before["title_en"] == "Criterion 3"
    assert event.after["title_en"] == "Another title"
    assert (event.within_kind, event.within_id) == ("standard_version", shelf.draft)
    editors = shelf.session.scalars(select(StandardEditor.person_id)).all()
    assert editors == [shelf.who["second"].person_id]


def test_saving_nothing_leaves_no_trace(client, shelf):
    """S-05: an event is a change."""
    client.sign_in("planner@example.org")
    before = shelf.events()
    one = shelf.criterion()
    assert client.send(path(shelf, one), given(one)).status_code == 302
    assert shelf.events() == before


def test_what_the_page_shows_is_what_is_stored(client, shelf):
    """S-34: sending the form as it is shown changes nothing, sources and citations included."""
    with shelf.session.begin():
        shelf.session.execute(
            update(Criterion)
            .where(Criterion.standard_version_id == shelf.draft, Criterion.code == "S1.3")
            .values(citations=[{"code": "GDPR", "clause": "32", "verified": True}])
        )
    client.sign_in("planner@example.org")
    one = shelf.criterion()
    page = client.get(path(shelf, one)).text
    assert 'value="S-03"' in page
    assert 'value="GDPR"' in page
    client.send(path(shelf, one), given(one, title_en="New"))
    assert shelf.criterion().citations == [{"code": "GDPR", "clause": "32", "verified": True}]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"code": "with space"}, "Use letters, digits, dots"),
        ({"code": "S1.4"}, "Another criterion of this draft has this code."),
        ({"code": ""}, "Fill this in."),
        ({"level_from": "9"}, "Write a number from 1 to 5."),
        ({"weight": "0"}, "Write a number from 1 to 5."),
        ({"area": "nowhere"}, "Not a valid choice"),
        ({"sources": "chapter 4"}, "is no row of requirements"),
        ({"citations-0-code": "", "citations-0-clause": "32"}, "Fill this in."),
        ({"title_en": "x" * 241}, "Field cannot be longer than 240"),
    ],
)
def test_wrong_input_is_told_and_kept(client, shelf, wrong, told):
    """S-34: what is wrong stands beside its field; everything typed is still there."""
    client.sign_in("planner@example.org")
    one = shelf.criterion()
    answer = client.send(path(shelf, one), given(one, guidance_en="My words", **wrong))
    assert answer.status_code == 422
    assert told in client.page.text
    assert "My words" in answer.text
    assert shelf.criterion().guidance_en == "Look at the record."


def test_two_people_on_one_criterion(client, shelf):
    """S-34: the second sees both texts, word by word, and chooses."""
    client.sign_in("planner@example.org")
    one = shelf.criterion()
    theirs = {
        "requirement_en": "The provider does thing 3 daily.",
        "evidence_en": "The log.",
        "sources": "S-21",
        "level_from": 5,
        "citations-0-code": "GDPR",
    }
    client.send(path(shelf, one), given(one, **theirs))
    client.sign_in("second@example.org")
    mine = given(one, requirement_en="The provider does thing 3 weekly.", title_en="Mine")
    answer = client.send(path(shelf, one), mine)
    assert answer.status_code == 409
    assert "Two people changed this at the same time" in client.page.text
    assert "<del>daily</del>" in answer.text
    assert "<ins>weekly</ins>" in answer.text
    assert shelf.criterion().requirement_en == "The provider does thing 3 daily."
    sent = {
        each["name"]: each["value"]
        for tag, each in client.page.elements
        if tag == "input"
        and each.get("value")
        and each["name"] not in {"methods", "q", "csrf_token"}
    }
    assert (sent["sources"], sent["level_from"], sent["citations-0-code"]) == ("S-21", "5", "GDPR")
    assert "The log.</textarea>" in answer.text
    fresh = mine | sent | {"evidence_en": "The log."}
    kept = client.send(path(shelf, one), fresh | {"keep": "mine"})
    assert kept.status_code == 302
    now = shelf.criterion()
    assert now.requirement_en == "The provider does thing 3 weekly."
    assert (now.evidence_en, now.level_from, now.title_en) == ("The log.", 5, "Mine")
    left = client.send(path(shelf, one), given(one, title_en="Late") | {"keep": "theirs"})
    assert left.status_code == 302
    assert shelf.criterion().title_en == "Mine"


def test_onward_to_what_is_missing(client, shelf):
    """S-34: the next one, the next without English, the next without Chinese, around the end."""
    with shelf.session.begin():
        for code, column in (("S1.2", "title_en"), ("S2.60", "guidance_zh")):
            shelf.session.execute(
                update(Criterion)
                .where(Criterion.standard_version_id == shelf.draft, Criterion.code == code)
                .values({column: ""})
            )
    client.sign_in("planner@example.org")
    one = shelf.criterion()
    page = client.get(path(shelf, one)).text
    assert "Next without English" in page
    for go, code in (("next", "S1.4"), ("en", "S1.2"), ("zh", "S2.60")):
        goal = client.send(path(shelf, one), given(one) | {"go": go}).location
        assert goal.endswith(f"/{shelf.criterion(code).id}"), go
    outline = client.get(f"/standards/{shelf.draft}/outline/?show=en").text
    assert "S1.2" in outline
    assert "S1.5" not in outline


def test_rows_of_citations_without_script(client, shelf):
    """S-35: buttons add and remove a row and save nothing."""
    client.sign_in("planner@example.org")
    one = shelf.criterion()
    more = client.send(path(shelf, one), given(one) | {"add_row": "citations"})
    assert more.status_code == 200
    assert 'name="citations-0-code"' in more.text
    less = client.send(
        path(shelf, one),
        given(one) | {"citations-0-code": "GDPR", "remove_row": "citations-0"},
    )
    assert 'name="citations-0-code"' not in less.text
    assert shelf.criterion().citations == []


def test_new_duplicate_move_remove(client, shelf, count_statements):
    """S-34: criteria come, are copied, change sections and go; the order has no gap; each is one event."""
    client.sign_in("planner@example.org")
    first, second = shelf.section("S1"), shelf.section("S2")
    one = shelf.criterion()
    new = f"/standards/{shelf.draft}/outline/criteria/new"
    assert f'value="{second.id}"' in client.get(f"{new}?section={second.id}").text
    data = given(one, code="S2.new", revision="", section_id=first.id)
    assert client.send(new, data).status_code == 302
    assert shelf.codes()[50] == "S2.new"
    assert shelf.version().criteria_count == 61
    assert client.send(new, data).status_code == 422
    with count_statements() as sent:
        client.send(path(shelf, one, "/duplicate"))
    assert len(sent) <= 9, "\n\n".join(sent)
    assert shelf.codes()[2:4] == ["S1.3", "S1.3-2"]
    with count_statements() as sent:
        client.send(path(shelf, one, "/place"), {"target": second.id})
    assert len(sent) <= 8, "\n\n".join(sent)
    assert shelf.codes()[-1] == "S1.3"
    assert client.send(path(shelf, one, "/place"), {"target": 4711}).status_code == 422
    assert client.send(path(shelf, one, "/remove")).status_code == 302
    assert "S1.3" not in shelf.codes()
    assert shelf.version().criteria_count == 61
    assert shelf.events()[-4:] == [
        "criterion:added",
        "criterion:added",
        "criterion:moved",
        "criterion:removed",
    ]
    assert shelf.row(Event, Event.name == "criterion:removed").before["title_en"] == "Criterion 3"


@pytest.mark.parametrize("state", ["in_review", "published"])
def test_only_drafts_open_in_the_editor(client, shelf, state):
    """Guard 4: what is in review or published is refused, with the way to go on."""
    key = shelf.published
    if state == "in_review":
        client.sign_in("planner@example.org")
        client.send(f"/standards/{shelf.draft}/steps/submit", {"revision": 1})
        key = shelf.draft
    one = shelf.criterion(version=key)
    client.sign_in("planner@example.org")
    status = 409 if key == shelf.draft else 404 if shelf.version(key).body_id else 409
    for rest in ("", f"criteria/{one.id}", "criteria/new", "sections/new"):
        assert client.get(f"/standards/{key}/outline/{rest}").status_code == status, rest
    for rest in (f"criteria/{one.id}", f"criteria/{one.id}/remove", "moves"):
        answer = client.send(f"/standards/{key}/outline/{rest}", given(one))
        assert answer.status_code == status
    assert shelf.criterion(version=key).title_en == "Criterion 3"


@pytest.mark.parametrize(
    ("who", "status"), [("auditor", 403), ("decider", 403), ("manager", 403), ("stranger", 404)]
)
def test_who_may_not_edit(client, shelf, who, status):
    """S-34: planners and administrators of the body write; nobody else."""
    client.sign_in(f"{who}@example.org")
    one = shelf.criterion()
    assert client.get(path(shelf, one)).status_code == status
    assert client.send(path(shelf, one), given(one, title_en="x")).status_code == status
    assert client.send(path(shelf, one, "/remove")).status_code == status
    assert client.get(f"/standards/{shelf.draft}/outline/").status_code == status


@pytest.mark.parametrize("size", [10, 1200])
def test_the_editor_needs_few_statements(client, shelf, count_statements, size):
    """quality: at most eight statements a page at any size."""
    from tests.factories.checklists import standard_data

    made = both_halves(shelf.session, shelf.who["planner"], standard_data(size, code=f"N{size}"))
    shelf.session.commit()
    key = made.id
    one = shelf.criterion(version=key)
    client.sign_in("planner@example.org")
    for rest in ("", f"criteria/{one.id}", f"sections/{one.section_id}"):
        with count_statements() as sent:
            assert client.get(f"/standards/{key}/outline/{rest}").status_code == 200
        assert len(sent) <= 8, (rest, sent)
    assert shelf.row(StandardVersion, StandardVersion.id == key).criteria_count == size
