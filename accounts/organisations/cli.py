"""The command line for organisations: how an installation gets its first certification body."""

import sys
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from accounts.organisations import operations
from core.clock import utc_now
from core.db import writing
from core.errors import DomainError
from core.permissions import OrganisationKind

cli = AppGroup("organisations", help="Certification bodies, providers, regulators.")


@cli.command("add")
@click.option("--kind", type=click.Choice([kind.value for kind in OrganisationKind]), required=True)
@click.option("--name-zh", default="", help="Name in Chinese.")
@click.option("--name-en", default="", help="Name in English.")
@click.option("--credit-code", default="", help="Unified social credit code.")
@click.option(
    "--code", default=None, help="Short code of a certification body, used in its numbers."
)
def add(kind: str, **values: Any) -> None:
    """Add an organisation and print its key."""
    with current_app.extensions["sessions"]() as session:
        writing(session)
        try:
            row = operations.add(session, OrganisationKind(kind), values, now=utc_now())
        except DomainError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        session.commit()
        click.echo(str(row.id))
