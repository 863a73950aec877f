"""The report: what it needs before it is issued and signed. Pure."""

from enum import StrEnum


class ReportState(StrEnum):
    """Where a report stands."""

    DRAFT = "draft"
    FOR_COMMENT = "for_comment"
    SIGNED = "signed"


class Recommendation(StrEnum):
    """What the auditors recommend; the decision is the certifier's."""

    CERTIFY = "certify"
    CERTIFY_AFTER_CORRECTION = "certify_after_correction"
    DO_NOT_CERTIFY = "do_not_certify"
    PROCEED = "proceed"
    DO_NOT_PROCEED = "do_not_proceed"
    MAINTAIN = "maintain"
    SUSPEND = "suspend"
    WITHDRAW = "withdraw"
