"""OSCAL catalogs become checklists (I-26)."""

import pytest

from checklists.incoming.rules import Choices, Unreadable, conclude
from checklists.oscal.rules import read_catalog
from checklists.standards.rules import Area, Method, Stage
from tests.factories.catalogs import catalog, control, group


def found(data, **choices):
    given = Choices(**choices)
    return conclude(read_catalog(data, given, "some-catalog.oscal.json"), given)


def told(notes):
    return [(str(note.where), str(note.text)) for note in notes]


def only(data, **choices):
    result = found(data, **choices)
    assert told(result.problems) == []
    (one,) = result.pack.criteria
    return one


def test_nested_groups_become_sections_in_reading_order():
    """I-26: a section carries the titles around it; groups without controls make none."""
    inner = group("a.1", control("a.1.1"), title="Inner  part")
    outer = {"id": "a", "title": "Outer", "groups": [inner]}
    result = found(catalog(outer, group("b", control("b.1"))))
    assert [(one.code, one.title.en) for one in result.pack.sections] == [
        ("a.1", "Outer › Inner part"),
        ("b", "Group b"),
    ]
    assert (result.pack.code, result.pack.version) == ("some-catalog", "1.0")
    assert result.pack.title.en == "A catalog"
    assert result.pack.title.zh == ""


def test_controls_outside_any_group_have_a_section():
    """I-26: nothing is lost where a catalog has no groups."""
    data = catalog(controls=[control("x-1")])
    del data["catalog"]["groups"]
    assert [section.code for section in found(data).pack.sections] == ["top"]


def test_enhancements_follow_their_control():
    """I-26: nested controls are criteria of their own and name what they enhance."""
    labelled = [
        {"name": "label", "value": "AC-2(1)"},
        {"name": "label", "value": "AC-02(01)", "class": "padded"},
    ]
    child = control("ac-2.1", title="Automated", props=labelled)
    parent = control("ac-2", title="Accounts", controls=[child])
    codes = [(one.code, one.title.en) for one in found(catalog(group("ac", parent))).pack.criteria]
    assert codes == [("ac-2", "Accounts"), ("AC-2(1)", "Accounts | Automated")]


def test_labels_that_do_not_tell_apart_give_way_to_ids():
    """I-26: a code is unique, whatever the labels are."""
    same = [{"name": "label", "value": "1"}]
    data = catalog(group("g", control("c-1", props=same), control("c-2", props=same)))
    assert [one.code for one in found(data).pack.criteria] == ["c-1", "c-2"]


def test_statements_keep_labels_and_nesting():
    """I-26: items stand below their statement as the catalog nests them."""
    items = [
        {
            "name": "item",
            "props": [{"name": "label", "value": "a."}],
            "prose": "Specify:",
            "parts": [
                {"name": "item", "props": [{"name": "label", "value": "1."}], "prose": "users."}
            ],
        }
    ]
    parts = [{"name": "statement", "prose": "The provider:", "parts": items}]
    one = only(catalog(group("g", control("c-1", parts=parts))))
    assert one.requirement.en == "The provider:\na. Specify:\n  1. users."


def test_parts_find_their_field():
    """I-26: guidance and whatever is unknown guide; objectives, methods and examples are evidence."""
    parts = [
        {"name": "statement", "prose": "Do it."},
        {"name": "overview", "prose": "Why."},
        {"name": "guidance", "prose": "How."},
        {
            "name": "assessment-objective",
            "parts": [{"name": "assessment-objective", "prose": "done?"}],
        },
        {
            "name": "assessment-method",
            "props": [{"name": "method", "value": "EXAMINE"}],
            "parts": [{"name": "assessment-objects", "prose": "Policy\n\nrecords"}],
        },
        {"name": "assessment-method", "props": [{"name": "method", "value": "TEST"}]},
    ]
    one = only(catalog(group("g", control("c-1", parts=parts))))
    assert one.guidance.en == "Overview: Why.\n\nHow."
    assert one.evidence.en == "To determine:\ndone?\n\nExamine:\n- Policy\n- records"
    assert one.methods == (Method.DOCUMENT_REVIEW, Method.SYSTEM_TEST)


def test_parameters_are_put_in():
    """I-26: values before selections before labels; nested; old and new spelling; other names of a parameter."""
    params = [
        {"id": "p-value", "values": ["a year", "a month"]},
        {"id": "p-label", "label": "people", "props": [{"name": "alt-identifier", "value": "old"}]},
        {
            "id": "p-select",
            "select": {
                "how-many": "one-or-more",
                "choice": ["lock for {{ insert: param, p-value }} ", "end"],
            },
        },
    ]
    prose = "{{ insert: param, p-value }}|{{ p-label }}|{{insert:param,p-select}}|{{ insert: param, old }}"
    parts = [{"name": "statement", "prose": prose}]
    one = only(catalog(group("g", control("c-1", params=params, parts=parts))))
    assert one.requirement.en == (
        "a year; a month|[Assignment: people]|[Selection (one or more): lock for a year; a month; end]"
        "|[Assignment: people]"
    )


