"""Decisions carried out on both databases."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.casefile.models import Finding
from audit.casefile.rules import FindingGrade, FindingState
from audit.planning.models import Audit, Programme
from audit.planning.rules import AuditKind, AuditState
from certification.certificates.models import Certificate, CertificateRevision, CertificateStatus
from certification.certificates.rules import CertificateState
from certification.decisions.models import Decision
from certification.decisions.rules import DecisionOutcome as O
from checklists.standards.models import Criterion
from core.db import violated
from core.errors import Invalid, NotAllowed, NotFound, StepRefused
from core.events import Event
from core.jobs import Job
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, acting, organisation
from tests.factories.audits import audit_in, on_team, planned, world
from tests.factories.certification import bare_decision, decided, granted, later_audit

TODAY = NOW.date()


def events(session) -> Counter:
    session.commit()
    return Counter(session.scalars(select(Event.name)))


def finding(session, audit, by, grade, state, **values) -> Finding:
    criterion = session.scalars(
        select(Criterion).where(Criterion.standard_version_id == audit.standard_version_id)
    ).first()
    row = Finding(
        number=f"F-{grade}-{state}",
        audit_id=audit.id,
        criterion_id=criterion.id,
        grade=grade,
        state=state,
        title="Backups",
        statement="No restore was tried.",
        evidence="The log.",
        drafted_by_id=by,
        drafted_at=NOW,
        raised_by_id=by,
        raised_at=NOW,
        **values,
    )
    session.add(row)
    session.flush()
    return row


def test_a_grant_is_one_change(session):
    """I-13, I-16: the decision, the audit's step, the certificate with its revision and document, the cycle."""
    stage, certificate = granted(session)
    seen = events(session)
    for name in ("decision:taken", "audit:decided", "certificate:issued", "programme:started"):
        assert seen[name] == 1, name
    decision = session.scalars(select(Decision)).one()
    revision = session.scalars(select(CertificateRevision)).one()
    status = session.scalars(select(CertificateStatus)).one()
    assert (decision.outcome, decision.level, decision.rated_level) == (O.GRANT, 3, 3)
    assert all(one["met"] for one in decision.guards["conditions"])
    assert {one["code"] for one in decision.guards["conditions"]} >= {
        "independent", "majors", "minors", "disputed", "critical", "signed", "rated", "level",
    }  # fmt: skip
    assert (revision.number, revision.decision_id, revision.level) == (1, decision.id, 3)
    assert revision.content["holder"]["zh"] == stage.client.name_zh
    assert revision.content["level"] == {
        "number": 3,
        "of": 5,
        "title": {"zh": "卓越级", "en": "Excellent"},
    }
    assert (status.state, status.from_on, status.decision_id) == (
        CertificateState.ACTIVE, TODAY, decision.id,
    )  # fmt: skip
    assert certificate.expires_on.isoformat() == "2029-11-19"
    assert certificate.next_surveillance_due_on.isoformat() == "2027-11-20"
    assert len(certificate.token) >= 32
    assert stage.client.name_en.lower() in certificate.search_text
    job = session.scalars(select(Job).where(Job.kind == "certificate:document")).one()
    assert job.payload == {"revision_id": revision.id}
    programme = session.scalars(select(Programme)).one()
    assert programme.decided_on == TODAY
    audit = session.scalars(select(Audit).where(Audit.id == decision.audit_id)).one()
    assert audit.state is AuditState.DECIDED


def test_a_level_can_be_lowered_with_a_reason_and_never_raised(session):
    """Guard 3: the decider may lower the level with a reason, never raise it."""
    stage = world(session)
    audit = audit_in(session, AuditState.UNDER_DECISION, within=stage)
    for level in (4, 5, 0, None):
        with pytest.raises(Invalid) as refused:
            decided(session, stage.decider, audit, O.GRANT, level=level)
        assert refused.value.field == "level"
    with pytest.raises(Invalid) as refused:
        decided(session, stage.decider, audit, O.GRANT, level=2)
    assert refused.value.field == "level_reason"
    made = decided(
        session, stage.decider, audit, O.GRANT, level=2, level_reason="One quarter of data only."
    )
    assert (made.level, made.rated_level) == (2, 3)


