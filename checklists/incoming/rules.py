"""What an import is measured by: limits, the assumptions of the importer, the check that every form shares. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from checklists.packs.rules import CODE, PackError, Problem
from checklists.standards.rules import Area, Stage, StandardPack, parse_standard
from core.errors import DomainError
from core.words import N_, NT_, T_, Text

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 200  # unpacked to packed, of a spreadsheet as a whole
MOST_PARTS = 1000  # files inside a spreadsheet
MOST_DEPTH = 40
MOST_CRITERIA = 5000
MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_NOTES = 500  # told of one file; beyond that their number

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MARKUP = re.compile(r"</?[a-z][a-z0-9]{0,20}(?:\s[^<>]*)?/?>", re.IGNORECASE)
_FORBIDDEN_IN_CODE = re.compile(r"[^A-Za-z0-9._-]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


class FileFormat(StrEnum):
    """The forms a standard comes in and goes out."""

    OSCAL = "oscal"
    YAML = "yaml"
    CSV = "csv"
    XLSX = "xlsx"


FORMAT_NAMES = {
    FileFormat.OSCAL: N_("OSCAL catalog (JSON)"),
    FileFormat.YAML: N_("Assay pack (YAML)"),
    FileFormat.CSV: N_("Table (CSV)"),
    FileFormat.XLSX: N_("Spreadsheet (XLSX)"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell about a file: ``where`` is a row and column, a line, or a JSON pointer."""

    where: Text | str
    text: Text

    def plain(self) -> dict[str, str]:
        """Give the note as the command line prints it."""
        return {"where": str(self.where), "text": str(self.text)}


class Unreadable(DomainError):
    """A file that cannot be taken; ``notes`` lists everything wrong with it."""

    def __init__(self, notes: Iterable[Note]) -> None:
        self.notes = tuple(notes)
        first = self.notes[0]
        placed = (
            first.text
            if first.where == "/"
            else T_("%(where)s: %(text)s", where=first.where, text=first.text)
        )
        if len(self.notes) == 1:
            super().__init__(placed)
        else:
            message = N_("%(n)s things in this file have to be put right. The first: %(first)s")
            super().__init__(T_(message, n=len(self.notes), first=placed))


def refuse(where: Text | str, text: Text) -> Unreadable:
    """Make the refusal of a file for one reason."""
    return Unreadable([Note(where, text)])


@dataclass(frozen=True, slots=True)
class Choices:
    """What the importer says of a file, and what stands in where it says nothing.

    Empty texts leave what the file says. ``language`` is that of texts whose language the file does not tell;
    empty means it is told from the texts themselves.
    """

    code: str = ""
    version: str = ""
    title_zh: str = ""
    title_en: str = ""
    language: str = ""
    dimension: str = ""
    area: Area = Area.PROCESS
    stage: Stage = Stage.DELIVERY
    level_from: int = 1
    weight: int = 1

    def plain(self) -> dict[str, Any]:
        """Give the choices as they are kept and sent along."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @staticmethod
    def read(kept: Mapping[str, Any]) -> "Choices":
        """Take up what ``plain`` gave."""
        known = {name: kept[name] for name in Choices.__dataclass_fields__ if name in kept}
        return Choices(
            **known
            | {
                "area": Area(known.get("area", Area.PROCESS)),
                "stage": Stage(known.get("stage", Stage.DELIVERY)),
            }
        )


@dataclass(slots=True)
class Reading:
    """A file as one of the readers understood it.

    ``data`` is a pack (``assay-standard/1``); ``places`` leads from pointers in it to places in the file, the
    nearest above being used; ``withdrawn`` counts what the file itself says no longer applies.
    """

    data: dict[str, Any]
    places: dict[str, Text | str] = field(default_factory=dict)
    problems: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    withdrawn: int = 0

    def place(self, pointer: str) -> Text | str:
        """Give the place in the file that a pointer into the data leads to."""
        at = pointer
        while at and at not in self.places:
            at = at.rpartition("/")[0]
        return self.places.get(at) or pointer or "/"


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: a standard, or what keeps it from being one."""

    pack: StandardPack | None
    data: Mapping[str, Any]
    problems: Sequence[Note]
    warnings: Sequence[Note]
    withdrawn: int = 0


