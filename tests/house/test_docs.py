"""What docs/ says of the code is what the code says."""

import re
from importlib import import_module
from pathlib import Path

from core.permissions import as_markdown

ROOT = Path(__file__).parent.parent.parent


def test_the_table_of_permissions_is_current():
    """S-32: the page a security reviewer reads; ``./run.sh flask permissions > docs/permissions.md`` renews it."""
    assert (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8") == as_markdown()


def test_the_map_names_every_feature():
    """house: docs/map.md has one line for each feature, and none for what is not there."""
    named = set(
        re.findall(
            r"^\| `([a-z_./]+)` \|", (ROOT / "docs" / "map.md").read_text(encoding="utf-8"), re.M
        )
    )
    areas = ("accounts", "checklists", "evidence", "audit", "certification", "reports")
    found = {
        f"{area}/{path.parent.name}"
        for area in areas
        for path in (ROOT / area).glob("*/__init__.py")
    }
    assert named == found | {"core", "notifications", "demo"}


def test_the_map_says_what_the_code_says():
    """house: a feature's line is the first sentence of its docstring."""
    lines = dict(
        re.findall(
            r"^\| `([a-z_./]+)` \| (.+) \|$",
            (ROOT / "docs" / "map.md").read_text(encoding="utf-8"),
            re.M,
        )
    )
    for name, said in lines.items():
        first = (import_module(name.replace("/", ".")).__doc__ or "").strip().splitlines()[0]
        assert said == first, name
