"""The life of an application. Pure."""

from enum import StrEnum


class ApplicationState(StrEnum):
    """Where an application stands (I-01)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFORMATION_REQUESTED = "information_requested"
    ACCEPTED = "accepted"
    CONTRACTED = "contracted"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
