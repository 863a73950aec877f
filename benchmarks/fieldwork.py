"""Times the fieldwork: page, criterion, save and the choice of a checklist, for 10, 100 and 1,200 criteria.

Run: ./run.sh bench fieldwork [rounds] [--quick]

Each size is measured with 1 and with 100 audits in the database, in one process, beside a bare Flask response and a
plain query of the same run: statements, p50 and p95 in milliseconds, requests per second of one client. Then the real
server answers 8 clients at once (--quick leaves that out). Everything happens in temporary folders.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import create_app
from audit.assessment.models import Answer
from audit.assessment.rules import Conformity
from audit.checklist import operations as checklist
from audit.planning.models import Audit
from audit.planning.rules import AuditState
from benchmarks.pages import bare_response, plain_query, timed
from checklists.standards import operations as standards
from core import migrate
from core.settings import Settings, database_url
from tests.factories.audits import World, audit_in, world

SIZES = (10, 100, 1200)
AUDITS = (1, 100)
CLIENTS = 8
SECONDS = 8
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TEXT = "服务商把请求分为紧急、高、中、低四级。对紧急请求，从登记到工程师开始处理不超过一小时；开始的时间由系统记录。"


@dataclass
class Scene:
    """An application with audits in its database, and what is needed to ask it."""

    app: Flask
    folder: Path
    url: str
    keys: list[int]
    email: str
    planned_id: int
    actor: Any


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=60)
    parser.add_argument("--quick", action="store_true", help="leave out the real server")
    given = parser.parse_args()
    for audits in AUDITS:
        for size in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                scene = prepared(Path(folder), size, audits)
                print(
                    f"\n{size:,} criteria, {audits} audit{'s' if audits > 1 else ''} in the database"
                )
                measure(scene, given.rounds)
                if size == max(SIZES) and not given.quick:
                    serve(scene)


def prepared(folder: Path, size: int, audits: int) -> Scene:
    """Build an application with so many audits of so many criteria; in the first, two of three are answered."""
    settings = Settings(
        data_dir=folder,
        database_url=database_url("", folder),
        secret_key="benchmark",  # noqa: S106
        demo=False,
    )
    app = create_app(settings)
    migrate.upgrade(app.extensions["engine"])
    with app.extensions["sessions"]() as session:
        stage, other = world(session), world(session)
        version = standards.import_pack(session, None, standard(size), now=NOW)
        running = [
            filled(session, world(session) if n else stage, version.id, answered=not n)
            for n in range(audits)
        ]
        planned = audit_in(session, AuditState.TEAM_CONFIRMED, within=other)
        planned.standard_version_id, planned.level_sought = version.id, 5
        session.commit()
        keys = session.scalars(
            select(Answer.id).where(Answer.audit_id == running[0]).order_by(Answer.position)
        ).all()
        email = stage.person(stage.leader).email
        return Scene(
            app, folder, f"/audits/{running[0]}/fieldwork/", list(keys), email, planned.id,
            other.planner,
        )  # fmt: skip


def standard(size: int) -> dict[str, Any]:
    """Give the pack of a standard of the usual length of texts."""
    dimensions = ("availability", "response", "capacity", "satisfaction", "improvement")

    def both(text: str) -> dict[str, str]:
        return {"zh": text, "en": text}

    criteria = [
        {
            "code": f"B{n // 60 + 1}.{n}",
            "dimension": dimensions[n % 5],
            "area": "process",
            "stage": "delivery",
            "level_from": 1,
            "weight": 1,
            "critical": n % 12 == 0,
            "methods": ["interview"],
            "title": both(f"紧急请求在一小时内开始处理，第{n}条"),
            "requirement": both(TEXT * 2),
            "guidance": both(TEXT * 3),
            "evidence": both(TEXT),
            "sources": ["S-06"],
        }
        for n in range(size)
    ]
    sections = [
        {
            "code": f"B{k // 60 + 1}",
            "title": both(f"第{k // 60 + 1}章"),
            "criteria": criteria[k : k + 60],
        }
        for k in range(0, size, 60)
    ]
    return {
        "format": "assay-standard/1", "code": "BENCH", "version": "1.0", "title": both("基准"),
        "summary": both("基准"), "sections": sections,
    }  # fmt: skip


def filled(session: Session, stage: World, version_id: int, *, answered: bool) -> int:
    """Make an audit in progress over the whole standard; gives its key."""
    audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    session.execute(delete(Answer).where(Answer.audit_id == audit.id))
    audit.standard_version_id, audit.level_sought = version_id, 5
    audit.state = AuditState.PLANNED
    session.flush()
    checklist.choose_checklist(session, stage.planner, audit, now=NOW)
    audit.state = AuditState.IN_PROGRESS
    session.flush()
    if answered:
        session.execute(
            update(Answer)
            .where(Answer.audit_id == audit.id, Answer.position % 3 != 0)
            .values(
                conformity=Conformity.CONFORMS, rating=3, notes=TEXT,
                answered_by_id=stage.leader.person_id, answered_at=NOW,
            )
        )  # fmt: skip
    session.commit()
    session.expunge_all()
    return audit.id


# -- in one process ------------------------------------------------------------------------------


def measure(scene: Scene, rounds: int) -> None:
    """Print a line for each kind of request."""
    bare = timed(bare_response(), rounds)
    line("bare Flask response", 0, bare, bare[0])
    line("plain query", 1, timed(plain_query(scene.app), rounds), bare[0])
    client = scene.app.test_client()
    token = sign_in(client, scene.email)
    middle = f"{scene.url}{scene.keys[len(scene.keys) // 2]}"
    last = f"{scene.url}{scene.keys[-1]}"
    part = {"X-Part": "criterion"}
    saves = saving(client, last, token)
    for name, work in (
        ("page", lambda: expect(client.get(middle))),
        ("criterion", lambda: expect(client.get(middle, headers=part))),
        ("save", saves),
        ("choice of a checklist", choosing(scene)),
    ):
        work()
        with counted(scene.app) as sent:
            work()
        line(name, len(sent), timed(work, rounds), bare[0])


def expect(answer: Any) -> Any:
    """Read an answer whole; stop where it is not 200."""
    if answer.status_code != 200:
        sys.exit(f"{answer.request.path} answered {answer.status_code}")
    return answer.get_data()


def saving(client: Any, url: str, token: str) -> Callable[[], None]:
    """Give a save of one answer, each time with other words, carrying its revision on."""
    state = {
        "revision": int(
            between(client.get(url).get_data(as_text=True), 'name="revision" type="hidden" value="')
        )
    }

    def save() -> None:
        form = answer_form(token, state["revision"])
        told = json.loads(expect(client.post(url, data=form, headers={"X-Part": "answer"})))
        state["revision"] = told["revision"]

    return save


def answer_form(token: str, revision: int) -> dict[str, object]:
    """Give the fields of an answer."""
    return {
        "csrf_token": token, "revision": revision, "conformity": "conforms", "rating": "3",
        "notes": f"{TEXT}{revision}", "methods": "interview", "evidence_verified": "y",
    }  # fmt: skip


def choosing(scene: Scene) -> Callable[[], None]:
    """Give the choice of a checklist, taken back each time."""

    def choose() -> None:
        with scene.app.extensions["sessions"]() as session:
            audit = session.get_one(Audit, scene.planned_id)
            checklist.choose_checklist(session, scene.actor, audit, now=NOW)
            session.rollback()

    return choose


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """Gather the statements that are sent meanwhile."""
    seen: list[str] = []
    engine = app.extensions["engine"]

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def sign_in(client: Any, email: str) -> str:
    """Sign in; gives the token that forms carry."""
    token = between(client.get("/sign-in").get_data(as_text=True), 'name="csrf_token" value="')
    form = {"email": email, "password": "assay-demo", "csrf_token": token}
    if client.post("/sign-in", data=form).status_code != 302:
        sys.exit(f"{email} could not sign in")
    return between(client.get("/audits/").get_data(as_text=True), 'name="csrf_token" value="')


def between(text: str, start: str) -> str:
    """Cut a value out of a page."""
    return text.partition(start)[2].partition('"')[0]


def line(name: str, statements: int, measured: tuple[float, float], bare: float) -> None:
    """Print one line's figures."""
    p50, p95 = measured
    print(
        f"{name:<24} {statements:>3} statements   p50 {p50:7.2f} ms   p95 {p95:7.2f} ms   "
        f"{1000 / p50:8.0f} a second   {p50 / bare:6.1f} x bare",
        flush=True,
    )


