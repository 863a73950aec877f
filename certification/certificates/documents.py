"""The certificate as a printed sheet in both languages (I-16), with an annex for what its face cannot hold.

The face has fixed places, so that a long name never moves the medal: texts step down in size, and what still does not
fit goes to the annex in full. Nothing is cut off.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from core import fitting, ornament, pdf
from core.drawing import Drawing, svg_marks
from core.words import Words

RenderTemplate = Callable[..., str]

NOTHING = Words("", "")
FACE_SITES = 2
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
        styles=("certificate.css",),
        author=sheet.body.in_language("zh"),
        ground=ground,
    )


def ground(page: int) -> Drawing:
    """Give the frame of a page: the first has rule, roundel and medal, the annex has none of them."""
    return ornament.certificate_ground(medal=page == 0, emblem=page == 0)


def sheet_html(sheet: CertificateSheet, render_template: RenderTemplate) -> str:
    """Fill the template; ``render_template`` takes a template's name and its context."""
    micro = f"{sheet.body.zh} {sheet.body.en.upper()} {sheet.number}".strip() + " · "
    modules, path = _qr(sheet.verify_url)
    return render_template(
        "documents/certificate.html",
        sheet=sheet,
        face=lay_out(sheet),
        statement=statement(sheet),
        level_zh=f"第{han(sheet.level)}级，共{han(sheet.levels)}级",
        host=urlsplit(sheet.verify_url).netloc,
        initials=sheet.body_code[:4],
        micro_across=_repeated(micro, sheet.number, _ACROSS),
        micro_down=_repeated(micro, sheet.number, _DOWN),
        qr_modules=modules,
        qr_path=path,
        streaks=Markup(svg_marks(ornament.streaks(sheet.level, sheet.levels))),  # noqa: S704 -- numbers alone
        seal_letters=list(_seal_letters(sheet)),
        seal_star=ornament.star(0, -0.4, 6.4, 2.45),
    )


def statement(sheet: CertificateSheet) -> Words:
    """Say what was assessed against what; the level follows in the medal."""
    zh, en = sheet.standard.in_language("zh"), sheet.standard.in_language("en")
    version = sheet.standard_version
    return Words(
        f"下列服务经现场审核与服务记录评定，符合《{zh}》第 {version} 版，达到",
        f"has been audited on site and rated by its service records against {en}, version {version}, and attains",
    )


def lay_out(sheet: CertificateSheet) -> Face:
    """Choose the largest setting in which the face holds its texts, and what has to move to the annex."""
    size, address_moved = _statement_size(sheet)
    scope_size, scope, places, moved = _scope_setting(sheet)
    annex = moved | ({"address"} if address_moved else set())
    return Face(size, scope_size, scope, places, address_moved, frozenset(annex))


def han(value: int) -> str:
    """Write 1 to 99 in Chinese numerals; anything else in digits."""
    if not 0 < value < 100:
        return str(value)
    tens, ones = divmod(value, 10)
    leading = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return leading + (_DIGITS[ones] if ones else "")


def _statement_size(sheet: CertificateSheet) -> tuple[int, bool]:
    """Prefer a large name to the address on the face, and the address to a small name."""
    tries = [(k, moved) for moved in (False, True) for k in (0, 1, 2)]
    tries += [(3, False), (3, True), (4, False), (4, True)]
    for index, moved in tries:
        if _statement_height(sheet, _SIZES[index], moved=moved) <= _HOLDER_ROOM:
            return index, moved
    return len(_SIZES) - 1, True


def _statement_height(sheet: CertificateSheet, size: _Size, *, moved: bool) -> float:
    words = statement(sheet)
    address = _SEE_ANNEX if moved else sheet.address
    parts = (
        (sheet.holder.zh, size.holder_zh, 1.25),
        (sheet.holder.en, size.holder_en, 1.3),
        (f"统一社会信用代码 {sheet.uscc}　{address.zh}", size.id, 1.5),
        (address.en, size.id, 1.5),
        (words.zh, size.both_zh, 1.4),
        (words.en, size.both_en, 1.4),
    )
    return size.head + sum(fitting.height(text, at, lead, _MEASURE) for text, at, lead in parts)


