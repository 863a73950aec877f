"""Rows become criteria, criteria become rows; every problem names its row and column. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from checklists.columns.rules import (
    COLUMNS,
    FIELD_NAMES,
    Arrangement,
    Table,
    free,
    letters,
)
from checklists.incoming.rules import (
    Choices,
    Note,
    Reading,
    as_code,
    code_and_version,
    language_of,
    refuse,
    words,
)
from checklists.packs.rules import TITLE_LENGTH
from checklists.standards.rules import (
    FORMAT,
    Area,
    Method,
    PackCitation,
    PackCriterion,
    PackSection,
    Stage,
    StandardPack,
)
from core.words import N_, T_, Text, Words

# The words that stand in cells. They belong to the file, not to the reader's language, so both are understood.
AREA_WORDS = {
    Area.INDICATORS: Words("服务指标", "Service indicators"),
    Area.PROCESS: Words("服务过程", "Service process"),
    Area.PEOPLE: Words("服务人员", "Service people"),
    Area.ENVIRONMENT: Words("服务环境", "Service environment"),
}
STAGE_WORDS = {
    Stage.DESIGN: Words("设计", "Design"),
    Stage.IMPLEMENTATION: Words("实施", "Implementation"),
    Stage.DELIVERY: Words("交付", "Delivery"),
    Stage.IMPROVEMENT: Words("持续改进", "Continual improvement"),
}
METHOD_WORDS = {
    Method.DOCUMENT_REVIEW: Words("文件审查", "Document review"),
    Method.INTERVIEW: Words("访谈", "Interview"),
    Method.SYSTEM_TEST: Words("系统测试", "System test"),
}
DIMENSION_WORDS = {
    "availability": Words("可用性", "Availability"),
    "response": Words("响应", "Response"),
    "capacity": Words("处理能力", "Capacity"),
    "satisfaction": Words("满意度", "Satisfaction"),
    "improvement": Words("改进能力", "Improvement"),
}
YES, NO = Words("是", "yes"), Words("否", "no")
VERIFIED = Words("已核实", "verified")
_YES = {"yes", "y", "true", "1", "x", "✓", "√", "是", "critical", "关键", "mandatory"}
_NO = {"no", "n", "false", "0", "", "否", "-"}
_BETWEEN = re.compile(r"[,，、;；\n]+")
_LEVEL = re.compile(r"[^\d-]{0,12}([0-9]{1,3})(?:\.0+)?\D{0,3}")


def read_table(
    tables: Sequence[Table], given: Arrangement, choices: Choices, file_name: str = ""
) -> Reading:
    """Read the criteria of a table whose columns are known."""
    table = next((one for one in tables if one.name == given.sheet), None)
    if table is None or not given.complete:
        message = N_("No column is known to hold the requirement. Say which one it is.")
        raise refuse(T_("row %(row)s", row=given.head + 1), T_(message))
    return _Rows.of(table, given, choices).reading(file_name)


def table_rows(pack: StandardPack, language: str) -> Iterator[list[str]]:
    """Write a standard as a table in a language's words: the names of the columns, then one row a criterion."""
    yield [head.in_language(language) for head in COLUMNS.values()]
    first = True
    for section in pack.sections:
        for one in section.criteria:
            cells = _cells(section, one, language)
            if first:
                cells |= _standard_cells(pack)
                first = False
            yield [cells.get(name, "") for name in COLUMNS]


