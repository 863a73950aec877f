"""A version's way from the draft to its publication, as people click it."""

import pytest

from checklists.standards.models import StandardVersion
from checklists.standards.rules import StandardState
from core.db import make_sessions

STEPS = "/standards/{}/steps/{}"


def take(client, shelf, action, **data):
    """Press the button of a step, with the revision the page shows."""
    revision = shelf.version().revision
    return client.send(STEPS.format(shelf.draft, action), {"revision": revision, **data})


def test_from_draft_to_published(client, shelf, count_statements):
    """S-34: written, reviewed by another person, approved, published; the version before is superseded."""
    client.sign_in("planner@example.org")
    client.get(f"/standards/{shelf.draft}")
    assert "Send for review" in client.page.text
    with count_statements() as sent:
        assert take(client, shelf, "submit").status_code == 302
    assert len(sent) <= 6, "\n\n".join(sent)
    client.get(f"/standards/{shelf.draft}")
    assert "Take back from the review" in client.page.text
    client.sign_in("decider@example.org")
    client.get(f"/standards/{shelf.draft}")
    assert "You changed none of its texts" in client.page.text
    assert take(client, shelf, "approve").status_code == 302
    client.sign_in("admin@example.org")
    with count_statements() as sent:
        assert take(client, shelf, "publish").status_code == 302
    assert len(sent) <= 7, "\n\n".join(sent)
    assert shelf.version().state is StandardState.PUBLISHED
    before = shelf.version(shelf.published)
    assert (before.state, before.superseded_at) == (
        StandardState.SUPERSEDED,
        shelf.version().published_at,
    )
    assert shelf.events()[-4:] == [
        "standard:submitted",
        "standard:approved",
        "standard:superseded",
        "standard:published",
    ]
    page = client.get(f"/standards/{shelf.draft}").text
    assert "Who did what" in page
    assert "Next step" not in page


def test_a_reviewer_who_wrote_in_it_reads_why_not(client, shelf):
    """S-34: whoever changed a criterion finds the reason where the button would be, and the step is refused."""
    from accounts.people.models import Membership, MembershipRole, Person

    place = shelf.row(
        Membership,
        Membership.person_id == shelf.row(Person, Person.email == "second@example.org").id,
    )
    shelf.session.add(MembershipRole(membership_id=place.id, role="decider"))
    shelf.session.commit()
    client.sign_in("second@example.org")
    one = shelf.criterion()
    client.send(f"/standards/{shelf.draft}/outline/criteria/{one.id}/duplicate")
    assert take(client, shelf, "submit").status_code == 302
    client.get(f"/standards/{shelf.draft}")
    assert "You changed its texts; somebody else has to approve it" in client.page.text
    assert "You sent it for review; somebody else has to approve it" in client.page.text
    assert take(client, shelf, "approve").status_code == 409
    assert shelf.version().state is StandardState.IN_REVIEW


def test_back_with_a_reason(client, shelf):
    """S-34: a reviewer returns it, an administrator reopens what was approved; both say why."""
    client.sign_in("planner@example.org")
    take(client, shelf, "submit")
    client.sign_in("decider@example.org")
    assert take(client, shelf, "return").status_code == 422
    assert "Say why." in client.page.text
    assert take(client, shelf, "return", reason="The levels are uneven.").status_code == 302
    version = shelf.version()
    assert (version.state, version.submitted_by_id) == (StandardState.DRAFT, None)
    client.sign_in("planner@example.org")
    client.get(f"/standards/{shelf.draft}")
    assert "The levels are uneven." in client.page.text
    take(client, shelf, "submit")
    assert take(client, shelf, "recall").status_code == 302
    take(client, shelf, "submit")
    client.sign_in("decider@example.org")
    take(client, shelf, "approve")
    client.sign_in("admin@example.org")
    assert take(client, shelf, "reopen", reason="A law changed.").status_code == 302
    version = shelf.version()
    assert (version.state, version.approved_by_id) == (StandardState.DRAFT, None)


@pytest.mark.parametrize(
    ("who", "action", "status"),
    [
        ("auditor", "submit", 403),
        ("manager", "approve", 403),
        ("stranger", "submit", 404),
        ("decider", "submit", 403),
        ("admin", "approve", 409),
        ("planner", "publish", 409),
    ],
)
def test_wrong_people_and_wrong_moments(client, shelf, who, action, status):
    """S-34: each step by the right person, in the right state."""
    client.sign_in(f"{who}@example.org")
    assert take(client, shelf, action).status_code == status
    assert shelf.version().state is StandardState.DRAFT


def test_it_waits_on_the_home_page(client, shelf, count_statements):
    """S-34: what is in review waits for the decider, what is approved for the administrator, with one way in."""
    client.sign_in("planner@example.org")
    take(client, shelf, "submit")
    for who, title, action in (
        ("decider", "Review the new version of a standard", "approve"),
        ("admin", "Publish the new version of a standard", "publish"),
    ):
        client.sign_in(f"{who}@example.org")
        with count_statements() as sent:
            page = client.get("/").text
        assert len(sent) <= 8, sent
        assert title in page
        assert f"/standards/{shelf.draft}" in page
        assert "Read what changed" in client.get(f"/standards/{shelf.draft}").text
        take(client, shelf, action)
        assert title not in client.get("/").text


