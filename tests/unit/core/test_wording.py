"""Two texts beside each other."""

from hypothesis import given
from hypothesis import strategies as st

from core.wording import Change, word_changes


def told(old, new):
    marks = {Change.SAME: "", Change.GONE: "-", Change.NEW: "+"}
    return [marks[piece.change] + piece.text for piece in word_changes(old, new)]


def test_latin_changes_by_the_word():
    """S-34: a readable difference."""
    assert told("at most 5 days", "at most 10 days") == ["at most ", "-5", "+10", " days"]


def test_chinese_changes_by_the_character():
    """S-34: Chinese has no spaces to cut at."""
    assert told("每年评审一次", "每季度评审一次") == ["每", "-年", "+季度", "评审一次"]


def test_the_same_is_one_piece_and_nothing_is_none():
    """S-34: no change, no mark."""
    assert told("as it was", "as it was") == ["as it was"]
    assert told("", "") == []
    assert told("", "new") == ["+new"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_texts_can_be_read_back(old, new):
    """S-34: nothing of either text is lost or invented."""
    pieces = word_changes(old, new)
    assert "".join(piece.text for piece in pieces if piece.change != Change.NEW) == old
    assert "".join(piece.text for piece in pieces if piece.change != Change.GONE) == new


def test_very_long_texts_are_shown_whole():
    """S-34: a comparison never takes seconds."""
    old, new = "word " * 4000, "other " * 4000
    assert [piece.change for piece in word_changes(old, new)] == [Change.GONE, Change.NEW]
