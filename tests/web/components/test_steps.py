"""Steps: a closed one has no button and says why; an open one is one form."""

import re
from typing import Any

from wtforms import StringField

from core.forms import Form
from tests.web.components.markup import checked, reasons


def a_step(**changed: Any) -> dict[str, Any]:
    step: dict[str, Any] = {
        "action": "end",
        "title": "End the fieldwork",
        "effect": "Locks the answers.",
        "who": ("Auditor",),
        "mine": True,
        "open": True,
        "reasons": reasons()[:1],
        "url": "/audits/1/end",
    }
    return step | changed


class Asked(Form):
    what = StringField("What")


def test_closed_step_has_no_button_and_names_the_condition(piece):
    """S-05: a person reads why a step is closed where its button would be."""
    step = a_step(open=False, reasons=reasons())
    html = piece("next.html", "steps_card([step])", step=step)
    tree = checked(html)
    assert not tree.all("button")
    assert not tree.all("form")
    assert html.index("Not yet") < html.index("Met<")
    assert "9 are critical" in html


def test_open_step_is_one_form(piece):
    """The look: one primary button for the next step; it sends the token and what the page adds."""
    tree = checked(piece("next.html", "steps_card([step], hidden={'revision': 7})", step=a_step()))
    assert [form["action"] for form in tree.all("form")] == ["/audits/1/end"]
    assert len(tree.all("button", **{"class": "btn btn-primary"})) == 1
    assert tree.all("input", name="revision", value="7")
    assert tree.all("input", name="csrf_token")


def test_step_that_asks_shows_its_fields_and_others_stay_small(piece):
    """The look: further steps stand below, as a line or a fold, never as a second primary button."""
    steps = [
        a_step(),
        a_step(action="postpone", title="Postpone the audit", url="/audits/1/postpone"),
        a_step(action="decide", title="Decide", mine=False, open=False, url=None, who=("Decider",)),
    ]
    form = Asked()
    html = piece(
        "next.html", "steps_card(steps, {'postpone': [form.what]})", steps=steps, form=form
    )
    tree = checked(html)
    assert len(tree.all("button", **{"class": "btn btn-primary"})) == 1
    assert len(tree.all("details")) == 2
    assert tree.all("input", name="what")
    assert "Next step, waits for: Decider" in re.sub(r"\s+", " ", html)


def test_page_can_name_the_main_step_and_add_a_link(piece):
    """The look: where the next step is closed, the card leads to what opens it."""
    steps = [a_step(action="postpone", title="Postpone"), a_step(open=False)]
    call = "{% call steps_card(steps, main='end') %}<a href=\"/work\">Continue</a>{% endcall %}"
    html = piece("next.html", call, steps=steps)
    tree = checked(html)
    assert html.index("End the fieldwork") < html.index("Postpone")
    assert tree.all("a", href="/work")


def test_decider_reads_guards_in_the_order_of_the_scheme(piece):
    """I-13: the decider's list keeps its order."""
    html = piece("next.html", "guards_box([('Findings', reasons)])", reasons=reasons())
    assert html.index("Met<") < html.index("Not yet")
    checked(html)
