"""The bytes: received while they are hashed, kept by digest, given back, checked.

The order that survives a crash at any point: stream to a temporary file → sync it → rename it to its
digest → sync the folders → (the caller) commit → answer. What a crash leaves behind, a temporary or a
file no row knows, ``sweep`` finds.
"""

import contextlib
import errno
import fcntl
import hashlib
import io
import itertools
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol

from core.errors import DomainError, Unavailable
from core.settings import Settings
from core.words import N_
from evidence.files.rules import too_large
from evidence.kinds.rules import HEAD_BYTES, TAIL_BYTES

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

BLOCK = 256 * 1024  # larger ones leave the processor's cache
SET_ASIDE = timedelta(days=30)
_BATCH = 500
_DIGEST = re.compile(r"[0-9a-f]{64}")


class TooLarge(DomainError):
    """The content grew over the limit while it came in (413)."""

    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(too_large(limit))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What the store knows of a content: its SHA-256 (hex) and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: temporaries removed, unclaimed files set aside, old ones removed for good."""

    temporaries: int = 0
    unclaimed: int = 0
    expired: int = 0


class Incoming(io.RawIOBase):
    """A file on its way in: hashed and counted as it is written, gone when closed before it is kept.

    ``write`` appends wherever reading stands; it raises ``TooLarge`` over the limit and
    ``Unavailable`` where the disk has no room, and both times nothing is left.
    """

    path: Path | None = None
    _handle = -1

    def __init__(self, folder: Path, limit: int) -> None:
        super().__init__()
        self._handle, name = tempfile.mkstemp(dir=folder)  # mode 0600, close-on-exec
        self.path = Path(name)
        self.limit = limit
        self.size = 0
        self.head = b""
        self.sealed = False
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Give the SHA-256 (hex) of what came in so far."""
        return self._hash.hexdigest()

    def write(self, data: "ReadableBuffer") -> int:
        """Take the next bytes, all of them."""
        if self.sealed or self.closed:
            msg = "nothing is written to a file that is sealed or gone"
            raise ValueError(msg)
        view = memoryview(data)
        if self.size + len(view) > self.limit:
            self.close()
            raise TooLarge(self.limit)
        if self.size < HEAD_BYTES:
            self.head += view[: HEAD_BYTES - self.size]
        self._hash.update(view)
        with self._or_gone():
            written = 0
            while written < len(view):
                written += os.pwrite(self._handle, view[written:], self.size + written)
        self.size += len(view)
        return len(view)

    def seal(self) -> None:
        """Bring the content to the disk: the slow part, done before a database is asked."""
        if not self.sealed:
            with self._or_gone():
                os.fsync(self._handle)
            self.sealed = True

    def tail(self) -> bytes:
        """Give the last bytes, as many as a judgement needs."""
        return os.pread(self._handle, TAIL_BYTES, max(0, self.size - TAIL_BYTES))

    def take(self, stream: IO[bytes]) -> None:
        """Read a stream to its end, block by block."""
        while block := stream.read(BLOCK):
            self.write(block)

    def close(self) -> None:
        """Let go of the file; remove it unless it was kept."""
        if self.closed:
            return
        super().close()
        if self._handle >= 0:
            os.close(self._handle)
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def readable(self) -> bool:
        """Say that it can be read, as forms and imports do."""
        return True

    def writable(self) -> bool:
        """Say whether more may come."""
        return not self.sealed

    def seekable(self) -> bool:
        """Say that reading may start anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the place of reading."""
        return os.lseek(self._handle, offset, whence)

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Read into a buffer."""
        return os.readv(self._handle, [buffer])

    def fileno(self) -> int:
        """Give the handle."""
        return self._handle

    def leave(self, target: Path) -> None:
        """Rename the sealed file to where it is kept; closing no longer removes it."""
        if self.path is None or not self.sealed:
            msg = "only a sealed file is kept, and once"
            raise ValueError(msg)
        os.utime(self._handle)  # fresh, so that no sweep takes it for a forgotten one
        os.replace(self.path, target)  # noqa: PTH105 -- the twin of os.fsync; tests break both
        self.path = None

    @contextlib.contextmanager
    def _or_gone(self) -> Iterator[None]:
        try:
            with _room():
                yield
        except BaseException:
            self.close()
            raise


@contextlib.contextmanager
def _room() -> Iterator[None]:
    """Tell a person that the disk is full; any other failure of it stays a failure."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable(N_("There is no room left for files. Nothing was kept.")) from error
        raise


Known = Callable[[Collection[str]], Collection[str]]


