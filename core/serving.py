"""The production server: one process loads the application, then forks those who prepare and those who answer.

Loading is most of a start. Forked workers have it done already, and share the memory it takes.
"""

import gc
import multiprocessing
import sys
from typing import cast

import click
from flask import Flask, current_app

THREADS = 4  # what the pool of connections serves; more would only wait for one another
IN_LINE = 128  # requests a worker lets wait before the system's own queue does
PATIENCE_SECONDS = 5  # how long a stop waits for answers under way


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, help="Port to listen at.")
@click.option("--workers", default=2, show_default=True, help="Processes that answer.")
def serve(*, host: str, port: int, workers: int) -> None:
    """Bring the database up to date and serve until told to stop."""
    application = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001
    forks = multiprocessing.get_start_method() == "fork"
    if forks:
        # In a process of its own: what a migration or the demonstration loads, the workers need not carry.
        preparing = multiprocessing.Process(target=_prepare, args=(application,))
        preparing.start()
        preparing.join()
        if preparing.exitcode:
            sys.exit(1)
    else:
        _prepare(application)
    _answer(application if forks else None, host, port, workers)


def _prepare(application: Flask) -> None:
    with application.app_context():
        application.cli.commands["prepare"].main(args=[], standalone_mode=False)


def _answer(application: Flask | None, host: str, port: int, workers: int) -> None:
    from granian import Granian  # noqa: PLC0415
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    server = Granian(
        "app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=IN_LINE,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE_SECONDS,
        log_level=LogLevels.error,
    )
    if application is None:
        server.serve()
        return
    application.extensions["engine"].dispose()  # no connection may cross the fork
    gc.freeze()
    server.serve(target_loader=lambda: application, wrap_loader=False)
