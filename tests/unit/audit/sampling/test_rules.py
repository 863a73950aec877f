"""What makes a sample whole, and a draw that anybody can repeat."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.assessment.rules import SampleChoice
from audit.sampling.rules import CHOICE_NAMES, MOST_DRAWN, Taken, check, draw
from core.errors import Invalid

RANDOM, JUDGEMENT, ALL = SampleChoice.RANDOM, SampleChoice.JUDGEMENT, SampleChoice.ALL


def taken(
    population: int, size: int, chosen: SampleChoice = RANDOM, seed: int | None = None
) -> Taken:
    return Taken("Tickets", population, size, chosen, "Every shift.", seed)


@pytest.mark.parametrize(("population", "size"), [(10, 0), (10, 11), (10, -1), (0, 0)])
def test_a_sample_lies_within_its_population(population: int, size: int) -> None:
    """I-08: population and size are recorded, and fit together."""
    with pytest.raises(Invalid) as refused:
        check(taken(population, size))
    assert refused.value.field == "size"


@pytest.mark.parametrize(
    ("sample", "field"),
    [
        (taken(10, 9, ALL), "size"),
        (taken(10, 9, JUDGEMENT, seed=4), "seed"),
        (taken(10, 10, ALL, seed=4), "seed"),
        (taken(10**6, MOST_DRAWN + 1), "size"),
    ],
)
def test_a_sample_does_not_contradict_itself(sample: Taken, field: str) -> None:
    """I-08: all is all, a seed belongs to a draw, and a draw can be written down."""
    with pytest.raises(Invalid) as refused:
        check(sample)
    assert refused.value.field == field


def test_a_sample_may_be_one_or_all() -> None:
    """I-08: the smallest and the largest sample."""
    check(taken(10, 1, seed=7))
    check(taken(10, 10, ALL))
    check(taken(10, 10, JUDGEMENT))
    assert set(CHOICE_NAMES) == set(SampleChoice)


def test_the_draw_is_the_one_that_is_written_down() -> None:
    """I-08: whoever has SHA-256 and the seed draws the same numbers, without this program."""
    found: list[int] = []
    turn = 0
    while len(found) < 32:
        turn += 1
        text = f"20261116:{turn}"
        number = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 1842 + 1
        if number not in found:
            found.append(number)
    assert list(draw(1842, 32, 20261116)) == sorted(found)


@given(st.integers(1, 300), st.data())
def test_a_draw_is_within_the_population_and_without_doubles(
    population: int, data: st.DataObject
) -> None:
    """I-08: as many different numbers as asked for, each one of the population, the same each time."""
    size = data.draw(st.integers(1, population))
    seed = data.draw(st.integers(0, 10**9))
    drawn = draw(population, size, seed)
    assert len(set(drawn)) == len(drawn) == size
    assert min(drawn) >= 1
    assert max(drawn) <= population
    assert drawn == draw(population, size, seed)
