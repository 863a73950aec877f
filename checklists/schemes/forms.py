"""Shape of what schemes ask for."""

from flask_wtf.file import FileField, FileRequired

from core.forms import Expected, Form, line
from core.forms import Reasoned as _Reasoned
from core.words import N_


class Step(Expected):
    """A step of a version."""


class Reasoned(_Reasoned, Expected):
    """A step of a version that needs a reason."""


class OwnForm(Form):
    """A scheme of one's own, made from another."""

    code = line(
        N_("Code"), most=40,
        description=N_("It stands in certificate numbers: letters, digits, hyphens, full stops."),
    )  # fmt: skip
    title_zh = line(N_("Title in Chinese"))
    title_en = line(N_("Title in English"))


class ImportForm(Form):
    """A scheme pack from a file."""

    pack = FileField(
        N_("Scheme pack (YAML)"), [FileRequired(message=N_("Choose a file."))],
        description=N_("As “Export” gives it, at most 256 kB."),
    )  # fmt: skip
    code = line(
        N_("Code"), required=False, most=40,
        description=N_("Empty: the code in the file. The code of a scheme of yours makes its next version."),
    )  # fmt: skip
