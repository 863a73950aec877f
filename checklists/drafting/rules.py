"""Drafting: what can be changed, and how codes are written. Pure."""

from checklists.packs.rules import CODE
from checklists.standards.rules import StandardState
from core.errors import Invalid, StepRefused
from core.words import N_, Saying

SAYINGS = {
    "standard:changed": Saying(N_("%(actor)s changed the title or summary of %(label)s")),
}


def only_drafts(state: StandardState) -> None:
    """Refuse a change of anything that is no longer a draft (guard 4)."""
    if state is not StandardState.DRAFT:
        raise StepRefused(
            N_(
                "Only a draft can be changed. Take it back from the review, or begin a new version from this one."
            )
        )


def check_code(code: str, field: str) -> None:
    """Refuse a code that could not be written in a file or an address."""
    if not CODE.fullmatch(code):
        raise Invalid(
            N_("Use letters, digits, dots, hyphens and underscores, at most 40, without spaces."),
            field,
        )
