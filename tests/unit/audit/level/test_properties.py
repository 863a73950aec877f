"""What holds for every input of a rating."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audit.level.rules import (
    AnswerInput,
    MeasureInput,
    Rating,
    RatingInputs,
    identity_of,
    rate,
    rating_digest,
)
from audit.measures.rules import Basis
from checklists.schemes.rules import SchemeRules

several = settings(deadline=None, max_examples=60)

PERCENT = st.decimals(0, 100, places=2).map(float)
LONG = st.decimals(0, 200, places=1).map(float)
SHARE = st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
VALUES = {"availability": PERCENT, "mean_recovery": LONG, "mean_rectification": LONG}
SHARES = (
    "answered_in_time",
    "resolved_in_time",
    "error_rate",
    "satisfied",
    "improvement_on_time",
)
LOWER = {"error_rate", "mean_recovery", "mean_rectification"}
DIMENSIONS = ("availability", "response", "capacity", "satisfaction", "improvement")


@st.composite
def all_measures(draw: st.DrawFn) -> tuple[MeasureInput, ...]:
    """Draw a measure for every metric, some missing, some excluded."""
    drawn = [MeasureInput(code, draw(figure)) for code, figure in VALUES.items()]
    for code in SHARES:
        successes, total = draw(SHARE)
        census = draw(st.booleans())
        drawn.append(MeasureInput(code, successes=successes, total=total, census=census))
    asked = st.integers(0, 500)
    drawn.append(
        MeasureInput(
            "net_promoter",
            promoters=draw(asked) + 1,
            passives=draw(asked),
            detractors=draw(asked),
            window_days=draw(st.none() | st.integers(0, 400)),
        )
    )
    fate = st.sampled_from(["kept"] * 12 + ["missing", "excluded"])
    fates = [(one, draw(fate)) for one in drawn]
    return tuple(
        one
        if is_kept == "kept"
        else MeasureInput(one.metric, exclusion_reason="none in the window")
        for one, is_kept in fates
        if is_kept != "missing"
    )


@st.composite
def all_answers(draw: st.DrawFn) -> tuple[AnswerInput, ...]:
    """Draw one to four answers for every dimension, some open, excluded or not verified."""
    return tuple(
        draw(
            st.builds(
                AnswerInput,
                criterion=st.just(f"{dimension}-{k}"),
                dimension=st.just(dimension),
                weight=st.integers(1, 5).map(float),
                rating=st.none() | st.integers(0, 4),
                excluded=st.sampled_from([False] * 5 + [True]),
                exclusion_reason=st.just("out of scope"),
                evidence_verified=st.sampled_from([True] * 5 + [False]),
            )
        )
        for dimension in DIMENSIONS
        for k in range(draw(st.integers(1, 4)))
    )


INPUTS = st.builds(
    RatingInputs, measures=all_measures(), answers=all_answers(), window_days=st.integers(0, 400)
)


def computed(scheme: SchemeRules, inputs: RatingInputs) -> Rating:
    return rate(scheme, inputs.measures, inputs.answers, inputs.window_days)


def not_worse(before: Rating, after: Rating) -> bool:
    """Say whether neither the total, nor any dimension, nor the level fell."""
    if before.total is not None and (after.total or -1.0) < before.total:
        return False
    pairs = zip(before.dimensions, after.dimensions, strict=True)
    return (after.level or 0) >= (before.level or 0) and all(
        (new.score if new.score is not None else -1.0) >= (old.score or 0.0)
        for old, new in pairs
        if old.score is not None
    )


@several
@given(INPUTS)
def test_the_level_keeps_every_limit(scheme: SchemeRules, inputs: RatingInputs) -> None:
    """S-01: never above the total's level, the weakest plus one, or 2 on a short window."""
    rating = computed(scheme, inputs)
    if rating.level is None:
        assert rating.reason is not None
        return
    assert rating.reason is None
    levels = [one.level or 0 for one in rating.dimensions]
    assert 1 <= rating.level <= min(rating.total_level or 0, min(levels) + 1)
    assert min(levels) >= 1
    if rating.window_days < 90:
        assert rating.level <= 2


@several
@given(INPUTS)
def test_the_total_lies_between_the_dimensions(scheme: SchemeRules, inputs: RatingInputs) -> None:
    rating = computed(scheme, inputs)
    scores = [one.score for one in rating.dimensions if one.score is not None]
    assert all(0 <= score <= 100 for score in scores)
    assert (rating.total is None) == (len(scores) < 5)
    if rating.total is not None:
        assert min(scores) - 1e-9 <= rating.total <= max(scores) + 1e-9
        assert sum(one.adds or 0.0 for one in rating.dimensions) == pytest.approx(rating.total)
        assert rating.dimension(rating.weakest or "").score == min(scores)


