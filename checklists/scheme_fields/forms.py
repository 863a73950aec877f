"""Fields that keep what was typed, found by the place they are for."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from wtforms import Field, FieldList, FormField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from checklists.scheme_fields.rules import figure, figures, shown
from checklists.scheme_parts.rules import LABELS
from core.forms import line, spoken
from core.words import Text


class Figure(StringField):
    """A figure; what is none stays as it was typed."""

    def _value(self) -> str:
        return shown(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = figure(valuelist[0]) if valuelist else None


class Figures(StringField):
    """Several figures with commas between them."""

    data: Any

    def _value(self) -> str:
        return ", ".join(shown(one) for one in self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        self.data = figures(valuelist[0]) if valuelist else []


class Ticks(SelectMultipleField):
    """A choice of several, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TextLength:
    """Refuses what is longer than any figure."""

    def __call__(self, _form: Any, field: Field) -> None:
        """Check one field."""
        values = field.data if isinstance(field.data, list) else [field.data]
        for one in values:
            Length(max=40)(_form, cast("Any", _Plain(str(one), field)))


class _Plain:
    """What ``Length`` looks at: a text, and the words of its field."""

    def __init__(self, data: str, field: Field) -> None:
        self.data, self.gettext, self.ngettext = data, field.gettext, field.ngettext


def number(key: str, **options: Any) -> Figure:
    """Declare a figure named as the places in a scheme are."""
    return Figure(LABELS[key], [TextLength()], **options)


def word(key: str, most: int = 240, **options: Any) -> StringField:
    """Declare a short text."""
    return line(LABELS[key], required=False, most=most, **options)


def option(key: str, names: Mapping[Any, str]) -> SelectField:
    """Declare a choice of fixed words; what is there but unknown stays."""
    choices = [SelectChoice(value.value, _Later(name)) for value, name in names.items()]
    return SelectField(LABELS[key], choices=choices, validate_choice=False)


def open_option(key: str) -> SelectField:
    """Declare a choice that the page fills from another part."""
    return SelectField(LABELS[key], choices=[], validate_choice=False)


class _Later:
    """A choice's word, translated when it is shown."""

    def __init__(self, message: str) -> None:
        self._message = message

    def __str__(self) -> str:
        return spoken(Text(self._message))

    __html__ = __str__


def fields_of(form: Any) -> Iterable[Field]:
    """Give every field of a form with those inside it, groups and lists before what they hold."""
    for one in form:
        yield one
        if isinstance(one, FormField):
            yield from fields_of(one.form)
        elif isinstance(one, FieldList):
            yield from _entries_of(one)


def named(form: Any, name: str) -> Field | None:
    """Find a field by its name, wherever it stands."""
    return next((one for one in fields_of(form) if one.name == name), None)


def change_rows(form: Any, add: str, remove: str) -> None:
    """Add a row to the list named, or remove the row named."""
    for one in [field for field in fields_of(form) if isinstance(field, FieldList)]:
        if one.name == add and len(one.entries) < (one.max_entries or 0):
            one.append_entry()
        one.entries = [entry for entry in one.entries if entry.name != remove]


def tell(form: Any, name: str, words: str) -> None:
    """Put a problem at its field; where there is none of this name, above the form."""
    found = named(form, name)
    if found is None or isinstance(found, FormField):
        form.form_errors = [*form.form_errors, words]
        return
    found.errors = [*found.errors, words]
    for one in fields_of(form):  # the summary looks into lists that say so
        if isinstance(one, FieldList) and found.name.startswith(f"{one.name}-"):
            one.errors = [*one.errors, {}]


def _entries_of(rows: FieldList) -> Iterable[Field]:
    for entry in rows.entries:
        yield entry
        if isinstance(entry, FormField):
            yield from fields_of(entry.form)
