"""The schema's way up and down, with rows in place, and its agreement with the models, on both databases."""

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from accounts.organisations.models import Organisation, Site
from core import events, migrate
from core.db import Model, make_engine, make_sessions
from core.events import Event, record
from core.permissions import OrganisationKind
from tests.database import import_models
from tests.factories.accounts import acting, organisation, person
from tests.factories.checklists import published_scheme

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def engine(blank_url):
    made = make_engine(blank_url)
    yield made
    made.dispose()


def test_the_migrations_build_what_the_models_say(engine):
    """frame: no table, column, index or key differs between the way here and the models."""
    import_models()
    migrate.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_every_named_check_is_there(engine):
    """house: Alembic does not compare CHECKs, so this does: by name, table by table."""
    import_models()
    migrate.upgrade(engine)
    inspector = inspect(engine)
    for table in Model.metadata.sorted_tables:
        wanted = {
            str(one.name)
            for one in table.constraints
            if type(one).__name__ == "CheckConstraint" and one.name
        }
        found = {one["name"] for one in inspector.get_check_constraints(table.name)}
        assert wanted <= found, table.name


def test_rows_survive_the_whole_way_up_and_down(engine):
    """frame: a database with data is upgraded, taken back and upgraded again without losing a row."""
    import_models()
    migrate.upgrade(engine, "0002")
    sessions = make_sessions(engine)
    with sessions() as session:
        body = organisation(session, OrganisationKind.BODY, name_zh="华衡认证")
        session.execute(  # as the table was then: the model has grown since
            text(
                "INSERT INTO sites (organisation_id, name_zh, name_en, address_zh, address_en, headcount, is_central,"
                " revision) VALUES (:body, '总部', 'Head office', '测试路1号', '', 12, :central, 1)"
            ),
            {"body": body.id, "central": True},
        )
        who = acting(person(session), body)
        record(session, who, "organisation:registered", body, now=NOW)
        session.commit()
    migrate.upgrade(engine)
    with sessions() as session:
        published_scheme(session)
        session.commit()
    migrate.downgrade(engine, "0002")
    assert "standards" not in inspect(engine).get_table_names()
    _whole(sessions)
    migrate.upgrade(engine)
    _whole(sessions)
    assert migrate.current(engine) == migrate.head()
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def _whole(sessions):
    with sessions() as session:
        assert session.scalar(select(Organisation.name_zh)) == "华衡认证"
        assert session.scalar(select(Site.headcount)) == 12
        names = session.scalars(select(Event.name).order_by(Event.id)).all()
        assert names[0] == "organisation:registered"
        assert events.verify(session)[1] is None


def test_triggers_protect_every_append_only_table(engine):
    """Guard 5: the migrations install what the models declare."""
    import_models()
    migrate.upgrade(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_update'"
        else:
            query = (
                "SELECT event_object_table FROM information_schema.triggers "
                "WHERE trigger_name LIKE '%_no_change'"
            )
        assert set(connection.execute(text(query)).scalars()) == events.APPEND_ONLY


def test_constraints_hold_in_a_migrated_database(engine):
    """house: a named constraint of the models refuses a wrong row after the migrations too."""
    import_models()
    migrate.upgrade(engine)
    with make_sessions(engine)() as session:
        with pytest.raises(IntegrityError, match="body_has_code"):
            organisation(session, OrganisationKind.BODY, code=None)
        session.rollback()
        record(session, None, "thing:done", organisation(session), now=NOW)
        session.commit()
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text("DELETE FROM events"))


def test_one_head_numbered_in_order():
    """frame: versions are numbered without a gap and there is one head."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(migrate.config())
    heads = script.get_heads()
    assert len(heads) == 1
    chain = [one.revision for one in script.walk_revisions()][::-1]
    assert chain == [f"{number:04d}" for number in range(1, len(chain) + 1)]
