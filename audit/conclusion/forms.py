"""Forms of reports: shape only."""

from typing import Any

from wtforms import BooleanField, PasswordField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from audit.conclusion.rules import RECOMMENDATION_NAMES, Recommendation
from core.forms import Expected, Form, prose
from core.speech import say
from core.words import N_


def _level(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class ReportForm(Expected):
    """The leader's text."""

    summary = prose(N_("Summary"), required=False)
    deviations = prose(N_("Deviations from the plan"), required=False)
    significant_changes = prose(N_("Significant changes at the client"), required=False)
    unresolved = prose(N_("Unresolved issues"), required=False)
    sampling_note = prose(
        N_("Note on sampling"), required=False,
        description=N_("That the audit rests on samples, and what follows from it."),
    )  # fmt: skip
    use_of_marks = prose(N_("Use of marks and certificates"), required=False)
    earlier_actions = prose(N_("Effect of actions on earlier findings"), required=False)
    advice = prose(N_("Advice with an action plan"), required=False)
    conclusion = prose(N_("Conclusion"), required=False)
    recommendation = SelectField(N_("Recommendation"), validators=[Optional()])
    recommended_level = SelectField(N_("Level recommended"), coerce=_level, validators=[Optional()])
    open_concerns = BooleanField(N_("There are concerns to settle before stage 2"))

    def offer(
        self, recommendations: tuple[Recommendation, ...], levels: list[tuple[int, str]]
    ) -> None:
        """Fill the choices by kind of audit and scheme."""
        self.recommendation.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(one.value, say(RECOMMENDATION_NAMES[one])) for one in recommendations),
        ]
        self.recommended_level.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(n), name) for n, name in levels),
        ]

    def values(self) -> dict[str, Any]:
        """Give the columns."""
        given = {
            name: data if data is not None else ""
            for name, data in self.data.items()
            if name not in {"revision", "csrf_token", "recommendation", "recommended_level"}
        }
        chosen = self.recommendation.data
        given["recommendation"] = Recommendation(chosen) if chosen else None
        given["recommended_level"] = self.recommended_level.data
        return given


class CommentForm(Form):
    """A comment of the client."""

    text = prose(N_("Comment"), most=8000)


class ReplyForm(Form):
    """The leader's answer to a comment."""

    reply = prose(N_("Answer"), most=8000)


class SignForm(Form):
    """The second sign-in."""

    password = PasswordField(
        N_("Your password"), [InputRequired(message=N_("Enter your password to sign."))]
    )
