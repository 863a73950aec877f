"""Damaged files of every form are read or told, and never anything else (quality 6)."""

import json
import random

import pytest

from checklists.incoming.rules import Choices, FileFormat, Unreadable
from checklists.interchange.storage import open_file, read_file
from checklists.outgoing.storage import write
from checklists.standards.rules import parse_standard
from tests.factories.accounts import NOW
from tests.factories.catalogs import large_catalog
from tests.factories.checklists import standard_data

JUNK = [None, [], {}, "x", 1, True, 1.5, [[]], [None], {"a": 1}, "\ud800", "", -1, "9" * 50]
PIECES = [b'"', b"{", b"[", b"\x00", b"\xff", b"&a ", b"\n", b"'''", b": ", b"=1", b"<f>"]


def outcome(content, name="x.json"):
    """Read a file; give whether it was taken. Every note has words."""
    try:
        found = read_file(open_file(content, name), Choices())
    except Unreadable as error:
        notes, taken = error.notes, False
    else:
        notes, taken = [*found.problems, *found.warnings], found.pack is not None
    assert taken or notes
    assert all(note.plain()["text"] for note in notes)
    return taken


def damaged(content, chance):
    data = bytearray(content)
    how = chance.randrange(3)
    if how == 0:
        return bytes(data[: chance.randrange(len(data))])
    if how == 1:
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
    else:
        at = chance.randrange(len(data))
        data[at:at] = chance.choice(PIECES)
    return bytes(data)


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(one, (*path, key))


@pytest.mark.parametrize("form", list(FileFormat))
def test_damaged_bytes(form):
    """quality 6: cut, changed and inserted bytes, two hundred times for each form."""
    chance = random.Random(form.value)  # noqa: S311 -- repeatable
    whole = write(parse_standard(standard_data(6)), form, changed_at=NOW)
    name = f"x.{form.value}"
    assert outcome(whole, name)
    results = [outcome(damaged(whole, chance), name) for _ in range(200)]
    assert not all(results)


@pytest.mark.parametrize("kind", ["pack", "catalog"])
def test_wrong_values_anywhere(kind):
    """quality 6: any field of a pack or a catalog may be missing or be anything."""
    chance = random.Random(kind)  # noqa: S311 -- repeatable
    text = json.dumps(standard_data(3) if kind == "pack" else large_catalog(3))
    everywhere = list(places(json.loads(text)))[1:]
    for path in chance.sample(everywhere, min(len(everywhere), 250)):
        data = json.loads(text)
        holder = data
        for key in path[:-1]:
            holder = holder[key]
        if chance.random() < 0.2:
            del holder[path[-1]]
        else:
            holder[path[-1]] = chance.choice(JUNK)
        outcome(json.dumps(data).encode())
