"""A database that is locked, gone or not migrated: a page that says so, 503, nothing half written."""

import sqlite3

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from accounts.people.models import Person
from core import migrate
from core.events import Event
from tests.factories.accounts import organisation, user


@pytest.fixture
def somebody(app, session):
    body = organisation(session)
    who, _ = user(session, body, email="who@example.org", name="Before")
    session.commit()
    return who


def no_patience(app):
    """Wait for a lock as short as can be, on every connection from now on."""
    engine = app.extensions["engine"]
    engine.dispose()

    def impatient(connection, _record):
        connection.execute("PRAGMA busy_timeout = 50")

    event.listen(engine, "connect", impatient)
    return lambda: event.remove(engine, "connect", impatient)


def test_a_locked_database_says_so_and_nothing_is_written(
    app, client, somebody, session_factory, settings
):
    """quality 4: a writer that cannot get its turn answers 503 with when to try again; nothing is half written."""
    client.sign_in("who@example.org")
    undo = no_patience(app)
    other = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = client.send(
            "/account/settings",
            {"name": "After", "language": "en", "time_zone": "Asia/Shanghai", "theme": ""},
        )
    finally:
        other.execute("ROLLBACK")
        other.close()
        undo()
        app.extensions["engine"].dispose()
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "database" in client.page.text
    with session_factory() as session:
        assert session.scalar(select(Person.name).where(Person.id == somebody.id)) == "Before"
        names = session.scalars(select(Event.name)).all()
    assert "person:settings_changed" not in names


def test_a_database_that_is_gone(app, client, monkeypatch):
    """frame: a page that says so, even though who asks cannot be read."""

    def gone(*_arguments, **_options):
        raise OperationalError("SELECT 1", {}, Exception("unable to open database file"))

    client.set_cookie("session", "anything")
    monkeypatch.setattr("core.web.db", gone)
    monkeypatch.setitem(app.extensions, "sessions", gone)
    answer = client.get("/registry?q=certificate")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_a_commit_that_fails_leaves_nothing(app, client, somebody, session_factory, monkeypatch):
    """quality 3: where the commit itself fails, the answer is 503, not the page of success."""
    client.sign_in("who@example.org")
    real = app.extensions["sessions"]

    def sessions():
        session = real()

        def commit():
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

        session.commit = commit
        return session

    monkeypatch.setitem(app.extensions, "sessions", sessions)
    answer = client.send(
        "/account/settings",
        {"name": "After", "language": "en", "time_zone": "Asia/Shanghai", "theme": ""},
    )
    assert answer.status_code == 503
    with session_factory() as session:
        assert session.scalar(select(Person.name).where(Person.id == somebody.id)) == "Before"


def test_health(app, client):
    """issue, fixed names: 200 with {"status": "ok"}."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_health_of_a_database_that_was_not_migrated(app, client, session_factory):
    """issue, fixed names: 503 with the reason."""
    with session_factory() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        session.commit()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "0001" in answer.json["reason"]
    assert migrate.head() in answer.json["reason"]


def test_health_without_a_database(app, client, monkeypatch):
    """issue, fixed names: 503 with the reason when the database is unreachable."""

    class Gone:
        def connect(self):
            raise OperationalError("SELECT 1", {}, Exception("no"))

    monkeypatch.setitem(app.extensions, "engine", Gone())
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "does not answer" in answer.json["reason"]
