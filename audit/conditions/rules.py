"""What must hold before an audit goes on: the facts, and one guard for each condition. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.lifecycle import Reason
from core.words import NT_, T_, Text, Words


class AuditKind(StrEnum):
    """The audits of a cycle (I-02, I-20)."""

    STAGE_1 = "stage_1"
    STAGE_2 = "stage_2"
    SURVEILLANCE = "surveillance"
    RECERTIFICATION = "recertification"
    SPECIAL = "special"


RATED = frozenset({AuditKind.STAGE_2, AuditKind.SURVEILLANCE, AuditKind.RECERTIFICATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFacts:
    """Everything the guards of an audit look at.

    ``planning.queries.planning_facts`` fills the fields up to ``stage1_concerns``; the assessment
    those from ``checklist_size`` to ``closing_held``; then findings, rating and conclusion theirs,
    and certification ``decision_taken``. ``members_in_conflict`` pairs a name with the reason.
    ``unanswered_critical`` counts, ``critical_codes`` names a few. ``stage1_concerns`` of a stage 2
    is about its stage 1 (planning); of a stage 1 what its own report says (conclusion).
    An empty name stands for somebody whom the reader is not told of.
    ``reason_given`` is true for a page, which asks for it; ``planning.operations.move`` looks.
    """

    kind: AuditKind
    audit_id: int = 0
    leader_is_actor: bool = False
    on_team: bool = False
    members: int = 0
    leaders: int = 0
    members_without_competence: tuple[str, ...] = ()
    members_in_conflict: tuple[tuple[str, Text], ...] = ()
    areas_uncovered: tuple[Words, ...] = ()
    undeclared: tuple[str, ...] = ()
    objections_open: int = 0
    objections_settled: int = 0
    dates_set: bool = False
    objectives_set: bool = False
    agenda_items: int = 0
    plan_version: int = 0
    stage1_closed: bool = False
    stage1_concerns: bool = False
    checklist_size: int = 0
    criteria_total: int = 0
    unanswered: int = 0
    unanswered_critical: int = 0
    critical_codes: tuple[str, ...] = ()
    exclusions_without_reason: int = 0
    opening_held: bool = False
    closing_held: bool = False
    findings_total: int = 0
    finding_drafts: int = 0
    findings_disputed: int = 0
    unverified_majors: int = 0
    minors_without_plan: int = 0
    rating_level: int | None = None
    rating_current: bool = False
    report_exists: bool = False
    report_state: str | None = None
    report_whole: bool = False
    comments_closed: bool = False
    comments_unanswered: int = 0
    report_signed: bool = False
    decision_taken: bool = False
    reason_given: bool = True


Guard = Callable[[AuditFacts], Reason]
Proof = Callable[[AuditFacts], tuple[str, dict[str, object]]]


def whether(
    code: str, fact: Callable[[AuditFacts], bool], yes: Text, no: Text, proof: Proof | None = None
) -> Guard:
    """Make the guard that a fact is true."""

    def guard(facts: AuditFacts) -> Reason:
        met = fact(facts)
        return Reason(code, met, yes if met else no, proof=proof(facts) if proof else None)

    return guard


def none_left(
    code: str,
    count: Callable[[AuditFacts], int],
    none: Text,
    some: Text,
    proof: Proof | None = None,
) -> Guard:
    """Make the guard that a count is zero; ``some`` is an ``NT_`` with any count."""

    def guard(facts: AuditFacts) -> Reason:
        n = count(facts)
        text = replace(some, values={"n": n}, count=n) if n else none
        return Reason(code, not n, text, proof=proof(facts) if proof else None)

    return guard


def nobody_is(
    code: str,
    cases: Callable[[AuditFacts], Sequence[Text | Words | str]],
    none: Text,
    some: Text,
) -> Guard:
    """Make the guard that a list about the team is empty; it names who stands on it."""

    def guard(facts: AuditFacts) -> Reason:
        names = cases(facts)
        text = replace(some, values={"n": len(names)}, count=len(names)) if names else none
        return Reason(code, not names, text, listed(names), team_page(facts))

    return guard


def team_page(facts: AuditFacts) -> tuple[str, dict[str, object]]:
    """Give the page of the team."""
    return "team.show", {"audit_id": facts.audit_id}


def plan_page(facts: AuditFacts) -> tuple[str, dict[str, object]]:
    """Give the page of the plan."""
    return "planning.plan", {"audit_id": facts.audit_id}


def listed(parts: Sequence[Text | Words | str]) -> Text | None:
    """Join texts, each spoken in the reader's language; empty ones stay unsaid."""
    told: Text | None = None
    for part in parts:
        if not part:
            continue
        if told is None:
            told = T_("%(one)s", one=part)
            continue
        told = T_("%(first)s; %(next)s", first=told, next=part)
    return told


