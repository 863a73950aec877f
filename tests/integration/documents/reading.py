"""Reads printed documents back."""

import io
from typing import NamedTuple

from pypdf import PageObject, PdfReader

MM = 25.4 / 72


class Piece(NamedTuple):
    """A run of text with its baseline's place on the page, in millimetres from the top left."""

    text: str
    x: float
    y: float
    size: float


def reader(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


def text(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in reader(document).pages)


def squeezed(document: bytes) -> str:
    """Give the text without any space: letters set apart are read as words."""
    return "".join(text(document).split())


def pieces(page: PageObject) -> list[Piece]:
    found: list[Piece] = []
    height = float(page.mediabox.height)

    def visit(words, cm, tm, _font, size) -> None:
        if (
            words.strip()
        ):  # the place of a letter inside a turned picture is not told: it reads as the corner
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            if x > 1:
                found.append(Piece(words.strip(), x * MM, (height - y) * MM, size))

    page.extract_text(visitor_text=visit)
    return found


def fonts(document: bytes) -> dict[str, bool]:
    """Give the fonts of all pages: name without the subset's prefix, and whether it is embedded."""
    found = {}
    for page in reader(document).pages:
        for font in page["/Resources"]["/Font"].values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            about = below["/FontDescriptor"]
            name = str(below["/BaseFont"]).lstrip("/").partition("+")[2]
            found[name] = "/FontFile2" in about or "/FontFile3" in about
    return found


def tags(document: bytes) -> set[str]:
    """Give the names of the structure elements."""
    found: set[str] = set()
    waiting = [reader(document).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            found.add(str(element.get("/S", "")))
            if "/K" in element:
                waiting.append(element["/K"])
    return found
