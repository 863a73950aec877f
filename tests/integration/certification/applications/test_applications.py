"""Applications from draft to contract, on both databases."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from accounts.organisations.models import ClientLink
from audit.planning.models import Audit, Engagement
from certification.applications import operations, queries
from certification.applications.models import Application
from certification.applications.rules import ApplicationState
from core.errors import Invalid, NotAllowed, NotFound, Stale, StepRefused
from core.events import Event, verify
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import (
    CREDIT_CODES,
    NOW,
    acting,
    organisation,
    person,
    service,
    site,
    user,
)
from tests.factories.checklists import published_scheme

S = ApplicationState


@pytest.fixture
def stage(session):
    """A body with a planner, a provider with a manager, sites and a service."""

    class Stage:
        version = published_scheme(session)
        body = organisation(session, OrganisationKind.BODY)
        provider = organisation(session, credit_code=CREDIT_CODES[0])
        planner = user(session, body, Role.PLANNER)[1]
        manager = user(session, provider, Role.MANAGER)[1]
        site = site(session, provider, is_central=True, headcount=120)
        service = service(session, provider)

        def values(self, **changed):
            return {
                "body_id": self.body.id,
                "scheme_version_id": self.version.id,
                "level_sought": 3,
                "scope_zh": "托管",
                "scope_en": "Hosting",
                "site_ids": [self.site.id],
                "service_ids": [self.service.id],
                "outsourcing": "none",
                "consultancy": "none",
                "consultancy_ended_on": None,
                "remarks": "",
            } | changed

        def draft(self, **changed):
            one = operations.draft(session, self.manager, self.values(**changed), now=NOW)
            return queries.page(session, self.manager, one.id)

        def page(self, one, actor=None):
            return queries.page(session, actor or self.planner, one.application.id)

    made = Stage()
    session.commit()
    return made


def reviewed(session, stage):
    """Bring an application to a complete review."""
    page = stage.draft()
    operations.submit(session, stage.manager, page, now=NOW)
    page = stage.page(page)
    operations.start_review(session, stage.planner, page, now=NOW)
    values = {"competence_ok": True, "impartiality_ok": True, "audit_days": page.table_days}
    operations.review(session, stage.planner, page, values, revision=None, now=NOW)
    return stage.page(page)


def test_from_draft_to_contract(session, stage):
    """I-01 I-02: with both confirmations the programme is open; each step left one event."""
    page = reviewed(session, stage)
    operations.accept(session, stage.planner, page, now=NOW)
    operations.confirm(session, stage.planner, stage.page(page), side="body", now=NOW)
    assert page.application.engagement_id is None
    operations.confirm(
        session, stage.manager, stage.page(page, stage.manager), side="client", now=NOW
    )
    session.commit()
    assert page.application.state is S.CONTRACTED
    engagement = session.get_one(Engagement, page.application.engagement_id)
    assert (engagement.client_id, engagement.level_sought) == (stage.provider.id, 3)
    kinds = session.scalars(select(Audit.kind).where(Audit.engagement_id == engagement.id)).all()
    assert sorted(kinds) == sorted(
        ["stage_1", "stage_2", "surveillance", "surveillance", "recertification"]
    )
    names = session.scalars(
        select(Event.name).where(Event.subject_kind == "application").order_by(Event.id)
    ).all()
    assert names == [
        "application:drafted",
        "application:submitted",
        "application:review_started",
        "application:reviewed",
        "application:accepted",
        "application:confirmed",
        "application:confirmed",
        "application:contracted",
    ]
    assert verify(session)[1] is None


def test_an_incomplete_one_is_refused_with_what_is_missing(session, stage):
    """I-01: the refusal names what is missing, and nothing is changed."""
    page = stage.draft(site_ids=[], outsourcing="")
    with pytest.raises(StepRefused) as refused:
        operations.submit(session, stage.manager, page, now=NOW)
    assert [reason.code for reason in refused.value.reasons] == ["whole"]
    assert len(page.facts.missing) == 4
    session.rollback()
    assert (
        session.scalar(
            select(func.count()).select_from(Event).where(Event.name == "application:submitted")
        )
        == 0
    )


def test_without_a_valid_code_none_is_submitted(session, stage):
    """I-22: the legal entity is identified by its checked code."""
    stage.provider.credit_code = None
    session.flush()
    page = stage.draft()
    with pytest.raises(StepRefused) as refused:
        operations.submit(session, stage.manager, page, now=NOW)
    assert [reason.code for reason in refused.value.reasons] == ["code_valid"]


def test_questions_go_back_and_forth(session, stage):
    """I-01: review ⇄ information requested, until every question is answered."""
    page = reviewed(session, stage)
    operations.ask(session, stage.planner, page, question="Which data centre?", now=NOW)
    page = stage.page(page, stage.manager)
    assert page.application.state is S.INFORMATION_REQUESTED
    with pytest.raises(StepRefused):
        operations.answer(session, stage.manager, page, {}, now=NOW)
    answers = {page.requests[0].id: "Kunming, building 3"}
    operations.answer(session, stage.manager, page, answers, now=NOW)
    assert page.application.state is S.IN_REVIEW
    session.commit()


def test_who_sees_what(session, stage):
    """S-32: a draft is the provider's alone; another body and another provider never see it."""
    page = stage.draft()
    with pytest.raises(NotFound):
        queries.page(session, stage.planner, page.application.id)
    operations.submit(session, stage.manager, page, now=NOW)
    assert queries.page(session, stage.planner, page.application.id)
    for kind, role in (
        (OrganisationKind.BODY, Role.PLANNER),
        (OrganisationKind.PROVIDER, Role.MANAGER),
    ):
        stranger = user(session, organisation(session, kind), role)[1]
        with pytest.raises(NotFound):
            queries.page(session, stranger, page.application.id)
        assert session.execute(queries.listing(stranger)).all() == []
    inspector = user(session, organisation(session, OrganisationKind.REGULATOR), Role.INSPECTOR)[1]
    assert queries.page(session, inspector, page.application.id)


