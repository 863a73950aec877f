"""Runs one upload after another in processes of their own and kills each at another step.

``python -m tests.integration.evidence.crashing FOLDER`` leaves one data folder for each step in FOLDER and prints,
as JSON, their names with the steps reached and whether the upload was acknowledged.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import evidence.upkeep.queries  # noqa: F401 -- every table that claims a content
from core.db import Model, make_engine, make_sessions, writing
from evidence.files.operations import hand_over
from evidence.files.rules import EvidenceClass
from evidence.files.storage import DiskStore
from tests.factories.accounts import NOW, OrganisationKind, acting, organisation, person

CONTENT = b"words that matter\n" * 10_000
MOST_STEPS = 40


def prepare(folder: Path) -> None:
    """Make a database with a provider (1), a body (2) and a person (1)."""
    folder.mkdir()
    engine = make_engine(f"sqlite:///{folder / 'db'}")
    Model.metadata.create_all(engine)
    with make_sessions(engine)() as session:
        organisation(session)
        organisation(session, OrganisationKind.BODY)
        person(session, password=None)
        session.commit()
    engine.dispose()


def upload(folder: Path, step: Callable[[str], None]) -> None:
    """Hand over one file, telling every step before it is taken."""
    for name in ("fsync", "replace", "pwrite", "utime", "mkdir"):
        setattr(os, name, _told(getattr(os, name), name, step))
    store = DiskStore(folder / "files", 1 << 30)
    sessions = make_sessions(make_engine(f"sqlite:///{folder / 'db'}"))
    step("begin")
    incoming = store.begin()
    incoming.write(CONTENT[:100_000])
    incoming.write(CONTENT[100_000:])
    incoming.seal()
    with sessions() as session:
        writing(session)
        actor = acting(_Row(1, "A"), _Row(1, kind=OrganisationKind.PROVIDER))
        hand_over(
            session,
            actor,
            store,
            incoming,
            file_name="a.txt",
            title="A",
            shows="B",
            confidentiality=EvidenceClass.INTERNAL,
            client_id=1,
            body_id=2,
            now=NOW,
        )
        step("commit")
        session.commit()
        step("answer")
    incoming.close()


class _Row:
    def __init__(self, key: int, name: str = "", kind: Any = None) -> None:
        self.id, self.name, self.kind = key, name, kind


def _told(call: Callable[..., Any], name: str, step: Callable[[str], None]) -> Callable[..., Any]:
    def wrapped(*arguments: Any, **options: Any) -> Any:
        step(name)
        return call(*arguments, **options)

    return wrapped


def _run(folder: Path, last: int) -> list[str]:
    """Upload in a child that dies right before its step number ``last``; give the steps it reached."""
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        told = os.write
        taken = 0

        def step(name: str) -> None:
            nonlocal taken
            if taken == last:
                os._exit(9)
            taken += 1
            told(telling, f"{name} ".encode())

        try:
            upload(folder, step)
            told(telling, b"answered ")
        finally:
            os._exit(0)
    os.close(telling)
    with os.fdopen(reading) as pipe:
        steps = pipe.read().split()
    os.waitpid(child, 0)
    return steps


def main(base: Path) -> None:
    """Kill one step later each time, until an upload is answered."""
    prepare(base / "template")
    runs = {}
    for last in range(MOST_STEPS):
        folder = base / f"{last:02}"
        shutil.copytree(base / "template", folder)
        runs[folder.name] = _run(folder, last)
        if "answered" in runs[folder.name]:
            break
    print(json.dumps(runs))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