# -- over the real server --------------------------------------------------------------------------


def serve(scene: Scene) -> None:
    """Start the product's server on the same database and let 8 clients ask at once."""
    scene.app.extensions["engine"].dispose()
    port = free_port()
    environment = os.environ | {
        "DATA_DIR": str(scene.folder),
        "SECRET_KEY": "benchmark",
        "DEMO": "0",
        "FLASK_APP": "app:create_app",
    }
    command = [sys.executable, "-m", "flask", "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(  # noqa: S603 -- our own server
        command, env=environment, cwd=Path(__file__).resolve().parent.parent
    )
    try:
        wait_for(port)
        for name in ("page", "save"):
            rate = asked_by_many(scene, port, name)
            print(f"{name + f', {CLIENTS} clients, granian':<40} {rate:8.0f} a second", flush=True)
    finally:
        server.terminate()
        server.wait(15)


def free_port() -> int:
    """Find a port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    for _try in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not start")


def asked_by_many(scene: Scene, port: int, name: str) -> float:
    """Let two processes with four clients each ask for some seconds; gives answers a second."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        halves = [
            (port, scene.email, scene.url, scene.keys[n * 4 : n * 4 + 4], name) for n in range(2)
        ]
        return sum(pool.map(_clients, halves))


def _clients(given: tuple[int, str, str, list[int], str]) -> float:
    port, email, url, keys, name = given
    counts: list[float] = []
    threads = [
        threading.Thread(target=_client, args=(port, email, f"{url}{key}", name, counts))
        for key in keys
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def _client(port: int, email: str, url: str, name: str, counts: list[float]) -> None:
    asking = Asking(port)
    token = asking.sign_in(email)
    revision = int(between(asking.get(url), 'name="revision" type="hidden" value="'))
    end = time.perf_counter() + SECONDS
    start, count = time.perf_counter(), 0
    while time.perf_counter() < end:
        if name == "page":
            asking.get(url)
        else:
            told = asking.post(url, answer_form(token, revision), {"X-Part": "answer"})
            revision = json.loads(told)["revision"]
        count += 1
    counts.append(count / (time.perf_counter() - start))


class Asking:
    """A client of one connection that keeps its cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}

    def sign_in(self, email: str) -> str:
        """Sign in; gives the token that forms carry."""
        token = between(self.get("/sign-in"), 'name="csrf_token" value="')
        form = {"email": email, "password": "assay-demo", "csrf_token": token}
        self.post("/sign-in", form, {})
        return between(self.get("/audits/"), 'name="csrf_token" value="')

    def get(self, url: str) -> str:
        """Read a page."""
        return self._ask("GET", url, None, {})

    def post(self, url: str, form: dict[str, object], headers: dict[str, str]) -> str:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", url, urlencode(form), headers | kind)

    def _ask(self, method: str, url: str, body: str | None, headers: dict[str, str]) -> str:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, url, body, headers | {"Cookie": cookie})
        answer = self._connection.getresponse()
        for kept in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = kept.partition(";")[0].partition("=")
            self._cookies[name] = value
        text = answer.read().decode()
        if answer.status >= 400:
            sys.exit(f"{url} answered {answer.status}: {text[:300]}")
        return text


if __name__ == "__main__":
    main()
