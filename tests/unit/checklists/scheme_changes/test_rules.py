"""Two versions compared: field by field, row by row."""

import copy

from checklists.scheme_changes.rules import Kind, compare
from checklists.scheme_parts.rules import Part
from checklists.schemes.operations import PACKS, SHIPPED_SCHEMES, read
from core.words import Text, Words

CONTENT = read(PACKS / SHIPPED_SCHEMES[0][-1])


def english(text):
    values = {name: one.en if isinstance(one, Words) else one for name, one in text.values.items()}
    return str(Text(text.message, values))


def flat(before, after):
    return [
        (part.part, ", ".join(english(one) for one in each.where), each.kind, each.old, each.new)
        for part in compare(before, after)
        for each in part.differences
    ]


def test_the_same_is_no_difference():
    """S-34: order of rows known by a code does not count."""
    other = copy.deepcopy(CONTENT)
    other["metrics"].reverse()
    assert compare(CONTENT, CONTENT) == compare(CONTENT, other) == []


def test_fields_rows_and_texts():
    """S-34: what changed, what came, what went, each with its place in words."""
    other = copy.deepcopy(CONTENT)
    other["levels"][1]["cut"] = 60
    other["dimensions"][0]["title"]["en"] = "Availability of services"
    other["metrics"][0]["anchors"][0] = 98
    gone = other["competence_areas"].pop()
    other["benchmarks"].append(
        {
            "code": "new",
            "title": {"zh": "新", "en": "New"},
            "value": 1.5,
            "unit": "hours",
            "better": "lower",
        }
    )
    other["deadlines"]["minor"]["response"] = 20
    other["audit_time"]["table"][0]["days"] = 2
    found = flat(CONTENT, other)
    assert (Part.LEVELS, "Level 2 Standard, From a score of", Kind.CHANGED, "55", "60") in found
    assert (
        Part.DIMENSIONS, "Dimension availability Availability of services, Title in English", Kind.CHANGED,
        "Availability", "Availability of services",
    ) in found  # fmt: skip
    anchors = [one for one in found if one[0] is Part.METRICS]
    assert [one[3:] for one in anchors] == [
        ("99, 99.5, 99.9, 99.95, 99.99", "98, 99.5, 99.9, 99.95, 99.99")
    ]
    assert [one[2] for one in found if one[0] is Part.COMPETENCE] == [Kind.GONE]
    assert [one[2] for one in found if one[0] is Part.BENCHMARKS] == [Kind.ADDED]
    assert [one[1] for one in found if one[0] is Part.DEADLINES] == [
        "Deadlines in days, Minor nonconformity, Respond"
    ]
    assert [one[1:] for one in found if one[0] is Part.TIME] == [
        ("Audit time, Table row 1, Days", Kind.CHANGED, "1.5", "2")
    ]
    assert len(found) == 7
    row = next(
        one
        for part in compare(other, CONTENT)
        for one in part.differences
        if one.kind is Kind.ADDED
    )
    assert ("Code", gone["code"]) in row.row


def test_an_unfinished_draft_is_compared_too():
    """S-34: missing groups and lists, and texts where figures belong."""
    assert flat(CONTENT, {})
    assert flat({}, CONTENT)
    odd = copy.deepcopy(CONTENT)
    odd["levels"][0]["cut"] = "much"
    odd["rating"].pop("anchor_scores")
    assert [one[3:] for one in flat(CONTENT, odd)] == [("40", "much"), ("40, 55, 70, 80, 90", "")]