def conclude(reading: Reading, choices: Choices) -> Found:
    """Check what a reader gave: the same conditions whatever the form of the file."""
    data = reading.data
    for name in ("code", "version"):
        if given := getattr(choices, name):
            data[name] = given
    titles = {"zh": choices.title_zh, "en": choices.title_en}
    if any(titles.values()):
        data["title"] = titles
    problems, warnings = list(reading.problems), list(reading.warnings)
    for pointer, text in _texts(data):
        _look_at(text, reading.place(pointer), problems, warnings)
    problems += _too_many(data)
    pack = None
    try:
        pack = parse_standard(data, lenient=True)
    except PackError as error:
        problems += [_located(reading, one) for one in error.problems]
    if problems:
        pack = None
    return Found(pack, data, _bounded(problems), _bounded(warnings), reading.withdrawn)


def as_code(text: str, fallback: str = "") -> str:
    """Make a code of a text: what cannot stand in a code becomes a hyphen."""
    made = _FORBIDDEN_IN_CODE.sub("-", text).strip("-._")[:40].strip("-._")
    return made if CODE.fullmatch(made) else fallback


def code_and_version(file_name: str) -> tuple[str, str]:
    """Read a code and a version from a file's name: ``owasp-asvs-5.0.0.csv`` is owasp-asvs, 5.0.0."""
    stem = re.sub(r"(\.oscal)?\.[A-Za-z]{1,5}$", "", file_name.replace("\\", "/").split("/")[-1])
    told = re.fullmatch(r"(.+?)[-_ ]v?(\d+(?:\.\d+)*)", stem)
    name, version = (told.group(1), told.group(2)) if told else (stem, "")
    return as_code(name), as_code(version)


def next_version(version: str, taken: Iterable[str]) -> str:
    """Give a version like this one that is not taken yet: its last number grows."""
    there = set(taken)
    while version in there:
        last = re.search(r"(\d+)(\D*)$", version)
        if last is None:
            version = f"{version[:36]}-2"
        else:
            version = f"{version[: last.start()]}{int(last.group(1)) + 1}{last.group(2)}"
    return version


def language_of(text: str) -> str:
    """Tell the language of a text: Chinese where there are more than a few Han characters."""
    return "zh" if len(_HAN.findall(text)) * 10 > len(text) else "en"


def words(text: str, language: str) -> dict[str, str]:
    """Give a text in one language as packs hold it."""
    return {language: text} if text else {}


def _look_at(text: str, where: Text | str, problems: list[Note], warnings: list[Note]) -> None:
    if found := _CONTROL.search(text):
        message = N_("The character %(code)s cannot be shown; take it out.")
        problems.append(Note(where, T_(message, code=f"U+{ord(found.group()):04X}")))
    if found := _MARKUP.search(text):
        message = N_("“%(tag)s” looks like markup. It is kept and shown as it is written.")
        warnings.append(Note(where, T_(message, tag=found.group()[:60])))


def _too_many(data: Mapping[str, Any]) -> Iterator[Note]:
    sections = data.get("sections")
    entries = sections if isinstance(sections, list) else []
    count = sum(
        len(section["criteria"])
        for section in entries
        if isinstance(section, Mapping) and isinstance(section.get("criteria"), list)
    )
    if count > MOST_CRITERIA:
        message = N_("There are %(count)s criteria here; at most %(most)s can be imported.")
        yield Note("/", T_(message, count=count, most=MOST_CRITERIA))


def _located(reading: Reading, problem: Problem) -> Note:
    values = dict(problem.text.values)
    if isinstance(first := values.get("first"), str):  # a pointer into the data
        values["first"] = reading.place(first)
    return Note(reading.place(problem.pointer), replace(problem.text, values=values))


def _bounded(notes: list[Note]) -> list[Note]:
    if len(notes) <= MOST_NOTES:
        return notes
    rest = len(notes) - MOST_NOTES
    message = NT_("There is one more like this.", "There are %(n)s more like these.", rest)
    return [*notes[:MOST_NOTES], Note("/", message)]


def _step(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _texts(data: object) -> Iterator[tuple[str, str]]:
    """Give every text in parsed data with its pointer."""
    rest: list[tuple[str, object]] = [("", data)]
    while rest:
        pointer, value = rest.pop()
        if isinstance(value, str):
            yield pointer, value
        elif isinstance(value, Mapping):
            named = [(_step(key), one) for key, one in value.items()]
            rest += [(f"{pointer}/{key}", one) for key, one in reversed(named)]
        elif isinstance(value, list | tuple):
            rest += [(f"{pointer}/{n}", value[n]) for n in range(len(value) - 1, -1, -1)]
