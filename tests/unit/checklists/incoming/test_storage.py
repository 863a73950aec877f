"""Bytes become text and data, or are told precisely (I-26, I-27)."""

import json

import pytest

from checklists.incoming import storage
from checklists.incoming.rules import (
    MOST_BYTES,
    Choices,
    FileFormat,
    Reading,
    Unreadable,
    as_code,
    code_and_version,
    conclude,
    next_version,
)
from tests.factories.checklists import standard_data

TEXT = "编号,要求\n1,做到\n"


def refusal(act, *given):
    with pytest.raises(Unreadable) as told:
        act(*given)
    return [(str(note.where), str(note.text)) for note in told.value.notes]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
    ],
)
def test_encodings(content):
    """I-27: UTF-8 with and without mark, UTF-16 with mark, GB18030."""
    assert storage.decode(content).text == TEXT


@pytest.mark.parametrize(
    ("content", "where", "words"),
    [
        (b"abc\xff\xff", "byte 3", "byte 3 is not UTF-8 and byte 3 is not GB18030"),
        ("好".encode()[:2], "byte 0", "in the middle of a character"),
        (b"\xff\xfea\x00b", "byte 4", "UTF-16-LE"),
        (b"ab\x00\x01", "byte 2", "not a text"),
    ],
)
def test_unknown_encodings_name_the_byte(content, where, words):
    """I-27: whoever sees the message finds the byte."""
    ((place, text),) = refusal(storage.decode, content)
    assert place == where
    assert words in text


@pytest.mark.parametrize(
    ("content", "where", "words"),
    [
        (b'{"a": [1, 2', "line 1, column 12", "breaks off"),
        (b'{"a": "text', "line 1, column 7", "breaks off"),
        (b'{"a": 1,,}', "line 1, column 9", "not JSON"),
        (b'{"a": 1, "a": 2}', "/", "stands twice"),
        (b'{"a":' * 3000, "/", "deeper than 40"),
        (b'{"a": ' + b"9" * 5000 + b"}", "/", "too many digits"),
        (b"a: [1,\n", "line 2, column 1", "not YAML"),
        (b"a: 1\na: 2\n", "line 2, column 1", "stands twice"),
        (b"a: &x 1\nb: *x\n", "line 1, column 4", "References"),
        (b"a: !!python/object:os.system 1\n", "line 1, column 4", "Tags"),
        (b"a: " + b"[" * 100_000, "line 1, column 43", "deeper than 40"),
        (b"a: 1\n---\nb: 2\n", "/", "One document"),
        (b"a: \x01\n", "character 3", "cannot stand in YAML"),
    ],
)
def test_broken_documents_name_the_place(content, where, words):
    """quality 6, I-26: truncated, ambiguous and hostile documents are refused where they go wrong."""
    ((place, text),) = refusal(storage.parse, content)
    assert place == where
    assert words in text


