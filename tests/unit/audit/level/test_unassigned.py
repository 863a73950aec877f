"""Criteria that no dimension is assigned to: judged, but in no score."""

from dataclasses import replace

import pytest

from audit.level.rules import rate
from core.errors import Invalid


def test_a_criterion_without_a_dimension_counts_in_no_score(scheme, measures, answers):
    """S-02: an imported criterion may stand outside the dimensions of a scheme; the rating is what it was."""
    before = rate(scheme, measures, answers, 184)
    loose = replace(answers[0], criterion="LOOSE", dimension="", rating=0)
    assert rate(scheme, measures, (*answers, loose), 184) == before
    with pytest.raises(Invalid, match="answered twice"):
        rate(scheme, measures, (*answers, loose, loose), 184)
    with pytest.raises(Invalid, match="no dimension of this scheme"):
        rate(scheme, measures, (*answers, replace(loose, dimension="strange")), 184)
