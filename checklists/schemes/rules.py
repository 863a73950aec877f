"""Schemes: the life of a version, and all rules of one version as a frozen tree. Pure.

Every figure is data of a scheme version (S-02); the product repeats none of them as a constant.
"""

from dataclasses import dataclass
from enum import StrEnum

from checklists.measures.rules import (
    Benchmark,
    Better,
    DimensionRule,
    LevelRule,
    MetricKind,
    MetricRule,
    RatingRule,
    Unit,
    read_benchmarks,
    read_dimensions,
    read_levels,
    read_metrics,
    read_rating,
)
from checklists.packs.rules import CODE, PackError, PackReader, Problem
from checklists.procedures.rules import (
    AuditTimeFactor,
    AuditTimeRow,
    AuditTimeRule,
    CertificateRule,
    CompetenceArea,
    CycleRule,
    DecisionRule,
    GradeDeadlines,
    SiteSamplingRule,
    StatusWord,
    SurveillanceRule,
    SuspensionRule,
    read_audit_time,
    read_certificate,
    read_competence_areas,
    read_cycle,
    read_deadlines,
    read_site_sampling,
    read_status_words,
)
from core.lifecycle import Lifecycle, Proof, Reason, met, step, unmet
from core.permissions import Permission
from core.words import N_, NT_, T_, Badge, Saying, Words

__all__ = [
    "AuditTimeFactor",
    "AuditTimeRow",
    "AuditTimeRule",
    "Benchmark",
    "Better",
    "CertificateRule",
    "CompetenceArea",
    "CycleRule",
    "DecisionRule",
    "DimensionRule",
    "GradeDeadlines",
    "LevelRule",
    "MetricKind",
    "MetricRule",
    "PackError",
    "Problem",
    "RatingRule",
    "SchemeFacts",
    "SchemeRules",
    "SchemeState",
    "SiteSamplingRule",
    "StandardReference",
    "StatusWord",
    "SurveillanceRule",
    "SuspensionRule",
    "Unit",
    "parse_scheme",
    "read_scheme",
]

FORMAT = "assay-scheme/1"


class SchemeState(StrEnum):
    """Where a version of a scheme stands; a published one never changes."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


BADGES = {
    SchemeState.DRAFT: Badge("", "draft", N_("Draft")),
    SchemeState.IN_REVIEW: Badge("go", "wait", N_("In review")),
    SchemeState.APPROVED: Badge("good", "check", N_("Approved")),
    SchemeState.PUBLISHED: Badge("good", "check", N_("Published")),
    SchemeState.SUPERSEDED: Badge("", "over", N_("Superseded")),
}
SAYINGS = {
    "scheme:drafted": Saying(N_("%(actor)s began the draft %(label)s"), key=True),
    "scheme:imported": Saying(N_("%(actor)s began the draft %(label)s from a file"), key=True),
    "scheme:edited": Saying(N_("%(actor)s changed %(label)s")),
    "scheme:submitted": Saying(N_("%(actor)s sent %(label)s for review"), key=True),
    "scheme:recalled": Saying(N_("%(actor)s took %(label)s back from the review"), key=True),
    "scheme:returned": Saying(N_("%(actor)s returned %(label)s to its authors"), key=True),
    "scheme:approved": Saying(N_("%(actor)s approved %(label)s"), key=True),
    "scheme:reopened": Saying(N_("%(actor)s made %(label)s a draft again"), key=True),
    "scheme:published": Saying(N_("%(actor)s published the scheme %(label)s"), key=True),
    "scheme:superseded": Saying(N_("%(label)s was superseded by a newer version"), key=True),
}
OPEN = (SchemeState.DRAFT, SchemeState.IN_REVIEW, SchemeState.APPROVED)
SETTLED = (SchemeState.PUBLISHED, SchemeState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class StandardReference:
    """The standard version that a scheme version assesses against."""

    code: str
    version: str


@dataclass(frozen=True, slots=True)
class SchemeRules:
    """All rules of one scheme version."""

    code: str
    title: Words
    version: int
    standard: StandardReference
    levels: tuple[LevelRule, ...]
    dimensions: tuple[DimensionRule, ...]
    metrics: tuple[MetricRule, ...]
    rating: RatingRule
    deadlines: tuple[GradeDeadlines, ...]
    reminders_days: tuple[int, ...]
    cycle: CycleRule
    suspension: SuspensionRule
    major_verification_months: int
    restoration_months: int
    decision: DecisionRule
    cooling_off_years: int
    retention_cycles: int
    report_comment_days: int
    audit_time: AuditTimeRule
    site_sampling: SiteSamplingRule
    competence_areas: tuple[CompetenceArea, ...]
    certificate: CertificateRule
    benchmarks: tuple[Benchmark, ...]
    status_words: tuple[StatusWord, ...]

    def level(self, number: int) -> LevelRule:
        """Give a level by its number; KeyError where the scheme has none."""
        return {level.number: level for level in self.levels}[number]

    def dimension(self, code: str) -> DimensionRule:
        """Give a dimension by its code; KeyError where the scheme has none."""
        return {one.code: one for one in self.dimensions}[code]

    def metric(self, code: str) -> MetricRule:
        """Give a metric by its code; KeyError where the scheme has none."""
        return {one.code: one for one in self.metrics}[code]

    def metrics_of(self, dimension: str) -> tuple[MetricRule, ...]:
        """Give the metrics of a dimension, in the scheme's order."""
        return tuple(one for one in self.metrics if one.dimension == dimension)

    def competence_area(self, code: str) -> CompetenceArea:
        """Give a technical area by its code; KeyError where the scheme has none."""
        return {one.code: one for one in self.competence_areas}[code]

    def deadlines_of(self, grade: str) -> GradeDeadlines | None:
        """Give the deadlines of a grade; None where the grade needs no response (I-09)."""
        return {one.grade: one for one in self.deadlines}.get(grade)

    def status_word(self, status: str) -> Words | None:
        """Give the scheme's word for a status of a certificate, if it has one."""
        return {one.status: one.title for one in self.status_words}.get(status)