def test_somebody_of_the_team_cannot_decide_even_after_leaving(session):
    """Guard 1, I-13: whoever was on a team of the cycle does not decide; the administrator neither."""
    stage = world(session)
    audit = audit_in(session, AuditState.UNDER_DECISION, within=stage)
    first = planned(session, stage.engagement, AuditKind.STAGE_1)
    member = on_team(session, first, stage.decider.person_id)
    member.left_at = NOW
    session.flush()
    with pytest.raises(StepRefused) as refused:
        decided(session, stage.decider, audit, O.GRANT, level=3)
    assert [reason.code for reason in refused.value.reasons] == ["independent"]
    for actor in (stage.administrator, stage.planner, stage.officer, stage.auditor):
        with pytest.raises(NotAllowed):
            decided(session, actor, audit, O.GRANT, level=3)


def test_the_database_repeats_independence(session):
    """Guard 1: the database itself refuses a decision of a team member, by name."""
    stage = world(session)
    audit = audit_in(session, AuditState.UNDER_DECISION, within=stage)
    with pytest.raises(IntegrityError) as refused:
        bare_decision(session, stage.engagement, stage.leader.person_id, 3, NOW)
    assert "decider_is_independent" in violated(refused.value)
    session.rollback()
    assert audit is not None


def test_open_findings_close_the_positive_outcome_only(session):
    """I-13: majors verified, minors planned, nothing disputed; refusing stays possible."""
    stage = world(session)
    audit = audit_in(session, AuditState.UNDER_DECISION, within=stage)
    by = stage.leader.person_id
    finding(session, audit, by, FindingGrade.MAJOR, FindingState.IMPLEMENTED)
    finding(session, audit, by, FindingGrade.MINOR, FindingState.RESPONSE_SUBMITTED)
    finding(session, audit, by, FindingGrade.MINOR, FindingState.DISPUTED)
    finding(session, audit, by, FindingGrade.OPPORTUNITY, FindingState.CLOSED, closed_at=NOW)
    with pytest.raises(StepRefused) as refused:
        decided(session, stage.decider, audit, O.GRANT, level=3)
    assert {reason.code for reason in refused.value.reasons} == {"majors", "minors", "disputed"}
    made = decided(session, stage.decider, audit, O.REFUSE)
    assert made.level is None
    assert session.scalars(select(Certificate)).all() == []


def test_majors_left_open_for_too_long_need_a_new_stage_2(session):
    """I-13: majors not verified within six months of stage 2's last day ask for a new stage 2."""
    stage = world(session)
    audit = audit_in(session, AuditState.UNDER_DECISION, within=stage)
    audit.starts_on = audit.ends_on = TODAY - timedelta(days=200)
    one = finding(session, audit, stage.leader.person_id, FindingGrade.MAJOR, FindingState.VERIFIED)
    one.verified_at = NOW
    session.flush()
    with pytest.raises(StepRefused) as refused:
        decided(session, stage.decider, audit, O.GRANT, level=3)
    assert [reason.code for reason in refused.value.reasons] == ["majors_in_time"]
    one.verified_at = NOW - timedelta(days=100)
    session.flush()
    assert decided(session, stage.decider, audit, O.GRANT, level=3).outcome is O.GRANT


def test_a_wrong_password_stops_everything(session):
    """quality 9: a decisive step asks for the password again; nothing is left behind."""
    stage = world(session)
    audit = audit_in(session, AuditState.UNDER_DECISION, within=stage)
    from certification.decisions import operations, queries
    from certification.decisions.operations import Choice

    file = queries.file(session, stage.decider, audit.id, now=NOW)
    choice = Choice(outcome=O.GRANT, reasons="Yes.", level=3)
    with pytest.raises(Invalid) as refused:
        operations.decide(session, stage.decider, file, choice, password="wrong", now=NOW)
    assert refused.value.field == "password"
    assert audit.state is AuditState.UNDER_DECISION
    assert session.scalars(select(Decision)).all() == []


