"""Frozen dataclasses as plain JSON data and back, in one canonical form. Pure.

A field at its default is left out, so that a field added later changes no digest of older data.
Whole numbers are written without a fraction. Lists come back as tuples.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def plain(thing: object) -> Any:
    """Turn dataclasses, enums, decimals, mappings and sequences into JSON data."""
    if is_dataclass(thing):
        return {
            name: plain(value)
            for name, default in _defaults(cast("type", type(thing)))
            if (value := getattr(thing, name)) != default
        }
    if isinstance(thing, Mapping):
        return {str(name): plain(value) for name, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [plain(one) for one in thing]
    if isinstance(thing, Enum):
        return thing.value
    return _number(thing)


def revived(kind: type[T], data: object) -> T:
    """Build a dataclass from its JSON data; TypeError or ValueError where the data do not fit."""
    return cast("T", _revived(kind, data))


def canonical(data: object) -> bytes:
    """Write data as JSON that is the same everywhere: sorted names, no blanks, UTF-8."""
    text = json.dumps(
        plain(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def _number(thing: object) -> object:
    if isinstance(thing, Decimal):
        thing = float(thing)
    if isinstance(thing, float) and thing.is_integer():
        return int(thing)
    return thing


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _revived(kind: Any, data: object) -> object:
    if is_dataclass(kind):
        return _dataclass(cast("type", kind), data)
    if get_origin(kind) is tuple:
        return tuple(_revived(get_args(kind)[0], one) for one in cast("list[object]", data))
    if isinstance(kind, UnionType):
        choices = [one for one in get_args(kind) if one is not NoneType]
        return data if data is None or len(choices) > 1 else _revived(choices[0], data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return _checked(kind, data)


def _dataclass(kind: type, data: object) -> object:
    if not isinstance(data, Mapping):
        msg = f"{kind.__name__} is read from named values, not from {type(data).__name__}"
        raise TypeError(msg)
    hints = _hints(kind)
    return kind(**{name: _revived(hints.get(name, object), value) for name, value in data.items()})


def _checked(kind: Any, data: object) -> object:
    """Let a bare value pass if it is of its kind; whole numbers stand for floats."""
    if isinstance(data, Mapping):
        return {name: _checked(object, value) for name, value in data.items()}
    if isinstance(data, list):
        return tuple(_checked(object, one) for one in data)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    wrong = kind in {str, int, float, bool} and type(data) is not kind
    if wrong:
        msg = f"{data!r} is not of the kind {kind.__name__}"
        raise TypeError(msg)
    return data