def _scope_setting(sheet: CertificateSheet) -> tuple[int, Words, Words, set[str]]:
    """Try the scope with its sites in full, with their names, with their number; last the annex alone."""
    for scope, places, moved, sizes in _scope_tries(sheet):
        for size in sizes:
            if _scope_height(scope, places, size) <= _SCOPE_ROOM:
                return size, scope, places, moved
    return 0, _SEE_ANNEX, _count_of(sheet), {"scope", "sites"} if sheet.sites else {"scope"}


def _scope_tries(sheet: CertificateSheet) -> Iterator[tuple[Words, Words, set[str], range]]:
    every = range(len(_SCOPE_SIZES))
    if not sheet.sites:
        yield sheet.scope, NOTHING, set(), every
        return
    own_scopes = any(site.scope != NOTHING for site in sheet.sites)
    if len(sheet.sites) <= FACE_SITES and not own_scopes:
        yield sheet.scope, _places(sheet, addresses=True), set(), range(2)
    if len(sheet.sites) <= FACE_SITES:
        yield sheet.scope, _places(sheet, addresses=False), {"sites"}, range(3)
    yield sheet.scope, _count_of(sheet), {"sites"}, every


def _scope_height(scope: Words, places: Words, size: int) -> float:
    zh, en = _SCOPE_SIZES[size]
    return max(
        fitting.height(f"认证范围　{scope.zh}{places.zh}", zh, 1.5, _SCOPE_MEASURE),
        fitting.height(f"Scope　{scope.en} {places.en}", en, 1.5, _SCOPE_MEASURE),
    )


def _places(sheet: CertificateSheet, *, addresses: bool) -> Words:
    zh, en = [], []
    for site in sheet.sites:
        where_zh, where_en = site.address.zh, site.address.en
        zh.append(
            site.name.in_language("zh") + (f"（{where_zh}）" if addresses and where_zh else "")
        )
        en.append(
            site.name.in_language("en") + (f" ({where_en})" if addresses and where_en else "")
        )
    annex = NOTHING if addresses else Words("（详见附页）", " (see annex)")
    return Words(f"场所：{'、'.join(zh)}{annex.zh}。", f"Sites: {'; '.join(en)}{annex.en}.")


def _count_of(sheet: CertificateSheet) -> Words:
    count = len(sheet.sites)
    if not count:
        return NOTHING
    return Words(
        f"共 {count} 个场所，详见附页。",
        f"{count} {'site' if count == 1 else 'sites'}, listed in the annex.",
    )


def _repeated(text: str, short: str, millimetres: float) -> str:
    """Fill a line of one-millimetre type."""
    if fitting.width(text) > millimetres:
        text = f"{short} · "
    times = max(1, int(millimetres / fitting.width(text)))
    return (text * times).removesuffix(" · ")


def _seal_letters(sheet: CertificateSheet) -> Iterator[tuple[str, float, float]]:
    """Give the letters of the seal with their angles in degrees and their size in the seal's units."""
    name = sheet.body.zh if 0 < len(sheet.body.zh) <= _SEAL_NAME else sheet.body_code
    span = min(250.0, 36.0 * (len(name) - 1))
    for place, letter in enumerate(name):
        angle = -span / 2 + span * place / (len(name) - 1) if len(name) > 1 else 0.0
        yield letter, round(angle, 1), round(min(5.0, 56 / len(name)), 2)


def _qr(url: str) -> tuple[int, str]:
    """Give a QR symbol's width in modules and its path; error correction M."""
    symbol = segno.make_qr(url, error="m", boost_error=False)
    rows = tuple(tuple(row) for row in symbol.matrix)
    return len(rows), ornament.qr_path(rows)
