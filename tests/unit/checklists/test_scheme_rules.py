"""Reading schemes: the one that ships, and what is told about a damaged one."""

import copy
from dataclasses import FrozenInstanceError
from pathlib import Path
from statistics import NormalDist

import pytest
import yaml

from checklists.packs.rules import PackError
from checklists.schemes.rules import (
    Better,
    MetricKind,
    SchemeState,
    SurveillanceRule,
    Unit,
    parse_scheme,
)
from checklists.standards.rules import parse_standard

PACKS = Path(__file__).parents[3] / "checklists" / "packs"
DATA = yaml.safe_load((PACKS / "it-service-scheme-2025.yaml").read_text(encoding="utf-8"))
SCHEME = parse_scheme(DATA)


def damaged(pointer, value):
    """Give the shipped pack with one value replaced; ``...`` takes the field away."""
    data = copy.deepcopy(DATA)
    *steps, last = [
        int(step) if step.isdigit() else step for step in pointer.removeprefix("/").split("/")
    ]
    place = data
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


def told(data):
    """Read a damaged pack and give what is told about it, by pointer."""
    with pytest.raises(PackError) as refusal:
        parse_scheme(data)
    return {problem.pointer: str(problem.text) for problem in refusal.value.problems}


def test_levels_are_the_five_of_the_documents():
    """S-01: five ascending levels with their names."""
    assert [(level.number, level.title.zh, level.title.en) for level in SCHEME.levels] == [
        (1, "基础级", "Basic"),
        (2, "标准级", "Standard"),
        (3, "卓越级", "Excellent"),
        (4, "领先级", "Leading"),
        (5, "卓越领先级", "Outstanding-leading"),
    ]
    assert [level.cut for level in SCHEME.levels] == [40, 55, 70, 80, 90]


def test_a_scheme_may_have_three_levels():
    """S-02: how many levels there are is data."""
    data = copy.deepcopy(DATA)
    data["levels"] = data["levels"][:3]
    data["rating"]["anchor_scores"] = [40, 55, 70]
    for metric in data["metrics"]:
        metric["anchors"] = metric["anchors"][:3]
    assert len(parse_scheme(data).levels) == 3


def test_dimensions_weigh_what_the_rating_says():
    """S-03: five dimensions; weights and the share of measures."""
    assert {one.code: (one.weight, one.quantity_share) for one in SCHEME.dimensions} == {
        "availability": (0.25, 0.7),
        "response": (0.20, 0.7),
        "capacity": (0.20, 0.7),
        "satisfaction": (0.20, 0.7),
        "improvement": (0.15, 0.4),
    }


@pytest.mark.parametrize(
    ("code", "dimension", "unit", "kind", "better", "anchors"),
    [
        ("availability", "availability", "percent", "value", "higher", (99, 99.5, 99.9, 99.95, 99.99)),
        ("mean_recovery", "availability", "hours", "value", "lower", (24, 8, 4, 2, 1)),
        ("answered_in_time", "response", "percent", "proportion", "higher", (80, 90, 95, 97, 99)),
        ("resolved_in_time", "capacity", "percent", "proportion", "higher", (75, 85, 90, 95, 98)),
        ("error_rate", "capacity", "percent", "proportion", "lower", (10, 6, 4, 2, 1)),
        ("net_promoter", "satisfaction", "points", "nps", "higher", (0, 20, 30, 50, 70)),
        ("satisfied", "satisfaction", "percent", "proportion", "higher", (70, 80, 85, 90, 95)),
        ("improvement_on_time", "improvement", "percent", "proportion", "higher", (60, 70, 80, 90, 95)),
        ("mean_rectification", "improvement", "days", "value", "lower", (90, 60, 45, 30, 20)),
    ],
)  # fmt: skip
def test_metrics_have_the_anchors_of_the_table(code, dimension, unit, kind, better, anchors):
    """S-03: nine metrics, each with five anchors and a direction."""
    metric = SCHEME.metric(code)
    assert (metric.dimension, metric.anchors) == (dimension, anchors)
    assert (metric.unit, metric.kind) == (Unit(unit), MetricKind(kind))
    assert metric.better is Better(better)


