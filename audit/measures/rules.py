"""One measure: its figures, the bound that counts, and its score on the scheme's anchors. Pure.

Scores are exact fractions, so that a figure on an anchor is worth exactly the anchor's score. A
decimal figure means what it says: 99.93 is 9993/100, not the nearest binary number. Only the bounds
are irrational; they enter as the double that ``core.bounds`` gives.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import isfinite

from checklists.measures.rules import Better, MetricKind, MetricRule, RatingRule, Unit
from core.bounds import Side, clopper_pearson_bound, nps_bound, sample_needed
from core.errors import Invalid
from core.words import N_, T_

_MISSES_SHOWN = 3
_COUNTS = {
    MetricKind.PROPORTION: ("successes", "total"),
    MetricKind.NPS: ("promoters", "passives", "detractors"),
}


class Basis(StrEnum):
    """What a score rests on."""

    VALUE = "value"
    CENSUS = "census"
    SAMPLE = "sample"
    MISSING = "missing"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class MeasureInput:
    """A metric as it was measured.

    Either ``value`` in the metric's unit, or ``successes`` of ``total`` (the cases that the metric
    counts: for an error rate the errors), or the three counts of a net promoter score. ``census``:
    the whole population was counted. A metric that does not apply carries an ``exclusion_reason``
    and no figures.
    """

    metric: str
    value: float | None = None
    successes: int | None = None
    total: int | None = None
    promoters: int | None = None
    passives: int | None = None
    detractors: int | None = None
    census: bool = False
    window_days: int | None = None
    source: str = ""
    population: str = ""
    exclusion_reason: str = ""


@dataclass(frozen=True, slots=True)
class MeasureScore:
    """What a measure is worth.

    ``point`` is what was measured, ``counts_as`` the bound that counts, both in the metric's unit.
    ``level`` is 0 below the first anchor. ``next_target`` is the anchor of ``next_level``;
    ``samples_needed`` says how many cases would prove it with no miss, one and two (for a sample of
    a proportion only).
    """

    metric: str
    dimension: str
    basis: Basis
    measure: MeasureInput | None = None
    point: float | None = None
    counts_as: float | None = None
    score: float | None = None
    level: int = 0
    next_level: int | None = None
    next_target: float | None = None
    samples_needed: tuple[int, ...] = ()


def measured(
    rule: MetricRule, rating: RatingRule, measure: MeasureInput | None
) -> tuple[MeasureScore, Fraction | None]:
    """Score a measure, and give the score exactly; a missing one is worth 0, an excluded one None.

    Invalid where the figures cannot be, or are not those that this kind of metric needs.
    """
    if measure is None:
        return MeasureScore(rule.code, rule.dimension, Basis.MISSING, score=0.0), Fraction(0)
    if measure.exclusion_reason.strip():
        return MeasureScore(rule.code, rule.dimension, Basis.EXCLUDED, measure), None
    check_measure(rule, measure)
    basis, point, bound = _READERS[rule.kind](rule, rating, measure)
    score = worth(bound, rule.anchors, rating.anchor_scores)
    level = _anchors_reached(bound, rule)
    following = level + 1 if level < len(rule.anchors) else None
    target = None if following is None else rule.anchors[following - 1]
    result = MeasureScore(
        metric=rule.code,
        dimension=rule.dimension,
        basis=basis,
        measure=measure,
        point=float(point),
        counts_as=float(bound),
        score=float(score),
        level=level,
        next_level=following,
        next_target=target,
        samples_needed=samples_for(rule, rating, target) if basis is Basis.SAMPLE else (),
    )
    return result, score


def worth(value: Fraction, anchors: tuple[float, ...], scores: tuple[float, ...]) -> Fraction:
    """Give the score of a value: piecewise linear through the anchors, kept within 0 to 100.

    Outside the anchors the nearest segment goes on. Anchors may rise or fall; one anchor is a step.
    """
    sign = 1 if anchors[0] <= anchors[-1] else -1
    corners = [(sign * exact(a), exact(s)) for a, s in zip(anchors, scores, strict=True)]
    at = sign * value
    if len(corners) == 1:
        return corners[0][1] if at >= corners[0][0] else Fraction(0)
    segments = list(pairwise(corners))
    (a, s), (b, t) = next((one for one in segments if at <= one[1][0]), segments[-1])
    return max(Fraction(0), min(Fraction(100), s + (t - s) * (at - a) / (b - a)))


@lru_cache(maxsize=4096)
def exact(number: float) -> Fraction:
    """Take a number for the shortest decimal that writes it."""
    return Fraction(str(number))


def samples_for(rule: MetricRule, rating: RatingRule, target: float | None) -> tuple[int, ...]:
    """Say how many cases prove a target with no miss, one and two; empty where no sample can."""
    if target is None or rule.kind is not MetricKind.PROPORTION:
        return ()
    share = float(exact(target) / 100)
    share = share if rule.better is Better.HIGHER else float(1 - exact(target) / 100)
    if not 0 < share < 1:
        return ()
    return tuple(sample_needed(share, rating.confidence, misses) for misses in range(_MISSES_SHOWN))


def check_measure(rule: MetricRule, measure: MeasureInput) -> None:
    """Refuse figures that cannot be, naming the metric's code and the field."""
    if measure.window_days is not None and measure.window_days < 0:
        raise _wrong(rule, "window_days")
    if measure.value is not None:
        _check_value(rule, measure)
    elif rule.kind is MetricKind.VALUE:
        raise Invalid(T_("%(metric)s needs its value.", metric=rule.title), "value")
    if measure.value is None or not measure.census:
        _check_counts(rule, measure)


