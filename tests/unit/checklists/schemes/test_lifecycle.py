"""The life of a scheme version: every state × step × role, and each guard alone."""

from checklists.schemes.rules import LIFECYCLE, OPEN, SETTLED, SchemeFacts, SchemeState
from core.permissions import GRANTS, Permission, Role
from tests.lifecycles import prove

GOOD = SchemeFacts(
    standard="ITSL-2025 2025.2",
    standard_published=True,
    example="CB-2026-X-00001",
    version=3,
    latest=2,
)
BROKEN = {
    "whole": {"problems": 2},
    "number": {"example": ""},
    "standard": {"standard_published": False},
    "dimensions": {"strange": ("security",)},
    "version": {"latest": 0},
    "not_author": {"is_author": True},
    "not_editor": {"is_editor": True},
    "not_submitter": {"is_submitter": True},
}


def test_the_whole_table():
    """S-34: draft, review, approval, publication, each by the right role and not before its conditions hold."""
    assert prove(LIFECYCLE, SchemeState, GOOD, BROKEN) > 250


def test_a_version_moves_only_as_the_table_says():
    """S-34: what is published is never worked on again."""
    moves = {(source, row.action, row.target) for row in LIFECYCLE.steps for source in row.sources}
    s = SchemeState
    assert moves == {
        (s.DRAFT, "submit", s.IN_REVIEW),
        (s.IN_REVIEW, "approve", s.APPROVED),
        (s.IN_REVIEW, "return", s.DRAFT),
        (s.IN_REVIEW, "recall", s.DRAFT),
        (s.APPROVED, "publish", s.PUBLISHED),
        (s.APPROVED, "reopen", s.DRAFT),
    }
    assert set(OPEN) | set(SETTLED) == set(SchemeState)


def test_nobody_holds_writing_and_reviewing_by_one_role():
    """S-34: whoever edits or publishes does not review by the same role."""
    for role in Role:
        held = GRANTS[role]
        assert not (Permission.SCHEME_REVIEW in held and Permission.SCHEME_EDIT in held), role
    assert {role for role in Role if Permission.SCHEME_EDIT in GRANTS[role]} == {
        Role.ADMINISTRATOR, Role.PLANNER,
    }  # fmt: skip


def test_reasons_state_what_is_wrong():
    """S-05: a refusal names the condition as it stands."""
    facts = SchemeFacts(problems=1, strange=("a", "b"), version=2, latest=4, standard="N 1")
    reasons = {one(facts).code: one(facts) for one in LIFECYCLE.steps[0].guards}
    assert str(reasons["whole"].text) == "1 thing in its content is not right yet"
    assert "dimensions that are not here: a, b" in str(reasons["dimensions"].text)
    assert str(reasons["version"].text) == "Version 5 is due next, not 2"
    assert reasons["whole"].proof == ("schemes.show", {"version_id": 0, "_anchor": "problems"})