def parse_scheme(data: object) -> SchemeRules:
    """Read a scheme pack from parsed YAML or JSON; PackError lists everything wrong with it."""
    rules, problems = read_scheme(data)
    if problems:
        raise PackError(problems)
    return rules


def read_scheme(data: object) -> tuple[SchemeRules, tuple[Problem, ...]]:
    """Read a scheme as far as it goes: the rules with stand-ins (no text, NaN), and everything wrong with it."""
    top = PackReader.of(data, FORMAT, *SchemeRules.__dataclass_fields__)
    levels = read_levels(top)
    dimensions = read_dimensions(top)
    metrics = read_metrics(top, dimensions, len(levels))
    standard = top.group("standard", "code", "version")
    suspension = top.group("suspension", "max_months")
    decision = top.group("decision", "deciders")
    rules = SchemeRules(
        code=top.text("code", CODE),
        title=top.words("title"),
        version=top.whole("version", 1, 9999),
        standard=StandardReference(standard.text("code", CODE), standard.text("version", CODE)),
        levels=levels,
        dimensions=dimensions,
        metrics=metrics,
        rating=read_rating(top, levels),
        deadlines=read_deadlines(top),
        reminders_days=top.wholes("reminders_days", 0, 366),
        cycle=read_cycle(top),
        suspension=SuspensionRule(suspension.whole("max_months", 1, 36)),
        major_verification_months=top.whole("major_verification_months", 1, 36),
        restoration_months=top.whole("restoration_months", 0, 36),
        decision=DecisionRule(decision.whole("deciders", 1, 9)),
        cooling_off_years=top.whole("cooling_off_years", 0, 20),
        retention_cycles=top.whole("retention_cycles", 0, 20),
        report_comment_days=top.whole("report_comment_days", 0, 366),
        audit_time=read_audit_time(top),
        site_sampling=read_site_sampling(top),
        competence_areas=read_competence_areas(top, dimensions),
        certificate=read_certificate(top),
        benchmarks=read_benchmarks(top, metrics),
        status_words=read_status_words(top),
    )
    return rules, tuple(top.problems)


# -- the life of a version ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SchemeFacts:
    """What the steps of a version look at.

    ``strange`` are dimensions of the standard's criteria that the scheme does not have; ``example`` is a certificate's
    number by the pattern, empty where that cannot be; ``latest`` the version that was published last, 0 before the
    first. The last three are about the person who acts.
    """

    version_id: int = 0
    problems: int = 0
    standard: str = ""
    standard_published: bool = False
    strange: tuple[str, ...] = ()
    example: str = ""
    version: int = 1
    latest: int = 0
    is_author: bool = False
    is_editor: bool = False
    is_submitter: bool = False


def content_is_whole(facts: SchemeFacts) -> Reason:
    """Every field is filled in and agrees with the others."""
    if not facts.problems:
        return met("whole", T_("Everything is filled in and agrees"))
    text = NT_(
        "%(n)s thing in its content is not right yet",
        "%(n)s things in its content are not right yet",
        facts.problems,
    )
    detail = T_("Each one stands on this page with the field it belongs to.")
    return unmet("whole", text, detail, proof=_here(facts, "problems"))


