"""A report from the first word to its prints, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from audit.assessment.models import Answer
from audit.assessment.queries import place
from audit.conclusion import operations, queries
from audit.conclusion.models import Report, SignedReport
from audit.conclusion.rules import Recommendation, ReportState, content_digest
from audit.planning.rules import AuditKind, AuditState
from audit.rating import operations as ratings
from audit.workspace import operations as workspace
from checklists.schemes import queries as schemes
from core.clock import local_date
from core.errors import Invalid, NotAllowed, NotFound, Stale, StepRefused
from core.events import Event
from core.jobs import Job
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, PASSWORD, organisation, user
from tests.factories.audits import audit_in, world
from tests.factories.findings import finding_in

TEXTS = {
    "summary": "What was seen.",
    "deviations": "The closing was an hour late.",
    "significant_changes": "None.",
    "unresolved": "None.",
    "sampling_note": "The audit rests on samples.",
    "use_of_marks": "The mark is used as agreed.",
    "earlier_actions": "First audit of the cycle.",
    "advice": "Record the start of urgent requests by machine.",
    "conclusion": "The requirements of level 3 are met.",
    "recommendation": Recommendation.CERTIFY,
    "recommended_level": 3,
    "open_concerns": False,
}


class Desk:
    """An audit whose report is written now."""

    def __init__(self, session):
        self.session = session
        self.world = world(session)
        self.audit = audit_in(session, AuditState.FIELDWORK_DONE, within=self.world)
        self.leader, self.manager = self.world.leader, self.world.manager
        finding_in(session, self.world, self.audit)
        scheme = schemes.rules(session, self.audit.scheme_version_id)
        seat = place(session, self.leader, self.audit.id)
        ratings.compute(session, self.leader, seat, scheme, now=NOW)
        workspace.take(session, self.leader, self.audit, "open_report", now=NOW)

    def page(self, actor=None):
        self.session.flush()
        return queries.page(self.session, actor or self.leader, self.audit.id)

    def write(self, **changed):
        page = self.page()
        operations.write(
            self.session, self.leader, page, TEXTS | changed, revision=page.report.revision, now=NOW
        )

    def send(self):
        operations.send_for_comment(self.session, self.leader, self.page(), now=NOW)

    def sent(self):
        self.write()
        self.send()
        return self

    def sign(self, password=PASSWORD, actor=None):
        actor = actor or self.leader
        workspace.sign_report(self.session, actor, self.page(actor), password=password, now=NOW)

    def events(self):
        self.session.commit()
        query = select(Event.name).where(Event.subject_kind == "report").order_by(Event.id)
        return list(self.session.scalars(query))


@pytest.fixture
def desk(session):
    """An audit whose report was opened just now."""
    return Desk(session)


def test_from_the_first_word_to_the_signature(session, desk):
    """S-07, S-23: written, commented on by the client, answered, signed; the audit's report is issued with it."""
    desk.sent()
    page = desk.page(desk.manager)
    operations.comment(session, desk.manager, page, text="Page 2 names a wrong site.", now=NOW)
    with pytest.raises(StepRefused) as refused:
        desk.sign()
    assert {one.code for one in refused.value.reasons if not one.met} == {"comments", "answered"}
    operations.close_comments(session, desk.manager, desk.page(desk.manager), now=NOW)
    said = desk.page().comments[0][0]
    operations.reply(session, desk.leader, desk.page(), said.id, text="Corrected.", now=NOW)
    desk.sign()
    assert desk.audit.state is AuditState.REPORT_ISSUED
    assert desk.page().report.state is ReportState.SIGNED
    assert desk.events() == [
        "report:written", "report:sent_for_comment", "report:commented", "report:comments_closed",
        "report:comment_answered", "report:signed",
    ]  # fmt: skip
    job = session.scalar(select(Job).where(Job.kind == operations.DOCUMENT))
    assert job is not None


