"""The steps of an audit as a whole. Each flushes; none commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from audit.conclusion import operations as conclusion
from audit.conclusion.queries import ReportPage
from audit.planning import operations as planning
from audit.planning.models import Audit
from audit.workspace import queries
from core.clock import local_date
from core.permissions import Actor


def take(
    session: Session,
    actor: Actor,
    audit: Audit,
    action: str,
    *,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Take a step of an audit with what belongs to it: the plan's copy, the empty report.

    Raises ``StepRefused`` with every condition that is not met, and ``NotAllowed``.
    """
    facts = queries.facts(session, actor, audit, today=local_date(now))
    if action == "issue_plan":
        planning.issue_plan(session, actor, audit, facts, now=now)
        return
    planning.move(session, actor, audit, action, facts, now=now, reason=reason)
    if action == "open_report":
        conclusion.open_report(session, audit)


def sign_report(
    session: Session, actor: Actor, page: ReportPage, *, password: str, now: datetime
) -> None:
    """Sign the report and issue it: one transaction, so neither is without the other."""
    conclusion.sign(session, actor, page, password=password, now=now)
    facts = queries.facts(session, actor, page.audit)
    planning.move(session, actor, page.audit, "issue_report", facts, now=now)
