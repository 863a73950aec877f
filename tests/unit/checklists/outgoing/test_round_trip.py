"""Whatever goes out comes back the same, through each of the four forms (I-26, I-27)."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from checklists.incoming.rules import Choices, FileFormat
from checklists.interchange.storage import open_file, read_file
from checklists.outgoing.rules import as_oscal, as_pack
from checklists.outgoing.storage import file_name, write
from checklists.standards.rules import (
    Area,
    Method,
    PackCitation,
    PackCriterion,
    PackSection,
    Stage,
    StandardPack,
    parse_standard,
)
from core.words import Words

PACKS = Path(__file__).resolve().parents[4] / "checklists" / "packs"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SIGNS = some.characters(
    exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufeff"
) | some.sampled_from("\n\n=+-@'\"|\\{}<>&_,;:#、；\t中文a1 ")
HARD = some.sampled_from(
    ["=1+1", "'=x", "''", "'", "+", "{{ insert: param, x }}", "<b>x</b>", "_x0041_", "a | b", "- x", "a: b",
     "null", "1.10", "true", "a\\|b\\", "a\n\nb", "a \nb", "*a", "&a", "@x", "＝1", "No", "2025-01-01", "~", "是"]
)  # fmt: skip


def tidy(text):
    return text.replace("\r", "").strip()


prose = (some.text(SIGNS, max_size=40) | HARD).map(tidy)
line = prose.map(lambda text: " ".join(text.split("\n")).strip())


def both(texts, *, needed):
    pairs = some.builds(Words, texts, texts)
    return pairs.filter(lambda pair: pair.zh or pair.en) if needed else pairs


def filled(texts):
    return texts.filter(bool)


SOURCE = filled(line.map(lambda text: "".join(c for c in text if c not in ",，、;；").strip()))
CODE = some.from_regex(r"[^\W_][\w.()-]{0,12}", fullmatch=True).filter(
    lambda code: code == code.strip()
)
CITATION = some.builds(PackCitation, filled(line), line, some.booleans())
CRITERION = some.builds(
    PackCriterion,
    code=CODE,
    dimension=some.sampled_from(["", "availability", "response", "speed-2"]),
    area=some.sampled_from(Area),
    stage=some.sampled_from(Stage),
    level_from=some.integers(1, 5),
    weight=some.integers(1, 5),
    critical=some.booleans(),
    methods=some.lists(some.sampled_from(Method), unique=True).map(tuple),
    title=both(line, needed=True),
    requirement=both(prose, needed=True),
    guidance=both(prose, needed=False),
    evidence=both(prose, needed=False),
    sources=some.lists(SOURCE, max_size=3, unique=True).map(tuple),
    citations=some.lists(CITATION, max_size=3).map(tuple),
)


@some.composite
def packs(draw):
    criteria = draw(some.lists(CRITERION, min_size=1, max_size=5, unique_by=lambda one: one.code))
    cuts = draw(some.lists(some.integers(1, len(criteria)), max_size=2, unique=True))
    ends = sorted({*cuts, len(criteria)})
    codes = draw(some.lists(CODE, min_size=len(ends), max_size=len(ends), unique=True))
    sections, start = [], 0
    for code, end in zip(codes, ends, strict=True):
        title = draw(both(line, needed=True))
        sections.append(PackSection(code, title, tuple(criteria[start:end])))
        start = end
    return StandardPack(
        "STD-1",
        draw(some.sampled_from(["1", "1.10", "2025.1"])),
        draw(both(line, needed=True)),
        draw(both(prose, needed=False)),
        tuple(sections),
    )


def again(pack, form, language="en"):
    content = write(pack, form, changed_at=WHEN, language=language)
    found = read_file(open_file(content, file_name(pack, form)), Choices())
    assert [note.plain() for note in found.problems] == []
    return found.pack


@pytest.mark.parametrize("form", list(FileFormat))
@given(pack=packs(), language=some.sampled_from(["zh", "en"]))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_standard_comes_back(form, pack, language):
    """I-26 I-27: import, export, import gives the same standard, and the same digest."""
    assert parse_standard(as_pack(pack), lenient=True) == pack
    back = again(pack, form, language)
    assert back == pack
    assert as_pack(back) == as_pack(pack)


@pytest.mark.parametrize("form", list(FileFormat))
@pytest.mark.parametrize("file", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_standards_that_ship_come_back(form, file):
    """I-26 I-27: nothing of a shipped standard is lost in any form."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    if data["format"] != "assay-standard/1":
        pytest.skip("a scheme")
    pack = parse_standard(data)
    assert again(pack, form, "zh") == pack
    assert parse_standard(as_pack(pack)) == pack


def test_keys_are_stable():
    """I-26: the same version has the same key each time, another version another."""
    shipped = parse_standard(
        yaml.safe_load((PACKS / "it-service-level-2025.yaml").read_text("utf-8"))
    )
    pack = replace(shipped, version="2025.1")
    first, second = (as_oscal(pack, changed_at=WHEN)["catalog"]["uuid"] for _ in range(2))
    assert first == second == "39606479-085d-5b62-93e7-715597912b8a"


@pytest.mark.filterwarnings("ignore")
@given(pack=packs())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_catalogs_are_valid_oscal(pack):
    """I-26: every catalog that goes out is valid under compliance-trestle's models."""
    from trestle.oscal.catalog import Catalog

    data = as_oscal(pack, changed_at=WHEN)
    catalog = Catalog(**data["catalog"])
    names = [control.id for group in catalog.groups for control in group.controls]
    assert len(set(names)) == len(names) == len(pack.criteria)


def test_the_shipped_catalog_is_read_by_trestle(tmp_path):
    """I-26: as a file, with the ids, titles and statements that others see."""
    from trestle.oscal.catalog import Catalog

    pack = parse_standard(yaml.safe_load((PACKS / "it-service-level-2025.yaml").read_text("utf-8")))
    file = tmp_path / "catalog.json"
    file.write_bytes(write(pack, FileFormat.OSCAL, changed_at=WHEN))
    catalog = Catalog.oscal_read(file)
    first = catalog.groups[0].controls[0]
    assert first.title == pack.criteria[0].title.en
    statements = [part for part in first.parts if part.name == "statement" and part.ns is None]
    assert [part.prose for part in statements] == [pack.criteria[0].requirement.en]
