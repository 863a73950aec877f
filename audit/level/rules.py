"""Measures and answers become a level, by the rules of a scheme version. Pure.

Nothing is rounded inside: scores are exact fractions and meet the cuts as they are, so that 69.96 is
not level 3. Doubles come out at the end. For print, ``rounded`` rounds half up, and
``decimals_to_show`` keeps a page from printing 69.96 as 70.0.

``Rating.explanation`` holds the steps as codes with numbers; a page makes its sentences from them:

- ``total``: score, level, cut, next_cut (None above the last)
- ``weakest``: dimension, score, level, plus, limit, binds
- ``floor``: reached, of, below (the dimensions under the first cut), binds
- ``window``: days, minimum, limit (None where it is long enough), binds, metrics (that shorten it)
- ``incomplete``: dimension, reason
- ``missing`` and ``excluded``: dimension, metrics
- ``criteria``: dimension, unanswered, unverified (where there are any; they count 0)
- ``level``: level (None for no level), reason
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from audit.dimensions.rules import (
    AnswerInput,
    CriteriaCount,
    DimensionScore,
    NoScore,
    check_answer,
    decimals_to_show,
    level_of,
    rounded,
    score_dimension,
)
from audit.measures.rules import Basis, MeasureInput, MeasureScore, exact
from checklists.schemes.rules import SchemeRules
from core.bounds import clopper_pearson_bound, nps_bound, sample_needed
from core.errors import Invalid
from core.plain import canonical, plain, revived
from core.words import N_, T_

__all__ = [
    "AnswerInput",
    "Basis",
    "Cap",
    "CapKind",
    "CriteriaCount",
    "DimensionScore",
    "MeasureInput",
    "MeasureScore",
    "NoLevel",
    "NoScore",
    "Rating",
    "RatingInputs",
    "Step",
    "clopper_pearson_bound",
    "decimals_to_show",
    "identity_of",
    "nps_bound",
    "rate",
    "rating_digest",
    "rating_document",
    "rounded",
    "sample_needed",
]

FORMAT = "assay-rating/1"
Fact = str | int | float | bool | tuple[str, ...] | None


class NoLevel(StrEnum):
    """Why there is no level."""

    INCOMPLETE = "incomplete"
    BELOW_FIRST_CUT = "below_first_cut"
    SHORT_WINDOW = "short_window"


class CapKind(StrEnum):
    """What holds a level down."""

    WEAKEST = "weakest"
    FLOOR = "floor"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class RatingInputs:
    """Everything that goes into a rating, beside the scheme version."""

    measures: tuple[MeasureInput, ...]
    answers: tuple[AnswerInput, ...]
    window_days: int

    def to_json(self) -> dict[str, object]:
        """Give plain JSON data, in one order whatever the order of entry."""
        return {
            "measures": plain(sorted(self.measures, key=lambda one: one.metric)),
            "answers": plain(sorted(self.answers, key=lambda one: one.criterion)),
            "window_days": self.window_days,
        }

    @classmethod
    def from_json(cls, data: object) -> "RatingInputs":
        """Read what ``to_json`` gave; TypeError or ValueError for anything else."""
        return revived(cls, data)


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit on the level; it binds where the total alone would give more."""

    kind: CapKind
    level: int
    binds: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the explanation: a code and its numbers, no words."""

    code: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Rating:
    """The level with all that led to it.

    ``total_level`` is 0 below the first cut. ``level`` is None where there is none, for ``reason``; an
    incomplete rating has no total either. ``window_days`` is the window that counted.
    """

    dimensions: tuple[DimensionScore, ...]
    total: float | None
    total_level: int | None
    weakest: str | None
    caps: tuple[Cap, ...]
    level: int | None
    reason: NoLevel | None
    window_days: int
    explanation: tuple[Step, ...]

    @property
    def metrics(self) -> tuple[MeasureScore, ...]:
        """Give the score of every metric, by dimension in the scheme's order."""
        return tuple(metric for one in self.dimensions for metric in one.metrics)

    @property
    def missing(self) -> tuple[str, ...]:
        """Name every metric without a measure, which counts 0."""
        return tuple(metric for one in self.dimensions for metric in one.missing)

    def dimension(self, code: str) -> DimensionScore:
        """Give the score of a dimension; KeyError where there is none."""
        return {one.dimension: one for one in self.dimensions}[code]

    def to_json(self) -> dict[str, object]:
        """Give plain JSON data, to be kept beside the inputs."""
        given: dict[str, object] = plain(self)
        return given

    @classmethod
    def from_json(cls, data: object) -> "Rating":
        """Read what ``to_json`` gave; TypeError or ValueError for anything else."""
        return revived(cls, data)


