"""PDF from HTML, by WeasyPrint: archival (PDF/A-3a, tagged), the same bytes for the same input, nothing fetched.

A document asks for its style sheet as ``asset:certificate.css``, which is ``static/documents/certificate.css``.
Everything else is refused, whatever people typed: files, networks, data URIs, relative names (quality 7 and 11).
WeasyPrint and its libraries are loaded with the first document, so that a machine without them still serves pages.
"""

import contextlib
import io
import logging
import re
import shutil
import subprocess
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from core.drawing import Drawing, Matrix, Stroke, number
from core.errors import Unavailable
from core.words import T_, Text

ASSETS = Path(__file__).resolve().parent.parent / "static" / "documents"
WANTED_FONTS = ("Noto Serif CJK SC", "LXGW WenKai")
VARIANT = "pdf/a-3a"
Ground = Callable[[int], Drawing | None]

log = logging.getLogger(__name__)
_ASSET = re.compile(r"asset:([a-z][a-z0-9-]*\.(css|svg|png))")
_TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}
_MM = 72 / 25.4
_WORD = re.compile(r"[MLCZ]|-?[0-9.]+")
_OPERATORS = {"M": "m", "L": "l", "C": "c"}
_TAKES = {"M": 2, "L": 2, "C": 6}


class DocumentUnavailable(Unavailable):
    """No document can be made on this machine; the text says what to install (503)."""


class AssetRefused(Exception):
    """A document asked for something that is not the product's own asset."""


def check() -> Text | None:
    """Say why documents cannot be printed here and what to install; nothing when they can."""
    if not _library_loads():
        return T_(
            "Documents cannot be printed on this machine: the Pango library is missing. "
            "Install it (on Debian: apt install libpangoft2-1.0-0), then try again."
        )
    if _families("zh-cn") == frozenset():
        _families.cache_clear()
        return T_(
            "Documents cannot be printed on this machine: it has no Chinese font. "
            "Install one (on Debian: apt install fonts-noto-cjk fonts-lxgw-wenkai), then try again."
        )
    return None


def missing_fonts() -> list[str]:
    """Give the families that documents are designed for and this machine lacks; others stand in for them."""
    here = _families("zh-cn")
    return [] if here is None else [family for family in WANTED_FONTS if family not in here]


def render(  # noqa: PLR0913 -- what a printed document is known by
    html: str,
    *,
    title: str,
    language: str,
    created_at: datetime,
    author: str = "",
    ground: Ground | None = None,
) -> bytes:
    """Print a whole HTML document as PDF; equal input gives equal bytes.

    ``language`` is a locale (zh_CN, en); ``created_at`` an aware instant; ``ground`` gives what lies under the page
    of an index from 0. Raises ``DocumentUnavailable``.
    """
    if reason := check():
        raise DocumentUnavailable(reason)
    from weasyprint import HTML

    document = HTML(string=html, url_fetcher=_fetcher()).render(pdf_variant=VARIANT)
    about = document.metadata
    about.title, about.lang = title, "zh-CN" if language.startswith("zh") else language
    about.authors = [author] if author else []
    about.created = about.modified = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about.generator, about.attachments = "Assay", []
    pdf: bytes = document.write_pdf(
        finisher=lambda _, file: _lay_under(file, ground) if ground else None,
        pdf_variant=VARIANT,
        pdf_identifier=True,
    )
    return pdf