def test_the_snapshot_holds_the_whole_report(session, desk):
    """I-12, S-23: everything a report has to say is kept in what is signed, and the digest is verifiable."""
    desk.sent()
    operations.comment(session, desk.manager, desk.page(desk.manager), text="Thanks.", now=NOW)
    operations.reply(
        session, desk.leader, desk.page(), desk.page().comments[0][0].id, text="Noted.", now=NOW
    )
    operations.close_comments(session, desk.manager, desk.page(desk.manager), now=NOW)
    desk.sign()
    session.commit()
    session.expire_all()
    kept = desk.page().signed
    whole = kept.content
    assert content_digest(whole) == kept.content_sha256
    assert whole["body"]["name"]["en"] == desk.world.body.name_en
    assert whole["client"]["name"]["zh"] == desk.world.client.name_zh
    assert whole["audit"]["kind"] == "stage_2"
    assert whole["audit"]["objectives"]
    assert whole["standard"]["version"]
    assert whole["scope"]["en"] == desk.world.engagement.scope_en
    assert [one["role"] for one in whole["team"]] == ["leader", "auditor"]
    assert whole["sites"][0]["address"]["zh"]
    assert [one["kind"] for one in whole["meetings"]] == ["opening", "closing"]
    assert whole["findings"][0]["statement"]
    assert whole["findings"][0]["evidence"]
    assert {one["dimension"] for one in whole["results"]} == {
        one["code"] for one in whole["scheme"]["dimensions"]
    }
    assert whole["rating"]["inputs_sha256"] == desk.page().rating.inputs_sha256
    texts = {**TEXTS, "recommendation": TEXTS["recommendation"].value}
    assert whole["texts"] == texts
    assert whole["comments"][0] | {"made_at": ""} == {
        "person": desk.manager.name, "made_at": "", "text": "Thanks.", "reply": "Noted.",
    }  # fmt: skip
    assert whole["signature"]["name"] == desk.leader.name


def test_a_signed_report_never_changes(session, desk):
    """S-23, I-12: neither through the product nor in the database."""
    desk.sent()
    operations.close_comments(session, desk.manager, desk.page(desk.manager), now=NOW)
    desk.sign()
    session.commit()
    with pytest.raises(StepRefused):
        desk.write(summary="Another summary.")
    with pytest.raises(StepRefused):
        operations.take_back(session, desk.leader, desk.page(), now=NOW)
    with pytest.raises(StepRefused):
        operations.comment(session, desk.manager, desk.page(desk.manager), text="x", now=NOW)
    session.rollback()
    for statement in (update(SignedReport).values(content={}), delete(SignedReport)):
        with pytest.raises(DBAPIError):
            session.execute(statement)
        session.rollback()


def test_a_wrong_password_signs_nothing(session, desk):
    """S-23, S-32: the signature is a second sign-in."""
    desk.sent()
    operations.close_comments(session, desk.manager, desk.page(desk.manager), now=NOW)
    session.commit()
    with pytest.raises(Invalid) as refused:
        desk.sign(password="something else")
    assert refused.value.field == "password"
    session.rollback()
    assert desk.page().report.state is ReportState.FOR_COMMENT
    assert desk.page().signed is None
    key = desk.page().report.id
    assert not session.scalar(select(SignedReport.id).where(SignedReport.report_id == key))


def test_nobody_but_the_leader_writes_and_signs(session, desk):
    """S-23: it is signed by the team leader; another member of the team does not."""
    auditor = desk.world.auditor
    with pytest.raises(NotAllowed):
        operations.write(session, auditor, desk.page(auditor), TEXTS, revision=1, now=NOW)
    desk.sent()
    operations.close_comments(session, desk.manager, desk.page(desk.manager), now=NOW)
    with pytest.raises(StepRefused) as refused:
        desk.sign(actor=auditor)
    assert "leader" in {one.code for one in refused.value.reasons if not one.met}


def test_half_a_report_is_not_sent(session, desk):
    """I-12: what has to be said is said first; the refusal names it, and the database refuses too."""
    desk.write(sampling_note="", use_of_marks="")
    session.commit()
    with pytest.raises(StepRefused) as refused:
        desk.send()
    assert [one.code for one in refused.value.reasons if not one.met] == ["whole"]
    session.rollback()
    with pytest.raises(IntegrityError, match="sent_is_whole"):
        session.execute(update(Report).values(state="for_comment", summary=""))
    session.rollback()