def test_a_circle_of_parameters_is_told():
    """I-26: parameters that refer to each other are a problem with a pointer, not an endless text."""
    params = [
        {"id": "p", "label": "{{ insert: param, q }}"},
        {"id": "q", "label": "{{ insert: param, p }}"},
    ]
    parts = [{"name": "statement", "prose": "{{ insert: param, p }}"}]
    result = found(catalog(group("g", control("c-1", params=params, parts=parts))))
    assert result.pack is None
    assert told(result.problems) == [
        (
            "/catalog/groups/0/controls/0/params/0",
            "These parameters refer to each other in a circle: p → q → p.",
        )
    ]


def test_parameters_that_would_explode_are_refused():
    """quality 6: forty doublings end early."""
    params = [
        {"id": f"p{n}", "label": f"{{{{ insert: param, p{n + 1} }}}}" * 8} for n in range(40)
    ] + [{"id": "p40", "label": "long " * 1000}]
    parts = [{"name": "statement", "prose": "{{ insert: param, p0 }}"}]
    data = catalog(group("g", control("c-1", params=params, parts=parts)))
    try:
        result = found(data)
    except Unreadable:
        return
    assert result.pack is None


def test_a_parameter_that_is_missing_is_a_warning():
    """I-26: its name stands in the text."""
    parts = [{"name": "statement", "prose": "Within {{ insert: param, gone }}."}]
    result = found(catalog(group("g", control("c-1", parts=parts))))
    assert result.pack.criteria[0].requirement.en == "Within [gone]."
    assert told(result.warnings)[0][0] == "/catalog/groups/0/controls/0/parts/0/prose"


def test_withdrawn_controls_are_left_out_and_told():
    """I-26: with where they went, under the code readers know."""
    gone = control(
        "c-2",
        props=[{"name": "status", "value": "withdrawn"}],
        links=[{"rel": "incorporated-into", "href": "#c-1"}, {"rel": "related", "href": "#c-9"}],
    )
    kept = control("c-1", props=[{"name": "label", "value": "C-1"}])
    result = found(catalog(group("g", kept, gone)))
    assert [one.code for one in result.pack.criteria] == ["C-1"]
    assert result.withdrawn == 1
    assert told(result.warnings) == [
        ("/catalog/groups/0/controls/1", "c-2 is withdrawn and left out; see C-1.")
    ]


def test_links_become_citations_and_related_controls_are_named():
    """I-26 S-35: what nobody has checked is not verified."""
    links = [
        {"rel": "reference", "href": "#r-1"},
        {"rel": "reference", "href": "https://law.example/1", "text": "A law"},
        {"rel": "related", "href": "#zz-9"},
    ]
    data = catalog(
        group("g", control("c-1", links=links)),
        **{"back-matter": {"resources": [{"uuid": "r-1", "title": "SP 800-1"}]}},
    )
    one = only(data)
    assert [(cited.code, cited.verified) for cited in one.citations] == [
        ("SP 800-1", False),
        ("A law", False),
    ]
    assert one.guidance.en == "Related: ZZ-9"


def test_what_a_catalog_does_not_say_the_importer_chooses():
    """I-26: area, stage, level, weight, dimension and language come from the choices."""
    chosen = {
        "area": Area.PEOPLE,
        "stage": Stage.DESIGN,
        "level_from": 2,
        "weight": 3,
        "dimension": "response",
        "language": "zh",
    }
    one = only(catalog(group("g", control("c-1"))), **chosen)
    assert (one.area, one.stage, one.level_from, one.weight) == (Area.PEOPLE, Stage.DESIGN, 2, 3)
    assert one.dimension == "response"
    assert (one.requirement.zh, one.requirement.en) == ("Do what c-1 asks.", "")
    assert only(catalog(group("g", control("c-1")))).dimension == ""


def test_chinese_catalogs_are_recognised():
    """I-26: the language is told from the titles."""
    one = only(catalog(group("g", control("c-1", title="账号管理"))))
    assert (one.title.zh, one.title.en) == ("账号管理", "")


def test_a_control_without_statement_says_its_title():
    """I-26: with a warning, so that somebody writes the requirement."""
    result = found(catalog(group("g", control("c-1", parts=[]))))
    assert result.pack.criteria[0].requirement.en == "Control c-1"
    assert len(result.warnings) == 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("profile", "not resolved"),
        ("assessment-plan", "an OSCAL assessment plan"),
        ("assessment-results", "OSCAL assessment results"),
        ("plan-of-action-and-milestones", "plan of action"),
        ("component-definition", "component definition"),
        ("unheard-of", "“catalog” is missing"),
    ],
)
def test_other_models_are_named(model, words):
    """I-26: a file that is no catalog is told what it is."""
    with pytest.raises(Unreadable, match=words):
        found({model: {}})


def test_problems_have_pointers():
    """I-26: ids twice, wrong forms and texts too long are told where they stand."""
    long = control("c-2", parts=[{"name": "statement", "prose": "x" * 20_001}])
    result = found(catalog(group("g", control("c-1"), control("c-1"), long, "no control")))
    assert result.pack is None
    wheres = [where for where, _ in told(result.problems)]
    assert "/catalog/groups/0/controls/1" in wheres
    assert "/catalog/groups/0/controls/2" in wheres
    assert "/catalog/groups/0/controls/3" in wheres


def test_an_empty_catalog_is_told():
    """I-26: a catalog without controls makes no standard."""
    result = found(catalog())
    assert "There is no control in this catalog." in [text for _, text in told(result.problems)]
