"""Printing opens nothing but the product's own assets, and says what is missing before it fails."""

import base64
import http.server
import logging
import struct
import subprocess
import sys
import threading
import zlib
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import pytest

from core import pdf
from core.drawing import Drawing, Placed, Stroke, circle, turned
from core.errors import Unavailable
from tests.integration.documents import reading

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SECRET = "a secret of this machine"

# Every way in which a document can ask for something; {0} is the address.
WAYS = {
    "img": '<img src="{0}.png" alt="x">',
    "object": '<object data="{0}.png"></object>',
    "embed": '<embed src="{0}.png">',
    "input": '<input type="image" src="{0}.png">',
    "svg image": '<svg width="9" height="9"><image href="{0}.png" width="9" height="9"/></svg>',
    "svg use": '<svg width="9" height="9"><use href="{0}.svg#a"/></svg>',
    "svg style": "<svg width='9' height='9'><style>@import url({0}.css);</style><path d='M0 0h9'/></svg>",
    "nested svg": (
        '<img alt=\'x\' src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        '<image href="{0}.png" width="9" height="9"/></svg>\'>'
    ),
    "link": '<link rel="stylesheet" href="{0}.css">',
    "attachment": '<link rel="attachment" href="{0}.txt">',
    "attached anchor": '<a rel="attachment" href="{0}.txt">x</a>',
    "import": "<style>@import url({0}.css);</style>",
    "import string": '<style>@import "{0}.css";</style>',
    "background": "<p style='background: url({0}.png)'>x</p>",
    "list": "<ul style='list-style-image: url({0}.png)'><li>x</li></ul>",
    "content": "<style>p::before {{ content: url({0}.png) }}</style><p>x</p>",
    "border": "<p style='border: 9px solid; border-image: url({0}.png) 1'>x</p>",
    "font": "<style>@font-face {{ font-family: f; src: url({0}.ttf) }} p {{ font-family: f }}</style><p>x</p>",
    "page": "<style>@page {{ background: url({0}.png) }}</style>",
    "base": '<base href="{0}/"><img src="in.png" alt="x"><link rel="stylesheet" href="in.css">',
}


def render(html: str, **options: object) -> bytes:
    return pdf.render(
        html,
        title="T",
        language="en",
        created_at=AT,
        **{"styles": (), **options},  # type: ignore[arg-type]
    )


def picture() -> bytes:
    """Make a PNG of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


KINDS = {
    "png": picture(),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><path id="a" d="M0 0h9"/></svg>',
    "css": f'p::after {{ content: "{SECRET}" }}'.encode(),
    "txt": SECRET.encode(),
    "ttf": b"\0\1\0\0",
}
RED_DOT = f"data:image/png;base64,{base64.b64encode(KINDS['png']).decode()}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out files a document might reach for, and work in their folder."""
    (tmp_path / "hidden").mkdir()
    for kind, body in KINDS.items():
        (tmp_path / f"hidden.{kind}").write_bytes(body)
        (tmp_path / "hidden" / f"in.{kind}").write_bytes(body)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Listener(http.server.BaseHTTPRequestHandler):
    """Answers every request and remembers it."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(KINDS.get(self.path.rpartition(".")[2], b""))

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet."""


@pytest.fixture
def network():
    """Run a server on this machine; gives its address."""
    Listener.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hidden"
        server.shutdown()
        thread.join()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what WeasyPrint's own fetcher, the one that opens addresses, was asked for."""
    from weasyprint.urls import URLFetcher

    asked: list[str] = []
    plain = URLFetcher.fetch

    def fetch(self: URLFetcher, url: str, headers: object = None) -> object:
        asked.append(url)
        return plain(self, url, headers)

    monkeypatch.setattr(URLFetcher, "fetch", fetch)
    return asked


def nothing_came_in(document: bytes) -> None:
    file = reading.reader(document)
    assert not file.attachments
    assert not any(page.images for page in file.pages)
    assert SECRET not in reading.text(document)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scheme", ["file", "http", "relative", "ftp", "FILE"])
def test_nothing_is_fetched(way: str, scheme: str, folder: Path, network: str, opened: list[str]):
    """Quality 7, 11: no file, no network, no relative name, however it is asked for."""
    address = {
        "file": f"file://{folder}/hidden",
        "FILE": f"FILE://{folder}/hidden",
        "http": network,
        "relative": "hidden",
        "ftp": network.replace("http", "ftp"),
    }[scheme]
    nothing_came_in(render(WAYS[way].format(address)))
    assert Listener.asked == []
    assert opened == []


def test_a_colour_profile_is_refused_too(network: str, opened: list[str]):
    """Quality 7: the engine gives up the whole document rather than go on without the profile."""
    from weasyprint.urls import URLFetchingError

    with pytest.raises(URLFetchingError):
        render(f"<style>@color-profile --c {{ src: url({network}.icc) }}</style><p>x</p>")
    assert opened == Listener.asked == []


@pytest.mark.parametrize("way", ["img", "link", "import", "attachment", "background", "nested svg"])
def test_the_proof_can_fail(way: str, network: str, opened: list[str]):
    """The same documents reach the network through the library's own fetcher."""
    from weasyprint import HTML

    HTML(string=WAYS[way].format(network)).write_pdf()
    assert opened
    assert Listener.asked


@pytest.mark.parametrize("way", ["img", "svg image", "background"])
def test_no_data_address(way: str):
    """Quality 7: a picture typed as data is not decoded either."""
    nothing_came_in(render(WAYS[way].replace("{0}.png", RED_DOT).replace("{{", "{")))


