"""Forms of the sign-in and of one's own account."""

from functools import cache
from zoneinfo import available_timezones

from wtforms import PasswordField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import ListWidget, RadioInput

from accounts.people.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from core.forms import Form, NoControl, choice, email, hidden, line
from core.speech import LANGUAGES
from core.words import N_, T_


def password_field(label: str) -> PasswordField:
    """Declare a password to compare; it is taken as typed."""
    return PasswordField(
        label, [InputRequired(message=N_("Fill this in.")), Length(max=LONGEST_PASSWORD * 4)]
    )


def new_password_field(label: str = N_("New password")) -> PasswordField:
    """Declare a password to set; the rules check it when it is kept."""
    return PasswordField(
        label,
        [InputRequired(message=N_("Fill this in.")), Length(max=LONGEST_PASSWORD * 4), NoControl()],
        description=T_(
            "At least %(n)s characters. A sentence that only you would write is good.",
            n=SHORTEST_PASSWORD,
        ),
    )


class SignIn(Form):
    """E-mail and password."""

    email = email(N_("E-mail address"), strict=False)
    password = password_field(N_("Password"))
    next = hidden()


class Settings(Form):
    """How somebody is named and reads."""

    name = line(N_("Your name"), most=120)
    language = choice(N_("Language"), LANGUAGES)
    time_zone = SelectField(N_("Time zone"))
    theme = choice(
        N_("Colours"),
        {"": N_("As the device"), "light": N_("Light"), "dark": N_("Dark")},
        widget=ListWidget(prefix_label=False),
        option_widget=RadioInput(),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone.choices = zones()


class Password(Form):
    """One's old password and a new one."""

    password = password_field(N_("Present password"))
    new_password = new_password_field()


class ResetRequest(Form):
    """Whom to write to."""

    email = email(N_("E-mail address"))


class Reset(Form):
    """A new password, by a letter."""

    new_password = new_password_field()


@cache
def zones() -> list[SelectChoice]:
    """List the time zones by their IANA names: places, and UTC."""
    regions = (
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    places = sorted(name for name in available_timezones() if name.partition("/")[0] in regions)
    return [SelectChoice(name, name.replace("_", " ")) for name in [*places, "UTC"]]
