"""The tables of findings, under the name of the feature; they stand with the file of one finding."""

from audit.casefile.models import (
    ActionEvidence,
    CorrectiveAction,
    Dispute,
    Extension,
    Finding,
    FindingEvidence,
    Response,
    ResponseEvidence,
)

__all__ = [
    "ActionEvidence",
    "CorrectiveAction",
    "Dispute",
    "Extension",
    "Finding",
    "FindingEvidence",
    "Response",
    "ResponseEvidence",
]
