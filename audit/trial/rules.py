"""The kept rating beside the one under other rules, and which rule makes the difference. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from audit.level.rules import DimensionScore, MeasureInput, Rating, RatingInputs, rate
from checklists.scheme_parts.rules import Part
from checklists.schemes.rules import MetricRule, SchemeRules
from core.errors import Invalid
from core.words import N_, Words

RATED_BY = frozenset({Part.LEVELS, Part.DIMENSIONS, Part.METRICS, Part.RATING})


@dataclass(frozen=True, slots=True)
class Fit:
    """What of an audit's inputs the other rules can take, and what they cannot.

    ``unfit`` are metrics that are known but measured otherwise there.
    """

    inputs: RatingInputs
    unknown_metrics: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()
    unknown_criteria: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Say whether everything was taken."""
        return not (self.unknown_metrics or self.unfit or self.unknown_criteria)


@dataclass(frozen=True, slots=True)
class Side:
    """One dimension in two ratings; None where that scheme does not have it, or it has no score."""

    code: str
    title: Words
    before: DimensionScore | None
    after: DimensionScore | None

    @property
    def difference(self) -> float | None:
        """Give by how much the score changes."""
        if self.before is None or self.after is None:
            return None
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


@dataclass(frozen=True, slots=True)
class Effect:
    """What one kind of rule does alone: the rating under the old rules with only these from the new ones.

    ``rating`` is None where these rules cannot be put into the old ones alone; ``same`` where they do not differ.
    """

    code: str
    title: str
    same: bool
    rating: Rating | None


@dataclass(frozen=True, slots=True)
class Trial:
    """Both ratings with everything that tells them apart."""

    before: Rating
    after: Rating
    fit: Fit
    sides: tuple[Side, ...]
    effects: tuple[Effect, ...]

    @property
    def decisive(self) -> tuple[Effect, ...]:
        """Name the rules that alone would change level or total."""
        return tuple(
            one
            for one in self.effects
            if one.rating is not None
            and (one.rating.level, one.rating.total) != (self.before.level, self.before.total)
        )


def fit(new: SchemeRules, inputs: RatingInputs) -> Fit:
    """Sort out what the new rules cannot take."""
    metrics = {one.code for one in new.metrics}
    dimensions = {"", *(one.code for one in new.dimensions)}  # without one it counts in no score
    known = [one for one in inputs.measures if one.metric in metrics]
    usable = tuple(one for one in known if _takes(new, one))
    return Fit(
        inputs=RatingInputs(
            usable,
            tuple(one for one in inputs.answers if one.dimension in dimensions),
            inputs.window_days,
        ),
        unknown_metrics=tuple(
            sorted(one.metric for one in inputs.measures if one.metric not in metrics)
        ),
        unfit=tuple(sorted(one.metric for one in known if one not in usable)),
        unknown_criteria=tuple(
            one.criterion for one in inputs.answers if one.dimension not in dimensions
        ),
    )


def attempt(old: SchemeRules, new: SchemeRules, inputs: RatingInputs, kept: Rating | None) -> Trial:
    """Rate the inputs under both rules; ``kept`` is the rating on record, if there is one."""
    before = kept or _rate(old, inputs)
    fitting = fit(new, inputs)
    after = _rate(new, fitting.inputs)
    return Trial(
        before,
        after,
        fitting,
        tuple(_sides(old, new, before, after)),
        tuple(_effects(old, new, inputs)),
    )


def _rate(scheme: SchemeRules, inputs: RatingInputs) -> Rating:
    return rate(scheme, inputs.measures, inputs.answers, inputs.window_days)


def _takes(new: SchemeRules, measure: MeasureInput) -> bool:
    try:
        rate(new, [measure], (), 0)
    except Invalid:
        return False
    return True


def _sides(old: SchemeRules, new: SchemeRules, before: Rating, after: Rating) -> Iterator[Side]:
    was = {one.dimension: one for one in before.dimensions}
    now = {one.dimension: one for one in after.dimensions}
    titles = {one.code: one.title for one in (*old.dimensions, *new.dimensions)}
    for code in dict.fromkeys([*(one.code for one in new.dimensions), *was]):
        yield Side(code, titles[code], was.get(code), now.get(code))


