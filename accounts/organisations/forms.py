"""Forms of organisations, sites and services."""

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from accounts.organisations.rules import MOST_PEOPLE, code_problem, compact_code, names_problem
from core.errors import Invalid
from core.forms import Amount, Between, Expected, Form, NoControl, email, line, prose, spoken, tidy
from core.words import N_, T_

ONE_LANGUAGE = N_("One of the two languages suffices")


class CreditCode:
    """Checks a unified social credit code (I-22)."""

    def __call__(self, _form: object, field: StringField) -> None:
        """Check one field; it holds the compact code already."""
        problem = code_problem(str(field.data))
        if problem is not None:
            raise ValidationError(spoken(problem))


def credit_code_field(*, required: bool) -> StringField:
    """Declare a credit code; blanks and small letters do not matter."""
    presence = InputRequired(message=N_("Fill this in.")) if required else Optional()
    return StringField(
        N_("Unified social credit code"),
        [presence, Length(max=80), NoControl(), CreditCode()],
        filters=[tidy, lambda value: compact_code(value) if isinstance(value, str) else value],
        description=N_("18 characters, as on the business licence"),
    )


def names_are_given(form: Form, others: bool) -> bool:  # noqa: FBT001
    """Refuse a form without a name in either language; ``others``: whether the rest is right."""
    problem = names_problem(form.name_zh.data or "", form.name_en.data or "")
    if problem is not None:
        form.refuse(Invalid(problem, field="name_zh"))
    return others and problem is None


class _Named(Expected):
    """Something with a name in two languages, of which one suffices."""

    name_zh = line(N_("Name in Chinese"), required=False, description=ONE_LANGUAGE)
    name_en = line(N_("Name in English"), required=False, description=ONE_LANGUAGE)

    def validate(self, extra_validators: object = None) -> bool:
        """Demand a name in one language, beside what each field demands."""
        return names_are_given(self, super().validate(extra_validators))


class Organisation(_Named):
    """What is known of an organisation."""

    credit_code = credit_code_field(required=False)
    address_zh = line(N_("Address in Chinese"), required=False)
    address_en = line(N_("Address in English"), required=False)
    contact_email = email(N_("E-mail for contact"), required=False)
    contact_phone = line(N_("Telephone for contact"), required=False, most=80)
    accreditation = line(N_("Accreditation"), required=False)


class Degrees(Amount):
    """A latitude or longitude in decimal degrees."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read degrees; a tenth of a metre is as fine as it gets."""
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = round(float(self.data), 6)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.6f}".rstrip("0").rstrip(".")


class Site(_Named):
    """A place and how many work there."""

    address_zh = line(N_("Address in Chinese"))
    address_en = line(N_("Address in English"), required=False)
    headcount = IntegerField(
        N_("Headcount"),
        [
            InputRequired(message=N_("Give a whole number.")),
            NumberRange(0, MOST_PEOPLE, N_("Give a whole number from 0 to 1,000,000.")),
        ],
        description=N_("People whose work falls into the scope; part-time people by their share"),
    )
    latitude = Degrees(
        N_("Latitude"), [Optional(), Between(-90, 90)],
        description=N_("Degrees north, such as 31.2304. Meetings on site are compared with it."),
    )  # fmt: skip
    longitude = Degrees(
        N_("Longitude"), [Optional(), Between(-180, 180)],
        description=N_("Degrees east, such as 121.4737"),
    )  # fmt: skip
    is_central = BooleanField(N_("This site holds the central function"))

    def validate(self, extra_validators: object = None) -> bool:
        """Demand both degrees or neither."""
        fine = super().validate(extra_validators)
        if (self.latitude.data is None) == (self.longitude.data is None):
            return fine
        missing = "latitude" if self.latitude.data is None else "longitude"
        if not self[missing].errors:
            self.refuse(Invalid(T_("A position needs both latitude and longitude."), missing))
        return False


class Service(_Named):
    """A service in the provider's own words (S-15)."""

    description = prose(
        N_("What it is"), required=False, description=N_("Content, quality, ways of delivery")
    )
    agreement = prose(
        N_("What was agreed"),
        required=False,
        description=N_("Response times, delivery standard, fault handling; indicators and targets"),
    )


class Closing(Expected):
    """Nothing to fill in: the step and the revision it was seen at."""
