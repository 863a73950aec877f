"""Every condition against every outcome (I-13, I-14)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from audit.conditions.rules import AuditKind
from certification.certificates.rules import CertificateState
from certification.conditions.rules import DecisionFacts
from certification.decisions.rules import (
    DecisionOutcome as O,
)
from certification.decisions.rules import (
    choice_conditions,
    conditions,
    grouped,
    guards_of,
    outcomes,
)

TODAY = date(2026, 11, 20)
GOOD = DecisionFacts(
    today=TODAY, audit_id=1, kind=AuditKind.STAGE_2, under_decision=True, report_signed=True,
    criteria_critical=9, rating_there=True, rating_current=True, rated_level=3, level_sought=3, level=3,
)  # fmt: skip
HELD = {
    "certificate": CertificateState.ACTIVE,
    "certificate_level": 3,
    "expires_on": TODAY + timedelta(days=400),
}
CASES = {
    O.GRANT: GOOD,
    O.REFUSE: GOOD,
    O.RENEW: replace(GOOD, kind=AuditKind.RECERTIFICATION, **HELD),
    O.MAINTAIN: replace(GOOD, kind=AuditKind.SURVEILLANCE, **HELD),
    O.REDUCE: replace(GOOD, kind=AuditKind.SURVEILLANCE, **HELD),
    O.SUSPEND: replace(GOOD, kind=AuditKind.SURVEILLANCE, **HELD),
    O.WITHDRAW: replace(GOOD, kind=AuditKind.SURVEILLANCE, **HELD),
    O.RESTORE: replace(
        GOOD, kind=AuditKind.SURVEILLANCE, **(HELD | {"certificate": CertificateState.SUSPENDED})
    ),
}
BREAKS = {
    "independent": {"teams": ("A-2026-0001",)},
    "majors": {"unverified_majors": 1},
    "majors_in_time": {"majors_too_late": 1},
    "minors": {"minors_without_plan": 2},
    "disputed": {"findings_disputed": 1},
    "critical": {"unanswered_critical": 1},
    "signed": {"report_signed": False},
    "rated": {"rating_current": False},
    "level": {"rated_level": None},
    "level_kept": {"rated_level": 2},
    "under_decision": {"under_decision": False},
    "none_in_force": {"certificate": CertificateState.ACTIVE},
    "active": {"certificate": CertificateState.SUSPENDED},
    "in_time": {"expires_on": TODAY - timedelta(days=1)},
}
EVERY = {"under_decision", "independent", "signed"}
FINDINGS = {"majors", "minors", "disputed", "critical"}
WANTED = {
    O.GRANT: EVERY | FINDINGS | {"majors_in_time", "rated", "level", "none_in_force"},
    O.RENEW: EVERY | FINDINGS | {"rated", "level", "active", "in_time"},
    O.MAINTAIN: EVERY | FINDINGS | {"rated", "level_kept", "in_time"},
    O.RESTORE: EVERY | FINDINGS | {"rated", "level_kept", "in_time"},
    O.REDUCE: EVERY | {"in_time"},
    O.REFUSE: EVERY,
    O.SUSPEND: EVERY | {"in_time"},
    O.WITHDRAW: EVERY,
}


def unmet(outcome, facts) -> set[str]:
    return {reason.code for reason in conditions(outcome, facts) if not reason.met}


@pytest.mark.parametrize("outcome", list(O))
def test_a_good_case_is_open(outcome):
    """I-13: where all holds, the outcome can be chosen."""
    assert outcome in outcomes(CASES[outcome])
    assert unmet(outcome, CASES[outcome]) == set()


@pytest.mark.parametrize("code", list(BREAKS))
@pytest.mark.parametrize("outcome", list(O))
def test_each_condition_closes_exactly_its_outcomes(outcome, code):
    """Guards 1, 3, 4: each condition alone closes the outcomes that need it, and no other."""
    closed = unmet(outcome, replace(CASES[outcome], **BREAKS[code]))
    if code in WANTED[outcome]:
        assert code in closed
    else:
        assert code not in closed


@pytest.mark.parametrize("outcome", list(O))
def test_the_headings_leave_no_condition_out(outcome):
    """The decider's list shows every condition that is judged."""
    shown = [reason.code for _, reasons in grouped(outcome, CASES[outcome]) for reason in reasons]
    assert sorted(shown) == sorted(reason.code for reason in conditions(outcome, CASES[outcome]))


