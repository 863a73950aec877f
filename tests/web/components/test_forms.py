"""Forms: every control is named and described, errors lead to it, nothing typed is lost."""

import re

from flask import render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    FormField,
    PasswordField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from core.forms import Form
from tests.web.components.markup import HOSTILE, checked


class Action(Form):
    what = TextAreaField("What", [InputRequired(message="Say what.")])
    due = DateField("Due", [InputRequired(message="Set a date.")])


class Everything(Form):
    name = StringField(
        "Name", [InputRequired(message="Fill this in.")], description="As registered"
    )
    note = TextAreaField("Note")
    agreed = BooleanField("Agreed", [InputRequired(message="Agree first.")])
    grade = RadioField(
        "Grade",
        [InputRequired(message="Choose one.")],
        choices=[SelectChoice("a", HOSTILE), SelectChoice("b", "Minor")],
    )
    methods = SelectMultipleField(
        "Methods",
        [InputRequired(message="Choose some.")],
        choices=[SelectChoice("i", "Interview"), SelectChoice("d", "Document review")],
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    file = FileField("Evidence", [InputRequired(message="Choose a file.")])
    secret = PasswordField("Password", [InputRequired(message="Enter it.")])
    actions = FieldList(FormField(Action), label="Action", min_entries=2)
    whys = FieldList(
        StringField("Why", [InputRequired(message="Answer it.")]), label="Why", min_entries=2
    )


def a_form() -> Everything:
    form = Everything(
        MultiDict(
            {
                "note": HOSTILE,
                "actions-0-what": "x",
                "actions-1-due": "",
                "whys-0": "",
                "whys-1": "y",
            }
        )
    )
    assert not form.validate()
    return form


WHOLE_FORM = (
    '{% from "components/forms.html" import buttons, errors, field, post %}'
    "{% call post('/x', form=form, guard=True) %}{{ errors(form) }}"
    "{% for f in form %}{{ field(f, look='choices' if f.name == 'grade' else '') }}{% endfor %}"
    "{{ buttons('Save', '/back') }}{% endcall %}"
)


def test_every_control_is_labelled_and_described(request_context):
    """The look: label, help and error belong to their control by id."""
    tree = checked(render_template_string(WHOLE_FORM, form=a_form()))
    ids = set(tree.ids())
    labels = {attrs.get("for") for attrs in tree.all("label")}
    for tag in ("input", "textarea", "select"):
        for attrs in tree.all(tag):
            if attrs.get("type") in {"hidden", "radio"} or attrs["name"] == "methods":
                continue  # options stand inside their label
            assert attrs["id"] in labels, attrs
            for described in attrs.get("aria-describedby", "").split():
                assert described in ids
    name = tree.all("input", id="name")[0]
    assert name["aria-describedby"] == "name-help name-error"
    assert name["aria-invalid"] == "true"
    assert "aria-invalid" not in tree.all("textarea", id="note")[0]


def test_error_summary_leads_to_every_wrong_control(request_context):
    """The look: one link per field to its id, the focus, and that nothing was lost."""
    html = render_template_string(WHOLE_FORM, form=a_form())
    tree = checked(html)
    summary = html[html.index('class="errors"') : html.index("</div>")]
    targets = re.findall(r'href="#([\w-]+)"', summary)
    assert len(targets) == len(set(targets)) == 10
    assert set(targets) <= set(tree.ids())
    assert {
        "grade-0",
        "methods-0",
        "actions-0-due",
        "actions-1-what",
        "actions-1-due",
        "whys-0",
    } <= set(targets)
    assert tree.all("div", role="alert", tabindex="-1", aria_labelledby="errors-title")
    assert "Everything you filled in is still here." in summary
    assert "10 entries need attention" in summary


def test_form_that_is_right_has_no_summary(piece):
    """An alert without a reason would only frighten."""
    assert piece("forms.html", "errors(form)", form=Action()) == ""


def test_a_refusal_of_the_rules_stands_in_the_summary(piece):
    """The look: a refusal that names no field stands above the form."""
    form = Action()
    form.form_errors = ["The verifier and the owner are the same person."]
    html = piece("forms.html", "errors(form)", form=form)
    assert "The verifier and the owner are the same person." in html
    assert "one entry needs attention" in html


def test_forms_carry_token_and_keep_what_was_typed(request_context):
    """Quality 10: CSRF on every mutating form; house: an invalid form keeps its input."""
    html = render_template_string(WHOLE_FORM, form=a_form())
    tree = checked(html)
    form = tree.all("form")[0]
    assert form["method"] == "post"
    assert form["enctype"] == "multipart/form-data"
    assert "novalidate" in form
    assert len(tree.all("input", type="hidden", name="csrf_token")[0]["value"]) > 20
    assert "&lt;script&gt;alert(1)" in html
    assert "name" not in tree.all("button", type="submit")[0]  # what Enter presses removes no row
    assert {b["value"] for b in tree.all("button", name="add_row")} == {"actions", "whys"}
    assert {b["value"] for b in tree.all("button", name="remove_row")} == {
        "actions-0", "actions-1", "whys-0", "whys-1",
    }  # fmt: skip


def test_only_optional_fields_are_marked(piece):
    """The look: optional fields say so in words."""
    form = Everything()
    assert "(optional)" in piece("forms.html", "field(form.note)", form=form)
    assert "(optional)" not in piece("forms.html", "field(form.name)", form=form)
    assert "(optional)" not in piece("forms.html", "field(form.note, optional=False)", form=form)
