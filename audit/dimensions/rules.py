"""One dimension: the mean of its measures, the mean of its criteria, and both together. Pure.

What is not proven counts nothing: a criterion without an answer and a rating whose evidence could not
be verified are worth 0, as is a metric without a measure; only an exclusion with a reason leaves
something out. Scores stay exact fractions; doubles come out at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from audit.measures.rules import Basis, MeasureInput, MeasureScore, exact, measured
from checklists.schemes.rules import DimensionRule, LevelRule, SchemeRules
from core.errors import Invalid
from core.words import N_, T_

FULL_RATING = 4
_MOST_DECIMALS = 9


class NoScore(StrEnum):
    """Why a dimension has no score."""

    NO_METRICS = "no_metrics"
    NO_CRITERIA = "no_criteria"


@dataclass(frozen=True, slots=True)
class AnswerInput:
    """The judgement of a criterion: a rating 0 to 4, none yet, or an exclusion with its reason."""

    criterion: str
    dimension: str
    weight: float = 1.0
    rating: int | None = None
    excluded: bool = False
    exclusion_reason: str = ""
    evidence_verified: bool = False


@dataclass(frozen=True, slots=True)
class CriteriaCount:
    """How the criteria of a dimension stand; ``unverified`` ones are among the answered."""

    answered: int = 0
    unanswered: int = 0
    unverified: int = 0
    excluded: int = 0


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """A dimension's part in a rating.

    ``quantity`` is Q from the measures, ``criteria`` C, ``score`` S of both, each 0 to 100. ``level``
    is 0 below the first cut. Where ``reason`` stands there is neither score nor level.
    """

    dimension: str
    weight: float
    quantity_share: float
    metrics: tuple[MeasureScore, ...]
    quantity: float | None
    criteria: float | None
    score: float | None
    level: int | None
    counts: CriteriaCount
    reason: NoScore | None

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the metrics without a measure, which count 0."""
        return self._with(Basis.MISSING)

    @property
    def excluded(self) -> tuple[str, ...]:
        """Name the metrics left out with a reason."""
        return self._with(Basis.EXCLUDED)

    @property
    def adds(self) -> float | None:
        """Give what the dimension adds to the total, where the weights add up to 1."""
        return None if self.score is None else self.weight * self.score

    def _with(self, basis: Basis) -> tuple[str, ...]:
        return tuple(one.metric for one in self.metrics if one.basis is basis)


def score_dimension(
    scheme: SchemeRules,
    rule: DimensionRule,
    measures: Mapping[str, MeasureInput],
    answers: Sequence[AnswerInput],
) -> tuple[DimensionScore, Fraction | None]:
    """Score a dimension from the measures by metric and its own answers; also give S exactly.

    Without any metric, or any criterion, that counts there is no score, unless the scheme gives that
    part no share. Invalid for figures and answers that cannot be.
    """
    results = [
        measured(metric, scheme.rating, measures.get(metric.code))
        for metric in scheme.metrics_of(rule.code)
    ]
    metrics = tuple(result for result, _ in results)
    given = any(one.basis is not Basis.MISSING for one in metrics)
    quantity = _mean((1, score) for _, score in results if score is not None) if given else None
    criteria = _mean((exact(one.weight), _worth(one)) for one in answers if not one.excluded)
    share = exact(rule.quantity_share)
    reason = _reason(quantity, criteria, share)
    score = None
    if reason is None:
        score = share * (quantity or 0) + (1 - share) * (criteria or 0)
    result = DimensionScore(
        dimension=rule.code,
        weight=rule.weight,
        quantity_share=rule.quantity_share,
        metrics=metrics,
        quantity=_double(quantity),
        criteria=_double(criteria),
        score=_double(score),
        level=None if score is None else level_of(score, scheme.levels),
        counts=_count(answers),
        reason=reason,
    )
    return result, score


def level_of(score: Fraction, levels: Iterable[LevelRule]) -> int:
    """Give the highest level whose cut the score reaches; 0 below the first."""
    return max((one.number for one in levels if score >= exact(one.cut)), default=0)


def rounded(number: float, decimals: int) -> Decimal:
    """Round for print: half up, from the shortest decimal that writes the number."""
    return Decimal(str(number)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def decimals_to_show(score: float, levels: Sequence[LevelRule], least: int = 1) -> int:
    """Say how many decimals a score needs lest rounding show it at a cut that it does not reach.

    One for 73.71, two for 69.96, which is level 2 though one decimal would print 70.0.
    """
    level = level_of(exact(score), levels)
    for decimals in range(least, _MOST_DECIMALS):
        if level_of(Fraction(rounded(score, decimals)), levels) == level:
            return decimals
    return _MOST_DECIMALS


def check_answer(answer: AnswerInput) -> None:
    """Refuse an exclusion without a reason and a rating or weight that cannot be."""
    code = answer.criterion
    if answer.excluded and not answer.exclusion_reason.strip():
        words = N_("Criterion %(criterion)s is excluded without a reason.")
        raise Invalid(T_(words, criterion=code), "exclusion_reason")
    if answer.rating is not None and not 0 <= answer.rating <= FULL_RATING:
        words = N_("Criterion %(criterion)s has a rating outside 0 to 4.")
        raise Invalid(T_(words, criterion=code), "rating")
    if not 0 <= answer.weight < float("inf"):
        words = N_("Criterion %(criterion)s has an impossible weight.")
        raise Invalid(T_(words, criterion=code), "weight")


def _worth(answer: AnswerInput) -> Fraction:
    """Give a criterion's rating as a percentage; nothing where the evidence is not verified."""
    rating = answer.rating if answer.evidence_verified else None
    return Fraction(100 * (rating or 0), FULL_RATING)


def _mean(parts: Iterable[tuple[Fraction | int, Fraction]]) -> Fraction | None:
    """Give the weighted mean; None where nothing has weight."""
    weights, total = Fraction(0), Fraction(0)
    for weight, value in parts:
        weights += weight
        total += weight * value
    return total / weights if weights else None


def _reason(
    quantity: Fraction | None, criteria: Fraction | None, share: Fraction
) -> NoScore | None:
    if quantity is None and share > 0:
        return NoScore.NO_METRICS
    if criteria is None and share < 1:
        return NoScore.NO_CRITERIA
    return None


def _count(answers: Sequence[AnswerInput]) -> CriteriaCount:
    kept = [one for one in answers if not one.excluded]
    answered = [one for one in kept if one.rating is not None]
    return CriteriaCount(
        answered=len(answered),
        unanswered=len(kept) - len(answered),
        unverified=sum(not one.evidence_verified for one in answered),
        excluded=len(answers) - len(kept),
    )


def _double(number: Fraction | None) -> float | None:
    return None if number is None else float(number)
