"""Printing certificates: one sheet in both languages for each revision."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import current_app

from certification.certificates import documents as sheets
from certification.certificates.models import Certificate, CertificateRevision
from certification.certificates.queries import DOCUMENT, DOCUMENT_JOB
from core.clock import local_date, utc_now
from core.jobs import Handler, Work
from core.words import Words
from evidence.issued import operations as issued


def print_certificate(work: Work) -> None:
    """Render a revision and keep the file; done again, it keeps what is there."""
    with work.reading() as session:
        revision = session.get_one(CertificateRevision, work.payload["revision_id"])
        certificate = session.get_one(Certificate, revision.certificate_id)
        before = (
            session.query(CertificateRevision)
            .filter_by(certificate_id=certificate.id, number=revision.number - 1)
            .one_or_none()
        )
        session.expunge_all()
    environment = current_app.jinja_env
    data = sheets.certificate_pdf(
        sheet_of(
            revision.content,
            verify_url=f"{work.settings.base_url}/verify/{certificate.token}",
            token=certificate.token,
            replaced_on=local_date(before.issued_at) if before else None,
        ),
        lambda name, **values: environment.get_template(name).render(**values),
        created_at=revision.issued_at,
    )
    stored = issued.put(issued.document_store(work.settings), data)
    with work.changing() as session:
        issued.keep(
            session,
            stored,
            revision,
            kind=DOCUMENT,
            file_name=f"{certificate.number}-{revision.number}.pdf",
            owner_id=certificate.body_id,
            now=utc_now(),
        )
    work.progress(1, 1)


def sheet_of(
    content: Mapping[str, Any], *, verify_url: str, token: str, replaced_on: date | None
) -> sheets.CertificateSheet:
    """Put a revision's plain data onto the printed sheet."""
    number = int(content["revision"])
    level, standard, body = content["level"], content["standard"], content["body"]
    return sheets.CertificateSheet(
        number=content["number"],
        revision=number,
        holder=_words(content["holder"]),
        uscc=content["credit_code"],
        address=_words(content["address"]),
        scope=_words(content["scope"]),
        standard=_words(standard["title"]),
        standard_version=standard["version"],
        level=level["number"],
        levels=level["of"],
        level_name=_words(level["title"]),
        effective_on=date.fromisoformat(content["effective_on"]),
        expires_on=date.fromisoformat(content["expires_on"]),
        issued_on=date.fromisoformat(content["issued_on"]),
        body=_words(body["name"]),
        body_code=body["code"],
        signatory=Words(content["signatory"], content["signatory"]),
        verify_url=verify_url,
        token_short=f"{token[:4]}-{token[4:8]}",
        sites=tuple(
            sheets.SiteLine(_words(site["name"]), _words(site["address"]))
            for site in content["sites"]
        ),
        accreditation=Words(f"认可编号 {given}", f"Accreditation {given}")
        if (given := body["accreditation"])
        else sheets.NOTHING,
        previous_revision=number - 1 or None,
        previous_issued_on=replaced_on,
    )


def _words(pair: Mapping[str, str]) -> Words:
    return Words(pair["zh"], pair["en"])


HANDLERS: dict[str, Handler] = {DOCUMENT_JOB: print_certificate}
