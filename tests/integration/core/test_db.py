"""Numbers, revisions and times as the database keeps them."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import StatementError

from accounts.organisations.models import Organisation
from core.db import expect, like, next_number, writing
from core.errors import Stale
from tests.factories.accounts import organisation


def test_numbers_are_gapless_under_concurrency(session_factory):
    """I-16 quality 4: given out once each, and a rollback gives its number back."""
    given, lock = [], threading.Lock()

    def work(fails):
        with session_factory() as session:
            writing(session)
            number = next_number(session, "audit:2026")
            if fails:
                session.rollback()
                return
            session.commit()
            with lock:
                given.append(number)

    threads = [threading.Thread(target=work, args=(n % 4 == 0,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 16))


def test_series_count_apart(session):
    """I-23: each series has its own count."""
    assert [next_number(session, name) for name in ("a", "b", "a")] == [1, 1, 2]


def test_a_late_change_is_refused(session_factory):
    """quality 4: two people change one row; the second is told, the first stays."""
    with session_factory() as first, session_factory() as second:
        row = organisation(first)
        first.commit()
        read_with = second.get(Organisation, row.id).revision
        second.rollback()
        row.name_en = "First"
        first.commit()
        fresh = second.get(Organisation, row.id, populate_existing=True)
        with pytest.raises(Stale):
            expect(fresh, read_with)
        expect(fresh, None)


def test_times_come_back_aware_in_utc(session):
    """frame: an instant is an aware UTC datetime on both databases; a naive one is refused."""
    row = organisation(session, created_at=datetime.fromisoformat("2026-11-20T16:00:00+08:00"))
    session.commit()
    session.expire_all()
    assert row.created_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert row.created_at.tzinfo is UTC
    row.created_at = datetime(2026, 1, 1)  # noqa: DTZ001 -- that is the point
    with pytest.raises(StatementError, match="naive"):
        session.flush()


def test_search_words_are_taken_literally():
    """frame: wildcards of the database mean nothing to a person."""
    assert like("50%_\\") == "%50\\%\\_\\\\%"
