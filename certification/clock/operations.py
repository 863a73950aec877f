"""Running the clock for days. Each flushes; none commits.

Twice for a day changes nothing the second time; after a week of absence one call does what seven would have done,
because every day is run by itself, with its own date.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from audit.findings import operations as findings
from certification.certificates import operations as certificates
from certification.certificates.models import Certificate
from certification.certificates.queries import facts
from certification.certificates.rules import CERTIFICATE, CLOCK_REASONS, PAST, CertificateFacts
from certification.clock import queries
from certification.clock.models import ClockRun
from certification.clock.rules import Happening, days_to_run
from checklists.schemes import queries as schemes

ACTIONS = ("expire", "end_suspension", "suspend_overdue")


def run(session: Session, on: date, *, now: datetime) -> list[Happening]:
    """Run the clock for every day until ``on`` that it has not run for; gives what happened, in order."""
    told: list[Happening] = []
    for day in waiting_days(session, on):
        told += run_day(session, day, now=now)
    return told


def waiting_days(session: Session, on: date) -> list[date]:
    """List the days the clock has not run for yet, until ``on``."""
    last = queries.last_run(session)
    earliest = None if last is not None else queries.earliest_needed(session)
    return list(days_to_run(last, earliest, on))


def run_day(session: Session, day: date, *, now: datetime) -> list[Happening]:
    """Run the clock for one day and note that it ran; another run at the same time fails on the day's uniqueness."""
    noted = ClockRun(day=day, ran_at=now, changed={})
    session.add(noted)
    session.flush()
    told = _certificates(session, day, now=now) + _findings(session, day, now=now)
    changed: dict[str, int] = {}
    for one in told:
        changed[one.event] = changed.get(one.event, 0) + 1
    noted.changed = changed
    session.flush()
    return told


def _certificates(session: Session, day: date, *, now: datetime) -> list[Happening]:
    told = []
    for one, version in queries.certificates_due(session, day):
        given = facts(one, schemes.rules(session, version), day)
        action = _due(one, given)
        if action is None:
            continue
        certificates.change_state(
            session, None, one, action, given, reason=CLOCK_REASONS[action], now=now
        )
        told.append(Happening(day, f"certificate:{PAST[action]}", one.number))
    return told


def _due(one: Certificate, given: CertificateFacts) -> str | None:
    """Give the clock's step whose conditions hold now."""
    for standing in CERTIFICATE.standings(one.state, given, None):
        if standing.open and standing.step.action in ACTIONS:
            return standing.step.action
    return None


def _findings(session: Session, day: date, *, now: datetime) -> list[Happening]:
    due: list[Any] = list(findings.due_list(session, day))
    if not due:
        return []
    told = [
        Happening(
            day,
            "finding:upgraded" if one.action == "upgrade" else "finding:escalated",
            one.finding.number,
        )
        for one in due
    ]
    findings.run_clock(session, day, now=now)
    return told
