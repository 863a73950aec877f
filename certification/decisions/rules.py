"""Who may decide, and what must hold before a positive decision. Pure."""

from enum import StrEnum


class DecisionOutcome(StrEnum):
    """What was decided."""

    GRANT = "grant"
    REFUSE = "refuse"
    MAINTAIN = "maintain"
    RENEW = "renew"
    REDUCE = "reduce"
    SUSPEND = "suspend"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
