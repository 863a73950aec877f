"""The whole way from an application to a certificate anyone can verify, walked by the people concerned."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.assessment.queries import place
from audit.planning.models import Audit
from audit.planning.rules import AuditKind, AuditState
from audit.rating import operations as rating
from certification.applications.models import Application
from certification.certificates.models import Certificate
from checklists.schemes.queries import rules_of
from core.clock import local_date, utc_now
from core.jobs import run_due
from tests.browser.people import APPLICABLE, LEVEL, Cast, Everybody, cast
from tests.factories.accounts import PASSWORD
from tests.factories.audits import audit_in

WORDS = {
    "en": {
        "apply": "New application", "contracted": "Contracted", "team": "Team confirmed",
        "fieldwork": "Fieldwork", "closed": "Closed", "rating": "Why level", "signed": "Signed",
        "decision": "Your decision", "decided": "Decided", "active": "Active",
        "verify": "Verify a certificate", "holder": "name_en",
    },
    "zh_CN": {
        "apply": "新建申请", "contracted": "已签约", "team": "审核组已确认", "fieldwork": "现场审核",
        "closed": "已关闭", "rating": "为什么是", "signed": "已签字", "decision": "你的决定",
        "decided": "已决定", "active": "有效", "verify": "证书查验", "holder": "name_zh",
    },
}  # fmt: skip
RECORD = {
    "name": "tickets.csv", "mimeType": "text/csv", "buffer": b"ticket,closed\n1,2026-07-01\n"
}  # fmt: skip
MEASURES: dict[str, dict[str, int | float]] = {
    "availability": {"value": 99.96},
    "mean_recovery": {"value": 2},
    "answered_in_time": {"successes": 970, "total": 1000},
    "resolved_in_time": {"successes": 960, "total": 1000},
    "error_rate": {"successes": 15, "total": 1000},
    "net_promoter": {"promoters": 70, "passives": 20, "detractors": 10},
    "satisfied": {"successes": 92, "total": 100},
    "improvement_on_time": {"successes": 19, "total": 20},
    "mean_rectification": {"value": 25},
}
PARTLY_MET = "S1.3"  # the second that applies
BY_HAND = ("availability", "answered_in_time")


class Journey:
    """What the steps of one walk share."""

    def __init__(self, app: Flask, new_page: Callable[..., Page], language: str) -> None:
        self.app, self.words = app, WORDS[language]
        with self.session() as session:
            self.cast: Cast = cast(session, language)
            session.expunge_all()
        self.people = Everybody(new_page, self.cast, language)
        self.today = local_date(utc_now())
        self.audit = ""
        self.finding = ""

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session that keeps its rows readable."""
        with self.app.extensions["sessions"]() as session:
            yield session

    def day(self, distance: int) -> date:
        """Give a day so many days from today."""
        return self.today + timedelta(days=distance)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_from_application_to_verification(
    app: Flask, new_page: Callable[..., Page], language: str
) -> None:
    """The product's purpose: nine parts of one case, each done by whom it concerns, in either language.

    Stage 1 is put behind the walk by a factory: it goes through the same pages as stage 2. So do seven of the nine
    measures. Everything else is clicked.
    """
    walk = Journey(app, new_page, language)
    apply_for_certification(walk)
    agree_on_contract(walk)
    agree_on_team(walk)
    agree_on_plan(walk)
    answer_the_checklist(walk)
    raise_a_finding(walk)
    end_the_fieldwork(walk)
    correct_the_finding(walk)
    compute_the_level(walk)
    write_the_report(walk)
    decide(walk)
    verify(walk)


def apply_for_certification(walk: Journey) -> None:
    """The provider says what it seeks, and sends it."""
    manager = walk.people.manager
    manager.go("/applications/new")
    manager.sees(walk.words["apply"])
    manager.fill(
        body_id=walk.cast.body.id, scheme_version_id=walk.cast.version.id, level_sought=LEVEL,
        scope_zh="托管与服务台", scope_en="Managed hosting and service desk",
        outsourcing="none", consultancy="none", site_ids=True, service_ids=True,
    )  # fmt: skip
    manager.shoot("application")
    manager.save()
    manager.step("/steps/submit")


def agree_on_contract(walk: Journey) -> None:
    """The body reviews and accepts; both sides confirm, and the programme opens."""
    planner, manager = walk.people.planner, walk.people.manager
    with walk.session() as session:
        here = f"/applications/{session.scalars(select(Application.id)).one()}"
    planner.go(here)
    planner.step("/steps/start_review")
    planner.go(f"{here}/review")
    planner.fill(
        competence_ok=True, competence_note="Leader and auditor cover every area.",
        impartiality_ok=True, impartiality_note="No threat was found.",
    )  # fmt: skip
    planner.save()
    planner.step("/steps/accept")
    planner.step("/confirm/body")
    manager.go(here)
    manager.step("/confirm/client")
    manager.sees(walk.words["contracted"])
    manager.shoot("contract")


