"""The command line for people: the first invitation, and accounts that must be closed at once."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from accounts.access import operations
from accounts.access.operations import Invitee
from accounts.organisations.models import Organisation
from accounts.people.queries import letter_token
from core.clock import utc_now
from core.db import writing
from core.errors import DomainError
from core.permissions import Role
from core.settings import Settings
from core.speech import LANGUAGES

cli = AppGroup("people", help="Invitations and accounts.")


@cli.command("invite")
@click.argument("email")
@click.option(
    "--organisation", "organisation_id", type=int, required=True, help="Key of the organisation."
)
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
)
@click.option("--name", default="")
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh_CN")
def invite(
    email: str, organisation_id: int, roles: tuple[str, ...], name: str, language: str
) -> None:
    """Invite somebody by mail; print the link as well."""
    settings: Settings = current_app.extensions["settings"]
    invitee = Invitee(
        email.strip().lower(), name, language, frozenset(Role(role) for role in roles)
    )
    with _changing() as session:
        organisation = session.get(Organisation, organisation_id)
        if organisation is None:
            click.echo("there is no organisation with this key", err=True)
            sys.exit(1)
        letter = operations.invite_first(session, organisation, invitee, now=utc_now())
        token = letter_token(settings.secret_key, letter.kind, letter.id)
    click.echo(f"{settings.base_url}/invitations/{token}")


@cli.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Close an account: nobody signs in with it, its sessions end."""
    with _changing() as session:
        operations.disable(session, email.strip().lower(), now=utc_now())


@cli.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Open a closed account again."""
    with _changing() as session:
        operations.enable(session, email.strip().lower(), now=utc_now())


@contextmanager
def _changing() -> Iterator[Session]:
    """Work in one transaction; tell a refusal and exit 1."""
    with current_app.extensions["sessions"]() as session:
        writing(session)
        try:
            yield session
        except DomainError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        session.commit()
