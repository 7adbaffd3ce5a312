"""The issues of a county as columns, so that the board counts them as of any moment without asking again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.rules.actors import Scope
from geodata.rules.units import is_within

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Words = NDArray[np.object_]

NEVER = np.iinfo(np.int64).max
"""A moment that has not come: moments are whole microseconds since 1970 UTC."""
DAY_US = 86_400_000_000
PROGRESS_DAYS = 30.0
"""What a complex issue is allowed where an age is set against a deadline: progress is owed within a month."""


@dataclass(frozen=True)
class IssueColumns:
    """Issues, one a row; moments are microseconds since 1970 UTC.

    Parameters
    ----------
    id, number, path, category, major, grade, level
        (n,) words; ``path`` is where it lies in today's net, ``level`` at which it is or was handled.
    xy
        (n, 2) metres in the county's zone.
    at
        (n,) when it was reported.
    gone_at
        (n,) when it was merged or withdrawn, else ``NEVER``.
    restricted
        (n,) whether only those with the right ``restricted`` may see it.
    reopened
        (n,) how often it was reopened.
    """

    id: Words
    number: Words
    path: Words
    category: Words
    major: Words
    grade: Words
    level: Words
    xy: Floats
    at: Ints
    gone_at: Ints
    restricted: Bools
    reopened: Ints

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class StayColumns:
    """Stays (``survey.rules.stays``) of issues, one a row, those of one issue oldest first.

    Parameters
    ----------
    issue
        (m,) row of the issue, rising.
    begun, ended, due
        (m,) microseconds since 1970 UTC; ``NEVER`` where not ended, or nothing owed.
    turn
        (m,) 0 for the first stay of an issue, 1 for the one after it was reopened, …
    """

    issue: Ints
    begun: Ints
    ended: Ints
    due: Ints
    turn: Ints


@dataclass(frozen=True)
class AsOf:
    """What issues had come to at a moment, (n,) each; ``begun``, ``ended`` and ``due`` are those of the latest stay.

    ``known`` False where it was not reported yet; ``open`` where it was unsolved; ``solved_first`` when it was first
    solved, ``NEVER`` where it was not by then; ``turns`` how many stays had begun; ``gone`` merged or
    withdrawn by then.
    """

    at: int
    known: Bools
    open: Bools
    gone: Bools
    begun: Ints
    ended: Ints
    due: Ints
    solved_first: Ints
    turns: Ints

    @property
    def late(self) -> Bools:
        """(n,) unsolved past the moment at which the result was owed."""
        return self.open & (self.due <= self.at)


def as_of(issues: IssueColumns, stays: StayColumns, at: int) -> AsOf:
    """Return what each issue had come to at a moment: nothing that happened later is looked at."""
    n = len(issues)
    seen = stays.begun <= at
    rows = stays.issue[seen]
    turns = np.bincount(rows, minlength=n).astype(np.int64)
    begun, ended, due, first = (np.full(n, NEVER, np.int64) for _ in range(4))
    begun[rows], due[rows] = stays.begun[seen], stays.due[seen]  # rows rise, so the latest stay is written last
    then = np.where(stays.ended[seen] <= at, stays.ended[seen], NEVER)
    ended[rows] = then
    is_first = stays.turn[seen] == 0
    first[rows[is_first]] = then[is_first]
    known = issues.at <= at
    gone = known & (issues.gone_at <= at)
    return AsOf(at, known, known & (turns > 0) & (ended == NEVER) & ~gone, gone, begun, ended, due, first, turns)


def inside(issues: IssueColumns, ground: Scope, restricted: Scope, path: str = "") -> Bools:
    """Return which issues lie on a ground and under a path and may be counted there: (n,).

    Many issues share a path, so each path is looked at once.
    """
    paths, place = np.unique(issues.path.astype(str), return_inverse=True)
    plain = np.array([ground.covers(one) and is_within(one, path) for one in paths.tolist()], bool)
    closed = np.array([restricted.covers(one) for one in paths.tolist()], bool)
    if not len(paths):
        return np.zeros(0, bool)
    return np.asarray(plain[place] & (~issues.restricted | closed[place]), bool)


def age_days(then: AsOf) -> Floats:
    """Return how long issues had been unsolved since their latest stay began, in days: (n,), 0 where not known."""
    return np.where(then.known & (then.turns > 0), (then.at - np.where(then.turns > 0, then.begun, 0)) / DAY_US, 0.0)


def allowed_days(then: AsOf) -> Floats:
    """Return how long issues may take by their own deadline, in days: (n,)."""
    owed = (then.due != NEVER) & (then.turns > 0)
    days = (np.where(owed, then.due, 0) - np.where(owed, then.begun, 0)) / DAY_US
    return np.where(owed, days, PROGRESS_DAYS)


def rows_of_units(paths: Words, unit_paths: list[str]) -> Ints:
    """Return in which of some units of one level each path lies: (n,) rows, -1 for none.

    A path lies in a unit when it begins with the unit's; units of one level never lie in each other.
    """
    place = {path: row for row, path in enumerate(unit_paths)}
    depths = sorted({path.count("/") for path in unit_paths})
    known: dict[str, int] = {}
    out = np.full(len(paths), -1, np.int64)
    for i, path in enumerate(paths.tolist()):
        row = known.get(path)
        if row is None:
            steps = path.rstrip("/").split("/")
            fits = (place.get("/".join(steps[:depth]) + "/", -1) for depth in depths if depth <= len(steps))
            row = known[path] = max(fits, default=-1)
        out[i] = row
    return out
