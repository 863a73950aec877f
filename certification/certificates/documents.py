"""The certificate as a printed sheet in both languages (I-16), with an annex for what its face cannot hold.

The face has fixed places, so that a long name never moves the medal: texts step down in size, and what still does not
fit goes to the annex in full. Nothing is cut off.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from core import fitting, ornament, pdf
from core.drawing import Drawing, number, svg_marks
from core.words import Words

RenderTemplate = Callable[..., str]

NOTHING = Words("", "")
FACE_SITES = 2
QR_MILLIMETRES = 26.0
_QUIET_MODULES = 4
_MEASURE = 152.0
_HOLDER_ROOM = 58.0
_SCOPE_MEASURE, _SCOPE_ROOM = 66.0, 24.5
_ACROSS, _DOWN = 160.0, 248.0
_SEAL_NAME = 24
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site as the certificate names it; its own scope where it differs."""

    name: Words
    address: Words = NOTHING
    scope: Words = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSheet:
    """All that a revision of a certificate says; texts may be empty in one language, not in both.

    ``status_note`` is for a revision that no longer counts (superseded, withdrawn): it is stamped on the sheet.
    """

    number: str
    revision: int
    holder: Words
    uscc: str
    address: Words
    scope: Words
    standard: Words
    standard_version: str
    level: int
    levels: int
    level_name: Words
    effective_on: date
    expires_on: date
    issued_on: date
    body: Words
    body_code: str
    signatory: Words
    verify_url: str
    token_short: str
    signatory_title: Words = NOTHING
    sites: tuple[SiteLine, ...] = ()
    accreditation: Words = NOTHING
    status_note: Words = NOTHING
    previous_revision: int | None = None
    previous_issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Face:
    """How the face is set: ``size`` and ``scope_size`` name classes of the style sheet, 0 the largest.

    ``scope`` and ``places`` are the texts as they stand on the face; ``annex`` names what the annex holds in full.
    """

    size: int
    scope_size: int
    scope: Words
    places: Words
    address_moved: bool
    annex: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Size:
    """Point sizes of the statement on the face, beginning with the holder's name."""

    holder_zh: float
    holder_en: float
    id: float
    both_zh: float
    both_en: float
    head: float


# Keep in step with .size-0 … of static/documents/certificate.css.
_SIZES = (
    _Size(24, 13, 8, 11, 8, 19.5),
    _Size(19, 11.5, 8, 10.5, 8, 18.5),
    _Size(15, 10, 7.5, 10, 7.5, 17.5),
    _Size(12, 8.5, 7, 9, 7, 15.5),
    _Size(9.5, 7.5, 6.5, 8, 6.5, 12.5),
    _Size(8, 6.5, 6, 7, 6, 11),
)
_SCOPE_SIZES = ((9.5, 8.3), (8.6, 7.6), (7.6, 6.8), (6.8, 6.2))
_SEE_ANNEX = Words("见附页。", "See annex.")


def certificate_pdf(
    sheet: CertificateSheet, render_template: RenderTemplate, *, created_at: datetime
) -> bytes:
    """Print a certificate as PDF. Raises ``core.pdf.DocumentUnavailable``."""
    return pdf.render(
        sheet_html(sheet, render_template),
        title=f"{sheet.number} · {sheet.holder.in_language('zh')}",
        language="zh_CN",
        created_at=created_at,
        author=sheet.body.in_language("zh"),
        ground=ground,
    )


def ground(page: int) -> Drawing:
    """Give the frame of a page: the first has rule, roundel and medal, the annex has none of them."""
    return ornament.certificate_ground(medal=page == 0, emblem=page == 0)


def sheet_html(sheet: CertificateSheet, render_template: RenderTemplate) -> str:
    """Fill the template; ``render_template`` takes a template's name and its context."""
    micro = f"{sheet.body.zh} {sheet.body.en.upper()} {sheet.number}".strip() + " · "
    qr, qr_size = _qr(sheet.verify_url)
    return render_template(
        "documents/certificate.html",
        sheet=sheet,
        face=lay_out(sheet),
        level_zh=f"第{han(sheet.level)}级，共{han(sheet.levels)}级",
        host=urlsplit(sheet.verify_url).netloc,
        initials=_initials(sheet.body_code),
        micro_across=_repeated(micro, _ACROSS),
        micro_down=_repeated(micro, _DOWN),
        qr=qr,
        qr_size=qr_size,
        streaks=Markup(svg_marks(ornament.streaks(sheet.level, sheet.levels))),  # noqa: S704 -- numbers only
        seal_letters=_seal_letters(sheet),
        seal_star=ornament.star(0, -0.4, 6.4, 2.45),
        colours=ornament,
    )