def _effects(old: SchemeRules, new: SchemeRules, inputs: RatingInputs) -> Iterator[Effect]:
    for code, title, swap in _SWAPS:
        mixed = swap(old, new)
        if mixed == old:
            yield Effect(code, title, same=True, rating=None)
        else:
            yield Effect(
                code, title, same=False, rating=None if mixed is None else _tried(mixed, inputs)
            )


def _tried(mixed: SchemeRules, inputs: RatingInputs) -> Rating | None:
    try:
        return _rate(mixed, inputs)
    except Invalid:
        return None


# -- one kind of rule at a time; None where it cannot stand among the old ones -----------------------------------------


def _cuts(old: SchemeRules, new: SchemeRules) -> SchemeRules | None:
    if len(old.levels) != len(new.levels):
        return None
    cuts = [one.cut for one in new.levels]
    return replace(
        old, levels=tuple(replace(one, cut=cut) for one, cut in zip(old.levels, cuts, strict=True))
    )


def _weights(old: SchemeRules, new: SchemeRules) -> SchemeRules | None:
    weights = {one.code: one.weight for one in new.dimensions}
    if set(weights) != {one.code for one in old.dimensions}:
        return None
    return replace(
        old, dimensions=tuple(replace(one, weight=weights[one.code]) for one in old.dimensions)
    )


def _shares(old: SchemeRules, new: SchemeRules) -> SchemeRules | None:
    shares = {one.code: one.quantity_share for one in new.dimensions}
    if set(shares) != {one.code for one in old.dimensions}:
        return None
    return replace(
        old,
        dimensions=tuple(replace(one, quantity_share=shares[one.code]) for one in old.dimensions),
    )


def _metrics(old: SchemeRules, new: SchemeRules) -> SchemeRules | None:
    """Take what a metric counts by, not its words; a metric that came or went cannot stand alone."""
    fresh = {one.code: one for one in new.metrics}
    same = set(fresh) == {one.code for one in old.metrics} and len(old.levels) == len(new.levels)
    if not same or any(fresh[one.code].dimension != one.dimension for one in old.metrics):
        return None
    return replace(old, metrics=tuple(_counted(one, fresh[one.code]) for one in old.metrics))


def _counted(old: MetricRule, new: MetricRule) -> MetricRule:
    return replace(old, anchors=new.anchors, better=new.better, unit=new.unit, kind=new.kind)


def _scores(old: SchemeRules, new: SchemeRules) -> SchemeRules | None:
    if len(old.levels) != len(new.levels):
        return None
    return replace(old, rating=replace(old.rating, anchor_scores=new.rating.anchor_scores))


def _limits(old: SchemeRules, new: SchemeRules) -> SchemeRules | None:
    return replace(
        old,
        rating=replace(
            old.rating,
            weakest_plus=new.rating.weakest_plus,
            minimum_window_days=new.rating.minimum_window_days,
            short_window_max_level=min(new.rating.short_window_max_level, len(old.levels)),
        ),
    )


def _confidence(old: SchemeRules, new: SchemeRules) -> SchemeRules | None:
    return replace(
        old, rating=replace(old.rating, confidence=new.rating.confidence, z=new.rating.z)
    )


_SWAPS: tuple[tuple[str, str, Callable[[SchemeRules, SchemeRules], SchemeRules | None]], ...] = (
    ("cuts", N_("Cuts of the levels"), _cuts),
    ("weights", N_("Weights of the dimensions"), _weights),
    ("shares", N_("Shares of measures and criteria"), _shares),
    ("metrics", N_("Metrics and their anchors"), _metrics),
    ("scores", N_("What the anchors are worth"), _scores),
    ("limits", N_("Weakest dimension and window of data"), _limits),
    ("confidence", N_("Confidence of a sample"), _confidence),
)
