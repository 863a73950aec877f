"""The life of a finding and of its corrective actions. Pure."""

from enum import StrEnum


class FindingGrade(StrEnum):
    """How grave a finding is (I-09)."""

    STRENGTH = "strength"
    OPPORTUNITY = "opportunity"
    MINOR = "minor"
    MAJOR = "major"


class FindingState(StrEnum):
    """Where a finding stands. Strengths and opportunities go from draft to closed when they are raised."""

    DRAFT = "draft"
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    RESPONSE_SUBMITTED = "response_submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified"
    CLOSED = "closed"
    VOID = "void"


class ResponseState(StrEnum):
    """Where one round of the client's response stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class ActionState(StrEnum):
    """Where a corrective action stands."""

    PLANNED = "planned"
    APPROVED = "approved"
    RETURNED = "returned"
    IN_PROGRESS = "in_progress"
    EVIDENCE_SUBMITTED = "evidence_submitted"
    VERIFIED = "verified"
    NOT_EFFECTIVE = "not_effective"


class DisputeOutcome(StrEnum):
    """How somebody outside the team settled a dispute."""

    UPHELD = "upheld"
    REGRADED = "regraded"
    VOID = "void"


class ExtensionState(StrEnum):
    """Where a request for more time stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class Deadline(StrEnum):
    """Which deadline of a finding is meant."""

    RESPONSE = "response"
    IMPLEMENTATION = "implementation"
