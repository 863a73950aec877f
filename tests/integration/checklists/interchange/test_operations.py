"""Imports on their way: received, arranged, confirmed, written by the worker, put away (I-26, I-27)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from checklists.columns.rules import Arrangement
from checklists.incoming.rules import Choices, Unreadable
from checklists.interchange import jobs, operations, queries
from checklists.interchange.models import KnownColumns, StandardImport
from checklists.interchange.rules import ImportState, counts
from checklists.interchange.storage import open_file, read_file
from checklists.standards.models import Criterion, StandardVersion
from checklists.standards.rules import Area, StandardState
from core.errors import Invalid, NotFound, Stale, StepRefused
from core.events import Event, verify
from core.jobs import Job, JobState, run_due
from core.permissions import OrganisationKind, Role
from tests.factories.accounts import NOW, organisation, user

CSV = b"code,requirement\n1,Do this.\n2,Do that.\n"
STRANGE = b"Nr,Was\n1,Do this.\n2,Do that.\n"


@pytest.fixture
def world(session):
    body = organisation(session, OrganisationKind.BODY)
    other = organisation(session, OrganisationKind.BODY)
    _, planner = user(session, body, Role.PLANNER)
    _, stranger = user(session, other, Role.PLANNER)
    session.commit()
    return planner, stranger


def received(session, actor, content=CSV, name="some-1.0.csv"):
    opened = open_file(content, name)
    one = operations.receive(session, actor, opened, content, now=NOW)
    session.commit()
    return one, opened


def confirmed(session, actor, content=CSV, name="some-1.0.csv", **choices):
    one, opened = received(session, actor, content, name)
    given = Choices.read(one.choices | choices)
    found = read_file(opened, given, Arrangement.read(one.columns) if one.columns else None)
    operations.confirm(session, actor, one, given, found, revision=one.revision, now=NOW)
    session.commit()
    return one


def names(session):
    return list(session.scalars(select(Event.name).order_by(Event.id)))


def work(session, session_factory, settings):
    session.commit()  # a reader that lingers would keep the worker waiting
    return run_due(session_factory, settings, jobs.HANDLERS, kind=operations.JOB)


def again(session, one):
    session.expire_all()
    return session.get_one(StandardImport, one.id)


def test_the_whole_way(session, session_factory, settings, world):
    """I-27: what was shown is written as a draft of the body, once; the bytes go; each step is one event."""
    planner, _ = world
    one = confirmed(session, planner, area=Area.PEOPLE, title_en="Some standard")
    assert session.scalar(select(func.count(StandardVersion.id))) == 0
    assert work(session, session_factory, settings) == 1
    one = again(session, one)
    assert (one.state, one.content) == (ImportState.DONE, None)
    version = session.get_one(StandardVersion, one.standard_version_id)
    assert (version.state, version.body_id) == (StandardState.DRAFT, planner.organisation_id)
    assert version.drafted_by_id == planner.person_id
    assert version.title_en == "Some standard"
    assert set(session.scalars(select(Criterion.area))) == {Area.PEOPLE}
    job = session.scalars(select(Job)).one()
    assert (job.state, job.done, job.total) == (JobState.DONE, 2, 2)
    assert names(session) == [
        "import:received",
        "import:confirmed",
        "standard:imported",
        "import:finished",
    ]
    assert verify(session)[1] is None


def test_the_worker_may_run_twice(session, session_factory, settings, world):
    """quality 5: a worker that died after the work and before the mark changes nothing the second time."""
    planner, _ = world
    confirmed(session, planner)
    work(session, session_factory, settings)
    session.execute(text("UPDATE jobs SET state = 'queued'"))
    session.commit()
    work(session, session_factory, settings)
    assert session.scalar(select(func.count(StandardVersion.id))) == 1
    assert names(session).count("standard:imported") == 1


def test_what_became_taken_meanwhile_waits_again(session, session_factory, settings, world):
    """I-27: all or nothing; the second of two imports of one version is given back, nothing of it is written."""
    planner, _ = world
    first = confirmed(session, planner)
    second = confirmed(session, planner, STRANGE.replace(b"Was", b"Requirement"))
    work(session, session_factory, settings)
    assert again(session, first).state is ImportState.DONE
    assert again(session, second).state is ImportState.PENDING
    assert session.scalar(select(func.count(Criterion.id))) == 2
    assert names(session)[-1] == "import:returned"


def test_a_taken_version_is_refused_and_the_next_one_proposed(
    session, session_factory, settings, world
):
    """S-34 I-27: the refusal names a number that is free; the next upload starts from it."""
    planner, _ = world
    confirmed(session, planner)
    work(session, session_factory, settings)
    one, opened = received(session, planner)
    assert one.choices["version"] == "1.1"
    given = Choices(version="1.0")
    with pytest.raises(Invalid, match=r"1\.1 is free"):
        operations.confirm(
            session, planner, one, given, read_file(opened, given), revision=None, now=NOW
        )


def test_problems_are_not_confirmed(session, world):
    """I-27: nothing goes to the worker that has a problem."""
    planner, _ = world
    one, opened = received(session, planner, b"code,requirement\n1,\n")
    found = read_file(opened, Choices())
    with pytest.raises(Unreadable):
        operations.confirm(session, planner, one, Choices(), found, revision=None, now=NOW)
    assert session.scalar(select(func.count(Job.id))) == 0


def test_columns_are_remembered_by_the_body(session, world):
    """I-27: the next table with the same head starts from what was assigned, for this body only."""
    planner, stranger = world
    one, opened = received(session, planner, STRANGE, "t.csv")
    assert Arrangement.read(one.columns).columns == {}
    given = Arrangement("", 0, {0: "code", 1: "requirement"})
    operations.assign(session, planner, one, opened, given, revision=one.revision, now=NOW)
    session.commit()
    assert Arrangement.read(received(session, planner, STRANGE)[0].columns) == given
    assert Arrangement.read(received(session, stranger, STRANGE)[0].columns).columns == {}
    operations.assign(session, planner, one, opened, given, revision=None, now=NOW)
    assert session.scalar(select(func.count(KnownColumns.id))) == 1


def test_imports_belong_to_their_body(session, world):
    """S-32: another body's import is not there."""
    planner, stranger = world
    one, _ = received(session, planner)
    assert queries.pending(session, planner, one.id).content == CSV
    with pytest.raises(NotFound):
        queries.pending(session, stranger, one.id)
    assert [row[0].id for row in queries.waiting(session, planner)] == [one.id]
    assert queries.waiting(session, stranger) == []


