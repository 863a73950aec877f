"""Citations: the latest check decides."""

from datetime import UTC, datetime

from checklists.citations.rules import (
    STANDING_BADGES,
    Check,
    CheckOutcome,
    Cited,
    Pair,
    Standing,
)
from core.words import Words

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PAIR = Pair("GB/T 22239-2019", "8.1")
RIGHT = Check(CheckOutcome.CONFIRMED, "", NOW, Words("甲", "A"))
WRONG = Check(CheckOutcome.DOUBTFUL, "no such clause", NOW, Words("甲", "A"))


def test_how_a_citation_stands():
    """S-35: unverified until somebody has checked it; doubt outweighs what a pack says."""
    assert Cited(PAIR, declared=False).standing is Standing.OPEN
    assert Cited(PAIR, declared=True).standing is Standing.VERIFIED
    assert Cited(PAIR, declared=False, checks=(RIGHT, WRONG)).standing is Standing.VERIFIED
    assert Cited(PAIR, declared=True, checks=(WRONG, RIGHT)).standing is Standing.DOUBTFUL
    assert set(STANDING_BADGES) == set(Standing)


def test_names():
    """S-35: as one would cite it."""
    assert PAIR.label == "GB/T 22239-2019 8.1"
    assert Pair("GDPR", "").label == "GDPR"
