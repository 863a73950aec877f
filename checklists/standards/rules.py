"""Standards: their states, the vocabulary of a criterion, and the reader of packs. Pure."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from core.errors import DomainError
from core.words import N_, NT_, T_, Text, Words

FORMAT = "assay-standard/1"
TITLE_LENGTH = 60
TEXT_LENGTH = 2000
LEVELS = 5
SLUG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
SOURCE = re.compile(r"[A-Z]-\d{2,3}")


class StandardState(StrEnum):
    """Where a version of a standard stands (S-34)."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Area(StrEnum):
    """The four areas of an assessment (S-06)."""

    INDICATORS = "indicators"
    PROCESS = "process"
    PEOPLE = "people"
    ENVIRONMENT = "environment"


class Stage(StrEnum):
    """The stage of a service's life that a criterion looks at (S-22)."""

    DESIGN = "design"
    IMPLEMENTATION = "implementation"
    DELIVERY = "delivery"
    IMPROVEMENT = "improvement"


class Method(StrEnum):
    """How an auditor finds out (S-22)."""

    DOCUMENT_REVIEW = "document_review"
    INTERVIEW = "interview"
    SYSTEM_TEST = "system_test"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a pack, and where: ``pointer`` is a JSON pointer (RFC 6901)."""

    pointer: str
    text: Text

    def __str__(self) -> str:
        """Give pointer and English text, for logs and the command line."""
        return f"{self.pointer or '/'}: {self.text}"


class PackError(DomainError, ValueError):
    """A pack that cannot be taken; ``problems`` lists everything wrong with it, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            NT_(
                "One thing in this pack has to be put right: %(first)s",
                "%(n)s things in this pack have to be put right. The first: %(first)s",
                len(self.problems),
                first=str(self.problems[0]) if self.problems else "",
            )
        )


Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class PackReader:
    """One group of fields in a pack.

    Each accessor notes what is wrong into the shared ``problems`` and gives a stand-in, so that one reading finds
    everything. The stand-in of a number is NaN: comparisons with it are false and add no second complaint.
    ``fields`` is None where the group itself was wrong and has been told already.
    """

    fields: Mapping[str, object] | None
    pointer: str = ""
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, data: object, *known: str) -> "PackReader":
        """Open a whole pack, whose top-level fields are ``known``."""
        return cls(None)._open(data, "", known)

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
        """Enter a group of fields; a name outside ``known`` is a problem, unless ``known`` is empty."""
        if not self._present(key):
            return PackReader(None, self.at(key), self.problems)
        return self._open(self._value(key), self.at(key), known)

    def groups(self, key: str, *known: str) -> "list[PackReader]":
        """Enter each group of a list that has at least one."""
        entries = self._entries(key)
        return [self._open(entry, self.at(key, n), known) for n, entry in enumerate(entries)]

    def words(self, key: str, most: int = TEXT_LENGTH) -> Words:
        """Read a text in both languages, each at most ``most`` characters."""
        inner = self.group(key, "zh", "en")
        return Words(zh=inner.text("zh", most=most), en=inner.text("en", most=most))

    def text(self, key: str, shape: re.Pattern[str] | None = None, most: int = TEXT_LENGTH) -> str:
        """Read a text that is not empty; with ``shape``, one that matches it wholly."""
        return self._checked_text(self._value(key), (key,), shape, most) if self._present(key) else ""

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

    def numbers(self, key: str, low: float = -math.inf, high: float = math.inf) -> tuple[float, ...]:
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
        """Tell every text that stands a second time; each comes with its place inside this group."""
        first: dict[str, str] = {}
        for text, place in named:
            if text and text in first:
                message = N_("“%(code)s” stands here a second time; the first is at %(first)s.")
                self.tell(T_(message, code=text, first=first[text]), *place)
            first.setdefault(text, self.at(*place))

    def _open(self, value: object, pointer: str, known: tuple[str, ...]) -> "PackReader":
        if not isinstance(value, Mapping):
            self.problems.append(Problem(pointer, T_("A group of named fields is needed here.")))
            return PackReader(None, pointer, self.problems)
        inner = PackReader({str(key): one for key, one in value.items()}, pointer, self.problems)
        for name in inner.fields or ():
            if known and name not in known:
                inner.tell(T_("Nothing of this name is known here."), name)
        return inner

    def _value(self, key: str) -> object:
        return None if self.fields is None else self.fields.get(key)

    def _present(self, key: str) -> bool:
        """Tell whether a field is there; if it is not, note that."""
        if self.fields is not None and not self.has(key):
            missing = {"zh": N_("The Chinese text is missing."), "en": N_("The English text is missing.")}
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
        if len(value) > most:
            message = N_("This has %(length)s characters; at most %(most)s fit.")
            self.tell(T_(message, length=len(value), most=most), *place)
        if shape is not None and not shape.fullmatch(value):
            self.tell(T_("“%(text)s” is not written as such a code must be.", text=value), *place)
        return value.strip()

    def _checked_number(
        self, value: object, place: tuple[str | int, ...], low: float, high: float
    ) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            if math.isfinite(value) and low <= value <= high:
                return float(value)
        self.tell(_range_text(low, high), *place)
        return math.nan

    def _checked_whole(
        self, value: object, place: tuple[str | int, ...], low: int, high: int
    ) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.tell(T_("A whole number from %(low)s to %(high)s is needed here.", low=low, high=high), *place)
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


