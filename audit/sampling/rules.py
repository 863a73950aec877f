"""Samples: what makes one whole, and a draw that anybody can repeat. Pure.

The draw is written out, so that it outlives this program: for n = 1, 2, 3 … take the SHA-256 of the text
``seed:n``, read it as a number, take the remainder by the population and add one; pass over what was drawn already.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from audit.assessment.rules import SampleChoice
from core.errors import Invalid
from core.words import N_, T_, Saying

CHOICE_NAMES = {
    SampleChoice.RANDOM: N_("At random"),
    SampleChoice.JUDGEMENT: N_("By judgement"),
    SampleChoice.ALL: N_("All of it"),
}
SAYINGS = {
    "sample:recorded": Saying(N_("%(actor)s recorded a sample for %(label)s")),
}
MOST_DRAWN = 5000
SEEDS = 10**9


@dataclass(frozen=True, slots=True)
class Taken:
    """What was looked at out of how much."""

    what: str
    population: int
    size: int
    chosen: SampleChoice
    rationale: str
    seed: int | None = None


def check(taken: Taken) -> None:
    """Refuse a sample that contradicts itself; raises ``Invalid`` with its field."""
    if not 0 < taken.size <= taken.population:
        raise Invalid(T_("The sample has to be between 1 and the population."), "size")
    if taken.chosen is SampleChoice.ALL and taken.size != taken.population:
        raise Invalid(T_("Where all of it was looked at, sample and population are equal."), "size")
    if taken.chosen is not SampleChoice.RANDOM and taken.seed is not None:
        raise Invalid(T_("Only a random sample is drawn with a seed."), "seed")
    if taken.chosen is SampleChoice.RANDOM and taken.size > MOST_DRAWN:
        raise Invalid(T_("At most %(most)s numbers are drawn at random.", most=MOST_DRAWN), "size")


def draw(population: int, size: int, seed: int) -> Sequence[int]:
    """Draw numbers from 1 to the population, in ascending order; the same seed draws the same ones."""
    drawn: set[int] = set()
    turn = 0
    while len(drawn) < size:
        turn += 1
        mark = hashlib.sha256(f"{seed}:{turn}".encode()).digest()
        drawn.add(int.from_bytes(mark) % population + 1)
    return sorted(drawn)
