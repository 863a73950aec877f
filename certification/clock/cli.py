"""The clock on the command line: for today, or for any day."""

import json
from datetime import date, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from certification.clock import operations
from core.clock import local_date, utc_now
from core.db import writing

cli = AppGroup("clock", help="What time alone brings about.")


@cli.command("run")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="Run until this day (today).")
@click.option("--dry-run", is_flag=True, help="Tell what would happen; change nothing.")
def run(on: datetime | None, *, dry_run: bool) -> None:
    """Run the clock for each day it has not run for, and tell what happened, one JSON object a line."""
    day = on.date() if on is not None else local_date(utc_now())
    told = operations_until(day, dry_run=dry_run)
    for line in told:
        click.echo(json.dumps(line, ensure_ascii=False))


def operations_until(day: date, *, dry_run: bool) -> list[dict[str, str]]:
    """Run day by day, each in a transaction of its own; a dry run rolls all of them back."""
    sessions, lines = current_app.extensions["sessions"], []
    with sessions() as session:
        writing(session)
        for each in operations.waiting_days(session, day):
            writing(session)
            lines += [one.plain() for one in operations.run_day(session, each, now=utc_now())]
            if not dry_run:
                session.commit()
        session.rollback()
    return lines
