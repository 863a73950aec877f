"""What would reach the next level."""

from dataclasses import replace

import pytest

from audit.level.rules import AnswerInput, MeasureInput, rate, rounded
from audit.reach.rules import reach
from checklists.schemes.rules import SchemeRules

Measures = tuple[MeasureInput, ...]
Answers = tuple[AnswerInput, ...]


def test_the_way_from_level_3_to_4(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    """S-11, S-12: what an improvement plan would aim at, largest gain first."""
    way = reach(scheme, rate(scheme, measures, answers, 184))
    assert way is not None
    assert (way.level, way.cut, str(rounded(way.points, 1))) == (4, 80, "6.3")
    assert (way.dimension_cut, way.short) == (70, ("capacity",))
    assert [(one.metric, one.target, str(rounded(one.gain, 2))) for one in way.gains] == [
        ("answered_in_time", 97, "1.75"),
        ("satisfied", 90, "1.18"),
        ("error_rate", 2, "0.97"),
        ("resolved_in_time", 95, "0.85"),
        ("net_promoter", 50, "0.68"),
        ("mean_recovery", 2, "0.44"),
        ("availability", 99.95, "0.35"),
        ("mean_rectification", 30, "0.16"),
    ]
    assert str(rounded(way.total_with_all, 1)) == "80.1"
    first = way.gains[0]
    assert first.samples_needed == (99, 157, 208)
    assert way.gains[5].samples_needed == ()


def test_each_gain_is_what_the_rating_then_gives(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    rating = rate(scheme, measures, answers, 184)
    way = reach(scheme, rating)
    assert way is not None
    for gain in way.gains:
        reached = MeasureInput(gain.metric, gain.target, census=True)
        changed = tuple(reached if one.metric == gain.metric else one for one in measures)
        after = rate(scheme, changed, answers, 184)
        assert after.total == pytest.approx((rating.total or 0.0) + gain.gain)
        assert after.dimension(gain.dimension).score == pytest.approx(gain.dimension_score)


def test_missing_metrics_are_on_the_way_and_excluded_ones_are_not(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    changed = [
        replace(one, exclusion_reason="none") if one.metric == "satisfied" else one
        for one in measures
        if one.metric != "error_rate"
    ]
    way = reach(scheme, rate(scheme, changed, answers, 184))
    assert way is not None
    named = {one.metric for one in way.gains}
    assert "error_rate" in named
    assert "satisfied" not in named


def test_there_is_a_way_to_the_first_level_and_none_above_the_last(
    scheme: SchemeRules, measures: Measures, answers: Answers
) -> None:
    rating = rate(scheme, measures, answers, 184)
    assert reach(scheme, rating, 6) is None
    assert reach(scheme, rate(scheme, [], [], 184)) is None
    low = rate(scheme, measures, [replace(one, rating=0) for one in answers], 184)
    way = reach(scheme, low, 1)
    assert way is not None
    assert (way.cut, way.dimension_cut) == (40, 40)
    again = reach(scheme, rating, 3)
    assert again is not None
    assert (again.points, again.short) == (0.0, ())
