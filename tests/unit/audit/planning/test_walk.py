"""Whatever people try in whatever order, an audit never stands where its conditions did not hold."""

from dataclasses import dataclass, fields, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from audit.conditions.rules import AuditFacts, AuditKind
from audit.planning.rules import AUDIT, AuditState
from core.errors import NotAllowed, StepRefused
from core.permissions import OrganisationKind, Role
from core.words import T_, Words

S = AuditState
AFTER_START = (
    S.IN_PROGRESS,
    S.FIELDWORK_DONE,
    S.REPORT_DRAFT,
    S.REPORT_ISSUED,
    S.UNDER_DECISION,
    S.DECIDED,
    S.CLOSED,
)
STOPPING = {"postpone", "cancel", "reopen_team", "return_plan", "revise_plan"}
GOOD = AuditFacts(
    kind=AuditKind.STAGE_2,
    leader_is_actor=True,
    members=2,
    leaders=1,
    objections_settled=1,
    dates_set=True,
    objectives_set=True,
    agenda_items=3,
    stage1_closed=True,
    checklist_size=41,
    criteria_total=41,
    opening_held=True,
    closing_held=True,
    rating_current=True,
    report_whole=True,
    comments_closed=True,
    report_signed=True,
    decision_taken=True,
)
WRONG = [
    *({field.name: False} for field in fields(AuditFacts) if getattr(GOOD, field.name) is True),
    {"leaders": 0},
    {"leaders": 2},
    {"members_without_competence": ("Chen Li",)},
    {"members_in_conflict": (("Sun Yifei", T_("Employment")),)},
    {"areas_uncovered": (Words("数据", "Data"),)},
    {"undeclared": ("Gao Feng",)},
    {"objections_open": 1},
    {"unanswered": 1},
    {"exclusions_without_reason": 1},
    {"finding_drafts": 1},
    {"findings_disputed": 1},
    {"comments_unanswered": 1},
    {"stage1_concerns": True},
]
mostly = st.sampled_from([True, True, True, True, False])
few = st.sampled_from([0, 0, 0, 0, 1, 3])


@dataclass(frozen=True)
class Somebody:
    roles: frozenset[Role]
    person_id: int = 1
    name: str = "Somebody"
    organisation_id: int = 1
    organisation_kind: OrganisationKind = OrganisationKind.BODY


@st.composite
def facts_of(draw, kind):
    return AuditFacts(
        kind=kind,
        leader_is_actor=draw(mostly),
        members=2,
        leaders=draw(st.sampled_from([1, 1, 1, 1, 0, 2])),
        members_without_competence=("Chen Li",) * draw(few),
        members_in_conflict=(("Sun Yifei", T_("Employment")),) * draw(few),
        areas_uncovered=(Words("数据", "Data"),) * draw(few),
        undeclared=("Gao Feng",) * draw(few),
        objections_open=draw(few),
        objections_settled=draw(few),
        dates_set=draw(mostly),
        objectives_set=draw(mostly),
        agenda_items=draw(st.integers(0, 2)),
        checklist_size=draw(st.sampled_from([0, 40, 40])),
        criteria_total=40,
        unanswered=draw(few),
        exclusions_without_reason=draw(few),
        finding_drafts=draw(few),
        findings_disputed=draw(few),
        opening_held=draw(mostly),
        closing_held=draw(mostly),
        stage1_closed=draw(mostly),
        stage1_concerns=not draw(mostly),
        rating_current=draw(mostly),
        report_whole=draw(mostly),
        comments_closed=draw(mostly),
        comments_unanswered=draw(few),
        report_signed=draw(mostly),
        decision_taken=draw(mostly),
        reason_given=draw(mostly),
    )


@st.composite
def nearly_good(draw, kind):
    """Give facts in which all is well, but for at most one thing."""
    wrong = draw(st.sampled_from([{}, {}, *WRONG]))
    return replace(GOOD, kind=kind, **wrong)


def sound_team(facts: AuditFacts) -> bool:
    return facts.leaders == 1 and not (
        facts.members_without_competence
        or facts.members_in_conflict
        or facts.areas_uncovered
        or facts.undeclared
    )


def fit_for_decision(facts: AuditFacts) -> bool:
    rated = facts.rating_current or facts.kind is AuditKind.SPECIAL
    return facts.kind is not AuditKind.STAGE_1 and rated and facts.findings_disputed == 0


def anything(_facts: AuditFacts) -> bool:
    return True


