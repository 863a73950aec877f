"""Shape of what an importer says: the file, its columns, what stands in for what it does not say."""

from collections.abc import Sequence
from typing import Any, cast

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from checklists.columns.rules import FIELD_NAMES, Arrangement, Table, letters, recognised
from checklists.incoming.rules import Choices
from checklists.standards.rules import AREA_NAMES, DIMENSION_NAMES, STAGE_NAMES, Area, Stage
from core.forms import Expected, Form, choice, line, spoken, whole
from core.words import N_

ACCEPTED = ".json,.yaml,.yml,.csv,.tsv,.txt,.xlsx"
LANGUAGES = {"": N_("As the texts show"), "zh": N_("Chinese"), "en": N_("English")}
SAMPLES = 3  # cells shown below the name of a column


class Upload(Form):
    """The file."""

    file = FileField(
        N_("File"),
        [FileRequired(message=N_("Choose a file."))],
        render_kw={"accept": ACCEPTED},
    )

    def given(self) -> tuple[bytes, str]:
        """Give the bytes and the name; the stream is the upload as it came in."""
        stream = self.file.data.stream
        stream.seek(0)
        return stream.read(), self.file.data.filename or ""


class ChoicesForm(Expected):
    """What the file does not say, or should not decide."""

    code = line(N_("Code"), most=40)
    version = line(N_("Version"), most=40)
    title_zh = line(N_("Title in Chinese"), required=False)
    title_en = line(N_("Title in English"), required=False)
    language = choice(N_("Language of texts that do not say theirs"), LANGUAGES)
    dimension = choice(N_("Dimension"), {"": N_("Not assigned")} | DIMENSION_NAMES)
    area = choice(N_("Area"), AREA_NAMES)
    stage = choice(N_("Stage"), STAGE_NAMES)
    level_from = whole(N_("From level"), 1, 5)
    weight = whole(N_("Weight"), 1, 5)

    def choices(self) -> Choices:
        """Give what was chosen."""
        return Choices(
            code=self.code.data or "",
            version=self.version.data or "",
            title_zh=self.title_zh.data or "",
            title_en=self.title_en.data or "",
            language=self.language.data,
            dimension=self.dimension.data,
            area=Area(self.area.data),
            stage=Stage(self.stage.data),
            level_from=self.level_from.data,
            weight=self.weight.data,
        )


class ColumnsForm(Expected):
    """One choice for each column; made for a table by ``columns_form``."""

    def arrangement(self, given: Arrangement) -> Arrangement:
        """Give what was assigned."""
        columns = {
            place: str(self._fields[name].data)
            for place, name in _names(self).items()
            if self._fields[name].data
        }
        return Arrangement(given.sheet, given.head, columns)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse two columns of one meaning, and a table without requirements."""
        sound = bool(super().validate(extra_validators))
        used: dict[str, str] = {}
        for name in _names(self).values():
            field = self._fields[name]
            if field.data and field.data in used:
                field.errors = [spoken(N_("Another column is this already."))]
                sound = False
            used.setdefault(field.data, name)
        if not used.keys() & {"requirement", "requirement_zh", "requirement_en"}:
            self.form_errors = [
                *self.form_errors,
                spoken(N_("Say which column holds the requirement.")),
            ]
            sound = False
        return sound


def columns_form(table: Table, given: Arrangement, revision: int) -> ColumnsForm:
    """Make the form for a table's columns, with what is known of them chosen."""
    head = table.rows[given.head] if given.head < len(table.rows) else ()
    options = [SelectChoice("", spoken(N_("Not read")))]
    options += [SelectChoice(key, spoken(name)) for key, name in FIELD_NAMES.items()]
    width = max((len(row) for row in table.rows[: given.head + 20]), default=0)
    fields = {
        f"c{place}": SelectField(
            _label(head, place), [Optional()], choices=options, default=given.columns.get(place, "")
        )
        for place in range(width)
    }
    made = cast("type[ColumnsForm]", type("TableColumns", (ColumnsForm,), fields))
    return made(revision=revision)


def samples(table: Table, head: int, place: int) -> Sequence[str]:
    """Give the first cells of a column, for a person to recognise it by."""
    cells = (row[place].strip() for row in table.rows[head + 1 :] if place < len(row))
    found: list[str] = []
    for cell in cells:
        if cell and cell not in found:
            found.append(cell if len(cell) <= 60 else f"{cell[:59]}…")
        if len(found) == SAMPLES:
            break
    return found


def proposal(table: Table, head: int) -> Arrangement:
    """Say what the columns below a row seem to be, for a row that a person chose as the head."""
    return Arrangement(table.name, head, recognised(table.rows[head]))


def _label(head: Sequence[str], place: int) -> str:
    name = " ".join((head[place] if place < len(head) else "").split())
    return f"{letters(place)}: {name[:80]}" if name else letters(place)


def _names(form: Form) -> dict[int, str]:
    return {int(name[1:]): name for name in form._fields if name[1:].isdecimal()}