def test_nobody_decides_for_another_body(session):
    """Scope: the file of another body does not exist for a decider."""
    stage = world(session)
    audit = audit_in(session, AuditState.UNDER_DECISION, within=stage)
    other = acting(
        stage.person(stage.decider), organisation(session, OrganisationKind.BODY), Role.DECIDER
    )
    with pytest.raises(NotFound):
        decided(session, other, audit, O.GRANT, level=3)


@pytest.mark.parametrize(
    ("outcome", "choice", "state", "event"),
    [
        (O.MAINTAIN, {}, CertificateState.ACTIVE, "certificate:maintained"),
        (O.REDUCE, {"level": 2}, CertificateState.ACTIVE, "certificate:reduced"),
        (O.SUSPEND, {}, CertificateState.SUSPENDED, "certificate:suspended"),
        (O.WITHDRAW, {}, CertificateState.WITHDRAWN, "certificate:withdrawn"),
    ],
)
def test_a_surveillance_is_decided(session, outcome, choice, state, event):
    """I-02, I-15: what follows a surveillance; the next one is due a year later where the certificate goes on."""
    stage, certificate = granted(session)
    audit = later_audit(session, stage, AuditKind.SURVEILLANCE)
    later = NOW + timedelta(days=300)
    decided(session, stage.decider, audit, outcome, now=later, **choice)
    assert certificate.state is state
    assert events(session)[event] == 1
    due = "2028-11-20" if state is CertificateState.ACTIVE else "2027-11-20"
    assert certificate.next_surveillance_due_on.isoformat() == due
    rows = session.scalars(select(CertificateStatus).order_by(CertificateStatus.id)).all()
    assert rows[-1].state is state
    revisions = session.scalars(
        select(CertificateRevision).order_by(CertificateRevision.number)
    ).all()
    assert [(one.number, one.level) for one in revisions] == (
        [(1, 3), (2, 2)] if outcome is O.REDUCE else [(1, 3)]
    )


def test_a_recertification_renews(session):
    """I-14: before expiry a new certificate takes the old one's place, with the next renewal count."""
    stage, old = granted(session)
    audit = later_audit(session, stage, AuditKind.RECERTIFICATION)
    decided(session, stage.decider, audit, O.RENEW, now=NOW + timedelta(days=1000), level=3)
    seen = events(session)
    assert seen["certificate:superseded"] == 1
    assert seen["certificate:issued"] == 2
    assert seen["programme:renewed"] == 1
    new = session.scalars(select(Certificate).order_by(Certificate.id.desc())).first()
    assert (old.state, new.state, new.renewal) == (
        CertificateState.SUPERSEDED,
        CertificateState.ACTIVE,
        1,
    )
    assert new.number.endswith("-R1")
    assert new.number != old.number


def test_after_expiry_a_recertification_restores_within_the_window(session):
    """I-14: six months after expiry a certificate can be restored, then no more."""
    stage, one = granted(session)
    audit = later_audit(session, stage, AuditKind.RECERTIFICATION)
    one.state = CertificateState.EXPIRED
    session.flush()
    too_late = NOW + timedelta(days=1096 + 200)
    with pytest.raises(StepRefused) as refused:
        decided(session, stage.decider, audit, O.RESTORE, now=too_late, level=3)
    assert "window" in {reason.code for reason in refused.value.reasons}
    in_time = NOW + timedelta(days=1096 + 100)
    with pytest.raises(StepRefused):
        decided(session, stage.decider, audit, O.RENEW, now=in_time, level=3)
    decided(session, stage.decider, audit, O.RESTORE, now=in_time, level=3)
    assert one.state is CertificateState.ACTIVE
    assert one.expires_on.isoformat() == "2032-11-19"
    assert one.current_revision == 2
    assert events(session)["certificate:restored"] == 1


def test_a_decision_is_taken_once(session):
    """Guard 4: a decided audit is not decided again."""
    stage, _ = granted(session)
    decision = session.scalars(select(Decision)).one()
    audit = session.get_one(Audit, decision.audit_id)
    with pytest.raises(StepRefused):
        decided(session, stage.decider, audit, O.REFUSE)
