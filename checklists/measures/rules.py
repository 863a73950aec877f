"""Measures: what is measured and how it becomes a level, as a scheme states it. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import NormalDist

from checklists.packs.rules import SLUG, PackReader
from core.words import N_, T_, Words


class Unit(StrEnum):
    """What a figure is counted in."""

    PERCENT = "percent"
    HOURS = "hours"
    MINUTES = "minutes"
    POINTS = "points"
    DAYS = "days"


class MetricKind(StrEnum):
    """How a metric becomes a figure: read off, a share of cases, or a net promoter score."""

    VALUE = "value"
    PROPORTION = "proportion"
    NPS = "nps"


class Better(StrEnum):
    """Which direction is good."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A level; ``cut`` is the lowest score, 0 to 100, that reaches it (S-01)."""

    number: int
    title: Words
    cut: float


@dataclass(frozen=True, slots=True)
class DimensionRule:
    """A dimension (S-03); criteria enter its score with what ``quantity_share`` leaves of 1."""

    code: str
    title: Words
    weight: float
    quantity_share: float


@dataclass(frozen=True, slots=True)
class MetricRule:
    """A metric; ``anchors`` are worth the scores of ``RatingRule.anchor_scores``, in order."""

    code: str
    dimension: str
    title: Words
    unit: Unit
    kind: MetricKind
    better: Better
    anchors: tuple[float, ...]
    decimals: int
    explanation: Words


