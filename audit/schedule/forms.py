"""Shape of what is typed about dates, sites and agenda."""

from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from core.forms import Expected, Form, amount, clock, day, line, pick, prose, whole
from core.words import N_


class Frame(Expected):
    """Dates, time, methods and texts of a plan."""

    starts_on = day(N_("First day"), required=False)
    ends_on = day(N_("Last day"), required=False)
    days = amount(N_("Audit time in days"), 0, 999)
    remote_share = whole(N_("Remote share in percent"), 0, 100)
    objectives = prose(N_("Objectives"), required=False)
    methods = prose(
        N_("Methods"),
        required=False,
        description=N_(
            "Interview, document review, system test: for what, on site or remotely; "
            "over design, implementation, delivery and continual improvement"
        ),
    )
    tools = prose(N_("Tools"), required=False, description=N_("What you work with on site"))
    logistics = prose(
        N_("Logistics and confidentiality"),
        required=False,
        description=N_("Rooms, access, contact on site, language, how what is seen is kept"),
    )


class Sites(Form):
    """The sites that the planner names; the view fills the choices."""

    named = SelectMultipleField(
        N_("Sites to visit in any case"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=N_(
            "The central site comes by itself; what the sample lacks is drawn at random."
        ),
    )


class Item(Form):
    """An entry of the agenda; the view fills the choices."""

    day = day(N_("Day"))
    time = clock(N_("Begins at"))
    minutes = whole(N_("Minutes"), 5, 720)
    topic = line(N_("Topic"))
    person_id = pick(N_("Who"))
    site_id = pick(N_("Where"))
