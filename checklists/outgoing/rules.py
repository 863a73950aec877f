"""A standard as plain data: as our pack and as an OSCAL catalog that loses nothing. Pure."""

import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from checklists.parts.rules import NAMESPACE
from checklists.standards.rules import FORMAT, PackCriterion, PackSection, StandardPack
from core.words import Words

OSCAL_VERSION = "1.1.3"
_KEY = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
_NOT_IN_TOKEN = re.compile(r"[^A-Za-z0-9_.\u4e00-\u9fff-]")
_FIRST_OF_TOKEN = re.compile(r"[A-Za-z_\u4e00-\u9fff]")
_ONE_LINE = re.compile(r"\S(?:[^\n\r\u0085\u2028\u2029]*\S)?")


def as_pack(pack: StandardPack) -> dict[str, Any]:
    """Give a standard as ``assay-standard/1``; texts that are missing are left out."""
    return {
        "format": FORMAT,
        "code": pack.code,
        "version": pack.version,
        "title": _given(pack.title),
        **_unless_empty(summary=_given(pack.summary)),
        "sections": [
            {
                "code": section.code,
                "title": _given(section.title),
                "criteria": [_criterion(one) for one in section.criteria],
            }
            for section in pack.sections
        ],
    }


def as_oscal(pack: StandardPack, *, changed_at: datetime) -> dict[str, Any]:
    """Give a standard as an OSCAL catalog.

    Titles and prose stand in English where there is English, else in Chinese; every text says its language. What
    OSCAL has no field for stands in props of our namespace. Keys are made of code and version: the same each time.
    """
    taken: set[str] = set()
    return {
        "catalog": {
            "uuid": str(uuid.uuid5(_KEY, f"{pack.code}/{pack.version}")),
            "metadata": {
                "title": _one(pack.title),
                "last-modified": changed_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                "version": pack.version,
                "oscal-version": OSCAL_VERSION,
                "props": [
                    _prop("code", pack.code),
                    *_text_props("title", pack.title),
                    *_text_props("summary", pack.summary),
                ],
                **_unless_empty(remarks=_one(pack.summary)),
            },
            "groups": [_group(section, taken) for section in pack.sections],
        }
    }


def _criterion(one: PackCriterion) -> dict[str, Any]:
    return {
        "code": one.code,
        **_unless_empty(dimension=one.dimension),
        "area": one.area.value,
        "stage": one.stage.value,
        "level_from": one.level_from,
        "weight": one.weight,
        "critical": one.critical,
        **_unless_empty(methods=[method.value for method in one.methods]),
        "title": _given(one.title),
        "requirement": _given(one.requirement),
        **_unless_empty(guidance=_given(one.guidance), evidence=_given(one.evidence)),
        **_unless_empty(
            sources=list(one.sources),
            citations=[
                {
                    "code": cited.code,
                    **_unless_empty(clause=cited.clause),
                    "verified": cited.verified,
                }
                for cited in one.citations
            ],
        ),
    }


def _group(section: PackSection, taken: set[str]) -> dict[str, Any]:
    name = _token(f"s-{section.code}", taken)
    return {
        "id": name,
        "title": _one(section.title),
        "props": [_plain("label", section.code), *_text_props("title", section.title)],
        "controls": [_control(one, taken) for one in section.criteria],
    }


def _control(one: PackCriterion, taken: set[str]) -> dict[str, Any]:
    name = _token(one.code, taken)
    props = [
        _plain("label", one.code),
        *_text_props("title", one.title),
        *([_prop("dimension", one.dimension)] if one.dimension else []),
        _prop("area", one.area.value),
        _prop("stage", one.stage.value),
        _prop("level-from", str(one.level_from)),
        _prop("weight", str(one.weight)),
        _prop("critical", "true" if one.critical else "false"),
        *(_prop("method", method.value) for method in one.methods),
        *(_prop("source", source) for source in one.sources),
        *(
            _prop("citation", cited.code)
            | {"class": "verified" if cited.verified else "unverified"}
            | _unless_empty(remarks=cited.clause)
            for cited in one.citations
        ),
    ]
    return {
        "id": name,
        "title": _one(one.title),
        "props": props,
        "parts": [
            *_parts(f"{name}_smt", "statement", one.requirement),
            *_parts(f"{name}_gdn", "guidance", one.guidance),
            *_parts(f"{name}_evd", "evidence", one.evidence, own=True),
        ],
    }


def _parts(name: str, kind: str, text: Words, *, own: bool = False) -> Iterator[dict[str, Any]]:
    """Write a text once for each language; the second one stands in our namespace, since OSCAL has one statement."""
    for language, prose in sorted(_given(text).items()):  # English first
        second = language == "zh" and bool(text.en)
        yield {
            "id": f"{name}_{language}" if second else name,
            "name": kind,
            **({"ns": NAMESPACE} if own or second else {}),
            "props": [_prop("language", language)],
            "prose": prose,
        }


def _text_props(name: str, text: Words) -> Iterator[dict[str, Any]]:
    for language, words in sorted(_given(text).items()):
        if _ONE_LINE.fullmatch(words):
            yield _prop(f"{name}-{language}", words)
        else:  # a prop's value has one line
            yield _prop(f"{name}-{language}", language) | {"remarks": words}


def _prop(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "ns": NAMESPACE, "value": value}


def _plain(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "value": value}


def _token(code: str, taken: set[str]) -> str:
    """Make an identifier that OSCAL takes, unlike the others of the catalog."""
    made = _NOT_IN_TOKEN.sub("_", code)
    made = made if _FIRST_OF_TOKEN.match(made) else f"_{made}"
    name, n = made, 2
    while name in taken:
        name, n = f"{made}-{n}", n + 1
    taken.add(name)
    return name


def _given(text: Words) -> dict[str, str]:
    pairs: Iterable[tuple[str, str]] = (("zh", text.zh), ("en", text.en))
    return {language: words for language, words in pairs if words}


def _one(text: Words) -> str:
    return text.in_language("en")


def _unless_empty(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
