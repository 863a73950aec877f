"""The shipped scheme and the inputs of its worked example."""

from pathlib import Path

import pytest
import yaml

from audit.level.rules import AnswerInput, MeasureInput
from checklists.schemes.rules import SchemeRules, parse_scheme

PACKS = Path(__file__).parents[3] / "checklists" / "packs"


@pytest.fixture(scope="session")
def scheme() -> SchemeRules:
    """Give the scheme version that the product ships with."""
    text = (PACKS / "it-service-scheme-2025.yaml").read_text(encoding="utf-8")
    return parse_scheme(yaml.safe_load(text))


@pytest.fixture(scope="session")
def measures() -> tuple[MeasureInput, ...]:
    """Give the measures of the worked example."""
    return (
        MeasureInput("availability", 99.93, census=True, source="monitoring"),
        MeasureInput("mean_recovery", 3, census=True, source="26 outages"),
        MeasureInput("answered_in_time", successes=194, total=200, population="41,207 tickets"),
        MeasureInput("resolved_in_time", successes=186, total=200, population="41,207 tickets"),
        MeasureInput("error_rate", successes=4, total=200, population="41,207 tickets"),
        MeasureInput("net_promoter", promoters=78, passives=54, detractors=18),
        MeasureInput("satisfied", successes=132, total=150, population="412 customers"),
        MeasureInput("improvement_on_time", successes=17, total=18, census=True),
        MeasureInput("mean_rectification", 38, census=True),
    )


@pytest.fixture(scope="session")
def answers() -> tuple[AnswerInput, ...]:
    """Give criteria that bring each dimension to the C of the worked example."""
    wanted = {
        "availability": 80,
        "response": 85,
        "capacity": 75,
        "satisfaction": 80,
        "improvement": 78,
    }
    return tuple(
        answer
        for dimension, share in wanted.items()
        for answer in (
            AnswerInput(f"{dimension}-1", dimension, share / 2, 4, evidence_verified=True),
            AnswerInput(f"{dimension}-2", dimension, share / 2, 4, evidence_verified=True),
            AnswerInput(f"{dimension}-3", dimension, 100 - share, 0, evidence_verified=True),
            AnswerInput(
                f"{dimension}-4", dimension, 50, excluded=True, exclusion_reason="no such service"
            ),
        )
    )