@dataclass(frozen=True, slots=True)
class PackCitation:
    """A clause that a criterion cites; ``verified`` once somebody has checked the number (S-35)."""

    code: str
    clause: str
    verified: bool


@dataclass(frozen=True, slots=True)
class PackCriterion:
    """One criterion as a pack tells it. ``dimension`` is a code of the scheme; ``level_from`` 1 to 5."""

    code: str
    dimension: str
    area: Area
    stage: Stage
    level_from: int
    weight: int
    critical: bool
    methods: tuple[Method, ...]
    title: Words
    requirement: Words
    guidance: Words
    evidence: Words
    sources: tuple[str, ...]
    citations: tuple[PackCitation, ...]


@dataclass(frozen=True, slots=True)
class PackSection:
    """A section with its criteria, in order."""

    code: str
    title: Words
    criteria: tuple[PackCriterion, ...]


@dataclass(frozen=True, slots=True)
class StandardPack:
    """A whole standard version, ready to be stored."""

    code: str
    version: str
    title: Words
    summary: Words
    sections: tuple[PackSection, ...]

    @property
    def criteria(self) -> tuple[PackCriterion, ...]:
        """All criteria, in reading order."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)


def parse_standard(data: object) -> StandardPack:
    """Read a standard pack from parsed YAML or JSON; PackError lists everything wrong with it."""
    top = PackReader.of(data, "format", "code", "version", "title", "summary", "sections")
    check_format(top, FORMAT)
    sections = top.groups("sections", "code", "title", "criteria")
    pack = StandardPack(
        code=top.text("code", CODE),
        version=top.text("version", CODE),
        title=top.words("title"),
        summary=top.words("summary"),
        sections=tuple(_section(section) for section in sections),
    )
    top.unique((one.code, ("sections", n, "code")) for n, one in enumerate(pack.sections))
    top.unique(
        (criterion.code, ("sections", n, "criteria", m, "code"))
        for n, section in enumerate(pack.sections)
        for m, criterion in enumerate(section.criteria)
    )
    top.finish()
    return pack


def check_format(top: PackReader, wanted: str) -> None:
    """Tell it if a pack is of another format than ``wanted``."""
    if top.text("format") not in {wanted, ""}:
        top.tell(T_("Only the format %(wanted)s can be read here.", wanted=wanted), "format")


def _section(section: PackReader) -> PackSection:
    criteria = section.groups("criteria", *PackCriterion.__dataclass_fields__)
    return PackSection(
        code=section.text("code", CODE),
        title=section.words("title", TITLE_LENGTH),
        criteria=tuple(_criterion(criterion) for criterion in criteria),
    )


def _criterion(one: PackReader) -> PackCriterion:
    citations = one.groups("citations", "code", "clause", "verified") if one.has("citations") else []
    return PackCriterion(
        code=one.text("code", CODE),
        dimension=one.text("dimension", SLUG),
        area=one.choice("area", Area),
        stage=one.choice("stage", Stage),
        level_from=one.whole("level_from", 1, LEVELS),
        weight=one.whole("weight", 1, 5),
        critical=one.flag("critical"),
        methods=one.choices("methods", Method),
        title=one.words("title", TITLE_LENGTH),
        requirement=one.words("requirement"),
        guidance=one.words("guidance"),
        evidence=one.words("evidence"),
        sources=one.texts("sources", SOURCE),
        citations=tuple(_citation(citation) for citation in citations),
    )


def _citation(one: PackReader) -> PackCitation:
    return PackCitation(
        code=one.text("code"),
        clause=one.text("clause") if one.has("clause") else "",
        verified=one.flag("verified"),
    )