def test_a_bomb_of_aliases_is_refused():
    """quality 6: nine levels of nine references would be 387 million texts."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert refusal(storage.parse, "\n".join(lines).encode())[0][1].startswith("References")


def test_yaml_is_read_as_written():
    """I-26: quoted is text, plain numbers and truth are values, dates and versions of OSCAL stay texts."""
    plain = storage.parse(
        b"a: '1'\nb: 1\nc: true\nd: 1.5\ne: ~\nf: 2025-01-01\ng: yes\nh: |-\n  x\n  y\n"
    )
    assert plain == {
        "a": "1", "b": 1, "c": True, "d": 1.5, "e": None, "f": "2025-01-01", "g": "yes", "h": "x\ny",
    }  # fmt: skip
    assert storage.parse(b"catalog:\n  version: 1.10\n") == {"catalog": {"version": "1.10"}}


@pytest.mark.parametrize(
    ("content", "name", "form"),
    [
        (b'{"catalog": {}}', "x", FileFormat.YAML),
        (b"format: assay-standard/1\n", "x.bin", FileFormat.YAML),
        (b"catalog:\n  uuid: 1\n", "", FileFormat.YAML),
        (b"code,requirement\n", "x.csv", FileFormat.CSV),
        (b"code;requirement\n", "", FileFormat.CSV),
        (b"PK\x03\x04", "x.csv", FileFormat.XLSX),
    ],
)
def test_forms_are_told_from_the_content(content, name, form):
    """I-27: the beginning of a file decides before its name does."""
    assert storage.guess(content, name) is form


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<catalog/>", "XML"), (b"\xd0\xcf\x11\xe0", "old or a protected")],
)
def test_forms_that_are_not_read_are_named(content, words):
    """I-26: with what to do instead."""
    assert words in refusal(storage.guess, content, "x")[0][1]


def test_sizes_are_limited():
    """quality 6: before anything is parsed."""
    assert "empty" in refusal(storage.check_size, b" \n ")[0][1]
    assert "at most" in refusal(storage.check_size, b"x" * (MOST_BYTES + 1))[0][1]


def test_markup_is_kept_and_told_control_characters_are_refused():
    """I-27: markup stays a text; what no page can show is a problem at its place."""
    data = standard_data(2)
    data["sections"][0]["criteria"][0]["guidance"]["en"] = (
        "Mind <script>alert(1)</script> in pages."
    )
    found = conclude(Reading(data), Choices())
    assert found.pack.criteria[0].guidance.en == "Mind <script>alert(1)</script> in pages."
    assert [note.where for note in found.warnings] == ["/sections/0/criteria/0/guidance/en"]
    data["sections"][0]["criteria"][1]["title"]["en"] = "Bell \x07"
    found = conclude(Reading(data), Choices())
    assert found.pack is None
    assert [note.plain() for note in found.problems] == [
        {
            "where": "/sections/0/criteria/1/title/en",
            "text": "The character U+0007 cannot be shown; take it out.",
        }
    ]


def test_one_language_is_enough_for_an_import():
    """I-27: what is missing is for the editor to see; both missing is a problem."""
    data = standard_data(2)
    for one in data["sections"][0]["criteria"]:
        for name in ("title", "requirement", "guidance", "evidence"):
            del one[name]["zh"]
    assert conclude(Reading(data), Choices()).pack.criteria[0].title.zh == ""
    del data["sections"][0]["criteria"][0]["requirement"]["en"]
    (note,) = conclude(Reading(data), Choices()).problems
    assert note.where == "/sections/0/criteria/0/requirement"


def test_numbers_of_things_are_limited():
    """quality 6: a standard has at most five thousand criteria; notes are told up to a bound."""
    found = conclude(Reading(standard_data(5001)), Choices())
    assert found.pack is None
    data = standard_data(700)
    for section in data["sections"]:
        for one in section["criteria"]:
            one["weight"] = 9
    problems = conclude(Reading(data), Choices()).problems
    assert len(problems) == 501
    assert str(problems[-1].text) == "There are 200 more like these."


def test_the_importer_may_name_it():
    """I-27: code, version and titles of the importer stand in place of the file's."""
    given = Choices(code="NEW", version="2", title_zh="新", title_en="New")
    pack = conclude(Reading(standard_data(1)), given).pack
    assert (pack.code, pack.version, pack.title.zh, pack.title.en) == ("NEW", "2", "新", "New")
    assert Choices.read(json.loads(json.dumps(given.plain()))) == given


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("owasp-asvs-5.0.0.csv", ("owasp-asvs", "5.0.0")),
        ("basic-catalog.oscal.json", ("basic-catalog", "")),
        ("我们的标准 v2.xlsx", ("", "2")),
        ("ITSL-2025-2025.1.yaml", ("ITSL-2025", "2025.1")),
        ("", ("", "")),
    ],
)
def test_names_of_files_tell_code_and_version(name, told):
    """I-27: a proposal that the importer may change."""
    assert code_and_version(name) == told


def test_codes_and_versions_are_made():
    """I-27: what cannot stand in a code becomes a hyphen; the next version is one that is free."""
    assert as_code("5.1.1+u4") == "5.1.1-u4"
    assert as_code("标准", "x") == "x"
    assert next_version("1.9", ["1.9", "1.10"]) == "1.11"
    assert next_version("2025.1", []) == "2025.1"
    assert next_version("draft", ["draft"]) == "draft-2"
    assert next_version("1-u4", ["1-u4"]) == "1-u5"
