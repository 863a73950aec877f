"""What is saved of half an answer, what a conflict may become, and how writing is folded."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.assessment.rules import Conformity, Interviewee, Judgement, check
from audit.fieldwork.rules import RUN, both, edits, savable, yardsticks

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
OLD = Judgement(Conformity.PARTLY, 2, ("interview",), "Before.")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Judgement(rating=3, notes="Seen."), "conformity"),
        (Judgement(Conformity.NOT, notes="Seen."), "rating"),
        (Judgement(Conformity.NOT, 4, notes="Seen."), "rating"),
        (Judgement(excluded=True, notes="Seen."), "exclusion_reason"),
    ],
)
@pytest.mark.parametrize("old", [Judgement(), OLD])
def test_notes_are_saved_although_the_conclusion_is_half(
    typed: Judgement, field: str, old: Judgement
) -> None:
    """S-05: the words are kept, the old conclusion stands, and the page says what is missing."""
    kept, missing = savable(typed, old)
    check(kept)
    assert list(missing) == [field]
    assert kept.notes == "Seen."
    assert (kept.conformity, kept.rating, kept.excluded) == (
        old.conformity, old.rating, old.excluded,
    )  # fmt: skip


def test_a_name_without_consent_does_not_hold_up_the_rest() -> None:
    """I-32: the name is not kept; everything else is."""
    typed = Judgement(
        Conformity.CONFORMS, 3, notes="Seen.", interviewees=(Interviewee("Desk", "Li"),)
    )
    kept, missing = savable(typed, OLD)
    assert list(missing) == ["interviewees"]
    assert (kept.rating, kept.interviewees) == (3, ())
    kept, missing = savable(Judgement(rating=1, interviewees=(Interviewee("", "Li"),)), OLD)
    assert set(missing) == {"interviewees", "conformity"}
    assert kept == Judgement(Conformity.PARTLY, 2)


def test_what_is_whole_is_saved_as_it_is() -> None:
    """S-06: nothing is missing, nothing is put back."""
    assert savable(OLD, Judgement()) == (OLD, {})


@given(st.text(), st.text())
def test_no_word_of_a_conflict_is_lost(theirs: str, mine: str) -> None:
    """S-05: put together, both texts are there; where one holds the other it is not said twice."""
    whole = both(theirs, mine)
    assert theirs in whole
    assert mine in whole
    assert len(whole) <= len(theirs) + len(mine) + 2
    assert both(theirs, theirs) == theirs


@dataclass
class Version:
    by_id: int
    at: datetime
    captured_at: datetime | None = None


def test_writing_in_one_go_is_one_piece() -> None:
    """S-05: what saved itself while one person wrote is folded; others, pauses and offline writing stand alone."""
    first, second, third = (Version(1, NOW + n * RUN / 2) for n in range(3))
    late = Version(1, third.at + RUN + timedelta(seconds=1))
    other = Version(2, late.at)
    offline = Version(2, late.at, captured_at=NOW)
    rows = [
        (first, "Li"),
        (second, "Li"),
        (third, "Li"),
        (late, "Li"),
        (other, "Wu"),
        (offline, "Wu"),
    ]
    found = edits(rows)
    assert [(one.who, one.saves, one.before, one.after) for one in found] == [
        ("Wu", 1, other, offline),
        ("Wu", 1, late, other),
        ("Li", 1, third, late),
        ("Li", 3, None, third),
    ]
    assert (found[-1].began_at, found[-1].ended_at) == (first.at, third.at)
    assert [one.saves for one in edits(rows, each=True)] == [1] * 6
    assert edits([]) == []


def test_guidance_is_split_into_what_to_look_at_and_what_ratings_mean():
    """S-05: the desk shows what separates a 2 from a 3 as a scale; other guidance stays whole."""
    english = (
        "Read four quarters.\nA 2: they are sorted. A 3: all three led to change; nothing is open."
    )
    assert yardsticks(english) == (
        "Read four quarters.",
        [(2, "they are sorted."), (3, "all three led to change; nothing is open.")],
    )
    chinese = "看四个季度。\n2分：做了分类，有缺口。3分：全部闭环。"
    assert yardsticks(chinese) == (
        "看四个季度。",
        [(2, "做了分类，有缺口。"), (3, "全部闭环。")],
    )
    for plain in ("", "Look at the last report.", "A 3: only one is named here."):
        assert yardsticks(plain) == (plain, [])
