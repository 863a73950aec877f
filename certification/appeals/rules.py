"""The life of an appeal or complaint (I-18). Pure."""

from enum import StrEnum


class CaseKind(StrEnum):
    """An appeal is the client's against a decision; a complaint is anybody's."""

    APPEAL = "appeal"
    COMPLAINT = "complaint"


class CaseState(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    VALIDATED = "validated"
    REJECTED = "rejected"
    INVESTIGATING = "investigating"
    DECIDED = "decided"
    NOTIFIED = "notified"
    CLOSED = "closed"