@dataclass(slots=True)
class _Rows:
    """The rows of a table while they are read."""

    table: Table
    given: Arrangement
    choices: Choices
    language: str
    reading_: Reading = field(default_factory=lambda: Reading({}))
    untitled: int = 0

    @staticmethod
    def of(table: Table, given: Arrangement, choices: Choices) -> "_Rows":
        sample = "".join(
            row[place]
            for row in table.rows[given.head + 1 : given.head + 60]
            for place, name in given.columns.items()
            if free(name) and place < len(row)
        )
        return _Rows(table, given, choices, choices.language or language_of(sample))

    def reading(self, file_name: str) -> Reading:
        code, version = code_and_version(file_name)
        title = words(_title_of(file_name), self.language)
        data: dict[str, Any] = {
            "format": FORMAT,
            "code": code or "table",
            "version": version or "1",
            "title": title,
            "summary": {},
            "sections": [],
        }
        self.reading_.data = data
        found: dict[str, int] = {}
        for number in range(self.given.head + 1, len(self.table.rows)):
            cells = self._row(number)
            if any(cells.get(name) for name in cells if not name.startswith("standard_")):
                self._criterion(number, cells, found)
        if self.untitled:
            message = N_(
                "%(count)s criteria have no title; the beginning of the requirement stands for it."
            )
            self.reading_.warnings.append(Note("/", T_(message, count=self.untitled)))
        if not data["sections"]:
            self.reading_.problems.append(Note("/", T_("There is no row below the head.")))
        return self.reading_

    def _row(self, number: int) -> dict[str, str]:
        row = self.table.rows[number]
        cells = {
            name: row[place].replace("\r\n", "\n").strip() if place < len(row) else ""
            for place, name in self.given.columns.items()
        }
        for place in self.given.columns:
            if (number, place) in self.table.formulas:
                text = T_("A formula stands here. Put its result in its place.")
                self.reading_.problems.append(Note(self._where(number, place), text))
            if (number, place) in self.table.alike:
                text = T_("This begins like a formula. It is taken as a text and never computed.")
                self.reading_.warnings.append(Note(self._where(number, place), text))
        return cells

    def _places(self) -> dict[str, int]:
        return {name: place for place, name in self.given.columns.items()}

    def _where(self, number: int, place: int | None = None) -> Text:
        if place is None:
            return T_("row %(row)s", row=number + 1)
        head = self.table.rows[self.given.head]
        name = " ".join((head[place] if place < len(head) else "").split())[:40]
        message = N_("row %(row)s, column %(column)s (%(name)s)")
        return T_(message, row=number + 1, column=letters(place), name=name)

    def _both(self, cells: Mapping[str, str], name: str) -> dict[str, str]:
        pair = {language: cells.get(f"{name}_{language}", "") for language in ("zh", "en")}
        if (text := cells.get(name, "")) and not pair[self.language]:
            pair[self.language] = text
        return {language: text for language, text in pair.items() if text}

    def _criterion(self, number: int, cells: dict[str, str], found: dict[str, int]) -> None:
        data = self.reading_.data
        self._standard(number, cells)
        section = self._section(number, cells, found)
        criteria = data["sections"][section]["criteria"]
        pointer = f"/sections/{section}/criteria/{len(criteria)}"
        self._note_places(pointer, number)
        requirement = self._both(cells, "requirement")
        criteria.append(
            {
                "code": cells["code"] if "code" in cells else str(number - self.given.head),
                "title": self._both(cells, "title") or self._title(requirement),
                "requirement": requirement,
                "guidance": self._both(cells, "guidance"),
                "evidence": self._both(cells, "evidence"),
                **self._typed(number, cells),
            }
        )

    def _title(self, requirement: Mapping[str, str]) -> dict[str, str]:
        self.untitled += bool(requirement)
        return {language: beginning(text) for language, text in requirement.items()}

    def _standard(self, number: int, cells: Mapping[str, str]) -> None:
        """Take what the row says of the standard as a whole; our own tables say it in their first row."""
        data = self.reading_.data
        for name in ("code", "version"):
            if text := cells.get(f"standard_{name}"):
                data[name] = text
                self.reading_.places[f"/{name}"] = self._where(number)
        for name, prefix in (("title", "standard_title"), ("summary", "summary")):
            if pair := self._both(cells, prefix):
                data[name] = pair
                self.reading_.places[f"/{name}"] = self._where(number)

    def _section(self, number: int, cells: Mapping[str, str], found: dict[str, int]) -> int:
        sections = self.reading_.data["sections"]
        title = self._both(cells, "section_title")
        chapter = cells.get("chapter", "")
        own = title.get(self.language, "")
        if chapter and chapter != own:
            title[self.language] = f"{chapter} › {own}" if own else chapter
        told = cells.get("section_code", "")
        key = told or str(title)
        if key in found:
            return found[key]
        if not (told or title):
            title = {"zh": "条目", "en": "Criteria"}
        found[key] = len(sections)
        code = told or as_code(own) or f"S{len(sections) + 1}"
        self.reading_.places[f"/sections/{len(sections)}"] = self._where(number)
        sections.append({"code": code, "title": title or {self.language: code}, "criteria": []})
        return found[key]

    def _note_places(self, pointer: str, number: int) -> None:
        places = self.reading_.places
        places[pointer] = self._where(number)
        for place, name in self.given.columns.items():
            stem, _, language = name.rpartition("_")
            path = f"{stem}/{language}" if language in {"zh", "en"} else name
            places[f"{pointer}/{path}"] = self._where(number, place)
            if free(name):
                places[f"{pointer}/{name}/{self.language}"] = self._where(number, place)

    # -- cells with a meaning --------------------------------------------------------------------------------------

    def _typed(self, number: int, cells: Mapping[str, str]) -> dict[str, Any]:
        choices = self.choices
        dimension = cells.get("dimension", "")
        return {
            "dimension": _named(dimension, DIMENSION_WORDS) or dimension or choices.dimension,
            "area": self._one(number, cells, "area", AREA_WORDS) or choices.area.value,
            "stage": self._one(number, cells, "stage", STAGE_WORDS) or choices.stage.value,
            "level_from": self._number(number, cells, "level_from") or choices.level_from,
            "weight": self._number(number, cells, "weight") or choices.weight,
            "critical": self._flag(number, cells),
            "methods": self._methods(number, cells),
            "sources": [
                one.strip() for one in _BETWEEN.split(cells.get("sources", "")) if one.strip()
            ],
            "citations": [
                _cited(line) for line in cells.get("citations", "").split("\n") if line.strip()
            ],
        }

    def _tell(self, number: int, name: str, text: Text) -> None:
        self.reading_.problems.append(Note(self._where(number, self._places()[name]), text))

    def _one(
        self, number: int, cells: Mapping[str, str], name: str, known: Mapping[Any, Words]
    ) -> str:
        text = cells.get(name, "")
        found = _named(text, known)
        if text and not found:
            message = N_("“%(text)s” is not one of these: %(names)s.")
            names = ", ".join(f"{one.zh}/{one.en}" for one in known.values())
            self._tell(number, name, T_(message, text=text[:60], names=names))
        return found

    def _number(self, number: int, cells: Mapping[str, str], name: str) -> int:
        text = cells.get(name, "")
        found = _LEVEL.fullmatch(text)
        if text and not found:
            self._tell(number, name, T_("“%(text)s” is not a number.", text=text[:60]))
        return int(found.group(1)) if found else 0

    def _flag(self, number: int, cells: Mapping[str, str]) -> bool:
        text = cells.get("critical", "").casefold()
        if text not in _YES | _NO:
            self._tell(number, "critical", T_("“%(text)s” is neither yes nor no.", text=text[:60]))
        return text in _YES

    def _methods(self, number: int, cells: Mapping[str, str]) -> list[str]:
        named = (text.strip() for text in _BETWEEN.split(cells.get("methods", "")))
        made = (
            self._one(number, {"methods": text}, "methods", METHOD_WORDS) for text in named if text
        )
        return [one for one in made if one]