def test_sibling_pages_stand_under_standards(client, shelf):
    """frame: the navigation tells where one is on the pages of every feature about standards."""
    client.sign_in("planner@example.org")
    for rest in ("", "/outline/", "/citations/", "/use/", "/copy"):
        client.get(f"/standards/{shelf.draft}{rest}")
        marked = [
            each["href"]
            for tag, each in client.page.elements
            if tag == "a" and each.get("aria-current") == "page" and each["href"] == "/standards/"
        ]
        assert marked == ["/standards/"], rest


def test_a_step_on_a_page_that_is_out_of_date(client, shelf):
    """S-34: who reviews a page that changed meanwhile is told, and nothing happens."""
    client.sign_in("planner@example.org")
    answer = client.send(STEPS.format(shelf.draft, "submit"), {"revision": 77})
    assert answer.status_code == 409
    assert shelf.version().state is StandardState.DRAFT


def test_what_is_missing_is_said_with_the_way(client, shelf):
    """S-34: an empty section stands in the way of the review, with a link to it."""
    client.sign_in("planner@example.org")
    client.send(
        f"/standards/{shelf.draft}/outline/sections/new", {"code": "S9", "title_en": "Empty"}
    )
    page = client.get(f"/standards/{shelf.draft}").text
    assert "1 section is empty" in page
    assert f"/standards/{shelf.draft}/outline/" in page
    assert take(client, shelf, "submit").status_code == 409


def test_who_sees_a_draft(client, shelf):
    """S-34: a draft is nobody's business outside its body; published versions are everybody's."""
    for who, status in (
        ("planner", 200),
        ("decider", 200),
        ("admin", 200),
        ("auditor", 404),
        ("stranger", 404),
        ("manager", 404),
    ):
        client.sign_in(f"{who}@example.org")
        paths = ("", "/criteria/S1.3", "/citations/", "/use/")
        for rest in paths:
            assert client.get(f"/standards/{shelf.draft}{rest}").status_code == status, (who, rest)
            assert client.get(f"/standards/{shelf.published}{rest}").status_code == 200
        assert ("2.0" in client.get("/standards/").text) == (status == 200)
        compared = client.get(f"/standards/comparison/?old={shelf.published}&new={shelf.draft}")
        assert compared.status_code == status


@pytest.mark.parametrize(("language", "word"), [("en", "Published"), ("zh-CN", "已发布")])
def test_the_list(client, shelf, language, word):
    """S-34: found by words and state, in both languages; nothing found is said."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    client.sign_in("manager@example.org")
    with shelf.session.begin():
        from sqlalchemy import update

        from accounts.people.models import Person

        shelf.session.execute(update(Person).values(language="zh_CN" if "zh" in language else "en"))
    assert word in client.get("/standards/").text
    assert "SMALL" in client.get("/standards/?q=small&state=published").text
    assert "SMALL" not in client.get("/standards/?q=nothing").text
    assert "SMALL" not in client.get("/standards/?state=draft").text


def test_readers_never_meet_a_gap(client, shelf):
    """S-34: where a text is missing the reader gets the other language, marked as such; editors see the gap."""
    from sqlalchemy import update

    from checklists.standards.models import Criterion

    shelf.session.execute(
        update(Criterion)
        .where(Criterion.standard_version_id == shelf.draft, Criterion.code == "S1.3")
        .values(requirement_en="", title_en="")
    )
    shelf.session.commit()
    client.sign_in("planner@example.org")
    page = client.get(f"/standards/{shelf.draft}/criteria/S1.3").text
    assert '<p class="prose" lang="zh-CN">The provider does thing 3.（中）</p>' in page
    page = client.get(f"/standards/{shelf.draft}").text
    assert "1 criterion lacks English texts" in page
    filtered = client.get(f"/standards/{shelf.draft}?lacks=en").text
    assert "S1.3" in filtered
    assert "S1.4" not in filtered


@pytest.mark.parametrize("size", [10, 1200])
def test_the_page_needs_few_statements(client, app, shelf, count_statements, size):
    """quality: at most eight statements at any size."""
    from tests.factories.checklists import small_standard

    with make_sessions(app.extensions["engine"])() as session:
        key = small_standard(session, size, code=f"N{size}").id
        session.commit()
    client.sign_in("planner@example.org")
    for path in (f"/standards/{key}", f"/standards/{key}/citations/", f"/standards/{key}/use/"):
        with count_statements() as sent:
            assert client.get(path).status_code == 200
        assert len(sent) <= 8, (path, sent)
    assert shelf.row(StandardVersion, StandardVersion.id == key).criteria_count == size


def test_filters_of_a_version(client, shelf):
    """S-06: by dimension, area, stage, level, critical; the numbers lead to their criteria."""
    client.sign_in("planner@example.org")
    for query in ("dimension=response", "area=people", "stage=design", "level=1", "critical=1"):
        page = client.get(f"/standards/{shelf.draft}?{query}").text
        assert "of 60" in page, query
    assert "No criterion fits" in client.get(f"/standards/{shelf.draft}?dimension=-").text
    assert client.get(f"/standards/{shelf.draft}?level=x&area=y&stage=z&lacks=q").status_code == 200
