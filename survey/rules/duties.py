"""Duties: work that comes again and again, when each is next due, and how long its holder may be silent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from geodata.rules.asof import COUNTY_TIME

_SOONEST_RETRY = dt.timedelta(minutes=1)
_NIGHTLY_RETRY = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Duty:
    """One kind of recurring work, done by one worker of several.

    Parameters
    ----------
    name
        What it is called in the store and to the operator.
    lease_s
        For how many seconds the one who took it may be silent before another may take it.
    every_s
        Seconds from the end of one run to the next.
    nightly
        Instead of ``every_s``: the time of day in the county (UTC+8) at which it is done.
    """

    name: str
    lease_s: int
    every_s: int = 0
    nightly: dt.time | None = None


def next_at(duty: Duty, now: dt.datetime) -> dt.datetime:
    """Return when a duty that ended now is due again: however many runs were missed, they are caught up by one.

    >>> night = Duty("sweep", 60, nightly=dt.time(3, 10))
    >>> next_at(night, dt.datetime(2026, 3, 6, 19, 10, tzinfo=dt.UTC)).isoformat()
    '2026-03-07T19:10:00+00:00'
    """
    if duty.nightly is None:
        return now + dt.timedelta(seconds=duty.every_s)
    local = now.astimezone(COUNTY_TIME)
    at = dt.datetime.combine(local.date(), duty.nightly, COUNTY_TIME)
    return (at if at > local else at + dt.timedelta(days=1)).astimezone(dt.UTC)


def first_at(duty: Duty, now: dt.datetime) -> dt.datetime:
    """Return when a duty that was never done is due: at once, or in the coming night."""
    return now if duty.nightly is None else next_at(duty, now)


def retry_at(duty: Duty, now: dt.datetime) -> dt.datetime:
    """Return when a duty that failed now is tried again: not at once, nor only in the next night."""
    if duty.nightly is not None:
        return now + _NIGHTLY_RETRY
    return now + max(_SOONEST_RETRY, dt.timedelta(seconds=duty.every_s))


def held_until(duty: Duty, now: dt.datetime) -> dt.datetime:
    """Return until when who takes a duty now, or is heard of now, keeps it."""
    return now + dt.timedelta(seconds=duty.lease_s)
