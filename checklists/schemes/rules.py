"""Schemes: their states, and the rules of one version as a frozen tree. Pure.

Every figure is data of a scheme version (S-02); the product repeats none of them as a constant.
"""

import math
import re
import string
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import NormalDist
from typing import TypeVar

from checklists.packs.rules import CODE, SLUG, PackError, PackReader, Problem
from core.words import T_, Words

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
STATUSES = ("active", "suspended", "withdrawn", "cancelled", "expired")
NUMBER_FIELDS = ("body", "year", "scheme", "serial", "renewal")
_WIDTH = re.compile(r"(0?[1-9]d)?")


class SchemeState(StrEnum):
    """Where a version of a scheme stands; a published one never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class Unit(StrEnum):
    """What a figure is counted in."""

    PERCENT = "percent"
    HOURS = "hours"
    MINUTES = "minutes"
    POINTS = "points"
    DAYS = "days"


class MetricKind(StrEnum):
    """How a metric becomes a figure: read off, a share of cases, or a net promoter score."""

    VALUE = "value"
    PROPORTION = "proportion"
    NPS = "nps"


class Better(StrEnum):
    """Which direction is good."""

    HIGHER = "higher"
    LOWER = "lower"


class SurveillanceRule(StrEnum):
    """When surveillance falls due (I-02)."""

    EVERY_12_MONTHS = "every_12_months"
    EACH_CALENDAR_YEAR = "each_calendar_year"


@dataclass(frozen=True, slots=True)
class StandardReference:
    """The standard version that a scheme version assesses against."""

    code: str
    version: str


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A level; ``cut`` is the lowest score, 0 to 100, that reaches it (S-01)."""

    number: int
    title: Words
    cut: float


@dataclass(frozen=True, slots=True)
class DimensionRule:
    """A dimension (S-03); criteria enter its score with what ``quantity_share`` leaves of 1."""

    code: str
    title: Words
    weight: float
    quantity_share: float


@dataclass(frozen=True, slots=True)
class MetricRule:
    """A metric; ``anchors`` are worth the scores of ``RatingRule.anchor_scores``, in order."""

    code: str
    dimension: str
    title: Words
    unit: Unit
    kind: MetricKind
    better: Better
    anchors: tuple[float, ...]
    decimals: int
    explanation: Words


@dataclass(frozen=True, slots=True)
class RatingRule:
    """How scores become a level; ``z`` is the one-sided normal quantile of ``confidence``."""

    anchor_scores: tuple[float, ...]
    confidence: float
    minimum_window_days: int
    short_window_max_level: int
    weakest_plus: int
    z: float


@dataclass(frozen=True, slots=True)
class GradeDeadlines:
    """Days from raising a finding of this grade to each step (I-11)."""

    grade: str
    acknowledge: int
    response: int
    implementation: int


@dataclass(frozen=True, slots=True)
class CycleRule:
    """The cycle that starts with the decision (I-02)."""

    years: int
    surveillance_rule: SurveillanceRule
    surveillance_months: int
    surveillance_grace_days: int
    recertification_lead_months: int


@dataclass(frozen=True, slots=True)
class SuspensionRule:
    """How long a suspension may last (I-15)."""

    max_months: int


@dataclass(frozen=True, slots=True)
class DecisionRule:
    """How many people decide (I-13)."""

    deciders: int


@dataclass(frozen=True, slots=True)
class AuditTimeRow:
    """Days for an initial audit up to this effective headcount; None is the open end."""

    up_to: int | None
    days: float


@dataclass(frozen=True, slots=True)
class AuditTimeFactor:
    """A usual reason to add or take time; ``share`` of the table's days, negative to reduce."""

    code: str
    title: Words
    share: float


@dataclass(frozen=True, slots=True)
class AuditTimeRule:
    """Audit time (I-03); the shares other than ``stage1_share`` are of the initial time."""

    table: tuple[AuditTimeRow, ...]
    factors: tuple[AuditTimeFactor, ...]
    reduction_limit: float
    stage1_share: float
    surveillance_share: float
    recertification_share: float

    def initial_days(self, headcount: int) -> float:
        """Give the table's days for an initial audit, both stages, before any factor."""
        rows = (row for row in self.table if row.up_to is None or headcount <= row.up_to)
        return next(rows).days


@dataclass(frozen=True, slots=True)
class SiteSamplingRule:
    """Factors of the square root of the number of sites, and the share drawn at random (I-04)."""

    initial: float
    surveillance: float
    recertification: float
    random_share: float


@dataclass(frozen=True, slots=True)
class CompetenceArea:
    """A technical area that a team must cover (I-05), and the dimensions it is needed for."""

    code: str
    title: Words
    dimensions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """Validity and number of a certificate (I-16, I-23)."""

    validity_months: int
    number_pattern: str

    def number(self, body: str, scheme: str, year: int, serial: int, renewal: int) -> str:
        """Write the number of a certificate."""
        return self.number_pattern.format(
            body=body, scheme=scheme, year=year, serial=serial, renewal=renewal
        )


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A figure to show a provider against, never to judge by (S-31)."""

    code: str
    title: Words
    metric: str | None
    value: float
    unit: Unit
    better: Better
    within_hours: float | None


@dataclass(frozen=True, slots=True)
class StatusWord:
    """What a status of a certificate is called in this scheme's rules (I-21)."""

    status: str
    title: Words


Coded = TypeVar("Coded", DimensionRule, MetricRule, CompetenceArea, Benchmark)


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