def agree_on_team(walk: Journey) -> None:
    """The planner proposes who goes to stage 2, the client agrees."""
    planner, manager = walk.people.planner, walk.people.manager
    with walk.session() as session:
        audit_in(session, AuditState.CLOSED, AuditKind.STAGE_1, within=walk.cast.world(session))
        wanted = select(Audit.id).where(Audit.kind == AuditKind.STAGE_2)
        walk.audit = f"/audits/{session.scalars(wanted).one()}"
        session.commit()
    for name in ("leader", "auditor"):
        planner.go(f"{walk.audit}/team")
        planner.fill(person_id=walk.cast.people[name].id, role=name)
        planner.step("/team/members")
    planner.shoot("team")
    planner.step("/steps/propose_team")
    manager.go(walk.audit)
    manager.step("/steps/confirm_team")
    manager.sees(walk.words["team"])


def agree_on_plan(walk: Journey) -> None:
    """The leader plans days, aims, agenda and checklist; the client accepts what was issued."""
    leader, manager = walk.people.leader, walk.people.manager
    leader.go(f"{walk.audit}/plan/edit")
    leader.fill(
        starts_on=walk.today, ends_on=walk.day(1), methods="Interview, document review",
        objectives="Judge conformity and the level that the evidence supports.",
    )  # fmt: skip
    leader.save()
    leader.go(f"{walk.audit}/plan/agenda")
    leader.fill(day=walk.today, time="09:00", minutes=60, topic="Opening meeting")
    leader.send("main form:has([name=topic]) .btn[type=submit]")
    leader.go(walk.audit)
    leader.go(f"{walk.audit}/checklist/choose")
    leader.shoot("checklist")
    leader.save()
    leader.go(walk.audit)
    leader.step("/steps/issue_plan")
    manager.go(f"{walk.audit}/plan")
    manager.shoot("plan")
    manager.go(walk.audit)
    manager.step("/steps/accept_plan")


def answer_the_checklist(walk: Journey) -> None:
    """The opening meeting is on record, every criterion answered: one left out, one only partly met."""
    leader = walk.people.leader
    hold_meeting(walk, "opening")
    leader.go(walk.audit)
    leader.step("/steps/start")
    leader.go(f"{walk.audit}/fieldwork/")
    leader.sees(walk.words["fieldwork"], f"0 / {APPLICABLE}")
    for n in range(APPLICABLE):
        if n == 0:
            leader.choose("conformity", "out")
            leader.fill(exclusion_reason="The provider does not offer this.")
        else:
            leader.choose("conformity", "partly" if n == 1 else "conforms")
            leader.choose("rating", 2 if n == 1 else 4)
            leader.choose("methods", "document_review")
            leader.fill(notes="Seen in the records.")
        if n == 2:
            leader.shoot("fieldwork")
        if n < APPLICABLE - 1:
            leader.send("button[name=go][value=next]")
    leader.page.click("button[name=go][value=stay]")
    leader.page.get_by_text(f"{APPLICABLE} / {APPLICABLE}").wait_for()
    leader.follow(f"a:has(.code:text-is('{PARTLY_MET}'))")
    leader.go(leader.page.locator("a[data-key=a]").first.get_attribute("href") or "")
    leader.fill(file=RECORD, title="Tickets of July", shows="Every ticket was closed in time.")
    leader.save()
    leader.sees("Tickets of July")


def raise_a_finding(walk: Journey) -> None:
    """What is only partly met becomes a minor nonconformity."""
    leader = walk.people.leader
    leader.follow("a[data-key=f]")
    leader.fill(
        grade="minor", title="Two tickets were closed without a word",
        statement="The requirement asks for a cause; two tickets name none.",
        evidence="Tickets 17 and 23 of July.",
    )  # fmt: skip
    leader.save()
    leader.sees(PARTLY_MET)
    leader.follow("#answer .brief-findings a")
    leader.sees(PARTLY_MET)
    walk.finding = f"{walk.audit}/findings/{leader.key('findings')}"
    leader.step("/steps/raise")


def end_the_fieldwork(walk: Journey) -> None:
    """The closing meeting is on record; the answers are locked."""
    hold_meeting(walk, "closing")
    leader = walk.people.leader
    leader.go(walk.audit)
    leader.shoot("audit")
    leader.step("/steps/end_fieldwork")


def hold_meeting(walk: Journey, kind: str) -> None:
    """Record a meeting with somebody of either side."""
    leader = walk.people.leader
    leader.go(f"{walk.audit}/meetings/{kind}")
    leader.fill(
        place="Head office", people__2__name="Manager", people__2__position="Director",
        deviation="The day was moved with the client.",
    )  # fmt: skip
    leader.save()


