"""The page that rates an audit under a draft: it shows, and writes nothing."""

from sqlalchemy import func, select

from audit.planning.rules import AuditState
from audit.rating.models import RatingRecord
from checklists.schemes import operations, queries
from core.events import Event
from tests.factories.accounts import NOW


def draft_of(pages, **weights):
    """Make a scheme of the body with other weights; gives its address."""
    with pages.rows() as session:
        who = pages.world.planner
        row = queries.version(session, who, pages.world.scheme_version.id)
        made = operations.make_own(session, who, row, code="OWN", title=("自", "Own"), now=NOW)
        session.flush()
        content = {
            **made.content,
            "dimensions": [
                {**one, "weight": weights.get(one["code"], one["weight"])}
                for one in made.content["dimensions"]
            ],
        }
        operations.rewrite(session, who, queries.own(session, who, made.id), content, {}, now=NOW)
        return f"/schemes/{made.id}"


def test_both_ratings_stand_beside_each_other(pages_in, count_statements):
    """S-05: kept rating and the one under the draft, what decides, at most eight statements; nothing is written."""
    pages = pages_in(AuditState.IN_PROGRESS)
    pages.rate()
    url = draft_of(pages, availability=0.05, response=0.40)
    pages.as_("planner")  # signing in is an event
    before = pages.read(select(func.count(Event.id))), pages.count(RatingRecord)
    assert pages.client.get(f"{url}/trial/").status_code == 200
    assert pages.number in pages.client.page.text
    with count_statements() as sent:
        page = pages.client.get(f"{url}/trial/?audit={pages.audit_id}")
    assert page.status_code == 200
    assert len(sent) <= 8
    for words in (
        "As kept ITSL 2",
        "Under this version OWN 1",
        "Weights of the dimensions",
        "the same in both",
    ):
        assert words in " ".join(pages.client.page.text.split()), words
    assert not any(one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) for one in sent)
    assert (pages.read(select(func.count(Event.id))), pages.count(RatingRecord)) == before
    pages.speak("planner", "zh_CN")
    assert "哪条规则造成差异" in pages.client.get(f"{url}/trial/?audit={pages.audit_id}").text


def test_without_a_rating_what_stands_now_is_rated(pages_in, count_statements):
    """S-05: an audit with judged criteria alone can be tried too."""
    pages = pages_in(AuditState.FIELDWORK_DONE)
    url = draft_of(pages)
    pages.as_("decider")
    with count_statements() as sent:
        page = pages.client.get(f"{url}/trial/?audit={pages.audit_id}").text
    assert "As it stands now" in page
    assert len(sent) <= 8


def test_who_may_try_which_audit(pages_in):
    """S-32: people at work on their body's scheme, with audits they may see; nothing is rated by broken rules."""
    pages = pages_in(AuditState.IN_PROGRESS)
    url = draft_of(pages, availability=0.9)
    for name, status in (("leader", 403), ("manager", 403), ("inspector", 403), ("rival", 404)):
        pages.as_(name)
        assert pages.client.get(f"{url}/trial/").status_code == status, name
    pages.as_("administrator")
    page = pages.client.get(f"{url}/trial/?audit={pages.audit_id}").text
    assert "so nothing can be rated" in page
    common = f"/schemes/{pages.world.scheme_version.id}/trial/"
    assert pages.client.get(f"{common}?audit=98765").status_code == 404
    assert pages.client.get(f"{common}?audit={pages.audit_id}").status_code == 200
    pages.as_("rival")
    assert pages.client.get(f"{common}?audit={pages.audit_id}").status_code == 404
    assert "There is no audit to try it on" in pages.client.get(common).text
