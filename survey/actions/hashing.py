"""Hashing of passwords: argon2id at OWASP's minimum, a bounded number at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geodata.rules.problems import Problem
from survey.rules.passwords import prepare

# OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane; 43 ms here, where the library's defaults took 173 ms
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = 2
_SEATS = 3  # of a worker's 4 threads one is always left for those who are signed in
_BUSY_WAIT_S = 2

_seats = threading.BoundedSemaphore(_SEATS)
_running = threading.BoundedSemaphore(_AT_ONCE)

# what a wrong name is checked against, so that it costs as much time as a wrong password
_NOBODY = _HASHER.hash("nobody has this password")


@contextmanager
def seat() -> Iterator[None]:
    """Hold one of the few places for signing in; ``session.wait`` (seconds) at once when all are taken."""
    if not _seats.acquire(blocking=False):
        raise Problem("session.wait", seconds=_BUSY_WAIT_S)
    try:
        yield
    finally:
        _seats.release()


def make(password: str) -> str:
    """Return the argon2id hash of a password."""
    with _running:
        return _HASHER.hash(prepare(password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one hashed; None costs the same time and matches nothing."""
    with _running:
        try:
            return _HASHER.verify(kept or _NOBODY, prepare(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with other costs than today's."""
    return _HASHER.check_needs_rehash(kept)