def test_the_tree_can_be_asked_and_not_changed():
    """S-05: what a rating used stays as it was."""
    assert len(SCHEME.metrics) == 9
    assert SCHEME.level(3).title.in_language("zh_CN") == "卓越级"
    assert SCHEME.dimension("response").title.en == "Response"
    assert [one.code for one in SCHEME.metrics_of("capacity")] == ["resolved_in_time", "error_rate"]
    assert SCHEME.competence_area("data-analysis").dimensions
    with pytest.raises(KeyError):
        SCHEME.level(6)
    with pytest.raises(KeyError):
        SCHEME.metric("beauty")
    with pytest.raises(FrozenInstanceError):
        SCHEME.version = 2
    assert hash(SCHEME) == hash(parse_scheme(DATA))


def test_rating_rule():
    """S-05: the figures that turn scores into a level."""
    rating = SCHEME.rating
    assert rating.anchor_scores == tuple(level.cut for level in SCHEME.levels)
    assert (rating.minimum_window_days, rating.short_window_max_level) == (90, 2)
    assert (rating.weakest_plus, rating.confidence) == (1, 0.95)
    assert rating.z == pytest.approx(NormalDist().inv_cdf(rating.confidence), abs=0.001)


def test_deadlines_by_grade():
    """I-11: deadlines are scheme data; a grade without any needs no response (I-09)."""
    minor, major = SCHEME.deadlines_of("minor"), SCHEME.deadlines_of("major")
    assert (minor.acknowledge, minor.response, minor.implementation) == (5, 30, 90)
    assert (major.acknowledge, major.response, major.implementation) == (3, 14, 60)
    assert SCHEME.deadlines_of("opportunity") is None
    assert SCHEME.reminders_days == (7, 1)


def test_deadlines_may_coincide():
    """I-11: two steps may be due on the same day."""
    scheme = parse_scheme(damaged("/deadlines/major/response", 3))
    assert scheme.deadlines_of("major").response == scheme.deadlines_of("major").acknowledge


def test_cycle_and_periods():
    """I-02, I-05, I-13, I-14, I-15, I-19: the periods of the scheme."""
    cycle = SCHEME.cycle
    assert (cycle.years, cycle.surveillance_months) == (3, 12)
    assert cycle.surveillance_rule is SurveillanceRule.EVERY_12_MONTHS
    assert SCHEME.certificate.validity_months == 12 * cycle.years
    assert SCHEME.suspension.max_months == 6
    assert SCHEME.major_verification_months == 6
    assert SCHEME.restoration_months == 6
    assert SCHEME.cooling_off_years == 2
    assert SCHEME.retention_cycles == 1
    assert SCHEME.decision.deciders == 1
    assert SCHEME.report_comment_days == 7


@pytest.mark.parametrize(
    ("headcount", "days"), [(1, 1.5), (5, 1.5), (6, 2.5), (55, 5), (56, 6), (3500, 18), (3501, 20)]
)
def test_audit_time_by_headcount(headcount, days):
    """I-03: audit time comes from a table by effective headcount."""
    assert SCHEME.audit_time.initial_days(headcount) == days


def test_audit_time_shares():
    """I-03: about a third for surveillance, two thirds for recertification, limited reduction."""
    time = SCHEME.audit_time
    assert time.reduction_limit == 0.3
    assert time.surveillance_share == pytest.approx(1 / 3, abs=0.001)
    assert time.recertification_share == pytest.approx(2 / 3, abs=0.001)
    assert {factor.share > 0 for factor in time.factors} == {True, False}
    assert sum(factor.share for factor in time.factors if factor.share < 0) < -time.reduction_limit


def test_site_sampling():
    """I-04: the factors of the square root, and a quarter at random."""
    sampling = SCHEME.site_sampling
    assert (sampling.initial, sampling.surveillance, sampling.recertification) == (1, 0.6, 0.8)
    assert sampling.random_share == 0.25


def test_technical_areas_cover_every_dimension():
    """I-05: a team that covers all areas covers all dimensions."""
    assert len(SCHEME.competence_areas) == 4
    covered = {code for area in SCHEME.competence_areas for code in area.dimensions}
    assert covered == {one.code for one in SCHEME.dimensions}


