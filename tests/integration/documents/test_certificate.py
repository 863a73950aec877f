"""The certificate, printed and read back."""

import shutil
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from certification.certificates.documents import certificate_pdf, sheet_html, statement
from core import ornament, pdf
from core.words import Words
from tests.integration.documents import reading, sheets

MEDAL_TOP = ornament.MEDAL_AT[1] - ornament.MEDAL_RADIUS
MEDAL_FOOT = ornament.MEDAL_AT[1] + ornament.MEDAL_RADIUS
RULE, DATA, LOWEST = ornament.RULE_AT[1], 218.0, 274.6


@pytest.fixture
def printed(render_template):
    """Print a certificate with changes."""

    def make(**changes):
        sheet = sheets.certificate(**changes)
        return certificate_pdf(sheet, render_template, created_at=sheets.AT)

    return make


def test_names_what_a_certificate_must(printed):
    """I-16, S-10: holder and site, dates, number, standard and version, level, scope, body, revision."""
    document = printed()
    text = reading.squeezed(document)
    for words in (
        "江海云服科技有限公司",
        "Jianghai Cloud Operations Co., Ltd.",
        "91320100MA1XK2P90N",
        "HHC-2025-SL-00087",
        "2025-06-20",
        "2026-03-02",
        "2028-06-19",
        "《IT 服务级别 2025》第 1 版",
        "IT Service Level 2025, version 1",
        "第三级，共五级",
        "卓越级",
        "Level 3 of 5",
        "面向政府客户的托管与备份服务。",
        "南京总部",
        "华衡认证有限公司",
        "Huaheng Certification Co., Ltd.",
        "Replaces revision 1 of 2025-06-20",
        "7Q4M-XK2P",
    ):
        assert "".join(words.split()) in text
    assert len(reading.reader(document).pages) == 1


@pytest.mark.usefixtures("designed_fonts")
def test_fonts_are_embedded(printed):
    """The stack: without its font the text layer reads right while the page shows boxes."""
    assert reading.fonts(printed()) == {
        "Noto-Serif-CJK-SC": True,
        "Noto-Serif-CJK-SC-Bold": True,
        "LXGW-WenKai": True,
    }


@pytest.mark.usefixtures("designed_fonts")
def test_rare_characters_have_a_font(printed):
    """A name with characters beyond the common planes is still printed from a Chinese font."""
    document = printed(holder=Words("𠮷㛃龘云服有限公司", ""))
    assert "𠮷㛃龘云服有限公司" in reading.squeezed(document)
    assert all("CJK" in name or "WenKai" in name for name in reading.fonts(document))


def test_qr_leads_to_the_verification_page(printed, tmp_path: Path):
    """I-17: at 150 dpi the code reads as the address; it is 25 mm wide with error correction M."""
    tool = shutil.which("pdftoppm")
    if tool is None:
        pytest.skip("NOT PROVED HERE: pdftoppm (poppler-utils) is missing")
    (tmp_path / "c.pdf").write_bytes(printed())
    subprocess.run(  # noqa: S603 -- a fixed command
        [tool, "-r", "150", "-png", "-singlefile", tmp_path / "c.pdf", tmp_path / "c"], check=True
    )
    with Image.open(tmp_path / "c.png") as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"))
    assert [code.text for code in found] == [sheets.CERTIFICATE.verify_url]
    corners = found[0].position
    assert (corners.top_right.x - corners.top_left.x) / 150 * 25.4 >= 25
    assert found[0].ec_level == "M"


def test_four_modules_around_the_qr_stay_empty(printed):
    """A code without its quiet zone is not found by every reader."""
    left, right, top, foot = 27.0, 53.0, 246.5, 272.5
    quiet = 4 * 26 / 37
    for piece in reading.pieces(reading.reader(printed()).pages[0]):
        beside = left - quiet < piece.x < right + quiet
        assert not (beside and top - quiet < piece.y < foot + quiet), piece


def test_archival_and_tagged(printed):
    """I-19: records outlive programs; a PDF/A carries fonts, colours and structure with it."""
    document = printed()
    root = reading.reader(document).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "zh-CN"
    assert b'pdfaid:part="3"' in root["/Metadata"].get_data()
    assert {"/H1", "/P", "/Table", "/Figure"} <= reading.tags(document)


def test_the_same_sheet_gives_the_same_bytes(printed):
    """S-05: who prints a revision again holds the same file."""
    assert printed() == printed()
    assert printed() != printed(revision=3)


def test_ornament_is_no_content(printed):
    """The frame is an artifact: it is not read aloud."""
    page = reading.reader(printed()).pages[0]
    assert page["/Contents"][0].get_object().get_data().startswith(b"/Artifact BMC")
    assert {"/Ground0"} <= set(page["/Resources"]["/XObject"])


