"""Two versions side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from checklists.comparison import queries
from checklists.comparison.queries import Choice
from checklists.comparison.rules import (
    KIND_BADGES,
    TEXTS,
    Comparison,
    Difference,
    Item,
    Kind,
    compare,
)
from checklists.editing.rules import FIELD_NAMES
from checklists.standards.rules import (
    AREA_NAMES,
    DIMENSION_NAMES,
    METHOD_NAMES,
    STAGE_NAMES,
    Method,
)
from core.errors import NotFound
from core.pages import Page
from core.permissions import Permission
from core.speech import name_of, say
from core.web import actor, csv_file, db, page_number, requires, search_words

bp = Blueprint("comparison", __name__, url_prefix="/standards/comparison")
PER_PAGE = 40
NAMED: Mapping[str, Mapping[Any, str]] = {
    "area": AREA_NAMES,
    "stage": STAGE_NAMES,
    "dimension": DIMENSION_NAMES,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader wants to see: two versions, a kind of change, a section, words."""

    old: Choice | None
    new: Choice | None
    kind: Kind | None
    section: str
    words: str

    def shows(self, one: Difference) -> bool:
        """Say whether a difference fits."""
        homes = {item.section.code for item in (one.old, one.new) if item}
        return (
            (self.kind is None or self.kind in one.kinds)
            and (not self.section or self.section in homes)
            and (not self.words or self.words.lower() in _haystack(one))
        )


@bp.get("/")
@requires(Permission.STANDARD_READ)
def show() -> ResponseReturnValue:
    """Show what differs between two versions, field by field."""
    choices = queries.choices(db(), actor())
    asked = _asked(choices)
    found = _compared(asked)
    fitting = [one for one in found.differences if asked.shows(one)] if found else []
    page = _page(fitting, page_number())
    return render_template(
        "checklists/comparison/show.html",
        asked=asked,
        choices=[(str(key), one.label) for key, one in choices.items()],
        found=found,
        page=page,
        shown=[(one, list(_fields(one))) for one in page.items],
        badges=KIND_BADGES,
        kinds=[(kind.value, badge.word) for kind, badge in KIND_BADGES.items()],
        sections=_sections(found) if found else [],
    )


@bp.get("/list.csv")
@requires(Permission.STANDARD_READ)
def export() -> ResponseReturnValue:
    """Give the differences as a table, a line for each field."""
    asked = _asked(queries.choices(db(), actor()))
    found = _compared(asked)
    if found is None or asked.old is None or asked.new is None:
        raise NotFound
    head = (
        gettext("Change"),
        gettext("Code before"),
        gettext("Code"),
        gettext("Section before"),
        gettext("Section"),
        gettext("Field"),
        asked.old.label,
        asked.new.label,
    )
    lines = [line for one in found.differences if asked.shows(one) for line in _lines(one)]
    return csv_file(f"{asked.old.label} - {asked.new.label}", head, lines)


def _asked(choices: dict[int, Choice]) -> Asked:
    """Read the address; without an older version the one the newer was copied from, or the one before it."""
    new = _chosen(choices, "new")
    old = _chosen(choices, "old")
    if new is not None and old is None:
        old = _before(choices, new)
    kind = request.args.get("kind", "")
    return Asked(
        old=old,
        new=new,
        kind=Kind(kind) if kind in set(Kind) else None,
        section=request.args.get("section", "")[:80],
        words=search_words(),
    )


def _chosen(choices: dict[int, Choice], name: str) -> Choice | None:
    """Give the version an address names; one that is not there for the reader is not found."""
    key = request.args.get(name, type=int)
    if key is None:
        return None
    if key not in choices:
        raise NotFound
    return choices[key]


def _before(choices: dict[int, Choice], new: Choice) -> Choice | None:
    if new.version.based_on_id in choices:
        return choices[new.version.based_on_id]
    earlier = [
        one
        for one in choices.values()
        if one.version.standard_id == new.version.standard_id and one.version.id < new.version.id
    ]
    return earlier[0] if earlier else None


def _compared(asked: Asked) -> Comparison | None:
    if asked.old is None or asked.new is None:
        return None
    old, new = asked.old.version.id, asked.new.version.id
    sides = queries.sides(db(), (old, new))
    return compare(sides[old], sides[new])


def _page(rows: Sequence[Difference], number: int) -> Page[Difference]:
    last = max(1, -(-len(rows) // PER_PAGE))
    number = min(max(1, number), last)
    first = (number - 1) * PER_PAGE
    return Page(list(rows[first : first + PER_PAGE]), number, PER_PAGE, len(rows))


def _fields(one: Difference) -> Iterator[tuple[str, str, str, bool]]:
    """Give label, old and new of each changed field, and whether it is compared word by word."""
    if one.old is None or one.new is None:
        return
    for name in one.fields:
        old, new = _shown(name, one.old), _shown(name, one.new)
        yield FIELD_NAMES[name], old, new, name in TEXTS


def _shown(name: str, item: Item) -> str:
    """Make text of a field's value, in the reader's language where it has names."""
    value: Any = item.values[name]
    if name in NAMED:
        return say(NAMED[name].get(value, str(value)))
    if name == "methods":
        return str(gettext(", ").join(say(METHOD_NAMES[Method(one)]) for one in value))
    if name == "citations":
        return "; ".join(f"{one['code']} {one['clause']}".strip() for one in value)
    if name == "critical":
        return str(gettext("yes") if value else gettext("no"))
    return ", ".join(value) if isinstance(value, list) else str(value)


def _lines(one: Difference) -> Iterator[Sequence[object]]:
    kinds = gettext(", ").join(say(KIND_BADGES[kind].word) for kind in Kind if kind in one.kinds)
    place = (
        kinds,
        one.old.code if one.old else "",
        one.new.code if one.new else "",
        one.old.section.code if one.old else "",
        one.new.section.code if one.new else "",
    )
    fields = list(_fields(one))
    if one.old is None or one.new is None:
        texts = [(FIELD_NAMES[name], one.item.values[name]) for name in TEXTS]
        fields = [
            (label, text if one.old else "", text if one.new else "", True)
            for label, text in texts
            if text
        ]
    for label, old, new, _ in fields or [("", "", "", False)]:
        yield (*place, say(label), old, new)


def _sections(found: Comparison) -> list[tuple[str, str]]:
    """Give the sections in which something differs."""
    homes = {
        item.section.code: item.section
        for one in found.differences
        for item in (one.old, one.new)
        if item
    }
    return [(code, f"{code} {name_of(section)}") for code, section in sorted(homes.items())]


def _haystack(one: Difference) -> str:
    return "\n".join(
        str(item.values[name]) for item in (one.old, one.new) if item for name in ("code", *TEXTS)
    ).lower()
