"""Procedures: how certification runs under a scheme, from audit time to the certificate. Pure."""

import re
import string
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from checklists.measures.rules import DimensionRule, check_named
from checklists.packs.rules import SLUG, PackReader
from core.words import N_, T_, Words

GRADES = ("minor", "major")
STATUSES = ("active", "suspended", "withdrawn", "cancelled", "expired")
NUMBER_FIELDS = ("body", "scheme", "year", "serial", "renewal")
_WIDTH = re.compile(r"(0?[1-9]d)?")


class SurveillanceRule(StrEnum):
    """When surveillance falls due (I-02)."""

    EVERY_12_MONTHS = "every_12_months"
    EACH_CALENDAR_YEAR = "each_calendar_year"


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
class StatusWord:
    """What a status of a certificate is called in this scheme's rules (I-21)."""

    status: str
    title: Words


def read_deadlines(top: PackReader) -> tuple[GradeDeadlines, ...]:
    """Read the days for each step, by grade; minor and major must be there (I-11)."""
    grades = top.group("deadlines", *GRADES)
    return tuple(_deadlines(grades, grade) for grade in GRADES)


def read_cycle(top: PackReader) -> CycleRule:
    """Read the length and rhythm of a cycle."""
    one = top.group("cycle", *CycleRule.__dataclass_fields__)
    return CycleRule(
        years=one.whole("years", 1, 10),
        surveillance_rule=one.choice("surveillance_rule", SurveillanceRule),
        surveillance_months=one.whole("surveillance_months", 1, 36),
        surveillance_grace_days=one.whole("surveillance_grace_days", 0, 366),
        recertification_lead_months=one.whole("recertification_lead_months", 0, 24),
    )


def read_audit_time(top: PackReader) -> AuditTimeRule:
    """Read the audit time table, the usual factors and the shares (I-03)."""
    one = top.group("audit_time", *AuditTimeRule.__dataclass_fields__)
    factors = one.groups("factors", "code", "title", "share") if one.has("factors") else []
    time = AuditTimeRule(
        table=_table(one),
        factors=tuple(
            AuditTimeFactor(
                factor.text("code", SLUG), factor.words("title"), factor.number("share", -1, 1)
            )
            for factor in factors
        ),
        reduction_limit=one.number("reduction_limit", 0, 1),
        stage1_share=one.number("stage1_share", 0, 1),
        surveillance_share=one.number("surveillance_share", 0, 1),
        recertification_share=one.number("recertification_share", 0, 1),
    )
    one.unique((factor.code, ("factors", n, "code")) for n, factor in enumerate(time.factors))
    return time


def read_site_sampling(top: PackReader) -> SiteSamplingRule:
    """Read how many sites are sampled (I-04)."""
    one = top.group("site_sampling", *SiteSamplingRule.__dataclass_fields__)
    return SiteSamplingRule(
        initial=one.number("initial", 0, 10),
        surveillance=one.number("surveillance", 0, 10),
        recertification=one.number("recertification", 0, 10),
        random_share=one.number("random_share", 0, 1),
    )


def read_competence_areas(
    top: PackReader, dimensions: tuple[DimensionRule, ...]
) -> tuple[CompetenceArea, ...]:
    """Read the technical areas; together they cover every dimension (I-05)."""
    groups = top.groups("competence_areas", *CompetenceArea.__dataclass_fields__)
    areas = tuple(
        CompetenceArea(one.text("code", SLUG), one.words("title"), one.texts("dimensions", SLUG))
        for one in groups
    )
    top.unique((area.code, ("competence_areas", n, "code")) for n, area in enumerate(areas))
    known = {dimension.code for dimension in dimensions}
    for one, area in zip(groups, areas, strict=True):
        for n, code in enumerate(area.dimensions):
            check_named(one, code, known, "dimensions", n)
    for code in sorted(known - {code for area in areas for code in area.dimensions}):
        message = N_("No technical area covers the dimension “%(code)s”.")
        top.tell(T_(message, code=code), "competence_areas")
    return areas


def read_certificate(top: PackReader) -> CertificateRule:
    """Read validity and number pattern of certificates (I-23)."""
    one = top.group("certificate", *CertificateRule.__dataclass_fields__)
    rule = CertificateRule(
        validity_months=one.whole("validity_months", 1, 120),
        number_pattern=one.text("number_pattern", most=80),
    )
    if rule.number_pattern and not _is_number_pattern(rule.number_pattern):
        message = N_("Use only these fields, each at most once, “serial” among them: %(names)s.")
        one.tell(T_(message, names=", ".join(NUMBER_FIELDS)), "number_pattern")
    return rule


def read_status_words(top: PackReader) -> tuple[StatusWord, ...]:
    """Read what the statuses of a certificate are called (I-21)."""
    one = top.group("status_words")
    names = [name for name in one.fields or () if name not in STATUSES]
    return tuple(StatusWord(name, one.words(name)) for name in (*STATUSES, *names))


def _deadlines(grades: PackReader, grade: str) -> GradeDeadlines:
    one = grades.group(grade, "acknowledge", "response", "implementation")
    rule = GradeDeadlines(
        grade=grade,
        acknowledge=one.whole("acknowledge", 1, 366),
        response=one.whole("response", 1, 366),
        implementation=one.whole("implementation", 1, 732),
    )
    for earlier, later in (("acknowledge", "response"), ("response", "implementation")):
        if one.has(earlier) and one.has(later) and getattr(rule, later) < getattr(rule, earlier):
            one.tell(T_("This step cannot be due before the one it follows."), later)
    return rule


def _table(one: PackReader) -> tuple[AuditTimeRow, ...]:
    table = tuple(
        AuditTimeRow(
            up_to=row.whole("up_to", 1, 10_000_000) if row.has("up_to") else None,
            days=row.number("days", 0.5, 1000),
        )
        for row in one.groups("table", "up_to", "days")
    )
    for n, (row, following) in enumerate(pairwise(table), start=1):
        if row.up_to is None:
            one.tell(T_("Only the last row can be open-ended."), "table", n - 1)
        elif following.up_to is not None and following.up_to <= row.up_to:
            one.tell(T_("Each row must reach further than the one before."), "table", n, "up_to")
        if following.days < row.days:
            one.tell(T_("More people cannot need fewer days."), "table", n, "days")
    if table and table[-1].up_to is not None:
        one.tell(T_("The last row must be open-ended."), "table", len(table) - 1)
    return table


def _is_number_pattern(pattern: str) -> bool:
    """Tell whether a pattern has known plain fields only; others could reach into objects."""
    try:
        parts = [part for part in string.Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        return False
    names = [name for _, name, _, _ in parts]
    plain = all(not conversion and _WIDTH.fullmatch(spec or "") for _, _, spec, conversion in parts)
    numeric = all(name not in {"body", "scheme"} or not spec for _, name, spec, _ in parts)
    known = set(names) <= set(NUMBER_FIELDS) and len(names) == len(set(names))
    return plain and numeric and known and "serial" in names
