"""Tells the kind of a file from its first and last bytes. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.words import N_, T_, Text
from evidence.archives.rules import Danger, directory_at_end, read_archive

HEAD_BYTES = 64 * 1024
TAIL_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is taken; its first extension is the usual one."""

    media_type: str
    extensions: tuple[str, ...]
    is_text: bool = False


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

KINDS: dict[str, Kind] = {
    "pdf": Kind("application/pdf", ("pdf",)),
    "docx": Kind(f"{_OOXML}wordprocessingml.document", ("docx",)),
    "xlsx": Kind(f"{_OOXML}spreadsheetml.sheet", ("xlsx",)),
    "pptx": Kind(f"{_OOXML}presentationml.presentation", ("pptx",)),
    "odt": Kind(f"{_ODF}text", ("odt",)),
    "ods": Kind(f"{_ODF}spreadsheet", ("ods",)),
    "odp": Kind(f"{_ODF}presentation", ("odp",)),
    "png": Kind("image/png", ("png",)),
    "jpeg": Kind("image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "webp": Kind("image/webp", ("webp",)),
    "gif": Kind("image/gif", ("gif",)),
    "heic": Kind("image/heic", ("heic", "heif")),
    "mp4": Kind("video/mp4", ("mp4", "m4v")),
    "zip": Kind("application/zip", ("zip",)),
    "txt": Kind("text/plain", ("txt",), is_text=True),
    "log": Kind("text/plain", ("log",), is_text=True),
    "csv": Kind("text/csv", ("csv",), is_text=True),
    "md": Kind("text/markdown", ("md",), is_text=True),
    "json": Kind("application/json", ("json",), is_text=True),
    "eml": Kind("message/rfc822", ("eml",), is_text=True),
}
TEXT = "text"
KIND_OF_EXTENSION = {ext: name for name, kind in KINDS.items() for ext in kind.extensions}

EMPTY = N_("The file is empty.")
MARKUP = N_(
    "Web pages and SVG drawings can carry scripts and are not taken. Hand over a PDF or a picture."
)
PROGRAM = N_("The file is a program or a script. Programs are not taken.")
OLD_OFFICE = N_(
    "Old Office documents can carry macros. Save it as .docx, .xlsx or .pptx, or as PDF."
)
MACROS = N_("The document carries macros. Save it without them and hand it over again.")
CUT = N_("The file is not complete: its end is missing. Hand it over again.")
OUTSIDE = N_("The archive holds paths that lead outside of it. Pack it anew.")
TWO_AT_ONCE = N_(
    "The file is two things at once, %(first)s and %(second)s. Hand over each one by itself."
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A key of ``KINDS`` or ``TEXT``; ``None`` where the bytes are nothing that is taken."""

    kind: str | None
    problem: Text | None = None


def recognise(head: bytes, tail: bytes, size: int) -> Recognised:
    """Tell the kind of a file of ``size`` bytes from its beginning and end; the two may overlap."""
    if size == 0:
        return Recognised(None, Text(EMPTY))
    if refusal := _refused(head):
        return Recognised(None, Text(refusal))
    for sign, kind in _SIGNS:
        if sign.match(head):
            return _archive(head, tail, size) if kind == "zip" else _check(kind, head, tail, size)
    if not any(map(_NOT_IN_TEXT.search, texts_of(head, tail, size))):
        return Recognised(TEXT)
    return Recognised(None)


def guess_extension(head: bytes) -> str | None:
    """Name the usual extension of something that is not taken, for the sentence that refuses it."""
    import puremagic  # noqa: PLC0415 -- 20 ms of start that only a refusal needs

    try:
        found = puremagic.magic_string(head[:4096])
    except (puremagic.PureError, ValueError):
        return None
    best = next((match for match in found if match.extension and match.confidence >= 0.6), None)
    return best.extension.lstrip(".") if best else None


def texts_of(head: bytes, tail: bytes, size: int) -> tuple[bytes, bytes]:
    """Give beginning and end of a text without byte order marks, UTF-16 turned into UTF-8."""
    codec = _WIDE.get(head[:2])
    if codec is None:
        return head.removeprefix(_UTF8_MARK), tail
    aligned = tail[(size - len(tail)) % 2 :]
    first, last = (
        raw.decode(codec, "replace").encode("utf-8", "replace") for raw in (head, aligned)
    )
    return first.removeprefix(_UTF8_MARK), last


def is_json(first: bytes, last: bytes) -> bool:
    """Say whether a text can be JSON, or one JSON object a line."""
    return first.lstrip()[:1] in {b"{", b"["} and last.rstrip()[-1:] in {b"}", b"]"}


def is_mail(first: bytes) -> bool:
    """Say whether a text begins with the header of a mail."""
    return _MAIL.match(first.lstrip()) is not None


# -- what is taken ---------------------------------------------------------------------------------

_SIGNS = tuple(
    (re.compile(sign, re.DOTALL), kind)
    for sign, kind in (
        (rb"%PDF-[12]\.", "pdf"),
        (rb"\x89PNG\r\n\x1a\n", "png"),
        (rb"\xff\xd8\xff", "jpeg"),
        (rb"GIF8[79]a", "gif"),
        (rb"RIFF.{4}WEBP", "webp"),
        (rb".{4}ftyp(?:heic|heix|hevc|heim|heis|mif1|msf1)", "heic"),
        (rb".{4}ftyp(?:isom|iso[2-9]|mp4[12]|avc1|M4V |M4VH|M4VP|dash|MSNV|3gp[4-7])", "mp4"),
        (rb"PK\x03\x04", "zip"),
    )
)


def _gif_is_sound(head: bytes, tail: bytes, _size: int) -> bool:
    """Check that the first block follows the palette, and the trailer stands at the end."""
    if len(head) < 14 or not (head[6:8] != b"\0\0" and head[8:10] != b"\0\0"):
        return False
    palette = 3 * 2 ** ((head[10] & 7) + 1) if head[10] & 0x80 else 0
    return head[13 + palette : 14 + palette] in {b"!", b","} and tail.rstrip(b"\0").endswith(b";")


def _webp_is_sound(head: bytes, _tail: bytes, size: int) -> bool:
    return int.from_bytes(head[4:8], "little") + 8 <= size


def _boxes_are_sound(head: bytes, _tail: bytes, size: int) -> bool:
    return 16 <= int.from_bytes(head[:4], "big") <= min(size, 1024)


_SOUND: dict[str, Callable[[bytes, bytes, int], bool]] = {
    "pdf": lambda _head, tail, _size: b"%%EOF" in tail,
    "png": lambda head, tail, _size: head[8:16] == b"\0\0\0\rIHDR" and b"IEND\xaeB`\x82" in tail,
    "jpeg": lambda head, _tail, size: size > 100 and head[3] >= 0xC0,
    "gif": _gif_is_sound,
    "webp": _webp_is_sound,
    "heic": _boxes_are_sound,
    "mp4": _boxes_are_sound,
}
_PDF_REACH = 1024  # readers of PDF look this far for its mark
_ARCHIVE_REACH = 65_557
_TAG = re.compile(
    rb"<(?:script|html|svg|body|iframe)[\s>/]|<\?php\s|<!doctype\s+html", re.IGNORECASE
)


def _check(kind: str, head: bytes, tail: bytes, size: int) -> Recognised:
    """Look for a second nature of a picture, a film or a PDF, then for its end."""
    if second := _second_nature(kind, head, tail, size):
        return Recognised(
            None, T_(TWO_AT_ONCE, first=f".{KINDS[kind].extensions[0]}", second=second)
        )
    if not _SOUND[kind](head, tail, size):
        return Recognised(None, Text(CUT))
    return Recognised(kind)


def _second_nature(kind: str, head: bytes, tail: bytes, size: int) -> str | None:
    if _has_archive(tail, size):
        return ".zip"
    if kind == "pdf":
        return ".html" if _TAG.search(head[:_PDF_REACH]) else None
    if b"%PDF-" in head[:_PDF_REACH]:
        return ".pdf"
    return ".html" if _TAG.search(head) or _TAG.search(tail) else None


def _has_archive(tail: bytes, size: int) -> bool:
    """Look where readers of archives look: in the last 64 KiB and the record itself."""
    end = directory_at_end(tail[-_ARCHIVE_REACH:], size)
    return end is not None and b"PK\x01\x02" in tail


def _archive(head: bytes, tail: bytes, size: int) -> Recognised:
    archive = read_archive(head, tail, size)
    if archive.danger is not None:
        return Recognised(None, Text(_DANGERS[archive.danger]))
    # A PDF packed without compression begins soon after the archive does; its mark inside a header
    # is a disguise.
    header = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    if b"%PDF-" in head[: header if archive.kind == "zip" else _PDF_REACH]:
        return Recognised(None, T_(TWO_AT_ONCE, first=f".{archive.kind}", second=".pdf"))
    return Recognised(archive.kind if archive.kind in KINDS else None)


_DANGERS = {
    Danger.MACROS: MACROS,
    Danger.PROGRAM: PROGRAM,
    Danger.OUTSIDE: OUTSIDE,
    Danger.BROKEN: CUT,
}


# -- what is refused by its first bytes ------------------------------------------------------------

_OPENING = rb"\A(?:\s++|<!--(?>.*?-->))*+"  # never goes back: thousands of comments stay cheap
_MARKUP = re.compile(
    _OPENING + rb"<(?:!doctype|html|head|body|script|iframe|style|title|svg|xsl|!entity|\?xml)\b",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPT = re.compile(
    _OPENING + rb"(?:#![ \t]*/|<\?php|<\?=|<%|@echo\s+off|\{\\rtf|<job\b|<package\b)",
    re.IGNORECASE | re.DOTALL,
)
_PROGRAMS = (
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\0asm",
    b"dex\n",
    b"L\0\0\0\x01\x14\x02\0",
    b"ITSF",
    b"MSCF\0",
)
_UTF8_MARK = b"\xef\xbb\xbf"
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIL = re.compile(
    rb"(?:From .*\r?\n)?(?:[!-9;-~]+:.*\r?\n(?:[ \t].*\r?\n)*)*?"
    rb"(?:from|to|date|subject|received|message-id|mime-version|return-path):",
    re.IGNORECASE,
)
_NOT_IN_TEXT = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


def _refused(head: bytes) -> str | None:
    if head.startswith(_PROGRAMS) or (head[:2] == b"MZ" and b"\0" in head[:128]):
        return PROGRAM
    if head.startswith(_OLE):
        return OLD_OFFICE
    text, _ = texts_of(head, b"", len(head))
    if _MARKUP.match(text):
        return MARKUP
    return PROGRAM if _SCRIPT.match(text) else None