# -- the team (I-05, I-06) ---------------------------------------------------------------------

leader_acts = whether(
    "leader_acts",
    lambda facts: facts.leader_is_actor,
    T_("You lead this audit"),
    T_("Only the team leader can take this step"),
)
one_leader = whether(
    "one_leader",
    lambda facts: facts.leaders == 1,
    T_("The team has a leader"),
    T_("The team has no leader"),
    team_page,
)
all_competent = nobody_is(
    "competent",
    lambda facts: facts.members_without_competence,
    T_("Every member is competent for this scheme"),
    NT_(
        "%(n)s member is not competent for this scheme",
        "%(n)s members are not competent for this scheme",
        0,
    ),
)
areas_covered = nobody_is(
    "covered",
    lambda facts: facts.areas_uncovered,
    T_("The team covers every technical area"),
    NT_(
        "%(n)s technical area is not covered by the team",
        "%(n)s technical areas are not covered by the team",
        0,
    ),
)
nobody_in_conflict = nobody_is(
    "impartial",
    lambda facts: [
        T_("%(name)s: %(why)s", name=name, why=why) if name else ""
        for name, why in facts.members_in_conflict
    ],
    T_("No member has a conflict of interest"),
    NT_(
        "%(n)s member has a conflict of interest",
        "%(n)s members have a conflict of interest",
        0,
    ),
)
everyone_declared = nobody_is(
    "declared",
    lambda facts: facts.undeclared,
    T_("Every member declared their interests within a year"),
    NT_(
        "%(n)s member has not declared their interests within a year",
        "%(n)s members have not declared their interests within a year",
        0,
    ),
)
no_objection = none_left(
    "no_objection",
    lambda facts: facts.objections_open,
    T_("No objection to the team is open"),
    NT_("%(n)s objection to the team is open", "%(n)s objections to the team are open", 0),
    team_page,
)
objection_settled = whether(
    "objection_settled",
    lambda facts: facts.objections_settled > 0,
    T_("The client's objection was settled"),
    T_("The client has not objected: the team waits for its agreement"),
    team_page,
)

# -- the plan (S-21, I-06) ---------------------------------------------------------------------

dates_set = whether(
    "dates",
    lambda facts: facts.dates_set,
    T_("The dates are set"),
    T_("The dates are not set"),
    plan_page,
)
objectives_set = whether(
    "objectives",
    lambda facts: facts.objectives_set,
    T_("The objectives are written"),
    T_("The objectives are not written"),
    plan_page,
)
agenda_made = whether(
    "agenda",
    lambda facts: facts.agenda_items > 0,
    T_("The agenda is made"),
    T_("The agenda is empty"),
    plan_page,
)
checklist_chosen = whether(
    "checklist",
    lambda facts: facts.checklist_size > 0,
    T_("The checklist is chosen"),
    T_("The checklist is not chosen"),
)

# -- the fieldwork (I-07) ----------------------------------------------------------------------

