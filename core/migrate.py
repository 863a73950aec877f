"""The schema's version: where it stands, where it should, and the way there.

Alembic is imported only to migrate: reading two versions does not need it, and every start reads them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def config(engine: Engine | None = None) -> "Config":
    """Give Alembic's configuration; with an engine, its commands work on that database."""
    from alembic.config import Config  # noqa: PLC0415

    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.attributes["engine"] = engine
    return made


def head() -> str | None:
    """Give the newest version the code knows: its files are numbered in one line (tests/house)."""
    return max((path.name[:4] for path in (FOLDER / "versions").glob("[0-9]*.py")), default=None)


def current(engine: Engine) -> str | None:
    """Give the version of the database; ``None`` where nothing was migrated yet."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)


def upgrade(engine: Engine, version: str = "head") -> None:
    """Bring the database forward to a version."""
    from alembic import command  # noqa: PLC0415

    command.upgrade(config(engine), version)


def downgrade(engine: Engine, version: str) -> None:
    """Take the database back to a version."""
    from alembic import command  # noqa: PLC0415

    command.downgrade(config(engine), version)
