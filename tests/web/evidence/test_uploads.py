"""Uploads and downloads through HTTP, on the smallest application that has them."""

import hashlib
import io
import re
import tracemalloc
from datetime import timedelta
from urllib.parse import unquote

import pytest
from flask import Flask, g, request
from werkzeug.http import parse_options_header

from core.errors import DomainError, Invalid
from core.permissions import OrganisationKind, Permission, Role
from core.web import public, requires
from evidence.files import operations, queries
from evidence.files.forms import PUBLIC_LIMIT, EvidenceForm, file_store, init_app
from evidence.files.models import Evidence
from evidence.files.rules import EvidenceClass
from evidence.files.storage import DiskStore
from evidence.files.views import attachment, disposition, tile
from tests.factories.accounts import NOW, acting, organisation, person

LIMIT = 2 << 20
CONTENT = b"2026-10-01 08:00 ticket closed\n" * 1000
BOUNDARY = "a-boundary"


FORM = f"multipart/form-data; boundary={BOUNDARY}"


def form_body(files, fields=None):
    heads = {f'name="{field}"': value.encode() for field, value in (fields or {}).items()}
    for field, (name, content) in files.items():
        heads[f'name="{field}"; filename="{name}"'] = content
    parts = [
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content
        for head, content in heads.items()
    ]
    return b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


class Installation:
    """An application with one route up and one down, over a store and a database."""

    def __init__(self, folder, session) -> None:
        self.session = session
        self.store = DiskStore(folder / "files", LIMIT)
        client, body = organisation(session), organisation(session, OrganisationKind.BODY)
        self.ids = {"client_id": client.id, "body_id": body.id}
        self.actor = acting(person(session, password=None), client, Role.MANAGER)
        session.commit()
        self.app = Flask(__name__)
        self.app.config.update(SECRET_KEY="x", TESTING=True, MAX_FORM_MEMORY_SIZE=1 << 20)
        from flask_babel import Babel

        Babel(self.app)
        init_app(self.app, self.store)
        self.app.register_error_handler(DomainError, self.refused)
        self.app.add_url_rule("/up", view_func=self.up(), methods=["POST"])
        self.app.add_url_rule("/raw", view_func=self.raw(), methods=["PUT"])
        self.app.add_url_rule("/open", view_func=self.open(), methods=["POST"])
        self.app.add_url_rule("/down/<int:key>", view_func=self.down())
        self.client = self.app.test_client()

    @staticmethod
    def refused(error):
        g.form_read_again = dict(request.form)  # an error page may look at the form once more
        return str(error), error.status

    def up(self):
        @requires(Permission.EVIDENCE_UPLOAD)
        def up():
            form = EvidenceForm()
            if not form.validate_on_submit():
                return {name: list(map(str, said)) for name, said in form.errors.items()}, 422
            assert form.incoming.sealed
            try:
                evidence = operations.hand_over(
                    self.session, self.actor, file_store(), form.incoming,
                    **form.about(), **self.ids, now=NOW,
                )  # fmt: skip
            except Invalid as error:
                form.refuse(error)
                return {name: list(map(str, said)) for name, said in form.errors.items()}, 422
            self.session.commit()
            return str(evidence.id)

        return up

    def raw(self):
        @requires(Permission.EVIDENCE_UPLOAD)
        def raw():
            incoming = request.receive()
            return f"{incoming.sha256} {incoming.size}"

        return raw

    def open(self):
        @public
        def open_():
            return str(sum(len(file.read()) for file in request.files.values()))

        return open_

    def down(self):
        @requires(Permission.EVIDENCE_READ)
        def down(key):
            return attachment(queries.item(self.session, self.actor, key))

        return down

    def hand_over(self, content=CONTENT, name="工单 10月.txt", **values):
        given = {"title": "Tickets", "shows": "All of October", "confidentiality": "internal"}
        return self.post("/up", {"file": (name, content)}, given | values)

    def post(self, url, files, fields=None):
        return self.client.post(url, data=form_body(files, fields), content_type=FORM)

    def get(self, url, **options):
        return self.client.open(url, buffered=True, **options)

    def files(self):
        found = (path for path in self.store.root.rglob("*") if path.is_file())
        return sorted(path.name for path in found if path.name != "lock")


@pytest.fixture
def place(tmp_path, session) -> Installation:
    return Installation(tmp_path, session)


