"""The store under crashes, damage and sweeps."""

import errno
import json
import os
import stat
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.db import Model, make_engine, make_sessions
from core.errors import Unavailable
from core.events import Event
from evidence.files.models import Blob, Evidence
from evidence.files.storage import DiskStore, StoredFile, TooLarge
from evidence.upkeep.operations import damaged, sweep
from evidence.upkeep.queries import CLAIMANTS
from tests.integration.evidence.made import CONTENT, DIGEST, LATER, files_of, put

# -- the store itself ------------------------------------------------------------------------------


def test_content_is_kept_under_its_digest_for_the_product_alone(store):
    """S-32: files are addressed by digest and readable by nobody else on the machine."""
    stored = put(store)
    path = store.root / DIGEST[:2] / DIGEST[2:4] / DIGEST
    assert stored == StoredFile(DIGEST, len(CONTENT))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in list(path.parents)[:3]} == {0o700}
    with store.open(DIGEST) as file:
        assert file.read() == CONTENT
    assert store.exists(stored)
    assert store.verify(stored)
    assert files_of(store) == [f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]


def test_what_is_not_kept_is_gone(store):
    """S-33: an interrupted upload leaves no trace."""
    incoming = store.begin()
    incoming.write(CONTENT)
    assert len(files_of(store)) == 1
    incoming.close()
    assert files_of(store) == []
    with pytest.raises(ValueError, match="sealed or gone"):
        incoming.write(b"more")
    forgotten = store.begin()
    forgotten.write(CONTENT)
    del forgotten
    assert files_of(store) == []


def test_an_upload_is_stopped_where_it_passes_the_limit(store):
    """S-32: the limit holds while the file comes in, whatever its sender said about its size."""
    incoming = store.begin()
    incoming.write(bytes(1 << 20))
    with pytest.raises(TooLarge) as caught:
        incoming.write(b"x")
    assert caught.value.status == 413
    assert files_of(store) == []


def _filled(incoming):
    incoming.write(CONTENT)
    return incoming


@pytest.mark.parametrize("failing", ["pwrite", "fsync"])
def test_a_full_disk_is_told_and_leaves_nothing(store, monkeypatch, failing):
    """S-05: a person reads what is wrong; the disk is not filled with halves."""

    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    incoming = store.begin()
    with pytest.raises(Unavailable, match="no room"):
        store.keep(_filled(incoming))
    assert files_of(store) == []


def test_a_part_of_a_write_is_finished(store, monkeypatch):
    """S-32: a system that takes fewer bytes than given loses none."""
    whole = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda handle, data, at: whole(handle, data[:1000], at))
    assert store.verify(put(store))


def test_what_came_in_can_be_read_before_it_is_kept(store):
    """I-27: an import reads the same file that is kept."""
    incoming = store.begin()
    incoming.write(CONTENT[:50])
    incoming.seek(0)
    assert incoming.read(10) == CONTENT[:10]
    incoming.write(CONTENT[50:])
    incoming.seek(0)
    assert incoming.read() == CONTENT
    assert incoming.head == incoming.tail() == CONTENT
    assert incoming.sha256 == DIGEST
    incoming.close()


def test_nothing_but_a_digest_names_a_content(store):
    """S-32: no name reaches outside of the store."""
    for name in ("../../etc/passwd", DIGEST.upper(), DIGEST[:63], DIGEST + "\n", ""):
        with pytest.raises(ValueError, match="not a digest"):
            store.open(name)


def test_damage_is_found_and_the_same_content_repairs_it(store):
    """I-19: a record that rotted is known as such; handing it over again makes it whole."""
    stored = put(store)
    path = store.root / DIGEST[:2] / DIGEST[2:4] / DIGEST
    path.write_bytes(CONTENT[:-1] + b"X")
    assert store.exists(stored)
    assert not store.verify(stored)
    path.write_bytes(CONTENT[:-1])
    assert not store.exists(stored)
    path.unlink()
    assert not store.exists(stored)
    assert not store.verify(stored)
    put(store)
    assert store.verify(stored)


def test_the_order_of_writes(store, monkeypatch):
    """I-19: file synced, renamed to its digest, then its folders synced up to the root."""
    calls = []
    for name in ("pwrite", "fsync", "replace"):
        monkeypatch.setattr(os, name, _noting(calls, getattr(os, name), name))
    incoming = store.begin()
    temporary = incoming.path
    incoming.write(CONTENT)
    store.keep(incoming)
    folder = store.root / DIGEST[:2] / DIGEST[2:4]
    folders = [folder, folder.parent, store.root, store.root.parent]
    assert calls == [
        ("pwrite", temporary),
        ("fsync", temporary),
        ("replace", temporary),
        *(("fsync", path) for path in folders),
    ]


