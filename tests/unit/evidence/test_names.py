"""Under which name a file is kept, and when evidence becomes void."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.permissions import Permission
from evidence.files.rules import (
    LIFECYCLE,
    NAME_LIMIT,
    EvidenceFacts,
    EvidenceState,
    clean_name,
    extension_of,
    icon_of,
)
from evidence.kinds.rules import (
    KINDS,
)
from tests.unit.evidence.made import PDF, judged, picture


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\a\\Desktop\\值班 记录.xlsx", "值班 记录.xlsx"),
        ("a\x00b\x1f.pdf", "ab.pdf"),
        ("line\r\nSet-Cookie: x.pdf", "line Set-Cookie_ x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066a\u2069\u200b.pdf", "a.pdf"),
        ('q"u<o>t|e?*.pdf', "q_u_o_t_e__.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com1.log", "_Com1.log"),
        ("console.log", "console.log"),
        (".htaccess", "file.htaccess"),
        (".pdf", "file.pdf"),
        ("trailing. . .", "trailing"),
        ("  a   b .txt", "a b.txt"),
        ("", "file"),
        ("...", "file"),
        ("///", "file"),
        ("e\u0301t\u00e9.txt", "été.txt"),
        ("报告（终稿）.docx", "报告（终稿）.docx"),
        ("👩\u200d💻.png", "👩\u200d💻.png"),
        ("\ud800bad.txt", "bad.txt"),
    ],
)
def test_names_are_kept_as_every_system_can_keep_them(given_name, kept):
    """S-32: no path, no control character, nothing that turns the reading direction, Unicode kept."""
    assert clean_name(given_name) == kept


def test_huge_names_are_shortened_and_keep_their_extension():
    """S-32: a name is at most 200 characters long."""
    name = clean_name("长" * 5000 + ".docx")
    assert len(name) == NAME_LIMIT
    assert name.endswith("长.docx")
    assert len(clean_name("a" * 5000)) == NAME_LIMIT


@given(st.text(max_size=400))
def test_a_clean_name_is_clean(name):
    """S-32: cleaning is total and says the same the second time."""
    kept = clean_name(name)
    assert 0 < len(kept) <= NAME_LIMIT
    assert clean_name(kept) == kept
    assert not set(kept) & set('/\\<>:"|?*\0\r\n\u202e')
    kept.encode("utf-8")


def test_a_name_without_extension_gets_the_usual_one():
    """S-05: who opens the file later knows what it is."""
    assert judged(PDF, "scan").file_name == "scan.pdf"
    assert judged(picture("JPEG"), "a" * 300).file_name == "a" * 196 + ".jpg"
    assert judged(b"words", "").file_name == "file.txt"
    assert extension_of("a.tar.GZ") == "gz"


def test_icons():
    assert [icon_of(KINDS[name].media_type) for name in ("png", "mp4", "xlsx", "ods", "csv", "pdf")] == [
        "photo", "photo", "sheet", "sheet", "sheet", "file",
    ]  # fmt: skip


def test_only_its_own_side_can_declare_it_void():
    """I-09: nothing is deleted; a wrong item becomes void, by those who handed it over, once."""
    [own] = LIFECYCLE.standings(EvidenceState.VALID, EvidenceFacts(is_own=True), None)
    [foreign] = LIFECYCLE.standings(EvidenceState.VALID, EvidenceFacts(is_own=False), None)
    assert (own.step.action, own.step.target, own.step.permission) == (
        "void",
        "void",
        Permission.EVIDENCE_UPLOAD,
    )
    assert [reason.met for reason in own.reasons] == [True]
    assert [reason.met for reason in foreign.reasons] == [False]
    assert LIFECYCLE.standings(EvidenceState.VOID, EvidenceFacts(is_own=True), None) == []