def test_a_form_upload_is_kept_under_its_digest(place):
    """S-05: what was sent is what is kept, with its cleaned name and what it shows."""
    answer = place.hand_over(name="fakepath/工单 10月.txt")
    assert answer.status_code == 200
    evidence = place.session.get_one(Evidence, int(answer.text))
    assert (evidence.file_name, evidence.title) == ("工单 10月.txt", "Tickets")
    assert evidence.confidentiality is EvidenceClass.INTERNAL
    assert place.files() == [hashlib.sha256(CONTENT).hexdigest()]


@pytest.mark.parametrize("size", [1, 4095, 65_536, 262_143, 262_144, 1_000_003])
def test_no_byte_is_lost_at_any_border(place, size):
    """S-05: line breaks and marks inside a file, at the borders of blocks too, arrive as sent."""
    content = (b"\r\n--a-boundar\r\n-\r\n" * (size // 10 + 1))[:size]
    body = form_body({"file": ("a.txt", content)})
    with place.app.test_request_context(
        "/up", method="POST", data=body, content_type=FORM
    ) as context:
        incoming = context.request.files["file"].stream
        assert (incoming.size, incoming.sha256) == (size, hashlib.sha256(content).hexdigest())
        assert place.files() != []
    assert place.files() == []


def test_a_bare_body_is_taken_too(place):
    """I-24: a photo from the field comes as a bare body."""
    answer = place.client.put("/raw", data=CONTENT)
    assert answer.text == f"{hashlib.sha256(CONTENT).hexdigest()} {len(CONTENT)}"
    assert place.files() == []


def test_a_refused_file_is_told_beside_the_field_and_leaves_nothing(place):
    """S-32: a hostile file is refused in words."""
    answer = place.hand_over(b"<svg onload=alert(1)>", "a.png")
    assert answer.status_code == 422
    assert "scripts" in answer.json["file"][0]
    assert place.files() == []


def test_a_form_that_is_not_whole_leaves_nothing(place):
    """S-05: what is missing is told; the file does not stay behind."""
    answer = place.hand_over(title="", confidentiality="secret")
    assert answer.status_code == 422
    assert set(answer.json) == {"title", "confidentiality"}
    answer = place.client.post("/up", data={"title": "x"})
    assert answer.json["file"] == ["Choose a file."]
    assert place.files() == []


@pytest.mark.parametrize("excess", [1, 2 << 20], ids=["inside the form", "by its length"])
def test_over_the_limit_is_413_and_leaves_nothing(place, excess):
    """S-32: the limit is told in words, once, whatever the error page reads after it."""
    answer = place.hand_over(bytes(LIMIT + excess), "a.txt")
    assert answer.status_code == 413
    assert answer.text.startswith("The file is larger than 2 MB.")
    assert place.files() == []
    answer = place.client.put("/raw", data=bytes(LIMIT + excess))
    assert answer.status_code == 413
    assert place.files() == []


def test_many_files_in_one_form_do_not_pass_the_limit_together(place):
    """S-32: the limit is on the whole body as well."""
    files = {f"file{n}": ("a.txt", bytes(LIMIT - 10)) for n in range(3)}
    assert place.post("/up", files).status_code == 413
    assert place.files() == []


def test_a_page_open_to_anyone_takes_little(place):
    """S-32: nobody fills the disk without having signed in."""
    assert place.post("/open", {"file": ("a.txt", b"x" * 1000)}).text == "1000"
    assert place.post("/open", {"file": ("a.txt", bytes(PUBLIC_LIMIT))}).status_code == 413
    assert not place.store.root.exists()


@pytest.mark.parametrize("share", [0.05, 0.5, 0.999])
def test_a_connection_that_breaks_leaves_nothing(place, share):
    """S-33: half an upload is no upload: 400 for whoever still listens, and no trace."""
    body = form_body({"file": ("a.txt", CONTENT * 20)})
    answer = place.client.post(
        "/up",
        data=body[: int(len(body) * share)],
        content_type=FORM,
        environ_overrides={"CONTENT_LENGTH": str(len(body))},
    )
    assert answer.status_code == 400
    assert place.files() == []


def test_a_bare_body_that_breaks_is_not_taken_for_the_whole(place):
    """S-33: a server that only tells the end of a body does not tell a break from it; its length does."""
    for method, url in (("PUT", "/raw"), ("POST", "/up")):
        body = form_body({"file": ("a.txt", CONTENT)})
        length = {"CONTENT_LENGTH": str(len(body) + 1), "wsgi.input_terminated": True}
        answer = place.client.open(
            url, method=method, data=body[:-50], content_type=FORM, environ_overrides=length
        )
        assert answer.status_code in {400, 422}
        assert place.files() == []


def test_a_form_cut_by_its_sender_leaves_nothing(place):
    """S-33: a body without its end mark is no form."""
    body = form_body({"first": ("b.txt", CONTENT), "file": ("a.txt", CONTENT)})[:-30]
    answer = place.client.post("/up", data=body, content_type=FORM)
    assert answer.status_code == 422
    assert place.files() == []


def test_an_upload_costs_no_memory(place):
    """S-32: however large the file, the worker holds a block of it."""
    place.store.limit = 200 << 20

    class Zeros(io.RawIOBase):
        left = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            size = min(len(buffer), self.left)
            self.left -= size
            return size

    stream = Zeros()
    stream.left = 40 << 20
    tracemalloc.start()
    try:
        answer = place.client.put(
            "/raw", environ_overrides={"wsgi.input": stream, "CONTENT_LENGTH": str(40 << 20)}
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 200
    assert peak < 8 << 20


# -- handing out -----------------------------------------------------------------------------------


def test_a_download_is_an_attachment_that_runs_nowhere(place):
    """S-32: never inline, never sniffed, never inside another site, in no shared cache."""
    key = place.hand_over().text
    answer = place.get(f"/down/{key}")
    assert answer.data == CONTENT
    headers = answer.headers
    assert headers["Content-Type"] == "text/plain"
    assert headers["Content-Length"] == str(len(CONTENT))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["ETag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    kind, options = parse_options_header(headers["Content-Disposition"])
    assert (kind, options["filename"]) == ("attachment", "工单 10月.txt")


def test_parts_and_unchanged_files_are_answered_as_such(place):
    """S-32: a broken download goes on where it stopped; a known one is not sent again."""
    url = f"/down/{place.hand_over().text}"
    part = place.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.data) == (206, CONTENT[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(CONTENT)}"
    end = place.get(url, headers={"Range": "bytes=-50"})
    assert end.data == CONTENT[-50:]
    beyond = place.get(url, headers={"Range": f"bytes={len(CONTENT)}-"})
    assert beyond.status_code == 416
    etag = part.headers["ETag"]
    assert place.get(url, headers={"If-None-Match": etag}).status_code == 304
    changed = place.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (changed.status_code, changed.data) == (200, CONTENT)
    head = place.get(url, method="HEAD")
    assert (head.status_code, head.data, head.content_length) == (200, b"", len(CONTENT))


@pytest.mark.parametrize("damage", [CONTENT[:-1] + b"X", CONTENT[:-1], None])
def test_a_damaged_file_is_named_and_never_served(place, damage, caplog):
    """I-19: what rotted is not handed out as if it were whole."""
    key = place.hand_over().text
    digest = hashlib.sha256(CONTENT).hexdigest()
    path = place.store.root / digest[:2] / digest[2:4] / digest
    path.unlink() if damage is None else path.write_bytes(damage)
    answer = place.get(f"/down/{key}")
    assert answer.status_code == 500
    assert (
        answer.text == "“工单 10月.txt” is damaged or missing in the store and is not handed out."
    )
    assert digest in caplog.text


@pytest.mark.parametrize(
    "name",
    [
        "plain.txt",
        'q"uo\\te%41.txt',
        "名字；带；分号.pdf",
        "a;b='c'.txt",
        "é—ñ.txt",
        "line\r\nX-Evil: 1.txt",
        "👩\u200d💻.png",
    ],
)
def test_any_name_survives_the_header(name):
    """S-32: a name neither breaks the header nor adds one, and arrives as it is."""
    header = disposition(name)
    assert header.isascii()
    assert not set(header) & set("\r\n")
    plain, extended = re.fullmatch(
        r"attachment; filename=\"([^\"]*)\"; filename\*=UTF-8''(\S+)", header
    ).groups()
    assert unquote(extended) == name
    assert not set(plain) & set('\\%"')


def test_a_tile_tells_what_the_page_shows(place):
    """S-05: name, what it shows, class, size, digest, who and when; void is told."""
    key = int(place.hand_over().text)
    shown = tile(queries.item(place.session, place.actor, key), "/somewhere")
    assert (shown.href, shown.name, shown.icon) == ("/somewhere", "Tickets", "file")
    assert (shown.shows, str(shown.klass), shown.size) == (
        "All of October",
        "Internal",
        len(CONTENT),
    )
    assert (shown.sha256, shown.at, shown.state) == (hashlib.sha256(CONTENT).hexdigest(), NOW, None)
    evidence = place.session.get_one(Evidence, key)
    operations.void(place.session, place.actor, evidence, reason="x", now=NOW + timedelta(1))
    void = tile(queries.item(place.session, place.actor, key), "/somewhere")
    assert void.state.word == "Void"
