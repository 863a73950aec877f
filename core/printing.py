"""The engine behind ``core.pdf``: WeasyPrint with its doors shut, and grounds laid under finished pages.

Imported with the first document only, by ``core.pdf``; nothing else imports it.
"""

import io
import re
import threading
import zlib
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import pydyf
from weasyprint import CSS, HTML
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from core.drawing import Drawing, Matrix, Stroke, number

Asset = Callable[[str], tuple[bytes, str]]
Ground = Callable[[int], Drawing | None]
VARIANT = "pdf/a-3a"

_local = threading.local()
# Half the time of the usual level for two per cent more bytes.
_LEVEL = 3
_MM = 72 / 25.4
_WORD = re.compile(r"[MLCZ]|-?[0-9.]+")
_OPERATORS = {"M": "m", "L": "l", "C": "c"}
_TAKES = {"M": 2, "L": 2, "C": 6}


class Assets(URLFetcher):
    """Answers with what ``asset`` gives and nothing else: ``super().fetch``, which opens addresses, is never called."""

    def __init__(self, asset: Asset) -> None:
        super().__init__()
        self._asset = asset

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002
        """Give an asset; what ``asset`` raises, the engine takes for a picture that is not there."""
        body, content_type = self._asset(url)
        return URLFetcherResponse(url, body, {"Content-Type": content_type})


def lay_out(html: str, *, asset: Asset, styles: Iterable[str]) -> Any:
    """Lay out a document; ``asset`` answers for addresses, ``styles`` are addresses too."""
    sheets = [_style(asset, url) for url in styles]
    # With a base that joins to nothing, relative names reach the fetcher and are refused there.
    page_source = HTML(string=html, url_fetcher=Assets(asset), base_url="asset:")
    # The profile is handed over: the library would leave its file open.
    colours = ColorProfile(io.BytesIO(_srgb()), "srgb", "relative-colorimetric", ("r", "g", "b"))
    return page_source.render(
        font_config=_fonts(),
        stylesheets=sheets,
        color_profiles={"srgb": colours},
        output_intent="srgb",
        pdf_variant=VARIANT,
    )


def write(document: Any, ground: Ground | None) -> bytes:
    """Write a laid-out document, each page upon its ground."""
    pdf: bytes = document.write_pdf(
        finisher=lambda _, file: _finish(file, ground),
        output_intent="",
        pdf_variant=VARIANT,
        pdf_identifier=True,
    )
    return pdf


@cache
def _srgb() -> bytes:
    return files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()


@cache
def _style(asset: Asset, url: str) -> CSS:
    """Parse a style sheet once in a process: that is a tenth of the time of a certificate."""
    body, _ = asset(url)
    return CSS(string=body.decode(), url_fetcher=Assets(asset))


def _fonts() -> FontConfiguration:
    """Keep the fonts of one document for the next; Pango's are not shared between threads."""
    fonts: FontConfiguration | None = getattr(_local, "fonts", None)
    if fonts is None:
        fonts = _local.fonts = FontConfiguration()
    return fonts


def _finish(pdf: Any, ground: Ground | None) -> None:
    """Lay the ground and compress each stream once; the library would do it again for the file's identifier."""
    if ground is not None:
        _lay_under(pdf, ground)
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.compress:
            item.compress = False
            body = item.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            item.stream = [zlib.compress(body, _LEVEL)]
            item.extra = {**item.extra, "Filter": "/FlateDecode"}


def _lay_under(pdf: Any, ground: Ground) -> None:
    """Draw each page's ground below its content, marked as artifact so that readers aloud pass over it."""
    numbers = pdf.pages["Kids"][::3]
    placed: dict[int, str] = {}
    for index, page in enumerate([pdf.objects[place] for place in numbers]):
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
    main, symbols = _compiled(drawing)
    inner = pydyf.Dictionary()
    box = [0, 0, drawing.width, drawing.height]
    around = [-drawing.width, -drawing.width, drawing.width, drawing.width]
    for name, content in symbols.items():
        inner[name] = _add_form(pdf, content, around, pydyf.Dictionary())
    return _add_form(pdf, main, box, pydyf.Dictionary({"XObject": inner}))


def _add_form(pdf: Any, content: bytes, box: list[float], resources: Any) -> bytes:
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


def _packed(parts: Iterable[str]) -> bytes:
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
