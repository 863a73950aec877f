"""Reads the directory of a ZIP archive from its first and last bytes. Pure."""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LOCAL = b"PK\x03\x04"
CENTRAL = b"PK\x01\x02"
END = b"PK\x05\x06"
PART_LIMIT = 1 << 20

_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_CENTRAL_HEADER = struct.Struct("<4s6H3L5H2L")
_END_RECORD = struct.Struct("<4s4H2LH")
_STORED, _DEFLATED = 0, 8

_MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
_MAIN_NAMES = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "ppt/presentation.xml": "pptx",
}
_OPEN_TYPES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_MACRO_NAME = re.compile(r"(^|/)vbaproject\.bin$|^xl/macrosheets/|^(basic|scripts)/", re.IGNORECASE)
_MACRO_TYPE = re.compile(rb"macroenabled|vbaproject|macrosheet", re.IGNORECASE)
_PROGRAM_NAME = re.compile(r"^androidmanifest\.xml$|\.class$|^install\.rdf$", re.IGNORECASE)
_OUTSIDE = re.compile(r"^/|^[a-z]:|(^|/)\.\.(/|$)", re.IGNORECASE)


class Danger(StrEnum):
    """Why an archive is not taken."""

    MACROS = "macros"
    PROGRAM = "program"
    OUTSIDE = "outside"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive's kind (zip, docx …; ``office``: another document) and what speaks against it."""

    kind: str
    danger: Danger | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    method: int
    packed: int
    offset: int | None  # of the local header in the file; None where only the head told the name


def directory_at_end(tail: bytes, size: int) -> int | None:
    """Give where in ``tail`` a believable end record of a ZIP archive stands, if there is one.

    Readers of archives search backwards and tolerate what follows, so a document with an archive
    behind it is both.
    """
    at = tail.rfind(END)
    while at >= 0:
        if at + _END_RECORD.size <= len(tail):
            _, disk, first_disk, here, entries, length, offset, _ = _END_RECORD.unpack_from(
                tail, at
            )
            is_64 = 0xFFFFFFFF in {length, offset}
            if (
                disk == first_disk == 0
                and 0 < here == entries
                and (is_64 or length + offset <= size)
            ):
                return at
        at = tail.rfind(END, 0, at)
    return None


def read_archive(head: bytes, tail: bytes, size: int) -> Archive:
    """Tell what an archive with this beginning and end is; the two may overlap."""
    end = directory_at_end(tail, size)
    if end is None:
        return Archive("zip", Danger.BROKEN)
    entries = [*_central(tail), *_local(head)]
    names = {entry.name for entry in entries}
    types = _part("[Content_Types].xml", entries, head, tail, size)
    kind = _kind(head, names, types)
    return Archive(kind, _danger(kind, names, types))


def _kind(head: bytes, names: set[str], types: bytes) -> str:
    if "[Content_Types].xml" in names:
        by_type = (kind for marker, kind in _MAIN_PARTS.items() if marker in types)
        by_name = (kind for name, kind in _MAIN_NAMES.items() if not types and name in names)
        return next(by_type, None) or next(by_name, "office")
    if head[30:38] == b"mimetype":
        end = head.find(b"PK", 38)
        return _OPEN_TYPES.get(head[38:end], "office")
    return "zip"


def _danger(kind: str, names: set[str], types: bytes) -> Danger | None:
    if any(_OUTSIDE.search(name.replace("\\", "/")) for name in names):
        return Danger.OUTSIDE
    if kind != "zip" and (_MACRO_TYPE.search(types) or any(map(_MACRO_NAME.search, names))):
        return Danger.MACROS
    if kind == "zip" and any(map(_PROGRAM_NAME.search, names)):
        return Danger.PROGRAM
    return None


def _central(tail: bytes) -> Iterator[_Entry]:
    """Walk the directory as far as the tail holds it; a cut first entry is passed over."""
    at = tail.find(CENTRAL)
    while at >= 0 and at + _CENTRAL_HEADER.size <= len(tail):
        fields = _CENTRAL_HEADER.unpack_from(tail, at)
        method, packed, offset = fields[4], fields[8], fields[16]
        name_length, extra, comment = fields[10:13]
        start = at + _CENTRAL_HEADER.size
        yield _Entry(_text(tail[start : start + name_length]), method, packed, offset)
        following = start + name_length + extra + comment
        at = tail.find(CENTRAL, max(following, at + 4))


def _local(head: bytes) -> Iterator[_Entry]:
    """Give the names of the entries that begin in the head."""
    at = head.find(LOCAL)
    while at >= 0 and at + _LOCAL_HEADER.size <= len(head):
        fields = _LOCAL_HEADER.unpack_from(head, at)
        start = at + _LOCAL_HEADER.size
        yield _Entry(_text(head[start : start + fields[9]]), fields[3], fields[7], None)
        at = head.find(LOCAL, at + 4)


def _part(name: str, entries: list[_Entry], head: bytes, tail: bytes, size: int) -> bytes:
    """Give the content of a small part where head or tail hold it whole; else nothing."""
    for entry in entries:
        if entry.name == name and entry.offset is not None:
            in_tail = entry.offset - (size - len(tail))
            source, at = (head, entry.offset) if entry.offset < len(head) else (tail, in_tail)
            return _content(source, at, entry) if at >= 0 else b""
    return b""


def _content(source: bytes, at: int, entry: _Entry) -> bytes:
    if at + _LOCAL_HEADER.size > len(source) or source[at : at + 4] != LOCAL:
        return b""
    fields = _LOCAL_HEADER.unpack_from(source, at)
    start = at + _LOCAL_HEADER.size + fields[9] + fields[10]
    packed = source[start : start + entry.packed]
    if entry.method == _STORED:
        return packed[:PART_LIMIT]
    if entry.method != _DEFLATED:
        return b""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, PART_LIMIT)
    except zlib.error:
        return b""


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