def test_certificate_numbers():
    """I-23: body, year, scheme, serial and renewal."""
    number = SCHEME.certificate.number(body="BAC", scheme="ITSL", year=2026, serial=42, renewal=1)
    assert number == "BAC-2026-ITSL-00042-R1"


def test_benchmarks_are_the_figures_of_the_documents():
    """S-31: the figures quoted as examples, as data."""
    figures = {(one.code, one.value, one.unit.value) for one in SCHEME.benchmarks}
    assert figures == {
        ("availability", 99.9, "percent"),
        ("mean_response", 5, "minutes"),
        ("answered_24h", 70, "percent"),
        ("handled_72h", 90, "percent"),
        ("urgent_started", 1, "hours"),
        ("mean_rectification", 45, "days"),
        ("advice_adopted", 70, "percent"),
    }


def test_status_words():
    """I-21: the statuses in both vocabularies."""
    assert {word.status: (word.title.zh, word.title.en) for word in SCHEME.status_words} == {
        "active": ("有效", "Active"),
        "suspended": ("暂停", "Suspended"),
        "withdrawn": ("撤销", "Withdrawn"),
        "cancelled": ("注销", "Cancelled"),
        "expired": ("过期", "Expired"),
        "reduced": ("缩小", "Reduced"),
    }
    assert SCHEME.status_word("superseded") is None


def test_scheme_and_standard_belong_together():
    """S-05: the scheme names the standard version it assesses against, and their dimensions agree."""
    text = (PACKS / "it-service-level-2025.yaml").read_text(encoding="utf-8")
    standard = parse_standard(yaml.safe_load(text))
    assert (SCHEME.standard.code, SCHEME.standard.version) == (standard.code, standard.version)
    assert {one.dimension for one in standard.criteria} == {one.code for one in SCHEME.dimensions}
    assert max(one.level_from for one in standard.criteria) == len(SCHEME.levels)


def test_states_of_a_scheme_version():
    """S-34: a version is drafted, reviewed, approved, published, superseded."""
    assert list(SchemeState) == ["draft", "in_review", "approved", "published", "superseded"]


