"""The command line of standards."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from checklists.standards import queries

cli = AppGroup("standards", help="Standards and their versions.")


@cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List every version with the number of its criteria."""
    with current_app.extensions["sessions"]() as session:
        rows = [
            {"code": row.code, "version": version.version, "criteria": version.criteria_count}
            for row in queries.versions(session, None)
            for version in (row[0],)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['code']:<20} {row['version']:<12} {row['criteria']}")