@pytest.mark.parametrize(
    ("rated", "sought", "level", "reason", "wrong"),
    [
        (3, 3, 3, False, set()), (3, 3, 4, True, {"chosen"}), (5, 3, 4, True, {"chosen"}),
        (3, 3, 2, False, {"lower"}), (3, 3, 2, True, set()), (3, 4, 3, False, set()), (5, 3, 3, False, set()),
        (3, 3, 0, True, {"chosen"}), (3, 3, None, True, {"chosen"}), (None, 3, 1, True, {"chosen"}),
    ],
)  # fmt: skip
def test_the_level_is_never_raised(rated, sought, level, reason, wrong):
    """Guard 3: lower with a reason, higher never."""
    facts = replace(
        GOOD, rated_level=rated, level_sought=sought, level=level, level_reason_given=reason
    )
    assert {one.code for one in choice_conditions(O.GRANT, facts) if not one.met} == wrong


@pytest.mark.parametrize(
    ("outcome", "values", "wrong"),
    [
        (O.GRANT, {"effective_on": TODAY - timedelta(1)}, "effective"),
        (O.GRANT, {"effective_on": TODAY + timedelta(9)}, None),
        (O.SUSPEND, {"effective_on": TODAY + timedelta(9)}, "effective"),
        (O.SUSPEND, {"until": TODAY}, "limit"),
        (O.SUSPEND, {"until": date(2027, 5, 20)}, None),
        (O.SUSPEND, {"until": date(2027, 5, 21)}, "limit"),
        (O.REDUCE, {"level": 3}, "lowers"),
        (O.REDUCE, {"level": 3, "scope_changes": True}, None),
        (O.REDUCE, {"level": 2}, None),
        (O.REDUCE, {"level": 2, "rated_level": 1}, "chosen"),
        (O.REFUSE, {"reasons_given": False}, "reasons"),
    ],
)
def test_days_and_reasons(outcome, values, wrong):
    """I-15, I-16: no backdating, no suspension beyond the scheme's months, no decision without reasons."""
    found = [
        one.code
        for one in choice_conditions(outcome, replace(CASES[outcome], **values))
        if not one.met
    ]
    assert found == ([wrong] if wrong else [])


def test_after_expiry_restoration_has_a_window():
    """I-14: within the scheme's window restored at the level found; afterwards, or without a window, not."""
    expired = replace(
        CASES[O.RENEW], certificate=CertificateState.EXPIRED, expires_on=TODAY - timedelta(days=100),
        restoration_months=6, rated_level=2, surveillance_overdue=True,
    )  # fmt: skip
    assert outcomes(expired) == (O.RESTORE, O.REFUSE)
    assert unmet(O.RESTORE, expired) == set()
    assert unmet(O.RESTORE, replace(expired, restoration_months=0)) == {"window"}
    assert unmet(O.RESTORE, replace(expired, expires_on=TODAY - timedelta(days=190))) == {"window"}


def test_without_an_audit_only_the_certificate_is_decided_about():
    """I-15: no report and no rating is asked for; independence and open findings are."""
    facts = replace(
        CASES[O.RESTORE], kind=None, audit_id=0, report_signed=False, rating_there=False
    )
    assert unmet(O.RESTORE, facts) == set()
    assert unmet(O.RESTORE, replace(facts, surveillance_overdue=True)) == {"surveillance"}
    assert unmet(O.RESTORE, replace(facts, teams=("A-1",))) == {"independent"}
    assert outcomes(replace(facts, certificate=CertificateState.WITHDRAWN)) == ()


def test_a_reduction_of_a_suspended_certificate_needs_what_a_restoration_needs():
    """Guard 3: no way around the findings through a lower level."""
    facts = replace(CASES[O.RESTORE], unverified_majors=1)
    assert "majors" in unmet(O.REDUCE, facts)
    assert "majors" not in unmet(O.REDUCE, replace(facts, certificate=CertificateState.ACTIVE))
    assert len(guards_of(O.REDUCE, facts)) > 5
