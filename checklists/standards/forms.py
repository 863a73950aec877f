"""Forms of standards: shape of input only."""

from core.forms import Expected, Reasoned

REASONED = frozenset({"return", "reopen"})


class StepForm(Expected):
    """A step that asks for nothing; carries the revision the page was read with."""


class ReasonedStepForm(Expected, Reasoned):
    """A step that asks for a reason."""


def asking(action: str, *, filled: bool = False) -> Expected:
    """Give the form of a step, with what was sent or empty."""
    kind = ReasonedStepForm if action in REASONED else StepForm
    return kind() if filled else kind(formdata=None)
