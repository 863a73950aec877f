"""Reports as read; a provider sees one from the moment it is sent for comment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from accounts.people.models import Person
from audit.conclusion.models import Report, ReportComment, SignedReport
from audit.conclusion.rules import ReportFacts, ReportState
from audit.conditions.rules import RATED
from audit.planning import queries as planning
from audit.planning.models import Audit
from audit.rating import queries as ratings
from audit.rating.models import RatingRecord
from core.clock import local_date, utc_now
from core.errors import NotFound
from core.permissions import Actor, OrganisationKind
from core.words import T_, Text

TEXTS = ("summary", "conclusion", "sampling_note", "use_of_marks")


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report with what its page needs."""

    audit: Audit
    report: Report
    comments: Sequence[Row[ReportComment, str]]
    facts: ReportFacts
    signed: SignedReport | None
    rating: RatingRecord | None


def page(session: Session, actor: Actor, audit_id: int) -> ReportPage:
    """Gather a report's page in two statements.

    Raises ``NotFound``, for a provider also before the report is sent for comment.
    """
    newest = select(func.max(RatingRecord.id)).where(RatingRecord.audit_id == Audit.id)
    row = session.execute(
        select(
            Audit,
            Report,
            SignedReport,
            RatingRecord,
            ratings.changed_since(RatingRecord.computed_at, Audit.id),
            planning.leading(actor),
        )
        .join(Report, Report.audit_id == Audit.id)
        .outerjoin(SignedReport, SignedReport.report_id == Report.id)
        .outerjoin(RatingRecord, RatingRecord.id == newest.correlate(Audit).scalar_subquery())
        .where(Audit.id == audit_id, planning.visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    audit, one, signed, rating, changed, leads = row
    if actor.organisation_kind is OrganisationKind.PROVIDER and one.state is ReportState.DRAFT:
        raise NotFound
    said = comments(session, one.id)
    facts = ReportFacts(
        leader_is_actor=leads,
        missing=missing(one),
        comments_closed=one.comments_closed_at is not None,
        comments_until=one.comments_until,
        today=local_date(utc_now()),
        unanswered=sum(1 for comment, _name in said if comment.replied_at is None),
        rating_needed=audit.kind in RATED,
        rating_there=rating is not None and not changed,
    )
    return ReportPage(audit, one, said, facts, signed, rating)


def comments(session: Session, report_id: int) -> Sequence[Row[ReportComment, str]]:
    """List the client's comments with who made them, oldest first."""
    query = (
        select(ReportComment, Person.name)
        .join(Person, Person.id == ReportComment.person_id)
        .where(ReportComment.report_id == report_id)
        .order_by(ReportComment.id)
    )
    return session.execute(query).all()


def missing(one: Report) -> tuple[Text, ...]:
    """Name the parts a report still lacks (I-12)."""
    wanted = (
        (one.summary, T_("the summary")),
        (one.sampling_note, T_("the note on sampling")),
        (one.use_of_marks, T_("the use of marks")),
        (one.conclusion, T_("the conclusion")),
        (one.recommendation, T_("the recommendation")),
    )
    return tuple(text for there, text in wanted if not there)


def report_facts(session: Session, audit_id: int) -> dict[str, Any]:
    """Give the report's part of ``AuditFacts`` in one statement."""
    row = session.execute(
        select(
            Report,
            select(func.count())
            .where(ReportComment.report_id == Report.id, ReportComment.replied_at.is_(None))
            .scalar_subquery(),
            Audit.kind,
        )
        .join(Audit, Audit.id == Report.audit_id)
        .where(Report.audit_id == audit_id)
    ).one_or_none()
    if row is None:
        return {"report_exists": False}
    one, unanswered, kind = row
    facts = {
        "report_exists": True,
        "report_state": one.state.value,
        "report_whole": not missing(one),
        "comments_closed": one.comments_closed_at is not None,
        "comments_unanswered": unanswered,
        "report_signed": one.state is ReportState.SIGNED,
    }
    if kind == "stage_1":
        facts["stage1_concerns"] = one.open_concerns
    return facts
