"""The form of a sample: shape only."""

from audit.assessment.rules import SampleChoice
from audit.sampling.rules import CHOICE_NAMES, SEEDS, Taken
from core.forms import CHOSEN, Form, choice, line, prose, whole
from core.words import N_


class SampleForm(Form):
    """What was looked at out of how much."""

    what = line(N_("What was sampled"))
    population = whole(N_("Population"), 1, 10**9)
    size = whole(N_("Sample"), 1, 10**9)
    chosen = choice(
        N_("How it was chosen"), CHOICE_NAMES, validators=CHOSEN, default=SampleChoice.RANDOM.value
    )
    seed = whole(
        N_("Seed"), 0, SEEDS, required=False,
        description=N_("Only for a random sample; left empty, one is drawn and kept."),
    )  # fmt: skip
    rationale = prose(N_("Why this sample is enough"), most=4000)

    def taken(self) -> Taken:
        """Give what was typed."""
        return Taken(
            self.what.data,
            self.population.data,
            self.size.data,
            SampleChoice(self.chosen.data),
            self.rationale.data,
            self.seed.data,
        )
