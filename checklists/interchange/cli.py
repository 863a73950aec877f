"""Standards in and out on the command line: whole or not at all."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app

from checklists.incoming.rules import Choices, FileFormat, Found, Note, Unreadable
from checklists.interchange import queries
from checklists.interchange.storage import open_file, read_file
from checklists.outgoing.rules import as_pack
from checklists.outgoing.storage import file_name, write
from checklists.standards import operations as standards
from checklists.standards.cli import cli
from checklists.standards.models import StandardVersion
from core.clock import utc_now
from core.db import writing
from core.errors import DomainError, NotFound
from core.words import T_

FORMATS = [form.value for form in FileFormat]


@cli.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["auto", *FORMATS]), default="auto")
@click.option("--code", default="", help="Code of the standard, in place of the file's.")
@click.option("--version", default="", help="Version, in place of the file's.")
@click.option(
    "--language",
    type=click.Choice(["zh", "en"]),
    default=None,
    help="Language of texts that do not say it (told from the texts otherwise).",
)
@click.option("--publish", is_flag=True, help="Publish at once; otherwise the version is a draft.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(  # noqa: PLR0913 -- the options of the command
    *,
    file: Path,
    form: str,
    code: str,
    version: str,
    language: str | None,
    publish: bool,
    as_json: bool,
) -> None:
    """Read a standard from FILE (OSCAL, our pack, CSV, XLSX) and store it; exit 1 and change nothing otherwise."""
    choices = Choices(code=code, version=version, language=language or "")
    try:
        wanted = None if form == "auto" else FileFormat(form)
        found = read_file(open_file(_bytes(file), file.name, wanted), choices)
        stored = _stored(found, publish=publish)
    except Unreadable as error:
        _fail(error.notes, as_json=as_json)
    except DomainError as error:
        _fail([Note("/", error.text)], as_json=as_json)
    warnings = [note.plain() for note in found.warnings]
    if as_json:
        click.echo(json.dumps(stored | {"warnings": warnings}, ensure_ascii=False))
        return
    for note in warnings:
        click.echo(f"{note['where']}: {note['text']}", err=True)
    click.echo(f"{stored['code']} {stored['version']}: {stored['criteria']} criteria")


@cli.command("export")
@click.argument("code")
@click.argument("version")
@click.option("--format", "form", type=click.Choice(FORMATS), default="oscal", show_default=True)
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@click.option(
    "--output", type=click.Path(path_type=Path), help="Where to; by default named after it."
)
def export(*, code: str, version: str, form: str, language: str, output: Path | None) -> None:
    """Write a version as an OSCAL catalog, our pack, CSV or XLSX."""
    with current_app.extensions["sessions"]() as session:
        try:
            row = queries.named(session, code, version)
        except NotFound:
            click.echo(f"There is no version {version} of {code}.", err=True)
            sys.exit(1)
        pack, changed_at = queries.pack_of(session, row), changed(row)
    wanted = FileFormat(form)
    target = output or Path(file_name(pack, wanted))
    target.write_bytes(write(pack, wanted, changed_at=changed_at, language=language))
    click.echo(str(target))


def changed(version: StandardVersion) -> datetime:
    """Say since when a version is as it is, as its catalog tells."""
    return version.published_at or version.created_at


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        text = T_("The file cannot be opened: %(what)s.", what=error.strerror or "")
        raise Unreadable([Note(str(file), text)]) from None


def _stored(found: Found, *, publish: bool) -> dict[str, object]:
    if found.pack is None:
        raise Unreadable(found.problems)
    with current_app.extensions["sessions"]() as session:
        writing(session)
        version = standards.import_pack(
            session, None, as_pack(found.pack), now=utc_now(), publish=publish, lenient=True
        )
        session.commit()
    return {
        "code": found.pack.code,
        "version": version.version,
        "criteria": version.criteria_count,
    }


def _fail(notes: Iterable[Note], *, as_json: bool) -> NoReturn:
    errors = [note.plain() for note in notes]
    if as_json:
        click.echo(json.dumps({"errors": errors}, ensure_ascii=False))
    else:
        for note in errors:
            click.echo(f"{note['where']}: {note['text']}", err=True)
    sys.exit(1)