def _noting(calls, call, name):
    def noted(first, *rest):
        path = Path(f"/proc/self/fd/{first}").readlink() if isinstance(first, int) else first
        calls.append((name, path))
        return call(first, *rest)

    return noted


# -- sweeping --------------------------------------------------------------------------------------


def test_a_sweep_removes_old_temporaries_and_leaves_running_uploads(store):
    """S-33: what a killed process left goes after a day; an upload that still runs stays."""
    old, running = store.begin(), store.begin()
    for incoming in (old, running):
        incoming.write(CONTENT)
    os.utime(old.path, (1, 1))
    swept = store.sweep(datetime.now(UTC) - timedelta(hours=1), lambda _digests: set())
    assert (swept.temporaries, swept.unclaimed, swept.expired) == (1, 0, 0)
    assert files_of(store) == [f"incoming/{running.path.name}"]
    running.close()
    old.close()


def test_a_sweep_sets_aside_what_no_row_claims_and_takes_it_back(store):
    """I-19: no file is destroyed because a database is older than the store."""
    claimed, lost = put(store), put(store, b"lost")
    swept = store.sweep(LATER, lambda _digests: {claimed.sha256})
    assert swept.unclaimed == 1
    assert store.exists(claimed)
    assert not store.exists(lost)
    assert f"unclaimed/{lost.sha256}" in files_of(store)
    assert store.sweep(LATER, set).expired == 0
    assert store.verify(lost)


def test_what_is_set_aside_goes_after_thirty_days(store):
    """S-33: leftovers are not kept for ever."""
    lost = put(store)
    assert store.sweep(LATER, lambda _digests: set()).unclaimed == 1
    assert store.sweep(LATER + timedelta(days=27), lambda _digests: set()).expired == 0
    assert store.sweep(LATER + timedelta(days=30), lambda _digests: set()).expired == 1
    assert files_of(store) == []
    assert not store.exists(lost)


def test_a_sweep_does_not_take_what_comes_in_again_meanwhile(store):
    """I-19: a content that is handed over anew between the look and the sweep stays."""
    stored = put(store)
    path = store.root / DIGEST[:2] / DIGEST[2:4] / DIGEST
    os.utime(path, (1, 1))
    before = datetime.now(UTC) - timedelta(hours=1)

    def handed_over_meanwhile(_digests):
        put(store)
        return set()

    assert store.sweep(before, handed_over_meanwhile).unclaimed == 0
    assert store.verify(stored)


def test_upkeep_asks_every_table_that_points_into_the_store():
    """I-19: whoever adds a table with contents in the store adds it to the upkeep too."""
    columns = {
        mapper.local_table.name: set(mapper.local_table.c.keys())
        for mapper in Model.registry.mappers
    }
    pointing = {
        name
        for name, keys in columns.items()
        if {"sha256", "size"} <= keys and "content" not in keys  # which holds its bytes itself
    }
    assert {table.__tablename__ for table in CLAIMANTS} == pointing


# -- crashes ---------------------------------------------------------------------------------------


def test_a_crash_at_any_step_loses_nothing_acknowledged_and_leaves_nothing_dangling(tmp_path):
    """I-19: killed before each step in turn, the store and the rows agree; a sweep clears the rest."""
    base = tmp_path / "runs"
    base.mkdir()
    command = [sys.executable, "-m", "tests.integration.evidence.crashing", str(base)]
    root = Path(__file__).parents[3]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)  # noqa: S603
    runs = json.loads(run.stdout)
    *killed, whole = runs.values()
    order = [name for name in whole if name != "mkdir"]
    assert order == ["begin", "pwrite", "pwrite", "fsync", "utime", "replace",
                     *["fsync"] * 4, "commit", "answer", "answered"]  # fmt: skip
    assert len(killed) == len(whole) - 1
    outcomes = [_outcome(base / name, steps) for name, steps in runs.items()]
    assert outcomes[0] == outcomes[-4] == "nothing"
    assert outcomes[-3:] == ["nothing", "kept", "kept"]


def _outcome(folder: Path, steps: list[str]) -> str:
    engine = make_engine(f"sqlite:///{folder / 'db'}")
    sessions = make_sessions(engine)
    store = DiskStore(folder / "files", 1 << 30)

    @contextmanager
    def reading():
        with sessions() as session:
            yield session

    with sessions() as session:
        blobs = list(session.scalars(select(Blob)))
        events = session.scalar(select(func.count()).select_from(Event))
        rows = session.scalar(select(func.count()).select_from(Evidence))
    assert len(blobs) == events == rows
    assert damaged(store, reading) == [], steps
    sweep(store, reading, now=LATER)
    left = [name for name in files_of(store) if not name.startswith("unclaimed/")]
    assert len(left) == len(blobs), steps
    if "answered" in steps:
        assert len(blobs) == 1
    engine.dispose()
    return "kept" if blobs else "nothing"
