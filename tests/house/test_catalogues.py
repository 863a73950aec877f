"""Every text of the code is in both catalogues, and every placeholder survives translation."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.house import source

LOCALES = ("zh_CN", "en")
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%%")
KEYWORDS = "N_ T_:1 NT_:1,2 lazy_gettext lazy_ngettext:1,2 lazy_pgettext:1c,2 pgettext:1c,2 npgettext:1c,2,3"
Key = tuple[str | None, str]


def key_of(text: str | tuple[str, ...], context: str | None) -> Key:
    return (context or None, text if isinstance(text, str) else text[0])


@cache
def texts_in_code() -> dict[Key, str | tuple[str, ...]]:
    with (source.ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(KEYWORDS.split())}
    found: dict[Key, str | tuple[str, ...]] = {}
    for _file, _line, text, _comments, context in extract_from_dir(
        source.ROOT, methods, options, keywords
    ):
        if not (key := key_of(text, context))[1]:
            continue
        if isinstance(text, tuple) or key not in found:
            found[key] = text
    return found


@cache
def catalogue(locale: str) -> Catalog:
    path = source.ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def messages(locale: str) -> Iterator[Message]:
    return (message for message in catalogue(locale) if message.id)


def strings(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def test_extraction_finds_texts():
    """A mapping that finds nothing would let every other test pass."""
    assert len(texts_in_code()) > 100
    assert any(isinstance(text, tuple) for text in texts_in_code().values())


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogues_hold_exactly_the_texts_of_the_code(locale):
    """Every visible text in both languages; run ./run.sh translate after adding one."""
    kept = {key_of(message.id, message.context) for message in messages(locale)}
    assert sorted(map(str, texts_in_code().keys() - kept)) == []
    assert sorted(map(str, kept - texts_in_code().keys())) == []
    assert not catalogue(locale).obsolete


def test_every_text_is_chinese_too():
    """A missing translation would show English to a Chinese reader."""
    missing = [message.id for message in messages("zh_CN") if not all(strings(message.string))]
    assert missing == []


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_fuzzy(locale):
    """A fuzzy entry is a guess that is not shown."""
    assert [message.id for message in messages(locale) if message.fuzzy] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_survive(locale):
    """A lost placeholder breaks the page or hides a value; a plural form may drop its number."""
    wrong = []
    for message in messages(locale):
        wanted = [set(PLACEHOLDER.findall(text)) for text in strings(message.id)]
        everything, needed = set().union(*wanted), set.intersection(*wanted)
        for text in filter(None, strings(message.string)):
            found = set(PLACEHOLDER.findall(text))
            if not needed <= found <= everything:
                wrong.append((message.id, text))
    assert wrong == []


def test_chinese_keeps_its_punctuation():
    """The look: full-width punctuation, no space between Han and Latin."""
    half_width = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;?!()][\u4e00-\u9fff]")
    spaced = re.compile(r"[\u4e00-\u9fff] +[A-Za-z0-9]|[A-Za-z0-9] +[\u4e00-\u9fff]")
    wrong = [
        text
        for message in messages("zh_CN")
        for text in strings(message.string)
        if half_width.search(text) or spaced.search(text)
    ]
    assert wrong == []


def test_english_is_plain():
    """The look: no “please”, no “successfully”, no machine words before a person."""
    wrong = [
        text
        for key in texts_in_code().values()
        for text in strings(key)
        if re.search(r"\b(please|successfully|null|uuid)\b", text, re.IGNORECASE)
    ]
    assert wrong == []
