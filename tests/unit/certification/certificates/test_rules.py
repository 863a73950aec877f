"""Every step of a certificate × state × role × guard (I-14, I-15, I-21)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from certification.certificates.rules import (
    CERTIFICATE,
    FINAL,
    LIVING,
    CertificateFacts,
    last_day,
    next_due,
    search_text,
    series,
    status_on,
)
from certification.certificates.rules import CertificateState as S
from checklists.procedures.rules import CertificateRule
from core.errors import NotAllowed, StepRefused
from core.permissions import OrganisationKind, Role, holders

TODAY = date(2026, 11, 20)
FACTS = CertificateFacts(
    today=TODAY, expires_on=TODAY + timedelta(300), current_level=3, level=2, restoration_months=6,
    after_recertification=True,
)  # fmt: skip
OVER = replace(FACTS, expires_on=TODAY - timedelta(1))
DUE = replace(FACTS, surveillance_due_on=TODAY - timedelta(31), grace_days=30)
ENDED = replace(FACTS, suspended_until=TODAY - timedelta(1))
OPENING = {"expire": OVER, "suspend_overdue": DUE, "end_suspension": ENDED}
TABLE = {
    ("maintain", S.ACTIVE): S.ACTIVE,
    ("reduce", S.ACTIVE): S.ACTIVE,
    ("reduce", S.SUSPENDED): S.ACTIVE,
    ("suspend", S.ACTIVE): S.SUSPENDED,
    ("restore", S.SUSPENDED): S.ACTIVE,
    ("restore", S.EXPIRED): S.ACTIVE,
    ("withdraw", S.ACTIVE): S.WITHDRAWN,
    ("withdraw", S.SUSPENDED): S.WITHDRAWN,
    ("renew", S.ACTIVE): S.SUPERSEDED,
    ("cancel", S.ACTIVE): S.CANCELLED,
    ("cancel", S.SUSPENDED): S.CANCELLED,
    ("expire", S.ACTIVE): S.EXPIRED,
    ("expire", S.SUSPENDED): S.EXPIRED,
    ("suspend_overdue", S.ACTIVE): S.SUSPENDED,
    ("end_suspension", S.SUSPENDED): S.WITHDRAWN,
}
ACTIONS = sorted({action for action, _ in TABLE})


@dataclass(frozen=True)
class Somebody:
    roles: frozenset[Role]
    person_id: int = 1
    name: str = "Somebody"
    organisation_id: int = 1
    organisation_kind: OrganisationKind = OrganisationKind.BODY


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("action", ACTIONS)
def test_every_step_of_every_role(action, state, role):
    """quality 1: what the table does not say is refused; the clock takes its own steps only."""
    actor = Somebody(frozenset({role})) if role else None
    given = OPENING.get(action, FACTS)
    row = CERTIFICATE.find(state, action)
    if (action, state) not in TABLE:
        assert row is None
        with pytest.raises(StepRefused):
            CERTIFICATE.take(state, action, given, actor)
        return
    able = role is None if row.permission is None else role in holders(row.permission)
    if able:
        assert CERTIFICATE.take(state, action, given, actor) is TABLE[action, state]
    else:
        with pytest.raises(NotAllowed):
            CERTIFICATE.take(state, action, given, actor)


@pytest.mark.parametrize(
    ("state", "action", "facts", "code"),
    [
        (S.ACTIVE, "suspend", replace(FACTS, reason_given=False), "reason"),
        (S.ACTIVE, "suspend", replace(FACTS, until=date(2027, 5, 21)), "limit"),
        (S.ACTIVE, "suspend", replace(FACTS, until=TODAY), "limit"),
        (S.ACTIVE, "reduce", replace(FACTS, level=3), "lowers"),
        (S.ACTIVE, "renew", OVER, "valid"),
        (S.ACTIVE, "renew", replace(FACTS, after_recertification=False), "recertified"),
        (S.SUSPENDED, "restore", DUE, "surveillance"),
        (S.SUSPENDED, "restore", OVER, "valid"),
        (S.EXPIRED, "restore", replace(OVER, after_recertification=False), "recertified"),
        (S.EXPIRED, "restore", replace(OVER, restoration_months=0), "window"),
        (S.ACTIVE, "cancel", replace(FACTS, reason_given=False), "reason"),
        (S.ACTIVE, "withdraw", replace(FACTS, reason_given=False), "reason"),
        (S.ACTIVE, "expire", replace(FACTS, expires_on=TODAY), "expired"),
        (S.ACTIVE, "suspend_overdue", replace(DUE, grace_days=31), "overdue"),
        (S.SUSPENDED, "end_suspension", replace(FACTS, suspended_until=TODAY), "over"),
    ],
)
def test_each_guard_alone_refuses(state, action, facts, code):
    """quality 1: each condition refuses by itself and is named."""
    row = CERTIFICATE.find(state, action)
    actor = Somebody(frozenset({holders(row.permission)[0]})) if row.permission else None
    with pytest.raises(StepRefused) as refused:
        CERTIFICATE.take(state, action, facts, actor)
    assert code in {reason.code for reason in refused.value.reasons}


def test_final_states_have_no_step():
    """I-21: withdrawn, cancelled and superseded are final."""
    assert all(not (row.sources & FINAL) for row in CERTIFICATE.steps)


@pytest.mark.parametrize("state", list(S))
def test_the_status_follows_the_date(state):
    """I-15: the day after the last day shows expired even before the clock ran."""
    assert status_on(state, TODAY, TODAY) is state
    late = status_on(state, TODAY, TODAY + timedelta(1))
    assert late is (S.EXPIRED if state in LIVING else state)


def test_dates_and_numbers():
    """I-16, I-23: whole months less a day; a pattern's series leaves out serial and renewal."""
    assert last_day(TODAY, 36) == date(2029, 11, 19)
    assert last_day(date(2027, 8, 31), 6) == date(2028, 2, 28)
    assert next_due([date(2027, 1, 1), date(2028, 1, 1)], None) == date(2027, 1, 1)
    assert next_due([date(2027, 1, 1), date(2028, 1, 1)], date(2027, 1, 1)) == date(2028, 1, 1)
    assert next_due([date(2027, 1, 1)], date(2027, 1, 1)) is None
    rule = CertificateRule(36, "{body}-{year}-{scheme}-{serial:05d}-R{renewal}")
    assert rule.number("HHC", "ITSL", 2026, 7, 1) == "HHC-2026-ITSL-00007-R1"
    assert series(rule.number("HHC", "ITSL", 2026, 0, 0)) != series(
        rule.number("X", "ITSL", 2026, 0, 0)
    )
    assert search_text(["Ab ", "ab", "", "C"]) == "ab\nc"