# What must have held for a step, in other words than the product's.
DEMANDS = {
    "propose_team": sound_team,
    "confirm_team": lambda f: f.objections_open == 0,
    "confirm_settled": lambda f: f.objections_open == 0 < f.objections_settled and sound_team(f),
    "reopen_team": lambda f: f.reason_given,
    "issue_plan": lambda f: (
        f.leader_is_actor
        and f.dates_set
        and f.objectives_set
        and min(f.agenda_items, f.checklist_size) > 0
        and sound_team(f)
    ),
    "accept_plan": anything,
    "return_plan": lambda f: f.reason_given,
    "revise_plan": lambda f: f.reason_given and f.leader_is_actor,
    "start": lambda f: (
        f.leader_is_actor
        and f.opening_held
        and sound_team(f)
        and (f.kind is not AuditKind.STAGE_2 or (f.stage1_closed and not f.stage1_concerns))
    ),
    "end_fieldwork": lambda f: (
        f.leader_is_actor
        and f.opening_held
        and f.closing_held
        and f.unanswered + f.exclusions_without_reason + f.finding_drafts == 0 < f.criteria_total
    ),
    "open_report": lambda f: f.leader_is_actor,
    "issue_report": lambda f: (
        f.leader_is_actor
        and f.report_signed
        and f.report_whole
        and f.comments_closed
        and not f.comments_unanswered
    ),
    "conclude_stage_1": lambda f: f.kind is AuditKind.STAGE_1 and not f.stage1_concerns,
    "settle_concerns": lambda f: f.kind is AuditKind.STAGE_1 and f.reason_given,
    "send_to_decision": lambda f: f.leader_is_actor and fit_for_decision(f),
    "pass_to_decision": fit_for_decision,
    "decide": lambda f: f.decision_taken,
    "close": lambda f: f.decision_taken,
    "postpone": lambda f: f.reason_given,
    "resume": anything,
    "cancel": lambda f: f.reason_given,
}
AGREEING = {"confirm_team", "confirm_settled"}
TEAM_IN_THE_MAKING = {S.PLANNED, S.TEAM_PROPOSED}


class Walk(RuleBasedStateMachine):
    """Random people try random steps with random facts; what they may not pass is remembered beside."""

    def __init__(self) -> None:
        super().__init__()
        self.state = S.PLANNED
        self.kind = AuditKind.STAGE_2
        self.agreed = self.accepted = self.begun = self.signed = self.decided = False

    @initialize(kind=st.sampled_from(AuditKind))
    def choose(self, kind):
        self.kind = kind

    @rule(
        action=st.sampled_from(sorted({row.action for row in AUDIT.steps})),
        roles=st.sets(st.sampled_from(Role), min_size=1),
        data=st.data(),
    )
    def attempt(self, action, roles, data):
        self._try(action, roles, data.draw(facts_of(self.kind)))

    @precondition(lambda self: self.state not in {S.CLOSED, S.CANCELLED})
    @rule(data=st.data())
    def go_on(self, data):
        """Try a step that leads out of here with nearly everything in order: walks then get far."""
        ahead = [row.action for row in AUDIT.steps if self.state in row.sources]
        onward = [action for action in ahead if action not in STOPPING] or ahead
        facts = data.draw(nearly_good(self.kind))
        self._try(data.draw(st.sampled_from(onward)), set(Role), facts)

    @precondition(lambda self: self.state not in {S.CLOSED, S.CANCELLED})
    @rule(data=st.data())
    def go_on_again(self, data):
        """Do it twice as often as anything else."""
        self.go_on(data)

    def _try(self, action, roles, facts):
        before = self.state
        try:
            after = AUDIT.take(before, action, facts, Somebody(frozenset(roles)))
        except (StepRefused, NotAllowed):
            return
        self._judge(action, before, after, facts)
        self.state = after

    def _judge(self, action, before, after, facts):
        assert DEMANDS[action](facts)
        assert after is not S.CLOSED or self.kind is AuditKind.STAGE_1 or before is S.DECIDED
        self.accepted = action == "accept_plan" or (self.accepted and after in AFTER_START)
        self.agreed = action in AGREEING or (self.agreed and after not in TEAM_IN_THE_MAKING)
        self.begun = self.begun or action == "start"
        self.signed = self.signed or action == "issue_report"
        self.decided = self.decided or action == "decide"

    @invariant()
    def stands_on_what_was_passed(self):
        """I-05, I-06, I-07, I-13: nobody came here past the client, the signature or the decision."""
        if self.state in {S.TEAM_CONFIRMED, S.PLAN_ISSUED, S.PLAN_ACCEPTED, *AFTER_START}:
            assert self.agreed
        if self.state in {S.PLAN_ACCEPTED, *AFTER_START}:
            assert self.accepted
        if self.state in AFTER_START:
            assert self.begun
        if self.state in AFTER_START[3:]:
            assert self.signed
        if self.state is S.DECIDED:
            assert self.decided
        if self.state is S.CLOSED and self.kind is not AuditKind.STAGE_1:
            assert self.decided


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestWalk = Walk.TestCase
