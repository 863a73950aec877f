"""The shape of what people write into cases."""

from collections.abc import Iterable

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from core.forms import Email, Expected, Form, day, line, prose
from core.words import N_


def _pick(label: str, **options: object) -> SelectField:
    return SelectField(
        label,
        [DataRequired(message=N_("Choose one."))],
        coerce=_key,
        choices=[],
        **options,
    )


def _key(value: object) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def offer(field: SelectField, options: Iterable[tuple[int, str]]) -> None:
    """Give a field its choices, with nothing chosen at first."""
    field.choices = [SelectChoice("", ""), *(SelectChoice(key, name) for key, name in options)]


class AppealForm(Form):
    """A client's appeal against a decision."""

    decision_id = _pick(N_("Decision"), description=N_("Decisions on your own engagements."))
    subject = line(N_("What it is about, in one line"))
    text = prose(
        N_("Your reasons"),
        description=N_("What in the decision is wrong, and what shows it."),
    )


class ComplaintForm(Form):
    """Anybody's complaint; name and address may be left out."""

    body_id = _pick(N_("Certification body"))
    certificate_number = line(
        N_("Certificate number"),
        required=False,
        most=80,
        description=N_("If the complaint is about a certified provider."),
    )
    subject = line(N_("What it is about, in one line"))
    text = prose(
        N_("What happened"),
        description=N_(
            "When, where, and what shows it. The provider concerned may read these words, never your name or address."
        ),
    )
    from_name = line(N_("Your name"), required=False)
    from_email = line(
        N_("Your e-mail address"),
        required=False,
        description=N_("Only for messages about this complaint."),
    )

    def validate_from_email(self, field: object) -> None:
        """Check the address where one is given."""
        if getattr(field, "data", ""):
            Email()(self, field)


class FollowForm(Form):
    """The code that was shown when a complaint was sent."""

    code = line(N_("Tracking code"), most=80)


class AcknowledgeForm(Expected):
    """By when the sender hears the outcome."""

    due_on = day(N_("The outcome is told by"))


class InvestigationForm(Expected):
    """What was found out, and the outcome proposed."""

    investigation = prose(N_("What was examined and found"), required=False)
    outcome = prose(
        N_("Proposed outcome"), required=False, description=N_("The sender reads these words.")
    )
