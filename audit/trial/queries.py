"""Which audits can be rated on trial, and what was kept of one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, exists, or_, select
from sqlalchemy.orm import Session

from accounts.organisations.models import Organisation
from audit.assessment.models import Answer
from audit.level.rules import Rating, RatingInputs
from audit.planning import queries as planning
from audit.planning.models import Audit
from audit.rating import queries as ratings
from audit.rating.models import RatingRecord
from checklists.schemes.queries import rules
from checklists.schemes.rules import SchemeRules
from core.permissions import Actor

MOST = 300


@dataclass(frozen=True, slots=True)
class Case:
    """An audit with what a rating takes in; ``kept`` is the rating on record, ``at`` its time."""

    audit: Audit
    scheme: SchemeRules
    inputs: RatingInputs
    kept: Rating | None
    at: datetime | None


def audits(session: Session, actor: Actor) -> list[Row[Audit, Organisation]]:
    """List the audits the actor may see that have a rating or judged criteria, newest first, with their client."""
    rated = exists().where(RatingRecord.audit_id == Audit.id)
    judged = exists().where(Answer.audit_id == Audit.id, Answer.rating.is_not(None))
    query = (
        select(Audit, Organisation)
        .join(Organisation, Organisation.id == Audit.client_id)
        .where(planning.visible(actor), or_(rated, judged))
        .order_by(Audit.id.desc())
        .limit(MOST)
    )
    return list(session.execute(query))


def case(session: Session, actor: Actor, audit_id: int) -> Case:
    """Give an audit with its kept rating and inputs, else with what stands now; raises ``NotFound``.

    Three statements with a kept rating, five without.
    """
    audit = planning.audit(session, actor, audit_id)
    record = ratings.latest(session, audit_id)
    if record is None:
        scheme = rules(session, audit.scheme_version_id)
        return Case(audit, scheme, ratings.inputs(session, audit), None, None)
    inputs = RatingInputs.from_json(record.inputs)
    scheme = rules(session, record.scheme_version_id)
    return Case(audit, scheme, inputs, ratings.rating_of(record), record.computed_at)
