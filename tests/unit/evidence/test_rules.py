"""What is taken and what is refused: every file here is made by hand."""

import json
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.archives import rules as archives
from evidence.files.rules import (
    Policy,
    judge,
)
from evidence.kinds.rules import (
    CUT,
    EMPTY,
    KINDS,
    MACROS,
    MARKUP,
    OLD_OFFICE,
    OUTSIDE,
    PROGRAM,
    TWO_AT_ONCE,
)
from tests.unit.evidence.made import (
    DOCX,
    HTML,
    LIMIT,
    MAIL,
    PDF,
    PE,
    PPTX,
    SVG,
    TYPES,
    XLSX,
    film,
    judged,
    noise_of,
    office,
    open_document,
    packed,
    picture,
    problem,
    taken,
)

GOOD = [
    (PDF, "plan.pdf", "application/pdf"),
    (picture("PNG"), "screen.PNG", "image/png"),
    (picture("JPEG"), "photo.jpeg", "image/jpeg"),
    (picture("JPEG"), "photo.JPG", "image/jpeg"),
    (picture("GIF"), "a.gif", "image/gif"),
    (picture("WEBP"), "a.webp", "image/webp"),
    (film(b"heic"), "IMG_1.heic", "image/heic"),
    (film(b"mp42"), "a.mp4", "video/mp4"),
    (DOCX, "纪要.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (XLSX, "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (PPTX, "a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (open_document("text"), "a.odt", "application/vnd.oasis.opendocument.text"),
    (open_document("spreadsheet"), "a.ods", "application/vnd.oasis.opendocument.spreadsheet"),
    (open_document("presentation"), "a.odp", "application/vnd.oasis.opendocument.presentation"),
    (packed({"a.txt": b"a", "src/b.js": b"alert(1)"}), "a.zip", "application/zip"),
    (packed({"a.pdf": PDF}, zipfile.ZIP_STORED), "stored.zip", "application/zip"),
    (b"just words\n", "a.txt", "text/plain"),
    ("\ufeff值班记录".encode(), "a.txt", "text/plain"),
    ("工单,响应\r\n1,是\r\n".encode("gb18030"), "工单.csv", "text/csv"),
    ("工单\t响应\r\n".encode("utf-16"), "导出.csv", "text/csv"),
    (("记录\n" * 200_000).encode("utf-16"), "long.log", "text/plain"),
    (b"\x1b[32m2026-11-20 ok\x1b[0m GET /?q=<script>\n", "web.log", "text/plain"),
    (b"# Title\n\n<script> is a tag\n", "a.md", "text/markdown"),
    (json.dumps({"a": [1, 2]}).encode(), "a.json", "application/json"),
    (b'{"a": 1}\n{"a": 2}\n', "lines.json", "application/json"),
    (MAIL, "a.eml", "message/rfc822"),
]


@pytest.mark.parametrize(("content", "name", "media_type"), GOOD, ids=[name for _, name, _ in GOOD])
def test_what_people_hand_over_is_taken(content, name, media_type):
    """S-07: service records, feedback and reports come in the formats people use."""
    assert taken(content, name) == media_type


def test_every_kind_is_tried_above():
    assert {media_type for _, _, media_type in GOOD} == {kind.media_type for kind in KINDS.values()}


SCRIPTS_IN = b"GIF89a/*\x00\x00;*/=1;<script>alert(1)</script>;"
HOSTILE = [
    ("svg with script", SVG, "a.svg", MARKUP),
    ("svg named png", SVG, "a.png", MARKUP),
    ("svg behind xml", b'<?xml version="1.0"?>\n' + SVG, "a.txt", MARKUP),
    ("svg behind a comment", b"\xef\xbb\xbf \n<!-- a --><!-- b --> " + SVG, "a.txt", MARKUP),
    ("svg in utf-16", SVG.decode().encode("utf-16"), "a.txt", MARKUP),
    ("html named png", HTML, "a.png", MARKUP),
    ("html named txt", HTML, "a.txt", MARKUP),
    ("php", b"<?php system($_GET[0]); ?>", "a.txt", PROGRAM),
    ("shell script", b"#!/bin/sh\nrm -rf ~\n", "a.txt", PROGRAM),
    ("batch file", b"@echo off\r\ndel *.*\r\n", "a.txt", PROGRAM),
    ("rtf", rb"{\rtf1\ansi{\object}}", "a.txt", PROGRAM),
    ("exe named pdf", PE, "plan.pdf", PROGRAM),
    ("exe named exe", PE, "plan.exe", PROGRAM),
    ("elf named jpg", b"\x7fELF\x02\x01\x01" + bytes(200), "a.jpg", PROGRAM),
    ("java class", b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(50), "a.zip", PROGRAM),
    ("windows shortcut", b"L\0\0\0\x01\x14\x02\0" + bytes(90), "a.txt", PROGRAM),
    ("jar named zip", packed({"META-INF/MANIFEST.MF": b"", "A.class": b"\xca\xfe"}), "a.zip", PROGRAM),
    ("old word", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", OLD_OFFICE),
    ("macros named docx", office("wordprocessingml.document.main+xml", "word/document.xml",
                                 **{"word/vbaProject.bin": b"x"}), "a.docx", MACROS),
    ("macros told by type", packed({TYPES: b"application/vnd.ms-word.document.macroEnabled.main+xml",
                                    "word/document.xml": b""}), "a.docx", MACROS),
    ("old macro sheet", office("spreadsheetml.sheet.main+xml", "xl/workbook.xml",
                               **{"xl/macrosheets/sheet1.xml": b""}), "a.xlsx", MACROS),
    ("zip that leaves", packed({"../../etc/cron.d/x": b""}), "a.zip", OUTSIDE),
    ("zip that leaves, by backslash", packed({"a\\..\\..\\x": b""}), "a.zip", OUTSIDE),
    ("zip with an absolute path", packed({"/etc/passwd": b""}), "a.zip", OUTSIDE),
    ("cut zip", DOCX[:-40], "a.docx", CUT),
    ("cut pdf", PDF[:300], "a.pdf", CUT),
    ("cut png", picture("PNG")[:-20], "a.png", CUT),
    ("gif and script", SCRIPTS_IN, "a.gif", TWO_AT_ONCE),
    ("gif and javascript", b"GIF89a/*" + bytes(4) + b"*/=1;alert(1);//;", "a.gif", CUT),
    ("gif with html behind", picture("GIF") + HTML, "a.gif", TWO_AT_ONCE),
    ("png with html inside", picture("PNG") + HTML, "a.png", TWO_AT_ONCE),
    ("jpeg with php behind", picture("JPEG") + b"<?php phpinfo();", "a.jpg", TWO_AT_ONCE),
    ("jpeg and zip", picture("JPEG") + packed({"a": b"b"}), "a.jpg", TWO_AT_ONCE),
    ("png and jar", picture("PNG") + packed({"A.class": b"b"}), "a.png", TWO_AT_ONCE),
    ("pdf and zip", PDF + packed({"a.js": b"alert(1)"}), "a.pdf", TWO_AT_ONCE),
    ("pdf and zip, hidden by a comment", PDF + packed({"a": b"b"}) + b"%%EOF" + b" " * 3000, "a.pdf", TWO_AT_ONCE),
    ("pdf and html", b"%PDF-1.4\n" + HTML + PDF, "a.pdf", TWO_AT_ONCE),
    ("jpeg and pdf", picture("JPEG", comment=b"%PDF-1.4 "), "a.jpg", TWO_AT_ONCE),
    ("docx and pdf", packed(
        {TYPES: b"wordprocessingml.document.main+xml", "%PDF-1.7": b"", "word/document.xml": b""}
    ), "a.docx", TWO_AT_ONCE),
    ("empty", b"", "a.txt", EMPTY),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "message"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)
def test_hostile_files_are_refused_with_the_reason(content, name, message):
    """S-32: what could run in a reader's browser or office is not taken, whatever its name says."""
    assert problem(content, name) == message


MISNAMED = [
    (PDF, "a.docx", "docx", "pdf"),
    (PDF, "plan.pdf.exe", "exe", "pdf"),
    (picture("PNG"), "a.jpg", "jpg", "png"),
    (DOCX, "a.zip", "zip", "docx"),
    (DOCX, "a.xlsx", "xlsx", "docx"),
    (packed({"a": b"b"}), "bomb.docx", "docx", "zip"),
    (b"words", "a.pdf", "pdf", "txt"),
    (b"words", "a.json", "json", "txt"),
    (b"words", "a.eml", "eml", "txt"),
]


@pytest.mark.parametrize(
    ("content", "name", "extension", "really"), MISNAMED, ids=[row[1] for row in MISNAMED]
)
def test_a_name_that_belies_the_content_is_refused(content, name, extension, really):
    """S-05: what a file is called and what it is agree, so that a result names its true inputs."""
    [text] = judged(content, name).problems
    assert dict(text.values) == {"extension": extension, "content": really}


def test_a_zip_bomb_is_judged_by_its_type_and_not_unpacked():
    """S-32: a bomb named docx costs no memory: only a small part is inflated, and that with a limit."""
    bomb = packed({TYPES: bytes(200 << 20), "word/document.xml": b""})
    assert len(bomb) < 1 << 20
    before = time.perf_counter()
    verdict = judged(bomb, "a.docx")
    assert verdict.problems
    assert time.perf_counter() - before < 0.5
    part = archives._part(TYPES, list(archives._central(bomb)), bomb, bomb, len(bomb))
    assert len(part) == archives.PART_LIMIT


@pytest.mark.parametrize(
    ("content", "name", "extension"),
    [
        (b"Rar!\x1a\x07\x00" + bytes(100), "a.rar", "rar"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(100), "a.7z", "7z"),
        (b"import os\n", "a.py", "py"),
        (b"setting=1\n", "a.conf", "conf"),
    ],
)
def test_other_kinds_are_refused_with_the_list_of_what_is_taken(content, name, extension):
    """S-05: a refusal names the condition and the way."""
    [text] = judged(content, name).problems
    assert text.values["extension"] == extension
    assert str(text.values["kinds"]).startswith(".pdf, .docx")


def test_unknown_bytes_are_refused():
    """S-32: what cannot be recognised is not taken."""
    [text] = judged(noise_of(5000), "a.bin").problems
    assert "kinds" in text.values


def test_a_policy_narrows_what_is_taken():
    """S-32: an installation may take less."""
    only = Policy(LIMIT, frozenset({"pdf"}))
    assert judged(PDF, "a.pdf", only).problems == ()
    [text] = judged(b"words", "a.txt", only).problems
    assert text.values["kinds"] == ".pdf"


def test_size_is_judged_first():
    """S-32: a file over the limit is refused with the limit in words."""
    [text] = judge(b"x", b"x", LIMIT + 1, "a.txt", Policy(LIMIT)).problems
    assert str(text).startswith("The file is larger than 50 MB.")
    assert judge(b"x", b"x", 2, "a.txt", Policy(3 * 2**19)).problems == ()
    [text] = judge(b"x", b"x", 3 * 2**19 + 1, "a.txt", Policy(3 * 2**19)).problems
    assert text.values["limit"] == "1.5"


def test_large_archives_are_known_by_beginning_and_end():
    """S-32: parts between head and tail are not needed to tell an office document."""
    filler = noise_of(900_000)
    first = office("spreadsheetml.sheet.main+xml", "xl/workbook.xml", **{"xl/media/a.png": filler})
    last = packed({"xl/media/a.png": filler, "xl/workbook.xml": b"",
                   TYPES: b"spreadsheetml.sheet.main+xml"})  # fmt: skip
    between = packed({"xl/media/a.png": filler[:300_000], TYPES: b"spreadsheetml.sheet.main+xml",
                      "xl/workbook.xml": b"", "xl/media/b.png": filler})  # fmt: skip
    for content in (first, last, between):
        assert taken(content, "a.xlsx") == KINDS["xlsx"].media_type


def test_thousands_of_comments_cost_nothing():
    """S-32: no text makes the recognition slow."""
    hard = [
        b"<!--->" * 10_000 + b"-->x",
        b"<!-- -->" * 8_000 + b"<x",
        b" " * 60_000,
        b"a:b\n" * 16_000,
        b"a: " * 20_000,
    ]
    for content in hard:
        before = time.perf_counter()
        judged(content, "a.eml")
        assert time.perf_counter() - before < 0.2


@given(st.binary(max_size=2000), st.text(max_size=300))
def test_nothing_breaks_the_judgement(content, name):
    """S-32: whatever comes in, the answer is a verdict."""
    for start in (
        b"",
        b"PK\x03\x04",
        b"GIF89a",
        b"RIFFxxxxWEBP",
        b"\0\0\0\x18ftypmp42",
        b"\xff\xfe",
    ):
        for end in (b"", b"PK\x05\x06" + bytes(18), b"PK\x01\x02" + content[:60]):
            verdict = judged(start + content + end, name)
            assert verdict.problems or verdict.media_type in {
                kind.media_type for kind in KINDS.values()
            }
