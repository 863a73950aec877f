"""Jobs: written with the change that needs them, run at least once, told when they fail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core import jobs
from core.clock import utc_now
from core.errors import Unavailable
from core.jobs import Job, JobState, Work, enqueue, run_due
from core.settings import Settings


@pytest.fixture
def given(tmp_path):
    return Settings(data_dir=tmp_path, database_url="", secret_key="x", testing=True)


def add(session_factory, kind="do", **payload):
    with session_factory() as session:
        enqueue(session, kind, payload, now=utc_now())
        session.commit()


def the_job(session_factory) -> Job:
    with session_factory() as session:
        return session.scalar(select(Job))


def test_a_job_runs_once_with_its_payload(session_factory, given):
    """quality speed: long work runs outside the web."""
    seen = []
    add(session_factory, n=3)
    assert run_due(session_factory, given, {"do": lambda work: seen.append(work.payload["n"])}) == 1
    assert run_due(session_factory, given, {"do": seen.append}) == 0
    assert seen == [3]
    assert the_job(session_factory).state is JobState.DONE


def test_a_rollback_takes_the_job_along(session_factory, given):
    """quality 3: neither the change nor its job exists without the other."""
    with session_factory() as session:
        enqueue(session, "do", {}, now=utc_now())
        session.rollback()
    assert run_due(session_factory, given, {}) == 0


def test_progress_is_kept(session_factory, given):
    """frame: long work tells how far it is."""

    def handler(work: Work) -> None:
        work.progress(1, 4)
        job = the_job(session_factory)
        assert (job.done, job.total, job.state) == (1, 4, JobState.RUNNING)

    add(session_factory)
    run_due(session_factory, given, {"do": handler})
    assert the_job(session_factory).state is JobState.DONE


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(session_factory, given):
    """quality 5: pauses grow; after the last try the page shows the reason."""

    def broken(_work):
        msg = "no paper"
        raise RuntimeError(msg)

    add(session_factory)
    pauses = []
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        assert run_due(session_factory, given, {"do": broken}) == 1
        job = the_job(session_factory)
        assert job.attempts == attempt
        if job.state is JobState.QUEUED:
            pauses.append(job.run_after - utc_now())
            assert run_due(session_factory, given, {"do": broken}) == 0
            with session_factory() as session:
                session.execute(update(Job).values(run_after=utc_now()))
                session.commit()
    assert pauses == sorted(pauses)
    assert the_job(session_factory).state is JobState.FAILED
    assert "no paper" in the_job(session_factory).error
    with session_factory() as session:
        jobs.retry(session, session.scalar(select(Job)), now=utc_now())
        session.commit()
    assert run_due(session_factory, given, {"do": lambda _work: None}) == 1


def test_a_domain_error_needs_no_second_try(session_factory, given):
    """frame: a missing library makes the document fail with its clear message, at once."""

    def missing(_work):
        raise Unavailable("Install the font.")

    add(session_factory)
    run_due(session_factory, given, {"do": missing})
    job = the_job(session_factory)
    assert (job.state, job.attempts) == (JobState.FAILED, 1)
    assert "Install the font." in job.error


def test_a_dead_workers_job_is_taken_up_again(session_factory, given):
    """quality 5: a worker killed in the middle loses nothing."""
    add(session_factory)
    with session_factory() as session:
        session.execute(
            update(Job).values(state=JobState.RUNNING, beat_at=utc_now() - jobs.SILENT_AFTER * 2)
        )
        session.commit()
    assert jobs.sweep(session_factory) == 1
    assert run_due(session_factory, given, {"do": lambda _work: None}) == 1


def test_a_job_that_still_beats_is_left_alone(session_factory):
    """quality 5: the sweeper does not run a living worker's job twice."""
    add(session_factory)
    with session_factory() as session:
        session.execute(
            update(Job).values(state=JobState.RUNNING, beat_at=utc_now() - timedelta(minutes=1))
        )
        session.commit()
    assert jobs.sweep(session_factory) == 0


def test_two_workers_never_take_the_same_job(session_factory, given):
    """quality 4: claimed once, however many workers ask."""
    import threading

    for n in range(10):
        add(session_factory, n=n)
    seen, lock = [], threading.Lock()

    def handler(work):
        with lock:
            seen.append(work.payload["n"])

    def worker():
        run_due(session_factory, replace(given), {"do": handler})

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(10))


def test_an_unknown_kind_fails_and_says_so(session_factory, given):
    """frame: nothing is swallowed."""
    add(session_factory, kind="nobody-knows")
    run_due(session_factory, given, {})
    assert "nobody-knows" in the_job(session_factory).error
