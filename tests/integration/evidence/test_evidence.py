"""Evidence in the database on both engines, and the upkeep of its store."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from core.db import writing
from core.errors import Invalid, NotAllowed, NotFound, StepRefused
from core.events import Event
from core.jobs import Job, JobState, run_due
from core.settings import Settings
from evidence.files import operations, queries
from evidence.files.models import Blob, Evidence
from evidence.files.rules import EvidenceState
from evidence.files.storage import DiskStore, StoredFile
from evidence.issued.models import IssuedDocument
from evidence.upkeep import jobs as upkeep_jobs
from evidence.upkeep.cli import cli
from evidence.upkeep.operations import damaged, sweep
from tests.factories.accounts import NOW
from tests.integration.evidence.made import CONTENT, DIGEST, LATER, World, files_of, put

# -- evidence --------------------------------------------------------------------------------------


def test_handing_over_keeps_the_file_and_leaves_one_event(world, store):
    """S-05: every piece of evidence names who, when, what it shows and the digest of its content."""
    evidence = world.hand_over(store)
    world.session.commit()
    item = queries.item(world.session, world.auditor, evidence.id)
    assert (item.blob.sha256, item.blob.size, item.blob.media_type) == (
        DIGEST,
        len(CONTENT),
        "text/plain",
    )
    assert (item.evidence.file_name, item.who, item.state) == (
        "工单.txt",
        "Li Lei",
        EvidenceState.VALID,
    )
    assert item.evidence.handed_over_by_organisation_id == world.client.id
    [event] = world.session.scalars(select(Event))
    assert (event.name, event.subject_kind, event.subject_id) == (
        "evidence:handed_over",
        "evidence",
        evidence.id,
    )
    assert (event.owner_id, event.after["sha256"]) == (world.body.id, DIGEST)


def test_the_same_content_is_one_blob_for_each_organisation(world, store):
    """I-32: identical content is stored once per organisation; another one never learns of it."""
    first = world.hand_over(store)
    again = world.hand_over(store, world.auditor, title="The same")
    foreign = world.hand_over(store, world.other_manager, client_id=world.other_client.id)
    world.session.commit()
    assert first.blob_id == again.blob_id != foreign.blob_id
    assert world.session.scalar(select(func.count()).select_from(Blob)) == 2
    assert len(files_of(store)) == 1
    with pytest.raises(NotFound):
        queries.item(world.session, world.other_manager, first.id)
    assert queries.blob_of(world.session, world.other_client.id, DIGEST).id == foreign.blob_id


def test_two_at_once_agree_on_the_blob(world, store, session_factory, monkeypatch):
    """I-32: a blob that appears between the look and the insert is used, not doubled."""
    world.hand_over(store)
    world.session.commit()
    seen = []
    real = operations.blob_of

    def blind_at_first(session, organisation_id, sha256):
        seen.append(sha256)
        return None if len(seen) == 1 else real(session, organisation_id, sha256)

    monkeypatch.setattr(operations, "blob_of", blind_at_first)
    second = world.hand_over(store)
    world.session.commit()
    assert len(seen) == 2
    assert world.session.scalar(select(func.count()).select_from(Blob)) == 1
    assert world.session.scalar(select(func.count()).select_from(Event)) == 2
    assert second.blob_id == world.session.scalar(select(Blob.id))


def test_eight_at_once(world, store, session_factory):
    """S-32: uploads at the same time all arrive, whole."""
    problems = []

    def upload(number):
        try:
            for turn in range(3):
                with session_factory() as session:
                    writing(session)
                    own = World.__new__(World)
                    own.__dict__.update(world.__dict__, session=session)
                    own.hand_over(
                        store,
                        content=CONTENT + b"%d" % (turn if number % 2 else number * 10 + turn + 10),
                    )
                    session.commit()
        except Exception as error:  # noqa: BLE001 -- shown by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert world.session.scalar(select(func.count()).select_from(Evidence)) == 24
    blobs = list(world.session.scalars(select(Blob)))
    assert len(blobs) == len(files_of(store)) == 3 + 4 * 3
    assert all(store.verify(StoredFile(blob.sha256, blob.size)) for blob in blobs)


def test_a_file_that_is_not_taken_leaves_nothing(world, store):
    """S-32: a refused file is neither on the disk nor in a row, and the form field is named."""
    with pytest.raises(Invalid) as caught:
        world.hand_over(store, content=b"<svg><script>alert(1)</script></svg>", file_name="a.png")
    assert caught.value.field == "file"
    world.session.commit()
    assert files_of(store) == []
    assert world.session.scalar(select(func.count()).select_from(Event)) == 0


def test_only_the_two_sides_hand_over(world, store):
    """I-32: nobody else puts evidence into a client's file."""
    for actor in (world.other_manager, world.other_auditor, world.inspector):
        with pytest.raises(NotAllowed):
            world.hand_over(store, actor)
    assert files_of(store) == []


def test_a_transaction_that_fails_leaves_no_row_and_a_sweep_clears_the_file(
    world, store, session_factory
):
    """I-19: after a rollback nothing points at the file, and the file goes."""
    world.hand_over(store)
    world.session.rollback()
    assert world.session.scalar(select(func.count()).select_from(Event)) == 0
    assert sweep(store, session_factory, now=LATER).unclaimed == 1


