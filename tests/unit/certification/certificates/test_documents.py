"""What stands on the face of a certificate and what moves to its annex."""

import pytest

from certification.certificates.documents import (
    SiteLine,
    ground,
    han,
    lay_out,
    sheet_html,
    statement,
)
from core.words import Words
from tests.integration.documents.sheets import certificate, sites


def context(sheet):
    """Give what the template is filled with."""
    kept = {}

    def render(name: str, **values: object) -> str:
        kept.update(values, name=name)
        return ""

    sheet_html(sheet, render)
    return kept


def test_a_plain_certificate_needs_no_annex():
    """I-16: the usual certificate is one sheet at the largest size."""
    face = lay_out(certificate())
    assert (face.size, face.annex, face.address_moved) == (0, frozenset(), False)
    assert "云栖路 18 号" in face.places.zh


@pytest.mark.parametrize(
    ("value", "words"),
    [(1, "一"), (3, "三"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五"), (100, "100")],
)
def test_chinese_numerals(value: int, words: str):
    """S-02: any number of levels has its Chinese words."""
    assert han(value) == words


def test_names_shrink_before_addresses_move():
    """I-16: the longer the name, the smaller its type; what does not fit goes to the annex in full."""
    sizes = [lay_out(certificate(holder=Words("江" * n, ""))).size for n in (10, 25, 60, 120, 240)]
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]
    crowded = lay_out(
        certificate(holder=Words("江" * 40, "x" * 90), address=Words("南" * 240, "x" * 240))
    )
    assert crowded.address_moved
    assert "address" in crowded.annex


def test_scope_gives_way_step_by_step():
    """I-16: the scope shrinks, then sites leave the face, last the scope itself."""
    names = sites(2)
    settings = [
        lay_out(certificate(sites=names, scope=Words("托" * n, "Hosting.")))
        for n in (10, 60, 120, 600)
    ]
    full, named, counted, moved = settings
    assert (full.annex, named.annex, counted.annex) == (set(), {"sites"}, {"sites"})
    assert "1 Yunqi Road" in full.places.en
    assert named.places.en == "Sites: Data centre 1; Data centre 2 (see annex)."
    assert counted.places.en == "2 sites, listed in the annex."
    assert moved.annex == {"scope", "sites"}
    assert moved.scope.zh == "见附页。"


def test_more_than_two_sites_are_counted():
    """The look: sites beyond two go to an annex."""
    face = lay_out(certificate(sites=sites(3)))
    assert face.places == Words("共 3 个场所，详见附页。", "3 sites, listed in the annex.")
    assert face.annex == {"sites"}


def test_a_site_with_its_own_scope_is_in_the_annex():
    """I-16: scope per site is never left out."""
    line = SiteLine(
        Words("南京", "Nanjing"), Words("云栖路", "Yunqi Road"), Words("备份", "Backup")
    )
    assert "sites" in lay_out(certificate(sites=(line,))).annex
    assert lay_out(certificate(sites=())).places == Words("", "")


def test_one_language_stands_for_the_other():
    """Texts may be empty in one language: the statement names the standard all the same."""
    words = statement(certificate(standard=Words("服务级别", "")))
    assert "《服务级别》第 1 版" in words.zh
    assert "against 服务级别, version 1" in words.en


def test_what_the_template_is_given():
    """I-16: the number runs in the microtext; the seal carries the body's name; the code leads to the page."""
    given = context(certificate())
    assert given["name"] == "documents/certificate.html"
    assert given["micro_across"].count("HHC-2025-SL-00087") >= 3
    assert len(given["micro_down"]) > len(given["micro_across"])
    assert "".join(letter for letter, _, _ in given["seal_letters"]) == "华衡认证有限公司"
    assert given["host"] == "verify.example.org"
    assert given["level_zh"] == "第三级，共五级"


@pytest.mark.parametrize("name", ["", "华" * 60])
def test_a_body_without_a_short_chinese_name(name: str):
    """A seal and a microtext that cannot hold the name hold code and number."""
    given = context(certificate(body=Words(name, "B" * 200)))
    assert "".join(letter for letter, _, _ in given["seal_letters"]) == "HHC"
    assert "HHC-2025-SL-00087" in given["micro_across"]


def test_grounds():
    """The face has the medal, the annex pages the frame alone."""
    assert ground(0) is not ground(1)
    assert ground(1) is ground(7)
