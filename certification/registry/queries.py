"""What anyone may see of certificates: few statements, no account (I-17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from certification.certificates.models import Certificate, CertificateRevision, CertificateStatus
from certification.certificates.queries import document_of_revision, in_state
from certification.certificates.rules import CertificateState, status_on
from core.db import like
from core.errors import NotFound
from core.words import Words
from evidence.issued.models import IssuedDocument

Later = aliased(Certificate, name="later")


@dataclass(frozen=True, slots=True)
class Verified:
    """A certificate as anyone sees it on a day; ``content`` is what its current revision says."""

    certificate: Certificate
    revision: CertificateRevision
    document: IssuedDocument | None
    successor: str | None
    status: CertificateState
    begun: bool

    @property
    def content(self) -> dict[str, Any]:
        """Give what the current revision says."""
        return self.revision.content

    @property
    def in_force(self) -> bool:
        """Whether the certificate counts on this day."""
        return self.status is CertificateState.ACTIVE and self.begun


def verified(session: Session, token: str, today: date) -> Verified:
    """Find a certificate by its token, in one statement; raises ``NotFound``."""
    successor = (
        select(Later.token)
        .where(
            Later.engagement_id == Certificate.engagement_id,
            Later.id > Certificate.id,
            Certificate.state == CertificateState.SUPERSEDED,
        )
        .order_by(Later.id)
        .limit(1)
        .correlate(Certificate)
        .scalar_subquery()
    )
    row = session.execute(
        select(Certificate, CertificateRevision, IssuedDocument, successor)
        .join(
            CertificateRevision,
            (CertificateRevision.certificate_id == Certificate.id)
            & (CertificateRevision.number == Certificate.current_revision),
        )
        .outerjoin(IssuedDocument, document_of_revision())
        .where(Certificate.token == token)
    ).one_or_none()
    if row is None:
        raise NotFound
    one, revision, document, later = row
    status = status_on(one.state, one.expires_on, today)
    return Verified(one, revision, document, later, status, one.effective_on <= today)


def past(
    session: Session, certificate_id: int
) -> tuple[Sequence[CertificateStatus], Sequence[Any]]:
    """Give the status history and the revisions (number, level, day), the newest first: two statements."""
    statuses = session.scalars(
        select(CertificateStatus)
        .where(CertificateStatus.certificate_id == certificate_id)
        .order_by(CertificateStatus.id.desc())
    ).all()
    revisions = session.execute(
        select(CertificateRevision.number, CertificateRevision.level, CertificateRevision.issued_at)
        .where(CertificateRevision.certificate_id == certificate_id)
        .order_by(CertificateRevision.number.desc())
    ).all()
    return statuses, revisions


def state_at(
    statuses: Sequence[CertificateStatus], one: Certificate, day: date
) -> CertificateState | None:
    """Give the status that held on a past day; None before the certificate took effect."""
    held = [row for row in statuses if row.from_on <= day]
    if not held:
        return None
    return status_on(held[0].state, one.expires_on, day)


def search(words: str, *, state: str, level: int | None, today: date) -> Any:
    """Build the search by holder, number, credit code or place; wildcards are taken literally."""
    query = (
        select(Certificate, CertificateRevision)
        .join(
            CertificateRevision,
            (CertificateRevision.certificate_id == Certificate.id)
            & (CertificateRevision.number == Certificate.current_revision),
        )
        .where(Certificate.search_text.like(like(words.lower()), escape="\\"))
    )
    if state in set(CertificateState):
        query = query.where(in_state(CertificateState(state), today))
    if level is not None:
        query = query.where(Certificate.level == level)
    return query.order_by(Certificate.state, Certificate.number)


def token_by_number(session: Session, number: str, holder: str) -> str | None:
    """Give the token of the certificate with this number, if its holder has this name; one statement either way."""
    row = session.execute(
        select(Certificate.token, CertificateRevision.content)
        .join(
            CertificateRevision,
            (CertificateRevision.certificate_id == Certificate.id)
            & (CertificateRevision.number == Certificate.current_revision),
        )
        .where(Certificate.number == number.strip().upper())
    ).one_or_none()
    names = Words("", "") if row is None else words_of(row.content["holder"])
    given = _plain(holder)
    fits = given in {_plain(names.zh), _plain(names.en)}
    return row.token if row is not None and given and fits else None


def words_of(pair: dict[str, str]) -> Words:
    """Read a text kept in both languages."""
    return Words(pair["zh"], pair["en"])


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())
