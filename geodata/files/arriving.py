"""Files that are there whole or not at all, whatever is cut off, killed or full meanwhile."""

from __future__ import annotations

import errno
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geodata.rules.problems import Problem

UNFINISHED = ".part"
"""How the name of a file ends that is being written; one that stays so was never finished."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Arriving:
    """A file that arrives in pieces, under a name of its own until :meth:`keep` gives it its place."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{uuid.uuid4()}{UNFINISHED}"
        self._file = self._path.open("xb")
        self._digest = hashlib.sha256()
        self.bytes = 0

    @property
    def sha256(self) -> str:
        """The digest of what has arrived, in hexadecimal."""
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        """Add a piece; raises ``store.full`` where the disk or a limit of the system is."""
        with _told_when_full():
            self._file.write(piece)
        self._digest.update(piece)
        self.bytes += len(piece)

    def settle(self) -> None:
        """Bring all of it to the disk; raises ``store.full``."""
        with _told_when_full():
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()

    def keep(self, path: Path) -> None:
        """Give a settled file its place, replacing what lies there, and bring the folder's entry to the disk too."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path.replace(path)
        _sync_folder(path.parent)

    def forget(self) -> None:
        """Remove what was not kept."""
        with suppress(OSError):  # what could not be written at last is not wanted any more
            self._file.close()
        self._path.unlink(missing_ok=True)


def head_of(path: Path, count: int) -> bytes:
    """Return the first bytes of a file, by which its kind is known."""
    with path.open("rb") as file:
        return file.read(count)


@contextmanager
def arriving(folder: Path) -> Iterator[Arriving]:
    """Open a file that arrives in a folder; when the block ends, however it does, nothing unfinished stays."""
    with _told_when_full():
        file = Arriving(folder)
    try:
        yield file
    finally:
        file.forget()


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that its name never stands for a part of it; raises ``store.full``."""
    with arriving(path.parent) as file:
        file.write(body)
        file.settle()
        file.keep(path)


@contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Problem("store.full") from error
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