@pytest.mark.parametrize(
    ("pointer", "value", "at", "words"),
    [
        ("/format", "assay-standard/1", "/format", "assay-scheme/1"),
        ("/title/en", ..., "/title/en", "English"),
        ("/version", 0, "/version", "from 1"),
        ("/colour", "red", "/colour", "known"),
        ("/standard/version", 2025.1, "/standard/version", "quotation marks"),
        ("/levels/1/number", 3, "/levels/1/number", "2 is due"),
        ("/levels/2/cut", 55, "/levels/2/cut", "higher cut"),
        ("/levels/0/title/zh", ..., "/levels/0/title/zh", "Chinese"),
        ("/dimensions/0/weight", 0.3, "/dimensions", "1.05"),
        ("/dimensions/0/weight", "heavy", "/dimensions/0/weight", "from 0 to 1"),
        ("/dimensions/0/quantity_share", 1.1, "/dimensions/0/quantity_share", "from 0 to 1"),
        ("/metrics/0/dimension", "beauty", "/metrics/0/dimension", "beauty"),
        ("/metrics/1/code", "availability", "/metrics/1/code", "/metrics/0/code"),
        ("/metrics/0/anchors/4", 99.95, "/metrics/0/anchors", "rise"),
        ("/metrics/1/anchors/0", 1, "/metrics/1/anchors", "fall"),
        ("/metrics/0/anchors/2", float("nan"), "/metrics/0/anchors/2", "number"),
        ("/benchmarks/0/value", float("inf"), "/benchmarks/0/value", "number"),
        ("/metrics/0/anchors", [99, 99.5], "/metrics/0/anchors", "5 levels"),
        ("/metrics/0/anchors/4", 100.5, "/metrics/0/anchors", "between 0 and 100"),
        ("/metrics/0/unit", "bananas", "/metrics/0/unit", "percent"),
        ("/metrics/0/kind", "guess", "/metrics/0/kind", "proportion"),
        ("/metrics/0/decimals", 7, "/metrics/0/decimals", "from 0 to 6"),
        ("/metrics/0/explanation", ..., "/metrics/0/explanation", "missing"),
        ("/rating/anchor_scores/1", 40, "/rating/anchor_scores", "rise"),
        ("/rating/anchor_scores", [40, 55], "/rating/anchor_scores", "5 levels"),
        ("/rating/z", 1.96, "/rating/z", "1.645"),
        ("/rating/confidence", 0.99, "/rating/z", "2.326"),
        ("/rating/short_window_max_level", 6, "/rating/short_window_max_level", "from 0 to 5"),
        ("/deadlines/major", ..., "/deadlines/major", "missing"),
        ("/deadlines/major/response", 2, "/deadlines/major/response", "before"),
        ("/deadlines/minor/implementation", 29, "/deadlines/minor/implementation", "before"),
        ("/deadlines/huge", {"response": 1}, "/deadlines/huge", "known"),
        ("/reminders_days/0", -1, "/reminders_days/0", "from 0"),
        ("/cycle/surveillance_rule", "now_and_then", "/cycle/surveillance_rule", "every_12_months"),
        ("/suspension", ..., "/suspension", "missing"),
        ("/restoration_months", None, "/restoration_months", "missing"),
        ("/decision/deciders", 0, "/decision/deciders", "from 1"),
        ("/audit_time/table/1/up_to", 5, "/audit_time/table/1/up_to", "further"),
        ("/audit_time/table/1/days", 1, "/audit_time/table/1/days", "fewer"),
        ("/audit_time/table/2/up_to", None, "/audit_time/table/2", "last row"),
        ("/audit_time/table/15/up_to", 9999, "/audit_time/table/15", "open-ended"),
        ("/audit_time/factors/1/code", "many_services", "/audit_time/factors/1/code", "second"),
        ("/audit_time/reduction_limit", 30, "/audit_time/reduction_limit", "from 0 to 1"),
        ("/site_sampling/random_share", 25, "/site_sampling/random_share", "from 0 to 1"),
        ("/competence_areas/0/dimensions/0", "beauty", "/competence_areas/0/dimensions/0", "beauty"),
        ("/certificate/number_pattern", "{body}-{year}", "/certificate/number_pattern", "serial"),
        ("/benchmarks/0/metric", "beauty", "/benchmarks/0/metric", "beauty"),
        ("/status_words/expired", ..., "/status_words/expired", "missing"),
    ],
)  # fmt: skip
def test_each_damage_is_told_at_its_place(pointer, value, at, words):
    """S-02, S-05: a scheme that cannot be taken says exactly where and why, and nothing else."""
    problems = told(damaged(pointer, value))
    assert list(problems) == [at]
    assert words in problems[at]


@pytest.mark.parametrize(
    "pattern",
    [
        "{serial.__class__}",
        "{serial!r}",
        "{0}-{serial}",
        "{}",
        "{serial}{serial}",
        "{serial:>9999999}",
        "{body:05d}-{serial}",
        "{serial",
        "no field",
    ],
)
def test_number_patterns_reach_into_nothing(pattern):
    """I-23: a pattern is plain fields, so that data of a scheme can neither break nor open anything."""
    assert list(told(damaged("/certificate/number_pattern", pattern))) == [
        "/certificate/number_pattern"
    ]


def test_every_dimension_has_a_metric_and_an_area():
    """S-03, I-05: a dimension nobody measures or covers is told, once for each."""
    data = copy.deepcopy(DATA)
    data["metrics"] = [one for one in data["metrics"] if one["dimension"] != "response"]
    for area in data["competence_areas"]:
        area["dimensions"] = [one for one in area["dimensions"] if one != "response"]
    problems = told(data)
    assert set(problems) == {"/dimensions/1/code", "/competence_areas"}
    assert "response" in problems["/competence_areas"]


def test_every_problem_is_told_not_only_the_first():
    """S-05: somebody who prepares a scheme sees the whole list at once."""
    data = damaged("/levels/2/cut", 10)
    data["dimensions"][4]["weight"] = 0.5
    del data["cycle"]["years"]
    assert set(told(data)) == {"/levels/2/cut", "/dimensions", "/cycle/years"}


def test_an_empty_pack_tells_what_is_missing():
    """S-05: nothing breaks when nothing is there."""
    problems = told({})
    assert {"/format", "/levels", "/metrics", "/rating", "/audit_time", "/status_words"} <= set(
        problems
    )
    assert all(pointer.count("/") == 1 for pointer in problems)
