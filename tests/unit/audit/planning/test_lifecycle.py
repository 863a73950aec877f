"""Every step of an audit: who, from where, under which conditions. Written out once more, by hand."""

from dataclasses import dataclass, replace

import pytest

from audit.conditions.rules import AuditFacts, AuditKind
from audit.planning.rules import AUDIT, BADGES, PHASES, SAYINGS, AuditState, applies, past, way
from core.errors import NotAllowed, StepRefused
from core.permissions import OrganisationKind, Role
from core.words import T_, Words

S = AuditState
PLANNER, AUDITOR, DECIDER, MANAGER = Role.PLANNER, Role.AUDITOR, Role.DECIDER, Role.MANAGER
TEAM = ("one_leader", "competent", "covered", "impartial", "declared")
BEFORE_START = (S.PLANNED, S.TEAM_PROPOSED, S.TEAM_CONFIRMED, S.PLAN_ISSUED, S.PLAN_ACCEPTED)
BEFORE_DONE = (*BEFORE_START, S.IN_PROGRESS)

# action, from, to, who, conditions
TABLE = (
    ("propose_team", (S.PLANNED,), S.TEAM_PROPOSED, PLANNER, TEAM),
    ("confirm_team", (S.TEAM_PROPOSED,), S.TEAM_CONFIRMED, MANAGER, ("no_objection",)),
    (
        "confirm_settled",
        (S.TEAM_PROPOSED,),
        S.TEAM_CONFIRMED,
        PLANNER,
        ("objection_settled", "no_objection", *TEAM),
    ),
    ("reopen_team", BEFORE_START[1:], S.PLANNED, PLANNER, ("reason",)),
    (
        "issue_plan",
        (S.TEAM_CONFIRMED,),
        S.PLAN_ISSUED,
        AUDITOR,
        ("leader_acts", "dates", "objectives", "agenda", "checklist", *TEAM),
    ),
    ("accept_plan", (S.PLAN_ISSUED,), S.PLAN_ACCEPTED, MANAGER, ()),
    ("return_plan", (S.PLAN_ISSUED,), S.TEAM_CONFIRMED, MANAGER, ("reason",)),
    (
        "revise_plan",
        (S.PLAN_ISSUED, S.PLAN_ACCEPTED),
        S.TEAM_CONFIRMED,
        AUDITOR,
        ("leader_acts", "reason"),
    ),
    (
        "start",
        (S.PLAN_ACCEPTED,),
        S.IN_PROGRESS,
        AUDITOR,
        ("leader_acts", "opening", "stage_1", *TEAM),
    ),
    (
        "end_fieldwork",
        (S.IN_PROGRESS,),
        S.FIELDWORK_DONE,
        AUDITOR,
        ("leader_acts", "answered", "exclusions", "drafts", "opening", "closing"),
    ),
    ("open_report", (S.FIELDWORK_DONE,), S.REPORT_DRAFT, AUDITOR, ("leader_acts",)),
    (
        "issue_report",
        (S.REPORT_DRAFT,),
        S.REPORT_ISSUED,
        AUDITOR,
        ("leader_acts", "report_whole", "comments", "replies", "signed"),
    ),
    (
        "conclude_stage_1",
        (S.REPORT_ISSUED,),
        S.CLOSED,
        AUDITOR,
        ("leader_acts", "is_stage_1", "concerns"),
    ),
    (
        "settle_concerns",
        (S.REPORT_ISSUED,),
        S.CLOSED,
        AUDITOR,
        ("leader_acts", "is_stage_1", "reason"),
    ),
    (
        "send_to_decision",
        (S.REPORT_ISSUED,),
        S.UNDER_DECISION,
        AUDITOR,
        ("leader_acts", "is_decided_upon", "rated", "disputes"),
    ),
    (
        "pass_to_decision",
        (S.REPORT_ISSUED,),
        S.UNDER_DECISION,
        PLANNER,
        ("is_decided_upon", "rated", "disputes"),
    ),
    ("decide", (S.UNDER_DECISION,), S.DECIDED, DECIDER, ("decision",)),
    ("close", (S.DECIDED,), S.CLOSED, PLANNER, ("decision",)),
    ("postpone", BEFORE_DONE, S.POSTPONED, PLANNER, ("reason",)),
    ("resume", (S.POSTPONED,), S.PLANNED, PLANNER, ()),
    ("cancel", (*BEFORE_DONE, S.POSTPONED), S.CANCELLED, PLANNER, ("reason",)),
)
ACTIONS = {row[0]: row for row in TABLE}

