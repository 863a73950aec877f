"""Comparison: which criteria came, went, moved or changed, and in which fields. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from core.words import N_, Badge

TEXTS = (
    "title_en",
    "title_zh",
    "requirement_en",
    "requirement_zh",
    "guidance_en",
    "guidance_zh",
    "evidence_en",
    "evidence_zh",
)
TRAITS = (
    "dimension",
    "area",
    "stage",
    "level_from",
    "weight",
    "critical",
    "methods",
    "sources",
    "citations",
)
FIELDS = ("code", *TEXTS, *TRAITS)
_SAME_WORDS = ("title_en", "title_zh", "requirement_en", "requirement_zh")


class Kind(StrEnum):
    """What became of a criterion."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


KIND_BADGES = {
    Kind.ADDED: Badge("good", "plus", N_("Added")),
    Kind.REMOVED: Badge("bad", "cross", N_("Removed")),
    Kind.CHANGED: Badge("warn", "pen", N_("Changed")),
    Kind.MOVED: Badge("go", "unfold", N_("Moved")),
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of a version."""

    code: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Item:
    """A criterion as it stands in one version."""

    section: Chapter
    values: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Give its code."""
        return str(self.values["code"])

    @property
    def words(self) -> SimpleNamespace:
        """Give its texts as a thing that a page can pick a language from."""
        return SimpleNamespace(**{name: self.values[name] for name in TEXTS})


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion that is not the same in both; ``fields`` names what changed in it."""

    kinds: frozenset[Kind]
    old: Item | None
    new: Item | None
    fields: tuple[str, ...] = ()

    @property
    def item(self) -> Item:
        """Give it as it stands in the newer version, else as it stood."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 -- one of the two is always there
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences in reading order, how many of each kind, and what stayed the same."""

    differences: tuple[Difference, ...]
    counts: Mapping[Kind, int]
    same: int
    sections: tuple[tuple[Chapter | None, Chapter | None], ...] = ()


def compare(old: Sequence[Item], new: Sequence[Item]) -> Comparison:
    """Lay two versions side by side; both are given in reading order."""
    pairs = _pairs(old, new)
    aliases = _aliases(old, new)
    moved = _moved(old, new, pairs, aliases)
    found: list[tuple[tuple[int, int, int], Difference]] = []
    for n, item in enumerate(new):
        before = pairs.get(n)
        if before is None:
            found.append(((n, 0, 0), Difference(frozenset({Kind.ADDED}), None, item)))
            continue
        fields = tuple(name for name in FIELDS if old[before].values[name] != item.values[name])
        kinds = {Kind.CHANGED} if fields else set()
        if n in moved:
            kinds.add(Kind.MOVED)
        if kinds:
            found.append(((n, 0, 0), Difference(frozenset(kinds), old[before], item, fields)))
    found += _removed(old, pairs)
    found.sort(key=lambda pair: pair[0])
    differences = tuple(one for _, one in found)
    counts = Counter(kind for one in differences for kind in one.kinds)
    same = len(new) - sum(one.new is not None for one in differences)
    return Comparison(
        differences, {kind: counts[kind] for kind in Kind}, same, _sections(old, new, aliases)
    )


def _pairs(old: Sequence[Item], new: Sequence[Item]) -> dict[int, int]:
    """Match places in the new version with places in the old one: by code, then by unchanged words."""
    by_code = {item.code: n for n, item in enumerate(old)}
    pairs = {n: by_code[item.code] for n, item in enumerate(new) if item.code in by_code}
    taken = set(pairs.values())
    by_words: dict[tuple[Any, ...], int] = {}
    for n, item in enumerate(old):
        if n not in taken and any(_words(item)):
            by_words.setdefault(_words(item), n)
    for n, item in enumerate(new):
        if n not in pairs and _words(item) in by_words:
            pairs[n] = by_words.pop(_words(item))
    return pairs


def _words(item: Item) -> tuple[Any, ...]:
    return tuple(item.values[name] for name in _SAME_WORDS)


def _chapters(items: Iterable[Item]) -> dict[str, Chapter]:
    return {item.section.code: item.section for item in items}


def _aliases(old: Sequence[Item], new: Sequence[Item]) -> dict[str, str]:
    """Give for each section's code in the new version the code it had: the same, or that of the same title."""
    before, after = _chapters(old), _chapters(new)
    titles = {
        (one.title_zh, one.title_en): code
        for code, one in before.items()
        if code not in after and (one.title_zh or one.title_en)
    }
    return {
        code: code if code in before else titles.get((one.title_zh, one.title_en), code)
        for code, one in after.items()
    }


def _sections(
    old: Sequence[Item], new: Sequence[Item], aliases: Mapping[str, str]
) -> tuple[tuple[Chapter | None, Chapter | None], ...]:
    """Pair the sections that are not the same in both."""
    before, after = _chapters(old), _chapters(new)
    pairs: list[tuple[Chapter | None, Chapter | None]] = [
        (before.get(aliases[code]), one) for code, one in after.items()
    ]
    kept = set(aliases.values())
    pairs += [(one, None) for code, one in before.items() if code not in kept]
    return tuple(pair for pair in pairs if pair[0] != pair[1])


def _moved(
    old: Sequence[Item],
    new: Sequence[Item],
    pairs: Mapping[int, int],
    aliases: Mapping[str, str],
) -> set[int]:
    """Name the places in the new version whose criterion stands elsewhere than before.

    Within a section as few as possible count as moved: those outside the longest run that kept its order.
    """
    moved: set[int] = set()
    by_section: dict[str, list[int]] = {}
    for n, before in pairs.items():
        home = aliases[new[n].section.code]
        if old[before].section.code == home:
            by_section.setdefault(home, []).append(n)
        else:
            moved.add(n)
    for places in by_section.values():
        places.sort()
        kept = _longest_rising([pairs[n] for n in places])
        moved |= {n for place, n in enumerate(places) if place not in kept}
    return moved


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """Give the places of a longest rising run among different numbers."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for place, number in enumerate(numbers):
        at = bisect_left(tails, number)
        before.append(ends[at - 1] if at else None)
        if at == len(tails):
            tails.append(number)
            ends.append(place)
        else:
            tails[at], ends[at] = number, place
    kept: set[int] = set()
    here = ends[-1] if ends else None
    while here is not None:
        kept.add(here)
        here = before[here]
    return kept


def _removed(
    old: Sequence[Item], pairs: Mapping[int, int]
) -> list[tuple[tuple[int, int, int], Difference]]:
    """Place what went behind what stood before it and is still there."""
    now = {before: n for n, before in pairs.items()}
    found = []
    last = -1
    for n, item in enumerate(old):
        if n in now:
            last = now[n]
        else:
            found.append(((last, 1, n), Difference(frozenset({Kind.REMOVED}), item, None)))
    return found
