"""The life of a certificate; its number. Pure."""

from enum import StrEnum


class CertificateState(StrEnum):
    """Where a certificate stands, in both vocabularies (I-21). Withdrawn, cancelled, superseded are final."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
