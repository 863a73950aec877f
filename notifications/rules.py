"""Which events are told to whom. Pure."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
