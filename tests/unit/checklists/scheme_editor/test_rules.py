"""What is typed becomes content, and stays what it was where it is none."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.scheme_editor.rules import changed, digest_of, merged, sum_of
from checklists.scheme_fields.rules import figure, figures, shown
from checklists.scheme_parts.rules import Part, taken
from checklists.schemes.operations import PACKS, SHIPPED_SCHEMES, read

CONTENT = read(PACKS / SHIPPED_SCHEMES[0][-1])


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("7", 7), (" 0.25 ", 0.25), (".5", 0.5), ("-0.15", -0.15), ("９９．５", 99.5), ("", None), ("  ", None),
        ("much", "much"), ("1e5", "1e5"), ("NaN", "NaN"), ("1,5", "1,5"), ("0x10", "0x10"), ("９" * 30, "９" * 30),
    ],
)  # fmt: skip
def test_figures_as_people_type_them(typed, read_as):
    """S-05: full-width digits are figures; what is no figure stays as it was typed."""
    assert figure(typed) == read_as
    assert type(figure(typed)) is type(read_as)


@given(
    st.floats(-1e6, 1e6).map(lambda value: round(value, 9)) | st.integers(-(10**9) + 1, 10**9 - 1)
)
def test_a_figure_shown_is_read_again(value):
    """S-05: showing and reading a figure is no change."""
    assert figure(shown(value)) == value


def test_several_figures():
    """S-05: commas of both languages, the comma of a list, spaces."""
    assert figures("7, 1") == figures("7，1") == figures("7、 1") == [7, 1]
    assert figures(" ") == []
    assert figures("7; soon") == [7, "soon"]


@pytest.mark.parametrize("part", list(Part))
def test_a_part_put_back_is_no_change(part):
    """S-05: no event without a change."""
    values = copy.deepcopy(taken(CONTENT, part))
    assert changed(CONTENT, merged(CONTENT, part, values), part) == {}


def test_what_follows_is_filled_in():
    """S-02: numbers of levels and the quantile follow; words the form does not show are kept."""
    rows = [
        {"title": {"zh": "一", "en": "One"}, "cut": 40},
        {"title": {"zh": "", "en": ""}, "cut": None},
    ]
    made = merged(CONTENT, Part.LEVELS, {"levels": rows})["levels"]
    assert made == [
        {"number": 1, "title": {"zh": "一", "en": "One"}, "cut": 40},
        {"number": 2, "title": {}},
    ]
    rating = CONTENT["rating"] | {"confidence": 0.9}
    rating.pop("z")
    assert merged(CONTENT, Part.RATING, {"rating": rating})["rating"]["z"] == 1.282
    odd = CONTENT | {
        "status_words": CONTENT["status_words"] | {"paused": {"zh": "停", "en": "Paused"}}
    }
    words = {"active": {"zh": "有效", "en": "Valid"}}
    certificate = {"certificate": CONTENT["certificate"], "status_words": words}
    kept = merged(odd, Part.CERTIFICATE, certificate)["status_words"]
    assert (kept["active"]["en"], kept["paused"]["en"]) == ("Valid", "Paused")


def test_gaps_in_a_list_stay_but_not_at_its_end():
    """S-02: an anchor left empty in the middle is told where it is; one too many at the end goes."""
    rows = copy.deepcopy(CONTENT["metrics"])
    rows[0]["anchors"] = [99, None, 99.9, None, None]
    made = merged(CONTENT, Part.METRICS, {"metrics": rows})
    assert made["metrics"][0]["anchors"] == [99, None, 99.9]


def test_the_digest_is_of_the_part_alone():
    """S-05: another part saved meanwhile is no conflict."""
    other = copy.deepcopy(CONTENT)
    other["cycle"]["years"] = 4
    assert digest_of(CONTENT, Part.CYCLE) != digest_of(other, Part.CYCLE)
    assert digest_of(CONTENT, Part.LEVELS) == digest_of(other, Part.LEVELS)


def test_weights_are_added_as_far_as_they_are_figures():
    """S-03: the sum is shown while one types."""
    assert sum_of(CONTENT["dimensions"], "weight") == 1
    assert sum_of([{"weight": 0.1}, {"weight": "much"}, {}, {"weight": 0.2}], "weight") == 0.3
