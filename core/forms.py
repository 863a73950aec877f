"""The ground of every form: what was typed stays, what is wrong is told beside the field."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from markupsafe import escape
from wtforms import (
    DateField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    ValidationError,
)
from wtforms.widgets import HiddenInput

from core.errors import DomainError, Invalid
from core.speech import say
from core.words import N_, T_, Text, Words

LINE = 240
PROSE = 20_000
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})+")
EARLIEST, LATEST = date(1950, 1, 1), date(2150, 12, 31)


class Email:
    """Refuses what cannot be an e-mail address; only a letter proves that it is one."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Check one field."""
        if not _EMAIL.fullmatch(str(field.data)):
            raise ValidationError(gettext("An e-mail address looks like name@company.example."))


def tidy(value: str | None) -> str | None:
    """Trim a text and give line breaks one form."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


class Form(FlaskForm):
    """Shape of input only. Conditions on the world stand in ``rules.py`` and come back through ``refuse``."""

    class Meta(FlaskForm.Meta):
        """CSRF is checked once for every request by ``core.web``; the token still stands in each form."""

        csrf = False

    def refuse(self, error: DomainError) -> None:
        """Show a refusal of the rules beside the field it names, or above the form."""
        name = error.field if isinstance(error, Invalid) else None
        words = spoken(error.text)
        if name and name in self._fields:
            field = self._fields[name]
            field.errors = [*field.errors, words]
        else:
            self.form_errors: list[str] = [*self.form_errors, words]


class Expected(Form):
    """A form on something others may edit: carries the revision it was read with."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])


class Reasoned(Form):
    """A step that needs a reason."""

    reason = TextAreaField(
        N_("Reason"),
        [DataRequired(message=N_("Say why.")), Length(max=PROSE)],
        filters=[tidy],
    )


class Confirmed(Form):
    """A decisive step: the person signs in once more."""

    password = PasswordField(
        N_("Your password"), [InputRequired(message=N_("Enter your password to sign."))]
    )


class NoControl:
    """Refuses control characters (line breaks and tabs are kept in long texts) and unpaired surrogates."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Check one field."""
        value = field.data
        if isinstance(value, str) and any(
            (ord(sign) < 32 and sign not in "\r\n\t")
            or 0xD800 <= ord(sign) <= 0xDFFF
            or sign == "\x7f"
            for sign in value
        ):
            raise ValidationError(
                gettext("There are characters here that cannot be shown. Type the text anew.")
            )


def line(label: str, *, required: bool = True, most: int = LINE, **options: Any) -> StringField:
    """Declare a one-line text."""
    return StringField(
        label, [*_presence(required), Length(max=most), NoControl()], filters=[tidy], **options
    )


def prose(label: str, *, required: bool = True, most: int = PROSE, **options: Any) -> TextAreaField:
    """Declare a long text."""
    return TextAreaField(
        label, [*_presence(required), Length(max=most), NoControl()], filters=[tidy], **options
    )


def choice(
    label: str, options: Mapping[Any, str] | Iterable[tuple[Any, str]], **more: Any
) -> SelectField:
    """Declare a choice of one; ``options`` maps values (enum members too) to message ids."""
    pairs = options.items() if isinstance(options, Mapping) else options
    named = [(_plain(value), label_) for value, label_ in pairs]
    return SelectField(
        label, choices=[SelectChoice(value, _Late(text)) for value, text in named], **more
    )


def choices(label: str, options: Mapping[Any, str], **more: Any) -> SelectMultipleField:
    """Declare a choice of several."""
    return SelectMultipleField(
        label,
        choices=[SelectChoice(_plain(value), _Late(text)) for value, text in options.items()],
        **more,
    )


CHOSEN = (InputRequired(message=N_("Choose one.")),)  # validators of a choice that must be made


def pick(label: str, **more: Any) -> SelectField:
    """Declare a choice of one row by its key; the view sets ``choices`` to (key, name)."""
    return SelectField(label, CHOSEN, coerce=int, **more)


class Day(DateField):
    """A calendar day within a lifetime of the present, so that reckoning with it stays in range."""

    data: Any  # a date once the form is valid, if the field is required

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day; another text is refused in plain words."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            given = date.fromisoformat(text)
        except ValueError:
            given = None
        if given is None or not EARLIEST <= given <= LATEST:
            raise ValueError(gettext("Write a day as year-month-day, such as 2026-11-20."))
        self.data = given


def day(label: str, *, required: bool = True, **options: Any) -> Day:
    """Declare a calendar day."""
    checks = [InputRequired(message=N_("Choose a day."))] if required else [Optional()]
    return Day(label, checks, **options)


class Whole(IntegerField):
    """A whole number; another text is refused in plain words."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = int(text[:18])
        except ValueError:
            raise ValueError(gettext("Write a whole number.")) from None


class Between:
    """Refuses a number outside two others."""

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def __call__(self, _form: Any, field: Field) -> None:
        """Check one field."""
        if field.data is not None and not self._least <= field.data <= self._most:
            text = T_(
                "Write a number from %(least)s to %(most)s.", least=self._least, most=self._most
            )
            raise ValidationError(spoken(text))


def whole(label: str, least: int, most: int, *, required: bool = True, **options: Any) -> Whole:
    """Declare a whole number between two others."""
    checks = [InputRequired(message=N_("Fill this in."))] if required else [Optional()]
    return Whole(label, [*checks, Between(least, most)], **options)


class Amount(DecimalField):
    """A figure with decimals; another text, or no finite figure, is refused in plain words."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a figure."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            given = Decimal(text[:30])
        except InvalidOperation:
            given = Decimal("NaN")
        if not given.is_finite():
            raise ValueError(gettext("Write a figure, such as 2.5."))
        self.data = given


def amount(label: str, least: int, most: int, *, required: bool = True, **options: Any) -> Amount:
    """Declare a figure with decimals between two others."""
    checks = [InputRequired(message=N_("Fill this in."))] if required else [Optional()]
    return Amount(label, [*checks, Between(least, most)], **options)


class Clock(TimeField):
    """A time of day; another text is refused in plain words."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a time."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            raise ValueError(gettext("Write a time of day, such as 09:30.")) from None


def clock(label: str, *, required: bool = True, **options: Any) -> Clock:
    """Declare a time of day."""
    checks = [InputRequired(message=N_("Fill this in."))] if required else [Optional()]
    return Clock(label, checks, **options)


def email(label: str, *, required: bool = True, strict: bool = True, **options: Any) -> StringField:
    """Declare an e-mail address, kept in lower case; ``strict=False`` takes any text, to compare it."""
    checks = [*_presence(required), Length(max=LINE), NoControl()]
    filters = [tidy, lambda value: value.lower() if isinstance(value, str) else value]
    return StringField(label, [*checks, Email()] if strict else checks, filters=filters, **options)


def hidden(**options: Any) -> HiddenField:
    """Declare a value that travels along."""
    return HiddenField(**options)


def spoken(text: Text | Words | str) -> str:
    """Translate a text for the reader."""
    return say(text)


class _Late:
    """A choice's label, translated when it is shown."""

    def __init__(self, message: str) -> None:
        self._message = message

    def __str__(self) -> str:
        return say(self._message)

    def __html__(self) -> str:
        return str(escape(str(self)))


def _presence(required: bool) -> list[Callable[..., None]]:  # noqa: FBT001
    return [DataRequired(message=N_("Fill this in."))] if required else [Optional()]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value
