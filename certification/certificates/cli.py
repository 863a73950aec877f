"""The command line of certificates."""

import json

import click
from flask import current_app
from flask.cli import AppGroup

from certification.certificates import queries
from certification.certificates.rules import status_on
from core.clock import local_date, utc_now

cli = AppGroup("certificates", help="Certificates that were issued.")


@cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, as_json: bool) -> None:
    """List every certificate with its status today, level, holder and token."""
    today = local_date(utc_now())
    with current_app.extensions["sessions"]() as session:
        rows = [
            {
                "number": one.number,
                "status": status_on(one.state, one.expires_on, today).value,
                "level": one.level,
                "holder": holder.name_zh or holder.name_en,
                "token": one.token,
            }
            for one, holder in queries.every(session)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['number']:<28} {row['status']:<10} {row['level']}  {row['holder']}")
