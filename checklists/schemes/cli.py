"""The command line of schemes: the operator lists them, and publishes common ones from files."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from checklists.incoming.rules import Unreadable
from checklists.incoming.storage import check_size, parse
from checklists.packs.rules import PackError
from checklists.schemes import operations, queries
from core.clock import utc_now
from core.db import writing
from core.errors import DomainError

cli = AppGroup("schemes", help="Schemes and their versions.")


@cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List every version with its state and the body whose it is."""
    with current_app.extensions["sessions"]() as session:
        rows = [
            {
                "code": scheme.code,
                "version": version.version,
                "state": version.state.value,
                "body": body.code if body else None,
            }
            for version, scheme, body in queries.every(session)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['code']:<20} {row['version']:>4} {row['state']:<12} {row['body'] or ''}")


@cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(file: Path, *, as_json: bool) -> None:
    """Publish a scheme pack as a version of a common scheme; the version before is superseded.

    Nothing is written where anything is wrong: every problem is printed, and the command ends with 1.
    """
    with current_app.extensions["sessions"]() as session:
        writing(session)
        try:
            content = file.read_bytes()
            check_size(content)
            made = operations.import_pack(session, None, parse(content), now=utc_now())
        except DomainError as error:
            session.rollback()
            _refuse(_errors(error), as_json=as_json)
        told = {"code": made.content["code"], "version": made.version}
        session.commit()
    click.echo(json.dumps(told) if as_json else f"{told['code']} {told['version']}")


def _errors(error: DomainError) -> list[dict[str, str]]:
    if isinstance(error, PackError):
        return [{"where": one.pointer or "/", "text": str(one.text)} for one in error.problems]
    if isinstance(error, Unreadable):
        return [note.plain() for note in error.notes]
    return [{"where": "/", "text": str(error.text)}]


def _refuse(errors: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"errors": errors}, ensure_ascii=False))
    else:
        for one in errors:
            click.echo(f"{one['where']}: {one['text']}", err=True)
    raise SystemExit(1)
