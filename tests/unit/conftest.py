"""The unit ring is pure: a test that touches a database fails."""

import sqlite3
from typing import NoReturn

import psycopg
import pytest
from sqlalchemy import Engine, Pool


def _refuse(*_arguments: object, **_options: object) -> NoReturn:
    pytest.fail("a unit test must not use a database; move it to tests/integration", pytrace=True)


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every way to a database fail."""
    monkeypatch.setattr(sqlite3, "connect", _refuse)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", _refuse)
    monkeypatch.setattr(psycopg, "connect", _refuse)
    monkeypatch.setattr(psycopg.Connection, "connect", _refuse)
    monkeypatch.setattr(Engine, "connect", _refuse)
    monkeypatch.setattr(Engine, "raw_connection", _refuse)
    monkeypatch.setattr(Pool, "connect", _refuse)
