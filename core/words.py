"""Texts before they meet a reader: marked here, translated where they are shown.

Pure, so that rules may speak. ``N_`` marks a message for extraction; ``T_`` builds a text with values; ``NT_`` one
with a plural. ``core.web`` turns a ``Text`` into the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A message id with its values; ``count`` chooses between singular and plural."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None
    count: int = 0

    def __str__(self) -> str:
        """Give the English text, for logs and the command line."""
        message = self.plural if self.plural is not None and self.count != 1 else self.message
        return message % dict(self.values) if self.values else message.replace("%%", "%")


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages of the product."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Give the text for a locale such as ``zh_CN`` or ``en``; the other one where it is empty."""
        first, second = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return first or second


def N_(message: str) -> str:  # noqa: N802 -- the customary marker of gettext
    """Mark a message for extraction and give it back."""
    return message


def T_(message: str, **values: object) -> Text:  # noqa: N802
    """Build a text: ``T_("Due in %(days)s days", days=3)``."""
    return Text(message, values)


def NT_(singular: str, plural: str, count: int, **values: object) -> Text:  # noqa: N802
    """Build a text with a plural; ``%(n)s`` is the count."""
    return Text(singular, {"n": count, **values}, plural, count)


@dataclass(frozen=True, slots=True)
class Badge:
    """How a state is shown: ``kind`` is good, warn, bad, hold, go or empty (at rest); ``word`` a message id."""

    kind: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class Saying:
    """How a timeline tells an event: a message with ``%(actor)s`` and ``%(label)s``; ``key`` for changes of state."""

    message: str
    key: bool = False
