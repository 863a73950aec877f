"""Bytes of a file become text and data, within limits; what cannot be read is told with its place."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from checklists.incoming.rules import (
    MOST_BYTES,
    MOST_DEPTH,
    FileFormat,
    Note,
    Unreadable,
    refuse,
)
from core.words import N_, T_, Text

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ENDINGS = {
    "csv": FileFormat.CSV,
    "tsv": FileFormat.CSV,
    "txt": FileFormat.CSV,
    "yaml": FileFormat.YAML,
    "yml": FileFormat.YAML,
    "json": FileFormat.YAML,
    "xlsx": FileFormat.XLSX,
}
_YAML_HEAD = re.compile(r"^[\"']?(format|catalog|profile|[a-z-]+)[\"']?:(\s|$)", re.MULTILINE)
_NUMBERS = ((re.compile(r"[-+]?[0-9]{1,18}"), int), (re.compile(r"[-+]?[0-9]+\.[0-9]+"), float))
_PLAIN: dict[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}
_ALL_TEXT = {"catalog", "profile", "$schema"}  # OSCAL: versions such as 1.10 are no numbers


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding it was written in."""

    text: str
    encoding: str


def decode(content: bytes) -> Decoded:
    """Read bytes as UTF-8, as UTF-16 where a mark says so, or as GB18030; ``Unreadable`` tells the byte."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(_decoded(content[len(mark) :], encoding, len(mark)), encoding)
    if b"\x00" in content[:4096]:
        raise refuse(_byte(content.index(b"\x00")), T_("This is not a text."))
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(content) and error.reason == "unexpected end of data":
            text = T_("The file ends in the middle of a character: a part of it is missing.")
            raise refuse(_byte(error.start), text) from None
        first = error.start
    try:
        return Decoded(content.decode("gb18030"), "gb18030")
    except UnicodeDecodeError as error:
        message = N_(
            "The encoding is not known: byte %(utf8)s is not UTF-8 and byte %(gb)s is not GB18030. "
            "Save the file as UTF-8."
        )
        raise refuse(_byte(first), T_(message, utf8=first, gb=error.start)) from None


def check_size(content: bytes) -> None:
    """Refuse a file that is empty or larger than any standard."""
    if not content.strip():
        raise refuse("/", T_("The file is empty."))
    if len(content) > MOST_BYTES:
        message = N_("The file has %(size)s bytes; at most %(most)s can be read.")
        raise refuse("/", T_(message, size=len(content), most=MOST_BYTES))


def guess(content: bytes, file_name: str) -> FileFormat:
    """Tell the form of a file from its beginning, else from its name. JSON counts as YAML here."""
    if content.startswith(b"PK"):
        return FileFormat.XLSX
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(
            "/",
            T_("This is an old or a protected spreadsheet. Save it as .xlsx without a password."),
        )
    start = decode(content).text[:4096].lstrip()
    if start.startswith("<"):
        raise refuse("/", T_("XML and HTML are not read. Convert an OSCAL catalog to JSON first."))
    if start[:1] in {"{", "["}:
        return FileFormat.YAML
    ending = file_name.rpartition(".")[2].lower()
    if ending in _ENDINGS and _ENDINGS[ending] is not FileFormat.XLSX:
        return _ENDINGS[ending]
    return FileFormat.YAML if _YAML_HEAD.match(start) else FileFormat.CSV


def parse(content: bytes) -> object:
    """Read JSON or YAML; aliases, names given twice, deep nesting and broken ends are told with line and column."""
    text = decode(content).text
    return _json(text) if text.lstrip()[:1] in {"{", "["} else _yaml(text)


def _byte(number: int) -> Text:
    return T_("byte %(number)s", number=number)


def _line(line: int, column: int) -> Text:
    return T_("line %(line)s, column %(column)s", line=line, column=column)


def _decoded(content: bytes, encoding: str, skipped: int) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        message = N_("The mark at its beginning says %(encoding)s, but this byte does not fit.")
        text = T_(message, encoding=encoding.upper())
        raise refuse(_byte(error.start + skipped), text) from None


def _json(text: str) -> object:
    twice: list[str] = []

    def group(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice.append(next(name for name in names if names.count(name) > 1))
        return made

    try:
        data = json.loads(text, object_pairs_hook=group)
    except json.JSONDecodeError as error:
        raise refuse(_line(error.lineno, error.colno), _broken(text, error)) from None
    except RecursionError:
        raise refuse("/", _too_deep()) from None
    except ValueError:
        raise refuse("/", T_("A number here has too many digits.")) from None
    if twice:
        message = N_("The name “%(name)s” stands twice in the same group.")
        raise Unreadable([Note("/", T_(message, name=name)) for name in dict.fromkeys(twice)])
    _check_depth(data)
    return data


def _broken(text: str, error: json.JSONDecodeError) -> Text:
    unclosed = error.msg.startswith("Unterminated string")
    if error.pos >= len(text.rstrip()) or unclosed:
        return T_("The file breaks off: a part of it is missing.")
    return T_("This is not JSON: %(what)s.", what=error.msg)


def _too_deep() -> Text:
    return T_("Groups are nested deeper than %(most)s levels.", most=MOST_DEPTH)


def _check_depth(data: object) -> None:
    level: list[tuple[str, object]] = [("", data)]
    for _ in range(MOST_DEPTH):
        inner: list[tuple[str, object]] = []
        for pointer, value in level:
            if isinstance(value, dict):
                inner += [(f"{pointer}/{key}", one) for key, one in value.items() if _holds(one)]
            elif isinstance(value, list):
                inner += [(f"{pointer}/{n}", one) for n, one in enumerate(value) if _holds(one)]
        level = inner
        if not level:
            return
    raise refuse(level[0][0], _too_deep())


def _holds(value: object) -> bool:
    return isinstance(value, dict | list)


def _yaml(text: str) -> object:
    """Build data from YAML's events: one pass, no aliases, no tags, no depth that could exhaust the stack."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    builder = _Builder()
    try:
        while loader.check_event():
            builder.take(loader.get_event())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = _line(mark.line + 1, mark.column + 1) if mark else "/"
        raise refuse(where, T_("This is not YAML: %(what)s.", what=error.problem or "")) from None
    except yaml.YAMLError as error:  # a character that YAML does not allow
        position = getattr(error, "position", None)
        where = "/" if position is None else T_("character %(number)s", number=position)
        raise refuse(where, T_("There is a character here that cannot stand in YAML.")) from None
    return builder.result()


