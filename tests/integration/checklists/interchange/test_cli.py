"""Standards in and out on the command line: whole or not at all (I-26, I-27)."""

import json

import pytest
from sqlalchemy import func, select

from checklists.interchange import queries
from checklists.standards.models import Criterion, Section, Standard, StandardVersion
from checklists.standards.rules import StandardState
from core.events import Event
from tests.factories.catalogs import catalog, control, group, large_catalog
from tests.factories.checklists import standard_data

CSV = "编号,标题,要求\n1,一,做到\n2,二,也做到\n"


@pytest.fixture
def run(app):
    def call(*arguments):
        result = app.test_cli_runner().invoke(args=["standards", *map(str, arguments)])
        return result.exit_code, result.stdout

    return call


@pytest.fixture
def rows(app):
    def count():
        with app.extensions["sessions"]() as session:
            return {
                model.__tablename__: session.scalar(select(func.count()).select_from(model))
                for model in (Standard, StandardVersion, Section, Criterion, Event)
            }

    return count


def test_a_catalog_becomes_a_draft(run, rows, app, tmp_path):
    """I-26: stdout is exactly the one object; one event; nobody acted."""
    file = tmp_path / "some-catalog.oscal.json"
    file.write_text(json.dumps(catalog(group("g", control("c-1"), control("c-2")))))
    code, out = run("import", file, "--json")
    assert (code, json.loads(out)) == (
        0,
        {"code": "some-catalog", "version": "1.0", "criteria": 2, "warnings": []},
    )
    assert rows() == {
        "standards": 1, "standard_versions": 1, "sections": 1, "criteria": 2, "events": 1,
    }  # fmt: skip
    with app.extensions["sessions"]() as session:
        version = queries.named(session, "some-catalog", "1.0")
        assert version.state is StandardState.DRAFT
        event = session.scalars(select(Event)).one()
        assert (event.name, event.actor_id) == ("standard:imported", None)
    assert json.loads(run("import", file, "--json")[1])["criteria"] == 2
    assert rows()["criteria"] == 2


def test_options_name_and_publish(run, app, tmp_path):
    """I-27: code, version and state as the operator says; a table in GB18030."""
    file = tmp_path / "t.csv"
    file.write_bytes(CSV.encode("gb18030"))
    code, _ = run("import", file, "--code", "TABLE-1", "--version", "7", "--publish", "--json")
    assert code == 0
    with app.extensions["sessions"]() as session:
        version = queries.named(session, "TABLE-1", "7")
        assert version.state is StandardState.PUBLISHED
        assert queries.pack_of(session, version).criteria[0].title.zh == "一"


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("a.json", b'{"catalog": {"groups": [', "line 1, column 25"),
        ("a.json", b'{"assessment-plan": {}}', "/"),
        ("a.csv", "code,requirement\n1,\n".encode("utf-16"), "row 2, column B (requirement)"),
        ("a.csv", b"code,requirement\n\xff\xff", "byte 17"),
        ("a.yaml", b"format: assay-standard/1\ncode: &a X\n", "line 2, column 7"),
        ("a.xlsx", b"PK\x03\x04 broken", "/"),
    ],
)
def test_errors_are_told_and_nothing_is_written(run, rows, tmp_path, name, content, where):
    """I-26 I-27: exit 1, every error with its place, no row."""
    file = tmp_path / name
    file.write_bytes(content)
    code, out = run("import", file, "--json")
    assert code == 1
    errors = json.loads(out)["errors"]
    assert where in [error["where"] for error in errors]
    assert all(error["text"] for error in errors)
    assert set(rows().values()) == {0}


def test_a_missing_file_and_a_taken_version_are_errors(run, rows, tmp_path):
    """I-27: the same version with another content is refused; what is there stays."""
    assert run("import", tmp_path / "none.csv", "--json")[0] == 1
    file = tmp_path / "t.csv"
    file.write_text(CSV)
    assert run("import", file, "--json")[0] == 0
    before = rows()
    file.write_text(CSV + "3,三,还要做到\n")
    code, out = run("import", file, "--json")
    assert code == 1
    assert "is there already" in json.loads(out)["errors"][0]["text"]
    assert rows() == before


@pytest.mark.parametrize("form", ["oscal", "yaml", "csv", "xlsx"])
def test_import_export_import(run, app, tmp_path, form):
    """I-26 I-27: from the database and back, the same standard, in every form."""
    data = standard_data(60)
    data["sections"][0]["criteria"][0]["title"]["en"] = "=1+1"
    first = tmp_path / "first.yaml"
    first.write_text(json.dumps(data))
    assert run("import", first, "--json")[0] == 0
    out = tmp_path / f"out.{form}"
    code, said = run(
        "export", "SMALL", "1.0", "--format", form, "--language", "zh", "--output", out
    )
    assert (code, said.strip()) == (0, str(out))
    code, told = run("import", out, "--format", form, "--version", "2.0", "--json")
    assert (code, json.loads(told)["warnings"]) == (0, [])
    with app.extensions["sessions"]() as session:
        one, two = (
            queries.pack_of(session, queries.named(session, "SMALL", version))
            for version in ("1.0", "2.0")
        )
    assert one.sections == two.sections
    assert (one.title, one.summary) == (two.title, two.summary)


def test_what_is_not_there_is_not_exported(run, tmp_path):
    """I-26: exit 1 and no file."""
    assert run("export", "NONE", "1", "--output", tmp_path / "x")[0] == 1
    assert not (tmp_path / "x").exists()


def test_twelve_hundred_controls(run, app, tmp_path, count_all):
    """I-26, quality 1: a large catalog takes a handful of statements."""
    file = tmp_path / "large.json"
    file.write_text(json.dumps(large_catalog(1200)))
    with count_all(app) as sent:
        code, out = run("import", file, "--json")
    assert (code, json.loads(out)["criteria"]) == (0, 1200)
    assert len(sent) <= 20, sent


@pytest.fixture
def count_all():
    """Count statements as the database gets them; rows bound together are one."""
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def counting(app):
        sent = []

        def note(_connection, _cursor, statement, *_rest):
            sent.append(statement[:80])

        engine = app.extensions["engine"]
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
