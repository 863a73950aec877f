"""The JSON Schemas of packs say what the parsers do (I-27)."""

import copy
import json
import re

import pytest

from checklists.packs.rules import PackError
from checklists.standards.rules import LEVELS
from tests.factories.checklists import standard_data
from tests.schemas import FORMATS, _parse, load, path_of, schema_of

SHIPPED = {
    "assay-standard/1": ("it-service-level-2025.yaml", "iso-20000-1-readiness.yaml", "it-service-duties.yaml"),
    "assay-scheme/1": ("it-service-scheme-2025.yaml",),
}  # fmt: skip
BETWEEN_FIELDS = {  # conditions no schema of fields can say: z follows from the confidence, rows ascend
    ("rating", "z"),
    ("audit_time", "table", 0, "up_to"),
    ("audit_time", "table", 0, "days"),
}
JUNK = ({"unheard-of": 1}, [], 7.5, None, "x" * 30_000, [[1]])
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "number": (int, float),
    "integer": int,
    "null": type(None),
}


def faults(schema, value, place=""):
    """Check a value against the words of JSON Schema that our schemas use; give what does not fit."""
    if ("const" in schema and value != schema["const"]) or value not in schema.get("enum", [value]):
        return [f"{place}: none of those"]
    wanted = schema.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if wanted and not any(_is(kind, value) for kind in wanted):
        return [f"{place}: {wanted}"]
    either = schema.get("anyOf", ())
    fits = not either or any(not faults(one, value) for one in either)
    found = [] if fits else [f"{place}: anyOf"]
    for kind, check in ((dict, _in_object), (list, _in_list), (str, _in_text), (float, _in_number)):
        if isinstance(float(value) if _is("number", value) else value, kind):
            found += check(schema, value, place)
    return found


def _is(kind, value):
    return isinstance(value, TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")


def _in_list(schema, value, place):
    found = [f"{place}: minItems"] if len(value) < schema.get("minItems", 0) else []
    whole = [json.dumps(one) for one in value]
    found += (
        [f"{place}: twice"] if schema.get("uniqueItems") and len(set(whole)) < len(whole) else []
    )
    for n, one in enumerate(value):
        found += faults(schema.get("items", {}), one, f"{place}/{n}")
    return found


def _in_text(schema, value, place):
    pattern = (
        schema.get("pattern", "").replace(r"\p{L}\p{N}_", r"\w").replace(r"\p{L}\p{N}", r"^\W_")
    )
    inside = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9)
    found = [] if inside else [f"{place}: length"]
    return found + ([] if not pattern or re.search(pattern, value) else [f"{place}: pattern"])


def _in_number(schema, value, place):
    inside = schema.get("minimum", value) <= value <= schema.get("maximum", value)
    return [] if inside else [f"{place}: bounds"]


def _in_object(schema, value, place):
    known = schema.get("properties", {})
    found = [f"{place}/{name}: missing" for name in schema.get("required", ()) if name not in value]
    if schema.get("additionalProperties") is False:
        found += [f"{place}/{name}: unknown" for name in value if name not in known]
    for name, one in value.items():
        other = schema.get("additionalProperties", {}) or {}
        found += faults(known.get(name, other), one, f"{place}/{name}")
    return found


def taken(form, data):
    try:
        _parse(form)(data)
    except PackError:
        return False
    return True


def changed(data):
    """Give copies of a pack, each with one field missing, of another type, or unknown."""
    for path in _places(data):
        *above, last = path
        for kind in range(len(JUNK) + 2):
            made = copy.deepcopy(data)
            holder = made
            for key in above:
                holder = holder[key]
            if kind < len(JUNK):
                holder[last] = JUNK[kind]
            elif kind == len(JUNK) and isinstance(holder, dict):
                del holder[last]
            elif isinstance(holder[last], dict):
                holder[last]["unheard-of"] = "x"
            else:
                continue
            yield path, made


def _places(value, path=()):
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value[:1]):
            yield from _places(one, (*path, key))


@pytest.mark.parametrize("form", FORMATS)
def test_the_files_are_what_the_parsers_ask(form):
    """I-27: run “python -m tests.schemas” after a change of a parser."""
    assert json.loads(path_of(form).read_text(encoding="utf-8")) == schema_of(form)


@pytest.mark.parametrize("form", FORMATS)
def test_the_packs_that_ship_fit(form):
    """I-27: every one of them."""
    schema = json.loads(path_of(form).read_text(encoding="utf-8"))
    for name in SHIPPED[form]:
        assert faults(schema, load(name)) == []


@pytest.mark.parametrize("form", FORMATS)
def test_schema_and_parser_agree(form):
    """I-27: whatever the schema lets through by its shape, the parser takes, and the other way round."""
    schema = schema_of(form)
    data = standard_data(1) if form == FORMATS[0] else load("it-service-scheme-2025.yaml")
    if form == FORMATS[0]:
        cited = {"code": "ISO 1", "clause": "8", "verified": True}
        data["sections"][0]["criteria"][0]["citations"] = [cited]
    assert taken(form, data)
    apart = [
        path
        for path, value in changed(data)
        if path not in BETWEEN_FIELDS
        and taken(form, value) != (faults(schema, value) == [])
        and not _lenient(value, path)
    ]
    assert apart == []


def _lenient(data, path):
    """Say whether a value is an empty one or null: what the parser takes for a field that is not there."""
    for key in path:
        if isinstance(data, dict) and key not in data:
            return False
        data = data[key]
    return data in (None, [])


def test_the_levels_of_a_criterion_are_bounded_alike():
    """S-01: the schema names the same highest level as the parser."""
    criterion = schema_of(FORMATS[0])["properties"]["sections"]["items"]["properties"]["criteria"][
        "items"
    ]
    assert criterion["properties"]["level_from"]["maximum"] == LEVELS