def number_tells_apart(facts: SchemeFacts) -> Reason:
    """The number pattern holds a serial number, so that two certificates never share a number (I-23)."""
    if facts.example:
        return met(
            "number", T_("A certificate’s number looks like %(number)s", number=facts.example)
        )
    text = T_("The number pattern makes no number: it needs “serial” and known fields only")
    return unmet("number", text, proof=_here(facts, "certificate"))


def standard_is_published(facts: SchemeFacts) -> Reason:
    """The standard version it assesses against is published, or was."""
    if facts.standard_published:
        return met("standard", T_("%(standard)s is published", standard=facts.standard))
    text = T_("%(standard)s is not published yet", standard=facts.standard)
    return unmet("standard", text, proof=_here(facts, "frame"))


def dimensions_fit(facts: SchemeFacts) -> Reason:
    """Every criterion of the standard belongs to a dimension of the scheme, or it could not be rated."""
    if not facts.strange:
        return met("dimensions", T_("Every criterion of the standard has its dimension here"))
    text = NT_(
        "The standard has criteria of %(n)s dimension that is not here: %(names)s",
        "The standard has criteria of %(n)s dimensions that are not here: %(names)s",
        len(facts.strange),
        names=", ".join(facts.strange),
    )
    return unmet("dimensions", text, proof=_here(facts, "dimensions"))


def version_follows(facts: SchemeFacts) -> Reason:
    """Its number is the one after the version published last."""
    due = facts.latest + 1
    if facts.version == due:
        return met("version", T_("Version %(n)s is the next one", n=facts.version))
    return unmet("version", T_("Version %(due)s is due next, not %(n)s", due=due, n=facts.version))


def approver_is_not_author(facts: SchemeFacts) -> Reason:
    """Whoever began the draft does not approve it."""
    if facts.is_author:
        return unmet("not_author", T_("You began this draft; somebody else has to approve it"))
    return met("not_author", T_("You did not begin this draft"))


def approver_is_not_editor(facts: SchemeFacts) -> Reason:
    """Whoever changed it does not approve it."""
    if facts.is_editor:
        return unmet("not_editor", T_("You changed its content; somebody else has to approve it"))
    return met("not_editor", T_("You changed nothing of its content"))


def approver_is_not_submitter(facts: SchemeFacts) -> Reason:
    """Whoever sent it for review does not approve it."""
    if facts.is_submitter:
        return unmet("not_submitter", T_("You sent it for review; somebody else has to approve it"))
    return met("not_submitter", T_("You did not send it for review"))


def _here(facts: SchemeFacts, anchor: str) -> Proof:
    return "schemes.show", {"version_id": facts.version_id, "_anchor": anchor}


_S = SchemeState
_SOUND = (
    content_is_whole,
    number_tells_apart,
    standard_is_published,
    dimensions_fit,
    version_follows,
)
LIFECYCLE: Lifecycle[SchemeState, SchemeFacts] = Lifecycle(
    "scheme version",
    (
        step(
            "submit", _S.DRAFT, _S.IN_REVIEW, Permission.SCHEME_EDIT, N_("Send for review"), *_SOUND,
            effect=N_(
                "A decider who wrote nothing of it reviews the draft. Until then its content stays as it is."
            ),
        ),
        step(
            "approve", _S.IN_REVIEW, _S.APPROVED, Permission.SCHEME_REVIEW, N_("Approve this version"),
            approver_is_not_author, approver_is_not_editor, approver_is_not_submitter,
            content_is_whole, standard_is_published, dimensions_fit,
            effect=N_("Your name stands for its content. An administrator may then publish it."),
        ),
        step(
            "return", _S.IN_REVIEW, _S.DRAFT, Permission.SCHEME_REVIEW, N_("Return to the authors"),
            effect=N_("It becomes a draft again; the authors read your reason."),
        ),
        step(
            "recall", _S.IN_REVIEW, _S.DRAFT, Permission.SCHEME_EDIT, N_("Take back from the review"),
            effect=N_("It becomes a draft again, so that its content can be changed."),
        ),
        step(
            "publish", _S.APPROVED, _S.PUBLISHED, Permission.SCHEME_PUBLISH, N_("Publish this version"),
            *_SOUND,
            effect=N_(
                "Everybody can read it, and applications can name it. It never changes again; the version published "
                "before is superseded. Engagements and audits keep the version they began with."
            ),
        ),
        step(
            "reopen", _S.APPROVED, _S.DRAFT, Permission.SCHEME_PUBLISH, N_("Make it a draft again"),
            effect=N_("The approval falls away; the content can be changed and goes to review once more."),
        ),
    ),
)  # fmt: skip
