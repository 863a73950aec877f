"""Two contents compared: rows are the same row where their code is the same, whatever their place. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from checklists.scheme_parts.rules import KEYS, ROWS, Part, label
from core.words import T_, Text, Words


class Kind(StrEnum):
    """What became of a field or of a whole row."""

    CHANGED = "changed"
    ADDED = "added"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that says something else, or one row that came or went with everything it says.

    ``worded``: both are texts, to be compared word by word; figures are shown whole.
    """

    where: tuple[Text, ...]
    kind: Kind
    old: str = ""
    new: str = ""
    row: tuple[tuple[str, str], ...] = ()
    worded: bool = False


@dataclass(frozen=True, slots=True)
class PartDifferences:
    """The differences of one part."""

    part: Part
    differences: tuple[Difference, ...]


def compare(before: Mapping[str, object], after: Mapping[str, object]) -> list[PartDifferences]:
    """Give what differs from one content to another, part by part; parts that are alike are left out."""
    found = []
    for part, keys in KEYS.items():
        inner = [
            one
            for key in keys
            for one in _walk(before.get(key), after.get(key), (key,), (Text(label([key])),))
        ]
        if inner:
            found.append(PartDifferences(part, tuple(inner)))
    return found


def _walk(
    old: object, new: object, names: tuple[str, ...], where: tuple[Text, ...]
) -> Iterator[Difference]:
    if _has_rows(old) or _has_rows(new):
        yield from _rows(_keyed(old), _keyed(new), names, where)
    elif isinstance(old, Mapping) or isinstance(new, Mapping):
        one, other = _fields(old), _fields(new)
        for key in dict.fromkeys([*one, *other]):
            inner = (*names, key)
            yield from _walk(one.get(key), other.get(key), inner, _within(where, inner))
    elif _shown(old) != _shown(new):
        worded = isinstance(old, str) and isinstance(new, str)
        yield Difference(where, Kind.CHANGED, _shown(old), _shown(new), worded=worded)


def _rows(
    old: Mapping[str, Any], new: Mapping[str, Any], names: tuple[str, ...], where: tuple[Text, ...]
) -> Iterator[Difference]:
    row_name = ROWS.get("/".join(names), label(names))
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        here = (*where[:-1], T_("%(name)s %(n)s", name=Text(row_name), n=_named(other or one, key)))
        if one is None:
            yield Difference(here, Kind.ADDED, row=tuple(_said(other, names)))
        elif other is None:
            yield Difference(here, Kind.GONE, row=tuple(_said(one, names)))
        else:
            yield from _walk(one, other, names, here)


def _within(where: tuple[Text, ...], names: tuple[str, ...]) -> tuple[Text, ...]:
    """Add the name of a field; a language takes the place of its group, for it names both."""
    words = Text(label(names))
    return (
        (*where[:-1], words) if names[-2:-1] in {("title",), ("explanation",)} else (*where, words)
    )


def _has_rows(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


def _keyed(value: object) -> dict[str, Any]:
    """Give rows by what they are known by: code or number, else their place."""
    rows = value if isinstance(value, list) else []
    found: dict[str, Any] = {}
    for n, one in enumerate(rows, start=1):
        key = str(one.get("code") or one.get("number") or n) if isinstance(one, Mapping) else str(n)
        found[key if key not in found else f"{key} ({n})"] = one
    return found


def _fields(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _named(row: object, key: str) -> Words | str:
    title = _fields(row).get("title")
    if not isinstance(title, Mapping) or not any(title.values()):
        return key
    return Words(f"{key} {title.get('zh') or ''}".strip(), f"{key} {title.get('en') or ''}".strip())


def _said(row: object, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Give everything a row says: the name of each field and its value."""
    for key, value in _fields(row).items():
        if isinstance(value, Mapping):
            yield from _said(value, (*names, key))
        elif value is not None:
            yield label([*names, key]), _shown(value)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
