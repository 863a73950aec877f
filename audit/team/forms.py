"""Shape of what is typed about a team."""

from audit.planning.rules import ROLE_NAMES
from audit.team.rules import OUTCOME_NAMES
from core.forms import CHOSEN, Form, Reasoned, choice, pick, prose
from core.words import N_


class Add(Form):
    """Somebody to put on the team; the view fills the choices with those who may go."""

    person_id = pick(N_("Person"))
    role = choice(N_("Role"), ROLE_NAMES, validators=CHOSEN)


class ChangeRole(Form):
    """Another role for a member."""

    role = choice(N_("Role"), ROLE_NAMES, validators=CHOSEN)


class Settle(Form):
    """How an objection is settled."""

    outcome = choice(N_("Outcome"), OUTCOME_NAMES, validators=CHOSEN)
    settlement = prose(N_("Reason"), description=N_("The client reads it"))


class Leave(Reasoned):
    """Why a member leaves the team."""


class Object(Reasoned):
    """Why the client objects to a member."""
