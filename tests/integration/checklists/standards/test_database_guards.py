"""The database repeats the invariants of a standard version by name."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from accounts.organisations.models import Organisation
from checklists.standards import operations, queries
from checklists.standards.models import Criterion, Section, StandardEditor, StandardVersion
from checklists.standards.rules import StandardState
from core.errors import NotFound
from core.events import Event
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import acting, organisation, person
from tests.factories.checklists import LONG_AGO, small_standard, standard_data

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def draft(session):
    """A draft of ten criteria in an installation with two people."""
    body = organisation(session, OrganisationKind.BODY)
    who = acting(person(session), body, Role.PLANNER)
    made = operations.import_pack(session, who, standard_data(10), now=LONG_AGO, publish=False)
    session.commit()
    return made


@pytest.mark.parametrize("state", [state for state in StandardState if state != "draft"])
@pytest.mark.parametrize("table", [Section, Criterion])
@pytest.mark.parametrize("verb", ["update", "delete", "insert"])
def test_only_drafts_change(session, draft, state, table, verb):
    """Guard 4: no text of a version changes once it has left the draft, whoever asks the database."""
    one = session.scalar(select(table).where(table.standard_version_id == draft.id).limit(1))
    values = {
        column.name: getattr(one, column.name)
        for column in table.__table__.columns
        if column.name != "id"
    }
    _put(session, draft, state)
    statement = {
        "update": update(table).where(table.id == one.id).values(title_en="Other"),
        "delete": delete(table).where(table.id == one.id),
        "insert": insert(table).values(values | {"code": "NEW"}),
    }[verb]
    with pytest.raises(IntegrityError, match="only_drafts_change"):
        session.execute(statement)


def _put(session, version, state):
    """Bring a version into a state past the operations, with all that the checks ask for."""
    first, second = person(session), person(session)
    session.execute(
        update(StandardVersion)
        .where(StandardVersion.id == version.id)
        .values(
            state=state,
            submitted_by_id=first.id,
            submitted_at=NOW,
            approved_by_id=second.id,
            approved_at=NOW,
            published_at=NOW,
            superseded_at=NOW,
        )
    )


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"state": "published", "approved_by_id": 2}, "published_has_date"),
        ({"state": "in_review"}, "submitted_has_submitter"),
        ({"state": "approved", "submitted_by_id": 1, "submitted_at": NOW}, "approved_has_approver"),
        ({"state": "published", "published_at": NOW}, "published_was_approved"),
        ({"submitted_by_id": 2, "approved_by_id": 2}, "approver_is_not_submitter"),
        ({"approved_by_id": 1}, "approver_is_not_author"),
        (
            {
                "state": "superseded",
                "published_at": NOW,
                "submitted_by_id": 1,
                "approved_by_id": 2,
            },
            "superseded_has_date",
        ),
    ],
)
def test_checks_of_a_version(session, draft, values, constraint):
    """S-34: a step without its person and day, or by the wrong person, is refused by name."""
    person(session)
    assert draft.drafted_by_id == 1
    with pytest.raises(IntegrityError, match=constraint):
        session.execute(
            update(StandardVersion).where(StandardVersion.id == draft.id).values(values)
        )


def test_an_editor_does_not_approve(session, draft):
    """S-34: whoever changed a criterion cannot be the approver, in the database too."""
    editor = person(session)
    session.add(StandardEditor(standard_version_id=draft.id, person_id=editor.id))
    session.flush()
    with pytest.raises(IntegrityError, match="approver_is_not_editor"):
        session.execute(
            update(StandardVersion)
            .where(StandardVersion.id == draft.id)
            .values(approved_by_id=editor.id)
        )


@pytest.mark.parametrize(
    "values", [{"state": "draft"}, {"title_en": "Other"}, {"version": "9"}, {"criteria_count": 3}]
)
def test_published_versions_stay(session, values):
    """Guard 4: neither the state goes back nor the words change."""
    version = small_standard(session)
    session.commit()
    with pytest.raises(IntegrityError, match="published_versions_stay"):
        session.execute(
            update(StandardVersion).where(StandardVersion.id == version.id).values(values)
        )
    session.rollback()
    with pytest.raises(IntegrityError, match="published_versions_stay"):
        session.execute(delete(StandardVersion).where(StandardVersion.id == version.id))


def test_one_version_of_a_standard_is_published(session):
    """S-34: publishing the next one supersedes the one before, each with its event."""
    first = small_standard(session)
    second = operations.import_pack(session, None, standard_data(12) | {"version": "2.0"}, now=NOW)
    session.commit()
    assert (first.state, first.superseded_at) == (StandardState.SUPERSEDED, NOW)
    assert second.state is StandardState.PUBLISHED
    names = session.scalars(select(Event.name).order_by(Event.id)).all()
    assert names == ["standard:published", "standard:superseded", "standard:published"]
    third = operations.import_pack(
        session, None, standard_data(12) | {"version": "3.0"}, now=NOW, publish=False
    )
    session.commit()
    with pytest.raises(IntegrityError, match=r"one_published|standard_versions\.standard_id"):
        session.execute(
            update(StandardVersion)
            .where(StandardVersion.id == third.id)
            .values(state="published", published_at=NOW)
        )


def test_a_draft_is_seen_by_its_body_alone(session, draft):
    """S-34: drafts are of the body that wrote them; published versions are common."""
    home = session.get_one(Organisation, draft.body_id)
    other = organisation(session, OrganisationKind.BODY)
    provider = organisation(session)
    common = small_standard(session, code="COMMON")
    shipped = operations.import_pack(
        session, None, standard_data(3, code="SHIPPED"), now=NOW, publish=False
    )
    session.commit()

    def seen(place, *roles):
        who = acting(person(session), place, *roles)
        return {row[0].id for row in queries.versions(session, who)}

    everything = {draft.id, common.id, shipped.id}
    for role in (Role.PLANNER, Role.ADMINISTRATOR, Role.DECIDER):
        assert seen(home, role) == everything
        assert seen(other, role) == {common.id, shipped.id}
    assert seen(home, Role.AUDITOR) == seen(home, Role.OFFICER) == {common.id}
    assert seen(provider, Role.MANAGER) == {common.id}
    stranger = acting(person(session), other, Role.PLANNER)
    with pytest.raises(NotFound):
        queries.version(session, stranger, draft.id)
    assert {row[0].id for row in queries.versions(session, None)} == everything