@pytest.mark.parametrize(
    "field", ["holder", "address", "scope", "standard", "body", "level_name", "signatory"]
)
def test_markup_in_a_name_is_text(printed, field: str):
    """Quality 7: what people type is printed as typed and opens nothing."""
    hostile = '<img src="file:///etc/passwd"><style>*{display:none}</style>'
    document = printed(**{field: Words(hostile, hostile)})
    assert "".join(hostile.split()) in reading.squeezed(document)
    assert "HHC-2025-SL-00087" in reading.text(document)
    assert not reading.reader(document).attachments


SCRIPTS = {"han": "江海云服科技", "words": "Jianghai Cloud Operations ", "capitals": "WMWQ"}


@pytest.mark.parametrize(("script", "length"), [*product(SCRIPTS, (20, 100, 240))])
def test_long_texts_keep_their_places(printed, script: str, length: int):
    """I-16: names and scopes up to what a field takes never run into the medal, the data or the frame."""
    words = (SCRIPTS[script] * 60)[:length].strip()
    both = Words(words, words)
    document = printed(holder=both, address=both, scope=Words(f"{words}终", f"{words}FIN"))
    pages = reading.reader(document).pages
    face = reading.pieces(pages[0])
    last = statement(sheets.CERTIFICATE).en.split()[-1]
    first, end = (next(p for p in face if words in p.text) for words in ("兹证明", last))
    assert RULE + 4 < first.y < end.y < MEDAL_TOP
    level_row = {"第三级，共五级", "卓越级", "3", "Level 3 of 5", "Excellent"}
    between = [p for p in face if MEDAL_TOP - 1 < p.y < MEDAL_FOOT and p.text not in level_row]
    assert [p for p in between if p.size > 4] == []
    scope = [p for p in face if MEDAL_FOOT < p.y < DATA and p.size > 4]
    assert scope
    assert max(p.y for p in scope) < DATA - 1
    assert all(p.y < LOWEST for p in face if p.size > 4)
    everything = reading.squeezed(document)
    assert everything.count("".join(words.split())) >= 6
    assert "终" in everything
    assert "FIN" in everything


def test_many_sites_go_to_an_annex(printed):
    """I-16: more than two sites stand in the annex, all of them, on pages that say which certificate they belong to."""
    document = printed(sites=sheets.sites(40))
    pages = reading.reader(document).pages
    assert len(pages) >= 3
    assert "40 sites, listed in the annex" in pages[0].extract_text()
    annex = "\n".join(page.extract_text() for page in pages[1:])
    assert all(f"第{k}数据中心" in annex and f"{k} Yunqi Road" in annex for k in range(1, 41))
    for number, page in enumerate(pages[1:], 2):
        words = page.extract_text()
        assert "HHC-2025-SL-00087" in words
        assert f"Page {number} of {len(pages)}" in words


def test_two_sites_stay_on_the_face(printed):
    """The look: only sites beyond two go to an annex."""
    assert len(reading.reader(printed(sites=sheets.sites(2))).pages) == 1


def test_empty_english_leaves_no_gap(render_template, printed):
    """A holder without an English name has one name on the sheet, not an empty line."""
    changes = {"holder": Words("江海云服", ""), "address": Words("南京", ""), "sites": ()}
    html = sheet_html(sheets.certificate(**changes), render_template)
    assert "holder-en" not in html
    assert "江海云服" in reading.squeezed(printed(**changes))


def test_a_superseded_revision_says_so(printed):
    """I-16: an old revision is never edited; its print is stamped."""
    note = Words("已被取代", "Superseded by revision 3")
    assert "Superseded by revision 3" in reading.text(printed(status_note=note))
    assert "Superseded" not in reading.text(printed())


def test_render_time(printed):
    """Quality: a certificate in 150 ms; its figure beside that of three words in the same fonts."""
    bare = (
        "<p style=\"font-family:'LXGW WenKai'\">认</p>"
        "<p style=\"font-family:'Noto Serif CJK SC'\">证 <b>书</b></p>"
    )

    def floor() -> bytes:
        return pdf.render(bare, title="x", language="en", created_at=sheets.AT, styles=())

    spans: dict[str, list[float]] = {"certificate": [], "three words": []}
    for _ in range(8):
        for name, action in (("certificate", printed), ("three words", floor)):
            start = time.process_time()
            action()
            spans[name].append((time.process_time() - start) * 1000)
    best = {name: min(times) for name, times in spans.items()}
    told = ", ".join(f"{name} {span:.0f} ms" for name, span in best.items())
    sys.stdout.write(f"{told}\n")
    assert best["certificate"] < max(150, 5 * best["three words"])
