"""Where a task stands on the home page."""

from datetime import date, timedelta

import pytest

from audit.planning.rules import OVER, AuditState
from certification.applications.rules import ApplicationState
from core.permissions import Permission
from reports.home.rules import (
    APPLICATION_TASKS,
    AUDIT_TASKS,
    BAND_NAMES,
    PLANNING_DAYS,
    SOON_DAYS,
    WAITS_FOR,
    Band,
    band,
    not_yet,
)

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "where"),
    [
        (-400, Band.LATE),
        (-1, Band.LATE),
        (0, Band.TODAY),
        (1, Band.SOON),
        (SOON_DAYS, Band.SOON),
        (SOON_DAYS + 1, Band.LATER),
        (None, Band.LATER),
    ],
)
def test_a_task_stands_by_its_day(days: int | None, where: Band) -> None:
    """S-12: what is late comes first, what has no day comes last."""
    due = None if days is None else TODAY + timedelta(days)
    assert band(due, TODAY) is where


def test_every_state_that_is_not_over_waits_for_somebody() -> None:
    """S-12: no audit that goes on is forgotten; each state names who acts, and the word for others."""
    going = set(AuditState) - set(OVER) - {AuditState.POSTPONED}
    assert going <= set(AUDIT_TASKS)
    assert set(AUDIT_TASKS) == set(WAITS_FOR)
    assert all(isinstance(task.permission, Permission) for task in AUDIT_TASKS.values())


def test_a_far_audit_is_no_task_yet() -> None:
    """I-02: a surveillance planned for next year does not crowd today's page; any other state does not wait."""
    near, far = TODAY + timedelta(PLANNING_DAYS), TODAY + timedelta(PLANNING_DAYS + 1)
    assert not not_yet(AuditState.PLANNED, near, TODAY)
    assert not_yet(AuditState.PLANNED, far, TODAY)
    assert not_yet(AuditState.PLANNED, None, TODAY)
    assert not not_yet(AuditState.IN_PROGRESS, far, TODAY)


def test_an_accepted_application_waits_for_both_sides() -> None:
    """I-01: both sides confirm the contract; either is told."""
    accepted = ApplicationState.ACCEPTED
    assert (accepted, True) in APPLICATION_TASKS
    assert (accepted, False) in APPLICATION_TASKS
    assert APPLICATION_TASKS[accepted, True] != APPLICATION_TASKS[accepted, False]


def test_every_band_has_its_name() -> None:
    """S-12: the page speaks of every part it has."""
    assert list(BAND_NAMES) == list(Band)
