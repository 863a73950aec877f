"""Standards: the life of a version, the vocabulary of a criterion, the reading of a pack. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

from checklists.packs.rules import CODE, SLUG, PackError, PackReader, Problem
from core.lifecycle import Lifecycle, Proof, Reason, met, step, unmet
from core.permissions import Permission
from core.words import N_, NT_, T_, Badge, Saying, Words

__all__ = [
    "LIFECYCLE",
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
    "VersionFacts",
    "parse_standard",
]

FORMAT = "assay-standard/1"
LEVELS = 5
SOURCE = re.compile(r"[A-Z]-\d{2,3}")
OPEN_CODE = re.compile(r"[^\W_][\w.()-]{0,79}")
OPEN_LINE = re.compile(r"[^\n]{1,240}")
OPEN_SOURCE = re.compile(r"[^\n,，、;；]{1,80}")


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


NOT_ASSIGNED = N_("Not assigned")
DIMENSION_NAMES = {
    "": NOT_ASSIGNED,
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
    "standard:drafted": Saying(N_("%(actor)s began the draft %(label)s"), key=True),
    "standard:submitted": Saying(N_("%(actor)s sent %(label)s for review"), key=True),
    "standard:recalled": Saying(N_("%(actor)s took %(label)s back from the review"), key=True),
    "standard:returned": Saying(N_("%(actor)s returned %(label)s to its authors"), key=True),
    "standard:approved": Saying(N_("%(actor)s approved %(label)s"), key=True),
    "standard:reopened": Saying(N_("%(actor)s made %(label)s a draft again"), key=True),
    "standard:published": Saying(N_("%(actor)s published the standard %(label)s"), key=True),
    "standard:superseded": Saying(N_("%(label)s was superseded by a newer version"), key=True),
}


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """What the steps of a version look at.

    ``untitled`` and ``unworded`` criteria lack a title or a requirement in both languages. The last four are about
    the person who acts; ``editable`` says that they may open the editor.
    """

    version_id: int = 0
    titled: bool = False
    criteria: int = 0
    untitled: int = 0
    unworded: int = 0
    empty_sections: int = 0
    is_author: bool = False
    is_editor: bool = False
    is_submitter: bool = False
    editable: bool = False


def has_title(facts: VersionFacts) -> Reason:
    """The version is named in one language at least."""
    if facts.titled:
        return met("titled", T_("The version has a title"))
    return unmet("titled", T_("The version has no title"), proof=_editor(facts, "drafting.version"))


def has_criteria(facts: VersionFacts) -> Reason:
    """There is something to judge."""
    if facts.criteria:
        text = NT_("There is %(n)s criterion", "There are %(n)s criteria", facts.criteria)
        return met("criteria", text)
    return unmet("criteria", T_("There is no criterion yet"), proof=_editor(facts))


def criteria_are_titled(facts: VersionFacts) -> Reason:
    """Every criterion has a title in one language at least."""
    if not facts.untitled:
        return met("criteria_titled", T_("Every criterion has a title"))
    text = NT_("%(n)s criterion has no title", "%(n)s criteria have no title", facts.untitled)
    return unmet("criteria_titled", text, proof=_editor(facts, show="wordless"))


def criteria_are_worded(facts: VersionFacts) -> Reason:
    """Every criterion has a requirement in one language at least."""
    if not facts.unworded:
        return met("criteria_worded", T_("Every criterion has a requirement"))
    text = NT_(
        "%(n)s criterion has no requirement", "%(n)s criteria have no requirement", facts.unworded
    )
    return unmet("criteria_worded", text, proof=_editor(facts, show="wordless"))


def sections_are_filled(facts: VersionFacts) -> Reason:
    """No section is without a criterion."""
    if not facts.empty_sections:
        return met("sections_filled", T_("Every section holds a criterion"))
    text = NT_("%(n)s section is empty", "%(n)s sections are empty", facts.empty_sections)
    return unmet("sections_filled", text, proof=_editor(facts))


def reviewer_is_not_author(facts: VersionFacts) -> Reason:
    """Whoever began the draft does not approve it."""
    if facts.is_author:
        return unmet("not_author", T_("You began this draft; somebody else has to approve it"))
    return met("not_author", T_("You did not begin this draft"))


def reviewer_is_not_editor(facts: VersionFacts) -> Reason:
    """Whoever changed its texts does not approve it."""
    if facts.is_editor:
        return unmet("not_editor", T_("You changed its texts; somebody else has to approve it"))
    return met("not_editor", T_("You changed none of its texts"))


def reviewer_is_not_submitter(facts: VersionFacts) -> Reason:
    """Whoever sent it for review does not approve it."""
    if facts.is_submitter:
        return unmet("not_submitter", T_("You sent it for review; somebody else has to approve it"))
    return met("not_submitter", T_("You did not send it for review"))


def _editor(
    facts: VersionFacts, endpoint: str = "arranging.outline", show: str = ""
) -> Proof | None:
    """Lead those who may edit to where it can be mended."""
    if not facts.editable:
        return None
    keys: dict[str, object] = {"version_id": facts.version_id}
    return (endpoint, keys | ({"show": show} if show else {}))


_S = StandardState
LIFECYCLE: Lifecycle[StandardState, VersionFacts] = Lifecycle(
    "standard version",
    (
        step(
            "submit",
            _S.DRAFT,
            _S.IN_REVIEW,
            Permission.STANDARD_EDIT,
            N_("Send for review"),
            has_title,
            has_criteria,
            criteria_are_titled,
            criteria_are_worded,
            sections_are_filled,
            effect=N_(
                "A decider who wrote nothing of it reviews the draft. Until then its texts stay as they are."
            ),
        ),
        step(
            "approve",
            _S.IN_REVIEW,
            _S.APPROVED,
            Permission.STANDARD_REVIEW,
            N_("Approve this version"),
            reviewer_is_not_author,
            reviewer_is_not_editor,
            reviewer_is_not_submitter,
            effect=N_("Your name stands for its content. An administrator may then publish it."),
        ),
        step(
            "return",
            _S.IN_REVIEW,
            _S.DRAFT,
            Permission.STANDARD_REVIEW,
            N_("Return to the authors"),
            effect=N_("It becomes a draft again; the authors read your reason."),
        ),
        step(
            "recall",
            _S.IN_REVIEW,
            _S.DRAFT,
            Permission.STANDARD_EDIT,
            N_("Take back from the review"),
            effect=N_("It becomes a draft again, so that its texts can be changed."),
        ),
        step(
            "publish",
            _S.APPROVED,
            _S.PUBLISHED,
            Permission.STANDARD_PUBLISH,
            N_("Publish this version"),
            effect=N_(
                "Everybody who signs in can read it, and schemes can assess against it. It never changes again; the "
                "version published before is superseded. Audits keep the version they began with."
            ),
        ),
        step(
            "reopen",
            _S.APPROVED,
            _S.DRAFT,
            Permission.STANDARD_PUBLISH,
            N_("Make it a draft again"),
            effect=N_("The approval lapses; it has to be reviewed once more."),
        ),
        step(
            "supersede",
            _S.PUBLISHED,
            _S.SUPERSEDED,
            None,
            N_("Superseded by a newer version"),
            effect=N_("Happens in the step that publishes the next version."),
        ),
    ),
)


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


def parse_standard(data: object, *, lenient: bool = False) -> StandardPack:
    """Read a standard pack from parsed YAML or JSON; PackError lists everything wrong with it.

    ``lenient`` is for imports: one language is enough, texts may be longer, some fields missing (docs/interchange.md).
    """
    top = PackReader.of(
        data, FORMAT, "code", "version", "title", "summary", "sections", lenient=lenient
    )
    sections = top.groups("sections", "code", "title", "criteria")
    pack = StandardPack(
        code=top.text("code", CODE),
        version=top.text("version", CODE),
        title=top.title("title") if lenient else top.words("title"),
        summary=top.words("summary", needed=False),
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
        code=section.text("code", OPEN_CODE if section.lenient else CODE),
        title=section.title("title"),
        criteria=tuple(_criterion(criterion) for criterion in criteria),
    )


def _criterion(one: PackReader) -> PackCriterion:
    def wanted(key: str) -> bool:
        return not one.lenient or one.filled(key)

    return PackCriterion(
        code=one.text("code", OPEN_CODE if one.lenient else CODE),
        dimension=one.text("dimension", SLUG) if wanted("dimension") else "",
        area=one.choice("area", Area),
        stage=one.choice("stage", Stage),
        level_from=one.whole("level_from", 1, LEVELS),
        weight=one.whole("weight", 1, 5),
        critical=one.flag("critical"),
        methods=one.choices("methods", Method) if wanted("methods") else (),
        title=one.title("title"),
        requirement=one.words("requirement"),
        guidance=one.words("guidance", needed=False),
        evidence=one.words("evidence", needed=False),
        sources=one.texts("sources", OPEN_SOURCE if one.lenient else SOURCE)
        if wanted("sources")
        else (),
        citations=_citations(one),
    )


def _citations(one: PackReader) -> tuple[PackCitation, ...]:
    if not (one.filled("citations") if one.lenient else one.has("citations")):
        return ()
    entries = one.groups("citations", "code", "clause", "verified")
    return tuple(_citation(citation) for citation in entries)


def _citation(one: PackReader) -> PackCitation:
    shape = OPEN_LINE if one.lenient else None
    clause = one.filled("clause") if one.lenient else one.has("clause")
    return PackCitation(
        code=one.text("code", shape),
        clause=one.text("clause", shape) if clause else "",
        verified=one.flag("verified"),
    )