class _Builder:
    """Puts data together from YAML events."""

    def __init__(self) -> None:
        self._open: list[tuple[Any, list[str]]] = []  # each group or list, with a name that waits
        self._documents: list[object] = []
        self._all_text: bool | None = None

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise refuse(self._mark(event), T_("References (&name and *name) are not read."))
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._value(event), event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._enter({}, event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._enter([], event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()

    def result(self) -> object:
        if len(self._documents) != 1:
            message = N_("One document is needed here; there are %(count)s.")
            raise refuse("/", T_(message, count=len(self._documents)))
        return self._documents[0]

    def _enter(self, made: Any, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) >= MOST_DEPTH:
            raise refuse(self._mark(event), _too_deep())
        self._check(event)
        self._add(made, event)
        self._open.append((made, []))

    def _add(self, value: object, event: yaml.Event) -> None:
        if not self._open:
            self._documents.append(value)
            return
        holder, waiting = self._open[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif waiting:
            holder[waiting.pop()] = value
        else:
            waiting.append(self._name(value, holder, event))

    def _name(self, value: object, holder: Mapping[str, object], event: yaml.Event) -> str:
        if _holds(value):
            raise refuse(self._mark(event), T_("The name of a field has to be a text."))
        name = event.value if isinstance(event, yaml.ScalarEvent) else ""
        if name in holder:
            message = N_("The name “%(name)s” stands twice in the same group.")
            raise refuse(self._mark(event), T_(message, name=name))
        if self._all_text is None:
            self._all_text = name in _ALL_TEXT
        return str(name)

    def _value(self, event: yaml.ScalarEvent) -> object:
        self._check(event)
        text = event.value
        if not event.implicit[0] or self._all_text:
            return text
        if text.lower() in _PLAIN:
            return _PLAIN[text.lower()]
        for shape, kind in _NUMBERS:
            if shape.fullmatch(text):
                return kind(text)
        return text

    def _check(self, event: Any) -> None:
        if event.anchor is not None:
            raise refuse(self._mark(event), T_("References (&name and *name) are not read."))
        if event.tag is not None and event.tag != "!":
            raise refuse(self._mark(event), T_("Tags (!name) are not read."))

    @staticmethod
    def _mark(event: yaml.Event) -> Text:
        mark: Any = event.start_mark
        return _line(mark.line + 1, mark.column + 1)