class FileStore(Protocol):
    """Where contents are kept, whatever is below; content is addressed by its SHA-256 in hex."""

    limit: int

    def begin(self) -> Incoming:
        """Open a file to receive at most ``limit`` bytes."""
        ...

    def keep(self, incoming: Incoming) -> StoredFile:
        """Keep what came in, for good: when this returns, a power cut loses nothing of it."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """Open a content for reading; ``FileNotFoundError`` where it is missing."""
        ...

    def exists(self, stored: StoredFile) -> bool:
        """Say whether a content is there in its whole size."""
        ...

    def verify(self, stored: StoredFile) -> bool:
        """Read a content and say whether it still is what its digest says."""
        ...

    def sweep(self, before: datetime, known: Known) -> Swept:
        """Clear what crashes left before an instant; ``known`` picks the digests that rows claim."""
        ...


class DiskStore:
    """A folder: ``aa/bb/<sha256>`` for what is kept, ``incoming`` on the way, ``unclaimed`` aside.

    The same content is one file whoever hands it over; the table of blobs says who may know of it.
    A file without a row is set aside for thirty days rather than removed, and comes back when a row
    claims it: a store that meets an older database loses nothing at once.
    """

    def __init__(self, root: Path, limit: int) -> None:
        self.root, self.limit = root, limit
        self._incoming, self._unclaimed = root / "incoming", root / "unclaimed"

    def begin(self) -> Incoming:
        """Open a temporary file beside the kept ones, so that keeping it is a rename."""
        with _room():
            _make(self._incoming)
            return Incoming(self._incoming, self.limit)

    def keep(self, incoming: Incoming) -> StoredFile:
        """Rename what came in to its digest, synced; the same content anew repairs a damaged file."""
        incoming.seal()
        stored = StoredFile(incoming.sha256, incoming.size)
        target = self._path(stored.sha256)
        with self._locked(fcntl.LOCK_SH):
            with _room():
                _make(target.parent)
            incoming.leave(target)
        # Parents too, always: another process may have made them without having synced them yet.
        for folder in (target.parent, target.parent.parent, self.root, self.root.parent):
            _sync_folder(folder)
        return stored

    def open(self, sha256: str) -> io.FileIO:
        """Open a content for reading, unbuffered."""
        return self._path(sha256).open("rb", buffering=0)

    def exists(self, stored: StoredFile) -> bool:
        """Compare the size on disk."""
        try:
            return self._path(stored.sha256).stat().st_size == stored.size
        except FileNotFoundError:
            return False

    def verify(self, stored: StoredFile) -> bool:
        """Hash the content in blocks."""
        if not self.exists(stored):
            return False
        with self.open(stored.sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == stored.sha256

    def sweep(self, before: datetime, known: Known) -> Swept:
        """Remove old temporaries, set aside files without a row, take back those that found one."""
        for folder in (self._incoming, self._unclaimed):
            _make(folder)
        temporaries = sum(self._remove(path, before) for path in self._incoming.iterdir())
        unclaimed = 0
        for batch in _batches(path for path in self._kept() if _is_older(path, before)):
            claimed = known([path.name for path in batch])
            unclaimed += sum(
                self._set_aside(path, before) for path in batch if path.name not in claimed
            )
        expired = 0
        for batch in _batches(self._unclaimed.iterdir()):
            claimed = known([path.name for path in batch])
            for path in batch:
                if path.name in claimed:
                    self._take_back(path)
                else:
                    expired += self._remove(path, before - SET_ASIDE)
        return Swept(temporaries, unclaimed, expired)

    def _path(self, sha256: str) -> Path:
        if not _DIGEST.fullmatch(sha256):
            msg = "not a digest"
            raise ValueError(msg)
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _kept(self) -> Iterator[Path]:
        return (
            path for path in self.root.glob("[0-9a-f][0-9a-f]/*/*") if _DIGEST.fullmatch(path.name)
        )

    def _set_aside(self, path: Path, before: datetime) -> bool:
        with self._locked(fcntl.LOCK_EX):
            if not _is_older(path, before):  # the same content came in again meanwhile
                return False
            os.utime(path)
            path.rename(self._unclaimed / path.name)
            return True

    def _take_back(self, path: Path) -> None:
        with self._locked(fcntl.LOCK_EX):
            target = self._path(path.name)
            if target.exists():
                path.unlink()
            else:
                path.rename(target)

    def _remove(self, path: Path, before: datetime) -> bool:
        if not _is_older(path, before):
            return False
        path.unlink(missing_ok=True)
        return True

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Keep a sweep and the keeping of the same content apart, across processes."""
        handle = os.open(self.root / "lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)


def open_store(settings: Settings) -> DiskStore:
    """Open the store of an installation, in its data folder and with its limit for uploads."""
    return DiskStore(settings.data_dir / "files", settings.max_upload_bytes)


def _make(folder: Path) -> None:
    """Make a folder and those above it, each for the product alone."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    while batch := list(itertools.islice(paths, _BATCH)):
        yield batch


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
