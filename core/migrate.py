"""The schema's version: where it stands, where it should, and the way there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def config(engine: Engine | None = None) -> Config:
    """Give Alembic's configuration; with an engine, its commands work on that database."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["engine"] = engine
    return made


def head() -> str | None:
    """Give the newest version the code knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def current(engine: Engine) -> str | None:
    """Give the version of the database; ``None`` where nothing was migrated yet."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, version: str = "head") -> None:
    """Bring the database forward to a version."""
    command.upgrade(config(engine), version)


def downgrade(engine: Engine, version: str) -> None:
    """Take the database back to a version."""
    command.downgrade(config(engine), version)
