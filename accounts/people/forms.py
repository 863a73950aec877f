"""Forms of the sign-in and of one's own account."""

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from accounts.people.rules import LONGEST_PASSWORD
from core.forms import Form, NoControl, hidden, tidy
from core.words import N_


def email_field(label: str = N_("E-mail address")) -> StringField:
    """Declare an e-mail address; case and spaces around it do not matter."""
    return StringField(
        label,
        [InputRequired(message=N_("Fill this in.")), Length(max=240), NoControl()],
        filters=[tidy, lambda value: value.lower() if isinstance(value, str) else value],
    )


def password_field(label: str) -> PasswordField:
    """Declare a password; it is taken as typed."""
    return PasswordField(
        label, [InputRequired(message=N_("Fill this in.")), Length(max=LONGEST_PASSWORD * 4)]
    )


class SignIn(Form):
    """E-mail and password."""

    email = email_field()
    password = password_field(N_("Password"))
    next = hidden()
