"""The life of an application."""

from hypothesis import given
from hypothesis import strategies as st

from certification.applications.rules import (
    APPLICATION,
    BADGES,
    SAYINGS,
    ApplicationFacts,
    ApplicationState,
    time_set,
)
from core.words import T_
from tests.lifecycles import prove

GOOD = ApplicationFacts(
    missing=(),
    credit_code_valid=True,
    unanswered=0,
    competence_ok=True,
    impartiality_ok=True,
    audit_days=8,
    table_days=10,
    reduction_limit=0.3,
    time_justified=True,
    body_confirmed=False,
    client_confirmed=False,
    reason_given=True,
)


def test_the_whole_table():
    """I-01: every state × step × role, and every condition alone; no role passes one."""
    both = ApplicationFacts(**{name: getattr(GOOD, name) for name in GOOD.__slots__})
    tried = prove(
        _without_contract(),
        ApplicationState,
        both,
        {
            "whole": {"missing": (T_("the scope"),)},
            "code_valid": {"credit_code_valid": False},
            "all_answered": {"unanswered": 1},
            "competence": {"competence_ok": False},
            "impartiality": {"impartiality_ok": False},
            "time": {"audit_days": 0},
            "reason": {"reason_given": False},
            "body": {"body_confirmed": True},
            "client": {"client_confirmed": True},
        },
    )
    assert tried > 800


def _without_contract():
    from core.lifecycle import Lifecycle

    return Lifecycle(
        "application", tuple(row for row in APPLICATION.steps if row.action != "contract")
    )


def test_the_contract_needs_both_sides_and_only_the_clock_takes_it():
    """I-01: contracted is reached when body and applicant have confirmed, by nobody's hand alone."""
    row = APPLICATION.find(ApplicationState.ACCEPTED, "contract")
    assert row is not None
    assert row.permission is None
    for body, client in ((True, False), (False, True), (False, False)):
        facts = ApplicationFacts(body_confirmed=body, client_confirmed=client)
        assert not all(guard(facts).met for guard in row.guards)
    assert all(
        guard(ApplicationFacts(body_confirmed=True, client_confirmed=True)).met
        for guard in row.guards
    )


@given(
    table=st.floats(1, 100),
    days=st.floats(0, 120),
    limit=st.floats(0, 0.9),
    justified=st.booleans(),
)
def test_a_reduction_beyond_the_limit_is_told_and_never_clipped(table, days, limit, justified):
    """I-03: beyond the limit it is flagged; within it, below the table, it needs a justification."""
    facts = ApplicationFacts(
        audit_days=days, table_days=table, reduction_limit=limit, time_justified=justified
    )
    reduction = 1 - days / table
    expected = days > 0 and reduction <= limit + 1e-9 and (reduction <= 1e-9 or justified)
    assert time_set(facts).met is expected


def test_every_state_has_a_badge_and_every_event_a_sentence():
    """S-05: nothing of an application is shown by a machine word."""
    assert set(BADGES) == set(ApplicationState)
    assert all("%(label)s" in saying.message for saying in SAYINGS.values())
