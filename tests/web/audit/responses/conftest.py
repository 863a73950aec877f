"""The world these pages stand in."""

from tests.web.audit.desk import stage

__all__ = ["stage"]
