"""Shape of what is typed about a checklist."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from audit.checklist.rules import CONCERN_NAMES
from checklists.measures.rules import DimensionRule
from checklists.standards.rules import AREA_NAMES
from core.forms import CHOSEN, Form, choice, line, prose
from core.speech import say
from core.words import N_


def _ticks(label: str, **more: Any) -> SelectMultipleField:
    return SelectMultipleField(
        label, coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        **more,
    )  # fmt: skip


class Choose(Form):
    """From what the checklist is chosen; the view fills the choices."""

    sites = _ticks(N_("Sites"))
    services = _ticks(N_("Services"))
    beside = _ticks(
        N_("Other standards to look at beside"),
        description=N_(
            "Their criteria are answered and can carry findings; they do not enter the rating."
        ),
    )


class Add(Form):
    """One more criterion."""

    code = line(N_("Code of the criterion"), most=80)
    reason = line(N_("Why it is looked at"))


def dimension_choices(dimensions: Iterable[DimensionRule]) -> list[SelectChoice]:
    """Give the dimensions of a scheme to choose one, or all."""
    return [
        SelectChoice("", gettext("All dimensions")),
        *(SelectChoice(one.code, say(one.title)) for one in dimensions),
    ]


class ConcernForm(Form):
    """What the next audit has to look at first; the view fills the dimensions."""

    kind = choice(N_("Because of"), CONCERN_NAMES, validators=CHOSEN)
    label = line(
        N_("Known as"),
        description=N_(
            "The number of the case or a few words; the team reads it beside each criterion."
        ),
    )
    text = prose(
        N_("What to look at, and why"), most=4000,
        description=N_("Never name a complainant here."),
    )  # fmt: skip
    dimension = choice(N_("Dimension"), [])
    area = choice(
        N_("Area"),
        [("", N_("All areas")), *((one.value, name) for one, name in AREA_NAMES.items())],
    )
