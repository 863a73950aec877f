"""Pages of schemes: who sees which, the editor part by part, steps, comparison, a rating on trial."""

import io

import pytest
import yaml
from sqlalchemy import select

from accounts.people.models import Person
from checklists.scheme_parts.rules import Part
from checklists.schemes.models import Scheme, SchemeVersion
from checklists.schemes.operations import PACKS, SHIPPED_SCHEMES, read
from checklists.schemes.rules import SchemeState
from core.events import Event
from notifications.queries import recipients


def names(desk):
    """Name the events about scheme versions, oldest first."""
    with desk.rows() as session:
        query = select(Event.name).where(Event.subject_kind == "scheme_version").order_by(Event.id)
        return list(session.scalars(query))


@pytest.mark.parametrize("part", list(Part))
def test_a_part_saved_as_it_stands_changes_nothing(desk, part, count_statements):
    """S-02: what the editor shows is what is there: sending it back is no change and leaves no event."""
    desk.as_("planner")
    before, told = desk.content, names(desk)
    typed = desk.typed(part.value)
    with count_statements() as sent:
        answer = desk.save(part.value, typed)
    assert answer.status_code == 302, desk.client.page.text
    assert desk.content == before
    assert names(desk) == told
    assert len(sent) <= 6
    with count_statements() as sent:
        assert desk.client.get(f"{desk.url}/parts/{part.value}").status_code == 200
    assert len(sent) <= 8


def test_one_saving_is_one_event_with_what_changed(desk, count_statements):
    """S-05: the event names each field with the figure before and after."""
    desk.as_("planner")
    typed = desk.typed(
        "dimensions", **{"dimensions-0-weight": "0.30", "dimensions-4-weight": "０.１０"}
    )
    with count_statements() as sent:
        answer = desk.save("dimensions", typed)
    assert answer.location.endswith(f"{desk.url}#dimensions")
    assert len(sent) <= 6
    with desk.rows() as session:
        (event,) = session.scalars(select(Event).where(Event.name == "scheme:edited"))
        assert event.before == {"/dimensions/0/weight": 0.25, "/dimensions/4/weight": 0.15}
        assert event.after == {"/dimensions/0/weight": 0.3, "/dimensions/4/weight": 0.1}
        version = session.get_one(SchemeVersion, desk.draft_id)
        from checklists.standards.operations import content_digest

        assert version.content_sha256 == content_digest(version.content)
        assert version.revision == 2


def test_what_is_not_right_is_kept_and_told_at_its_field(desk):
    """S-05: a draft may be saved incomplete: what was typed stays, each problem stands at its field, in Chinese too."""
    desk.as_("planner")
    typed = desk.typed("dimensions", **{"dimensions-0-weight": "much", "dimensions-1-title-zh": ""})
    answer = desk.save("dimensions", typed)
    assert answer.location.endswith("/parts/dimensions")
    page = desk.client.get(answer.location)
    fields = {each.get("id"): each for tag, each in desk.client.page.elements if tag == "input"}
    assert fields["dimensions-0-weight"]["value"] == "much"
    for name in ("dimensions-0-weight", "dimensions-1-title-zh"):
        assert fields[name]["aria-invalid"] == "true"
        assert f'href="#{name}"' in page.text
    assert "A number from 0 to 1 is needed here." in page.text
    with desk.rows() as session:
        session.get_one(Person, desk.world.planner.person_id).language = "zh_CN"
    chinese = desk.client.get(answer.location).text
    assert "这里要填0到1之间的数字。" in chinese
    assert "已按现状保存，但还有需要改正之处" in chinese
    with desk.rows() as session:
        session.get_one(Person, desk.world.planner.person_id).language = "en"
    whole = desk.client.get(desk.url)
    assert f"{desk.url}/parts/dimensions#dimensions-0-weight" in whole.text
    assert (
        "2 things in its content are not right yet" in desk.client.page.text
        or "3 things" in whole.text
    )
    refused = desk.client.send(f"{desk.url}/submit", {"revision": "2"})
    assert refused.status_code == 409
    assert desk.state is SchemeState.DRAFT


