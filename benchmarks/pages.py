"""Times the most used pages in one process, beside a bare Flask response and a plain query measured in the same run.

Run: ./run.sh bench pages [rounds]

Loads the demonstration into a temporary folder, signs in as the people concerned and prints for each page: statements,
p50 and p95 in milliseconds, and the ratio of p50 to a bare response.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import event, text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import create_app
from core import migrate
from core.settings import Settings, database_url

PASSWORD = "assay-demo"  # noqa: S105 -- the demonstration's, printed on its sign-in page
PAGES = (
    ("lead", "/", "home of the team leader"),
    ("manager", "/", "home of the provider"),
    ("planner", "/audits/", "list of audits"),
    ("lead", "/audits/{audit}", "one audit"),
    ("lead", "/audits/{audit}/fieldwork/{answer}", "one criterion in the fieldwork"),
    ("lead", "/findings", "list of findings"),
    ("lead", "/audits/{audit}/rating/", "rating"),
    ("decider", "/certificates", "list of certificates"),
    ("planner", "/applications/", "list of applications"),
    ("inspector", "/oversight", "oversight"),
    (None, "/registry?q=a", "registry search"),
    (None, "/verify/{token}", "verification page"),
    (None, "/verify/{token}.json", "verification as JSON"),
)


def main(rounds: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        app = prepared(Path(folder))
        keys = keys_of(app)
        bare = timed(bare_response(), rounds)
        query = timed(plain_query(app), rounds)
        print(f"{'bare Flask response':<34} {'':>3} {row(bare, bare[0])}")
        print(f"{'plain query':<34} {1:>3} {row(query, bare[0])}")
        for who, address, title in PAGES:
            client = app.test_client()
            if who:
                sign_in(client, f"{who}@demo.example")
            url = address.format(**keys)
            count = statements(app, client, url)
            measured = timed(lambda url=url, client=client: client.get(url), rounds)
            print(f"{title:<34} {count:>3} {row(measured, bare[0])}")


def prepared(folder: Path) -> Flask:
    """Build an application with the demonstration in a folder."""
    settings = Settings(
        data_dir=folder,
        database_url=database_url("", folder),
        secret_key="benchmark",  # noqa: S106
    )
    app = create_app(settings)
    migrate.upgrade(app.extensions["engine"])
    from demo import operations

    with app.app_context():
        operations.load(app.extensions["sessions"], settings, app.extensions["handlers"])
    return app


def keys_of(app: Flask) -> dict[str, object]:
    """Find an audit in fieldwork with its first answer, and a certificate's token."""
    with app.extensions["sessions"]() as session:
        audit, answer = session.execute(
            text(
                "SELECT a.id, min(x.id) FROM audits a JOIN answers x ON x.audit_id = a.id "
                "JOIN team_members t ON t.audit_id = a.id JOIN people p ON p.id = t.person_id "
                "WHERE p.email = 'lead@demo.example' GROUP BY a.id ORDER BY a.state = 'in_progress' DESC LIMIT 1"
            )
        ).one()
        token = session.execute(text("SELECT token FROM certificates LIMIT 1")).scalar_one()
    return {"audit": audit, "answer": answer, "token": token}


def sign_in(client: object, email: str) -> None:
    """Sign in as a person of the demonstration."""
    page = client.get("/sign-in").get_data(as_text=True)  # type: ignore[attr-defined]
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"email": email, "password": PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", data=form)  # type: ignore[attr-defined]
    if answer.status_code != 302:
        sys.exit(f"{email} could not sign in")


def statements(app: Flask, client: object, url: str) -> int:
    """Count the statements of one warm request; stop where the page does not answer 200."""
    seen: list[str] = []
    engine = app.extensions["engine"]

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    client.get(url)  # type: ignore[attr-defined]
    event.listen(engine, "before_cursor_execute", note)
    answer = client.get(url)  # type: ignore[attr-defined]
    event.remove(engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        sys.exit(f"{url} answered {answer.status_code}")
    return len(seen)


def bare_response() -> Callable[[], object]:
    """Give a request to an application of one line."""
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "ok")
    client = app.test_client()
    return lambda: client.get("/")


def plain_query(app: Flask) -> Callable[[], object]:
    """Give one indexed read on a session of its own."""

    def read() -> None:
        with app.extensions["sessions"]() as session:
            session.execute(text("SELECT * FROM people WHERE id = 1")).all()

    return read


def timed(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Give p50 and p95 in milliseconds, after three runs that are not counted."""
    for _ in range(3):
        work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


def row(measured: tuple[float, float], bare: float) -> str:
    """Write one line's figures."""
    p50, p95 = measured
    return f"p50 {p50:7.2f} ms   p95 {p95:7.2f} ms   {p50 / bare:6.1f} x bare"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
