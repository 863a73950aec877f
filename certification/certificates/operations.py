"""What happens to certificates. Each flushes; none commits.

A certificate's text is never edited: a change makes a revision, a change of state a row of its status history.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people import operations as people
from audit.programme.rules import surveillance_days
from certification.certificates.models import Certificate, CertificateRevision, CertificateStatus
from certification.certificates.queries import (
    DOCUMENT_JOB,
    Particulars,
    facts,
    particulars,
    scheme_of,
)
from certification.certificates.rules import (
    CERTIFICATE,
    PAST,
    CertificateFacts,
    CertificateState,
    Grounds,
    last_day,
    next_due,
    restored_until,
    search_text,
    series,
)
from core.clock import local_date
from core.db import claiming, next_number
from core.errors import NotFound, StepRefused
from core.events import changes, record
from core.jobs import enqueue
from core.permissions import Actor
from core.plain import canonical
from core.words import T_

TOKEN_BYTES = 24


def issue(
    session: Session,
    actor: Actor,
    grounds: Grounds,
    *,
    now: datetime,
    renewal: int = 0,
) -> Certificate:
    """Issue a certificate with its first revision on a positive decision (I-16, I-23).

    The number comes from a counter in this transaction: unique and without gaps. Raises ``StepRefused`` where the
    engagement has a certificate in force.
    """
    known = particulars(session, grounds.engagement_id)
    rules = known.rules
    expires_on = last_day(grounds.effective_on, rules.certificate.validity_months)
    made = Certificate(
        number=_number(session, known, grounds.decided_on.year, renewal),
        token=secrets.token_urlsafe(TOKEN_BYTES),
        engagement_id=grounds.engagement_id,
        body_id=known.body.id,
        client_id=known.client.id,
        level=grounds.level,
        renewal=renewal,
        effective_on=grounds.effective_on,
        expires_on=expires_on,
        next_surveillance_due_on=next_due(surveillance_days(rules.cycle, grounds.decided_on), None),
        search_text="",
        issued_at=now,
    )
    made.search_text = _searched(made, known)
    refusal = StepRefused(T_("This engagement has a certificate in force already."))
    with claiming(session, "uq_certificates_one_active", refusal):
        session.add(made)
    _write_revision(session, made, known, grounds, now=now)
    _note_status(
        session, made, made.effective_on, reason=grounds.reason, decision_id=grounds.decision_id, now=now
    )  # fmt: skip
    record(
        session, actor, "certificate:issued", made, now=now, owner_id=made.body_id,
        after={"level": made.level, "effective_on": made.effective_on, "expires_on": made.expires_on},
        reason=grounds.reason,
    )  # fmt: skip
    session.flush()
    return made


def revise(
    session: Session, actor: Actor, one: Certificate, grounds: Grounds, *, now: datetime
) -> CertificateRevision:
    """Issue the next revision with what is true now; the one before is superseded and stays as it is."""
    before, after = changes(
        one, {"current_revision": one.current_revision + 1, "level": grounds.level}
    )
    made = _renewed_text(session, one, grounds, now=now)
    record(
        session, actor, "certificate:revised", one, now=now, owner_id=one.body_id,
        before=before, after=after, reason=grounds.reason,
    )  # fmt: skip
    session.flush()
    return made


def maintain(
    session: Session,
    actor: Actor,
    one: Certificate,
    given: CertificateFacts,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Let a certificate stand after an audit; a surveillance that was due is then behind."""
    CERTIFICATE.take(one.state, "maintain", given, actor)
    before, after = changes(one, _next_surveillance(session, one, given))
    record(
        session, actor, "certificate:maintained", one, now=now, owner_id=one.body_id,
        before=before, after=after, reason=reason,
    )  # fmt: skip
    session.flush()


def change_state(  # noqa: PLR0913 -- a change of state has this many parts
    session: Session,
    actor: Actor | None,
    one: Certificate,
    action: str,
    given: CertificateFacts,
    *,
    reason: str,
    now: datetime,
    grounds: Grounds | None = None,
    decision_id: int | None = None,
) -> None:
    """Take one step of a certificate's life from ``given.today`` on, with its row of status history.

    ``grounds`` make a new revision (reduced, restored after its expiry). Raises ``StepRefused``, ``NotAllowed``, and
    ``NotFound`` where the certificate is not the actor's.
    """
    if actor is not None and actor.organisation_id not in (one.body_id, one.client_id):
        raise NotFound
    known = replace(given, reason_given=bool(reason.strip()))
    was = one.state
    state = CERTIFICATE.take(was, action, known, actor)
    new: dict[str, object] = {"state": state, "suspended_until": None}
    if state is CertificateState.SUSPENDED:
        new["suspended_until"] = given.until or given.longest
    if state is CertificateState.ACTIVE:
        new |= _next_surveillance(session, one, given)
    if grounds is not None:
        new |= {"current_revision": one.current_revision + 1, "level": grounds.level}
    if grounds is not None and was is CertificateState.EXPIRED:
        new |= _restored(session, one, grounds)
    before, after = changes(one, new)
    session.flush()
    if grounds is not None:
        _renewed_text(session, one, grounds, now=now)
    _note_status(session, one, given.today, reason=reason, decision_id=decision_id, now=now)
    record(
        session, actor, f"certificate:{PAST[action]}", one, now=now, owner_id=one.body_id,
        before=before, after=after, reason=reason,
    )  # fmt: skip
    session.flush()


