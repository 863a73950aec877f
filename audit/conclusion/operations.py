"""What leader and client do to a report. Each flushes; none commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from accounts.people import operations as people
from audit.conclusion.models import Report, ReportComment, SignedReport
from audit.conclusion.queries import ReportPage
from audit.conclusion.rules import REPORT, ReportState, content_digest
from audit.planning.models import Audit
from audit.record import queries as whole_audit
from checklists.schemes import queries as schemes
from core.clock import local_date
from core.db import expect
from core.errors import NotAllowed, NotFound, StepRefused
from core.events import changes, plain, record
from core.jobs import enqueue
from core.permissions import Actor
from core.words import N_, T_

DOCUMENT = "report:document"


def open_report(session: Session, audit: Audit) -> Report:
    """Make the empty report when the audit comes to it; its event is the audit's."""
    made = Report(audit_id=audit.id, number="R" + audit.number[1:], recommendation=None)
    session.add(made)
    session.flush()
    return made


def write(
    session: Session,
    actor: Actor,
    page: ReportPage,
    values: Mapping[str, Any],
    *,
    revision: int | None,
    now: datetime,
) -> None:
    """Write on the draft; raises ``Stale`` and ``StepRefused``."""
    one = page.report
    if one.state is not ReportState.DRAFT:
        raise StepRefused(
            T_("The report is written while it is a draft. Take it back to change it.")
        )
    if not page.facts.leader_is_actor:
        raise NotAllowed(N_("Only the team leader writes the report."))
    expect(one, revision)
    before, after = changes(one, values)
    if after:
        session.flush()
        _record(session, actor, page, "written", now=now, before=before, after=after)


def send_for_comment(session: Session, actor: Actor, page: ReportPage, *, now: datetime) -> None:
    """Let the client read and comment, for as long as the scheme says."""
    rules = schemes.rules(session, page.audit.scheme_version_id)
    page.report.comments_until = local_date(now) + timedelta(days=rules.report_comment_days)
    page.report.comments_closed_at = None
    _take(session, actor, page, "send_for_comment", "sent_for_comment", now=now)


def take_back(session: Session, actor: Actor, page: ReportPage, *, now: datetime) -> None:
    """Take the draft back to change it; comments made stay."""
    page.report.comments_until, page.report.comments_closed_at = None, None
    _take(session, actor, page, "take_back", "taken_back", now=now)


def comment(session: Session, actor: Actor, page: ReportPage, *, text: str, now: datetime) -> None:
    """Say something about the draft, for the client."""
    one = page.report
    if one.state is not ReportState.FOR_COMMENT or one.comments_closed_at is not None:
        raise StepRefused(T_("Comments are made while the report is with the client."))
    session.add(ReportComment(report_id=one.id, person_id=actor.person_id, text=text, made_at=now))
    session.flush()
    _record(session, actor, page, "commented", now=now, after={"text": text})


def reply(
    session: Session, actor: Actor, page: ReportPage, comment_id: int, *, text: str, now: datetime
) -> None:
    """Answer a comment; an answer given stands."""
    found = next((one for one, _name in page.comments if one.id == comment_id), None)
    if found is None:
        raise NotFound
    if page.report.state is ReportState.SIGNED or found.replied_at is not None:
        raise StepRefused(T_("This comment is answered already."))
    if not page.facts.leader_is_actor:
        raise NotAllowed(N_("Only the team leader answers comments."))
    found.reply, found.replied_by_id, found.replied_at = text, actor.person_id, now
    session.flush()
    _record(session, actor, page, "comment_answered", now=now, after={"reply": text})


def close_comments(session: Session, actor: Actor, page: ReportPage, *, now: datetime) -> None:
    """Say that the client has nothing more to say."""
    _take(session, actor, page, "close_comments", "comments_closed", now=now)
    page.report.comments_closed_at = now
    session.flush()


def sign(
    session: Session, actor: Actor, page: ReportPage, *, password: str, now: datetime
) -> SignedReport:
    """Sign: after a second sign-in the whole report is kept with its digest (S-23).

    Raises ``Invalid`` on the field ``password``, ``StepRefused`` with what is missing. Both languages are printed by
    the job ``report:document``.
    """
    one = page.report
    REPORT.take(one.state, "sign", page.facts, actor)
    people.confirm(session, actor, password, now=now)
    one.signed_by_id, one.signed_at = actor.person_id, now
    one.comments_closed_at = one.comments_closed_at or now
    whole = whole_report(session, page) | {
        "signature": {"name": actor.name, "signed_at": plain(now), "method": "second_sign_in"}
    }
    made = SignedReport(
        report_id=one.id,
        content=whole,
        content_sha256=content_digest(whole),
        rating_id=page.rating.id if page.rating else None,
        signed_by_id=actor.person_id,
        signed_at=now,
    )
    session.add(made)
    before, one.state = one.state, REPORT.take(one.state, "sign", page.facts, actor)
    session.flush()
    _record(
        session, actor, page, "signed", now=now,
        before={"state": before}, after={"state": one.state, "sha256": made.content_sha256},
    )  # fmt: skip
    enqueue(
        session,
        DOCUMENT,
        {"signed_report_id": made.id},
        now=now,
        subject=made,
        owner_id=page.audit.body_id,
    )
    return made


def whole_report(session: Session, page: ReportPage) -> dict[str, Any]:
    """Give the report as plain data: the audit whole, the leader's text, the client's comments."""
    return whole_audit.gather(session, page.audit, page.rating) | _said(page)


def shown_report(session: Session, page: ReportPage) -> dict[str, Any]:
    """Give what the page of a report shows before it is signed, in the same shape."""
    return whole_audit.outline(session, page.audit, page.rating) | _said(page)


def _said(page: ReportPage) -> dict[str, Any]:
    texts = {
        name: getattr(page.report, name)
        for name in (
            "summary",
            "deviations",
            "significant_changes",
            "unresolved",
            "sampling_note",
            "use_of_marks",
            "earlier_actions",
            "advice",
            "conclusion",
            "recommendation",
            "recommended_level",
            "open_concerns",
        )
    }
    said = [
        {"person": name, "made_at": comment.made_at, "text": comment.text, "reply": comment.reply}
        for comment, name in page.comments
    ]
    given: dict[str, Any] = plain({"number": page.report.number, "texts": texts, "comments": said})
    return given


def _take(
    session: Session, actor: Actor, page: ReportPage, action: str, past: str, *, now: datetime
) -> None:
    before = page.report.state
    page.report.state = REPORT.take(before, action, page.facts, actor)
    session.flush()
    _record(
        session, actor, page, past, now=now,
        before={"state": before}, after={"state": page.report.state},
    )  # fmt: skip


def _record(
    session: Session, actor: Actor, page: ReportPage, past: str, *, now: datetime, **parts: Any
) -> None:
    record(
        session,
        actor,
        f"report:{past}",
        page.report,
        within=page.audit,
        owner_id=page.audit.body_id,
        now=now,
        **parts,
    )