def test_rows_come_and_go_without_script(desk):
    """S-02: levels are data: a sixth is added and the first removed; nothing is saved before one says so."""
    desk.as_("planner")
    more = desk.save("levels", desk.typed("levels", add_row="levels"))
    assert "levels-5-cut" in more.text
    fewer = desk.save("levels", desk.typed("levels", remove_row="levels-0"))
    assert 'id="levels-0-cut"' not in fewer.text
    assert len(desk.content["levels"]) == 5
    typed = desk.typed("levels")
    typed = {name: value for name, value in typed.items() if not name.startswith("levels-4-")}
    assert desk.save("levels", typed).status_code == 302
    assert [one["number"] for one in desk.content["levels"]] == [1, 2, 3, 4]
    metrics = desk.client.get(f"{desk.url}/parts/metrics").text
    assert "One figure for each of the 4 levels is needed." in metrics
    assert "add_row" in metrics


def test_two_people_on_one_part_see_both(desk):
    """S-05: the later saving of the same part is refused with both texts; another part is no conflict."""
    desk.as_("planner")
    mine = desk.typed("cycle", **{"cycle-years": "4"})
    other_part = desk.typed("sites", **{"site_sampling-initial": "1.5"})
    desk.as_("other")
    desk.save("cycle", desk.typed("cycle", **{"cycle-years": "5"}))
    desk.as_("planner")
    assert desk.save("sites", other_part).status_code == 302
    answer = desk.save("cycle", mine)
    assert answer.status_code == 409
    assert "By Other planner" in answer.text
    assert desk.content["cycle"]["years"] == 5
    seen = next(e["value"] for _t, e in desk.client.page.elements if e.get("name") == "seen")
    left = desk.save("cycle", mine | {"seen": seen, "keep": "theirs"})
    assert (left.status_code, desk.content["cycle"]["years"]) == (302, 5)
    kept = desk.save("cycle", mine | {"seen": seen, "keep": "mine"})
    assert (kept.status_code, desk.content["cycle"]["years"]) == (302, 4)


def test_texts_too_long_or_with_control_characters_are_refused(desk):
    """S-05: what cannot be kept answers 422, and everything typed is still there."""
    desk.as_("planner")
    answer = desk.save("frame", desk.typed("frame", **{"title-zh": "长" * 300, "title-en": "Kept"}))
    assert answer.status_code == 422
    assert 'value="Kept"' in answer.text
    wrong = desk.save("sites", desk.typed("sites", **{"site_sampling-initial": "9" * 60}))
    assert wrong.status_code == 422
    odd = desk.save("frame", desk.typed("frame", standard_version_id="98765"))
    assert odd.status_code == 422


def test_the_steps_to_publication(desk, count_statements):
    """S-34: review by somebody who wrote nothing of it, return with a reason, approval, publication."""
    desk.as_("planner")
    with count_statements() as sent:
        desk.client.get(desk.url)
    assert len(sent) <= 8
    assert "Send for review" in desk.client.page.text
    assert desk.client.send(f"{desk.url}/submit", {"revision": "1"}).status_code == 302
    assert desk.client.get(f"{desk.url}/parts/frame").status_code == 409
    assert desk.client.send(f"{desk.url}/approve", {"revision": "2"}).status_code == 403
    desk.as_("decider")
    assert desk.client.send(f"{desk.url}/return", {"revision": "2"}).status_code == 422
    desk.client.send(
        f"{desk.url}/return", {"revision": "2", "reason": "The cuts <b>lie</b> too close."}
    )
    assert "The cuts &lt;b&gt;lie&lt;/b&gt; too close." in desk.client.get(desk.url).text
    desk.as_("planner")
    assert desk.client.send(f"{desk.url}/submit", {"revision": "2"}).status_code == 409
    desk.client.send(f"{desk.url}/submit", {"revision": "3"})
    desk.as_("decider")
    desk.client.send(f"{desk.url}/approve", {"revision": "4"})
    assert desk.client.send(f"{desk.url}/publish", {"revision": "5"}).status_code == 403
    desk.as_("administrator")
    desk.client.send(f"{desk.url}/publish", {"revision": "5"})
    assert desk.state is SchemeState.PUBLISHED
    assert [name.partition(":")[2] for name in names(desk)] == [
        "published", "drafted", "submitted", "returned", "submitted", "approved", "published",
    ]  # fmt: skip
    desk.as_("manager")
    assert desk.client.get(desk.url).status_code == 200
    desk.as_("planner")
    page = desk.client.send(f"{desk.url}/draft", {}, follow_redirects=True)
    assert "Version 2 is a draft" in page.text
    assert desk.client.send(f"{desk.url}/draft", {}).status_code == 409