GOOD = AuditFacts(
    kind=AuditKind.STAGE_2,
    audit_id=7,
    leader_is_actor=True,
    on_team=True,
    members=2,
    leaders=1,
    objections_settled=1,
    dates_set=True,
    objectives_set=True,
    agenda_items=3,
    plan_version=1,
    stage1_closed=True,
    checklist_size=41,
    criteria_total=41,
    opening_held=True,
    closing_held=True,
    rating_level=3,
    rating_current=True,
    report_exists=True,
    report_state="signed",
    report_whole=True,
    comments_closed=True,
    report_signed=True,
    decision_taken=True,
    reason_given=True,
)
STAGE_1 = replace(GOOD, kind=AuditKind.STAGE_1)

# For each condition the ways in which it can fail, as changes of the facts.
BROKEN = {
    "one_leader": ({"leaders": 0}, {"leaders": 2}),
    "competent": ({"members_without_competence": ("Chen Li",)},),
    "covered": ({"areas_uncovered": (Words("数据", "Data"),)},),
    "impartial": ({"members_in_conflict": (("Chen Li", T_("Consultancy")),)},),
    "declared": ({"undeclared": ("Chen Li", "Sun Yifei")},),
    "no_objection": ({"objections_open": 1},),
    "objection_settled": ({"objections_settled": 0},),
    "leader_acts": ({"leader_is_actor": False},),
    "dates": ({"dates_set": False},),
    "objectives": ({"objectives_set": False},),
    "agenda": ({"agenda_items": 0},),
    "checklist": ({"checklist_size": 0},),
    "opening": ({"opening_held": False},),
    "closing": ({"closing_held": False},),
    "stage_1": ({"stage1_closed": False}, {"stage1_concerns": True}),
    "answered": (
        {"unanswered": 1},
        {"unanswered": 41, "unanswered_critical": 9, "critical_codes": ("RSP-3.2",)},
        {"criteria_total": 0},
    ),
    "exclusions": ({"exclusions_without_reason": 2},),
    "drafts": ({"finding_drafts": 1},),
    "report_whole": ({"report_whole": False},),
    "comments": ({"comments_closed": False},),
    "replies": ({"comments_unanswered": 3},),
    "signed": ({"report_signed": False},),
    "is_stage_1": ({"kind": AuditKind.STAGE_2}, {"kind": AuditKind.SPECIAL}),
    "is_decided_upon": ({"kind": AuditKind.STAGE_1},),
    "concerns": ({"stage1_concerns": True},),
    "rated": ({"rating_current": False},),
    "disputes": ({"findings_disputed": 1},),
    "decision": ({"decision_taken": False},),
    "reason": ({"reason_given": False},),
}


@dataclass(frozen=True)
class Somebody:
    roles: frozenset[Role]
    person_id: int = 1
    name: str = "Somebody"
    organisation_id: int = 1
    organisation_kind: OrganisationKind = OrganisationKind.BODY


def holder(*roles: Role) -> Somebody:
    return Somebody(frozenset(roles))


def facts_for(action: str) -> AuditFacts:
    return STAGE_1 if action in {"conclude_stage_1", "settle_concerns"} else GOOD


def test_the_table_is_whole():
    """I-07: no step exists beside the ones written here, and each names its event and its sentence."""
    assert {row.action for row in AUDIT.steps} == set(ACTIONS)
    assert len(AUDIT.steps) == len(TABLE)
    assert all(past(action) in SAYINGS for action in ACTIONS)
    assert len({past(action) for action in ACTIONS}) == len(ACTIONS)
    assert set(BADGES) == set(S)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_step_from_each_state_by_each_role(action, state, role):
    """I-05, I-06, I-07: only from its states, only by its role; the administrator has no power over any."""
    _, sources, target, who, _ = ACTIONS[action]
    facts = facts_for(action)
    if state not in sources:
        with pytest.raises(StepRefused):
            AUDIT.take(state, action, facts, holder(role))
    elif role is not who:
        with pytest.raises(NotAllowed):
            AUDIT.take(state, action, facts, holder(role))
    else:
        assert AUDIT.take(state, action, facts, holder(role)) is target


@pytest.mark.parametrize("action", ACTIONS)
def test_the_clock_takes_no_step_of_an_audit(action):
    """I-07: an audit goes on only by people."""
    for state in ACTIONS[action][1]:
        with pytest.raises(NotAllowed):
            AUDIT.take(state, action, facts_for(action), None)


