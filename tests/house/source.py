"""Where the product's own files are; shared by the house tests."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AREAS = (
    "accounts",
    "checklists",
    "evidence",
    "audit",
    "certification",
    "notifications",
    "reports",
)
PACKAGES = (*AREAS, "core", "demo")
FOLDERS = (*PACKAGES, "templates", "static", "migrations", "tests", "docs", ".ci")
SINGLE_AREAS = {"notifications"}  # an area that is one feature


def files(*suffixes: str, folders: tuple[str, ...] = FOLDERS) -> list[Path]:
    """List our files with these suffixes, those at the top included."""
    found = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    for folder in folders:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def python_files() -> list[Path]:
    """List the product's Python files."""
    return [ROOT / "app.py", *files(".py", folders=PACKAGES)]


def shown(path: Path) -> str:
    """Name a file as a reader would."""
    return path.relative_to(ROOT).as_posix()


def features() -> list[Path]:
    """List the folders of features."""
    found = [ROOT / area for area in SINGLE_AREAS]
    for area in AREAS:
        if area not in SINGLE_AREAS:
            found += [path.parent for path in (ROOT / area).glob("*/__init__.py")]
    return sorted(found)
