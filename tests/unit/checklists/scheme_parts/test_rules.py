"""Places in a scheme: the part, the field and the words of each."""

import copy

import pytest
import yaml

from checklists.scheme_parts.rules import (
    KEYS,
    LABELS,
    Part,
    differences,
    field_of,
    leaves,
    ordered,
    part_of,
    place,
)
from checklists.schemes.operations import PACKS, SHIPPED_SCHEMES, read
from checklists.schemes.rules import SchemeRules, read_scheme

CONTENT = read(PACKS / SHIPPED_SCHEMES[0][-1])


def told(pointer):
    return ", ".join(str(one) for one in place(pointer))


def test_every_field_of_a_scheme_belongs_to_a_part():
    """S-02: nothing of a scheme is out of the editor's reach but what the product keeps itself."""
    known = {key for keys in KEYS.values() for key in keys}
    assert set(SchemeRules.__dataclass_fields__) - known == {"code", "version"}
    assert {part_of(f"/{key}") for key in known} == set(Part)
    assert part_of("") is part_of("/code") is part_of("/nothing/of/this") is Part.FRAME


@pytest.mark.parametrize(
    ("pointer", "field", "words"),
    [
        ("/levels/2/title/zh", "levels-2-title-zh", "Level 3, Title in Chinese"),
        ("/levels/0/number", "levels-0-cut", "Level 1, Number"),
        ("/levels/1", "levels-1-cut", "Level 2"),
        ("/dimensions", "dimensions", "Dimensions"),
        ("/dimensions/4/weight", "dimensions-4-weight", "Dimension 5, Weight"),
        ("/metrics/3/anchors/1", "metrics-3-anchors-1", "Metric 4, Anchor 2"),
        ("/metrics/3/anchors", "metrics-3-anchors", "Metric 4, Anchor"),
        ("/metrics/0/explanation", "metrics-0-explanation-zh", "Metric 1, Explanation"),
        ("/rating/z", "rating-confidence", "One-sided quantile"),
        ("/rating/anchor_scores/0", "rating-anchor_scores-0", "Anchor is worth 1"),
        ("/deadlines/minor/response", "deadlines-minor-response", "Minor nonconformity, Respond"),
        ("/deadlines/major", "deadlines-major-acknowledge", "Major nonconformity"),
        ("/reminders_days/1", "reminders_days", "Reminders, days before a deadline 2"),
        ("/cycle", "cycle-years", "Cycle"),
        ("/audit_time/table/14", "audit_time-table-14-up_to", "Table row 15"),
        ("/audit_time/factors/0/share", "audit_time-factors-0-share", "Factor 1, Share of the days"),
        ("/competence_areas/1/dimensions/0", "competence_areas-1-dimensions", "Technical area 2, Needed for 1"),
        ("/certificate/number_pattern", "certificate-number_pattern", "Number pattern"),
        ("/status_words/active/en", "status_words-active-en", "Active, In English"),
        ("/benchmarks/2/metric", "benchmarks-2-metric", "Figure 3, Metric"),
        ("/standard/version", "standard_version_id", "Standard version, Standard version"),
        ("/title/en", "title-en", "Title in English"),
    ],
)  # fmt: skip
def test_a_place_has_a_field_and_words(pointer, field, words):
    """S-05: what is wrong is told where it is mended, in words."""
    assert field_of(pointer) == field
    assert told(pointer) == words


def test_every_leaf_is_named():
    """S-02: no place of the shipped scheme is told by its machine name."""
    for pointer in leaves(CONTENT):
        last = [step for step in pointer.split("/") if step and not step.isdecimal()][-1]
        assert last in LABELS or any(label.endswith(f"/{last}") for label in LABELS), pointer
        assert told(pointer)


def test_every_problem_of_an_empty_scheme_has_a_field_in_the_editor():
    """S-05: with nothing filled in, each problem still leads to a field that the editor has."""
    from flask import Flask

    from checklists.scheme_editor import forms
    from checklists.scheme_fields.forms import named

    blank = copy.deepcopy(CONTENT)
    emptied = [_emptied(blank), {}, {key: {} for key in blank}, {key: [] for key in blank}]
    emptied += [{**blank, key: [{}]} for key in blank] + [{**blank, key: {}} for key in blank]
    app = Flask("fields")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    tried = 0
    with app.test_request_context():
        for content in emptied:
            for problem in read_scheme(content)[1]:
                part = part_of(problem.pointer)
                full = forms.FORMS[part](
                    data={key: CONTENT[key] for key in KEYS[part] if key in CONTENT}
                )
                if problem.text.message == "Nothing of this name is known here.":
                    continue
                field = named(full, field_of(problem.pointer))
                assert field is not None, problem.pointer
                assert not hasattr(field, "form_class"), problem.pointer
                tried += 1
    assert tried > 300


def _emptied(value):
    if isinstance(value, dict):
        return {key: _emptied(inner) for key, inner in value.items()}
    return [_emptied(one) for one in value] if isinstance(value, list) else None


def test_the_order_of_writing_survives_a_database_that_keeps_none():
    """I-27: PostgreSQL keeps no order of names; what goes out is in the order of a person."""
    shuffled = {key: CONTENT[key] for key in sorted(CONTENT)}
    written = yaml.safe_dump(ordered(shuffled), allow_unicode=True, sort_keys=False)
    assert yaml.safe_load(written) == CONTENT
    assert list(ordered(shuffled))[:5] == ["format", "code", "title", "version", "standard"]
    assert list(ordered(shuffled)["levels"][0]) == ["number", "title", "cut"]
    assert ordered(ordered(shuffled)) == ordered(shuffled)


def test_differences_name_each_leaf():
    """S-05: before and after by pointer; missing and null are alike."""
    other = copy.deepcopy(CONTENT)
    other["levels"][0]["cut"] = 41
    del other["levels"][4]
    other["audit_time"]["table"][15].pop("up_to")
    found = differences(CONTENT, other)
    assert found["/levels/0/cut"] == (40, 41)
    assert found["/levels/4/title/en"] == ("Outstanding-leading", None)
    assert set(found) == {
        "/levels/0/cut", "/levels/4/number", "/levels/4/title/zh", "/levels/4/title/en", "/levels/4/cut",
    }  # fmt: skip