def rate(
    scheme: SchemeRules,
    measures: Iterable[MeasureInput],
    answers: Iterable[AnswerInput],
    window_days: int,
) -> Rating:
    """Compute the level from measures and answers, in any order (S-05).

    The window that counts is the shortest of ``window_days`` and those that measures carry. Invalid
    for figures that cannot be, codes that the scheme does not know, anything given twice and an
    exclusion without a reason.
    """
    by_metric = _by_metric(scheme, measures)
    by_dimension = _by_dimension(scheme, answers)
    scored = [
        score_dimension(scheme, rule, by_metric, by_dimension[rule.code])
        for rule in scheme.dimensions
    ]
    dimensions = tuple(one for one, _ in scored)
    total = _total([(exact(one.weight), score) for one, score in scored])
    total_level = None if total is None else level_of(total, scheme.levels)
    known = [(score, one) for one, score in scored if score is not None]
    weakest = min(known, key=lambda pair: pair[0])[1] if known else None
    days, short = _window(scheme, by_metric.values(), window_days)
    caps = _caps(scheme, dimensions, weakest, total_level, days)
    level, reason = _final(total_level, caps)
    rating = Rating(
        dimensions=dimensions,
        total=None if total is None else float(total),
        total_level=total_level,
        weakest=None if weakest is None else weakest.dimension,
        caps=caps,
        level=level,
        reason=reason,
        window_days=days,
        explanation=(),
    )
    return replace(rating, explanation=tuple(_explained(scheme, rating, short)))


def identity_of(scheme: SchemeRules) -> dict[str, object]:
    """Name a scheme version and its standard, as the digest takes them in."""
    standard = {"code": scheme.standard.code, "version": scheme.standard.version}
    return {"code": scheme.code, "version": scheme.version, "standard": standard}


def rating_document(inputs: RatingInputs, scheme: Mapping[str, object]) -> bytes:
    """Give the inputs as the very bytes that the digest is of, to be handed out as a file."""
    return canonical({"format": FORMAT, "scheme": scheme, "inputs": inputs.to_json()})


def rating_digest(inputs: RatingInputs, scheme: Mapping[str, object]) -> str:
    """Compute the SHA-256 of ``rating_document``: ``sha256sum`` on the file gives the same."""
    return hashlib.sha256(rating_document(inputs, scheme)).hexdigest()


def _by_metric(scheme: SchemeRules, measures: Iterable[MeasureInput]) -> dict[str, MeasureInput]:
    known = {rule.code: rule for rule in scheme.metrics}
    found: dict[str, MeasureInput] = {}
    for one in measures:
        if one.metric not in known:
            words = N_("“%(metric)s” is not a metric of this scheme.")
            raise Invalid(T_(words, metric=one.metric), "metric")
        if one.metric in found:
            words = N_("%(metric)s is given twice.")
            raise Invalid(T_(words, metric=known[one.metric].title), "metric")
        found[one.metric] = one
    return found


def _by_dimension(
    scheme: SchemeRules, answers: Iterable[AnswerInput]
) -> dict[str, list[AnswerInput]]:
    found: dict[str, list[AnswerInput]] = {rule.code: [] for rule in scheme.dimensions}
    seen: set[str] = set()
    for one in answers:
        if one.dimension and one.dimension not in found:
            words = N_("Criterion %(criterion)s belongs to no dimension of this scheme.")
            raise Invalid(T_(words, criterion=one.criterion), "dimension")
        if one.criterion in seen:
            words = N_("Criterion %(criterion)s is answered twice.")
            raise Invalid(T_(words, criterion=one.criterion), "criterion")
        check_answer(one)
        seen.add(one.criterion)
        if one.dimension:  # a criterion without one is judged, but counts in no score
            found[one.dimension].append(one)
    return found


