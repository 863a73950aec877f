"""Pictures: well-formed, safe, labelled, and where their numbers say."""

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from core.pictures import (
    FONT,
    Axis,
    Point,
    Tick,
    bar,
    level_mark,
    metric_axis,
    metric_strip,
    radar,
    spread,
    stack,
    strip,
    strip_axis,
    trend,
)
from core.pictures.pen import fits, fixed, width_of, wrapped
from tests.svg import parsed, parts, percent

CUTS = (40, 55, 70, 80, 90)
HOSTILE = '"><script>alert(1)</script>&\x00\x1b</svg>\'"onload="x'
NAMES = ("Availability", "Response", "Capacity", "Satisfaction", "Improvement")
VALUES = (76.85, 72.75, 69.38, 70.73, 79.51)
AXES = [Axis(name, f"{value:.1f}", value) for name, value in zip(NAMES, VALUES, strict=True)]

# Every picture with one hostile text wherever it takes words.
ALL: dict[str, Callable[[str, bool], Markup]] = {
    "radar": lambda text, alone: radar(
        [Axis(text, text, 50.0, 40.0, hot=True)] * 5, CUTS, text, standalone=alone
    ),
    "strip": lambda text, alone: strip(76.9, CUTS, text, before=71.2, standalone=alone),
    "strip_axis": lambda text, alone: strip_axis(CUTS, [text] * 6, standalone=alone),
    "metric_strip": lambda text, alone: metric_strip(
        (80, 90, 95, 97, 99), 97.0, 94.2, text, standalone=alone
    ),
    "metric_axis": lambda text, alone: metric_axis([text] * 6, standalone=alone),
    "trend": lambda text, alone: trend(
        [Point(1, text), Point(None), Point(2), Point(3, text)],
        [Tick(0, text), Tick(4, text)],
        text,
        reference=Tick(2, text),
        shown=text,
        standalone=alone,
    ),
    "bar": lambda text, alone: bar(113, 164, text, out=10, standalone=alone),
    "stack": lambda text, alone: stack([61, 180, 251, 95, 15], text, standalone=alone),
    "spread": lambda text, alone: spread([1, 2, 2, 3, 9], 4, text, standalone=alone),
    "level_mark": lambda text, alone: level_mark(3, 5, text, standalone=alone),
}
WITHOUT_LABEL = {"strip_axis", "metric_axis"}


def corners(element: ET.Element) -> list[tuple[float, float]]:
    pairs = (element.get("points") or "").split()
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in pairs)]


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("name", ALL)
def test_hostile_words_stay_words(name: str, alone: bool) -> None:
    """Whatever people type, a picture stays one well-formed element without script or style."""
    picture = ALL[name](HOSTILE, alone)
    assert isinstance(picture, Markup)
    elements = list(parsed(picture).iter())
    allowed = {"svg", "path", "polygon", "circle", "rect", "line", "text"}
    assert {one.tag for one in elements} <= allowed
    for one in elements:
        assert not any(attribute.startswith("on") for attribute in one.attrib)
        assert "style" not in one.attrib
        assert "href" not in one.attrib


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("name", sorted(set(ALL) - WITHOUT_LABEL))
def test_every_picture_has_its_text_alternative(name: str, alone: bool) -> None:
    root = parsed(ALL[name]("Capacity 69.4 < 70", alone))
    assert (root.get("role"), root.get("aria-label")) == ("img", "Capacity 69.4 < 70")


@pytest.mark.parametrize("name", sorted(WITHOUT_LABEL))
def test_heads_of_columns_are_hidden_from_assistive_technology(name: str) -> None:
    assert parsed(ALL[name]("x", False)).get("aria-hidden") == "true"


def test_a_picture_beside_its_number_may_be_hidden() -> None:
    root = parsed(bar(1, 2, None))
    assert root.get("aria-hidden") == "true"
    assert root.get("role") is None


@pytest.mark.parametrize("name", ALL)
def test_on_the_screen_the_theme_paints(name: str) -> None:
    picture = str(ALL[name]("x", False))
    assert not re.search(r'\b(fill|stroke|font-family|font-size)="', picture)


@pytest.mark.parametrize("name", ALL)
def test_on_paper_every_part_carries_its_paint(name: str) -> None:
    """WeasyPrint does not apply a document's style sheet inside inline SVG."""
    root = parsed(ALL[name]("x", True))
    assert root.get("font-family") == FONT
    for one in root.iter():
        if one is not root:
            assert one.get("fill") or one.get("stroke"), one.tag
            assert one.get("class") is None


