"""Certificates on both databases: numbers, constraints, revisions that never change."""

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from certification.certificates import operations
from certification.certificates.models import Certificate, CertificateRevision
from certification.certificates.rules import CertificateState, Grounds
from core.clock import local_date
from core.db import violated, writing
from core.errors import StepRefused
from core.permissions import OrganisationKind
from core.words import Words
from tests.factories.accounts import NOW, acting, organisation, person
from tests.factories.audits import engagement
from tests.factories.certification import bare_decision, certificate


def broken(error) -> str:
    return violated(error.value)


def grounds(session, contract, decider):
    decision = bare_decision(session, contract, decider.id, 3, NOW)
    today = local_date(NOW)
    return Grounds(
        decision_id=decision.id, engagement_id=contract.id, decided_on=today, effective_on=today, level=3,
        scope=Words("范围", "Scope"), reason="Because.", signatory=decider.name,
    )  # fmt: skip


def test_the_number_follows_the_scheme(session):
    """I-23: body code, year, scheme, serial, renewal count; the next serial follows without a gap."""
    body = organisation(session, OrganisationKind.BODY)
    numbers = [certificate(session, body, organisation(session)).number for _ in range(3)]
    assert numbers == [f"{body.code}-2026-ITSL-{n:05d}-R0" for n in (1, 2, 3)]


def test_one_certificate_in_force_for_an_engagement(session):
    """Domain: one active certificate per engagement; the database says so by name."""
    body, client = organisation(session, OrganisationKind.BODY), organisation(session)
    one = certificate(session, body, client)
    decider = person(session)
    revision = session.scalars(select(CertificateRevision)).one()
    again = Grounds(
        decision_id=revision.decision_id, engagement_id=one.engagement_id, decided_on=revision.decided_on,
        effective_on=revision.effective_on, level=3, scope=Words("a", "a"), reason="x", signatory="x",
    )  # fmt: skip
    with pytest.raises(StepRefused):
        operations.issue(session, acting(decider, body), again, now=NOW)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"expires_on": NOW.date() - timedelta(9)}, "expires_after_start"),
        ({"state": CertificateState.SUSPENDED, "suspended_until": None}, "suspension_has_end"),
        ({"token": "short"}, "token_is_long"),
    ],
)
def test_the_database_repeats_the_rules(session, values, name):
    """house: each invariant again in the database, by name."""
    body, client = organisation(session, OrganisationKind.BODY), organisation(session)
    with pytest.raises(IntegrityError) as error:
        certificate(session, body, client, **values)
    assert name in broken(error)


def test_no_revision_before_its_decision(session):
    """I-16: effective never before the decision; the database says so."""
    body, client = organisation(session, OrganisationKind.BODY), organisation(session)
    certificate(session, body, client)
    made = session.scalars(select(CertificateRevision)).one()
    copy = {column.name: getattr(made, column.name) for column in made.__table__.columns}
    copy |= {"id": made.id + 1, "number": 2, "effective_on": made.decided_on - timedelta(1)}
    session.add(CertificateRevision(**copy))
    with pytest.raises(IntegrityError) as error:
        session.flush()
    assert "not_before_decision" in broken(error)


@pytest.mark.parametrize("table", ["certificate_revisions", "certificate_statuses", "decisions"])
def test_what_was_issued_never_changes(session, table):
    """Guards 4 and 5: no update, no deletion."""
    body, client = organisation(session, OrganisationKind.BODY), organisation(session)
    certificate(session, body, client)
    session.commit()
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 100"):  # noqa: S608
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(statement))
        session.rollback()


def test_a_revision_supersedes_and_keeps(session):
    """I-16: a change makes a revision; the old one stays as it is."""
    body, client = organisation(session, OrganisationKind.BODY), organisation(session)
    one = certificate(session, body, client)
    first = session.scalars(select(CertificateRevision)).one()
    digest, old_name = first.content_sha256, client.name_en
    client.name_en = "Another name"
    session.flush()
    again = Grounds(
        decision_id=first.decision_id, engagement_id=one.engagement_id, decided_on=first.decided_on,
        effective_on=first.effective_on, level=3, scope=Words("a", "b"), reason="New name.", signatory="x",
    )  # fmt: skip
    second = operations.revise(session, acting(person(session), body), one, again, now=NOW)
    session.commit()
    session.expire_all()
    assert (second.number, second.content["holder"]["en"]) == (2, "Another name")
    assert (first.number, first.content["holder"]["en"]) == (1, old_name)
    assert first.content_sha256 == digest != second.content_sha256
    assert one.current_revision == 2
    assert "another name" in one.search_text


def test_twenty_at_once_get_twenty_numbers_without_a_gap(session, session_factory):
    """I-23, quality 4: a number is issued once, and none is left out."""
    body = organisation(session, OrganisationKind.BODY)
    decider = person(session)
    given = [
        grounds(session, engagement(session, body, organisation(session)), decider)
        for _ in range(20)
    ]
    actor = acting(decider, body)
    session.commit()
    failed = []

    def issue(one: Grounds) -> None:
        try:
            with session_factory() as own:
                writing(own)
                operations.issue(own, actor, one, now=NOW)
                own.commit()
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=issue, args=(one,)) for one in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    numbers = session.scalars(select(Certificate.number)).all()
    serials = sorted(int(re.search(r"-(\d{5})-", number)[1]) for number in numbers)
    assert serials == list(range(1, 21))
    assert len(set(session.scalars(select(Certificate.token)))) == 20
