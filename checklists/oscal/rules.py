"""An OSCAL catalog read into a pack: groups, controls, parts, parameters, withdrawn controls. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from checklists.incoming.rules import (
    MOST_CRITERIA,
    Choices,
    Note,
    Reading,
    as_code,
    code_and_version,
    language_of,
    refuse,
    words,
)
from checklists.packs.rules import OPEN_TITLE_LENGTH
from checklists.parameters.rules import Parameter, Parameters, parameter
from checklists.parts.rules import (
    NAMESPACE,
    Mapped,
    Parts,
    entries,
    given_text,
    own_props,
    prop,
    props,
)
from checklists.standards.rules import FORMAT, OPEN_CODE
from core.words import N_, T_

_OTHER_MODELS = {
    "profile": N_("an OSCAL profile that is not resolved; resolve it to a catalog first"),
    "component-definition": N_("an OSCAL component definition"),
    "system-security-plan": N_("an OSCAL system security plan"),
    "assessment-plan": N_("an OSCAL assessment plan"),
    "assessment-results": N_("OSCAL assessment results"),
    "plan-of-action-and-milestones": N_("an OSCAL plan of action and milestones"),
    "mapping-collection": N_("an OSCAL control mapping"),
}
_MOVED = {"incorporated-into", "moved-to"}


def is_oscal(data: object) -> bool:
    """Tell whether parsed data is one of OSCAL's models."""
    return isinstance(data, Mapping) and ("catalog" in data or bool(_OTHER_MODELS.keys() & data))


def read_catalog(data: object, choices: Choices, file_name: str = "") -> Reading:
    """Read a catalog or a resolved profile; raises ``Unreadable`` for the other models of OSCAL."""
    if not isinstance(data, Mapping) or not isinstance(data.get("catalog"), Mapping):
        raise refuse("/", _what_else(data))
    return _Catalog.of(data["catalog"], choices).reading(file_name)


def _what_else(data: object) -> Any:
    found = next((name for name in _OTHER_MODELS if isinstance(data, Mapping) and name in data), "")
    if found:
        what = T_(_OTHER_MODELS[found])
        return T_("This file is %(what)s. Only catalogs can become checklists.", what=what)
    return T_("This file is no OSCAL catalog: “catalog” is missing at its top.")


@dataclass(frozen=True, slots=True)
class _Control:
    """A control where it stands, with the title of the control it enhances."""

    given: Mapped
    pointer: str
    within: str


@dataclass(frozen=True, slots=True)
class _Group:
    """A group that holds controls, with the titles of the groups around it."""

    given: Mapped
    pointer: str
    path: tuple[str, ...]
    controls: list[_Control]


