"""What samples prove: held against arithmetic of forty digits."""

import time

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.bounds import clopper_pearson_bound, nps_bound, sample_needed

CASES = [
    (1, 2),
    (1, 30),
    (17, 18),
    (4, 200),
    (186, 200),
    (194, 200),
    (132, 150),
    (5_000, 10_000),
    (9_990, 10_000),
    (41_100, 41_207),
    (500_000, 1_000_000),
    (1, 5_000_000),
    (17, 5_000_000),
    (2_500_000, 5_000_000),
    (4_995_000, 5_000_000),
    (4_999_999, 5_000_000),
]


def distance_from_truth(bound: float, k: int, n: int, alpha: str) -> float:
    """Give how far a lower bound p is from solving P(X >= k | n, p) = alpha, in p."""
    with mpmath.workdps(40):
        p = mpmath.mpf(bound)
        first = mpmath.exp(
            mpmath.loggamma(n + 1)
            - mpmath.loggamma(k + 1)
            - mpmath.loggamma(n - k + 1)
            + k * mpmath.log(p)
            + (n - k) * mpmath.log1p(-p)
        )
        term, tail, i = first, mpmath.mpf(0), k
        while i <= n and term > tail * mpmath.mpf(10) ** -25:
            tail += term
            term *= (p / (1 - p)) * (n - i) / (i + 1)
            i += 1
        return float(abs(tail - mpmath.mpf(alpha)) / (first * k / p))


@pytest.mark.parametrize(("k", "n"), CASES)
@pytest.mark.parametrize("confidence", ["0.9", "0.95", "0.99"])
def test_a_bound_solves_its_equation(k: int, n: int, confidence: str) -> None:
    """S-05: the one-sided Clopper–Pearson bound, correct to 1e-9 up to five million cases."""
    alpha = str(mpmath.mpf(1) - mpmath.mpf(confidence)) if confidence != "0.95" else "0.05"
    bound = clopper_pearson_bound(k, n, float(confidence), "lower")
    assert distance_from_truth(bound, k, n, alpha) < 1e-9


def test_the_worked_example() -> None:
    """S-05: the bounds of the scheme's worked example."""
    assert round(100 * clopper_pearson_bound(194, 200, 0.95, "lower"), 2) == 94.17
    assert round(100 * clopper_pearson_bound(186, 200, 0.95, "lower"), 2) == 89.27
    assert round(100 * clopper_pearson_bound(4, 200, 0.95, "upper"), 2) == 4.52
    assert round(100 * clopper_pearson_bound(132, 150, 0.95, "lower"), 2) == 82.73
    assert round(nps_bound(78, 54, 18, 1.645), 1) == 30.7


@pytest.mark.parametrize("n", [1, 59, 5_000_000])
def test_none_and_all_are_exact(n: int) -> None:
    assert clopper_pearson_bound(0, n, 0.95, "lower") == 0.0
    assert clopper_pearson_bound(n, n, 0.95, "upper") == 1.0
    assert clopper_pearson_bound(n, n, 0.95, "lower") == pytest.approx(0.05 ** (1 / n), abs=1e-12)
    assert clopper_pearson_bound(0, n, 0.95, "upper") == pytest.approx(
        1 - 0.05 ** (1 / n), abs=1e-12
    )


counts = st.integers(1, 5_000_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
small = st.integers(2, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n)))
confidences = st.floats(0.5, 0.999)


@given(counts, confidences)
@settings(deadline=None, max_examples=60)
def test_a_bound_is_never_on_the_favourable_side(case: tuple[int, int], confidence: float) -> None:
    k, n = case
    lower = clopper_pearson_bound(k, n, confidence, "lower")
    upper = clopper_pearson_bound(k, n, confidence, "upper")
    assert 0.0 <= lower <= k / n <= upper <= 1.0


@given(small, confidences)
@settings(deadline=None)
def test_one_more_success_raises_both_bounds(case: tuple[int, int], confidence: float) -> None:
    k, n = case
    for side in ("lower", "upper"):
        assert clopper_pearson_bound(k, n, confidence, side) < clopper_pearson_bound(
            k + 1, n, confidence, side
        )


@given(small)
@settings(deadline=None)
def test_more_confidence_moves_the_bound_away(case: tuple[int, int]) -> None:
    k, n = case
    k += 1
    assert clopper_pearson_bound(k, n, 0.99, "lower") < clopper_pearson_bound(k, n, 0.95, "lower")


@pytest.mark.parametrize(
    ("k", "n", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (0, 0, 0.95), (1, 2, 1.0), (1, 2, 0.2)]
)
def test_what_cannot_be_is_refused(k: int, n: int, confidence: float) -> None:
    with pytest.raises(ValueError, match=r"share|confidence"):
        clopper_pearson_bound(k, n, confidence, "lower")


@given(st.integers(0, 5_000), st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_promoter_score_stays_on_its_scale(
    promoters: int, passives: int, detractors: int
) -> None:
    n = promoters + passives + detractors
    if n == 0:
        with pytest.raises(ValueError, match="no score"):
            nps_bound(promoters, passives, detractors, 1.645)
        return
    bound = nps_bound(promoters, passives, detractors, 1.645)
    assert -100 <= bound <= 100 * (promoters - detractors) / n + 1e-12
    # The same shares among four times as many people are known twice as well.
    four = nps_bound(4 * promoters, 4 * passives, 4 * detractors, 1.645)
    assert four >= bound - 1e-9
    if bound > -100:
        point = 100 * (promoters - detractors) / n
        assert point - four == pytest.approx((point - bound) / 2, abs=1e-6)


@pytest.mark.parametrize("counts_given", [(-1, 3, 3), (3, -1, 3), (3, 3, -1)])
def test_negative_answers_are_refused(counts_given: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no score"):
        nps_bound(*counts_given, 1.645)


@pytest.mark.parametrize(
    ("share", "cases"), [(0.9, 29), (0.95, 59), (0.97, 99), (0.98, 149), (0.99, 299), (0.999, 2995)]
)
def test_the_sample_needed_without_a_failure(share: float, cases: int) -> None:
    """S-05: the sizes that the scheme names for 90 to 99.9 %."""
    assert sample_needed(share) == cases


@pytest.mark.parametrize(("failures", "cases"), [(0, 99), (1, 157), (2, 208)])
def test_failures_cost_cases(failures: int, cases: int) -> None:
    assert sample_needed(0.97, 0.95, failures) == cases


@given(st.floats(0.5, 0.99), st.integers(0, 6), confidences)
@settings(deadline=None)
def test_the_sample_needed_is_the_smallest(share: float, failures: int, confidence: float) -> None:
    n = sample_needed(share, confidence, failures)
    slack = 1e-9
    assert clopper_pearson_bound(n - failures, n, confidence, "lower") >= share - slack
    fewer = n - 1
    if fewer > failures:
        assert clopper_pearson_bound(fewer - failures, fewer, confidence, "lower") < share + slack


@pytest.mark.parametrize(("share", "failures"), [(0.0, 0), (1.0, 0), (0.9, -1)])
def test_no_sample_proves_certainty(share: float, failures: int) -> None:
    with pytest.raises(ValueError, match="no sample"):
        sample_needed(share, 0.95, failures)


def test_a_bound_is_fast() -> None:
    """The typical bound takes far less than 2 ms; the best of five runs leaves out other load."""
    runs = []
    for _ in range(5):
        start = time.perf_counter()
        for k, n in CASES:
            clopper_pearson_bound(k, n, 0.95, "lower")
        runs.append((time.perf_counter() - start) / len(CASES))
    assert min(runs) < 0.002
