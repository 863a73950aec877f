"""The form of a request for more time: shape only."""

from audit.findings.rules import DEADLINE_NAMES, Deadline, FindingState
from core.forms import Reasoned, choice, day
from core.words import N_


class ExtensionForm(Reasoned):
    """Which deadline, until when, and why."""

    deadline = choice(N_("Deadline"), DEADLINE_NAMES)
    until = day(N_("Later date"))

    def offer(self, state: FindingState) -> None:
        """Leave out a deadline that was met."""
        if state is FindingState.ACCEPTED:
            self.deadline.choices = [
                one for one in self.deadline.choices if one.value != Deadline.RESPONSE.value
            ]
