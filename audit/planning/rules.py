"""The life of an audit up to its fieldwork, and who may be on its team. Pure."""

from enum import StrEnum


class AuditKind(StrEnum):
    """The audits of a cycle (I-02, I-20)."""

    STAGE_1 = "stage_1"
    STAGE_2 = "stage_2"
    SURVEILLANCE = "surveillance"
    RECERTIFICATION = "recertification"
    SPECIAL = "special"


class AuditState(StrEnum):
    """Where an audit stands."""

    PLANNED = "planned"
    TEAM_PROPOSED = "team_proposed"
    TEAM_CONFIRMED = "team_confirmed"
    PLAN_ISSUED = "plan_issued"
    PLAN_ACCEPTED = "plan_accepted"
    IN_PROGRESS = "in_progress"
    FIELDWORK_DONE = "fieldwork_done"
    REPORT_DRAFT = "report_draft"
    REPORT_ISSUED = "report_issued"
    UNDER_DECISION = "under_decision"
    DECIDED = "decided"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class ProgrammeState(StrEnum):
    """Whether a cycle is running."""

    OPEN = "open"
    CLOSED = "closed"


class TeamRole(StrEnum):
    """What somebody does on the team."""

    LEADER = "leader"
    AUDITOR = "auditor"
    EXPERT = "expert"
    OBSERVER = "observer"


class InterestKind(StrEnum):
    """Why somebody is not impartial towards a client (I-05)."""

    RELATION = "relation"
    CONSULTANCY = "consultancy"
    EMPLOYMENT = "employment"


class ObjectionOutcome(StrEnum):
    """How an objection of the client to a member was settled (I-06)."""

    KEPT = "kept"
    REPLACED = "replaced"
