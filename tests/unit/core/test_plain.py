"""Frozen dataclasses as JSON and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import pytest

from core.plain import canonical, plain, revived


class Colour(StrEnum):
    """A choice."""

    RED = "red"


@dataclass(frozen=True)
class Inner:
    """A part."""

    size: float
    name: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Outer:
    """A whole."""

    colour: Colour
    parts: tuple[Inner, ...]
    best: Inner | None = None
    facts: Mapping[str, object] | None = None
    done: bool = False


WHOLE = Outer(
    Colour.RED, (Inner(1.5), Inner(2.0, "二", 3)), Inner(0.1), {"a": (1, 2.5), "b": None}, done=True
)


def test_a_round_trip_gives_the_same() -> None:
    assert revived(Outer, json.loads(json.dumps(plain(WHOLE)))) == WHOLE


def test_defaults_are_left_out_and_whole_numbers_bare() -> None:
    assert plain(Inner(2.0)) == {"size": 2}
    assert plain(Inner(Decimal("99.9300"))) == {"size": 99.93}  # type: ignore[arg-type]
    assert revived(Inner, {"size": 2}) == Inner(2.0)


def test_canonical_json_does_not_depend_on_order() -> None:
    assert canonical({"b": 1.0, "a": "é"}) == canonical({"a": "é", "b": 1})
    assert canonical({"b": 1.0, "a": "é"}) == '{"a":"é","b":1}'.encode()


def test_numbers_without_a_value_have_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


@pytest.mark.parametrize(
    "data",
    [
        7,
        {"size": "large"},
        {"size": True},
        {"size": 1, "unknown": 2},
        {"size": 1, "count": 1.5},
        {"size": 1, "name": None},
        {},
    ],
)
def test_data_that_do_not_fit_are_refused(data: object) -> None:
    with pytest.raises(TypeError):
        revived(Inner, data)


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="blue"):
        revived(Outer, {"colour": "blue", "parts": []})