def _check_value(rule: MetricRule, measure: MeasureInput) -> None:
    value = measure.value or 0.0
    low = -100.0 if rule.kind is MetricKind.NPS else 0.0
    high = 100.0 if rule.unit is Unit.PERCENT or rule.kind is MetricKind.NPS else float("inf")
    if not isfinite(value) or not low <= value <= high:
        raise _wrong(rule, "value")


def _check_counts(rule: MetricRule, measure: MeasureInput) -> None:
    """Refuse a sample without its counts: a bound needs to know how many were asked."""
    if rule.kind is MetricKind.VALUE:
        return
    names = _COUNTS[rule.kind]
    counts: list[int] = []
    for name in names:
        count: int | None = getattr(measure, name)
        if count is None:
            words = N_(
                "%(metric)s needs its counts: a percentage alone proves nothing of a sample."
            )
            raise Invalid(T_(words, metric=rule.title), name)
        counts.append(count)
    largest = counts[1] if rule.kind is MetricKind.PROPORTION else sum(counts)
    for name, count in zip(names, counts, strict=True):
        if not 0 <= count <= largest or largest == 0:
            raise _wrong(rule, name)


def _wrong(rule: MetricRule, name: str) -> Invalid:
    return Invalid(T_("%(metric)s cannot have this figure.", metric=rule.title), name)


_Read = tuple[Basis, Fraction, Fraction]


def _read_value(_rule: MetricRule, _rating: RatingRule, measure: MeasureInput) -> _Read:
    value = exact(measure.value or 0.0)
    return Basis.CENSUS if measure.census else Basis.VALUE, value, value


def _read_proportion(rule: MetricRule, rating: RatingRule, measure: MeasureInput) -> _Read:
    if measure.successes is None or measure.total is None:
        return _read_value(rule, rating, measure)
    point = Fraction(100 * measure.successes, measure.total)
    if measure.census:
        return Basis.CENSUS, point, point
    side: Side = "lower" if rule.better is Better.HIGHER else "upper"
    bound = clopper_pearson_bound(measure.successes, measure.total, rating.confidence, side)
    return Basis.SAMPLE, point, 100 * Fraction(bound)


def _read_nps(rule: MetricRule, rating: RatingRule, measure: MeasureInput) -> _Read:
    if measure.promoters is None or measure.passives is None or measure.detractors is None:
        return _read_value(rule, rating, measure)
    counts = measure.promoters, measure.passives, measure.detractors
    point = Fraction(100 * (counts[0] - counts[2]), sum(counts))
    if measure.census:
        return Basis.CENSUS, point, point
    return Basis.SAMPLE, point, Fraction(nps_bound(*counts, rating.z))


_READERS: dict[MetricKind, Callable[[MetricRule, RatingRule, MeasureInput], _Read]] = {
    MetricKind.VALUE: _read_value,
    MetricKind.PROPORTION: _read_proportion,
    MetricKind.NPS: _read_nps,
}


def _anchors_reached(value: Fraction, rule: MetricRule) -> int:
    if rule.better is Better.HIGHER:
        return sum(value >= exact(anchor) for anchor in rule.anchors)
    return sum(value <= exact(anchor) for anchor in rule.anchors)
