"""Standards and schemes for tests."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from checklists.schemes import operations as schemes
from checklists.schemes.models import SchemeVersion
from checklists.standards import operations as standards
from checklists.standards.models import StandardVersion

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def published_scheme(session: Session) -> SchemeVersion:
    """Load the scheme that ships with its standard, without the other standards; give the scheme's version."""
    return schemes.load_packs(session, now=LONG_AGO, standards_too=1)


def small_standard(session: Session, n: int = 10, *, code: str = "SMALL") -> StandardVersion:
    """Publish a standard of ``n`` criteria over all dimensions and areas."""
    return standards.import_pack(session, None, standard_data(n, code=code), now=LONG_AGO)


def standard_data(n: int, *, code: str = "SMALL") -> dict[str, Any]:
    """Give the pack of a standard with ``n`` criteria in sections of at most fifty."""
    criteria = [_criterion(number) for number in range(1, n + 1)]
    sections = [
        {
            "code": f"S{start // 50 + 1}",
            "title": _both(f"Part {start // 50 + 1}"),
            "criteria": criteria[start : start + 50],
        }
        for start in range(0, n, 50)
    ]
    return {
        "format": "assay-standard/1",
        "code": code,
        "version": "1.0",
        "title": _both("A small standard"),
        "summary": _both("For tests"),
        "sections": sections,
    }


def _criterion(number: int) -> dict[str, Any]:
    dimensions = ("availability", "response", "capacity", "satisfaction", "improvement")
    areas = ("indicators", "process", "people", "environment")
    stages = ("design", "implementation", "delivery", "improvement")
    return {
        "code": f"S{(number - 1) // 50 + 1}.{number}",
        "dimension": dimensions[number % 5],
        "area": areas[number % 4],
        "stage": stages[number % 4],
        "level_from": 1 + number % 3,
        "weight": 1 + number % 3,
        "critical": number % 7 == 0,
        "methods": ["document_review"],
        "title": _both(f"Criterion {number}"),
        "requirement": _both(f"The provider does thing {number}."),
        "guidance": _both("Look at the record."),
        "evidence": _both("The record."),
        "sources": ["S-03"],
    }


def _both(text: str) -> dict[str, str]:
    return {"zh": f"{text}（中）", "en": text}
