"""Shape of what is typed about an audit outside the cycle's rhythm."""

from wtforms import BooleanField

from audit.engagements.operations import OUTSIDE
from audit.planning.rules import KIND_NAMES
from core.forms import CHOSEN, Form, amount, choice, day, prose
from core.words import N_


class Outside(Form):
    """A special audit, or a stage 2 once more."""

    kind = choice(
        N_("Kind"),
        {kind: name for kind, name in reversed(KIND_NAMES.items()) if kind in OUTSIDE},
        validators=CHOSEN,
    )
    occasion = prose(
        N_("Why this audit"),
        description=N_(
            "A severe incident, a complaint, a change the client reported, "
            "majors not verified in time"
        ),
    )
    days = amount(N_("Audit time in days"), 0, 999)
    due_on = day(N_("Due by"), required=False)
    short_notice = BooleanField(
        N_("At short notice"),
        description=N_("The client can hardly object to a member: choose the team with care."),
    )
