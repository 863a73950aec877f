"""Alembic's environment: one transaction for each migration, on the engine it is given."""

from alembic import context
from sqlalchemy import Connection, Engine

from core.db import Model, make_engine
from core.settings import Settings


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


engine: Engine | None = context.config.attributes.get("engine")
if engine is None:
    engine = make_engine(Settings.from_environment().database_url)
with engine.connect() as opened:
    run(opened)
    opened.commit()
