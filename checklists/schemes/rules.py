"""Schemes: their states, and all rules of one version as a frozen tree. Pure.

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
from core.words import N_, Badge, Saying, Words

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
    "SchemeRules",
    "SchemeState",
    "SiteSamplingRule",
    "StandardReference",
    "StatusWord",
    "SurveillanceRule",
    "SuspensionRule",
    "Unit",
    "parse_scheme",
]

FORMAT = "assay-scheme/1"


class SchemeState(StrEnum):
    """Where a version of a scheme stands; a published one never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


BADGES = {
    SchemeState.DRAFT: Badge("", "draft", N_("Draft")),
    SchemeState.PUBLISHED: Badge("good", "check", N_("Published")),
    SchemeState.SUPERSEDED: Badge("", "over", N_("Superseded")),
}
SAYINGS = {
    "scheme:published": Saying(N_("%(actor)s published the scheme %(label)s"), key=True),
}


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
    top.finish()
    return rules
