"""Shape of what is typed about competences and interests."""

from audit.competence.rules import INTEREST_NAMES
from core.forms import CHOSEN, Form, Reasoned, choice, day, pick, prose
from core.words import N_


class Grant(Form):
    """A competence for somebody; the view fills the choices."""

    person_id = pick(N_("Person"))
    area = choice(N_("Technical area"), {}, validators=CHOSEN)
    evidence = prose(
        N_("Evidence"),
        description=N_("Qualification, experience, the assessment or witnessed audit it rests on"),
    )
    valid_from = day(N_("First day"))
    valid_until = day(N_("Last day"))


class Declare(Form):
    """The yearly declaration."""

    statement = prose(
        N_("Statement"),
        description=N_(
            "Say whether you have personal, financial or working ties to clients of this body, "
            "and that you will report new ones at once."
        ),
    )


class DeclareInterest(Form):
    """A tie to a client; the view fills the choices."""

    client_id = pick(N_("Client"))
    kind = choice(N_("Kind of tie"), INTEREST_NAMES, validators=CHOSEN)
    from_on = day(N_("Since"))
    until_on = day(N_("Last day"), required=False, description=N_("Empty while it goes on"))
    note = prose(N_("What it consists of"))


class EndInterest(Form):
    """The day on which a tie ended."""

    until_on = day(N_("Last day"))


class Withdraw(Reasoned):
    """Why an interest is taken back."""
