"""A cycle's audits with their days and dates, and the draw of sites. Pure."""

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, sqrt

from audit.conditions.rules import AuditKind
from checklists.schemes.rules import (
    AuditTimeRule,
    CycleRule,
    SchemeRules,
    SiteSamplingRule,
    SurveillanceRule,
)
from core.clock import add_months

HALF_DAY = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Due:
    """An audit of a cycle; ``due_on`` absent: as agreed with the client."""

    kind: AuditKind
    due_on: date | None
    days: Decimal


def last_day(rule: CycleRule, starts_on: date) -> date:
    """Give the last day of a cycle."""
    return add_months(starts_on, 12 * rule.years) - timedelta(days=1)


def recertification_day(rule: CycleRule, starts_on: date) -> date:
    """Give the day by which recertification is due: so many months before the cycle ends."""
    return add_months(last_day(rule, starts_on), -rule.recertification_lead_months)


def surveillance_days(rule: CycleRule, starts_on: date) -> list[date]:
    """Give the days by which surveillance is due; the first within the rule's months (I-02)."""
    months = rule.surveillance_months
    if rule.surveillance_rule is SurveillanceRule.EVERY_12_MONTHS:
        return [add_months(starts_on, passed) for passed in range(months, 12 * rule.years, months)]
    ends = (date(starts_on.year + passed, 12, 31) for passed in range(1, rule.years))
    first = add_months(starts_on, months)
    last = recertification_day(rule, starts_on)
    return [min(first if n == 0 else end, end, last) for n, end in enumerate(ends)]


def days_of(kind: AuditKind, initial: Decimal, rule: AuditTimeRule) -> Decimal:
    """Give an audit's days as a share of the initial time, in half days, at least one half (I-03).

    Stage 2 takes what stage 1 leaves, so that both together are the initial time. A special audit
    has no share: it takes half a day until its planner says otherwise.
    """
    stage_1 = _half_days(initial, rule.stage1_share)
    shares = {
        AuditKind.STAGE_1: stage_1,
        AuditKind.STAGE_2: max(HALF_DAY, initial - stage_1),
        AuditKind.SURVEILLANCE: _half_days(initial, rule.surveillance_share),
        AuditKind.RECERTIFICATION: _half_days(initial, rule.recertification_share),
    }
    return shares.get(kind, HALF_DAY)


def following(scheme: SchemeRules, starts_on: date, initial: Decimal) -> list[Due]:
    """List what follows a decision: surveillance each year, recertification before the end."""
    cycle, time = scheme.cycle, scheme.audit_time
    surveillance = days_of(AuditKind.SURVEILLANCE, initial, time)
    again = AuditKind.RECERTIFICATION
    return [
        *(
            Due(AuditKind.SURVEILLANCE, day, surveillance)
            for day in surveillance_days(cycle, starts_on)
        ),
        Due(again, recertification_day(cycle, starts_on), days_of(again, initial, time)),
    ]


def first_cycle(scheme: SchemeRules, starts_on: date, initial: Decimal) -> list[Due]:
    """List the audits of a new engagement; dates after the decision are provisional until then."""
    before = [
        Due(kind, None, days_of(kind, initial, scheme.audit_time))
        for kind in (AuditKind.STAGE_1, AuditKind.STAGE_2)
    ]
    return [*before, *following(scheme, starts_on, initial)]


# -- sites (I-04) ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sample:
    """How many of ``of`` sites to visit, the central one among them, and how many at random."""

    of: int
    size: int
    at_random: int


def sample(kind: AuditKind, of: int, rule: SiteSamplingRule) -> Sample:
    """Compute the sample of a number of sites."""
    factor = {
        AuditKind.SURVEILLANCE: rule.surveillance,
        AuditKind.SPECIAL: rule.surveillance,
        AuditKind.RECERTIFICATION: rule.recertification,
    }.get(kind, rule.initial)
    size = min(of, ceil(round(factor * sqrt(of), 9)))
    return Sample(of, size, min(of - 1, ceil(round(rule.random_share * size, 9))) if of > 1 else 0)


def draw(sites: Iterable[int], chosen: Collection[int], wanted: Sample, seed: int) -> list[int]:
    """Draw sites at random beside those chosen already: the same seed draws the same sites.

    As many as the sample still lacks, and never fewer than its random share.
    """
    rest = sorted(set(sites) - set(chosen))
    count = min(len(rest), max(wanted.at_random, wanted.size - len(set(chosen))))
    return sorted(random.Random(seed).sample(rest, count))  # noqa: S311 -- kept and repeatable


# -- the agenda (I-06) -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """A time on the agenda; nobody named means the whole team."""

    key: int | None
    starts_at: datetime
    minutes: int
    person_id: int | None

    @property
    def ends_at(self) -> datetime:
        """Give the end."""
        return self.starts_at + timedelta(minutes=self.minutes)


def overlapping(slot: Slot, others: Sequence[Slot]) -> Slot | None:
    """Give the first other slot that needs the same person at the same time."""
    for other in others:
        shared = None in (slot.person_id, other.person_id) or slot.person_id == other.person_id
        if (
            other.key != slot.key
            and shared
            and slot.starts_at < other.ends_at
            and other.starts_at < slot.ends_at
        ):
            return other
    return None


def _half_days(initial: Decimal, share: float) -> Decimal:
    days = initial * Decimal(str(share)) / HALF_DAY
    return max(HALF_DAY, days.quantize(Decimal(1), ROUND_HALF_UP) * HALF_DAY)