def test_late_changes_and_steps_out_of_order_are_refused(session, world):
    """quality 4: a form that is behind is stale; what was discarded stays so."""
    planner, _ = world
    one, opened = received(session, planner)
    operations.arrange(session, planner, one, Choices(code="NEW"), revision=1, now=NOW)
    operations.arrange(session, planner, one, Choices(code="NEW"), revision=None, now=NOW)
    assert names(session).count("import:arranged") == 0
    session.commit()
    assert names(session).count("import:arranged") == 1
    with pytest.raises(Stale):
        operations.arrange(session, planner, one, Choices(), revision=1, now=NOW)
    operations.discard(session, planner, one, revision=None, now=NOW)
    found = read_file(opened, Choices())
    for act in (
        lambda: operations.discard(session, planner, one, revision=None, now=NOW),
        lambda: operations.arrange(session, planner, one, Choices(), revision=None, now=NOW),
        lambda: operations.confirm(session, planner, one, Choices(), found, revision=None, now=NOW),
        lambda: operations.finish(session, one, found, now=NOW),
    ):
        with pytest.raises(StepRefused):
            act()


def test_old_imports_expire(session, session_factory, settings, world):
    """S-33: the bytes of what nobody confirmed go after a week; the row tells that it was."""
    planner, _ = world
    one, _ = received(session, planner)
    jobs.PutAway(lambda: NOW + timedelta(days=6))(session_factory, settings)
    assert again(session, one).state is ImportState.PENDING
    session.commit()
    later = jobs.PutAway(lambda: NOW + timedelta(days=7))
    later(session_factory, settings)
    later(session_factory, settings)
    assert again(session, one).state is ImportState.EXPIRED
    assert again(session, one).content is None
    assert names(session)[-1] == "import:expired"


def test_not_too_many_wait(session, world, monkeypatch):
    """quality 6: a body cannot fill the database with files."""
    planner, _ = world
    monkeypatch.setattr(operations, "MOST_OPEN", 2)
    received(session, planner)
    received(session, planner)
    with pytest.raises(Invalid, match="wait to be confirmed"):
        received(session, planner)


def test_what_is_no_standard_is_not_kept(session, world):
    """I-26: another model of OSCAL is told at once."""
    planner, _ = world
    with pytest.raises(Unreadable, match="assessment plan"):
        received(session, planner, b'{"assessment-plan": {}}', "p.json")
    assert session.scalar(select(func.count(StandardImport.id))) == 0


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("content = NULL", "open_has_content"),
        ("state = 'done'", "done_has_version"),
        ("size = 0", "size_is_positive"),
        ("sha256 = 'x'", "digest_is_whole"),
        ("state = 'lost'", "importstate"),
    ],
)
def test_the_database_repeats_it(session, world, change, name):
    """house: each invariant stands in the database by name."""
    received(session, world[0])
    with pytest.raises(IntegrityError, match=name):
        session.execute(text("UPDATE standard_imports SET " + change))  # noqa: S608 -- from the list above
    session.rollback()


def test_counts():
    """I-27: sections, criteria, levels, dimensions, areas, and the texts each language lacks."""
    content = "章节编号,编号,要求,等级,维度\nA,1,做到,1,响应\nB,2,做到,2,\n".encode()
    found = read_file(open_file(content, "t.csv"), Choices())
    told = counts(found.pack)
    assert (told.sections, told.criteria, told.critical) == (2, 2, 0)
    assert told.levels == {1: 1, 2: 1}
    assert told.dimensions == {"response": 1, "": 1}
    assert (told.missing["zh"], told.missing["en"]) == (0, 7)