def beginning(text: str) -> str:
    """Give the beginning of a text as a title: its first sentence if that is short, else as many words as fit."""
    line = " ".join(text.split())
    first = re.split(r"(?<=[.!?])\s|[。！？；]", line, maxsplit=1)[0].rstrip(".")
    if len(first) <= TITLE_LENGTH:
        return first
    cut = first[: TITLE_LENGTH - 1]
    return (cut.rpartition(" ")[0] if " " in cut else cut).rstrip(" ,;:，；：") + "…"


def _title_of(file_name: str) -> str:
    stem = file_name.replace("\\", "/").split("/")[-1].rpartition(".")[0] or file_name
    return " ".join(stem.replace("_", " ").split())[:240]


def _named(text: str, known: Mapping[Any, Words]) -> str:
    folded = text.strip().casefold()
    for value, named in known.items():
        if folded and folded in {str(value), named.zh.casefold(), named.en.casefold()}:
            return str(value)
    return ""


def _cited(line: str) -> dict[str, Any]:
    pieces = [_unescaped(piece).strip() for piece in _split(line)]
    code, clause, verified = (*pieces, "", "")[:3]
    told = {VERIFIED.zh, VERIFIED.en}
    return {"code": code, "clause": clause, "verified": verified.casefold() in told}


def _split(line: str) -> Iterator[str]:
    piece: list[str] = []
    escaped = False
    for sign in line:
        if sign == "|" and not escaped:
            yield "".join(piece)
            piece = []
        else:
            piece.append(sign)
        escaped = sign == "\\" and not escaped
    yield "".join(piece)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([\\|])", r"\1", text)


def _escaped(text: str) -> str:
    return re.sub(r"([\\|])", r"\\\1", text)


def _citation(one: PackCitation, language: str) -> str:
    pieces = [one.code, one.clause, VERIFIED.in_language(language) if one.verified else ""]
    while not pieces[-1]:
        pieces.pop()
    return " | ".join(_escaped(piece) for piece in pieces)


def _list(values: Iterable[str], language: str) -> str:
    return ("、" if language.startswith("zh") else ", ").join(values)


def _cells(section: PackSection, one: PackCriterion, language: str) -> dict[str, str]:
    def word(value: StrEnum | str, known: Mapping[Any, Words]) -> str:
        return known[value].in_language(language) if value in known else str(value)

    return {
        "section_code": section.code,
        "code": one.code,
        "dimension": word(one.dimension, DIMENSION_WORDS),
        "area": word(one.area, AREA_WORDS),
        "stage": word(one.stage, STAGE_WORDS),
        "level_from": str(one.level_from),
        "weight": str(one.weight),
        "critical": (YES if one.critical else NO).in_language(language),
        "methods": _list((word(method, METHOD_WORDS) for method in one.methods), language),
        "sources": _list(one.sources, language),
        "citations": "\n".join(_citation(cited, language) for cited in one.citations),
        **_texts("section_title", section.title),
        **_texts("title", one.title),
        **_texts("requirement", one.requirement),
        **_texts("guidance", one.guidance),
        **_texts("evidence", one.evidence),
    }


def _standard_cells(pack: StandardPack) -> dict[str, str]:
    return {
        "standard_code": pack.code,
        "standard_version": pack.version,
        **_texts("standard_title", pack.title),
        **_texts("summary", pack.summary),
    }


def _texts(name: str, both: Words) -> dict[str, str]:
    return {f"{name}_zh": both.zh, f"{name}_en": both.en}


__all__ = ["FIELD_NAMES", "beginning", "read_table", "table_rows"]
