"""Who is due for a visit: every home once a calendar quarter, 重点 homes once a calendar month (F01, F02).

F01: 对所联系户每季度走访不少于1次; F02: 重点联系户每月走访不少于1次 (S4 城步). Periods are those of the calendar, days
those of Shanghai, as the sources count by quarter and month and not by ninety or thirty days since the last time. The
profile may say otherwise, or that nothing is owed.

A home owes its next visit by the end of the period after the one in which it was last visited or, where it never was,
in which it became known: nobody owes a visit for a period that had begun before anybody knew of the home.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from geodata.rules.periods import Kind, begins, first_day, instants, period_of
from geodata.rules.profile import Profile

STATES = ("overdue", "due", "done")
"""Overdue: a whole period went by without a visit. Due: none yet in this one. Done: visited, or none owed."""
VISIT, ERRAND = "visit", "errand"
OUTCOMES = ("home", "away", "refused", "moved")
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Marks:
    """Where this period and the one before began, by which whole registers are sorted at once.

    Parameters
    ----------
    this, before
        Moments (aware): a home whose last visit (or whose coming) lies before ``before`` is overdue, one visited since
        ``this`` is done. None where nothing is owed.
    """

    this: dt.datetime | None
    before: dt.datetime | None


@dataclass(frozen=True)
class Owed:
    """How a home stands: its state, and the last day of the period by which it is to be visited (None for never)."""

    state: str
    due: dt.date | None


def every(profile: Profile, *, priority: bool) -> Kind | None:
    """Return how often a home of a class is visited, None where the county owes none."""
    told = profile.visit_priority_every if priority else profile.visit_every
    known: dict[str, Kind] = {"month": "month", "quarter": "quarter", "year": "year"}
    return known.get(told)


def marks(profile: Profile, now: dt.datetime, *, priority: bool) -> Marks:
    """Return where the periods of a class of homes began, as of a moment."""
    kind = every(profile, priority=priority)
    if kind is None:
        return Marks(None, None)
    current = _period(now, kind)
    return Marks(begins(current, kind), begins(current - 1, kind))


def owed(
    profile: Profile, now: dt.datetime, *, priority: bool, last: dt.datetime | None, known_since: dt.datetime
) -> Owed:
    """Return how a home stands.

    Parameters
    ----------
    last
        Its last visit that counts (``Profile.visit_outcomes``), None for never.
    known_since
        When it came into the register.
    """
    kind = every(profile, priority=priority)
    if kind is None:
        return Owed("done", None)
    current, anchor = _period(now, kind), _period(last or known_since, kind)
    due = first_day(anchor + 2, kind) - _DAY
    if last is not None and anchor >= current:
        return Owed("done", due)
    return Owed("overdue" if anchor + 1 < current else "due", due)


def counts(profile: Profile, kind: str, outcome: str) -> bool:
    """Tell whether what was logged makes a visit that a home was owed."""
    return kind == VISIT and outcome in profile.visit_outcomes


def _period(at: dt.datetime, kind: Kind) -> int:
    return int(period_of(instants([at]), kind)[0])
