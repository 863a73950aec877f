"""What one measure is worth."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.measures.rules import Basis, MeasureInput, exact, measured, samples_for, worth
from checklists.schemes.rules import SchemeRules
from core.errors import Invalid

SCORES = (40.0, 55.0, 70.0, 80.0, 90.0)


@pytest.mark.parametrize("place", range(5))
def test_an_anchor_is_worth_exactly_its_score(scheme: SchemeRules, place: int) -> None:
    """S-05: a figure on the anchor of a level reaches that level, and one just short of it does not."""
    for rule in scheme.metrics:
        anchor = exact(rule.anchors[place])
        assert worth(anchor, rule.anchors, SCORES) == exact(SCORES[place])
        worse = Fraction(1, 10**9) * (-1 if rule.better == "higher" else 1)
        assert worth(anchor + worse, rule.anchors, SCORES) < exact(SCORES[place])


@pytest.mark.parametrize("place", range(5))
def test_an_anchor_reaches_its_level(scheme: SchemeRules, place: int) -> None:
    """S-01: up and down."""
    for code in ("availability", "mean_recovery", "error_rate"):
        rule = scheme.metric(code)
        one = MeasureInput(code, rule.anchors[place], census=True)
        assert measured(rule, scheme.rating, one)[0].level == place + 1


@pytest.mark.parametrize(
    ("value", "anchors", "score"),
    [
        ("99.93", (99, 99.5, 99.9, 99.95, 99.99), 76),
        ("3", (24, 8, 4, 2, 1), 75),
        ("38", (90, 60, 45, 30, 20), Fraction(224, 3)),
        # Outside the anchors the nearest segment goes on, until 0 or 100.
        ("98.9", (99, 99.5, 99.9, 99.95, 99.99), 37),
        ("97", (99, 99.5, 99.9, 99.95, 99.99), 0),
        ("0.5", (24, 8, 4, 2, 1), 95),
        ("0", (24, 8, 4, 2, 1), 100),
        ("120", (24, 8, 4, 2, 1), 0),
        ("100", (99, 99.5, 99.9, 99.95, 99.99), Fraction(185, 2)),
    ],
)
def test_worth_is_linear_between_and_beyond_the_anchors(
    value: str, anchors: tuple[float, ...], score: Fraction
) -> None:
    assert worth(Fraction(value), anchors, SCORES) == score


def test_one_anchor_is_a_step() -> None:
    assert worth(Fraction(5), (5.0,), (60.0,)) == 60
    assert worth(Fraction(4), (5.0,), (60.0,)) == 0


values = st.fractions(min_value=-200, max_value=200)


@given(values, values)
def test_better_is_never_worth_less(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))
    rising, falling = (0.0, 20.0, 30.0, 50.0, 70.0), (90.0, 60.0, 45.0, 30.0, 20.0)
    assert 0 <= worth(low, rising, SCORES) <= worth(high, rising, SCORES) <= 100
    assert 0 <= worth(high, falling, SCORES) <= worth(low, falling, SCORES) <= 100


def test_a_sample_counts_as_its_bound_and_a_census_as_itself(scheme: SchemeRules) -> None:
    """S-05: the bound of a sample lies on the unfavourable side; a complete count has none."""
    given_sample = MeasureInput("error_rate", successes=4, total=200)
    sample, _ = measured(scheme.metric("error_rate"), scheme.rating, given_sample)
    assert (sample.basis, sample.point) == (Basis.SAMPLE, 2.0)
    assert sample.counts_as == pytest.approx(4.518, abs=5e-4)
    census, _ = measured(
        scheme.metric("error_rate"), scheme.rating, replace(given_sample, census=True)
    )
    assert (census.basis, census.point, census.counts_as) == (Basis.CENSUS, 2.0, 2.0)
    assert (census.score, census.level, sample.level) == (80.0, 4, 2)


def test_the_next_level_and_the_sample_that_would_prove_it(scheme: SchemeRules) -> None:
    rule = scheme.metric("answered_in_time")
    sample = MeasureInput(rule.code, successes=194, total=200)
    score, _ = measured(rule, scheme.rating, sample)
    assert (score.level, score.next_level, score.next_target) == (2, 3, 95.0)
    assert score.samples_needed == (59, 93, 124)
    census, _ = measured(rule, scheme.rating, replace(sample, census=True))
    assert census.samples_needed == ()
    best, _ = measured(rule, scheme.rating, MeasureInput(rule.code, 100.0, census=True))
    assert (best.level, best.next_level, best.next_target) == (5, None, None)


def test_an_upper_limit_needs_the_sample_of_its_complement(scheme: SchemeRules) -> None:
    rule = scheme.metric("error_rate")
    assert samples_for(rule, scheme.rating, 2.0)[0] == 149
    assert samples_for(rule, scheme.rating, 0.0) == ()
    assert samples_for(rule, scheme.rating, None) == ()
    assert samples_for(scheme.metric("net_promoter"), scheme.rating, 30.0) == ()


def test_missing_counts_nothing_and_excluded_is_left_out(scheme: SchemeRules) -> None:
    rule = scheme.metric("mean_recovery")
    missing, worth_missing = measured(rule, scheme.rating, None)
    assert (missing.basis, missing.score, worth_missing) == (Basis.MISSING, 0.0, 0)
    reason = MeasureInput(rule.code, exclusion_reason="no outage in the window")
    excluded, worth_excluded = measured(rule, scheme.rating, reason)
    assert (excluded.basis, excluded.score, worth_excluded) == (Basis.EXCLUDED, None, None)


@pytest.mark.parametrize(
    ("measure", "field"),
    [
        (MeasureInput("availability"), "value"),
        (MeasureInput("availability", 100.1), "value"),
        (MeasureInput("availability", -0.1), "value"),
        (MeasureInput("availability", float("nan")), "value"),
        (MeasureInput("mean_recovery", -1), "value"),
        (MeasureInput("mean_recovery", float("inf")), "value"),
        (MeasureInput("availability", exclusion_reason="  "), "value"),
        (MeasureInput("availability", 99, window_days=-1), "window_days"),
        (MeasureInput("satisfied", 88.0), "successes"),
        (MeasureInput("satisfied", successes=5), "total"),
        (MeasureInput("satisfied", successes=0, total=0), "successes"),
        (MeasureInput("satisfied", successes=6, total=5), "successes"),
        (MeasureInput("satisfied", successes=-1, total=5), "successes"),
        (MeasureInput("satisfied", successes=-1, total=5, census=True), "successes"),
        (MeasureInput("satisfied", 101.0, census=True), "value"),
        (MeasureInput("net_promoter", 40.0), "promoters"),
        (MeasureInput("net_promoter", promoters=1, passives=2), "detractors"),
        (MeasureInput("net_promoter", promoters=1, passives=-2, detractors=5), "passives"),
        (MeasureInput("net_promoter", promoters=0, passives=0, detractors=0), "promoters"),
        (MeasureInput("net_promoter", -101.0, census=True), "value"),
    ],
)
def test_figures_that_cannot_be_are_refused(
    scheme: SchemeRules, measure: MeasureInput, field: str
) -> None:
    """S-05: a refusal names the field; a sample without its counts is one."""
    with pytest.raises(Invalid) as refusal:
        measured(scheme.metric(measure.metric), scheme.rating, measure)
    assert refusal.value.field == field


@settings(deadline=None)
@given(st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bound_is_never_on_the_favourable_side(
    scheme: SchemeRules, case: tuple[int, int]
) -> None:
    """S-05: for every share, up or down."""
    successes, total = case
    for code, sign in (("satisfied", 1), ("error_rate", -1)):
        one = MeasureInput(code, successes=successes, total=total)
        sample, _ = measured(scheme.metric(code), scheme.rating, one)
        census, _ = measured(scheme.metric(code), scheme.rating, replace(one, census=True))
        assert sample.counts_as is not None
        assert sample.point is not None
        assert sign * sample.counts_as <= sign * sample.point
        assert (sample.score or 0.0) <= (census.score or 0.0)
