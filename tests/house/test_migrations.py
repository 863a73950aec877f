"""Migrations stand in one line, numbered from 0001."""

import re

from core import migrate


def test_numbers_are_sequential():
    """The house: sequential numbers, one head."""
    files = sorted(path.name for path in (migrate.FOLDER / "versions").glob("*.py"))
    numbers = [
        int(match.group(1))
        for name in files
        if (match := re.match(r"(\d{4})_[a-z0-9_]+\.py$", name))
    ]
    assert numbers == list(range(1, len(files) + 1))


def test_every_migration_follows_its_predecessor():
    """The house: the number in the file's name is the revision, and its parent is the number before."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(migrate.config())
    assert len(script.get_heads()) == 1
    line = [(step.revision, step.down_revision) for step in reversed(list(script.walk_revisions()))]
    names = [f"{number:04}" for number in range(1, len(line) + 1)]
    assert line == list(zip(names, [None, *names[:-1]], strict=True))
