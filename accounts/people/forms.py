"""Forms of the sign-in and of one's own account."""

from functools import cache
from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from accounts.people.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, looks_like_email
from core.forms import Form, NoControl, choice, hidden, line, spoken, tidy
from core.speech import LANGUAGES
from core.words import N_, T_


class Email:
    """Refuses what cannot be an e-mail address."""

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        """Check one field."""
        if not looks_like_email(str(field.data)):
            raise ValidationError(spoken(N_("An e-mail address looks like name@company.example.")))


def email_field(label: str = N_("E-mail address"), *, strict: bool = True) -> StringField:
    """Declare an e-mail address; case and spaces around it do not matter."""
    checks = [InputRequired(message=N_("Fill this in.")), Length(max=240), NoControl()]
    return StringField(
        label,
        [*checks, Email()] if strict else checks,
        filters=[tidy, lambda value: value.lower() if isinstance(value, str) else value],
    )


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

    email = email_field(strict=False)
    password = password_field(N_("Password"))
    next = hidden()


class Settings(Form):
    """How somebody is named and reads."""

    name = line(N_("Name"), most=120)
    language = choice(N_("Language"), LANGUAGES)
    time_zone = SelectField(N_("Time zone"))
    theme = choice(
        N_("Colours"),
        {"": N_("As the device"), "light": N_("Light"), "dark": N_("Dark")},
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

    email = email_field()


class Reset(Form):
    """A new password, by a letter."""

    new_password = new_password_field()


@cache
def zones() -> list[tuple[str, str]]:
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
    return [(name, name.replace("_", " ")) for name in [*places, "UTC"]]
