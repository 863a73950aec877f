"""One dimension's score from its measures and criteria."""

from dataclasses import replace
from fractions import Fraction

import pytest

from audit.dimensions.rules import (
    AnswerInput,
    DimensionScore,
    NoScore,
    check_answer,
    level_of,
    score_dimension,
)
from audit.measures.rules import MeasureInput
from checklists.schemes.rules import SchemeRules
from core.errors import Invalid

FULL = AnswerInput("A-1", "availability", 1, 4, evidence_verified=True)
AVAILABLE = MeasureInput("availability", 99.9, census=True)
RECOVERED = MeasureInput("mean_recovery", 4, census=True)


def scored(
    scheme: SchemeRules, measures: list[MeasureInput], answers: list[AnswerInput]
) -> DimensionScore:
    """Score availability."""
    by_metric = {one.metric: one for one in measures}
    rule = scheme.dimension("availability")
    return score_dimension(scheme, rule, by_metric, answers)[0]


def test_measures_and_criteria_enter_with_their_shares(scheme: SchemeRules) -> None:
    """S-06: quantitative and qualitative together; Q 70 and C 100 give 0.7 × 70 + 0.3 × 100."""
    one = scored(scheme, [AVAILABLE, RECOVERED], [FULL])
    assert (one.quantity, one.criteria, one.score, one.level) == (70.0, 100.0, 79.0, 3)
    assert one.adds == pytest.approx(0.25 * 79)


def test_criteria_are_weighted(scheme: SchemeRules) -> None:
    answers = [FULL, replace(FULL, criterion="A-2", weight=3, rating=1)]
    assert scored(scheme, [AVAILABLE], answers).criteria == pytest.approx(100 * (4 + 3) / 16)


def test_what_is_not_proven_counts_nothing(scheme: SchemeRules) -> None:
    """S-05: no answer and no verified evidence both count 0; an exclusion with a reason is left out."""
    unanswered = AnswerInput("A-2", "availability", 1, None, evidence_verified=True)
    unverified = replace(FULL, criterion="A-3", evidence_verified=False)
    excluded = AnswerInput(
        "A-4", "availability", 5, excluded=True, exclusion_reason="not in the scope"
    )
    one = scored(scheme, [AVAILABLE, RECOVERED], [FULL, unanswered, unverified, excluded])
    assert one.criteria == pytest.approx(100 / 3)
    counts = one.counts
    assert (counts.answered, counts.unanswered, counts.unverified, counts.excluded) == (2, 1, 1, 1)


def test_a_missing_metric_counts_nothing_and_is_named(scheme: SchemeRules) -> None:
    one = scored(scheme, [AVAILABLE], [FULL])
    assert one.missing == ("mean_recovery",)
    assert one.quantity == 35.0


def test_an_excluded_metric_is_left_out_of_the_mean(scheme: SchemeRules) -> None:
    reason = MeasureInput("mean_recovery", exclusion_reason="no outage in the window")
    one = scored(scheme, [AVAILABLE, reason], [FULL])
    assert (one.quantity, one.missing, one.excluded) == (70.0, (), ("mean_recovery",))


def test_without_any_metric_there_is_no_score(scheme: SchemeRules) -> None:
    reasons = [
        MeasureInput(code, exclusion_reason="none") for code in ("availability", "mean_recovery")
    ]
    for measures in ([], reasons):
        one = scored(scheme, measures, [FULL])
        assert (one.score, one.level, one.adds) == (None, None, None)
        assert one.reason is NoScore.NO_METRICS


def test_without_any_criterion_there_is_no_score(scheme: SchemeRules) -> None:
    excluded = AnswerInput("A-1", "availability", excluded=True, exclusion_reason="none")
    weightless = replace(FULL, weight=0)
    for answers in ([], [excluded], [weightless]):
        one = scored(scheme, [AVAILABLE, RECOVERED], answers)
        assert (one.criteria, one.score, one.reason) == (None, None, NoScore.NO_CRITERIA)


@pytest.mark.parametrize(("share", "score"), [(1.0, 70.0), (0.0, 100.0)])
def test_a_part_without_share_is_not_needed(
    scheme: SchemeRules, share: float, score: float
) -> None:
    rule = replace(scheme.dimension("availability"), quantity_share=share)
    measures = {"availability": AVAILABLE, "mean_recovery": RECOVERED} if share else {}
    result, _ = score_dimension(scheme, rule, measures, [] if share else [FULL])
    assert (result.score, result.reason) == (score, None)


@pytest.mark.parametrize(
    ("score", "level"),
    [("39.999999999", 0), ("40", 1), ("69.96", 2), ("70", 3), ("89.99", 4), ("90", 5), ("100", 5)],
)
def test_a_level_is_reached_from_its_cut_upwards(
    scheme: SchemeRules, score: str, level: int
) -> None:
    """S-01: five ascending levels; S-02: from the scheme's data; nothing is rounded up."""
    assert level_of(Fraction(score), scheme.levels) == level


def test_other_schemes_have_other_levels(scheme: SchemeRules) -> None:
    """S-02: a scheme with three grades."""
    three = scheme.levels[:3]
    assert level_of(Fraction(95), three) == 3


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (AnswerInput("A-1", "availability", excluded=True), "exclusion_reason"),
        (
            AnswerInput("A-1", "availability", excluded=True, exclusion_reason=" \n"),
            "exclusion_reason",
        ),
        (AnswerInput("A-1", "availability", rating=5), "rating"),
        (AnswerInput("A-1", "availability", rating=-1), "rating"),
        (AnswerInput("A-1", "availability", weight=-1), "weight"),
        (AnswerInput("A-1", "availability", weight=float("nan")), "weight"),
        (AnswerInput("A-1", "availability", weight=float("inf")), "weight"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(answer: AnswerInput, field: str) -> None:
    """S-05: an exclusion needs a reason."""
    with pytest.raises(Invalid) as refusal:
        check_answer(answer)
    assert refusal.value.field == field
    assert "A-1" in str(refusal.value)