def cancel(
    session: Session, actor: Actor, one: Certificate, *, reason: str, password: str, now: datetime
) -> None:
    """Let the holder give the certificate up; it signs in once more.

    Raises ``Invalid`` on the field ``password``.
    """
    people.confirm(session, actor, password, now=now)
    given = facts(one, scheme_of(session, one), local_date(now))
    change_state(session, actor, one, "cancel", given, reason=reason, now=now)


# -- parts of every change ---------------------------------------------------------------------


def content_of(
    one: Certificate, known: Particulars, grounds: Grounds, *, revision: int, issued_on: date
) -> dict[str, Any]:
    """Write down everything a revision says, as plain data that never changes (I-16)."""
    rules = known.rules
    level = rules.level(grounds.level)
    return {
        "number": one.number,
        "revision": revision,
        "holder": _both(known.client, "name"),
        "credit_code": known.client.credit_code or "",
        "address": _both(known.client, "address"),
        "sites": [
            {"name": _both(site, "name"), "address": _both(site, "address")} for site in known.sites
        ],
        "scope": {"zh": grounds.scope.zh, "en": grounds.scope.en},
        "level": {
            "number": level.number,
            "of": len(rules.levels),
            "title": {"zh": level.title.zh, "en": level.title.en},
        },
        "standard": {
            "code": known.standard_code,
            "version": known.standard_version,
            "title": {"zh": known.standard.zh, "en": known.standard.en},
        },
        "scheme": {
            "code": rules.code,
            "version": rules.version,
            "title": {"zh": rules.title.zh, "en": rules.title.en},
        },
        "body": {
            "name": _both(known.body, "name"),
            "code": known.body.code or "",
            "accreditation": known.body.accreditation,
        },
        "signatory": grounds.signatory,
        "renewal": one.renewal,
        "decided_on": grounds.decided_on.isoformat(),
        "effective_on": one.effective_on.isoformat(),
        "expires_on": one.expires_on.isoformat(),
        "issued_on": issued_on.isoformat(),
    }


def _renewed_text(
    session: Session, one: Certificate, grounds: Grounds, *, now: datetime
) -> CertificateRevision:
    known = particulars(session, one.engagement_id)
    one.search_text = _searched(one, known)
    return _write_revision(session, one, known, grounds, now=now)


def _write_revision(
    session: Session, one: Certificate, known: Particulars, grounds: Grounds, *, now: datetime
) -> CertificateRevision:
    number = one.current_revision
    content = content_of(one, known, grounds, revision=number, issued_on=local_date(now))
    made = CertificateRevision(
        certificate_id=one.id,
        number=number,
        decision_id=grounds.decision_id,
        decided_on=grounds.decided_on,
        effective_on=grounds.effective_on,
        expires_on=one.expires_on,
        level=grounds.level,
        content=content,
        content_sha256=hashlib.sha256(canonical(content)).hexdigest(),
        reason=grounds.reason,
        issued_at=now,
    )
    session.add(made)
    session.flush()
    payload = {"revision_id": made.id}
    enqueue(session, DOCUMENT_JOB, payload, now=now, subject=made, owner_id=one.body_id)
    return made


def _note_status(
    session: Session,
    one: Certificate,
    from_on: date,
    *,
    reason: str,
    decision_id: int | None,
    now: datetime,
) -> None:
    session.add(
        CertificateStatus(
            certificate_id=one.id,
            state=one.state,
            from_on=from_on,
            until_on=one.suspended_until,
            reason=reason,
            decision_id=decision_id,
            recorded_at=now,
        )
    )


def _next_surveillance(
    session: Session, one: Certificate, given: CertificateFacts
) -> Mapping[str, object]:
    """Move the day of the next surveillance on, if this step follows the one that was due."""
    if not given.after_surveillance:
        return {}
    days = surveillance_days(scheme_of(session, one).cycle, _cycle_began(session, one))
    return {"next_surveillance_due_on": next_due(days, one.next_surveillance_due_on)}


def _restored(session: Session, one: Certificate, grounds: Grounds) -> Mapping[str, object]:
    rules = scheme_of(session, one)
    days = surveillance_days(rules.cycle, grounds.decided_on)
    return {
        "effective_on": grounds.effective_on,
        "expires_on": restored_until(one.expires_on, rules.certificate.validity_months),
        "next_surveillance_due_on": next_due(days, None),
    }


def _cycle_began(session: Session, one: Certificate) -> date:
    """Give the day of the decision that began the certificate's present validity."""
    query = select(CertificateRevision.decided_on).where(
        CertificateRevision.certificate_id == one.id,
        CertificateRevision.expires_on == one.expires_on,
    )
    return session.scalars(query.order_by(CertificateRevision.number).limit(1)).one()


def _number(session: Session, known: Particulars, year: int, renewal: int) -> str:
    rule = known.rules.certificate
    body, scheme = known.body.code or "", known.rules.code
    serial = next_number(session, series(rule.number(body, scheme, year, 0, 0)))
    return rule.number(body, scheme, year, serial, renewal)


def _searched(one: Certificate, known: Particulars) -> str:
    client, sites = known.client, known.sites
    places = [text for site in sites for text in (site.address_zh, site.address_en)]
    return search_text(
        [
            client.name_zh, client.name_en, one.number, client.credit_code or "",
            client.address_zh, client.address_en, *places,
        ]
    )  # fmt: skip


def _both(row: Any, stem: str) -> dict[str, str]:
    return {"zh": getattr(row, f"{stem}_zh") or "", "en": getattr(row, f"{stem}_en") or ""}