@pytest.mark.parametrize(
    ("action", "code", "change"),
    [
        (action, code, change)
        for action, _, _, _, codes in TABLE
        for code in codes
        for change in BROKEN[code]
    ],
)
def test_each_condition_alone_stops_its_step(action, code, change):
    """I-05, I-06, I-07, I-12: each condition, broken alone, refuses the step and is named; roles add nothing."""
    _, sources, _, _, _ = ACTIONS[action]
    facts = replace(facts_for(action), **change)
    for state in sources:
        with pytest.raises(StepRefused) as refused:
            AUDIT.take(state, action, facts, holder(*Role))
        assert code in {reason.code for reason in refused.value.reasons}
        assert not any(reason.met for reason in refused.value.reasons)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_step_looks_at_nothing_else(action):
    """S-05: what is not a condition of a step does not stop it."""
    _, sources, target, who, codes = ACTIONS[action]
    facts = facts_for(action)
    assert [reason.code for reason in reasons_of(action, facts)] == list(codes)
    watched = {field for code in codes for change in BROKEN[code] for field in change}
    for changes in BROKEN.values():
        for change in changes:
            if not watched & set(change):
                after = AUDIT.take(sources[0], action, replace(facts, **change), holder(who))
                assert after is target


def reasons_of(action, facts):
    row = next(row for row in AUDIT.steps if row.action == action)
    return [guard(facts) for guard in row.guards]


def test_several_missing_conditions_are_told_together():
    """I-05: the page says everything that is missing, not the first thing."""
    facts = AuditFacts(kind=AuditKind.STAGE_2)
    with pytest.raises(StepRefused) as refused:
        AUDIT.take(S.TEAM_CONFIRMED, "issue_plan", facts, holder(AUDITOR))
    told = {reason.code for reason in refused.value.reasons}
    assert told == {"leader_acts", "dates", "objectives", "agenda", "checklist", "one_leader"}


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        (AuditKind.STAGE_2, True),
        (AuditKind.SURVEILLANCE, True),
        (AuditKind.RECERTIFICATION, True),
        (AuditKind.SPECIAL, False),
    ],
)
def test_which_audits_need_a_rating(kind, needed):
    """I-13: a special audit may come to a decision without a rating, the others may not."""
    facts = replace(GOOD, kind=kind, rating_current=False)
    if needed:
        with pytest.raises(StepRefused):
            AUDIT.take(S.REPORT_ISSUED, "send_to_decision", facts, holder(AUDITOR))
    else:
        after = AUDIT.take(S.REPORT_ISSUED, "send_to_decision", facts, holder(AUDITOR))
        assert after is S.UNDER_DECISION


@pytest.mark.parametrize("kind", [kind for kind in AuditKind if kind is not AuditKind.STAGE_2])
def test_only_stage_2_waits_for_stage_1(kind):
    """I-07: surveillance, recertification and special audits begin without a stage 1."""
    facts = replace(GOOD, kind=kind, stage1_closed=False, stage1_concerns=True)
    assert AUDIT.take(S.PLAN_ACCEPTED, "start", facts, holder(AUDITOR)) is S.IN_PROGRESS


def test_nothing_leaves_the_final_states():
    """I-09: what is closed or cancelled stays so."""
    assert not any(row.sources & {S.CLOSED, S.CANCELLED} for row in AUDIT.steps)


def test_steps_of_another_kind_are_not_shown():
    """I-07: a page of a stage 2 does not offer to conclude a stage 1, nor the other way round."""
    assert not applies("conclude_stage_1", AuditKind.STAGE_2)
    assert not applies("send_to_decision", AuditKind.STAGE_1)
    assert applies("conclude_stage_1", AuditKind.STAGE_1)
    assert applies("start", AuditKind.SPECIAL)


def test_names_withheld_are_counted_but_not_told():
    """I-05: the client learns that something is missing, not who has which tie."""
    facts = replace(GOOD, members_in_conflict=(("", T_("")),), undeclared=("", "Chen Li"))
    reasons = {reason.code: reason for reason in reasons_of("propose_team", facts)}
    assert "1 member" in str(reasons["impartial"].text)
    assert reasons["impartial"].detail is None
    assert str(reasons["declared"].detail) == "Chen Li"
    assert "2 members" in str(reasons["declared"].text)


def test_the_state_line_has_five_to_seven_phases():
    """I-07: a stage 1 has no decision; exactly one phase is present while the audit goes on."""
    assert 5 <= len(PHASES) <= 7
    for kind in AuditKind:
        for state in S:
            line = way(kind, state, {})
            assert [one.label for one in line].count("Decision") == (kind is not AuditKind.STAGE_1)
            present = [one for one in line if one.status == "now"]
            over = {S.CLOSED, S.CANCELLED, S.POSTPONED}
            late_stage_1 = kind is AuditKind.STAGE_1 and state in {S.UNDER_DECISION, S.DECIDED}
            assert len(present) == (0 if state in over or late_stage_1 else 1)
    assert all(one.status == "done" for one in way(AuditKind.STAGE_2, S.CLOSED, {}))
