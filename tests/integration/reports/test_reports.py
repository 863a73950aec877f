"""The log, jobs, mail addresses and the regulator's lists with a database under them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from accounts.people.models import Letter
from accounts.people.rules import LetterKind
from certification.certificates.models import Certificate
from certification.certificates.rules import CertificateState
from core import jobs
from core.errors import NotFound, StepRefused
from core.events import Event, record
from core.jobs import Job, JobState
from core.permissions import OrganisationKind, Role
from reports.activity import operations, queries
from reports.activity.jobs import HANDLERS
from reports.activity.queries import Wanted
from reports.oversight import queries as oversight
from tests.factories.accounts import NOW, member, organisation, user
from tests.factories.audits import world
from tests.factories.cases import certificate


@pytest.fixture
def stage(session):
    made = world(session)
    session.commit()
    return made


@pytest.fixture
def inspector(session):
    regulator = organisation(session, OrganisationKind.REGULATOR)
    return user(session, regulator, Role.INSPECTOR)[1]


def note(session, actor, stage, name="organisation:changed", **values):
    record(session, actor, name, stage.client, now=NOW, owner_id=stage.body.id, **values)
    session.commit()


def seen(session, actor, **wanted):
    return set(session.scalars(queries.listing(actor, Wanted(**wanted))))


def test_each_body_reads_its_own_log_and_the_regulator_all(session, stage, inspector):
    """S-32: an administrator never reads another body's events; a provider none."""
    other = world(session)
    note(session, stage.planner, stage, label="MINE")
    note(session, other.planner, other, label="THEIRS")
    labels = {one.subject_label for one in seen(session, stage.administrator)}
    assert "MINE" in labels
    assert "THEIRS" not in labels
    assert {"MINE", "THEIRS"} <= {one.subject_label for one in seen(session, inspector)}
    assert seen(session, stage.manager) == set()
    theirs = next(one for one in seen(session, inspector) if one.subject_label == "THEIRS")
    with pytest.raises(NotFound):
        queries.event(session, stage.administrator, theirs.id)


def test_the_log_can_be_narrowed(session, stage):
    """S-32: by words, kind of thing, person and days."""
    note(session, stage.planner, stage, label="ALPHA", reason="100 % sure_")
    note(session, stage.leader, stage, label="BETA")

    def labels(**wanted):
        found = seen(session, stage.administrator, **wanted)
        return {one.subject_label for one in found} & {"ALPHA", "BETA"}

    assert labels(words="alpha") == {"ALPHA"}
    assert labels(words="0 % sure_") == {"ALPHA"}
    assert labels(words="100 _ sure%") == set()
    assert labels(who="leader") == {"BETA"}
    assert labels(kind="organisation") == {"ALPHA", "BETA"}
    assert labels(kind="audit") == set()
    assert labels(since=NOW + timedelta(1)) == set()
    assert labels(until=NOW) == set()


def run(factory, settings=None):
    while jobs.run_due(factory, settings, HANDLERS):
        pass


def test_a_sound_chain_is_told_so(session, session_factory, stage):
    """S-32: the whole log is checked in the background; the page learns the number."""
    operations.check(session, stage.administrator, now=NOW)
    session.commit()
    run(session_factory)
    session.expire_all()
    job = queries.check(session, stage.administrator)
    assert job.state is JobState.DONE
    assert job.done == job.total == session.query(Event).count()


def test_one_check_at_a_time(session, stage):
    """Quality 4: pressing twice asks once."""
    first = operations.check(session, stage.administrator, now=NOW)
    session.commit()
    assert operations.check(session, stage.administrator, now=NOW) is first


def test_a_changed_event_is_found(session, session_factory, stage):
    """S-32: whoever changes the log behind the product's back is found out."""
    note(session, stage.planner, stage)
    victim = max(one.id for one in session.query(Event))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER events_no_update"))
    else:
        session.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
    session.execute(update(Event).where(Event.id == victim).values(actor_name="Nobody"))
    operations.check(session, stage.administrator, now=NOW)
    session.commit()
    run(session_factory)
    session.expire_all()
    job = queries.check(session, stage.administrator)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(
            text(
                "CREATE TRIGGER events_no_update BEFORE UPDATE ON events "
                "BEGIN SELECT RAISE(ABORT, 'events is append-only'); END"
            )
        )
    else:
        session.execute(text("ALTER TABLE events ENABLE TRIGGER USER"))
    session.commit()
    assert job.state is JobState.FAILED
    assert str(victim) in job.error


