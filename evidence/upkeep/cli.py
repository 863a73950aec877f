"""Upkeep of the store by hand."""

import contextlib
import sys
from collections.abc import Iterator

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from core.clock import utc_now
from evidence.files.storage import FileStore, open_store
from evidence.upkeep import operations

cli = AppGroup("store", help="The file store.")


@cli.command("sweep")
def sweep() -> None:
    """Clear what uploads and crashes left a day or longer ago."""
    swept = operations.sweep(_store(), _reading, now=utc_now())
    click.echo(
        f"{swept.temporaries} temporaries removed, {swept.unclaimed} files set aside, "
        f"{swept.expired} removed for good"
    )


@cli.command("verify")
def verify() -> None:
    """Compare every file with its digest; exit 1 and name those that differ or are missing."""
    found = operations.damaged(_store(), _reading)
    for stored in found:
        click.echo(f"damaged or missing: {stored.sha256}")
    if found:
        sys.exit(1)
    click.echo("every file is what its digest says")


def _store() -> FileStore:
    return open_store(current_app.extensions["settings"])


@contextlib.contextmanager
def _reading() -> Iterator[Session]:
    with current_app.extensions["sessions"]() as session:
        yield session
        session.rollback()