# Radar -----------------------------------------------------------------------------------------


def test_a_radar_puts_values_on_their_axes() -> None:
    picture = radar(AXES, CUTS, "x")
    (rim,) = parts(picture, "polygon", "grid")
    (shape,) = parts(picture, "polygon", "shape")
    outer = corners(rim)
    centre = (180.0, sum(y for _, y in outer) / 5)
    for (x, y), (far_x, far_y), value in zip(corners(shape), outer, VALUES, strict=True):
        share = (value - 20) / 80
        assert x == pytest.approx(centre[0] + share * (far_x - centre[0]), abs=0.02)
        assert y == pytest.approx(centre[1] + share * (far_y - centre[1]), abs=0.02)


def test_a_radar_rings_every_cut_and_marks_the_hot_axis() -> None:
    axes = [one._replace(hot=one.title == "Capacity") for one in AXES]
    picture = radar(axes, CUTS, "x")
    assert len(parts(picture, "polygon", "cut")) == len(CUTS)
    assert [one.text for one in parts(picture, "text", "tick")] == ["1", "2", "3", "4", "5"]
    (hot,) = parts(picture, "circle", "dot hot")
    assert len(parts(picture, "circle", "dot")) == 4
    (shape,) = parts(picture, "polygon", "shape")
    assert (float(hot.get("cx") or 0), float(hot.get("cy") or 0)) == corners(shape)[2]


def test_a_radar_shows_the_last_rating_only_when_it_is_whole() -> None:
    whole = [one._replace(before=60.0) for one in AXES]
    assert len(parts(radar(whole, CUTS, "x"), "polygon", "before")) == 1
    partly = [whole[0]._replace(before=None), *whole[1:]]
    assert parts(radar(partly, CUTS, "x"), "polygon", "before") == []


def test_a_radar_has_no_dot_where_there_is_no_score() -> None:
    axes = [AXES[0]._replace(value=None, shown="–"), *AXES[1:]]
    picture = radar(axes, CUTS, "x")
    assert len(parts(picture, "circle", "dot")) == 4
    assert "–" in [one.text for one in parts(picture, "text")]


@pytest.mark.parametrize("count", [3, 4, 5, 6, 8, 10])
@pytest.mark.parametrize(
    "title", ["Availability and continuity", "持续改进能力", "Verantwortungsbewusstsein", "A"]
)
def test_the_words_of_a_radar_stay_inside_it(count: int, title: str) -> None:
    """Draw for 360 px: nothing hangs over, at any number of dimensions."""
    picture = radar([Axis(title, "100.0", 99.0)] * count, CUTS, "x")
    _, _, width, height = (float(one) for one in (parsed(picture).get("viewBox") or "").split())
    assert width == 360
    for one in parts(picture, "text"):
        long, x, y = width_of(one.text or ""), float(one.get("x") or 0), float(one.get("y") or 0)
        left = {"start": x, "middle": x - long / 2, "end": x - long}[one.get("text-anchor") or ""]
        assert left >= 0
        assert left + long <= 360
        assert 10 <= y <= height - 4


def test_names_of_the_scheme_are_not_cut_short() -> None:
    for title in ("Improvement", "Improvement ability", "持续改进能力"):
        axes = [one._replace(title=title) for one in AXES]
        words = " ".join(one.text or "" for one in parts(radar(axes, CUTS, "x"), "text"))
        assert "…" not in words


def test_two_axes_are_no_radar() -> None:
    with pytest.raises(ValueError, match="three axes"):
        radar(AXES[:2], CUTS, "x")


# Strips ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("score", "band"), [(0, 0), (39.9, 0), (40, 1), (69.9, 2), (70, 3), (90, 5), (100, 5)]
)
def test_a_strip_lights_the_band_reached(score: float, band: int) -> None:
    bands = parsed(strip(score, CUTS, "x")).findall("rect")[:6]
    assert [one.get("class") for one in bands] == ["b at" if k == band else "b" for k in range(6)]


def test_a_strip_marks_score_and_score_before() -> None:
    picture = strip(65, CUTS, "x", before=51)
    (mark,) = parts(picture, "rect", "mark")
    (ring,) = parts(picture, "circle", "ring")
    assert percent(mark, "x") == pytest.approx(50)
    assert percent(ring, "cx") == pytest.approx(30)


def test_a_strip_without_a_score_has_bands_alone() -> None:
    picture = strip(None, CUTS, "x")
    assert parts(picture, "rect", "mark") == []
    assert parts(picture, "rect", "b at") == []
    assert len(parts(picture, "rect", "b")) == 6


