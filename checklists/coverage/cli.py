"""The command line of the packs that ship."""

import click
from flask import current_app
from flask.cli import AppGroup

from checklists.coverage.rules import as_markdown
from checklists.schemes import operations as schemes
from checklists.standards.rules import parse_standard
from core.clock import utc_now
from core.db import writing

cli = AppGroup("packs", help="Standards and schemes that ship with the product.")


@cli.command("load")
def load() -> None:
    """Publish what ships and is not there yet; what is there never changes."""
    with current_app.extensions["sessions"]() as session:
        if schemes.packs_are_loaded(session):
            click.echo("Everything that ships is there.")
            return
        session.rollback()
        schemes.load_packs(writing(session), now=utc_now())
        session.commit()
    click.echo("The standards and the scheme that ship are published.")


@cli.command("coverage")
def coverage() -> None:
    """Print which criteria realise which requirement, as docs/criteria.md has it."""
    packs = [
        parse_standard(schemes.read(schemes.PACKS / name))
        for _code, _version, name in schemes.SHIPPED_STANDARDS
    ]
    click.echo(as_markdown(packs), nl=False)