def _library_loads() -> bool:
    """Try the import; WeasyPrint prints advice of its own when a library is missing, which is not for our reader."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            import weasyprint  # noqa: F401
    except OSError:
        log.exception("WeasyPrint does not load")
        return False
    return True


@cache
def _families(language: str) -> frozenset[str] | None:
    """Give the font families that cover a language (fontconfig's name), or nothing if there is no way to know."""
    tool = shutil.which("fc-list")
    if tool is None:
        return None
    answer = subprocess.run(  # noqa: S603 -- a fixed command
        [tool, f":lang={language}", "family"], capture_output=True, check=False, timeout=60
    )
    lines = answer.stdout.decode(errors="replace").splitlines()
    return frozenset(name.strip() for line in lines for name in line.split(","))


def read_asset(url: str) -> tuple[bytes, str]:
    """Read one of the product's own assets: its bytes and content type. Raises ``AssetRefused``."""
    match = _ASSET.fullmatch(url)
    path = ASSETS / match[1] if match else None
    if match is None or path is None or not path.is_file():
        log.warning("A document asked for %.200r and did not get it", url)
        raise AssetRefused(url)
    return path.read_bytes(), _TYPES[match[2]]


@cache
def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Assets(URLFetcher):  # type: ignore[misc]
        """Answers for ``asset:`` alone; ``super().fetch`` is never called."""

        def fetch(self, url: str, headers: object = None) -> Any:  # noqa: ARG002
            body, content_type = read_asset(url)
            return URLFetcherResponse(url, body, {"Content-Type": content_type})

    return Assets()


def _lay_under(pdf: Any, ground: Ground) -> None:
    """Draw each page's ground below its content, marked as artifact so that readers aloud pass over it."""
    import pydyf

    numbers = pdf.pages["Kids"][::3]
    placed: dict[int, str] = {}
    for index, page in enumerate([pdf.objects[number] for number in numbers]):
        drawing = ground(index)
        if drawing is None:
            continue
        if id(drawing) not in placed:
            name = placed[id(drawing)] = f"Ground{len(placed)}"
            resources = pdf.objects[int(bytes(page["Resources"]).split()[0])]
            resources["XObject"][name] = _form(pdf, drawing)
        scale, top = f"{_MM:.6f}", number(page["MediaBox"][3])
        words = f"/Artifact BMC q {scale} 0 0 -{scale} 0 {top} cm /{placed[id(drawing)]} Do Q EMC"
        stream = pydyf.Stream([words.encode()])
        pdf.add_object(stream)
        page["Contents"] = pydyf.Array([stream.reference, page["Contents"]])


def _form(pdf: Any, drawing: Drawing) -> bytes:
    """Add a drawing to the file as a form, its symbols as forms of their own; give the reference."""
    import pydyf

    main, symbols = _compiled(drawing)
    inner = pydyf.Dictionary()
    box = [0, 0, drawing.width, drawing.height]
    around = [-drawing.width, -drawing.width, drawing.width, drawing.width]
    for name, content in symbols.items():
        inner[name] = _add_form(pdf, content, around, pydyf.Dictionary())
    return _add_form(pdf, main, box, pydyf.Dictionary({"XObject": inner}))


def _add_form(pdf: Any, content: bytes, box: list[float], resources: Any) -> bytes:
    import pydyf

    about = {
        "Type": "/XObject",
        "Subtype": "/Form",
        "BBox": pydyf.Array(box),
        "Resources": resources,
        "Filter": "/FlateDecode",
    }
    stream = pydyf.Stream([content], pydyf.Dictionary(about))
    pdf.add_object(stream)
    reference: bytes = stream.reference
    return reference


@lru_cache(maxsize=16)
def _compiled(drawing: Drawing) -> tuple[bytes, dict[str, bytes]]:
    """Turn a drawing into compressed operators, once in a process: the main stream and one for each symbol."""
    main = [
        _operators(mark) if isinstance(mark, Stroke) else _placing(mark.symbol, mark.matrix)
        for mark in drawing.marks
    ]
    symbols = {name: _packed(map(_operators, strokes)) for name, strokes in drawing.symbols.items()}
    return _packed(main), symbols


def _packed(parts: Any) -> bytes:
    return zlib.compress("\n".join(["1 J 1 j", *parts]).encode("ascii"), 9)


def _placing(symbol: str, matrix: Matrix) -> str:
    return f"q {' '.join(f'{value:.5f}' for value in matrix)} cm /{symbol} Do Q"


def _operators(stroke: Stroke) -> str:
    words = []
    if stroke.fill:
        words.append(f"{_colour(stroke.fill)} rg")
    if stroke.line:
        words.append(f"{_colour(stroke.line)} RG {number(stroke.width)} w")
    words.append(_path(stroke.path))
    words.append("B" if stroke.fill and stroke.line else "f" if stroke.fill else "S")
    return "\n".join(words)


def _path(data: str) -> str:
    """Write SVG path data (absolute M, L, C, Z) as PDF operators, which follow their numbers."""
    words, command, waiting = [], "M", []
    for word in _WORD.findall(data):
        if word == "Z":
            words.append("h")
        elif word in _TAKES:
            command = word
        else:
            waiting.append(word)
            if len(waiting) == _TAKES[command]:
                words.append(f"{' '.join(waiting)} {_OPERATORS[command]}")
                waiting = []
    return "\n".join(words)


def _colour(hexes: str) -> str:
    return " ".join(number(int(hexes[i : i + 2], 16) / 255) for i in (1, 3, 5))