opening_held = whether(
    "opening",
    lambda facts: facts.opening_held,
    T_("The opening meeting was held"),
    T_("The opening meeting is not recorded"),
)
closing_held = whether(
    "closing",
    lambda facts: facts.closing_held,
    T_("The closing meeting was held"),
    T_("The closing meeting is not recorded"),
)
exclusions_explained = none_left(
    "exclusions",
    lambda facts: facts.exclusions_without_reason,
    T_("Every exclusion has a reason"),
    NT_("%(n)s exclusion has no reason", "%(n)s exclusions have no reason", 0),
)
no_draft = none_left(
    "drafts",
    lambda facts: facts.finding_drafts,
    T_("Every finding is raised"),
    NT_("%(n)s finding is still a draft", "%(n)s findings are still drafts", 0),
)


def stage_1_is_behind(facts: AuditFacts) -> Reason:
    """Require of a stage 2 that stage 1 is closed without open concerns."""
    if facts.kind is not AuditKind.STAGE_2:
        return Reason("stage_1", met=True, text=T_("This audit does not wait for a stage 1"))
    if not facts.stage1_closed:
        return Reason("stage_1", met=False, text=T_("Stage 1 is not closed"))
    if facts.stage1_concerns:
        return Reason("stage_1", met=False, text=T_("Stage 1 left concerns that are still open"))
    return Reason("stage_1", met=True, text=T_("Stage 1 is closed without open concerns"))


def all_answered(facts: AuditFacts) -> Reason:
    """Require that every criterion is answered or excluded."""
    if not facts.criteria_total:
        return Reason("answered", met=False, text=T_("The checklist is not chosen"))
    if not facts.unanswered:
        return Reason("answered", met=True, text=T_("Every criterion is answered"))
    text = NT_(
        "%(n)s of %(total)s criteria has no answer",
        "%(n)s of %(total)s criteria have no answer",
        facts.unanswered,
        total=facts.criteria_total,
    )
    return Reason("answered", met=False, text=text, detail=_critical(facts))


def _critical(facts: AuditFacts) -> Text | None:
    if not facts.unanswered_critical:
        return None
    return NT_(
        "%(n)s of them is critical: %(codes)s",
        "%(n)s of them are critical: %(codes)s",
        facts.unanswered_critical,
        codes=", ".join(facts.critical_codes),
    )


# -- report and decision (I-12, I-13) ----------------------------------------------------------

report_whole = whether(
    "report_whole",
    lambda facts: facts.report_whole,
    T_("The report is whole"),
    T_("Parts of the report are not written"),
)
comments_closed = whether(
    "comments",
    lambda facts: facts.comments_closed,
    T_("The client's comments are gathered"),
    T_("The round of the client's comments is not closed"),
)
comments_answered = none_left(
    "replies",
    lambda facts: facts.comments_unanswered,
    T_("Every comment has a reply"),
    NT_("%(n)s comment has no reply", "%(n)s comments have no reply", 0),
)
report_signed = whether(
    "signed",
    lambda facts: facts.report_signed,
    T_("The team leader signed the report"),
    T_("The report is not signed"),
)
is_stage_1 = whether(
    "is_stage_1",
    lambda facts: facts.kind is AuditKind.STAGE_1,
    T_("A stage 1 needs no decision"),
    T_("This audit needs a decision"),
)
is_decided_upon = whether(
    "is_decided_upon",
    lambda facts: facts.kind is not AuditKind.STAGE_1,
    T_("This audit needs a decision"),
    T_("A stage 1 needs no decision"),
)
no_concern = whether(
    "concerns",
    lambda facts: not facts.stage1_concerns,
    T_("The report leaves no concern open"),
    T_("The report leaves concerns open"),
)
rated = whether(
    "rated",
    lambda facts: facts.rating_current or facts.kind not in RATED,
    T_("The rating stands on the present answers and measures"),
    T_("The rating is not computed from the present answers and measures"),
)
no_dispute = none_left(
    "disputes",
    lambda facts: facts.findings_disputed,
    T_("No finding is disputed"),
    NT_("%(n)s finding is disputed", "%(n)s findings are disputed", 0),
)
decision_taken = whether(
    "decision",
    lambda facts: facts.decision_taken,
    T_("The decision is taken"),
    T_("The decision is not taken"),
)
reason_given = whether(
    "reason",
    lambda facts: facts.reason_given,
    T_("The reason is kept with this step"),
    T_("Say why"),
)