def test_the_client_s_time_runs_out(session, desk):
    """S-07: silence does not hold the report up for ever: the scheme says how long."""
    desk.sent()
    report = desk.page().report
    days = schemes.rules(session, desk.audit.scheme_version_id).report_comment_days
    assert report.comments_until == local_date(NOW) + timedelta(days)
    with pytest.raises(StepRefused):
        desk.sign()
    report.comments_until = NOW.date() - timedelta(365)
    desk.sign()
    assert desk.audit.state is AuditState.REPORT_ISSUED


def test_a_draft_is_the_leader_s_alone(session, desk):
    """I-32: the client sees the report from the moment it is sent; strangers never do."""
    with pytest.raises(NotFound):
        desk.page(desk.manager)
    desk.sent()
    assert desk.page(desk.manager).report.state is ReportState.FOR_COMMENT
    for actor in (
        user(session, organisation(session), Role.MANAGER)[1],
        user(session, organisation(session, OrganisationKind.BODY), Role.DECIDER)[1],
        user(session, desk.world.body, Role.AUDITOR)[1],
    ):
        with pytest.raises(NotFound):
            desk.page(actor)
    operations.take_back(session, desk.leader, desk.page(), now=NOW)
    with pytest.raises(NotFound):
        desk.page(desk.manager)


def test_a_stale_page_overwrites_nothing(session, desk):
    """S-05: two windows on one draft: the second is told."""
    desk.write()
    page = desk.page()
    with pytest.raises(Stale):
        operations.write(
            session, desk.leader, page, TEXTS | {"summary": "Old."}, revision=1, now=NOW
        )
    session.expire_all()
    assert desk.page().report.summary == TEXTS["summary"]
    desk.write()
    assert desk.events() == ["report:written"]


def test_an_answer_to_a_comment_stands(session, desk):
    """S-07: the reply is given once, by the leader, to a comment of this report."""
    desk.sent()
    operations.comment(session, desk.manager, desk.page(desk.manager), text="Why?", now=NOW)
    key = desk.page().comments[0][0].id
    page = desk.page(desk.world.auditor)
    with pytest.raises(NotAllowed):
        operations.reply(session, desk.world.auditor, page, key, text="So.", now=NOW)
    operations.reply(session, desk.leader, desk.page(), key, text="Because.", now=NOW)
    with pytest.raises(StepRefused):
        operations.reply(session, desk.leader, desk.page(), key, text="Otherwise.", now=NOW)
    with pytest.raises(NotFound):
        operations.reply(session, desk.leader, desk.page(), key + 1, text="Hm.", now=NOW)
    operations.close_comments(session, desk.manager, desk.page(desk.manager), now=NOW)
    with pytest.raises(StepRefused):
        operations.close_comments(session, desk.manager, desk.page(desk.manager), now=NOW)


def test_a_stale_rating_signs_nothing(session, desk):
    """S-05: the report states the level of the answers as they stand."""
    desk.sent()
    operations.close_comments(session, desk.manager, desk.page(desk.manager), now=NOW)
    later = NOW + timedelta(minutes=1)
    session.execute(
        update(Answer).where(Answer.audit_id == desk.audit.id).values(answered_at=later)
    )
    with pytest.raises(StepRefused) as refused:
        desk.sign()
    assert "rated" in {one.code for one in refused.value.reasons if not one.met}


def test_a_stage_1_report_needs_no_level(session):
    """I-07: stage 1 recommends whether stage 2 can begin; its concerns reach the audit's guards."""
    stage = world(session)
    audit = audit_in(session, AuditState.REPORT_DRAFT, AuditKind.STAGE_1, within=stage)
    report = queries.page(session, stage.leader, audit.id).report
    report.open_concerns = True
    session.flush()
    assert not queries.page(session, stage.leader, audit.id).facts.rating_needed
    assert queries.report_facts(session, audit.id)["stage1_concerns"]
