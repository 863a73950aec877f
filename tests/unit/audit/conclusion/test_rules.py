"""The life of a report, proved over the whole table."""

from datetime import date

from audit.conclusion.rules import (
    BADGES,
    INITIAL,
    LATER,
    RECOMMENDATION_NAMES,
    REPORT,
    STAGE_1,
    Recommendation,
    ReportFacts,
    ReportState,
    commented,
    content_digest,
    not_closed,
    rated,
    whole,
)
from core.words import T_
from tests.lifecycles import prove

DAY = date(2026, 11, 20)
GOOD = ReportFacts(
    leader_is_actor=True,
    comments_until=date(2026, 11, 19),
    today=DAY,
    rating_needed=True,
    rating_there=True,
)
BROKEN = {
    "leader": {"leader_is_actor": False},
    "whole": {"missing": (T_("the summary"),)},
    "rated": {"rating_there": False},
    "comments": {"comments_until": DAY},
    "answered": {"unanswered": 2},
    "not_closed": {"comments_closed": True},
}


def test_the_whole_table() -> None:
    """S-23, I-12: only the leader sends and signs, only a whole and rated report; nobody passes a guard."""
    assert prove(REPORT, list(ReportState), GOOD, BROKEN) > len(ReportState) * 4


def test_nothing_leads_out_of_a_signed_report() -> None:
    """S-23: what is signed does not change."""
    assert not [row for row in REPORT.steps if ReportState.SIGNED in row.sources]


def test_the_client_has_its_time_to_comment() -> None:
    """S-07: the round of comments ends when the client says so or when its last day is over, not before."""
    facts = ReportFacts(comments_until=DAY, today=DAY)
    assert not commented(facts).met
    assert commented(ReportFacts(comments_until=DAY, today=date(2026, 11, 21))).met
    assert commented(ReportFacts(comments_closed=True)).met
    assert not commented(ReportFacts()).met


def test_comments_are_closed_once() -> None:
    """S-07: closing again would be an event without a change."""
    assert not_closed(ReportFacts()).met
    assert not not_closed(ReportFacts(comments_closed=True)).met


def test_missing_parts_are_named() -> None:
    """I-12: the refusal names what is missing and how much of it."""
    one = whole(ReportFacts(missing=(T_("the summary"),)))
    two = whole(ReportFacts(missing=(T_("the summary"), T_("the conclusion"))))
    assert not one.met
    assert not two.met
    assert str(one.text) != str(two.text)


def test_a_stage_1_needs_no_rating() -> None:
    """I-07: stage 1 looks at readiness; a level is not computed."""
    assert rated(ReportFacts(rating_needed=False)).met
    assert not rated(ReportFacts(rating_needed=True)).met


def test_every_recommendation_belongs_to_a_kind_of_audit() -> None:
    """I-12: what can be recommended depends on the kind of audit, and everything has its words."""
    offered = [*STAGE_1, *INITIAL, *LATER]
    assert sorted(offered) == sorted(Recommendation)
    assert set(RECOMMENDATION_NAMES) == set(Recommendation)
    assert set(BADGES) == set(ReportState)


def test_the_digest_covers_every_word_and_no_order() -> None:
    """S-23: the same report has the same digest, another word has another."""
    first = {"summary": "Good.", "level": 3}
    assert content_digest(first) == content_digest({"level": 3, "summary": "Good."})
    assert content_digest(first) != content_digest(first | {"summary": "Good!"})
    assert len(content_digest({})) == 64
