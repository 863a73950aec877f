"""What the record of a meeting needs, and where it deviates from the plan."""

from datetime import UTC, date, datetime, timedelta

import pytest

from audit.meetings.rules import (
    Deviation,
    MeetingKind,
    Party,
    Planned,
    Position,
    Spot,
    check_meeting,
    check_position,
    check_signature,
    deviations,
    distance,
    flag_words,
    position_words,
)
from core.errors import Invalid
from core.words import Words

FIRST, LAST = date(2026, 11, 30), date(2026, 12, 2)
BOTH = {Party.BODY, Party.CLIENT}
NINE = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
OFFICE = Spot(Words("总部", "Head office"), 31.2304, 121.4737)
FAR = Spot(Words("机房", "Data centre"), 31.3304, 121.4737)
PLAN = Planned(FIRST, LAST, NINE, (OFFICE, FAR))
ZONE = "Asia/Shanghai"


def codes(held_at=NINE, position=None, planned=PLAN):
    return [(one.code, one.value) for one in deviations(held_at, ZONE, position, planned)]


@pytest.mark.parametrize(
    "parties", [set(), {Party.BODY}, {Party.CLIENT}, {Party.BODY, Party.OTHER}]
)
def test_a_meeting_needs_somebody_of_both_sides(parties: set[Party]) -> None:
    """I-07: attendance of a meeting names the body's and the client's people."""
    with pytest.raises(Invalid) as refused:
        check_meeting((), "", parties)
    assert refused.value.field == "people"


@pytest.mark.parametrize(
    ("held_at", "found"),
    [
        (NINE, []),
        (NINE + timedelta(minutes=30), []),
        (NINE - timedelta(minutes=30), []),
        (NINE + timedelta(minutes=31), [("minutes_late", 31)]),
        (NINE - timedelta(minutes=45), [("minutes_early", 45)]),
        (NINE - timedelta(days=1), [("days_before", 1)]),
        (NINE + timedelta(days=5), [("days_after", 3)]),
    ],
)
def test_day_and_hour_are_compared_with_the_plan(held_at, found) -> None:
    """I-24: a day outside the planned ones, else an hour other than the agenda's, is a deviation."""
    assert codes(held_at) == found


def test_without_a_plan_there_is_nothing_to_deviate_from() -> None:
    """I-24: no dates, no agenda, no known position of a site: no deviation."""
    assert codes(planned=Planned()) == []
    assert codes(position=Position(0, 0), planned=Planned(FIRST, LAST)) == []
    assert codes(position=None) == []


def test_the_place_is_the_nearest_planned_site_within_grace_and_accuracy() -> None:
    """I-24: a place far from every planned site is a deviation; an inaccurate position accuses nobody."""
    assert codes(position=Position(31.2304, 121.4737, 10)) == []
    assert codes(position=Position(31.3304, 121.4740, 10)) == []
    away = Position(31.2404, 121.4737, 10)  # 1,112 m north of the office
    assert codes(position=away) == [("metres_away", 1112)]
    assert codes(position=Position(31.2404, 121.4737, 700)) == []
    assert deviations(NINE, ZONE, away, PLAN)[0].site == OFFICE.name
    late_and_away = codes(NINE + timedelta(hours=2), away)
    assert [code for code, _ in late_and_away] == ["minutes_late", "metres_away"]


def test_distance_follows_the_earth() -> None:
    """I-24: a degree of latitude is 111 km; the other side of the earth is half its girth."""
    assert distance(Position(0, 0), Position(1, 0)) == pytest.approx(111_195, abs=1)
    assert distance(Position(0, 0), Position(0, 180)) == pytest.approx(20_015_087, abs=2)
    assert distance(Position(5, 5), Position(5, 5)) == 0


@pytest.mark.parametrize(
    "found",
    [Deviation(code, 2) for code in ("days_before", "days_after", "minutes_early", "minutes_late")]
    + [Deviation("metres_away", 2, OFFICE.name)],
)
def test_a_deviation_is_explained_before_it_is_saved(found: Deviation) -> None:
    """I-24: each deviation is told in words and asks for an explanation."""
    with pytest.raises(Invalid) as refused:
        check_meeting([found], "", BOTH)
    assert refused.value.field == "deviation"
    assert "2" in str(flag_words(found.kept()))
    check_meeting([found], "The train was cancelled.", BOTH)


def test_the_record_says_where_or_that_nobody_said() -> None:
    """I-24: the place is told in words, also that none was given."""
    assert str(position_words(None, None, None)) == "No position was given"
    assert "within 12 m" in str(position_words(31.2304, 121.4737, 12))
    assert "31.23040" in str(position_words(31.2304, 121.4737, None))


@pytest.mark.parametrize("path", ["", "M1 2L3 4", "M0 0L300 100M5 5L5 5"])
def test_a_drawn_signature_is_a_path(path: str) -> None:
    """I-07: what a pen drew is kept as it is."""
    assert check_signature(path) == path


@pytest.mark.parametrize(
    "path", ["x", "M1 2L3 4Z", 'M1 2"><script>', "L1 2", "M1000 2", "M1 2L3 4" * 3000, "M1,2"]
)
def test_anything_else_is_no_signature(path: str) -> None:
    """Quality 6: only such a path is ever shown as a picture."""
    with pytest.raises(Invalid):
        check_signature(path)


@pytest.mark.parametrize(
    "position", [Position(91, 0), Position(0, -181), Position(0, 0, -1), Position(0, 0, 10**9)]
)
def test_a_position_lies_on_the_earth(position: Position) -> None:
    """I-24: nonsense is refused in plain words."""
    with pytest.raises(Invalid):
        check_position(position)
    check_position(None)
    check_position(Position(-90, 180, 5))


def test_meetings_have_two_kinds() -> None:
    """I-07: opening and closing."""
    assert list(MeetingKind) == ["opening", "closing"]
