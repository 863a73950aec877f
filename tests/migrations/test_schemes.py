"""Migration 0009 with rows in place: what refers to a scheme version still does; only drafts change."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from accounts.organisations.models import Organisation
from core import migrate
from core.db import make_engine
from core.permissions import OrganisationKind
from tests.database import import_models

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COUNTS = "SELECT count(*) FROM scheme_versions"


@pytest.fixture
def engine(blank_url):
    made = make_engine(blank_url)
    yield made
    made.dispose()


# ruff: noqa: S608 -- the statements hold no input
AT = "'2026-01-01 00:00:00+00:00'"
ROWS = (
    "INSERT INTO schemes (id, code, title_zh, title_en) VALUES (1, 'S', '方案', 'Scheme')",
    "INSERT INTO standards (id, code, title_zh, title_en) VALUES (1, 'N', '标准', 'Standard')",
    "INSERT INTO standard_versions (id, standard_id, version, state, title_zh, title_en, summary_zh, summary_en, "
    f"criteria_count, created_at, published_at) VALUES (1, 1, '1', 'published', '', 't', '', '', 0, {AT}, {AT})",
    "INSERT INTO scheme_versions (id, scheme_id, standard_version_id, version, state, content, content_sha256, "
    f"created_at, published_at) VALUES (1, 1, 1, 1, 'superseded', '{{}}', 'd1', {AT}, {AT}), "
    f"(2, 1, 1, 2, 'published', '{{}}', 'd2', {AT}, {AT})",
    "INSERT INTO engagements (number, body_id, client_id, scheme_version_id, scope_zh, scope_en, level_sought, "
    f"audit_days, opened_at, revision) VALUES ('E-1', 1, 2, 2, '', '', 3, 8, {AT}, 1)",
)


def test_rows_stay_and_keep_who_refers_to_them(engine):
    """S-02: the table is made anew where it has to be; nothing is lost and no key is left open."""
    import_models()
    migrate.upgrade(engine, "0008")
    with engine.begin() as connection:
        for n, kind, code in (
            (1, OrganisationKind.BODY, "B1"),
            (2, OrganisationKind.PROVIDER, None),
        ):
            made = {
                "id": n,
                "kind": kind,
                "code": code,
                "name_zh": "甲",
                "name_en": "A",
                "created_at": NOW,
            }
            connection.execute(insert(Organisation).values(**made))
        for statement in ROWS:
            connection.execute(text(statement))
    migrate.upgrade(engine)
    with engine.begin() as connection:
        found = connection.execute(
            text("SELECT id, state, content_sha256, revision FROM scheme_versions ORDER BY id")
        ).all()
        assert [tuple(row) for row in found] == [
            (1, "superseded", "d1", 1),
            (2, "published", "d2", 1),
        ]
        held = "SELECT scheme_version_id FROM engagements"
        assert connection.execute(text(held)).scalar() == 2
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    for refused, name in (
        ("UPDATE scheme_versions SET content_sha256 = 'x' WHERE id = 2", "is_settled"),
        ("UPDATE scheme_versions SET state = 'draft' WHERE id = 2", "is_settled"),
        ("UPDATE scheme_versions SET state = 'published' WHERE id = 1", "is_settled"),
        ("DELETE FROM scheme_versions WHERE id = 1", "scheme_version_stays"),
        ("UPDATE scheme_versions SET state = 'lost' WHERE id = 2", "is_settled|schemestate"),
    ):
        with pytest.raises(IntegrityError, match=name), engine.begin() as connection:
            connection.execute(text(refused))
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("UPDATE engagements SET scheme_version_id = 9"))
    migrate.downgrade(engine, "0008")
    with engine.begin() as connection:
        assert connection.execute(text(COUNTS)).scalar() == 2
        assert connection.execute(text("SELECT scheme_version_id FROM engagements")).scalar() == 2
