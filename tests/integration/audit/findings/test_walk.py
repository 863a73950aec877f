"""People and the clock do whatever is possible to findings, at random: the invariants hold throughout."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from audit.actions.rules import ActionState
from audit.casefile.models import CorrectiveAction, Dispute, Extension, Finding, Response
from audit.disputes import operations as disputes
from audit.extensions import operations as extensions
from audit.findings import operations as findings
from audit.findings.rules import (
    NEEDS_RESPONSE,
    Deadline,
    DisputeOutcome,
    FindingGrade,
    FindingState,
)
from audit.planning.rules import AuditState
from audit.responses import operations as responses
from core.errors import DomainError
from core.events import Event, write
from core.permissions import Role
from tests.factories import findings as made
from tests.factories.accounts import NOW, acting
from tests.factories.audits import audit_in, on_team, world

S = FindingState
WHO = st.sampled_from(["leader", "auditor", "decider", "manager", "member", "both"])
NEXT = {
    S.DRAFT: ("leader", "", "raise"),
    S.RAISED: ("manager", "", "acknowledge"),
    S.RESPONSE_SUBMITTED: ("auditor", "", "accept"),
    S.VERIFIED: ("leader", "", "close"),
}
WORDS = st.sampled_from(["", "Seen in the log."])
MODELS = (Finding, Response, CorrectiveAction, Dispute, Extension, Event)


class Walk(RuleBasedStateMachine):
    """One finding of an audit: everybody may try everything; a subclass names the world."""

    session: Any
    stage: Any
    audit: Any
    people: dict[str, Any]
    files: dict[str, int]
    reached: set[FindingState]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.counts = dict.fromkeys(MODELS, 0)
        self.one = made.finding_in(self.session, self.stage, self.audit, S.DRAFT)

    @initialize(
        start=st.sampled_from([one for one in S if one not in (S.CLOSED, S.VOID)]),
        grade=st.sampled_from([FindingGrade.MINOR, FindingGrade.MAJOR]),
    )
    def begin(self, start, grade) -> None:
        """Begin anywhere, so that short walks reach every state."""
        self.one = made.finding_in(self.session, self.stage, self.audit, start, grade=grade)

    def tried(self, operation, who, *args, **options) -> None:
        """Try something; a refusal changes nothing."""
        before = (self.one.state, self.one.grade, self.one.revision)
        try:
            with self.session.begin_nested():
                operation(self.session, self.people[who], *args, now=self.now, **options)
                self.session.flush()
        except DomainError:
            self.session.refresh(self.one)
            assert (self.one.state, self.one.grade, self.one.revision) == before
        if self.one.state is not before[0]:
            self.reached.add(self.one.state)

    def on_case(self, operation, who, *args, **options) -> None:
        def run(session, who, *args, **options):
            operation(session, who, made.case(session, who, self.one), *args, **options)

        self.tried(run, who, *args, **options)

    def on_actions(self, operation, who, **options) -> None:
        for row in self.session.scalars(
            select(CorrectiveAction).where(CorrectiveAction.finding_id == self.one.id)
        ).all():

            def run(session, who, *, row=row, **options):
                operation(session, who, made.action_case(session, who, row), **options)

            self.tried(run, who, **options)

    @rule(onward=st.integers(0, 3), who=WHO, words=WORDS, step=st.sampled_from(
        ["raise", "void", "acknowledge", "dispute", "implement", "verify", "close", "accept", "return"]
    ))  # fmt: skip
    def any_step(self, onward, who, words, step) -> None:
        self.go_on(onward)
        self.step(who, words, step)

    def go_on(self, times) -> None:
        """Do what comes next, as the right person does."""
        for _ in range(times):
            state = self.one.state
            if state in (S.ACKNOWLEDGED, S.RETURNED):
                self.respond("manager", "member", late=False, count=1, submit=True)
            elif state is S.ACCEPTED:
                self.report("member", hand_in=True, proved=True)
                self.step("manager", "", "implement")
            elif state is S.IMPLEMENTED:
                self.judge_actions("leader", good=True, words="")
                self.step("leader", "Seen in the log.", "verify")
            elif state in NEXT:
                self.step(*NEXT[state])

    def step(self, who, words, step) -> None:
        given = {
            "raise": (findings.raise_, {}),
            "void": (findings.void, {"reason": words}),
            "acknowledge": (findings.acknowledge, {}),
            "dispute": (disputes.raise_dispute, {"reason": words}),
            "implement": (responses.implement, {}),
            "verify": (findings.verify, {"note": words}),
            "close": (findings.close, {}),
            "accept": (responses.accept, {"note": words}),
            "return": (responses.return_, {"reason": words}),
        }
        operation, options = given[step]
        self.on_case(operation, who, **options)

    @rule(
        who=WHO, owner=WHO, late=st.booleans(),
        count=st.integers(0, 2), submit=st.booleans(),
    )  # fmt: skip
    def respond(self, who, owner, late, count, submit) -> None:
        due = self.one.implementation_due_on or NOW.date()
        plan = made.action(
            self.stage, owner_id=self.people[owner].person_id, due_on=due + timedelta(late)
        )
        reply = responses.Reply("Corrected.", "Nobody looked.", [plan] * count)
        response = self.session.scalars(
            select(Response)
            .where(Response.finding_id == self.one.id)
            .order_by(Response.round.desc())
        ).first()
        drafted = response is not None and response.state == "draft"
        save = responses.save_and_submit if submit else responses.save
        self.on_case(save, who, reply, revision=response.revision if drafted else None)

    @rule(who=WHO, hand_in=st.booleans(), proved=st.booleans())
    def report(self, who, hand_in, proved) -> None:
        pieces = [self.piece(who)] if proved else None
        self.on_actions(
            responses.report,
            who,
            told="Done.",
            hand_in=hand_in,
            evidence_ids=pieces,
            revision=None,
        )

    def piece(self, who) -> int:
        return self.files[who]

    @rule(who=WHO, good=st.booleans(), words=WORDS)
    def judge_actions(self, who, good, words) -> None:
        if good:
            self.on_actions(responses.verify_action, who, note=words)
        else:
            self.on_actions(responses.refuse_action, who, reason=words)

    @rule(
        who=WHO, words=WORDS, outcome=st.sampled_from(DisputeOutcome),
        grade=st.sampled_from([None, *FindingGrade]),
    )  # fmt: skip
    def settle(self, who, words, outcome, grade) -> None:
        if outcome is DisputeOutcome.REGRADED and grade in (None, FindingGrade.STRENGTH):
            return
        self.on_case(disputes.settle, who, outcome, grade=grade, words=words)

    @rule(
        who=WHO,
        deadline=st.sampled_from(Deadline),
        days=st.integers(-5, 30),
    )
    def ask(self, who, deadline, days) -> None:
        until = (self.one.implementation_due_on or NOW.date()) + timedelta(days)
        self.on_case(extensions.ask, who, deadline, until=until, reason="Late.")

    @rule(who=WHO, approve=st.booleans(), words=WORDS)
    def decide(self, who, approve, words) -> None:
        self.on_case(extensions.decide, who, approve=approve, note=words)

    @rule(onward=st.integers(0, 3), days=st.integers(0, 60))
    def time_passes(self, onward, days) -> None:
        self.go_on(onward)
        self.now += timedelta(days)
        findings.run_clock(self.session, self.now.date(), now=self.now)
        assert not findings.due_list(self.session, self.now.date())

    @invariant()
    def closed_was_verified_by_another(self) -> None:
        """I-10: a closed minor or major was verified by somebody who owns none of its actions."""
        one = self.one
        rows = self.session.execute(
            select(CorrectiveAction, Response.state)
            .join(Response, Response.id == CorrectiveAction.response_id)
            .where(CorrectiveAction.finding_id == one.id)
        ).all()
        for action, _state in rows:
            assert action.verified_by_id != action.owner_id
            assert action.state is not ActionState.VERIFIED or action.verified_by_id
        if one.state in (S.VERIFIED, S.CLOSED) and one.grade in NEEDS_RESPONSE:
            plan = [action for action, state in rows if state == "accepted"]
            assert plan
            assert all(action.state is ActionState.VERIFIED for action in plan)
            assert one.verified_by_id not in {action.owner_id for action in plan}
            assert one.verified_by_id in {self.stage.leader.person_id, self.stage.auditor.person_id}

    @invariant()
    def rounds_are_whole(self) -> None:
        """I-10: rounds are numbered in order, one at a time is open, reviewer and sender differ."""
        rounds = self.session.scalars(
            select(Response).where(Response.finding_id == self.one.id).order_by(Response.round)
        ).all()
        assert [each.round for each in rounds] == list(range(1, len(rounds) + 1))
        assert all(each.state == "returned" for each in rounds[:-1])
        for each in rounds:
            assert each.reviewed_by_id is None or each.reviewed_by_id != each.submitted_by_id

    @invariant()
    def nothing_is_deleted(self) -> None:
        """I-09: no finding, round, dispute, request or event ever goes; only a draft's own rows may."""
        write(self.session)
        for model in MODELS:
            count = self.session.scalar(select(func.count()).select_from(model))
            if model is not CorrectiveAction:
                assert count >= self.counts[model]
            self.counts[model] = count

    @invariant()
    def deadlines_stand(self) -> None:
        """I-11: what the client has to answer has deadlines; what is closed or void has a date or a reason."""
        one = self.one
        if one.raised_at and one.grade in NEEDS_RESPONSE:
            assert one.response_due_on
            assert one.implementation_due_on
        assert (one.state is S.CLOSED) == (one.closed_at is not None)
        assert (one.state is S.VOID) == (one.void_reason is not None)


def test_random_walks_keep_the_invariants(session):
    """I-09, I-10, I-11: no order of steps, by whomever, breaks what must hold."""
    stage = world(session)
    audit = audit_in(session, AuditState.IN_PROGRESS, within=stage)
    both = acting(stage.person(stage.member), stage.body, Role.AUDITOR)
    on_team(session, audit, both.person_id)
    names = ("leader", "auditor", "decider", "manager", "member")
    people = {name: getattr(stage, name) for name in names} | {"both": both}
    files = {name: made.evidence(session, audit, who).id for name, who in people.items()}
    session.commit()
    reached: set[FindingState] = set()
    run_state_machine_as_test(
        type(
            "Bound", (Walk,),
            {"session": session, "stage": stage, "audit": audit, "people": people, "files": files,
             "reached": reached},
        ),
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    assert reached >= {S.ACCEPTED, S.IMPLEMENTED, S.VERIFIED, S.CLOSED}
