"""The command line of the ground: database, events, jobs, routes."""

import json
import signal
import sys
import threading
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from core import events, jobs, migrate
from core.permissions import as_markdown

database = AppGroup("database", help="The schema of the database.")
event_log = AppGroup("events", help="The event log.")
job_queue = AppGroup("jobs", help="Long work.")


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to the newest version."""
    migrate.upgrade(current_app.extensions["engine"])


@event_log.command("verify")
def verify() -> None:
    """Check the whole chain; exit 1 and name the first broken event otherwise."""
    with current_app.extensions["sessions"]() as session:
        count, broken = events.verify(session)
    if broken is not None:
        click.echo(f"broken at event {broken}, after {count} sound ones")
        sys.exit(1)
    click.echo(str(count))


@job_queue.command("work")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
def work(*, once: bool) -> None:
    """Work through the queue until told to stop."""
    from core.web import settings  # noqa: PLC0415

    extensions = current_app.extensions
    sessions, handlers, also = extensions["sessions"], extensions["handlers"], extensions["round"]
    if once:
        also()
        click.echo(str(jobs.run_due(sessions, settings(), handlers)))
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    jobs.work(sessions, settings(), handlers, stop=stop, also=also)


@click.command("routes-audit")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def routes_audit(*, as_json: bool) -> None:
    """List every route with the permission it needs."""
    rows = route_table()
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    for row in rows:
        methods = ",".join(row["methods"])
        click.echo(f"{row['permission']:<28} {methods:<10} {row['rule']}  ({row['endpoint']})")


@click.command("permissions")
def permissions_table() -> None:
    """Print who may do what, as docs/permissions.md has it."""
    click.echo(as_markdown(), nl=False)


def route_table() -> list[dict[str, Any]]:
    """Describe every route: rule, methods, endpoint, permission (several joined by ``|``) or ``public``."""
    rows: list[dict[str, Any]] = []
    for rule in current_app.url_map.iter_rules():
        bundled = rule.endpoint == "static" or rule.endpoint.endswith(".static")
        marks = () if bundled else vars(current_app.view_functions[rule.endpoint])["permissions"]
        rows.append(
            {
                "rule": rule.rule,
                "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
                "endpoint": rule.endpoint,
                "permission": "|".join(mark.value for mark in marks) or "public",
            }
        )
    return sorted(rows, key=lambda row: (str(row["rule"]), str(row["endpoint"])))