def correct_the_finding(walk: Journey) -> None:
    """Acknowledged, answered, accepted, carried out with proof, verified, closed."""
    manager, member, auditor = walk.people.manager, walk.people.member, walk.people.auditor
    manager.go(walk.finding)
    manager.step("/steps/acknowledge")
    manager.go(f"{walk.finding}/response")
    manager.fill(
        correction="Both tickets were completed.", cause="The form let the cause stay empty.",
        actions__0__measure="The cause becomes mandatory.",
        actions__0__owner_id=walk.cast.people["member"].id,
        actions__0__due_on=walk.day(10), actions__0__verification="A sample of 20 tickets.",
    )  # fmt: skip
    manager.shoot("response")
    manager.send("button[name=submit]")
    auditor.go(walk.finding)
    auditor.step("/accept")

    member.go(walk.finding)
    member.follow("main a[href*='/actions/']")
    action = f"{walk.finding}/actions/{member.key('actions')}"
    member.follow("main a[href*='/evidence/?for=']")
    member.fill(file=RECORD, title="Twenty tickets", shows="Each names its cause.")
    member.save()
    member.go(action)
    member.fill(told="The form asks for the cause since today.", evidence_ids=True)
    member.send("button[name=submit]")
    manager.go(walk.finding)
    manager.step("/implement")

    auditor.go(action)
    auditor.step("/verify")
    auditor.fill(reason="Twenty tickets were read; each names its cause.")
    auditor.step("/verify")
    auditor.step("/steps/close")
    auditor.sees(walk.words["closed"])
    auditor.shoot("finding")


def compute_the_level(walk: Journey) -> None:
    """Two measures are typed, seven entered the short way; the level follows."""
    leader = walk.people.leader
    window: dict[str, Any] = {
        "window_from": walk.day(-130), "window_to": walk.day(-10), "source": "Service desk",
        "population": "Every ticket of the window",
    }  # fmt: skip
    for metric in BY_HAND:
        leader.go(f"{walk.audit}/rating/measures/{metric}")
        leader.fill(census=True, **window, **MEASURES[metric])
        leader.save()
    version, actor = walk.cast.version, walk.cast.actors["leader"]
    with walk.session() as session:
        here = place(session, actor, int(walk.audit.rpartition("/")[2]))
        scheme = rules_of(version.content_sha256, version.content)
        for metric in MEASURES.keys() - set(BY_HAND):
            given = {"census": True, **window, **MEASURES[metric]}
            rating.enter(session, actor, here, scheme, metric, given, revision=None, now=utc_now())
        session.commit()
    leader.go(f"{walk.audit}/rating/")
    leader.step("/rating/compute")
    leader.sees(walk.words["rating"])
    leader.shoot("rating")


def write_the_report(walk: Journey) -> None:
    """Written, read and commented on by the client, answered, signed, sent to decision."""
    leader, manager = walk.people.leader, walk.people.manager
    report = f"{walk.audit}/report/"
    leader.go(walk.audit)
    leader.step("/steps/open_report")
    leader.fill(
        summary="The service is provided as described.", sampling_note="The audit rests on samples.",
        use_of_marks="No mark is used yet.", conclusion="The requirements are met.",
        recommendation="certify", recommended_level=LEVEL,
    )  # fmt: skip
    leader.save()
    leader.step("/report/send")
    manager.go(report)
    manager.fill(text="The summary names the old address.")
    manager.step("/report/comments")
    leader.go(report)
    leader.fill(reply="The annex names the new one.")
    leader.step("/reply")
    manager.go(report)
    manager.step("/comments/close")
    leader.go(report)
    leader.fill(password=PASSWORD)
    leader.step("/sign-report")
    leader.sees(walk.words["signed"])
    leader.shoot("report")
    leader.go(walk.audit)
    leader.step("/steps/send_to_decision")


def decide(walk: Journey) -> None:
    """Somebody who was on no team grants, with reasons and a second sign-in."""
    decider = walk.people.decider
    decider.go(f"{walk.audit}/decision")
    decider.sees(walk.words["decision"])
    decider.choose("outcome", "grant")
    decider.fill(level=LEVEL, reasons="The file is complete.", password=PASSWORD)
    decider.shoot("decision")
    decider.save()
    decider.go(walk.audit)
    decider.sees(walk.words["decided"])


def verify(walk: Journey) -> None:
    """The certificate is printed; whoever holds it finds it with its code, or its number and holder."""
    extensions = walk.app.extensions
    with walk.app.app_context():
        settings = extensions["settings"]
        done = run_due(
            extensions["sessions"], settings, extensions["handlers"], kind="certificate:document"
        )
    assert done == 1
    with walk.session() as session:
        certificate = session.scalars(select(Certificate)).one()
    manager, public = walk.people.manager, walk.people.stranger()
    manager.go(f"/certificates/{certificate.id}")
    manager.sees(certificate.number, walk.words["active"])
    manager.shoot("certificate")

    holder = getattr(walk.cast.client, walk.words["holder"])
    verified = f"/verify/{certificate.token}"
    told = (walk.words["verify"], walk.words["active"], holder, certificate.number)
    public.go(verified)
    public.sees(*told)
    assert public.page.locator("h1").inner_text() == walk.words["active"]
    assert str(LEVEL) in public.page.locator(".level-big b").inner_text()
    public.shoot("verified")
    public.go("/registry/verify")
    public.fill(number=certificate.number, holder=holder)
    public.send("main form:has([name=holder]) .btn-primary")
    assert public.page.url.endswith(verified)
    public.sees(*told)
    with public.page.expect_download() as download:
        public.page.locator("a[href$='certificate.pdf']").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
