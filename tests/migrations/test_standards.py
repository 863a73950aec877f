"""Migration 0008 on a database that already holds standards."""

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from core import migrate
from core.db import make_engine


@pytest.fixture
def engine(blank_url):
    made = make_engine(blank_url)
    yield made
    made.dispose()


STANDARD = text("INSERT INTO standards (id, code, title_zh, title_en) VALUES (:n, :code, '', '')")
VERSION = text(
    "INSERT INTO standard_versions (id, standard_id, version, state, title_zh, title_en, summary_zh, summary_en, "
    "criteria_count, created_at, published_at) "
    "VALUES (:n, :standard, :code, :state, '', 't', '', '', 1, :day, :day)"
)
SECTION = text(
    "INSERT INTO sections (id, standard_version_id, code, title_zh, title_en, position) "
    "VALUES (:n, :n, 'S', '', 's', 1)"
)
CRITERION = text(
    "INSERT INTO criteria (id, standard_version_id, section_id, code, position, dimension, area, stage, level_from, "
    "weight, critical, methods, title_zh, title_en, requirement_zh, requirement_en, guidance_zh, guidance_en, "
    "evidence_zh, evidence_en, sources, citations) VALUES (:n, :n, :n, 'C', 1, '', 'people', 'design', 1, 1, "
    "false, '[]', '', 't', '', 'r', '', '', '', '', '[]', '[]')"
)


def _fill(connection):
    """Two published versions of one standard, an older superseded one, one of another; a criterion each."""
    for n, code in ((1, "A"), (2, "B")):
        connection.execute(STANDARD, {"n": n, "code": code})
    rows = ((1, 1, "superseded"), (2, 1, "published"), (3, 1, "published"), (4, 2, "published"))
    for n, standard, state in rows:
        given = {"n": n, "standard": standard, "code": str(n), "state": state}
        connection.execute(VERSION, given | {"day": f"2026-01-0{n} 08:00:00+00:00"})
        connection.execute(SECTION, {"n": n})
        connection.execute(CRITERION, {"n": n})


def test_standards_gain_their_life(engine):
    """S-34: of two published versions the last stays; every text is kept; only drafts change from then on."""
    migrate.upgrade(engine, "0007")
    with engine.begin() as connection:
        _fill(connection)
    migrate.upgrade(engine, "0008")
    with engine.begin() as connection:
        rows = connection.execute(
            text("SELECT id, state, superseded_at, revision FROM standard_versions ORDER BY id")
        ).all()
        assert [(row[0], row[1]) for row in rows] == [
            (1, "superseded"),
            (2, "superseded"),
            (3, "published"),
            (4, "published"),
        ]
        assert [str(row[2])[:10] for row in rows] == ["2026-01-01", "2026-01-03", "None", "None"]
        assert {row[3] for row in rows} == {1}
        found = connection.execute(text("SELECT revision, title_en FROM criteria")).all()
        assert [tuple(row) for row in found] == [(1, "t")] * 4
    with engine.begin() as connection, pytest.raises(IntegrityError, match="only_drafts_change"):
        connection.execute(text("UPDATE criteria SET title_en = 'x' WHERE id = 4"))


def test_the_way_back_keeps_the_standards(engine):
    """frame: taken back, the versions and criteria stand as before, and go up again."""
    migrate.upgrade(engine, "0007")
    with engine.begin() as connection:
        _fill(connection)
    migrate.upgrade(engine, "0008")
    migrate.downgrade(engine, "0007")
    assert "standard_editors" not in inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(text("UPDATE criteria SET title_en = 'changed' WHERE id = 4"))
        assert connection.execute(text("SELECT count(*) FROM standard_versions")).scalar() == 4
    migrate.upgrade(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM criteria")).scalar() == 4