def _total(parts: Sequence[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """Give the weighted mean of the scores; None where one is wanting."""
    weighted = [weight * score for weight, score in parts if score is not None]
    if len(weighted) < len(parts):
        return None
    return sum(weighted, Fraction(0)) / sum((weight for weight, _ in parts), Fraction(0))


def _window(
    scheme: SchemeRules, measures: Iterable[MeasureInput], window_days: int
) -> tuple[int, tuple[str, ...]]:
    """Give the shortest window of the data and the metrics whose own is too short."""
    windows = {
        one.metric: one.window_days
        for one in measures
        if one.window_days is not None and not one.exclusion_reason.strip()
    }
    minimum = scheme.rating.minimum_window_days
    short = tuple(rule.code for rule in scheme.metrics if windows.get(rule.code, minimum) < minimum)
    return min([window_days, *windows.values()]), short


def _caps(
    scheme: SchemeRules,
    dimensions: Sequence[DimensionScore],
    weakest: DimensionScore | None,
    total_level: int | None,
    days: int,
) -> tuple[Cap, ...]:
    """Give the limits that apply, in the order in which the page tells them."""
    limits: list[tuple[CapKind, int]] = []
    if weakest is not None and weakest.level is not None:
        allowed = min(len(scheme.levels), weakest.level + scheme.rating.weakest_plus)
        limits.append((CapKind.WEAKEST, allowed))
    if any(one.level == 0 for one in dimensions):
        limits.append((CapKind.FLOOR, 0))
    if days < scheme.rating.minimum_window_days:
        limits.append((CapKind.WINDOW, scheme.rating.short_window_max_level))
    reached = total_level or 0
    return tuple(Cap(kind, level, binds=level < reached) for kind, level in limits)


def _final(total_level: int | None, caps: Sequence[Cap]) -> tuple[int | None, NoLevel | None]:
    if total_level is None:
        return None, NoLevel.INCOMPLETE
    level = min([total_level, *(cap.level for cap in caps)])
    if level > 0:
        return level, None
    others = [total_level, *(cap.level for cap in caps if cap.kind is not CapKind.WINDOW)]
    return None, NoLevel.BELOW_FIRST_CUT if min(others) == 0 else NoLevel.SHORT_WINDOW


def _explained(scheme: SchemeRules, rating: Rating, short: tuple[str, ...]) -> Iterator[Step]:
    """Tell the steps in the order in which a person follows them."""
    caps = {cap.kind: cap for cap in rating.caps}
    if rating.total_level is not None:
        cuts = {0: None} | {level.number: level.cut for level in scheme.levels}
        following = cuts.get(rating.total_level + 1)
        yield _step(
            "total",
            score=rating.total,
            level=rating.total_level,
            cut=cuts[rating.total_level],
            next_cut=following,
        )
    if rating.weakest is not None:
        one = rating.dimension(rating.weakest)
        facts = {"dimension": one.dimension, "score": one.score, "level": one.level}
        plus = scheme.rating.weakest_plus
        yield _step("weakest", **facts, plus=plus, **_limit(caps.get(CapKind.WEAKEST)))
    below = tuple(one.dimension for one in rating.dimensions if one.level == 0)
    reached = sum(bool(one.level) for one in rating.dimensions)
    binds = CapKind.FLOOR in caps and caps[CapKind.FLOOR].binds
    yield _step("floor", reached=reached, of=len(rating.dimensions), below=below, binds=binds)
    window = {"days": rating.window_days, "minimum": scheme.rating.minimum_window_days}
    yield _step("window", **window, metrics=short, **_limit(caps.get(CapKind.WINDOW)))
    for one in rating.dimensions:
        yield from _notes(one)
    yield _step("level", level=rating.level, reason=rating.reason)


def _notes(one: DimensionScore) -> Iterator[Step]:
    """Tell what is wanting in a dimension, or left out of it."""
    if one.reason is not None:
        yield _step("incomplete", dimension=one.dimension, reason=one.reason)
    if one.missing:
        yield _step("missing", dimension=one.dimension, metrics=one.missing)
    if one.excluded:
        yield _step("excluded", dimension=one.dimension, metrics=one.excluded)
    counts = one.counts
    if counts.unanswered or counts.unverified:
        numbers = {"unanswered": counts.unanswered, "unverified": counts.unverified}
        yield _step("criteria", dimension=one.dimension, **numbers)


def _limit(cap: Cap | None) -> dict[str, Fact]:
    return (
        {"limit": None, "binds": False} if cap is None else {"limit": cap.level, "binds": cap.binds}
    )


def _step(code: str, **facts: Fact) -> Step:
    return Step(code, facts)