def test_who_sees_what(world, store):
    """I-32: a provider sees its own, a body its clients', the regulator all, nobody else anything."""
    mine = world.hand_over(store)
    theirs = world.hand_over(
        store, world.other_auditor, client_id=world.other_client.id, body_id=world.other_body.id
    )
    world.session.commit()
    seen = {
        "manager": [mine.id], "other_manager": [theirs.id], "auditor": [mine.id],
        "other_auditor": [theirs.id], "inspector": [theirs.id, mine.id],
    }  # fmt: skip
    for name, ids in seen.items():
        actor = getattr(world, name)
        rows = queries.items(world.session, queries.listed(actor))
        assert [row.evidence.id for row in rows] == ids, name
        assert set(queries.of_ids(world.session, actor, [mine.id, theirs.id])) == set(ids)
        for evidence in (mine, theirs):
            if evidence.id not in ids:
                with pytest.raises(NotFound):
                    queries.item(world.session, actor, evidence.id)
    with pytest.raises(NotFound):
        queries.item(world.session, world.inspector, 999)
    assert queries.of_ids(world.session, world.inspector, []) == {}


def test_lists_are_narrowed(world, store):
    """I-32: by client, by body; void ones only on request."""
    mine = world.hand_over(store)
    other = world.hand_over(store, world.other_auditor, body_id=world.other_body.id)
    operations.void(world.session, world.other_auditor, other, reason="wrong file", now=NOW)
    world.session.commit()

    def ids(**narrowed):
        rows = queries.items(world.session, queries.listed(world.inspector, **narrowed))
        return [row.evidence.id for row in rows]

    assert ids() == [mine.id]
    assert ids(void_too=True) == [other.id, mine.id]
    assert ids(body_id=world.other_body.id, void_too=True) == [other.id]
    assert ids(client_id=world.other_client.id, void_too=True) == []


def test_void_keeps_everything_and_names_the_reason(world, store):
    """I-09: nothing is deleted; a wrong item is void with a reason, once, by its own side."""
    evidence = world.hand_over(store)
    world.session.commit()
    with pytest.raises(StepRefused) as caught:
        operations.void(world.session, world.auditor, evidence, reason="wrong", now=NOW)
    assert [reason.code for reason in caught.value.reasons] == ["evidence_is_own"]
    with pytest.raises(NotAllowed):
        operations.void(world.session, world.inspector, evidence, reason="wrong", now=NOW)
    operations.void(world.session, world.manager, evidence, reason="Wrong month", now=NOW)
    world.session.commit()
    item = queries.item(world.session, world.auditor, evidence.id)
    assert (item.state, item.evidence.void_reason) == (EvidenceState.VOID, "Wrong month")
    with pytest.raises(StepRefused):
        operations.void(world.session, world.manager, evidence, reason="again", now=NOW)
    events = list(world.session.scalars(select(Event.name).order_by(Event.id)))
    assert events == ["evidence:handed_over", "evidence:voided"]
    assert len(files_of(store)) == 1


def test_who_opened_it_is_on_record(world, store):
    """I-32: who saw what."""
    evidence = world.hand_over(store)
    operations.note_opening(world.session, world.inspector, evidence, now=NOW)
    world.session.commit()
    last = world.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert (last.name, last.actor_organisation_id) == ("evidence:opened", world.regulator.id)


BROKEN_EVIDENCE = {
    "ck_evidence_void_has_a_reason": {"voided_at": NOW},
    "ck_evidence_void_reason_says_something": {"voided_at": NOW, "void_reason": ""},
    "ck_evidence_void_follows_hand_over": {"voided_at": NOW - timedelta(1), "void_reason": "x"},
    "ck_evidence_has_a_title": {"title": ""},
    "ck_evidence_file_name_fits": {"file_name": ""},
    "ck_evidence_body_is_not_the_provider": "body_id = organisation_id",
    "ck_evidence_comes_from_a_party": "handed_over_by_organisation_id = 99",
    "ck_evidence_evidenceclass": "confidentiality = 'secret'",
}


@pytest.mark.parametrize("name", BROKEN_EVIDENCE)
def test_the_database_repeats_each_invariant(world, store, name):
    """I-19: what the rules promise, the database refuses by name."""
    world.hand_over(store)
    world.session.commit()
    change = BROKEN_EVIDENCE[name]
    values = change if isinstance(change, dict) else {}
    by_hand = text(f"UPDATE evidence SET {change}")  # noqa: S608 -- the table above
    statement = update(Evidence).values(**values) if values else by_hand
    with pytest.raises(IntegrityError, match=name):
        world.session.execute(statement)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("ck_blobs_digest_is_whole", {"sha256": "ab"}),
        ("ck_blobs_digest_is_whole", {"sha256": "A" * 64}),
        ("ck_blobs_is_not_empty", {"size": 0}),
        ("ck_blobs_has_a_type", {"media_type": ""}),
        ("uq_blobs_organisation_id_sha256|blobs.organisation_id, blobs.sha256", {}),
    ],
)
def test_the_database_knows_what_a_blob_is(world, store, name, values):
    """I-19: a blob has a whole digest, a size and a type, and there is one for each organisation."""
    world.hand_over(store)
    given = {
        "organisation_id": world.client.id,
        "sha256": DIGEST,
        "size": 1,
        "media_type": "text/plain",
    }
    world.session.add(Blob(**(given | {"stored_at": NOW} | values)))
    with pytest.raises(IntegrityError, match=name):
        world.session.flush()