@several
@given(INPUTS)
def test_a_bound_is_never_on_the_favourable_side(scheme: SchemeRules, inputs: RatingInputs) -> None:
    """S-05: whatever the sample."""
    for one in computed(scheme, inputs).metrics:
        if one.point is None or one.counts_as is None:
            assert one.basis in {Basis.MISSING, Basis.EXCLUDED}
        elif one.basis is Basis.SAMPLE:
            sign = -1 if one.metric in LOWER else 1
            assert sign * one.counts_as <= sign * one.point + 1e-12
        else:
            assert one.counts_as == one.point


@several
@given(INPUTS, st.sampled_from([*VALUES, *SHARES]), st.data())
def test_a_better_metric_never_lowers_anything(
    scheme: SchemeRules, inputs: RatingInputs, metric: str, data: st.DataObject
) -> None:
    """S-04: the level moves with the metric, for each of them."""
    old = next((one for one in inputs.measures if one.metric == metric), None)
    assume(old is not None and not old.exclusion_reason)
    assert old is not None
    better = -1 if metric in LOWER else 1
    if old.total is not None and old.successes is not None:
        room = old.successes if better < 0 else old.total - old.successes
        step = data.draw(st.integers(0, room))
        new = replace(old, successes=old.successes + better * step)
    else:
        value = old.value or 0.0
        edge = 0.0 if better < 0 else 100.0
        new = replace(old, value=data.draw(st.sampled_from([value, (value + edge) / 2, edge])))
    changed = tuple(new if one is old else one for one in inputs.measures)
    assert not_worse(computed(scheme, inputs), computed(scheme, replace(inputs, measures=changed)))


@several
@given(INPUTS)
def test_a_measure_more_never_lowers_anything(scheme: SchemeRules, inputs: RatingInputs) -> None:
    """S-05: nobody gains by leaving a measure out without a reason."""
    whole = computed(scheme, inputs)
    for left_out in inputs.measures:
        if left_out.exclusion_reason or left_out.window_days is not None:
            continue
        fewer = tuple(one for one in inputs.measures if one is not left_out)
        partial = computed(scheme, replace(inputs, measures=fewer))
        assert not_worse(partial, whole)


@several
@given(INPUTS, st.data())
def test_a_better_answer_never_lowers_anything(
    scheme: SchemeRules, inputs: RatingInputs, data: st.DataObject
) -> None:
    old = data.draw(st.sampled_from(inputs.answers))
    rating = data.draw(st.integers(old.rating or 0, 4))
    new = replace(old, rating=rating, evidence_verified=True)
    changed = tuple(new if one is old else one for one in inputs.answers)
    assert not_worse(computed(scheme, inputs), computed(scheme, replace(inputs, answers=changed)))


@several
@given(INPUTS, st.randoms(use_true_random=False))
def test_order_changes_nothing(
    scheme: SchemeRules, inputs: RatingInputs, chance: random.Random
) -> None:
    """S-05: neither the rating nor its digest."""
    measures, answers = list(inputs.measures), list(inputs.answers)
    chance.shuffle(measures)
    chance.shuffle(answers)
    other = RatingInputs(tuple(measures), tuple(answers), inputs.window_days)
    assert computed(scheme, other) == computed(scheme, inputs)
    name = identity_of(scheme)
    assert rating_digest(other, name) == rating_digest(inputs, name)


@several
@given(INPUTS)
def test_kept_inputs_give_the_same_rating(scheme: SchemeRules, inputs: RatingInputs) -> None:
    """S-05: years later, from the JSON alone."""
    again = RatingInputs.from_json(json.loads(json.dumps(inputs.to_json())))
    rating = computed(scheme, inputs)
    assert computed(scheme, again) == rating
    assert rating_digest(again, identity_of(scheme)) == rating_digest(inputs, identity_of(scheme))
    assert Rating.from_json(json.loads(json.dumps(rating.to_json()))) == rating


@several
@given(INPUTS, st.data())
def test_another_input_has_another_digest(
    scheme: SchemeRules, inputs: RatingInputs, data: st.DataObject
) -> None:
    name = identity_of(scheme)
    old = data.draw(st.sampled_from(inputs.answers))
    new = replace(old, rating=3 if old.rating != 3 else 2)
    changed = replace(inputs, answers=tuple(new if one is old else one for one in inputs.answers))
    assert rating_digest(changed, name) != rating_digest(inputs, name)
    assert rating_digest(inputs, {**name, "version": 99}) != rating_digest(inputs, name)