def test_the_next_step_waits_on_the_home_page(desk):
    """S-34: the draft waits for who began it, the review for a decider, the publication for an administrator."""
    title = {
        "planner": "Finish the scheme",
        "decider": "Review the scheme",
        "administrator": "Publish the scheme",
    }
    waits = []
    for step, who in (("submit", "planner"), ("approve", "decider"), ("publish", "administrator")):
        for name, words in title.items():
            desk.as_(name)
            desk.client.get("/")
            if words in desk.client.page.text and "OWN 1" in desk.client.page.text:
                waits.append(name)
        desk.as_(who)
        desk.client.send(f"{desk.url}/{step}", {})
    assert waits == ["planner", "decider", "administrator"]
    with desk.rows() as session:
        told = {}
        for event in session.scalars(
            select(Event).where(Event.name.in_(["scheme:submitted", "scheme:approved"]))
        ):
            told[event.name] = [one.email for one in recipients(session, event)]
    assert told == {
        "scheme:submitted": [desk.emails["decider"]], "scheme:approved": [desk.emails["administrator"]],
    }  # fmt: skip


def test_who_sees_a_draft(desk):
    """S-32: a draft is for people of its body who edit, review or publish; what is published for everybody."""
    for name in ("planner", "other", "decider", "administrator"):
        desk.as_(name)
        assert desk.client.get(desk.url).status_code == 200, name
        assert "OWN" in desk.client.get("/schemes/").text
    for name in ("leader", "officer", "manager", "rival"):
        desk.as_(name)
        for url in ("", "/content.yaml", "/changes/"):
            assert desk.client.get(desk.url + url).status_code == 404, (name, url)
        desk.client.get("/schemes/")
        assert "OWN" not in desk.client.page.text
        assert desk.client.get(f"/schemes/{desk.common_id}").status_code == 200
    desk.as_("rival")
    for url in ("/parts/levels", "/trial/"):
        assert desk.client.get(desk.url + url).status_code == 404
    for url in ("/submit", "/draft"):
        assert desk.client.send(desk.url + url, {}).status_code == 404
    common = f"/schemes/{desk.common_id}"
    assert desk.client.send(f"{common}/draft", {}).status_code == 404
    assert desk.client.get(f"{common}/parts/levels").status_code == 404


def test_a_scheme_of_ones_own(desk):
    """S-02: made from a common one under a code that is free; the content comes along."""
    desk.as_("planner")
    url = f"/schemes/{desk.common_id}/own"
    assert 'value="IT service level scheme"' in desk.client.get(url).text
    given = {"code": "OWN", "title_zh": "二", "title_en": "Two"}
    taken = desk.client.send(url, given)
    assert (taken.status_code, "The code OWN is taken" in taken.text) == (422, True)
    assert desk.client.send(url, given | {"code": "a b"}).status_code == 422
    made = desk.client.send(url, given | {"code": "TWO"}, follow_redirects=True)
    assert "Two" in made.text
    with desk.rows() as session:
        made = session.scalars(select(Scheme).where(Scheme.code == "TWO")).one()
        assert made.body_id == desk.world.body.id


