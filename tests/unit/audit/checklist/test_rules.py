"""Which criteria an audit looks at, and why."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.checklist.rules import (
    Candidate,
    Draw,
    Focus,
    Why,
    check_places,
    choose,
    counted,
    evenly,
    may_choose,
    may_share,
    told,
)
from audit.planning.rules import AuditKind, AuditState
from checklists.standards.rules import Area, Stage
from core.errors import Invalid

STAGE_2 = datetime(2026, 3, 1, tzinfo=UTC)


def criterion(key, **values):
    given = {
        "position": key,
        "dimension": "response",
        "area": Area.PROCESS,
        "stage": Stage.DELIVERY,
        "critical": False,
        "seen_at": STAGE_2,
    }
    return Candidate(key, **(given | values))


def why(chosen):
    return {one.criterion_id: [code for code, _label in one.reasons] for one in chosen}


def test_surveillance_takes_what_needs_it_first_and_its_share_of_the_rest():
    """S-11: findings, concerns and critical ones whatever their turn; half of the rest with two audits to go."""
    candidates = [
        criterion(1, finding="F-2026-0001-01"),
        criterion(2, critical=True),
        criterion(3, critical=True, seen_in_cycle=True),
        criterion(4, dimension="capacity"),
        *(criterion(key) for key in range(5, 13)),
        criterion(13, seen_in_cycle=True),
    ]
    chosen = choose(
        AuditKind.SURVEILLANCE, candidates, [Focus("C-2026-0001", "capacity")], Draw(2, seed=7)
    )
    reasons = why(chosen)
    assert reasons[1] == [Why.FINDING]
    assert reasons[2] == [Why.UNSEEN]
    assert reasons[3] == [Why.CRITICAL]
    assert reasons[4] == [Why.CONCERN]
    assert sum(one == [Why.TURN] for one in reasons.values()) == 4
    assert 13 not in reasons
    assert [one.position for one in chosen] == sorted(one.position for one in chosen)


def test_what_was_seen_longest_ago_comes_first():
    """I-02: the turn goes by the last visit, never seen before all."""
    candidates = [
        criterion(1, seen_at=datetime(2026, 3, 1, tzinfo=UTC)),
        criterion(2, seen_at=datetime(2024, 3, 1, tzinfo=UTC)),
        criterion(3, seen_at=None),
        criterion(4, seen_at=datetime(2025, 3, 1, tzinfo=UTC)),
    ]
    chosen = choose(AuditKind.SURVEILLANCE, candidates, [], Draw(2, seed=1))
    assert set(why(chosen)) == {2, 3}


def test_the_same_seed_draws_the_same():
    """I-04 I-08: a draw can be repeated from what is kept."""
    candidates = [criterion(key) for key in range(60)]
    draws = [choose(AuditKind.SURVEILLANCE, candidates, [], Draw(3, seed)) for seed in (5, 5, 6)]
    assert draws[0] == draws[1] != draws[2]


def test_other_kinds():
    """I-07 I-20: stage 1 design and critical, full audits everything, a special one what its occasion touches."""
    candidates = [
        criterion(1, stage=Stage.DESIGN),
        criterion(2, critical=True),
        criterion(3, area=Area.PEOPLE),
        criterion(4, beside=True),
    ]
    none = Draw(1, 0)
    assert set(why(choose(AuditKind.STAGE_1, candidates, [], none))) == {1, 2, 4}
    for kind in (AuditKind.STAGE_2, AuditKind.RECERTIFICATION, AuditKind.SPECIAL):
        assert set(why(choose(kind, candidates, [], none))) == {1, 2, 3, 4}
    focus = [Focus("C-2026-0002", area="people")]
    special = why(choose(AuditKind.SPECIAL, candidates, focus, none))
    assert special == {2: [Why.CRITICAL], 3: [Why.CONCERN], 4: [Why.BESIDE]}


@settings(max_examples=60)
@given(
    size=st.integers(1, 90),
    audits=st.integers(1, 5),
    seeds=st.lists(st.integers(0, 10_000), min_size=5, max_size=5),
    critical=st.sets(st.integers(0, 89)),
    findings=st.dictionaries(st.integers(0, 4), st.sets(st.integers(0, 89))),
)
def test_a_cycle_sees_every_criterion(size, audits, seeds, critical, findings):
    """I-02 S-11: whatever the seeds, findings and numbers, the surveillances of a cycle see everything once."""
    seen: set[int] = set()
    for number in range(audits):
        candidates = [
            criterion(
                key,
                critical=key in critical,
                seen_in_cycle=key in seen,
                finding="F" if key in findings.get(number, ()) else None,
            )
            for key in range(size)
        ]
        chosen = choose(
            AuditKind.SURVEILLANCE, candidates, [], Draw(audits - number, seeds[number])
        )
        assert all(one.reasons for one in chosen)
        seen |= {one.criterion_id for one in chosen}
    assert seen == set(range(size))


def test_reasons_are_told_and_counted():
    """S-05: each criterion says why it is there; codes of another version stay unsaid."""
    stored = [["finding", "F-2026-0001-01"], ["critical", ""], ["unheard_of", "x"]]
    assert [str(text) for text in told(stored)][1] == "Critical, so in every audit"
    assert len(told(stored)) == 2
    assert counted([stored, [["critical", ""]]]) == {Why.FINDING: 1, Why.CRITICAL: 2}


@pytest.mark.parametrize("state", AuditState)
def test_who_may_choose_and_when(state):
    """S-21: before the plan is issued, untouched, by planner or leader; each condition is told."""
    early = state in {AuditState.PLANNED, AuditState.TEAM_PROPOSED, AuditState.TEAM_CONFIRMED}
    for worked_on in (False, True):
        for entitled in (False, True):
            reasons = may_choose(state, worked_on=worked_on, entitled=entitled)
            assert [reason.met for reason in reasons] == [early, not worked_on, entitled]
    reasons = may_share(state, leads=False, chosen=False)
    assert [reason.code for reason in reasons if not reason.met][-2:] == ["chosen", "leader"]


def test_places_outside_the_scope_are_refused():
    """I-04: only sites and services of the scope, and at least one of them."""
    check_places((1,), (1, 2), "sites")
    for given_ in ((3,), ()):
        with pytest.raises(Invalid) as told_:
            check_places(given_, (1, 2), "sites")
        assert told_.value.field == "sites"


def test_sections_are_shared_by_the_number_of_criteria():
    """I-05: an even share, the largest section first."""
    shares = evenly([(1, 10), (2, 30), (3, 10), (4, 10)], [7, 8])
    assert shares == {2: 7, 1: 8, 3: 8, 4: 8}
    assert evenly([(1, 10)], []) == {}
