"""What a cycle holds, which sites are visited, and when two entries of an agenda collide."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from audit.conditions.rules import AuditKind
from audit.programme.rules import (
    Slot,
    days_of,
    draw,
    first_cycle,
    following,
    last_day,
    overlapping,
    sample,
    surveillance_days,
)
from checklists.schemes.rules import SurveillanceRule, parse_scheme

PACK = Path(__file__).parents[4] / "checklists" / "packs" / "it-service-scheme-2025.yaml"
SCHEME = parse_scheme(yaml.safe_load(PACK.read_text(encoding="utf-8")))
K = AuditKind
decided = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def test_a_cycle_of_the_first_scheme():
    """I-02: stage 1, stage 2, surveillance in years 1 and 2, recertification before expiry."""
    dues = first_cycle(SCHEME, date(2026, 11, 20), Decimal(8))
    assert [(due.kind, due.due_on, due.days) for due in dues] == [
        (K.STAGE_1, None, Decimal("2.5")),
        (K.STAGE_2, None, Decimal("5.5")),
        (K.SURVEILLANCE, date(2027, 11, 20), Decimal("2.5")),
        (K.SURVEILLANCE, date(2028, 11, 20), Decimal("2.5")),
        (K.RECERTIFICATION, date(2029, 8, 19), Decimal("5.5")),
    ]
    assert last_day(SCHEME.cycle, date(2026, 11, 20)) == date(2029, 11, 19)


def test_surveillance_once_a_calendar_year():
    """I-02: the rule is scheme data; even then the first one is at most twelve months after the decision."""
    cycle = replace(SCHEME.cycle, surveillance_rule=SurveillanceRule.EACH_CALENDAR_YEAR)
    assert surveillance_days(cycle, date(2026, 11, 20)) == [date(2027, 11, 20), date(2028, 12, 31)]
    # never after the recertification that ends the cycle
    assert surveillance_days(cycle, date(2026, 3, 15)) == [date(2027, 3, 15), date(2028, 12, 14)]
    one_year = replace(cycle, years=1)
    assert surveillance_days(one_year, date(2026, 3, 15)) == []


def test_surveillance_each_half_year():
    """I-02, S-04: a scheme may ask for more; none falls on the end of the cycle itself."""
    cycle = replace(SCHEME.cycle, surveillance_months=6, years=2)
    assert surveillance_days(cycle, date(2026, 1, 31)) == [
        date(2026, 7, 31),
        date(2027, 1, 31),
        date(2027, 7, 31),
    ]


@given(starts_on=decided, days=st.decimals(1, 40, places=1), rule=st.sampled_from(SurveillanceRule))
def test_what_follows_a_decision_lies_in_its_cycle(starts_on, days, rule):
    """I-02: surveillance and recertification lie inside the cycle, in order, a year apart at most at first."""
    scheme = replace(SCHEME, cycle=replace(SCHEME.cycle, surveillance_rule=rule))
    dues = following(scheme, starts_on, days)
    dates = [due.due_on for due in dues]
    assert [due.kind for due in dues] == [K.SURVEILLANCE, K.SURVEILLANCE, K.RECERTIFICATION]
    assert dates == sorted(dates)
    assert starts_on < dates[0] <= starts_on + timedelta(days=366)
    assert all(day.year == starts_on.year + n for n, day in enumerate(dates[:2], 1))
    assert dates[-1] <= last_day(scheme.cycle, starts_on)
    assert all(due.days >= Decimal("0.5") and due.days % Decimal("0.5") == 0 for due in dues)


@given(initial=st.decimals(1, 60, places=1))
def test_both_stages_take_the_initial_time(initial):
    """I-03: stage 1 and stage 2 together are the time that was set."""
    stage_1 = days_of(K.STAGE_1, initial, SCHEME.audit_time)
    stage_2 = days_of(K.STAGE_2, initial, SCHEME.audit_time)
    assert stage_1 + stage_2 == initial or stage_2 == Decimal("0.5")


@pytest.mark.parametrize(
    ("kind", "of", "size", "at_random"),
    [
        (K.STAGE_2, 1, 1, 0),
        (K.STAGE_2, 2, 2, 1),
        (K.STAGE_2, 4, 2, 1),
        (K.STAGE_2, 5, 3, 1),
        (K.STAGE_1, 25, 5, 2),
        (K.SURVEILLANCE, 25, 3, 1),
        (K.SURVEILLANCE, 100, 6, 2),
        (K.RECERTIFICATION, 25, 4, 1),
        (K.RECERTIFICATION, 100, 8, 2),
        (K.SPECIAL, 25, 3, 1),
        (K.STAGE_2, 0, 0, 0),
    ],
)
def test_the_sample_of_sites(kind, of, size, at_random):
    """I-04: the square root rounded up, 0.6 and 0.8 of it later; at least a quarter at random."""
    found = sample(kind, of, SCHEME.site_sampling)
    assert (found.size, found.at_random) == (size, at_random)


@given(
    sites=st.sets(st.integers(1, 500), min_size=1, max_size=60),
    named=st.integers(0, 60),
    seed=st.integers(0, 10**9),
    kind=st.sampled_from(K),
)
def test_a_draw_can_be_repeated(sites, named, seed, kind):
    """I-04: the seed draws the same sites again; named ones never replace the random share."""
    chosen = sorted(sites)[: 1 + named]  # the central one and some named
    wanted = sample(kind, len(sites), SCHEME.site_sampling)
    drawn = draw(sites, chosen, wanted, seed)
    assert drawn == draw(sorted(sites, reverse=True), chosen, wanted, seed)
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= sites - set(chosen)
    left = len(sites) - len(chosen)
    assert len(drawn) >= min(left, wanted.at_random)
    assert len(drawn) + len(chosen) >= wanted.size


def test_another_seed_draws_others():
    """I-04: the draw is random."""
    wanted = sample(K.STAGE_2, 100, SCHEME.site_sampling)
    assert len({tuple(draw(range(100), [0], wanted, seed)) for seed in range(20)}) > 15


AT = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


def slot(key, minute, length, who):
    return Slot(key, AT + timedelta(minutes=minute), length, who)


@pytest.mark.parametrize(
    ("new", "collides"),
    [
        (slot(None, 0, 60, 1), True),
        (slot(None, 59, 10, 1), True),
        (slot(None, 60, 10, 1), False),
        (slot(None, -30, 30, 1), False),
        (slot(None, -30, 31, 1), True),
        (slot(None, 0, 60, 2), False),
        (slot(None, 0, 60, None), True),
        (slot(9, 0, 60, 1), False),
    ],
)
def test_nobody_is_in_two_places(new, collides):
    """I-06: one person, one entry at a time; the whole team is everybody; an entry does not meet itself."""
    assert (overlapping(new, [slot(9, 0, 60, 1)]) is not None) is collides


def test_the_whole_team_occupies_everybody():
    """I-06: beside an entry of the whole team nobody has another."""
    assert overlapping(slot(None, 30, 10, 5), [slot(1, 0, 60, None)]) is not None
