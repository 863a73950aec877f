"""Evidence of an audit: who sees which, on both databases."""

import pytest

from audit.assessment import operations, queries
from core.errors import NotFound
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import organisation, user
from tests.factories.findings import evidence


def titles(session, actor, audit):
    return {item.evidence.title for item in queries.evidence_of(session, actor, audit.id)}


def test_a_provider_sees_its_own_and_what_is_shown_to_it(session, fieldwork):
    """I-32: the body's evidence stays with the body until a raised finding shows it."""
    stage, audit = fieldwork.world, fieldwork.audit
    own = evidence(session, audit, stage.member, title="Own")
    shown = evidence(session, audit, stage.leader, title="Shown")
    kept = evidence(session, audit, stage.leader, title="Kept")
    operations.show_to_client(session, audit.id, [shown.id])
    session.flush()
    assert titles(session, stage.manager, audit) == {"Own", "Shown"}
    assert titles(session, stage.leader, audit) == {"Own", "Shown", "Kept"}
    for one in (own, shown):
        found = queries.evidence_item(session, stage.manager, audit.id, one.id)
        assert found.evidence.id == one.id
    with pytest.raises(NotFound):
        queries.evidence_item(session, stage.manager, audit.id, kept.id)


def test_evidence_is_found_through_its_own_audit_alone(session, fieldwork):
    """I-32: neither another audit of the same client nor anybody outside leads to it."""
    stage, audit = fieldwork.world, fieldwork.audit
    one = evidence(session, audit, stage.leader)
    outside = user(session, stage.body, Role.AUDITOR)[1]
    other = user(session, organisation(session, OrganisationKind.BODY), Role.AUDITOR)[1]
    client = user(session, organisation(session), Role.MANAGER)[1]
    for actor in (outside, other, client):
        with pytest.raises(NotFound):
            queries.evidence_item(session, actor, audit.id, one.id)
    with pytest.raises(NotFound):
        queries.evidence_item(session, stage.leader, audit.id - 1, one.id)
