"""The life of a standard version: every state × action × role, and every guard alone."""

from dataclasses import replace

import pytest

from checklists.standards.rules import (
    BADGES,
    LIFECYCLE,
    SAYINGS,
    StandardState,
    VersionFacts,
)
from core.errors import StepRefused
from core.permissions import Permission, Role, holders
from tests.lifecycles import RoleActor, prove

GOOD = VersionFacts(version_id=7, titled=True, criteria=12)
BROKEN = {
    "titled": {"titled": False},
    "criteria": {"criteria": 0},
    "criteria_titled": {"untitled": 2},
    "criteria_worded": {"unworded": 1},
    "sections_filled": {"empty_sections": 1},
    "not_author": {"is_author": True},
    "not_editor": {"is_editor": True},
    "not_submitter": {"is_submitter": True},
}


def test_the_whole_table():
    """S-34: draft → in review → approved → published → superseded, each step by the right person."""
    assert prove(LIFECYCLE, StandardState, GOOD, BROKEN) > 200


def test_who_may_do_what():
    """S-34: planners and administrators write, deciders review, administrators publish."""
    assert holders(Permission.STANDARD_EDIT) == (Role.ADMINISTRATOR, Role.PLANNER)
    assert holders(Permission.STANDARD_REVIEW) == (Role.DECIDER,)
    assert holders(Permission.STANDARD_PUBLISH) == (Role.ADMINISTRATOR,)


def test_every_state_is_shown_and_every_step_told():
    """S-34: no state without a badge; each step has its sentence on the timeline."""
    assert set(BADGES) == set(StandardState)
    told = {name.partition(":")[2] for name in SAYINGS}
    assert {"submitted", "approved", "returned", "recalled", "published", "reopened"} <= told
    assert "superseded" in told


def test_a_published_version_has_no_way_back():
    """Guard 4: nobody, the administrator included, changes what is published."""
    everybody = RoleActor(frozenset({Role.ADMINISTRATOR}))
    for state in (StandardState.PUBLISHED, StandardState.SUPERSEDED):
        for action in ("submit", "recall", "return", "reopen", "approve", "publish"):
            with pytest.raises(StepRefused):
                LIFECYCLE.take(state, action, GOOD, everybody)


def test_reasons_lead_editors_to_the_place():
    """S-34: a reason that is not met has a way to it, for those who may go there."""
    bad = replace(GOOD, untitled=3, titled=False, criteria=0, editable=True)
    steps = {row.step.action: row for row in LIFECYCLE.standings(StandardState.DRAFT, bad, None)}
    unmet = [reason for reason in steps["submit"].reasons if not reason.met]
    assert [reason.code for reason in unmet] == ["titled", "criteria", "criteria_titled"]
    assert all(reason.proof and reason.proof[1]["version_id"] == 7 for reason in unmet)
    readers = LIFECYCLE.standings(StandardState.DRAFT, replace(bad, editable=False), None)
    assert not [reason for row in readers for reason in row.reasons if reason.proof]
    assert "3 criteria have no title" in [str(reason.text) for reason in unmet]
