"""PDF from HTML, by WeasyPrint: archival (PDF/A-3a, tagged), the same bytes for the same input, nothing fetched.

Style sheets are named by the caller and lie in ``static/documents``; a document may ask for a picture there as
``asset:name.png``. Everything else is refused, whatever people typed: files, networks, data URIs, relative names
(quality 7 and 11).
WeasyPrint and its libraries are loaded with the first document, so that a machine without them still serves pages.
"""

import contextlib
import io
import logging
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from core.drawing import Drawing
from core.errors import Unavailable
from core.words import T_, Text

ASSETS = Path(__file__).resolve().parent.parent / "static" / "documents"
WANTED_FONTS = ("Noto Serif CJK SC", "LXGW WenKai")
Ground = Callable[[int], Drawing | None]

log = logging.getLogger(__name__)
_ASSET = re.compile(r"asset:([a-z][a-z0-9-]*\.(css|svg|png))")
_TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}


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
    styles: tuple[str, ...],
    author: str = "",
    ground: Ground | None = None,
) -> bytes:
    """Print a whole HTML document as PDF; equal input gives equal bytes.

    ``language`` is a locale (zh_CN, en); ``created_at`` an aware instant; ``styles`` are names in ``ASSETS``;
    ``ground`` gives what lies under the page of an index from 0. Raises ``DocumentUnavailable``.
    """
    if reason := check():
        raise DocumentUnavailable(reason)
    from core import printing  # noqa: PLC0415 -- WeasyPrint, with the first document only

    sheets = [f"asset:{name}" for name in styles]
    document = printing.lay_out(html, asset=read_asset, styles=sheets)
    about = document.metadata
    about.title, about.lang = title, "zh-CN" if language.startswith("zh") else language
    about.authors = [author] if author else []
    about.created = about.modified = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about.generator, about.attachments = "Assay", []
    return printing.write(document, ground)


def _library_loads() -> bool:
    """Try the import; WeasyPrint prints advice of its own when a library is missing, which is not for our reader."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            import weasyprint  # noqa: F401, PLC0415
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
