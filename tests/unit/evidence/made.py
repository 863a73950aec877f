"""Files made by hand, good and hostile, and how they are judged."""

import hashlib
import io
import struct
import zipfile

from PIL import Image

from evidence.files.rules import (
    Policy,
    Verdict,
    judge,
)
from evidence.kinds.rules import (
    HEAD_BYTES,
    TAIL_BYTES,
)

LIMIT = 50 * 1024 * 1024
TYPES = "[Content_Types].xml"
PE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 200 + b"This program cannot be run in DOS mode."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" + b"x" * 500 + b"\nstartxref\n9\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


def judged(content: bytes, name: str, policy: Policy | None = None) -> Verdict:
    return judge(
        content[:HEAD_BYTES], content[-TAIL_BYTES:], len(content), name, policy or Policy(LIMIT)
    )


def problem(content: bytes, name: str) -> str:
    verdict = judged(content, name)
    assert len(verdict.problems) == 1, verdict
    assert verdict.media_type == "application/octet-stream"
    return verdict.problems[0].message


def taken(content: bytes, name: str) -> str:
    verdict = judged(content, name)
    assert verdict.problems == (), [str(text) for text in verdict.problems]
    assert verdict.file_name == name
    return verdict.media_type


def picture(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((64, 48), 40).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def packed(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(part: str, name: str, **more: bytes) -> bytes:
    types = f'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.{part}"/></Types>'
    return packed({TYPES: types.encode(), name: b"<x/>", **more})


DOCX = office("wordprocessingml.document.main+xml", "word/document.xml")
XLSX = office("spreadsheetml.sheet.main+xml", "xl/workbook.xml")
PPTX = office("presentationml.presentation.main+xml", "ppt/presentation.xml")


def open_document(kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<x/>", zipfile.ZIP_DEFLATED)
    return out.getvalue()


def noise_of(size: int) -> bytes:
    return hashlib.shake_256(b"noise").digest(size)


def film(brand: bytes) -> bytes:
    return (
        struct.pack(">I", 24)
        + b"ftyp"
        + brand
        + b"\0\0\2\0"
        + b"isommp41"
        + b"\0\0\1\0mdat"
        + bytes(248)
    )


MAIL = b"Received: from a by b\r\n\tfor c\r\nFrom: a@example.org\r\nSubject: x\r\n\r\nhello\r\n"
