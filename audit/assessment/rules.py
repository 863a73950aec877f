"""The fieldwork: what makes an answer whole, and what opening and closing need. Pure."""

from enum import StrEnum


class Conformity(StrEnum):
    """What the auditor judges of a criterion."""

    CONFORMS = "conforms"
    PARTLY = "partly"
    NOT = "not"


class MeetingKind(StrEnum):
    """The meetings that open and close the fieldwork (I-07)."""

    OPENING = "opening"
    CLOSING = "closing"


class Party(StrEnum):
    """For whom somebody attends."""

    BODY = "body"
    CLIENT = "client"
    OTHER = "other"
