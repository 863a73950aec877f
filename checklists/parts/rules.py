"""What a control of an OSCAL catalog says, as texts of a criterion. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checklists.incoming.rules import MOST_DEPTH, Note, words
from checklists.parameters.rules import Parameters
from checklists.standards.rules import Method
from core.words import T_

NAMESPACE = "https://assay.example/ns/oscal"
Mapped = Mapping[str, Any]

_METHODS = {
    "EXAMINE": Method.DOCUMENT_REVIEW,
    "INTERVIEW": Method.INTERVIEW,
    "TEST": Method.SYSTEM_TEST,
}
_METHOD_WORDS = {
    "en": {"EXAMINE": "Examine", "INTERVIEW": "Interview", "TEST": "Test"},
    "zh": {"EXAMINE": "查阅", "INTERVIEW": "访谈", "TEST": "测试"},
}
_EVIDENCE = ("assessment-objective", "objective", "assessment-method", "assessment", "example")
_HEADINGS = {
    "en": {
        "assessment-objective": "To determine",
        "objective": "To determine",
        "example": "Example",
    },
    "zh": {"assessment-objective": "须查明", "objective": "须查明", "example": "示例"},
}
_RELATED = {"en": "Related: {}", "zh": "相关：{}"}
_LIST = {"en": ", ", "zh": "、"}
_COLON = {"en": ": ", "zh": "："}
_SAYS_NOTHING = {"assessment-objects", "item"}  # names of parts that need no heading


def entries(
    given: Mapped, key: str, pointer: str, problems: list[Note]
) -> Iterator[tuple[int, Mapped]]:
    """Give the groups of fields in a list; what has another form is told."""
    value = given.get(key)
    if value is None:
        return
    if not isinstance(value, list):
        problems.append(Note(f"{pointer}/{key}", T_("A list is needed here.")))
        return
    for n, one in enumerate(value):
        if isinstance(one, Mapping):
            yield n, one
        else:
            text = T_("A group of named fields is needed here.")
            problems.append(Note(f"{pointer}/{key}/{n}", text))


def given_text(given: Mapped, key: str) -> str:
    """Give a text, or nothing where none stands."""
    value = given.get(key)
    return value if isinstance(value, str) else ""


def own_props(given: Mapped) -> dict[str, str]:
    """Give the props of our namespace by name; a text of several lines stands in a prop's remarks."""
    return {
        given_text(one, "name"): given_text(one, "remarks") or given_text(one, "value")
        for _, one in entries(given, "props", "", [])
        if one.get("ns") == NAMESPACE
    }


def props(given: Mapped, name: str) -> list[str]:
    """Give the values of a prop by name, whosever; those without a class first."""
    found = [one for _, one in entries(given, "props", "", []) if one.get("name") == name]
    found.sort(key=lambda one: one.get("class") is not None)
    return [given_text(one, "value").strip() for one in found]


def prop(given: Mapped, name: str) -> str:
    """Give the value of a prop by name, or nothing."""
    return next(iter(props(given, name)), "")


