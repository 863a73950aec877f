"""Credit codes, names, sites."""

from itertools import product

import pytest

from accounts.organisations import rules
from accounts.organisations.rules import SiteFacts


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("91110000600037341L", "91110000600037341L"),
        (" 9111 0000 6000 3734 1l ", "91110000600037341L"),
        ("911100006000-37341L", "91110000600037341L"),
    ],
)
def test_a_code_is_kept_in_one_form(typed, kept):
    """I-22: blanks, hyphens and small letters do not matter."""
    assert rules.compact_code(typed) == kept
    assert rules.code_problem(rules.compact_code(typed)) is None


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", "A credit code has 18 characters, this one 0."),
        ("9111000060003734", "A credit code has 18 characters, this one 16."),
        (
            "91110000600037342L",
            "The check digit of this code does not fit. Compare it with the business licence.",
        ),
        (
            "91110000600037341M",
            "The check digit of this code does not fit. Compare it with the business licence.",
        ),
        (
            "九一一一〇〇〇〇六〇〇〇三七三四一L",
            "The check digit of this code does not fit. Compare it with the business licence.",
        ),
        (
            "<script>alert(1)</",
            "The check digit of this code does not fit. Compare it with the business licence.",
        ),
    ],
)
def test_a_wrong_code_is_refused_with_the_reason(code, problem):
    """I-22, I-01: 18 characters with the check digit of GB 32100."""
    assert str(rules.code_problem(code)) == problem


def test_one_transposition_is_found():
    """I-22: the check digit notices neighbours that changed places."""
    code = "91330106673959654P"
    for place in range(2, 16):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or rules.code_problem(swapped) is not None


@pytest.mark.parametrize(("zh", "en"), list(product(("", "名"), ("", "Name"))))
def test_one_language_suffices(zh, en):
    """I-16: an organisation has a name in at least one language."""
    assert (rules.names_problem(zh, en) is None) is bool(zh or en)


@pytest.mark.parametrize(("central", "others"), list(product((True, False), (0, 1, 7))))
def test_the_central_site_closes_last(central, others):
    """I-04: while other sites remain, one of them holds the central function."""
    assert rules.another_is_central(SiteFacts(central, others)).met is not (central and others > 0)
