"""What is installed is used, and what is used is named."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

from tests.house import source

# Used without an import: by the script, or through an address.
BY_NAME = {"granian", "psycopg", "tzdata"}
# Part of a direct requirement by its own documentation.
WITHIN = {"click", "itsdangerous", "jinja2", "markupsafe", "werkzeug", "pydyf"}


def wanted(file: str) -> set[str]:
    lines = (source.ROOT / file).read_text(encoding="utf-8").splitlines()
    names = (re.match(r"[\w.-]+", line) for line in lines if not line.startswith("-"))
    return {name.group().lower().replace("_", "-") for name in names if name}


def imported() -> set[str]:
    """Name the distributions that the product imports."""
    modules = set()
    for path in [*source.python_files(), *source.files(".py", folders=("migrations",))]:
        if path.parent == source.ROOT and path.name != "app.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.split(".")[0])
    own = {*source.PACKAGES, "app", "_typeshed"}
    homes = packages_distributions()
    return {
        home.lower().replace("_", "-")
        for module in modules - own - sys.stdlib_module_names
        for home in homes.get(module, [module])
    }


def test_every_requirement_is_used():
    """A library that nobody imports is only a risk."""
    assert sorted(wanted("requirements.in") - imported() - BY_NAME) == []


def test_every_import_is_required():
    """A library that comes along by chance may leave by chance."""
    assert sorted(imported() - wanted("requirements.in") - WITHIN) == []