@dataclass(slots=True)
class Parts:
    """Reads the parts of controls; ``resources`` and ``codes`` name what links lead to."""

    parameters: Parameters
    language: str
    resources: Mapping[str, str]
    codes: Mapping[str, str]
    substitute: bool

    def read(self, control: Mapped, pointer: str, title: str) -> dict[str, Any]:
        """Give requirement, guidance, evidence, methods, sources and citations of one control."""
        texts: dict[str, dict[str, list[str]]] = {}
        methods: list[str] = []
        for n, part in entries(control, "parts", pointer, self.parameters.problems):
            at = f"{pointer}/parts/{n}"
            kind = self._kind(part)
            language = own_props(part).get("language", self.language)
            heading = kind != "requirement" and given_text(part, "name") != "guidance"
            if made := self._rendered(part, at, heading=heading and not _own(part)):
                texts.setdefault(kind, {}).setdefault(language, []).append(made)
            if (told := prop(part, "method").upper()) in _METHODS:
                methods.append(_METHODS[told].value)
        self._stand_in(texts, pointer, title)
        related = self._related(control)
        if related:
            texts.setdefault("guidance", {}).setdefault(self.language, []).append(related)
        joined = {
            kind: {language: "\n\n".join(pieces) for language, pieces in each.items()}
            for kind, each in texts.items()
        }
        own = _repeated(control)
        return {
            "requirement": joined.get("requirement", {}),
            "guidance": joined.get("guidance", {}),
            "evidence": joined.get("evidence", {}),
            "methods": list(dict.fromkeys(own.get("method", methods))),
            "sources": own.get("source", []),
            "citations": [*_own_citations(control), *self._citations(control)],
        }

    def _stand_in(self, texts: dict[str, dict[str, list[str]]], pointer: str, title: str) -> None:
        if "requirement" in texts:
            return
        text = T_("There is no statement; the title stands for the requirement.")
        self.parameters.warnings.append(Note(pointer, text))
        texts["requirement"] = {key: [text] for key, text in words(title, self.language).items()}

    def _kind(self, part: Mapped) -> str:
        name = given_text(part, "name")
        if name == "statement":
            return "requirement"
        return "evidence" if name in _EVIDENCE or name == "evidence" else "guidance"

    def _rendered(self, part: Mapped, pointer: str, *, heading: bool) -> str:
        """Write a part with everything inside it: labels before, items indented."""
        prose = self._prose(part, pointer)
        lines = [prose] if prose else []
        method = prop(part, "method").upper()
        inner = list(self._inner(part, pointer, 0, bare=bool(method)))
        if not heading:
            return "\n".join([*lines, *inner])
        name = _METHOD_WORDS[self.language].get(method) or self._heading(part)
        colon = _COLON[self.language]
        if not (lines or inner):
            return ""
        return "\n".join([f"{name}{colon}{prose}".rstrip(), *inner])

    def _heading(self, part: Mapped) -> str:
        name = given_text(part, "name")
        title = " ".join(given_text(part, "title").split())
        told = _HEADINGS[self.language].get(name) or name.replace("-", " ").capitalize()
        return title or told

    def _inner(self, part: Mapped, pointer: str, depth: int, *, bare: bool) -> Iterator[str]:
        if depth > MOST_DEPTH:
            return
        for n, one in entries(part, "parts", pointer, self.parameters.problems):
            at = f"{pointer}/parts/{n}"
            prose, label = self._prose(one, at), prop(one, "label")
            title = given_text(one, "title").strip()
            if bare and given_text(one, "name") in _SAYS_NOTHING:
                yield from (f"- {line}" for line in prose.split("\n") if line.strip())
            elif said := " ".join(piece for piece in (label, title, prose) if piece):
                yield f"{'  ' * depth}{said}"
            yield from self._inner(one, at, depth + 1, bare=bare)

    def _prose(self, part: Mapped, pointer: str) -> str:
        prose = given_text(part, "prose")
        if self.substitute:
            prose = self.parameters.put_in(prose, f"{pointer}/prose")
        return prose.replace("\r\n", "\n").strip()

    def _related(self, control: Mapped) -> str:
        names = [
            self.codes.get(name, name.upper())
            for _, link in entries(control, "links", "", [])
            if given_text(link, "rel") in {"related", "required"}
            for name in (given_text(link, "href").lstrip("#"),)
            if name
        ]
        found = list(dict.fromkeys(names))
        return _RELATED[self.language].format(_LIST[self.language].join(found)) if found else ""

    def _citations(self, control: Mapped) -> Iterator[dict[str, Any]]:
        told = set()
        for _, link in entries(control, "links", "", []):
            href, rel = given_text(link, "href"), given_text(link, "rel")
            name = self.resources.get(href.lstrip("#"), "")
            if not name and (href.startswith("#") or rel not in {"reference", "canonical", ""}):
                continue
            code = (name or " ".join(given_text(link, "text").split()) or href)[:240]
            if code and code not in told:
                told.add(code)
                yield {"code": code, "clause": "", "verified": False}


def _own(part: Mapped) -> bool:
    return bool(own_props(part)) or part.get("ns") == NAMESPACE


def _repeated(control: Mapped) -> dict[str, list[str]]:
    """Give the props of our namespace that may stand several times."""
    found: dict[str, list[str]] = {}
    for _, one in entries(control, "props", "", []):
        if one.get("ns") == NAMESPACE:
            found.setdefault(given_text(one, "name"), []).append(given_text(one, "value"))
    if "area" in found:  # the product wrote this control: no method means none
        found.setdefault("method", [])
    return found


def _own_citations(control: Mapped) -> Iterator[dict[str, Any]]:
    for _, one in entries(control, "props", "", []):
        if one.get("ns") == NAMESPACE and one.get("name") == "citation":
            yield {
                "code": given_text(one, "value"),
                "clause": given_text(one, "remarks"),
                "verified": given_text(one, "class") == "verified",
            }
