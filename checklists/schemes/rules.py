"""Schemes: their states and the rules of one version as a frozen tree. Pure.

Every figure here is data of a scheme version (S-02); nothing in the product repeats one as a constant.
"""

from enum import StrEnum


class SchemeState(StrEnum):
    """Where a version of a scheme stands; a published one never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
