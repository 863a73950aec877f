"""Parameters put in: values, selections and labels, nested; circles and texts that would explode are told. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checklists.incoming.rules import Note, refuse
from checklists.packs.rules import OPEN_TEXT_LENGTH
from core.words import T_

MOST_INSERTED = 50_000_000  # characters put in, over the whole catalog
_INSERT = re.compile(r"\{\{\s*(?:insert\s*:\s*)?(?:param\s*,\s*)?([^\s{},]+)\s*\}\}")
_ASSIGNMENT = {"en": "[Assignment: {}]", "zh": "[赋值：{}]"}
_SELECTION = {"en": "[Selection: {}]", "zh": "[选择：{}]"}
_SEVERAL = {"en": "[Selection (one or more): {}]", "zh": "[选择（一项或多项）：{}]"}
_BETWEEN = {"en": "; ", "zh": "；"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as its catalog declares it, and where."""

    pointer: str
    values: Sequence[str] = ()
    choices: Sequence[str] = ()
    several: bool = False
    label: str = ""


@dataclass(slots=True)
class Parameters:
    """All parameters of a catalog. ``language`` is that of the words around a value that is still open."""

    known: Mapping[str, Parameter]
    language: str
    problems: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    _made: dict[str, str] = field(default_factory=dict)
    _inserted: int = 0

    def put_in(self, text: str, pointer: str) -> str:
        """Give a text with every parameter in it replaced."""
        return self._filled(text, pointer, ()) if "{{" in text else text

    def _filled(self, text: str, pointer: str, above: tuple[str, ...]) -> str:
        pieces: list[str] = []
        last = length = 0
        for found in _INSERT.finditer(text):
            value = self._value(found.group(1), pointer, above)
            pieces += [text[last : found.start()], value]
            last, length = found.end(), length + len(value)
            if length > 2 * OPEN_TEXT_LENGTH:  # told later as too long; no need to go on
                break
        self._inserted += length
        if self._inserted > MOST_INSERTED:
            raise refuse(pointer, T_("The parameters would make this catalog endlessly long."))
        return "".join([*pieces, text[last:]])

    def _value(self, name: str, pointer: str, above: tuple[str, ...]) -> str:
        if name in self._made:
            return self._made[name]
        parameter = self.known.get(name)
        if parameter is None:
            text = T_("There is no parameter “%(name)s”; its name stands in the text.", name=name)
            self.warnings.append(Note(pointer, text))
            made = f"[{name}]"
        elif name in above:
            circle = " → ".join([*above[above.index(name) :], name])
            text = T_("These parameters refer to each other in a circle: %(names)s.", names=circle)
            self.problems.append(Note(parameter.pointer, text))
            return f"[{name}]"
        else:
            made = self._spoken(name, parameter, (*above, name))
        self._made[name] = made
        return made

    def _spoken(self, name: str, one: Parameter, above: tuple[str, ...]) -> str:
        between = _BETWEEN[self.language]

        def each(texts: Sequence[str]) -> str:
            return between.join(self._filled(text.strip(), one.pointer, above) for text in texts)

        if one.values:
            return each(one.values)
        if one.choices:
            shape = _SEVERAL if one.several else _SELECTION
            return shape[self.language].format(each(one.choices))
        return _ASSIGNMENT[self.language].format(
            self._filled(one.label, one.pointer, above) or name
        )


def parameter(given: Mapping[str, Any], pointer: str) -> Parameter:
    """Read one parameter of a catalog; what is not of OSCAL's form counts as missing."""
    select = given.get("select")
    choice = select.get("choice") if isinstance(select, Mapping) else None
    several = isinstance(select, Mapping) and select.get("how-many") == "one-or-more"
    label = given.get("label")
    return Parameter(
        pointer=pointer,
        values=_texts(given.get("values")),
        choices=_texts(choice),
        several=several,
        label=label if isinstance(label, str) else "",
    )


def _texts(given: object) -> tuple[str, ...]:
    return tuple(one for one in given if isinstance(one, str)) if isinstance(given, list) else ()