def test_submission_makes_the_client_known_to_the_body_alone(session, stage):
    """S-32: a body knows of its own clients."""
    operations.submit(session, stage.manager, stage.draft(), now=NOW)
    links = session.execute(select(ClientLink.body_id, ClientLink.client_id)).all()
    assert links == [(stage.body.id, stage.provider.id)]


def test_foreign_sites_and_levels_are_refused(session, stage):
    """I-01: sites and services are the applicant's own, level and scheme are offered ones."""
    foreign = site(session, organisation(session))
    with pytest.raises(NotFound):
        stage.draft(site_ids=[foreign.id])
    with pytest.raises(Invalid) as wrong:
        stage.draft(level_sought=9)
    assert wrong.value.field == "level_sought"
    with pytest.raises(Invalid) as wrong:
        stage.draft(scheme_version_id=999)
    assert wrong.value.field == "scheme_version_id"


def test_two_people_editing_one_draft(session, stage):
    """quality 4: the later one is told; nothing is overwritten."""
    page = stage.draft()
    old = page.application.revision
    operations.edit(
        session, stage.manager, page, stage.values(remarks="first"), revision=old, now=NOW
    )
    session.commit()
    with pytest.raises(Stale):
        operations.edit(
            session, stage.manager, page, stage.values(remarks="second"), revision=old, now=NOW
        )
    assert page.application.remarks == "first"


def test_roles_and_sides(session, stage):
    """I-01: the applicant does not review itself; the administrator passes no guard."""
    page = stage.draft()
    operations.submit(session, stage.manager, page, now=NOW)
    administrator = acting(person(session), stage.body, Role.ADMINISTRATOR)
    for actor in (stage.manager, administrator):
        with pytest.raises(NotAllowed):
            operations.start_review(session, actor, page, now=NOW)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": S.DECLINED, "submitted_at": NOW}, "refusal_has_reasons"),
        ({"state": S.SUBMITTED}, "submitted_has_date"),
        ({"state": S.ACCEPTED, "submitted_at": NOW}, "acceptance_was_reviewed"),
        (
            {
                "state": S.CONTRACTED,
                "submitted_at": NOW,
                "competence_ok": True,
                "impartiality_ok": True,
                "audit_days": 3,
            },
            "contract_has_both_sides",
        ),
    ],
)
def test_the_database_repeats_the_rules(session, stage, values, constraint):
    """I-01: each invariant is a named constraint."""
    session.add(
        Application(
            number="APP-1",
            body_id=stage.body.id,
            client_id=stage.provider.id,
            scheme_version_id=stage.version.id,
            level_sought=1,
            created_by_id=stage.manager.person_id,
            created_at=NOW,
            **values,
        )
    )
    with pytest.raises(IntegrityError, match=constraint):
        session.flush()
