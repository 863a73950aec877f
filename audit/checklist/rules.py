"""Which criteria an audit looks at and why: everything once in a cycle, what needs it first. Pure."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from math import ceil
from typing import Any, NamedTuple

from audit.planning.rules import BEFORE_FIELDWORK_DONE, PLAN_OPEN, AuditKind, AuditState
from checklists.standards.rules import Area, Stage
from core.errors import Invalid
from core.lifecycle import Reason, met, unmet
from core.words import N_, T_, Saying, Text

NEVER = datetime.min.replace(tzinfo=UTC)


class Why(StrEnum):
    """Why a criterion is on the checklist of an audit; the first in this order is told first."""

    FINDING = "finding"
    CONCERN = "concern"
    UNSEEN = "unseen"
    CRITICAL = "critical"
    LAST = "last"
    TURN = "turn"
    DESIGN = "design"
    LEVEL = "level"
    BESIDE = "beside"
    HAND = "hand"


class ConcernKind(StrEnum):
    """What makes an audit look at something first (I-20)."""

    COMPLAINT = "complaint"
    INCIDENT = "incident"
    CHANGE = "change"


WHY_NAMES = {
    Why.FINDING: N_("Earlier finding"),
    Why.CONCERN: N_("Complaint, incident or change"),
    Why.UNSEEN: N_("Critical and not seen in this cycle"),
    Why.CRITICAL: N_("Critical, so in every audit"),
    Why.LAST: N_("Last chance in this cycle"),
    Why.TURN: N_("Its turn in this cycle"),
    Why.DESIGN: N_("Design, looked at in stage 1"),
    Why.LEVEL: N_("Applies at the level sought"),
    Why.BESIDE: N_("Standard looked at beside"),
    Why.HAND: N_("Added by hand"),
}
CONCERN_NAMES = {
    ConcernKind.COMPLAINT: N_("Complaint"),
    ConcernKind.INCIDENT: N_("Incident"),
    ConcernKind.CHANGE: N_("Change"),
}
SAYINGS = {
    "audit:checklist_chosen": Saying(N_("%(actor)s chose the checklist of %(label)s"), key=True),
    "audit:criterion_added": Saying(N_("%(actor)s put %(label)s on the checklist")),
    "audit:sections_shared": Saying(
        N_("%(actor)s shared the sections of %(label)s among the team")
    ),
    "concern:raised": Saying(N_("%(actor)s asked the next audit to look at: %(label)s")),
}


class Candidate(NamedTuple):
    """A criterion that could be on the checklist, with what earlier audits did with it.

    ``seen_at``: when an audit of the engagement last answered it. ``seen_in_cycle``: a surveillance or special audit
    of this cycle did, or has it on its list. ``finding``: number of an earlier finding whose effect is not judged yet.
    A tuple, because a checklist is chosen from thousands of them.
    """

    criterion_id: int
    position: int
    dimension: str
    area: str
    stage: str
    critical: bool
    seen_at: datetime | None = None
    seen_in_cycle: bool = False
    finding: str | None = None
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Focus:
    """What a complaint, an incident or a change points at; an empty field points at everything."""

    label: str
    dimension: str = ""
    area: str = ""

    def touches(self, one: Candidate) -> bool:
        """Say whether a criterion lies in the part it points at."""
        return self.dimension in {"", one.dimension} and self.area in {"", one.area}


class Chosen(NamedTuple):
    """A criterion on the checklist with its reasons: pairs of ``Why`` and what it is about."""

    criterion_id: int
    position: int
    reasons: tuple[tuple[Why, str], ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """What the choice of a surveillance audit depends on beside the criteria themselves.

    ``audits_left``: surveillance audits of the cycle that have no checklist yet, this one among them. ``seed`` decides
    the order among criteria that were last seen on the same day; it is kept, so that anybody can draw again.
    """

    audits_left: int
    seed: int


def choose(
    kind: AuditKind, candidates: Sequence[Candidate], concerns: Sequence[Focus], draw: Draw
) -> list[Chosen]:
    """Choose the criteria of an audit, each with every reason for it, in the order of the standard.

    ``candidates`` apply at the level sought. Stage 1 looks at design and at what is critical; stage 2 and
    recertification at everything; a special audit at what its occasion touches, at everything where nothing is named;
    surveillance at earlier findings, concerns, what is critical, and an equal part of what this cycle has not seen: the
    last surveillance of a cycle takes all that is left, so that nothing stays unseen (I-02, S-11).
    """
    if kind is AuditKind.SURVEILLANCE:
        turn = _turn(candidates, concerns, draw)
        last = draw.audits_left <= 1
        extra = dict.fromkeys(turn, Why.LAST if last else Why.TURN)
    elif kind is AuditKind.SPECIAL and concerns:
        extra = {}
    elif kind is AuditKind.STAGE_1:
        extra = {one.criterion_id: Why.DESIGN for one in candidates if one.stage is Stage.DESIGN}
    else:
        extra = {one.criterion_id: Why.LEVEL for one in candidates}
    chosen = [
        Chosen(one.criterion_id, one.position, _reasons(one, kind, concerns, extra))
        for one in candidates
    ]
    return [one for one in chosen if one.reasons]


def _reasons(
    one: Candidate, kind: AuditKind, concerns: Sequence[Focus], extra: Mapping[int, Why]
) -> tuple[tuple[Why, str], ...]:
    if one.beside:
        return ((Why.BESIDE, ""),)
    found: list[tuple[Why, str]] = []
    if one.finding:
        found.append((Why.FINDING, one.finding))
    found += [(Why.CONCERN, focus.label) for focus in concerns if focus.touches(one)]
    if one.critical:
        unseen = kind is AuditKind.SURVEILLANCE and not one.seen_in_cycle
        found.append((Why.UNSEEN if unseen else Why.CRITICAL, ""))
    if one.criterion_id in extra:
        found.append((extra[one.criterion_id], ""))
    return tuple(found)


def _turn(candidates: Sequence[Candidate], concerns: Sequence[Focus], draw: Draw) -> list[int]:
    """Draw an equal part of what the cycle has not seen: what was seen longest ago first, then by the seed."""
    waiting = [
        one
        for one in candidates
        if not (one.seen_in_cycle or one.critical or one.finding or one.beside)
        and not any(focus.touches(one) for focus in concerns)
    ]
    order = random.Random(draw.seed)  # noqa: S311 -- kept and repeatable, not a secret
    shuffled = order.sample(waiting, len(waiting))
    shuffled.sort(key=lambda one: one.seen_at or NEVER)
    size = ceil(len(shuffled) / max(1, draw.audits_left))
    return [one.criterion_id for one in shuffled[:size]]


def told(reasons: Iterable[Sequence[str]]) -> list[Text]:
    """Give stored reasons as texts; one of a later version of the product stays unsaid."""
    known = [(Why(code), label) for code, label in reasons if code in set(Why)]
    return [
        T_(N_("%(why)s: %(label)s"), why=T_(WHY_NAMES[why]), label=label)
        if label
        else T_(WHY_NAMES[why])
        for why, label in known
    ]


def may_choose(state: AuditState, *, worked_on: bool, entitled: bool) -> tuple[Reason, ...]:
    """Say whether the checklist can be chosen now, and by this person."""
    open_ = state in PLAN_OPEN
    return (
        met("before_plan", T_("The plan is not issued yet"))
        if open_
        else unmet("before_plan", T_("The checklist is chosen before the plan is issued")),
        unmet("untouched", T_("Answers were given from this checklist already; it stands"))
        if worked_on
        else met("untouched", T_("No answer was given from it yet")),
        met("entitled", T_("You plan or lead this audit"))
        if entitled
        else unmet("entitled", T_("A planner or the team leader chooses it")),
    )


def may_share(state: AuditState, *, leads: bool, chosen: bool) -> tuple[Reason, ...]:
    """Say whether the sections can be shared among the team now, and by this person."""
    return (
        met("running", T_("The fieldwork is not over"))
        if state in BEFORE_FIELDWORK_DONE
        else unmet("running", T_("Sections are shared before the fieldwork is over")),
        met("chosen", T_("The checklist is chosen"))
        if chosen
        else unmet("chosen", T_("Choose the checklist first")),
        met("leader", T_("You lead the team"))
        if leads
        else unmet("leader", T_("The team leader shares the sections")),
    )


def check_places(given: Collection[int], offered: Collection[int], field: str) -> None:
    """Refuse sites or services outside the scope, and an audit that visits none where there are some."""
    if not set(given) <= set(offered):
        raise Invalid(T_("Choose among those in the scope of this audit."), field)
    if offered and not given:
        raise Invalid(T_("Choose at least one."), field)


def evenly(sections: Sequence[tuple[int, int]], people: Sequence[int]) -> dict[int, int]:
    """Share sections (key, criteria) among people so that each has about as many criteria: largest first."""
    load: dict[int, int] = dict.fromkeys(people, 0)
    shares: dict[int, int] = {}
    for key, criteria in sorted(sections, key=lambda one: (-one[1], one[0])):
        if not load:
            break
        least = min(load, key=lambda person: (load[person], people.index(person)))
        shares[key] = least
        load[least] += criteria
    return shares


def places_of(area: Area) -> str:
    """Say where a criterion of an area is looked at: at each site, or for each service."""
    return "sites" if area in {Area.ENVIRONMENT, Area.PEOPLE} else "services"


def counted(reasons: Iterable[Iterable[Sequence[Any]]]) -> dict[Why, int]:
    """Count how many criteria have each reason, in the order of ``Why``."""
    totals = dict.fromkeys(Why, 0)
    for one in reasons:
        for code in {str(pair[0]) for pair in one} & set(Why):
            totals[Why(code)] += 1
    return {why: n for why, n in totals.items() if n}