@dataclass(frozen=True, slots=True)
class RatingRule:
    """How scores become a level; ``z`` is the one-sided normal quantile of ``confidence``."""

    anchor_scores: tuple[float, ...]
    confidence: float
    minimum_window_days: int
    short_window_max_level: int
    weakest_plus: int
    z: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A figure to show a provider against, never to judge by (S-31)."""

    code: str
    title: Words
    metric: str | None
    value: float
    unit: Unit
    better: Better
    within_hours: float | None


def read_levels(top: PackReader) -> tuple[LevelRule, ...]:
    """Read the levels: numbered from 1, with rising cuts (S-01)."""
    groups = top.groups("levels", "number", "title", "cut")
    levels = tuple(
        LevelRule(one.whole("number", 1, 20), one.words("title"), one.number("cut", 0, 100))
        for one in groups
    )
    for n, level in enumerate(levels):
        if level.number != n + 1:
            message = N_("Levels are numbered from 1 without a gap; %(number)s is due here.")
            top.tell(T_(message, number=n + 1), "levels", n, "number")
    for n, (one, following) in enumerate(pairwise(levels), start=1):
        if following.cut <= one.cut:
            top.tell(T_("A higher level needs a higher cut."), "levels", n, "cut")
    return levels


def read_dimensions(top: PackReader) -> tuple[DimensionRule, ...]:
    """Read the dimensions, whose weights add up to 1 (S-03)."""
    groups = top.groups("dimensions", "code", "title", "weight", "quantity_share")
    dimensions = tuple(
        DimensionRule(
            code=one.text("code", SLUG),
            title=one.words("title"),
            weight=one.number("weight", 0, 1),
            quantity_share=one.number("quantity_share", 0, 1),
        )
        for one in groups
    )
    top.unique((one.code, ("dimensions", n, "code")) for n, one in enumerate(dimensions))
    total = math.fsum(one.weight for one in dimensions)
    if dimensions and abs(total - 1) > 1e-9:
        message = N_("The weights of the dimensions add up to %(total)s; they must add up to 1.")
        top.tell(T_(message, total=f"{total:.6g}"), "dimensions")
    return dimensions


def read_metrics(
    top: PackReader, dimensions: tuple[DimensionRule, ...], levels: int
) -> tuple[MetricRule, ...]:
    """Read the metrics: each with an anchor per level, every dimension with a metric."""
    groups = top.groups("metrics", *MetricRule.__dataclass_fields__)
    metrics = tuple(_metric(one) for one in groups)
    top.unique((one.code, ("metrics", n, "code")) for n, one in enumerate(metrics))
    known = {one.code for one in dimensions}
    for one, metric in zip(groups, metrics, strict=True):
        check_named(one, metric.dimension, known, "dimension")
        _check_anchors(one, metric, levels)
    for n, dimension in enumerate(dimensions):
        if metrics and dimension.code not in {one.dimension for one in metrics}:
            top.tell(T_("No metric belongs to this dimension."), "dimensions", n, "code")
    return metrics


def read_rating(top: PackReader, levels: tuple[LevelRule, ...]) -> RatingRule:
    """Read how scores become a level."""
    one = top.group("rating", *RatingRule.__dataclass_fields__)
    rating = RatingRule(
        anchor_scores=one.numbers("anchor_scores", 0, 100),
        confidence=one.number("confidence", 0.5, 0.9999),
        minimum_window_days=one.whole("minimum_window_days", 0, 3660),
        short_window_max_level=one.whole("short_window_max_level", 0, max(len(levels), 1)),
        weakest_plus=one.whole("weakest_plus", 0, 20),
        z=one.number("z", 0, 10),
    )
    if not _rises(rating.anchor_scores):
        one.tell(T_("These figures must rise."), "anchor_scores")
    if rating.anchor_scores and len(rating.anchor_scores) != len(levels):
        _tell_count(one, len(levels), "anchor_scores")
    if rating.confidence < 1 and abs(rating.z - NormalDist().inv_cdf(rating.confidence)) > 0.005:
        due = f"{NormalDist().inv_cdf(rating.confidence):.3f}"
        one.tell(T_("At this confidence the one-sided quantile is %(due)s.", due=due), "z")
    return rating


def read_benchmarks(top: PackReader, metrics: tuple[MetricRule, ...]) -> tuple[Benchmark, ...]:
    """Read the figures to show a provider against (S-31)."""
    groups = top.groups("benchmarks", *Benchmark.__dataclass_fields__)
    benchmarks = tuple(_benchmark(one) for one in groups)
    top.unique((one.code, ("benchmarks", n, "code")) for n, one in enumerate(benchmarks))
    known = {metric.code for metric in metrics}
    for one, benchmark in zip(groups, benchmarks, strict=True):
        if benchmark.metric is not None:
            check_named(one, benchmark.metric, known, "metric")
    return benchmarks


def check_named(one: PackReader, code: str, known: set[str], *place: str | int) -> None:
    """Tell it if a code names nothing in this pack."""
    if code and code not in known:
        one.tell(T_("“%(code)s” is not defined in this pack.", code=code), *place)


def _metric(one: PackReader) -> MetricRule:
    return MetricRule(
        code=one.text("code", SLUG),
        dimension=one.text("dimension", SLUG),
        title=one.words("title"),
        unit=one.choice("unit", Unit),
        kind=one.choice("kind", MetricKind),
        better=one.choice("better", Better),
        anchors=one.numbers("anchors"),
        decimals=one.whole("decimals", 0, 6),
        explanation=one.words("explanation"),
    )


def _check_anchors(one: PackReader, metric: MetricRule, levels: int) -> None:
    """Tell it if anchors are too few, too many, out of order or outside what a share can be."""
    if metric.anchors and len(metric.anchors) != levels:
        _tell_count(one, levels, "anchors")
    if metric.better is Better.HIGHER and not _rises(metric.anchors):
        one.tell(T_("Higher is better here, so the anchors must rise."), "anchors")
    if metric.better is Better.LOWER and not _rises(metric.anchors[::-1]):
        one.tell(T_("Lower is better here, so the anchors must fall."), "anchors")
    if metric.unit is Unit.PERCENT and any(anchor < 0 or anchor > 100 for anchor in metric.anchors):
        one.tell(T_("A percentage lies between 0 and 100."), "anchors")


def _benchmark(one: PackReader) -> Benchmark:
    return Benchmark(
        code=one.text("code", SLUG),
        title=one.words("title"),
        metric=one.text("metric", SLUG) if one.has("metric") else None,
        value=one.number("value"),
        unit=one.choice("unit", Unit),
        better=one.choice("better", Better),
        within_hours=one.number("within_hours") if one.has("within_hours") else None,
    )


def _rises(figures: tuple[float, ...]) -> bool:
    """Tell whether each figure is above the one before; NaN has been told already and passes."""
    return not any(following <= one for one, following in pairwise(figures))


def _tell_count(one: PackReader, levels: int, place: str) -> None:
    one.tell(T_("One figure for each of the %(levels)s levels is needed.", levels=levels), place)
