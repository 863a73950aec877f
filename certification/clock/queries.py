"""What the clock looks at: its own runs, and the certificates whose day has come."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.casefile.models import Finding
from audit.casefile.rules import AWAITED
from audit.planning.models import Engagement
from certification.certificates.models import Certificate
from certification.certificates.rules import LIVING, CertificateState
from certification.clock.models import ClockRun


def last_run(session: Session) -> date | None:
    """Give the last day the clock ran for."""
    return session.scalar(select(func.max(ClockRun.day)))


def earliest_needed(session: Session) -> date | None:
    """Give the first day on which anything could be due; None where nothing waits for a day."""
    living = Certificate.state.in_(list(LIVING))
    columns = (
        select(func.min(Certificate.expires_on)).where(living),
        select(func.min(Certificate.suspended_until)).where(living),
        select(func.min(Certificate.next_surveillance_due_on)).where(living),
        *(
            select(func.min(column)).where(Finding.state.in_(list(AWAITED)))
            for column in (
                Finding.acknowledge_due_on,
                Finding.response_due_on,
                Finding.implementation_due_on,
            )
        ),
    )
    row = session.execute(select(*(column.scalar_subquery() for column in columns))).one()
    found = [day for day in row if day is not None]
    return min(found) + timedelta(days=1) if found else None


def certificates_due(session: Session, day: date) -> Sequence[tuple[Certificate, int]]:
    """List the certificates in force that a day may change, with their scheme versions, locked."""
    over = (
        (Certificate.expires_on < day)
        | (Certificate.suspended_until < day)
        | (
            (Certificate.state == CertificateState.ACTIVE)
            & (Certificate.next_surveillance_due_on < day)
        )
    )
    query = (
        select(Certificate, Engagement.scheme_version_id)
        .join(Engagement, Engagement.id == Certificate.engagement_id)
        .where(Certificate.state.in_(list(LIVING)), over)
        .order_by(Certificate.id)
        .with_for_update(of=Certificate)
    )
    return [(one, version) for one, version in session.execute(query)]
