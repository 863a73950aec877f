"""What the reader sees of texts, dates and numbers: in their language and time zone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, localcontext
from math import isnan
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import Translations
from flask import g, request
from flask_babel import Domain, get_locale, gettext, ngettext

from core.clock import utc_now
from core.events import Event
from core.words import Saying, Text, Words

LANGUAGES = {"zh_CN": "中文", "en": "English"}
DEFAULT_ZONE = "Asia/Shanghai"
SAYINGS: dict[str, Saying] = {}


class Catalogues(Domain):
    """Finds the catalogues under the names the product uses: Babel calls ``zh_CN`` by its longer name."""

    def get_translations(self) -> Translations:
        """Load a language's catalogue once."""
        code = "zh_CN" if _chinese() else "en"
        if code not in self.cache:
            self.cache[code] = Translations.load(self.translation_directories[0], [code])
        found: Translations = self.cache[code]
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the timeline shows it."""

    at: datetime
    actor_name: str
    sentence: str
    key: bool
    reason: str | None
    name: str


def language() -> str:
    """Give the reader's language: what they chose, else what the browser asks for, else Chinese."""
    chosen = getattr(g, "language", None) or request.cookies.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
    return "en" if best == "en" else "zh_CN"


def zone() -> str:
    """Give the reader's time zone."""
    return getattr(g, "zone", None) or DEFAULT_ZONE


def say(text: Text | Words | str | None) -> str:
    """Translate a text and put its values in; nested texts and dates are spoken too."""
    if text is None:
        return ""
    if isinstance(text, Words):
        return text.in_language(str(get_locale()))
    if isinstance(text, str):
        return str(gettext(text)) if text else ""
    values = {name: _value(value) for name, value in text.values.items()}
    if text.plural is not None:
        return str(ngettext(text.message, text.plural, text.count, **values))
    return str(gettext(text.message, **values))


def name_of(thing: Any) -> str:
    """Give a thing's name (``name_zh``/``name_en`` or ``title_…``) in the reader's language, the other if empty."""
    if thing is None:
        return ""
    stem = "name" if hasattr(thing, "name_zh") else "title"
    return pick(thing, stem)


def pick(thing: Any, stem: str) -> str:
    """Give ``thing.<stem>_zh`` or ``_en`` by the reader's language, the other one where it is empty."""
    words = Words(getattr(thing, f"{stem}_zh") or "", getattr(thing, f"{stem}_en") or "")
    return words.in_language(str(get_locale()))


def lang_of(thing: Any, stem: str) -> str:
    """Give the ``lang`` of what ``pick`` gives where it is not the reader's own language, else nothing."""
    own, other = ("zh", "en") if _chinese() else ("en", "zh")
    missing = not getattr(thing, f"{stem}_{own}") and getattr(thing, f"{stem}_{other}")
    return {"zh": "zh-CN", "en": "en"}[other] if missing else ""


def tell(events: Iterable[Event]) -> list[Told]:
    """Turn events into sentences; an event nobody wrote a sentence for shows its name."""
    return [_told(event) for event in events]


def day_long(value: date | datetime | None) -> str:
    """20 November 2026 / 2026年11月20日."""
    if value is None:
        return ""
    return format_date(_day(value), "y年M月d日" if _chinese() else "d MMMM y", locale=_locale())


def day_short(value: date | datetime | None) -> str:
    """20 Nov / 11-20 in this year, with the year otherwise."""
    if value is None:
        return ""
    day = _day(value)
    this_year = day.year == utc_now().astimezone(ZoneInfo(zone())).year
    if _chinese():
        return f"{day:%m-%d}" if this_year else f"{day:%Y-%m-%d}"
    return format_date(day, "d MMM" if this_year else "d MMM y", locale=_locale())


def when(value: datetime | None) -> str:
    """Today 13:41, yesterday 09:00, otherwise the day and the time."""
    if value is None:
        return ""
    local = value.astimezone(ZoneInfo(zone()))
    today = utc_now().astimezone(ZoneInfo(zone())).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return str(gettext("today %(time)s", time=clock))
    if local.date() == today - timedelta(days=1):
        return str(gettext("yesterday %(time)s", time=clock))
    return f"{day_short(local)} {clock}"


def number(value: Any, decimals: int | None = None) -> str:
    """1,204 or 73.7 with the given decimals; an en dash for nothing.

    Halves are rounded up, as one does with a pencil: 76.85 is shown as 76.9.
    """
    if value is None or (isinstance(value, float) and isnan(value)):
        return "–"
    shape = (
        "#,##0" + ("." + "0" * decimals if decimals else "")
        if decimals is not None
        else "#,##0.###"
    )
    with localcontext(rounding=ROUND_HALF_UP):
        return format_decimal(value, shape, locale=_locale())


def percent(value: Any, decimals: int = 0) -> str:
    """80 % in English, 80% in Chinese; the value is already in percent."""
    return number(value, decimals) + ("%" if _chinese() else " %")


def filesize(size: int) -> str:
    """1.4 MB."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{number(amount, 0 if unit == 'B' or amount >= 10 else 1)} {unit}"
        amount /= 1000
    return f"{number(amount, 1)} GB"


def days_from_now(day: date | None) -> int | None:
    """Give how many days lie between today (in the reader's zone) and a day; negative when past."""
    if day is None:
        return None
    return (day - utc_now().astimezone(ZoneInfo(zone())).date()).days


def distance(day: date | None) -> str:
    """Due-date distance in words."""
    days = days_from_now(day)
    if days is None:
        return ""
    if days < 0:
        return str(ngettext("%(num)s day overdue", "%(num)s days overdue", -days))
    if days == 0:
        return str(gettext("today"))
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


def _told(event: Event) -> Told:
    saying = SAYINGS.get(event.name)
    actor = event.actor_name or gettext("The clock")
    if saying is None:
        sentence = f"{actor}: {event.name} {event.subject_label}"
    else:
        sentence = gettext(saying.message, actor=actor, label=event.subject_label)
    return Told(
        event.at, actor, sentence.strip(), bool(saying and saying.key), event.reason, event.name
    )


def _value(value: object) -> object:
    if isinstance(value, Text | Words):
        return say(value)
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return day_long(value)
    if isinstance(value, float):
        return number(value)
    return value


def _day(value: date | datetime) -> date:
    return value.astimezone(ZoneInfo(zone())).date() if isinstance(value, datetime) else value


def _locale() -> Any:
    return get_locale()


def _chinese() -> bool:
    return str(get_locale()).startswith("zh")


FILTERS: Mapping[str, Any] = {
    "date": day_long,
    "day": day_short,
    "when": when,
    "iso": lambda value: value.isoformat() if value else "",
    "number": number,
    "percent": percent,
    "filesize": filesize,
    "days_from_now": days_from_now,
    "distance": distance,
    "name_of": name_of,
    "lang_of": lang_of,
    "pick": pick,
    "spoken": say,
}
