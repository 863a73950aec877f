"""JSON Schemas of the packs, made by watching the parsers read one: ``python -m tests.schemas`` writes them anew."""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from checklists.packs.rules import (
    OPEN_TEXT_LENGTH,
    OPEN_TITLE_LENGTH,
    PackError,
    PackReader,
)
from checklists.procedures.rules import STATUSES
from checklists.schemes.rules import parse_scheme
from checklists.standards.rules import parse_standard

PACKS = Path(__file__).resolve().parents[1] / "checklists" / "packs"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FORMATS = ("assay-standard/1", "assay-scheme/1")
_READS = ("text", "texts", "words", "title", "number", "numbers", "whole", "wholes", "flag", "choice",
          "choices", "group", "groups")  # fmt: skip
_ASKS = ("has", "filled")
Schema = dict[str, Any]


def load(name: str) -> Any:
    """Give a pack that ships."""
    return yaml.safe_load((PACKS / name).read_text(encoding="utf-8"))


def path_of(form: str) -> Path:
    """Give where the schema of a format stands."""
    return PACKS / f"{form.replace('/', '-')}.schema.json"


@cache
def schema_of(form: str) -> Schema:
    """Make the schema of a format from what its parser asks of the packs that ship."""
    calls: dict[tuple[str, ...], Schema] = {}
    packs = [load(file.name) for file in sorted(PACKS.glob("*.yaml"))]
    packs = [data for data in packs if data["format"] == form]
    with _watched(calls):
        for data in packs:
            _parse(form)(data)
    for place, node in calls.items():  # a parser may also ask for other reasons than doing without
        node["optional"] = {
            key
            for key in node["optional"]
            if any(_spared(form, data, place, key) for data in packs)
        }
    top = _object(calls, ())
    top["properties"]["format"] = {"const": form}
    return {"$schema": DIALECT, "title": form, "description": _description(form), **top}


def _parse(form: str) -> Callable[[Any], Any]:
    return parse_scheme if form == FORMATS[1] else lambda data: parse_standard(data, lenient=True)


def _spared(form: str, data: Any, place: tuple[str, ...], key: str) -> bool:
    """Say whether a pack is still taken when a field is left out, in some place where it could stand."""
    for holder in _holders(data, place):
        if key not in holder:
            return True
        kept = holder.pop(key)
        try:
            _parse(form)(data)
        except PackError:
            continue
        else:
            return True
        finally:
            holder[key] = kept
    return False


