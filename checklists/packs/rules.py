"""Reading packs: parsed YAML or JSON in, values out, and every problem told. Pure."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from core.errors import DomainError
from core.words import N_, NT_, T_, Text, Words

TEXT_LENGTH = 2000
TITLE_LENGTH = 60
OPEN_TEXT_LENGTH = 20_000
OPEN_TITLE_LENGTH = 240
SLUG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a pack, and where: ``pointer`` is a JSON pointer (RFC 6901)."""

    pointer: str
    text: Text

    def __str__(self) -> str:
        """Give pointer and English text, for logs and the command line."""
        return f"{self.pointer or '/'}: {self.text}"


class PackError(DomainError, ValueError):
    """A pack that cannot be taken; ``problems`` lists everything wrong with it, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(
            NT_(
                "One thing in this pack has to be put right. %(pointer)s: %(first)s",
                "%(n)s things in this pack have to be put right. The first, %(pointer)s: %(first)s",
                len(self.problems),
                pointer=first.pointer or "/",
                first=first.text,
            )
        )


Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class PackReader:
    """One group of fields in a pack.

    Each accessor notes what is wrong into the shared ``problems`` and gives a stand-in, so that
    one reading finds everything. The stand-in of a number is NaN: comparisons with it are false
    and add no second complaint. ``fields`` is None where the group itself was wrong, which has
    been told already. ``lenient`` is for what others wrote: a text in one language suffices, and
    texts may be longer.
    """

    fields: Mapping[str, object] | None
    pointer: str = ""
    problems: list[Problem] = field(default_factory=list)
    lenient: bool = False

    @staticmethod
    def of(data: object, wanted: str, *known: str, lenient: bool = False) -> "PackReader":
        """Open a whole pack of the ``wanted`` format; its other fields are ``known``."""
        top = _open(data, PackReader(None, lenient=lenient), (), ("format", *known))
        if top.text("format") not in {wanted, ""}:
            top.tell(T_("Only the format %(wanted)s can be read here.", wanted=wanted), "format")
        return top

    def tell(self, text: Text, *keys: str | int) -> None:
        """Note a problem with this group or with something inside it."""
        self.problems.append(Problem(self.at(*keys), text))

    def at(self, *keys: str | int) -> str:
        """Give the JSON pointer of something inside this group."""
        steps = (str(key).replace("~", "~0").replace("/", "~1") for key in keys)
        return "".join([self.pointer, *(f"/{step}" for step in steps)])

    def has(self, key: str) -> bool:
        """Tell whether a field is there and not null."""
        return self.fields is not None and self.fields.get(key) is not None

    def finish(self) -> None:
        """Refuse the pack if anything was wrong with it."""
        if self.problems:
            raise PackError(self.problems)

    def group(self, key: str, *known: str) -> "PackReader":
        """Enter a group of fields; names outside ``known`` are problems."""
        if not self._present(key):
            return PackReader(None, self.at(key), self.problems, self.lenient)
        return _open(self._value(key), self, (key,), known)

    def groups(self, key: str, *known: str) -> "list[PackReader]":
        """Enter each group of a list that has at least one."""
        entries = self._entries(key)
        return [_open(entry, self, (key, n), known) for n, entry in enumerate(entries)]

    def words(self, key: str, most: int = TEXT_LENGTH, *, needed: bool = True) -> Words:
        """Read a text in both languages, each at most ``most`` characters.

        Read leniently, one language is enough, and none where it is not ``needed``.
        """
        if self.lenient:
            return self._either(key, most, needed=needed)
        inner = self.group(key, "zh", "en")
        return Words(zh=inner.text("zh", most=most), en=inner.text("en", most=most))

    def title(self, key: str) -> Words:
        """Read a title of one line in both languages."""
        title = self.words(key, OPEN_TITLE_LENGTH if self.lenient else TITLE_LENGTH)
        for language, text in (("zh", title.zh), ("en", title.en)):
            if self.lenient and "\n" in text:
                self.tell(T_("A title has one line."), key, language)
        return title

    def text(self, key: str, shape: re.Pattern[str] | None = None, most: int = TEXT_LENGTH) -> str:
        """Read a text that is not empty; with ``shape``, one that matches it wholly."""
        return (
            self._checked_text(self._value(key), (key,), shape, most) if self._present(key) else ""
        )

    def texts(self, key: str, shape: re.Pattern[str] | None = None) -> tuple[str, ...]:
        """Read a list of texts that has at least one, none twice."""
        found = tuple(
            self._checked_text(entry, (key, n), shape, TEXT_LENGTH)
            for n, entry in enumerate(self._entries(key))
        )
        self.unique(((text, (key, n)) for n, text in enumerate(found)))
        return found

    def number(self, key: str, low: float = 0, high: float = math.inf) -> float:
        """Read a finite number from ``low`` to ``high``."""
        if not self._present(key):
            return math.nan
        return self._checked_number(self._value(key), (key,), low, high)

    def numbers(
        self, key: str, low: float = -math.inf, high: float = math.inf
    ) -> tuple[float, ...]:
        """Read a list of finite numbers that has at least one."""
        entries = enumerate(self._entries(key))
        return tuple(self._checked_number(entry, (key, n), low, high) for n, entry in entries)

    def whole(self, key: str, low: int, high: int) -> int:
        """Read a whole number from ``low`` to ``high``; the stand-in is ``low``."""
        if not self._present(key):
            return low
        return self._checked_whole(self._value(key), (key,), low, high)

    def wholes(self, key: str, low: int, high: int) -> tuple[int, ...]:
        """Read a list of whole numbers that has at least one."""
        entries = enumerate(self._entries(key))
        return tuple(self._checked_whole(entry, (key, n), low, high) for n, entry in entries)

    def flag(self, key: str) -> bool:
        """Read true or false."""
        value = self._value(key)
        if self._present(key) and not isinstance(value, bool):
            self.tell(T_("True or false is needed here."), key)
        return value is True

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Read one word of a fixed list; the stand-in is its first."""
        value = self._value(key) if self._present(key) else next(iter(kind))
        return self._checked_choice(value, (key,), kind)

    def choices(self, key: str, kind: type[Choice]) -> tuple[Choice, ...]:
        """Read a list of words of a fixed list, at least one, none twice."""
        named = enumerate(self.texts(key))
        return tuple(self._checked_choice(name, (key, n), kind) for n, name in named if name)

    def unique(self, named: Iterable[tuple[str, tuple[str | int, ...]]]) -> None:
        """Tell every text that stands a second time; each comes with its place in this group."""
        first: dict[str, str] = {}
        for text, place in named:
            if text and text in first:
                message = N_("“%(code)s” stands here a second time; the first is at %(first)s.")
                self.tell(T_(message, code=text, first=first[text]), *place)
            first.setdefault(text, self.at(*place))

    def _either(self, key: str, most: int, *, needed: bool) -> Words:
        if not needed and not self.has(key):
            return Words("", "")
        inner = self.group(key, "zh", "en")
        room = most if most == OPEN_TITLE_LENGTH else OPEN_TEXT_LENGTH
        zh, en = (
            inner.text(language, most=room) if inner.filled(language) else ""
            for language in ("zh", "en")
        )
        if needed and inner.fields is not None and not (inner.filled("zh") or inner.filled("en")):
            self.tell(T_("The text is missing in both languages."), key)
        return Words(zh, en)

    def filled(self, key: str) -> bool:
        """Tell whether a field holds more than nothing: not null, not an empty text or list."""
        value = self._value(key)
        return bool(value.strip()) if isinstance(value, str) else value not in (None, [], ())

    def _value(self, key: str) -> object:
        return None if self.fields is None else self.fields.get(key)

    def _present(self, key: str) -> bool:
        """Tell whether a field is there; if it is not, note that."""
        if self.fields is not None and not self.has(key):
            missing = {
                "zh": N_("The Chinese text is missing."),
                "en": N_("The English text is missing."),
            }
            self.tell(T_(missing.get(key, N_("This is missing."))), key)
        return self.has(key)

    def _entries(self, key: str) -> list[object]:
        if not self._present(key):
            return []
        value = self._value(key)
        if isinstance(value, list | tuple) and value:
            return list(value)
        self.tell(T_("A list with at least one entry is needed here."), key)
        return []

    def _checked_text(
        self, value: object, place: tuple[str | int, ...], shape: re.Pattern[str] | None, most: int
    ) -> str:
        if not isinstance(value, str) or not value.strip():
            self.tell(T_("A text is needed here; put quotation marks around a number."), *place)
            return ""
        value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if len(value) > most:
            message = N_("This has %(length)s characters; at most %(most)s fit.")
            self.tell(T_(message, length=len(value), most=most), *place)
        if shape is not None and not shape.fullmatch(value):
            self.tell(T_("“%(text)s” is not written as such a code must be.", text=value), *place)
        return value

    def _checked_number(
        self, value: object, place: tuple[str | int, ...], low: float, high: float
    ) -> float:
        number = float(value) if isinstance(value, int | float) else math.nan
        if low <= number <= high and math.isfinite(number) and not isinstance(value, bool):
            return number
        self.tell(_range_text(low, high), *place)
        return math.nan

    def _checked_whole(
        self, value: object, place: tuple[str | int, ...], low: int, high: int
    ) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        message = N_("A whole number from %(low)s to %(high)s is needed here.")
        self.tell(T_(message, low=low, high=high), *place)
        return low

    def _checked_choice(
        self, value: object, place: tuple[str | int, ...], kind: type[Choice]
    ) -> Choice:
        try:
            return kind(str(value))
        except ValueError:
            names = ", ".join(kind)
            self.tell(T_("One of these is needed here: %(names)s.", names=names), *place)
            return next(iter(kind))


def _range_text(low: float, high: float) -> Text:
    """Say which numbers are wanted; an open end is left out."""
    if math.isinf(low) and math.isinf(high):
        return T_("A number is needed here.")
    if math.isinf(high):
        return T_("A number of at least %(low)s is needed here.", low=f"{low:g}")
    return T_("A number from %(low)s to %(high)s is needed here.", low=f"{low:g}", high=f"{high:g}")


def _open(
    value: object, outer: PackReader, place: tuple[str | int, ...], known: tuple[str, ...]
) -> PackReader:
    """Enter a group of fields, telling names outside ``known`` unless that is empty."""
    pointer, problems = outer.at(*place), outer.problems
    if not isinstance(value, Mapping):
        problems.append(Problem(pointer, T_("A group of named fields is needed here.")))
        return PackReader(None, pointer, problems, outer.lenient)
    fields = {str(key): one for key, one in value.items()}
    inner = PackReader(fields, pointer, problems, outer.lenient)
    for name in fields:
        if known and name not in known:
            inner.tell(T_("Nothing of this name is known here."), name)
    return inner
