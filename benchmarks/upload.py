"""Measures uploads against the real server: ``python benchmarks/upload.py [--folder F] [--rounds N]``.

Prints the median of each way to hand over 10 MB beside a plain copy of the same bytes and a bare answer of Flask
measured in the same run, and what an upload of 100 MB adds to the worker's memory.
"""

import argparse
import http.client
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, request

ROOT = Path(__file__).parent.parent
SIZE = 10 * 1024 * 1024
LARGE = 100 * 1024 * 1024
GOALS = {"raw": 26, "form": 60}
BOUNDARY = "----assay-benchmark"


def make_app() -> Flask:
    """Build what is measured: the store with a raw and a form route, and the same with row and event."""
    sys.path.insert(0, str(ROOT))
    from flask_babel import Babel

    from core.clock import utc_now
    from core.db import Model, make_engine, make_sessions, writing
    from core.permissions import OrganisationKind, Permission
    from core.web import requires
    from evidence.files.forms import EvidenceForm, init_app
    from evidence.files.operations import hand_over
    from evidence.files.storage import DiskStore
    from tests.factories.accounts import acting, organisation, person

    folder = Path(os.environ["ASSAY_BENCHMARK"])
    engine = make_engine(f"sqlite:///{folder / 'db'}")
    Model.metadata.create_all(engine)
    sessions = make_sessions(engine)
    with sessions() as session:
        client, body = organisation(session), organisation(session, OrganisationKind.BODY)
        actor = acting(person(session, password=None), client)
        client_id, body_id = client.id, body.id
        session.commit()
    store = DiskStore(folder / "files", 2 * LARGE)
    app = Flask("benchmark")
    app.config.update(SECRET_KEY=secrets.token_hex(), MAX_FORM_MEMORY_SIZE=1 << 20)
    Babel(app)
    init_app(app, store)

    @app.get("/bare")
    @requires(Permission.EVIDENCE_READ)
    def bare() -> str:
        return "x"

    @app.put("/raw")
    @requires(Permission.EVIDENCE_UPLOAD)
    def raw() -> str:
        return store.keep(request.receive()).sha256  # type: ignore[attr-defined]

    @app.post("/form")
    @requires(Permission.EVIDENCE_UPLOAD)
    def form() -> str:
        return store.keep(_valid(EvidenceForm()).incoming).sha256

    @app.post("/whole")
    @requires(Permission.EVIDENCE_UPLOAD)
    def whole() -> str:
        form = _valid(EvidenceForm())
        with sessions() as session:
            writing(session)
            made = hand_over(
                session, actor, store, form.incoming, **form.about(),
                client_id=client_id, body_id=body_id, now=utc_now(),
            )  # fmt: skip
            session.commit()
            return str(made.id)

    def _valid(form: EvidenceForm) -> EvidenceForm:
        if not form.validate_on_submit():
            raise ValueError(form.errors)
        return form

    return app


def form_of(content: bytes) -> bytes:
    """Pack a file into the form of evidence, as a browser does."""
    fields = {"title": "Records", "shows": "Everything of October", "confidentiality": "internal"}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return "".join([*parts, head]).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def content_of(size: int) -> bytes:
    """Give fresh bytes that pass for a PDF and cannot be compressed."""
    return b"%PDF-1.7\n" + secrets.token_bytes(size - 20) + b"\n%%EOF\n"


class Server:
    """One worker of the real server, and a connection to it that stays open."""

    def __init__(self, folder: Path, port: int) -> None:
        options = ("--interface wsgi --factory --http 1 --no-ws --no-log --workers 1 "
                   f"--blocking-threads 4 --backpressure 128 --port {port}")  # fmt: skip
        server = str(Path(sys.executable).parent / "granian")
        command = [server, *options.split(), "benchmarks.upload:make_app"]
        environment = os.environ | {"ASSAY_BENCHMARK": str(folder)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(200):
            try:
                self.ask("GET", "/bare")
            except OSError:
                self.connection.close()
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise TimeoutError

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "application/octet-stream",
    ) -> None:
        """Send a request and read the answer."""
        self.connection.request(method, path, body, {"Content-Type": kind} if body else {})
        answer = self.connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(said)

    def memory(self, field: str) -> float:
        """Read ``VmRSS`` or ``VmHWM`` of the worker, in MB."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        worker = max(map(int, children.split()))
        for line in Path(f"/proc/{worker}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / 1024
        raise LookupError(field)

    def stop(self) -> None:
        """End it."""
        self.connection.close()
        self.process.terminate()
        self.process.wait()


def median_ms(rounds: int, prepare: Callable[[], bytes], act: Callable[[bytes], object]) -> float:
    """Time the act on fresh bytes each round; the first two rounds warm up."""
    taken = []
    for _ in range(rounds + 2):
        given = prepare()
        start = time.perf_counter()
        act(given)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken[2:])


def clear(folder: Path) -> None:
    """Remove what the round before kept: memory that a fresh virtual machine never touched costs 3 ms a megabyte."""
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size > SIZE // 2:
            path.unlink()


def copy_synced(folder: Path, source: bytes) -> None:
    """Write bytes to a new file and sync it: what the disk costs anyone."""
    with (folder / secrets.token_hex()).open("xb") as file:
        file.write(source)
        file.flush()
        os.fsync(file.fileno())


def measure(folder: Path, rounds: int, port: int) -> dict[str, float]:
    """Run every way in turn; milliseconds, and megabytes for what begins with ``memory``."""
    server = Server(folder, port)
    kind = f"multipart/form-data; boundary={BOUNDARY}"

    def ten() -> bytes:
        clear(folder)
        return content_of(SIZE)

    try:
        figures = {
            "bare answer": median_ms(50, lambda: b"", lambda _: server.ask("GET", "/bare")),
            "copy and sync": median_ms(rounds, ten, lambda given: copy_synced(folder, given)),
            "raw": median_ms(rounds, ten, lambda given: server.ask("PUT", "/raw", given)),
            "form": median_ms(
                rounds,
                lambda: form_of(ten()),
                lambda given: server.ask("POST", "/form", given, kind),
            ),
            "form, row and event": median_ms(
                rounds,
                lambda: form_of(ten()),
                lambda given: server.ask("POST", "/whole", given, kind),
            ),
        }
        before = server.memory("VmRSS")
        peak = server.memory("VmHWM")
        server.ask("PUT", "/raw", content_of(LARGE))
        server.ask("POST", "/form", form_of(content_of(LARGE)), kind)
        figures["memory before 100 MB"] = before
        figures["memory after 100 MB, raw and form"] = server.memory("VmRSS")
        figures["memory, growth of the peak"] = server.memory("VmHWM") - peak
    finally:
        server.stop()
    return figures


def main() -> None:
    """Print the figures; exit 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, help="on the disk to measure (default: the temporary folder)"
    )
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--port", type=int, default=8765)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="assay-benchmark-", dir=given.folder))
    try:
        figures = measure(folder, given.rounds, given.port)
    finally:
        shutil.rmtree(folder)
    for name, value in figures.items():
        unit = "MB" if name.startswith("memory") else "ms"
        goal = f"  (goal {GOALS[name]})" if name in GOALS else ""
        sys.stdout.write(f"{name:36}{value:8.1f} {unit}{goal}\n")
    grown = figures["memory, growth of the peak"]
    missed = [name for name, goal in GOALS.items() if figures[name] > goal]
    sys.exit(bool(missed) or grown > 10)


if __name__ == "__main__":
    main()