def test_only_own_failed_jobs_are_done_again(session, stage):
    """S-32: foreign jobs do not exist; finished ones are not repeated."""
    job = Job(
        kind="events:verify", payload={}, owner_id=stage.body.id, created_at=NOW, run_after=NOW,
        state=JobState.FAILED, error="out of reach",
    )  # fmt: skip
    session.add(job)
    session.commit()
    with pytest.raises(NotFound):
        queries.job(session, world(session).administrator, job.id)
    found = queries.job(session, stage.administrator, job.id)
    operations.retry(session, stage.administrator, found, now=NOW)
    session.commit()
    assert (job.state, job.error) == (JobState.QUEUED, None)
    with pytest.raises(StepRefused):
        operations.retry(session, stage.administrator, found, now=NOW)


def test_mail_is_read_for_own_people_alone(session, stage):
    """S-32, I-32: who also belongs elsewhere keeps their letters; a reset link would open that too."""
    other = world(session)
    both = stage.person(stage.planner)
    member(session, both, other.body, Role.PLANNER)
    stranger = other.person(other.leader)
    for email, invited_to in (
        ("new@example.org", stage.body), (stranger.email, stage.body), ("no@example.org", other.body)
    ):  # fmt: skip
        session.add(
            Letter(
                kind=LetterKind.INVITATION, email=email, organisation_id=invited_to.id, roles=[],
                created_at=NOW, expires_at=NOW,
            )
        )  # fmt: skip
    session.flush()
    known = queries.addresses(session, stage.administrator)
    assert {"new@example.org", stage.person(stage.leader).email} <= known
    assert not {both.email, stranger.email, "no@example.org"} & known


def test_the_regulator_sees_every_certificate(session, stage, inspector):
    """S-25, I-17: across bodies, narrowed by body, level, state, standard, words and day."""
    mine = certificate(session, stage)
    other = world(session)
    theirs = certificate(session, other, level=2)
    theirs.state, theirs.suspended_until = CertificateState.SUSPENDED, NOW.date()
    session.flush()

    def found(**wanted):
        rows = session.execute(oversight.listing(inspector, oversight.Wanted(**wanted)))
        return {row[0].id for row in rows}

    assert found() == {mine.id, theirs.id}
    assert found(body_id=stage.body.id) == found(level=3) == found(state="active") == {mine.id}
    assert found(words=theirs.number.lower()) == {theirs.id}
    assert found(until=NOW.date()) == set()
    assert found(until=mine.expires_on) == {mine.id, theirs.id}
    assert found(standard_id=0) == set()
    assert found(state="none") == {mine.id, theirs.id}
    assert sorted(oversight.counts(session, inspector)) == [
        (CertificateState.ACTIVE, 3, 1), (CertificateState.SUSPENDED, 2, 1),
    ]  # fmt: skip


def test_the_file_holds_everything(session, stage, inspector):
    """S-25, I-19: application, audits, findings, decisions, revisions and states of one certificate."""
    one = certificate(session, stage)
    whole = oversight.file(session, inspector, one.id)
    assert whole.holder.id == stage.client.id
    assert len(whole.audits) == 5
    assert [decision.engagement_id for decision, _name in whole.decisions] == [stage.engagement.id]
    assert (len(whole.revisions), len(whole.statuses), whole.levels) == (1, 1, 5)
    with pytest.raises(NotFound):
        oversight.file(session, inspector, one.id + 1)
    with pytest.raises(NotFound):
        oversight.file(session, world(session).administrator, one.id)
    nobody = replace(stage.administrator, organisation_id=0)
    assert oversight.counts(session, nobody) == []
    assert session.get(Certificate, one.id) is not None
