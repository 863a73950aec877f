"""Standards: their states, the vocabulary of a criterion, the reading of a pack. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from checklists.packs.rules import CODE, SLUG, TITLE_LENGTH, PackError, PackReader, Problem
from core.words import N_, Badge, Saying, Words

__all__ = [
    "Area",
    "Method",
    "PackCitation",
    "PackCriterion",
    "PackError",
    "PackSection",
    "Problem",
    "Stage",
    "StandardPack",
    "StandardState",
    "parse_standard",
]

FORMAT = "assay-standard/1"
LEVELS = 5
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


DIMENSION_NAMES = {
    "availability": N_("Availability"),
    "response": N_("Response"),
    "capacity": N_("Capacity"),
    "satisfaction": N_("Satisfaction"),
    "improvement": N_("Improvement"),
}
AREA_NAMES = {
    Area.INDICATORS: N_("Service indicators"),
    Area.PROCESS: N_("Service process"),
    Area.PEOPLE: N_("Service people"),
    Area.ENVIRONMENT: N_("Service environment"),
}
STAGE_NAMES = {
    Stage.DESIGN: N_("Design"),
    Stage.IMPLEMENTATION: N_("Implementation"),
    Stage.DELIVERY: N_("Delivery"),
    Stage.IMPROVEMENT: N_("Continual improvement"),
}
METHOD_NAMES = {
    Method.DOCUMENT_REVIEW: N_("Document review"),
    Method.INTERVIEW: N_("Interview"),
    Method.SYSTEM_TEST: N_("System test"),
}
BADGES = {
    StandardState.DRAFT: Badge("", "draft", N_("Draft")),
    StandardState.IN_REVIEW: Badge("go", "wait", N_("In review")),
    StandardState.APPROVED: Badge("good", "check", N_("Approved")),
    StandardState.PUBLISHED: Badge("good", "check", N_("Published")),
    StandardState.SUPERSEDED: Badge("", "over", N_("Superseded")),
}
SAYINGS = {
    "standard:imported": Saying(N_("%(actor)s imported the standard %(label)s")),
    "standard:published": Saying(N_("%(actor)s published the standard %(label)s"), key=True),
}


@dataclass(frozen=True, slots=True)
class PackCitation:
    """A clause that a criterion cites; ``verified`` once somebody has checked the number (S-35)."""

    code: str
    clause: str
    verified: bool


@dataclass(frozen=True, slots=True)
class PackCriterion:
    """One criterion as a pack tells it. ``dimension`` is a code of the scheme."""

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
    top = PackReader.of(data, FORMAT, "code", "version", "title", "summary", "sections")
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


def _section(section: PackReader) -> PackSection:
    criteria = section.groups("criteria", *PackCriterion.__dataclass_fields__)
    return PackSection(
        code=section.text("code", CODE),
        title=section.words("title", TITLE_LENGTH),
        criteria=tuple(_criterion(criterion) for criterion in criteria),
    )


def _criterion(one: PackReader) -> PackCriterion:
    citations = (
        one.groups("citations", "code", "clause", "verified") if one.has("citations") else []
    )
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
