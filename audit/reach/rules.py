"""What a rating is short of: points of the total, weak dimensions, and the worth of each step. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from audit.dimensions.rules import DimensionScore
from audit.level.rules import Rating
from audit.measures.rules import Basis, MeasureScore, exact, samples_for
from checklists.schemes.rules import SchemeRules


@dataclass(frozen=True, slots=True)
class Gain:
    """What the total gains if one metric alone comes to ``target``; ``dimension_score`` is S then.

    ``samples_needed``: how many cases prove the target with no miss, one and two, for a sample.
    """

    metric: str
    dimension: str
    target: float
    gain: float
    dimension_score: float
    samples_needed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """What is short of a level.

    ``cut`` and ``points`` are the total's; the dimensions in ``short`` are under ``dimension_cut``, which
    the level asks of the weakest one. ``gains`` come largest first; ``total_with_all`` has all of them.
    """

    level: int
    cut: float
    points: float
    dimension_cut: float
    short: tuple[str, ...]
    gains: tuple[Gain, ...]
    total_with_all: float


def reach(scheme: SchemeRules, rating: Rating, level: int | None = None) -> Reach | None:
    """Say what is short of a level, the next one if none is named.

    None above the last level and for an incomplete rating. A gain brings one metric to the level's
    anchor, everything else staying as it is.
    """
    wanted = (rating.level or 0) + 1 if level is None else level
    if rating.total is None or not 1 <= wanted <= len(scheme.levels):
        return None
    cut = exact(scheme.level(wanted).cut)
    floor = exact(scheme.level(max(1, wanted - scheme.rating.weakest_plus)).cut)
    gains = [
        gain
        for one in rating.dimensions
        for metric in one.metrics
        if (gain := _gain(scheme, one, metric, wanted)) is not None
    ]
    return Reach(
        level=wanted,
        cut=float(cut),
        points=max(0.0, float(cut - exact(rating.total))),
        dimension_cut=float(floor),
        short=tuple(one.dimension for one in rating.dimensions if exact(one.score or 0.0) < floor),
        gains=tuple(sorted(gains, key=lambda one: -one.gain)),
        total_with_all=rating.total + sum(one.gain for one in gains),
    )


def _gain(
    scheme: SchemeRules, one: DimensionScore, metric: MeasureScore, level: int
) -> Gain | None:
    """Give the worth of bringing a metric to a level's anchor; None where it is there already."""
    short = exact(scheme.rating.anchor_scores[level - 1]) - exact(metric.score or 0.0)
    if metric.basis is Basis.EXCLUDED or one.score is None or short <= 0:
        return None
    counted = sum(each.basis is not Basis.EXCLUDED for each in one.metrics)
    lift = exact(one.quantity_share) * short / counted
    weights = sum((exact(rule.weight) for rule in scheme.dimensions), Fraction(0))
    rule = scheme.metric(metric.metric)
    target = rule.anchors[level - 1]
    sampled = metric.basis is Basis.SAMPLE
    return Gain(
        metric=metric.metric,
        dimension=one.dimension,
        target=target,
        gain=float(lift * exact(one.weight) / weights),
        dimension_score=one.score + float(lift),
        samples_needed=samples_for(rule, scheme.rating, target) if sampled else (),
    )
