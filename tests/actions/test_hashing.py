"""What a password costs to check, and how many are checked at once."""

from __future__ import annotations

import statistics
import time

import pytest

from geodata.rules.problems import Problem
from survey.actions import hashing

PASSWORD = "Kan jian 1 zhi niao"


def test_every_refusal_costs_the_same_work() -> None:
    """An unknown name is checked against a hash as dear as any: the medians of both differ by less than a quarter."""
    kept = hashing.make(PASSWORD)
    spent: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(16):
        began = time.thread_time()
        assert not hashing.matches(kept if turn % 2 else None, "x")
        spent[bool(turn % 2)].append(time.thread_time() - began)
    known, unknown = statistics.median(spent[True]), statistics.median(spent[False])
    assert abs(known - unknown) < 0.25 * known
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_is_itself_however_it_is_typed() -> None:
    """Full-width letters of an input method are the same password; another password, and a broken hash, are not."""
    kept = hashing.make("Ａｂ１ zhi niao")
    assert hashing.matches(kept, "Ab1 zhi niao")
    assert not hashing.matches(kept, "ab1 zhi niao")
    assert not hashing.matches("no hash", "Ab1 zhi niao")
    assert not hashing.is_outdated(kept)


def test_seats_are_given_back() -> None:
    """Three may sign in at once in a worker, the fourth is told to wait, and a failure inside gives the seat back."""
    with hashing.seat(), hashing.seat():
        for _ in range(3):
            with pytest.raises(KeyError), hashing.seat():
                raise KeyError
        with hashing.seat(), pytest.raises(Problem, match=r"session\.wait"), hashing.seat():
            pass
