"""Comparison: what came, went, moved and changed between two versions."""

import random

from hypothesis import given
from hypothesis import strategies as st

from checklists.comparison.rules import (
    FIELDS,
    KIND_BADGES,
    Chapter,
    Item,
    Kind,
    compare,
)
from checklists.editing.rules import FIELD_NAMES

ONE, TWO = Chapter("S1", "一", "One"), Chapter("S2", "二", "Two")


def item(code, section=ONE, **values):
    plain = dict.fromkeys(FIELDS, "")
    made = {"title_en": f"Title {code}", "requirement_en": f"Requirement {code}", "level_from": 1}
    return Item(section, plain | made | {"code": code} | values)


def told(old, new):
    found = compare(old, new)
    return {
        (one.old.code if one.old else None, one.new.code if one.new else None): set(one.kinds)
        for one in found.differences
    }


def test_the_same_is_the_same():
    """S-34: two equal versions differ in nothing."""
    old = [item("A"), item("B", TWO)]
    found = compare(old, old)
    assert (found.differences, found.same, found.sections) == ((), 2, ())
    assert compare([], []).same == 0


def test_added_removed_changed_moved():
    """S-34: each kind alone, and two at once."""
    old = [item("A"), item("B"), item("C"), item("D", TWO)]
    new = [item("A", level_from=2), item("X"), item("C", TWO, weight=3), item("D", TWO)]
    assert told(old, new) == {
        ("A", "A"): {Kind.CHANGED},
        (None, "X"): {Kind.ADDED},
        ("B", None): {Kind.REMOVED},
        ("C", "C"): {Kind.CHANGED, Kind.MOVED},
    }
    found = compare(old, new)
    assert found.counts == {Kind.ADDED: 1, Kind.REMOVED: 1, Kind.CHANGED: 2, Kind.MOVED: 1}
    assert found.same == 1
    assert found.differences[0].fields == ("level_from",)


def test_what_went_stands_where_it_stood():
    """S-34: the list reads in the order of the document."""
    old = [item("A"), item("B"), item("C"), item("D")]
    new = [item("A"), item("X"), item("D")]
    order = [one.item.code for one in compare(old, new).differences]
    assert order == ["B", "C", "X"]


def test_another_code_for_the_same_words():
    """S-34: a criterion that only got a new code is no new criterion."""
    old = [item("A", title_en="T", requirement_en="R"), item("B")]
    new = [item("A.1", title_en="T", requirement_en="R"), item("B")]
    found = compare(old, new)
    assert told(old, new) == {("A", "A.1"): {Kind.CHANGED}}
    assert found.differences[0].fields == ("code",)
    empty = {"title_en": "", "requirement_en": ""}
    assert told([item("A", **empty)], [item("B", **empty)]) == {
        ("A", None): {Kind.REMOVED},
        (None, "B"): {Kind.ADDED},
    }


def test_a_section_under_another_code():
    """S-34: renaming a section's code moves none of its criteria, but is told."""
    renamed = Chapter("PART-1", "一", "One")
    found = compare([item("A"), item("B")], [item("A", renamed), item("B", renamed)])
    assert found.differences == ()
    assert found.sections == ((ONE, renamed),)


def test_sections_come_and_go():
    """S-34: sections are listed with what was and what is."""
    retitled = Chapter("S1", "一", "First")
    found = compare([item("A"), item("B", TWO)], [item("A", retitled), item("B", retitled)])
    assert set(found.sections) == {(ONE, retitled), (TWO, None)}
    assert told([item("A"), item("B", TWO)], [item("A"), item("B")]) == {("B", "B"): {Kind.MOVED}}


def test_one_that_jumped_does_not_move_the_others():
    """S-34: as few as possible count as moved."""
    old = [item(code) for code in "ABCDEF"]
    new = [item(code) for code in "FABCDE"]
    assert told(old, new) == {("F", "F"): {Kind.MOVED}}


def test_every_field_and_kind_has_a_name():
    """S-34: nothing is shown by its machine name."""
    assert set(FIELDS) == set(FIELD_NAMES)
    assert set(KIND_BADGES) == set(Kind)


@given(st.lists(st.integers(0, 40), unique=True), st.lists(st.integers(0, 40), unique=True))
def test_nothing_is_lost_or_counted_twice(before, after):
    """S-34: every criterion of either version is told once, or stayed."""
    old = [item(str(n), ONE if n % 2 else TWO) for n in before]
    new = [item(str(n), ONE if n % 3 else TWO) for n in after]
    found = compare(old, new)
    assert found.counts[Kind.ADDED] == len(set(after) - set(before))
    assert found.counts[Kind.REMOVED] == len(set(before) - set(after))
    assert found.counts[Kind.CHANGED] == 0
    keys = [one.item.code for one in found.differences]
    assert len(keys) == len(set(keys))
    kept = len([one for one in found.differences if one.new is not None])
    assert kept + found.same == len(new)


def test_1200_criteria_in_any_order():
    """quality: a whole version shuffled is compared at once."""
    old = [item(f"C{n}", ONE if n < 600 else TWO) for n in range(1200)]
    new = random.Random(7).sample(old, 1200)  # noqa: S311 -- a fixed shuffle
    found = compare(old, new)
    assert found.same + found.counts[Kind.MOVED] == 1200
    assert found.same >= 40
