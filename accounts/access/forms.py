"""Forms of members, invitations and registration."""

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from accounts.organisations.forms import ONE_LANGUAGE, credit_code_field, names_are_given
from accounts.people.forms import new_password_field, password_field
from core.forms import Expected, Form, Reasoned, choice, choices, email, line
from core.permissions import ROLE_NAMES, ROLES_OF, OrganisationKind, Role
from core.speech import LANGUAGES
from core.words import N_

ROLE_DUTIES: dict[Role, str] = {
    Role.ADMINISTRATOR: N_("People, schemes and settings of the body"),
    Role.PLANNER: N_("Applications, programmes, teams and dates"),
    Role.AUDITOR: N_("Assesses; leads where the plan says so"),
    Role.DECIDER: N_("Reviews the file, decides, suspends, withdraws"),
    Role.OFFICER: N_("Appeals and complaints"),
    Role.MANAGER: N_("Applies, accepts the plan, answers findings, manages people"),
    Role.MEMBER: N_("Works on the actions assigned to them"),
    Role.INSPECTOR: N_("Sees every certificate and its file"),
}


def _roles_field() -> SelectMultipleField:
    return choices(
        N_("Roles"),
        ROLE_NAMES,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _offer(field: SelectMultipleField, kind: OrganisationKind) -> None:
    """Offer the roles of a kind of organisation, and no other."""
    field.choices = [option for option in field.choices if Role(option.value) in ROLES_OF[kind]]


class Roles(Expected):
    """The roles of a member."""

    roles = _roles_field()

    def __init__(self, kind: OrganisationKind, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.roles, kind)


class Invitation(Form):
    """Whom to invite."""

    email = email(N_("E-mail address"))
    name = line(N_("Their name"), required=False, most=120)
    language = choice(N_("Language of the letter"), LANGUAGES)
    roles = _roles_field()

    def __init__(self, kind: OrganisationKind, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.roles, kind)


class End(Reasoned):
    """Why a membership ends."""


class Join(Form):
    """Nothing to fill in: somebody signed in joins."""


class JoinAnew(Form):
    """What an account begins with."""

    name = line(N_("Your name"), most=120)
    new_password = new_password_field(N_("Password"))


class JoinKnown(Form):
    """Proof that an account is one's own."""

    password = password_field(N_("Your password"))


class Registration(Form):
    """A provider and its first manager."""

    name_zh = line(
        N_("Name of the organisation in Chinese"), required=False, description=ONE_LANGUAGE
    )
    name_en = line(
        N_("Name of the organisation in English"), required=False, description=ONE_LANGUAGE
    )
    credit_code = credit_code_field(required=True)
    person_name = line(N_("Your name"), most=120)
    email = email(N_("Your e-mail address"))
    language = choice(N_("Your language"), LANGUAGES)

    def validate(self, extra_validators: object = None) -> bool:
        """Demand a name in one language, beside what each field demands."""
        return names_are_given(self, super().validate(extra_validators))
