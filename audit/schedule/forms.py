"""Shape of what is typed about dates, sites and agenda."""

from wtforms import SelectField, SelectMultipleField

from core.forms import Expected, Form, amount, clock, day, line, prose, whole
from core.words import N_


class Frame(Expected):
    """Dates, time, methods and texts of a plan."""

    starts_on = day(N_("First day"), required=False)
    ends_on = day(N_("Last day"), required=False)
    days = amount(N_("Audit time in days"), 0, 999)
    remote_share = whole(N_("Share done remotely, in percent"), 0, 100)
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

    named = SelectMultipleField(N_("Sites to visit in any case"), coerce=int)


class Item(Form):
    """An entry of the agenda; the view fills the choices."""

    day = day(N_("Day"))
    time = clock(N_("Begins at"))
    minutes = whole(N_("Minutes"), 5, 720)
    topic = line(N_("Topic"))
    person_id = SelectField(N_("Who"), coerce=int)
    site_id = SelectField(N_("Where"), coerce=int)