def _holders(data: Any, place: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Give the first and the last group of fields at each turn of a place."""
    if not place:
        yield data
        return
    first, *rest = place
    inner = data[:1] + data[-1:] if first == "*" else [data[first]] if first in data else []
    for one in inner:
        yield from _holders(one, tuple(rest))


def _description(form: str) -> str:
    if form == FORMATS[1]:
        return "A scheme version as a pack. Conditions between fields are checked by the product."
    return (
        "A standard version as a pack, as an import takes it: one language is enough. "
        "Packs that ship have both. Conditions between fields are checked by the product."
    )


@contextmanager
def _watched(calls: dict[tuple[str, ...], Schema]) -> Iterator[None]:
    """Note, for each group of fields, what is read from it and what may be missing."""
    originals = {name: getattr(PackReader, name) for name in (*_READS, *_ASKS)}
    busy: list[str] = []

    def watch(name: str, original: Any) -> Any:
        signature = inspect.signature(original)

        def read(self: PackReader, *arguments: Any, **options: Any) -> Any:
            if not busy and self.fields is not None:
                bound = signature.bind(self, *arguments, **options)
                bound.apply_defaults()
                _note(calls, self, name, bound.arguments)
            busy.append(name)
            try:
                return original(self, *arguments, **options)
            finally:
                busy.pop()

        return read

    for name, original in originals.items():
        setattr(PackReader, name, watch(name, original))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(PackReader, name, original)


def _note(calls: dict[tuple[str, ...], Schema], one: PackReader, name: str, given: Any) -> None:
    place = tuple("*" if key.isdecimal() else key for key in one.pointer.split("/")[1:])
    node = calls.setdefault(place, {"fields": {}, "optional": set(), "closed": {}})
    key = given["key"]
    if name in _ASKS or given.get("needed") is False:
        node["optional"].add(key)
    if name in {"group", "groups"} and given["known"]:
        inner = (*place, key) if name == "group" else (*place, key, "*")
        found = calls.setdefault(inner, {"fields": {}, "optional": set(), "closed": {}})
        found["closed"] = dict.fromkeys(given["known"])
    if name not in _ASKS:
        node["fields"][key] = (name, dict(given), one.lenient)


def _object(calls: dict[tuple[str, ...], Schema], place: tuple[str, ...]) -> Schema:
    node = calls[place]
    fields, optional = node["fields"], node["optional"]
    names = [*fields, *(name for name in node["closed"] if name not in fields)]
    made = {name: _field(calls, place, name) for name in names}
    for name in optional & fields.keys():
        if "type" in made[name]:
            made[name]["type"] = [made[name]["type"], "null"]
    if place and not node["closed"]:  # further names are as the known ones: words for statuses
        known = {name: made[name] for name in STATUSES}
        return _of_names(known, list(STATUSES)) | {"additionalProperties": made[STATUSES[0]]}
    needed = [name for name in names if name in fields and name not in optional]
    return _of_names(made, needed) | {"additionalProperties": False}


def _of_names(fields: Schema, needed: list[str]) -> Schema:
    return {"type": "object", "properties": fields, "required": needed}


def _field(calls: dict[tuple[str, ...], Schema], place: tuple[str, ...], key: str) -> Schema:
    if key not in calls[place]["fields"]:
        return {}
    name, given, lenient = calls[place]["fields"][key]
    if name == "group":
        return _object(calls, (*place, key))
    if name == "groups":
        return {"type": "array", "minItems": 1, "items": _object(calls, (*place, key, "*"))}
    if name in {"words", "title"}:
        return _words(name, given, lenient=lenient)
    if name in {"texts", "numbers", "wholes", "choices"}:
        unique = {"uniqueItems": True} if name in {"texts", "choices"} else {}
        return {"type": "array", "minItems": 1, "items": _single(name[:-1], given)} | unique
    return _single(name, given)


def _single(name: str, given: Any) -> Schema:
    if name == "flag":
        return {"type": "boolean"}
    if name == "choice":
        return {"enum": [member.value for member in given["kind"]]}
    if name == "text":
        shape = given["shape"]
        return {"type": "string", "minLength": 1, "maxLength": given.get("most", 2000)} | (
            {"pattern": f"^(?:{_portable(shape)})$"} if shape else {}
        )
    kind = "integer" if name == "whole" else "number"
    bounds = {"minimum": given["low"], "maximum": given["high"]}
    return {"type": kind} | {key: value for key, value in bounds.items() if abs(value) < 1e300}


def _words(name: str, given: Any, *, lenient: bool) -> Schema:
    room = OPEN_TITLE_LENGTH if name == "title" else OPEN_TEXT_LENGTH
    text: Schema = {"type": "string", "maxLength": room if lenient else given.get("most", 2000)}
    if name == "title":
        text["pattern"] = r"^[^\n]*$"
    made: Schema = {
        "type": "object",
        "properties": {"zh": text, "en": text},
        "additionalProperties": False,
    }
    if not lenient:
        text["minLength"] = 1
        return made | {"required": ["zh", "en"]}
    return made | {"anyOf": [{"required": ["zh"]}, {"required": ["en"]}]}


def _portable(shape: re.Pattern[str]) -> str:
    """Write a pattern as JSON Schema's dialect reads it: letters of any script."""
    letters = shape.pattern.replace(r"[^\W_]", r"[\p{L}\p{N}]")
    return letters.replace(r"[\w", r"[\p{L}\p{N}_")


if __name__ == "__main__":
    for each in FORMATS:
        text_ = json.dumps(schema_of(each), ensure_ascii=False, indent=2) + "\n"
        path_of(each).write_text(text_, encoding="utf-8")