def test_the_names_of_a_strip_stand_over_their_bands() -> None:
    names = parts(strip_axis(CUTS, ["none", "1", "2", "3", "4", "5"]), "text")
    bands = parsed(strip(0, CUTS, "x")).findall("rect")[:6]
    for name, band in zip(names, bands, strict=True):
        middle = percent(band, "x") + percent(band, "width") / 2
        assert percent(name, "x") == pytest.approx(middle, abs=0.02)


def test_a_strip_needs_a_name_for_every_band() -> None:
    with pytest.raises(ValueError, match="zip"):
        strip_axis(CUTS, ["none", "1"])


@pytest.mark.parametrize(
    ("anchors", "point", "bound", "band"),
    [
        ((80, 90, 95, 97, 99), 97.0, 94.17, 2),
        ((10, 6, 4, 2, 1), 2.0, 4.52, 2),
        ((10, 6, 4, 2, 1), 1.0, 1.0, 5),
        ((80, 90, 95, 97, 99), 70.0, 60.0, 0),
    ],
)
def test_a_metric_strip_lights_the_band_of_the_bound(
    anchors: tuple[float, ...], point: float, bound: float, band: int
) -> None:
    picture = metric_strip(anchors, point, bound, "x")
    bands = parsed(picture).findall("rect")
    assert [one.get("class") for one in bands] == ["b at" if k == band else "b" for k in range(6)]


def test_the_dot_is_the_bound_and_the_ring_the_point() -> None:
    picture = metric_strip((80, 90, 95, 97, 99), 97.0, 92.5, "x")
    (dot,) = parts(picture, "circle", "dot")
    (ring,) = parts(picture, "circle", "ring")
    (span,) = parts(picture, "line", "span")
    assert percent(dot, "cx") == pytest.approx(37)
    assert percent(ring, "cx") == pytest.approx(64)
    assert (percent(span, "x1"), percent(span, "x2")) == (37, 64)


def test_a_census_has_no_ring_and_a_missing_measure_no_dot() -> None:
    census = metric_strip((80, 90, 95, 97, 99), 97.0, 97.0, "x")
    assert parts(census, "circle", "ring") == []
    missing = metric_strip((80, 90, 95, 97, 99), None, None, "x")
    assert parts(missing, "circle") == []
    assert parts(missing, "rect", "b at") == []


numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers)
@settings(deadline=None)
def test_nothing_leaves_a_metric_strip(point: float, bound: float) -> None:
    for anchors in ((80, 90, 95, 97, 99), (10, 6, 4, 2, 1), (50,)):
        picture = metric_strip(anchors, point, bound, "x")
        for one in parts(picture, "circle"):
            assert 2 <= percent(one, "cx") <= 98


@pytest.mark.parametrize(
    ("number", "of", "on"), [(None, 5, 0), (0, 5, 0), (3, 5, 3), (5, 5, 5), (9, 5, 5), (2, 3, 2)]
)
def test_the_touchstone_has_as_many_brass_streaks_as_the_level(
    number: int | None, of: int, on: int
) -> None:
    """S-01, S-02: count and total come from the scheme."""
    streaks = {
        one.get("class"): (one.get("d") or "").count("M")
        for one in parts(level_mark(number, of, "x"), "path")
    }
    assert streaks.get("on", 0) == on
    assert streaks.get("off", 0) == of - on


def test_the_touchstone_of_five_is_the_one_of_the_design() -> None:
    (on,) = parts(level_mark(5, 5, "x"), "path", "on")
    assert on.get("d") == (
        "M11.2 4.6l-3 10.8M17.9 4.6l-3 10.8M24.6 4.6l-3 10.8M31.3 4.6l-3 10.8M38 4.6l-3 10.8"
    )


# Words and numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (-0.001, "0"), (-0.5, "-0.5"), (10, "10"), (1 / 3, "0.33"), (100.0, "100")],
)
def test_coordinates_are_short(number: float, text: str) -> None:
    assert fixed(number) == text


def test_lines_break_at_blanks_and_between_han_characters() -> None:
    assert wrapped("Customer satisfaction", 100) == ["Customer", "satisfaction"]
    assert wrapped("持续改进能力", 60) == ["持续改", "进能力"]
    assert wrapped("Availability", 200) == ["Availability"]
    assert wrapped("one two three", 30, 2)[-1].endswith("…")
    assert not fits("Verantwortung", 40, 3)
