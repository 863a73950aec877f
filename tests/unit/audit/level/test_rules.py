"""The level: the worked example of the scheme, caps, refusals and what anybody can recompute."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from audit.level.rules import (
    AnswerInput,
    CapKind,
    MeasureInput,
    NoLevel,
    NoScore,
    Rating,
    RatingInputs,
    decimals_to_show,
    identity_of,
    rate,
    rating_digest,
    rating_document,
    rounded,
)
from checklists.schemes.rules import SchemeRules
from core.errors import Invalid

Measures = tuple[MeasureInput, ...]
Answers = tuple[AnswerInput, ...]


def facts(rating: Rating, code: str) -> list[dict[str, Any]]:
    """Give the facts of every step with this code."""
    return [dict(step.facts) for step in rating.explanation if step.code == code]


def shown(number: float | None, decimals: int = 1) -> str:
    """Print a number as a page does."""
    return "–" if number is None else str(rounded(number, decimals))


def without(answers: Answers, dimension: str) -> Answers:
    return tuple(one for one in answers if one.dimension != dimension)


def put(measures: Measures, changed: MeasureInput) -> Measures:
    """Put one measure in the place of its metric."""
    return tuple(changed if one.metric == changed.metric else one for one in measures)


def test_the_worked_example_by_dimension(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    """S-03, S-06: Q, C, S, level and part of the total, to every printed figure."""
    rating = rate(scheme, measures, answers, 184)
    printed = {
        one.dimension: (
            shown(one.quantity),
            shown(one.criteria, 0),
            shown(one.score),
            one.level,
            shown(one.adds),
        )
        for one in rating.dimensions
    }
    assert printed == {
        "availability": ("75.5", "80", "76.9", 3, "19.2"),
        "response": ("67.5", "85", "72.7", 3, "14.5"),
        "capacity": ("67.0", "75", "69.4", 2, "13.9"),
        "satisfaction": ("66.8", "80", "70.7", 3, "14.1"),
        "improvement": ("81.8", "78", "79.5", 3, "11.9"),
    }


def test_the_worked_example_by_metric(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    """S-05, S-29: what was measured, what it counts as, and what that is worth."""
    rating = rate(scheme, measures, answers, 184)
    printed = {
        one.metric: (shown(one.point, 2), shown(one.counts_as, 2), shown(one.score))
        for one in rating.metrics
    }
    assert printed == {
        "availability": ("99.93", "99.93", "76.0"),
        "mean_recovery": ("3.00", "3.00", "75.0"),
        "answered_in_time": ("97.00", "94.17", "67.5"),
        "resolved_in_time": ("93.00", "89.27", "67.8"),
        "error_rate": ("2.00", "4.52", "66.1"),
        "net_promoter": ("40.00", "30.69", "70.3"),
        "satisfied": ("88.00", "82.73", "63.2"),
        "improvement_on_time": ("94.44", "94.44", "88.9"),
        "mean_rectification": ("38.00", "38.00", "74.7"),
    }


def test_the_worked_example_is_level_3(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    """S-01: total 73.7 is level 3; the weakest, capacity, is at 2 and allows 3."""
    rating = rate(scheme, measures, answers, 184)
    assert shown(rating.total) == "73.7"
    assert (rating.total_level, rating.weakest, rating.level) == (3, "capacity", 3)
    assert [(cap.kind, cap.level, cap.binds) for cap in rating.caps] == [
        (CapKind.WEAKEST, 3, False)
    ]
    assert (rating.reason, rating.missing) == (None, ())


def test_the_explanation_of_the_worked_example(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    """S-05: every step with its numbers, in the order in which a person follows them."""
    rating = rate(scheme, measures, answers, 184)
    assert [step.code for step in rating.explanation] == [
        "total",
        "weakest",
        "floor",
        "window",
        "level",
    ]
    (total,) = facts(rating, "total")
    assert (total["level"], total["cut"], total["next_cut"]) == (3, 70, 80)
    (weakest,) = facts(rating, "weakest")
    assert (weakest["dimension"], weakest["level"], weakest["plus"]) == ("capacity", 2, 1)
    assert (weakest["limit"], weakest["binds"]) == (3, False)
    assert facts(rating, "floor") == [{"reached": 5, "of": 5, "below": (), "binds": False}]
    assert facts(rating, "window") == [
        {"days": 184, "minimum": 90, "limit": None, "binds": False, "metrics": ()}
    ]
    assert facts(rating, "level") == [{"level": 3, "reason": None}]


def best(scheme: SchemeRules) -> Measures:
    """Give a measure at its highest anchor for every metric."""
    return tuple(MeasureInput(rule.code, rule.anchors[-1], census=True) for rule in scheme.metrics)


def full(answers: Answers) -> Answers:
    """Rate every criterion 4."""
    return tuple(replace(one, rating=None if one.excluded else 4) for one in answers)


def test_the_weakest_dimension_caps_the_level(scheme: SchemeRules, answers: Answers) -> None:
    """S-01: everything at level 5 but response just at level 1 gives level 2, not 4."""
    measures = put(best(scheme), MeasureInput("answered_in_time", 67.0, census=True))
    rating = rate(scheme, measures, full(answers), 365)
    assert (rating.total_level, rating.weakest, rating.level) == (4, "response", 2)
    assert [(cap.kind, cap.level, cap.binds) for cap in rating.caps] == [(CapKind.WEAKEST, 2, True)]
    assert facts(rating, "weakest")[0]["binds"] is True


def test_a_dimension_below_the_first_cut_leaves_no_level(
    scheme: SchemeRules, answers: Answers
) -> None:
    measures = put(best(scheme), MeasureInput("answered_in_time", 10.0, census=True))
    rating = rate(scheme, measures, full(answers), 365)
    assert (rating.total_level, rating.level, rating.reason) == (4, None, NoLevel.BELOW_FIRST_CUT)
    assert (CapKind.FLOOR, 0) in [(cap.kind, cap.level) for cap in rating.caps]
    assert facts(rating, "floor") == [
        {"reached": 4, "of": 5, "below": ("response",), "binds": True}
    ]


@pytest.mark.parametrize(("days", "level"), [(0, 2), (89, 2), (90, 3), (184, 3)])
def test_a_short_window_allows_level_2_at_most(
    scheme: SchemeRules, measures: Measures, answers: Answers, days: int, level: int
) -> None:
    """S-04: less than 90 days of data prove no more than level 2."""
    rating = rate(scheme, measures, answers, days)
    assert rating.level == level
    assert any(cap.kind is CapKind.WINDOW and cap.binds for cap in rating.caps) == (level == 2)


def test_the_shortest_window_of_any_measure_counts(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    survey = next(one for one in measures if one.metric == "satisfied")
    rating = rate(scheme, put(measures, replace(survey, window_days=30)), answers, 184)
    assert (rating.window_days, rating.level) == (30, 2)
    assert facts(rating, "window") == [
        {"days": 30, "minimum": 90, "limit": 2, "binds": True, "metrics": ("satisfied",)}
    ]


def test_a_scheme_may_give_short_windows_no_level(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    strict = replace(scheme, rating=replace(scheme.rating, short_window_max_level=0))
    rating = rate(strict, measures, answers, 89)
    assert (rating.level, rating.reason) == (None, NoLevel.SHORT_WINDOW)


def test_fewer_levels_and_other_rules_are_data(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    """S-02: three grades, other weights and no step above the weakest, without a line of code."""
    rules = replace(scheme.rating, anchor_scores=(40, 55, 70), weakest_plus=0)
    three = replace(
        scheme,
        levels=scheme.levels[:3],
        metrics=tuple(replace(one, anchors=one.anchors[:3]) for one in scheme.metrics),
        rating=rules,
    )
    rating = rate(three, measures, answers, 184)
    assert (rating.total_level, rating.level) == (3, 2)
    assert max(one.level for one in rating.metrics) == 3


def test_a_missing_metric_is_told_and_counts_nothing(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    """S-05: leaving a bad measure out never helps."""
    rating = rate(scheme, [one for one in measures if one.metric != "satisfied"], answers, 184)
    assert rating.missing == ("satisfied",)
    assert rating.dimension("satisfaction").quantity == pytest.approx(70.347 / 2, abs=1e-3)
    assert facts(rating, "missing") == [{"dimension": "satisfaction", "metrics": ("satisfied",)}]


def test_a_dimension_without_measures_leaves_the_rating_incomplete(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    kept = [one for one in measures if one.metric != "answered_in_time"]
    rating = rate(scheme, kept, answers, 184)
    assert (rating.total, rating.level, rating.reason) == (None, None, NoLevel.INCOMPLETE)
    assert rating.dimension("response").reason is NoScore.NO_METRICS
    assert facts(rating, "incomplete") == [{"dimension": "response", "reason": NoScore.NO_METRICS}]
    assert facts(rating, "total") == []
    assert rating.weakest == "capacity"


def test_a_dimension_without_criteria_leaves_the_rating_incomplete(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    rating = rate(scheme, measures, without(answers, "capacity"), 184)
    assert (rating.level, rating.reason) == (None, NoLevel.INCOMPLETE)
    assert rating.dimension("capacity").reason is NoScore.NO_CRITERIA


def test_nothing_at_all_is_no_level(scheme: SchemeRules) -> None:
    rating = rate(scheme, [], [], 0)
    assert (rating.total, rating.weakest, rating.level) == (None, None, None)
    assert len(facts(rating, "incomplete")) == 5
    assert Rating.from_json(rating.to_json()) == rating


def test_open_and_unverified_criteria_are_told(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    first, *others = answers
    rating = rate(scheme, measures, [replace(first, evidence_verified=False), *others], 184)
    assert facts(rating, "criteria") == [
        {"dimension": "availability", "unanswered": 0, "unverified": 1}
    ]
    assert rating.dimension("availability").criteria == 40.0


@pytest.mark.parametrize(
    ("measure", "field"),
    [
        (MeasureInput("uptime", 99.9), "metric"),
        (MeasureInput("availability", 99.9), "metric"),
        (MeasureInput("satisfied", 88.0), "metric"),
    ],
)
def test_unknown_and_repeated_metrics_are_refused(
    scheme: SchemeRules, measures: Measures, answers: Answers, measure: MeasureInput, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        rate(scheme, [*measures, measure], answers, 184)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (AnswerInput("new", "security", rating=4), "dimension"),
        (AnswerInput("response-1", "capacity", rating=4), "criterion"),
        (AnswerInput("new", "response", excluded=True), "exclusion_reason"),
        (AnswerInput("new", "response", rating=5), "rating"),
    ],
)
def test_answers_that_cannot_be_are_refused(
    scheme: SchemeRules, measures: Measures, answers: Answers, answer: AnswerInput, field: str
) -> None:
    """S-05: an exclusion without a reason among them."""
    with pytest.raises(Invalid) as refusal:
        rate(scheme, measures, [*answers, answer], 184)
    assert refusal.value.field == field


def test_scores_meet_the_cuts_exactly(scheme: SchemeRules, answers: Answers) -> None:
    """S-01: five dimensions at exactly 70 are level 3: no binary dust beneath the cut."""
    thirds = tuple(MeasureInput(one.code, one.anchors[2], census=True) for one in scheme.metrics)
    seventy = tuple(
        AnswerInput(f"{one.code}-{rating}", one.code, weight, rating, evidence_verified=True)
        for one in scheme.dimensions
        for rating, weight in ((4, 0.7), (0, 0.3))
    )
    rating = rate(scheme, thirds, seventy, 184)
    assert [one.score for one in rating.dimensions] == [70.0] * 5
    assert (rating.total, rating.total_level, rating.level) == (70.0, 3, 3)


def test_a_score_is_never_printed_at_a_cut_it_does_not_reach(scheme: SchemeRules) -> None:
    for score, decimals, printed in (
        (73.7106, 1, "73.7"),
        (76.85, 1, "76.9"),
        (69.96, 2, "69.96"),
        (69.9996, 4, "69.9996"),
        (70.0, 1, "70.0"),
        (39.95, 2, "39.95"),
    ):
        assert decimals_to_show(score, scheme.levels) == decimals
        assert str(rounded(score, decimals)) == printed


def test_anybody_can_recompute_the_digest(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    """S-05: the digest is the SHA-256 of the very file that is handed out."""
    inputs = RatingInputs(measures, answers, 184)
    document = rating_document(inputs, identity_of(scheme))
    assert rating_digest(inputs, identity_of(scheme)) == hashlib.sha256(document).hexdigest()
    data = json.loads(document)
    assert data["scheme"] == {
        "code": "ITSL",
        "version": 2,
        "standard": {"code": "ITSL-2025", "version": "2025.2"},
    }
    again = RatingInputs.from_json(data["inputs"])
    assert rate(scheme, again.measures, again.answers, again.window_days) == rate(
        scheme, measures, answers, 184
    )


def test_the_digest_is_the_same_in_years(scheme: SchemeRules) -> None:
    """S-05: a change of this constant would orphan every rating that was ever kept."""
    inputs = RatingInputs(
        (MeasureInput("availability", 99.93, census=True, source="监控"),),
        (AnswerInput("A-1", "availability", 2, 4, evidence_verified=True),),
        184,
    )
    assert rating_document(inputs, identity_of(scheme)).decode() == (
        '{"format":"assay-rating/1","inputs":{"answers":[{"criterion":"A-1","dimension":'
        '"availability","evidence_verified":true,"rating":4,"weight":2}],"measures":[{"census":'
        'true,"metric":"availability","source":"监控","value":99.93}],"window_days":184},"scheme":'
        '{"code":"ITSL","standard":{"code":"ITSL-2025","version":"2025.2"},"version":2}}'
    )


def test_a_kept_rating_comes_back_whole(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    rating = rate(scheme, measures, answers, 60)
    assert Rating.from_json(json.loads(json.dumps(rating.to_json()))) == rating
