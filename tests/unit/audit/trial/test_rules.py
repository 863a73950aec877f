"""The same inputs under other rules: both ratings, each dimension, which rule makes the difference."""

from dataclasses import replace

import pytest

from audit.level.rules import MeasureInput, RatingInputs, rate
from audit.trial.rules import attempt, fit
from checklists.schemes.rules import MetricKind


@pytest.fixture
def inputs(measures, answers):
    return RatingInputs(measures, answers, 184)


def with_dimensions(scheme, **weights):
    return replace(
        scheme,
        dimensions=tuple(
            replace(one, weight=weights.get(one.code, one.weight)) for one in scheme.dimensions
        ),
    )


def effect(trial, code):
    return next(one for one in trial.effects if one.code == code)


def test_the_same_rules_change_nothing(scheme, inputs):
    """S-05: under the rules it was rated by, an audit gets the rating it has."""
    kept = rate(scheme, inputs.measures, inputs.answers, inputs.window_days)
    trial = attempt(scheme, scheme, inputs, kept)
    assert trial.before is kept
    assert trial.after == kept
    assert trial.fit.whole
    assert all(one.same for one in trial.effects)
    assert [one.difference for one in trial.sides] == [0] * 5
    assert trial.decisive == ()


def test_weights_alone(scheme, inputs):
    """S-05: the total moves by what the weights move it; the dimensions stay."""
    new = with_dimensions(scheme, availability=0.1, response=0.35)
    trial = attempt(scheme, new, inputs, None)
    assert trial.after.total != trial.before.total
    assert effect(trial, "weights").rating == trial.after
    assert [one.code for one in trial.decisive] == ["weights"]
    assert all(one.difference == 0 for one in trial.sides)


def test_the_rule_that_costs_the_level_is_named(scheme, inputs):
    """S-05: of two changes only the one that lowers the level decides."""
    levels = tuple(replace(one, cut=75 if one.number == 3 else one.cut) for one in scheme.levels)
    new = replace(with_dimensions(scheme, availability=0.24, response=0.21), levels=levels)
    trial = attempt(scheme, new, inputs, None)
    assert (trial.before.level, trial.after.level) == (3, 2)
    levels_of = {one.code: one.rating.level for one in trial.effects if one.rating}
    assert levels_of == {"cuts": 2, "weights": 3}


def test_metrics_by_their_anchors(scheme, inputs):
    """S-05: stricter anchors of one metric lower its dimension alone."""
    metrics = tuple(
        replace(one, anchors=tuple(anchor / 2 for anchor in one.anchors))
        if one.code == "mean_recovery"
        else one
        for one in scheme.metrics
    )
    trial = attempt(scheme, replace(scheme, metrics=metrics), inputs, None)
    changed = {one.code: one.difference for one in trial.sides if one.difference}
    assert set(changed) == {"availability"}
    assert changed["availability"] < 0
    assert effect(trial, "metrics").rating == trial.after


def test_what_the_new_rules_do_not_know_is_left_out_and_told(scheme, inputs):
    """S-05: unknown metrics, metrics measured otherwise and criteria of strange dimensions are named."""
    dimensions = tuple(one for one in scheme.dimensions if one.code != "improvement")
    metrics = tuple(
        replace(one, kind=MetricKind.VALUE) if one.code == "answered_in_time" else one
        for one in scheme.metrics
        if one.dimension != "improvement"
    )
    new = replace(scheme, dimensions=dimensions, metrics=metrics)
    trial = attempt(scheme, new, inputs, None)
    assert trial.fit.unknown_metrics == ("improvement_on_time", "mean_rectification")
    assert trial.fit.unfit == ("answered_in_time",)
    assert trial.fit.unknown_criteria == tuple(f"improvement-{n}" for n in range(1, 5))
    assert not trial.fit.whole
    gone = next(one for one in trial.sides if one.code == "improvement")
    assert (gone.after, gone.difference, gone.title.en) == (None, None, "Improvement")
    for code in ("weights", "shares", "metrics"):
        assert (effect(trial, code).rating, effect(trial, code).same) == (None, False)
    assert effect(trial, "cuts").same


def test_fewer_levels_cannot_be_put_in_alone(scheme, inputs):
    """S-02: with three levels the cuts, anchors and their worth only make sense together."""
    keep = slice(0, 3)
    new = replace(
        scheme,
        levels=scheme.levels[keep],
        metrics=tuple(replace(one, anchors=one.anchors[keep]) for one in scheme.metrics),
        rating=replace(
            scheme.rating, anchor_scores=scheme.rating.anchor_scores[keep], weakest_plus=0
        ),
    )
    trial = attempt(scheme, new, inputs, None)
    assert trial.after.level is not None
    assert {one.code for one in trial.effects if one.rating is None and not one.same} == {
        "cuts", "metrics", "scores",
    }  # fmt: skip
    assert effect(trial, "limits").rating.level == 2


def test_a_criterion_outside_the_dimensions_is_no_stranger(scheme, inputs):
    """S-02: what counts in no score under the old rules counts in none under the new ones."""
    loose = replace(inputs.answers[0], criterion="LOOSE", dimension="")
    given = RatingInputs(inputs.measures, (*inputs.answers, loose), 184)
    assert fit(scheme, given).whole
    stray = MeasureInput("nothing_known", 1.0)
    assert fit(scheme, replace(given, measures=(stray,))).unknown_metrics == ("nothing_known",)