def test_out_and_in_again(desk):
    """I-27: what is exported is read again as a draft with the same content, whole or not at all."""
    desk.as_("planner")
    text = desk.client.get(f"/schemes/{desk.common_id}/content.yaml").text
    shipped = read(PACKS / SHIPPED_SCHEMES[0][-1])
    assert yaml.safe_load(text) == shipped
    assert text.index("levels:") < text.index("dimensions:") < text.index("status_words:")

    def hand_in(data, code="NEW"):
        pack = (io.BytesIO(data.encode() if isinstance(data, str) else data), "scheme.yaml")
        return desk.client.send(
            "/schemes/import", {"pack": pack, "code": code}, follow_redirects=True
        )

    assert "The file was read as a draft." in hand_in(text).text
    with desk.rows() as session:
        made = session.scalars(
            select(SchemeVersion)
            .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
            .where(Scheme.code == "NEW")
        ).one()
        assert made.content == shipped | {"code": "NEW", "version": 1}
        assert made.state is SchemeState.DRAFT
        count = session.query(SchemeVersion).count()
    broken = hand_in(
        text.replace("weight: 0.25", "weight: 0.5").replace("cut: 40", "cut: forty"), "N2"
    )
    assert broken.status_code == 422
    for words in ("/levels/0/cut", "/dimensions", "Level 1, From a score of", "add up to 1.25"):
        assert words in desk.client.page.text, words
    for data in (
        b"\xff\xfe", "a: [", "a: &x [1]\nb: *x", "[" * 5000, "x" * 300_000, "", "- 1", "{a: 2026-01-01}",
        text.replace("code: ITSL-2025", "code: NOWHERE"),
    ):  # fmt: skip
        assert hand_in(data, "N3").status_code == 422, data[:40]
    assert hand_in(text, "ITSL").status_code == 422
    assert desk.client.send("/schemes/import", {"code": "N4"}).status_code == 422
    with desk.rows() as session:
        assert session.query(SchemeVersion).count() == count


def test_a_comparison_names_every_field(desk, count_statements):
    """S-34: word by word where texts differ, rows that came or went, in both directions."""
    desk.as_("planner")
    desk.save(
        "levels",
        desk.typed("levels", **{"levels-1-title-en": "Standard plus", "levels-1-cut": "60"}),
    )
    with count_statements() as sent:
        page = desk.client.get(f"{desk.url}/changes/").text
    assert len(sent) <= 8
    assert "<ins>" in page
    assert "Standard<ins> plus</ins>" in page
    assert "<del>55</del> <ins>60</ins>" in page
    back = desk.client.get(f"/schemes/{desk.common_id}/changes/?with={desk.draft_id}").text
    assert "Standard<del> plus</del>" in back
    assert desk.client.get(f"{desk.url}/changes/?with=987654").status_code == 404


def test_the_list_is_searched_and_filtered(desk, count_statements):
    """S-02: common and own schemes, by words and state."""
    desk.as_("planner")
    for query, shown in (
        ("", {"ITSL", "OWN"}), ("?whose=own", {"OWN"}), ("?whose=common", {"ITSL"}), ("?state=draft", {"OWN"}),
        ("?q=自己", {"OWN"}), ("?q=%25", set()), ("?whose=others", set()), ("?state=nothing&whose=x", {"ITSL", "OWN"}),
    ):  # fmt: skip
        with count_statements() as sent:
            desk.client.get(f"/schemes/{query}")
        codes = {
            word
            for word in ("ITSL", "OWN")
            if f"{word}\n" in desk.client.page.text or word in desk.client.page.text.split()
        }
        assert codes == shown, query
        assert len(sent) <= 8


def test_only_own_and_common_schemes_are_offered(desk):
    """I-01: who applies to a body chooses among the common schemes and that body's own."""
    from certification.applications import operations as applications
    from core.errors import Invalid
    from tests.factories.accounts import NOW

    for action, name in (
        ("submit", "planner"),
        ("approve", "decider"),
        ("publish", "administrator"),
    ):
        desk.as_(name)
        desk.client.send(f"{desk.url}/{action}", {})
    assert desk.state is SchemeState.PUBLISHED
    desk.as_("manager")
    page = desk.client.get("/applications/new").text
    assert "only with" in page
    with desk.rows() as session:
        from accounts.organisations.models import Organisation

        rival = session.scalars(
            select(Organisation).where(
                Organisation.kind == "body", Organisation.id != desk.world.body.id
            )
        ).first()
        values = {
            "scheme_version_id": desk.draft_id, "level_sought": 3, "scope_zh": "", "scope_en": "", "site_ids": [],
            "service_ids": [], "outsourcing": "", "consultancy": "", "consultancy_ended_on": None, "remarks": "",
        }  # fmt: skip
        with pytest.raises(Invalid, match="offers"):
            applications.draft(session, desk.world.manager, values | {"body_id": rival.id}, now=NOW)
        applications.draft(
            session, desk.world.manager, values | {"body_id": desk.world.body.id}, now=NOW
        )