@pytest.mark.parametrize(
    "name",
    [
        "../documents/paper.css",
        "/etc/passwd",
        "paper.css/../x.css",
        "paper.html",
        "",
        "Paper.css",
        "gone.css",
    ],
)
def test_styles_come_from_the_assets_alone(name: str):
    """Quality 11: WeasyPrint before 70 could be talked round through stylesheets=."""
    with pytest.raises(pdf.AssetRefused):
        render("<p>x</p>", styles=(name,))


def test_an_asset_is_answered():
    """The fetcher denies all but the assets; it does not deny those."""
    body, kind = pdf.read_asset("asset:paper.css")
    assert b"@page" in body
    assert kind.startswith("text/css")
    text = reading.reader(render('<link rel="stylesheet" href="asset:paper.css"><p>x</p>'))
    assert round(float(text.pages[0].mediabox.width)) == 595


def test_a_refusal_is_logged(caplog: pytest.LogCaptureFixture):
    """Quality: somebody who tries is seen."""
    with caplog.at_level(logging.WARNING, logger="core.pdf"):
        render('<img src="file:///etc/passwd" alt="x">')
    assert "file:///etc/passwd" in caplog.text


def test_about_the_document():
    """I-19: title, language, author and the given moment; nothing of the day it was printed."""
    document = render('<html lang="zh"><title>other</title><p>x</p>', author="Huaheng")
    about = reading.reader(document).metadata
    assert (about.title, about.author, about.creator) == ("T", "Huaheng", "Assay")
    assert about.creation_date == about.modification_date == AT
    assert reading.reader(document).trailer["/Root"]["/Lang"] == "en"
    assert render("<p>x</p>") == render("<p>x</p>")


def test_the_ground_lies_below_each_page():
    """A page of its own ground; a page without one; symbols are drawn once and placed often."""
    dot = (Stroke(circle(0, 0, 1), fill="#112233"),)
    one = Drawing(
        210, 297, (Placed("Dot", turned(0, 9, 9)), Placed("Dot", turned(90, 20, 9))), {"Dot": dot}
    )
    two = Drawing(210, 297, (Stroke("M0 0L9 9", "#000000", 0.2),))
    grounds = {0: one, 2: two}
    html = "<style>p { break-after: page }</style><p>a</p><p>b</p><p>c</p>"
    pages = reading.reader(render(html, ground=grounds.get)).pages
    first, second, third = (page.get_contents().get_data() for page in list(pages)[:3])
    assert first.startswith(b"/Artifact BMC q 2.834646 0 0 -2.834646 0 841.89 cm /Ground0 Do Q EMC")
    assert b"Ground" not in second
    assert b"/Ground1 Do" in third
    form = pages[0]["/Resources"]["/XObject"]["/Ground0"].get_object()
    assert form.get_data().count(b"/Dot Do") == 2
    inner = form["/Resources"]["/XObject"]["/Dot"].get_object().get_data()
    assert b"0.067 0.133 0.2 rg" in inner
    assert inner.count(b" c\n") == 4


def test_a_missing_library_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The stack: without Pango a clear message says what to install, and nothing else is printed."""

    class Missing:
        def find_spec(self, name: str, *_arguments: object) -> None:
            if name == "weasyprint":
                print("WeasyPrint could not import some external libraries")  # noqa: T201
                raise OSError("cannot load library 'libpangoft2-1.0-0'")

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    reason = pdf.check()
    assert reason is not None
    assert "libpangoft2-1.0-0" in str(reason)
    with pytest.raises(pdf.DocumentUnavailable) as caught:
        render("<p>x</p>")
    assert caught.value.text == reason
    assert isinstance(caught.value, Unavailable)
    assert caught.value.status == 503
    assert capsys.readouterr().out == ""


def listing(monkeypatch: pytest.MonkeyPatch, output: bytes | None) -> None:
    pdf._families.cache_clear()
    monkeypatch.setattr(pdf.shutil, "which", lambda _name: None if output is None else "fc-list")
    answer = subprocess.CompletedProcess([], 0, stdout=output)
    monkeypatch.setattr(pdf.subprocess, "run", lambda *_arguments, **_options: answer)


@pytest.fixture
def ask_again():
    """Forget what a test pretended about fonts."""
    yield
    pdf._families.cache_clear()


@pytest.mark.usefixtures("ask_again")
def test_a_missing_chinese_font_is_told(monkeypatch: pytest.MonkeyPatch):
    """The stack: no Chinese font, no document; and once one is installed there is no restart needed."""
    listing(monkeypatch, b"")
    assert "fonts-noto-cjk" in str(pdf.check())
    assert pdf.missing_fonts() == ["Noto Serif CJK SC", "LXGW WenKai"]
    listing(monkeypatch, b"WenQuanYi Micro Hei,\xe6\x96\x87\n")
    assert pdf.check() is None
    assert pdf.missing_fonts() == ["Noto Serif CJK SC", "LXGW WenKai"]
    listing(monkeypatch, "LXGW WenKai,霞鹜文楷\nNoto Serif CJK SC\n".encode())
    assert pdf.missing_fonts() == []


@pytest.mark.usefixtures("ask_again")
def test_without_fontconfig_nobody_is_kept_from_printing(monkeypatch: pytest.MonkeyPatch):
    """Not knowing is no reason to refuse."""
    listing(monkeypatch, None)
    assert pdf.check() is None
    assert pdf.missing_fonts() == []


def test_the_application_starts_without_the_engine():
    """The stack: WeasyPrint is loaded with the first document, not with the application."""
    assert find_spec("weasyprint") is not None
    code = "import sys, certification.certificates.documents; print('weasyprint' in sys.modules)"
    answer = subprocess.run(  # noqa: S603 -- a fixed command
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"
