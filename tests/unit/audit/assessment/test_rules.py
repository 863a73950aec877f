"""What makes an answer whole."""

import pytest

from audit.assessment.rules import (
    BADGES,
    CONFORMITY_NAMES,
    RATINGS,
    Conformity,
    Interviewee,
    Judgement,
    check,
    may_answer,
)
from core.errors import Invalid


@pytest.mark.parametrize("conformity", list(Conformity))
@pytest.mark.parametrize("rating", range(5))
def test_a_rating_has_to_agree_with_the_judgement(conformity: Conformity, rating: int) -> None:
    """S-06: a qualitative judgement and its figure stand together or not at all."""
    given = Judgement(conformity, rating)
    if rating in RATINGS[conformity]:
        check(given)
        assert given.complete
        return
    with pytest.raises(Invalid) as refused:
        check(given)
    assert refused.value.field == "rating"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Judgement(Conformity.PARTLY), "rating"),
        (Judgement(rating=2), "conformity"),
        (Judgement(excluded=True), "exclusion_reason"),
        (Judgement(rating=2, excluded=True, exclusion_reason="Not offered."), "rating"),
        (Judgement(Conformity.NOT, excluded=True, exclusion_reason="Not offered."), "rating"),
    ],
)
def test_half_an_answer_is_refused_with_its_field(given: Judgement, field: str) -> None:
    """S-05: an answer is whole, or it is none."""
    with pytest.raises(Invalid) as refused:
        check(given)
    assert refused.value.field == field
    assert str(refused.value.text)


def test_notes_alone_are_kept_but_do_not_answer() -> None:
    """S-06: what was seen may be written before it is judged."""
    noted = Judgement(notes="Seen in October.")
    check(noted)
    assert not noted.complete
    excluded = Judgement(excluded=True, exclusion_reason="The service is not offered.")
    check(excluded)
    assert excluded.complete


@pytest.mark.parametrize("in_progress", [True, False])
@pytest.mark.parametrize("on_team", [True, False])
def test_answers_need_a_running_fieldwork_and_a_place_on_the_team(
    in_progress: bool, on_team: bool
) -> None:
    """I-07: nobody else writes in the fieldwork, and nobody writes outside it; the page says which is missing."""
    reasons = may_answer(in_progress=in_progress, on_team=on_team)
    assert [reason.met for reason in reasons] == [in_progress, on_team]
    assert len({str(reason.text) for reason in reasons}) == 2


def test_every_judgement_has_its_word_and_picture() -> None:
    """S-06: word first, then picture, then colour."""
    assert set(BADGES) == set(CONFORMITY_NAMES) == set(RATINGS) == set(Conformity)
    assert len({badge.icon for badge in BADGES.values()}) == len(BADGES)


@pytest.mark.parametrize(
    "one", [Interviewee("", "Li Wen", consent=True), Interviewee("Desk", "Li Wen", consent=False)]
)
def test_a_name_needs_a_function_and_consent(one: Interviewee) -> None:
    """I-32: people are kept by function; by name only where they agreed."""
    with pytest.raises(Invalid) as refused:
        check(Judgement(notes="Seen.", interviewees=(one,)))
    assert refused.value.field == "interviewees"
    check(Judgement(interviewees=(Interviewee("Desk"), Interviewee("Desk", "Li", consent=True))))
