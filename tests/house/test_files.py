"""Files have a place, a name and a bearable length."""

import ast
import re

from tests.house import source

FEATURE_FILES = {
    "__init__",
    "rules",
    "models",
    "storage",
    "queries",
    "documents",
    "operations",
    "forms",
    "views",
    "api",
    "cli",
    "jobs",
}
# "Service" and "manager" alone are words of the domain: what a provider offers, who manages it.
EMPTY_NAMES = re.compile(r"^(services?|managers?|helpers?|utils?|utilities|common|misc)$")
EMPTY_CLASSES = re.compile(r"\w+(Manager|Helpers?|Utils?|ServiceImpl)$")
MACHINE_PATHS = re.compile(rb"(?<!\w)/(?:work|farm|root|home|Users)/[\w.-]+")
UNFINISHED = re.compile(rb"\b(?:TO" + rb"DO|FIX" + rb"ME|X" + rb"XX)\b")
LONGEST = 420


def test_no_file_is_too_long():
    """The house: near 400 lines, split the feature."""
    long = {
        source.shown(path): lines
        for path in source.files(".py", ".html", ".js", ".css")
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_features_have_only_known_files():
    """The house: a feature is a folder with at most these files; checklists/packs also holds data."""
    strange = [
        source.shown(path)
        for feature in source.features()
        for path in feature.iterdir()
        if path.name != "__pycache__"
        and not (path.suffix == ".py" and path.stem in FEATURE_FILES)
        and not (feature.name == "packs" and path.suffix != ".py")
    ]
    assert strange == []


def test_areas_hold_nothing_but_features():
    """The house: an area is a folder of features."""
    strange = [
        source.shown(path)
        for area in set(source.AREAS) - source.SINGLE_AREAS
        for path in (source.ROOT / area).iterdir()
        if path.name not in {"__init__.py", "__pycache__"} and not (path / "__init__.py").exists()
    ]
    assert strange == []


def test_package_docstrings_are_the_whole_init():
    """The house: __init__.py says what a package is, and holds no code beyond names given on."""
    busy = []
    for path in source.files(".py", folders=source.PACKAGES):
        if path.name != "__init__.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        first, *rest = tree.body or [None]
        said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        passed_on = all(isinstance(node, ast.ImportFrom | ast.Assign) for node in rest)
        if not said or not passed_on:
            busy.append(source.shown(path))
    assert busy == []


def test_no_empty_words():
    """The house: no service, manager, helper, utils."""
    bad = []
    for path in source.python_files():
        if EMPTY_NAMES.match(path.stem) or EMPTY_NAMES.match(path.parent.name):
            bad.append(source.shown(path))
        names = (
            node.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ClassDef)
        )
        bad += [f"{source.shown(path)}: {name}" for name in names if EMPTY_CLASSES.match(name)]
    assert bad == []


def test_no_paths_of_a_machine():
    """What is committed runs anywhere."""
    found = [
        f"{source.shown(path)}: {hit.group().decode()}"
        for path in source.files()
        if "__pycache__" not in path.parts
        for hit in MACHINE_PATHS.finditer(path.read_bytes())
    ]
    assert found == []


def test_nothing_is_marked_unfinished():
    """What is not built is not in the code."""
    found = [
        source.shown(path)
        for path in source.files(".py", ".html", ".js", ".css", ".md", ".sh", ".toml")
        if UNFINISHED.search(path.read_bytes())
    ]
    assert found == []