@dataclass(slots=True)
class _Catalog:
    """A catalog while it is read."""

    given: Mapped
    choices: Choices
    language: str
    native: bool
    groups: list[_Group] = field(default_factory=list)
    problems: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    declared: dict[str, Parameter] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # of ids, controls and groups
    withdrawn: int = 0

    @staticmethod
    def of(given: Mapped, choices: Choices) -> "_Catalog":
        metadata = given.get("metadata")
        native = bool(own_props(metadata if isinstance(metadata, Mapping) else {}))
        catalog = _Catalog(given, choices, "en", native)
        catalog._gather(given, "/catalog", ())
        catalog.language = choices.language or language_of(
            "".join(
                given_text(one.given, "title") for group in catalog.groups for one in group.controls
            )
        )
        catalog._number()
        return catalog

    def reading(self, file_name: str) -> Reading:
        """Give the catalog as a pack."""
        reading = Reading(self._head(file_name))
        reading.places["/sections"] = "/catalog"
        parts = Parts(
            Parameters(
                {} if self.native else self.declared, self.language, self.problems, self.warnings
            ),
            self.language,
            self._resources(),
            self.codes,
            substitute=not self.native,
        )
        for group in self.groups:
            kept = [one for one in group.controls if not self._is_withdrawn(one)]
            if kept:
                self._section(reading, group, kept, parts)
        if not reading.data["sections"] and not self.problems:
            self.problems.append(Note("/catalog", T_("There is no control in this catalog.")))
        reading.problems, reading.warnings = self.problems, self.warnings
        reading.withdrawn = self.withdrawn
        return reading

    # -- what stands where -----------------------------------------------------------------------------------------

    def _gather(self, given: Mapped, pointer: str, path: tuple[str, ...]) -> None:
        """Collect groups in reading order, with their controls and every parameter."""
        self._declare(given, pointer)
        controls = list(self._controls(given, pointer, ""))
        if controls:
            self.groups.append(_Group(given, pointer, path, controls))
        if sum(len(group.controls) for group in self.groups) > 2 * MOST_CRITERIA:
            message = N_("There are more than %(most)s controls here.")
            raise refuse(pointer, T_(message, most=2 * MOST_CRITERIA))
        for n, group in entries(given, "groups", pointer, self.problems):
            title = " ".join(given_text(group, "title").split())
            self._gather(group, f"{pointer}/groups/{n}", (*path, title) if title else path)

    def _controls(self, given: Mapped, pointer: str, within: str) -> Iterator[_Control]:
        for n, control in entries(given, "controls", pointer, self.problems):
            at = f"{pointer}/controls/{n}"
            self._declare(control, at)
            title = " ".join(given_text(control, "title").split())
            yield _Control(control, at, within)
            yield from self._controls(control, at, title)

    def _declare(self, given: Mapped, pointer: str) -> None:
        for n, one in entries(given, "params", pointer, self.problems):
            at = f"{pointer}/params/{n}"
            name = given_text(one, "id")
            if name in self.declared:
                self._tell_twice(name, at, self.declared[name].pointer)
                continue
            read = parameter(one, at)
            self.declared[name] = read
            for known_as in props(one, "alt-identifier"):
                self.declared.setdefault(known_as, read)

    def _tell_twice(self, name: str, pointer: str, first: str) -> None:
        message = N_("“%(code)s” stands here a second time; the first is at %(first)s.")
        self.problems.append(Note(pointer, T_(message, code=name, first=first)))

    def _number(self) -> None:
        """Give every control and group its code: its label where labels tell all apart, else its id."""
        for kind in ("groups", "controls"):
            items = [
                (one.given, one.pointer)
                for group in self.groups
                for one in ([group] if kind == "groups" else group.controls)
            ]
            labels = Counter(prop(given, "label") for given, _ in items)
            first: dict[str, str] = {}
            for n, (given, pointer) in enumerate(items, 1):
                name = given_text(given, "id")
                if name and name in first:
                    self._tell_twice(name, pointer, first[name])
                first.setdefault(name, pointer)
                label = prop(given, "label")
                told = label if labels[label] == 1 and OPEN_CODE.fullmatch(label) else ""
                self.codes[name or pointer] = told or name or (f"G{n}" if kind == "groups" else "")

    def _code(self, given: Mapped, pointer: str) -> str:
        return self.codes.get(given_text(given, "id") or pointer, "")

    # -- the pack --------------------------------------------------------------------------------------------------

    def _head(self, file_name: str) -> dict[str, Any]:
        metadata = self.given.get("metadata")
        told: Mapped = metadata if isinstance(metadata, Mapping) else {}
        own = own_props(told)
        version = given_text(told, "version")
        made = as_code(version, "1")
        if version and made != version:
            message = N_("The version “%(told)s” is written %(made)s here.")
            where = "/catalog/metadata/version"
            self.warnings.append(Note(where, T_(message, told=version, made=made)))
        title = " ".join(given_text(told, "title").split())
        remarks = {} if self.native else words(given_text(told, "remarks").strip(), self.language)
        return {
            "format": FORMAT,
            "code": own.get("code") or code_and_version(file_name)[0] or as_code(title, "catalog"),
            "version": made,
            "title": _both(own, "title") or words(title, self.language),
            "summary": _both(own, "summary") or remarks,
            "sections": [],
        }

    def _section(self, reading: Reading, group: _Group, kept: list[_Control], parts: Parts) -> None:
        sections = reading.data["sections"]
        at = f"/sections/{len(sections)}"
        reading.places[at] = group.pointer
        top = group.pointer == "/catalog"
        title = " › ".join(group.path)
        if len(title) > OPEN_TITLE_LENGTH and group.path:
            title = group.path[-1]
        if top:
            title = {"zh": "其他控制", "en": "Controls outside any group"}[self.language]
        code = "top" if top else self._code(group.given, group.pointer)
        own = _both(own_props(group.given), "title")
        sections.append(
            {
                "code": code,
                "title": own or words(title or code, self.language),
                "criteria": [
                    self._criterion(reading, f"{at}/criteria/{m}", control, parts)
                    for m, control in enumerate(kept)
                ],
            }
        )

    def _criterion(
        self, reading: Reading, at: str, control: _Control, parts: Parts
    ) -> dict[str, Any]:
        reading.places[at] = control.pointer
        own = own_props(control.given)
        code = self._code(control.given, control.pointer)
        title = " ".join(given_text(control.given, "title").split()) or code
        long = f"{control.within} | {title}" if control.within else title
        title = long if len(long) <= OPEN_TITLE_LENGTH else title
        texts = parts.read(control.given, control.pointer, title)
        choices = self.choices
        return {
            "code": code,
            "dimension": own.get("dimension", "" if self.native else choices.dimension),
            "area": own.get("area", choices.area.value),
            "stage": own.get("stage", choices.stage.value),
            "level_from": _whole(own.get("level-from"), choices.level_from),
            "weight": _whole(own.get("weight"), choices.weight),
            "critical": own.get("critical") == "true",
            "title": _both(own, "title") or words(title, self.language),
            **texts,
        }

    def _is_withdrawn(self, control: _Control) -> bool:
        if prop(control.given, "status").lower() != "withdrawn":
            return False
        self.withdrawn += 1
        code = self._code(control.given, control.pointer)
        targets = [
            self.codes.get(name, name)
            for _, link in entries(control.given, "links", control.pointer, [])
            if given_text(link, "rel") in _MOVED
            for name in (given_text(link, "href").lstrip("#"),)
        ]
        if targets:
            message = N_("%(code)s is withdrawn and left out; see %(targets)s.")
            text = T_(message, code=code, targets=", ".join(targets))
        else:
            text = T_("%(code)s is withdrawn and left out.", code=code)
        self.warnings.append(Note(control.pointer, text))
        return True

    def _resources(self) -> dict[str, str]:
        """Give what the resources at the end of the catalog are called, by their key."""
        back = self.given.get("back-matter")
        if not isinstance(back, Mapping):
            return {}
        found = {}
        for _, one in entries(back, "resources", "/catalog/back-matter", []):
            cited = one.get("citation")
            text = given_text(cited, "text") if isinstance(cited, Mapping) else ""
            found[given_text(one, "uuid")] = " ".join((given_text(one, "title") or text).split())
        return found


def _both(own: Mapping[str, str], name: str) -> dict[str, str]:
    pair = {language: own.get(f"{name}-{language}", "") for language in ("zh", "en")}
    return pair if any(pair.values()) else {}


def _whole(text: str | None, otherwise: int) -> object:
    if text is None:
        return otherwise
    return int(text) if text.isdecimal() and len(text) < 5 else text


__all__ = ["NAMESPACE", "is_oscal", "read_catalog"]