def test_a_blob_of_another_organisation_cannot_be_cited(world, store):
    """I-32: the database itself keeps one organisation's content out of another's evidence."""
    mine = world.hand_over(store)
    foreign = world.hand_over(store, world.other_manager, client_id=world.other_client.id)
    world.session.commit()
    mine.blob_id = foreign.blob_id
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        world.session.flush()


def test_blobs_never_change(world, store):
    """I-19: the database refuses to change or remove a blob."""
    world.hand_over(store)
    world.session.commit()
    for statement in ("UPDATE blobs SET size = 1", "DELETE FROM blobs"):
        with pytest.raises(IntegrityError, match="append-only"):
            world.session.execute(text(statement))
        world.session.rollback()


def test_every_constraint_has_a_name(session):
    """I-19: a broken rule can be told by the name of its constraint."""
    for table in ("blobs", "evidence"):
        seen = inspect(session.get_bind())
        names = [one["name"] for one in seen.get_check_constraints(table)]
        names += [
            one["name"] for one in seen.get_foreign_keys(table) + seen.get_unique_constraints(table)
        ]
        assert names
        assert all(names)


# -- upkeep ----------------------------------------------------------------------------------------


def test_upkeep_spares_evidence_and_issued_documents(world, store, session_factory):
    """I-19: what rows claim stays, whichever table they stand in."""
    world.hand_over(store)
    issued, lost = put(store, b"a certificate"), put(store, b"lost")
    world.session.add(
        IssuedDocument(
            subject_kind="certificates", subject_id=1, kind="certificate", language="",
            file_name="c.pdf", media_type="application/pdf", sha256=issued.sha256, size=issued.size,
            created_at=NOW,
        )
    )  # fmt: skip
    world.session.commit()
    assert sweep(store, session_factory, now=LATER).unclaimed == 1
    assert store.exists(issued)
    assert not store.exists(lost)
    assert damaged(store, session_factory) == []
    path = store.root / issued.sha256[:2] / issued.sha256[2:4] / issued.sha256
    path.write_bytes(b"b certificate")
    assert damaged(store, session_factory) == [issued]


def test_sweep_and_check_come_round_by_themselves(world, session_factory, tmp_path):
    """I-19: queued once a day and once a week without anybody remembering; damage fails the job aloud."""
    settings = Settings(data_dir=tmp_path, database_url="", secret_key="x")
    store = DiskStore(tmp_path / "files", 1 << 20)
    world.hand_over(store)
    world.session.commit()
    moment = [datetime(2020, 1, 1, tzinfo=UTC)]  # past, so that what is queued is due
    rota = upkeep_jobs.Rota(lambda: moment[0])

    def queued():
        rota(session_factory, settings)
        with session_factory() as session:
            return sorted(session.scalars(select(Job.kind)))

    assert queued() == ["store:check", "store:sweep"]
    assert len(queued()) == 2
    moment[0] += timedelta(hours=23)
    assert len(queued()) == 2
    moment[0] += timedelta(hours=1)
    assert queued() == ["store:check", "store:sweep", "store:sweep"]
    moment[0] += timedelta(days=6)
    assert len(queued()) == 5
    run_due(session_factory, settings, upkeep_jobs.HANDLERS)
    with session_factory() as session:
        assert set(session.scalars(select(Job.state))) == {JobState.DONE}
    (store.root / DIGEST[:2] / DIGEST[2:4] / DIGEST).write_bytes(b"rot")
    moment[0] += timedelta(days=7)
    queued()
    run_due(session_factory, settings, upkeep_jobs.HANDLERS)
    with session_factory() as session:
        [failed] = session.scalars(select(Job).where(Job.state == JobState.FAILED))
    assert failed.kind == "store:check"
    assert DIGEST in failed.error


def test_upkeep_by_hand(world, session_factory, tmp_path):
    """I-19: an administrator can sweep and check at any time; damage ends the command with 1."""
    app = Flask(__name__)
    app.extensions["settings"] = Settings(data_dir=tmp_path, database_url="", secret_key="x")
    app.extensions["sessions"] = session_factory
    app.cli.add_command(cli)
    world.hand_over(DiskStore(tmp_path / "files", 1 << 20))
    world.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["store", "sweep"]).output.startswith(
        "0 temporaries removed, 0 files set aside"
    )
    assert run(args=["store", "verify"]).exit_code == 0
    (tmp_path / "files" / DIGEST[:2] / DIGEST[2:4] / DIGEST).unlink()
    result = run(args=["store", "verify"])
    assert (result.exit_code, result.output) == (1, f"damaged or missing: {DIGEST}\n")
