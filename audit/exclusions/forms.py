"""The form of a bulk exclusion: shape only."""

from core.forms import Form, prose
from core.words import N_


class ExclusionForm(Form):
    """One reason for all criteria chosen."""

    reason = prose(
        N_("Why they do not apply"), most=4000,
        description=N_("It stands with each of them."),
    )  # fmt: skip
