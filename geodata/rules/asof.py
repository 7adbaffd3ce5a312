"""The net as of an earlier moment: which moment a person means, and what of it they may see."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from geodata.rules.actors import Scope
from geodata.rules.problems import Problem
from geodata.rules.units import is_within

COUNTY_TIME = dt.timezone(dt.timedelta(hours=8))
"""A day in the county is a day in Beijing time (GB/T 7408.1-2023 writes it +08:00), whatever clock a machine shows."""

OLDEST_YEAR = 1949
"""Earlier years are slips of the pen; years of fewer than four digits would not sort as text either."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+ -]\d{2}:\d{2})?")


def moment_of(text: str, now: dt.datetime) -> dt.datetime | None:
    """Return the moment that a date or an instant names; None means now, the net in force.

    Parameters
    ----------
    text
        ``YYYY-MM-DD`` is the end of that day in the county, its last microsecond; a day that is not yet over is now,
        and so is "". An instant, ``YYYY-MM-DDTHH:MM[:SS[.ffffff]]``, may carry ``Z`` or an offset, whose plus an
        address turns into a space; without one it is the county's time.
    now
        The server's clock, aware.

    Raises
    ------
    Problem
        ``as_of.unreadable`` (value); ``as_of.future`` (value).
    """
    text = text.strip()
    if not text:
        return None
    if _DATE.fullmatch(text):
        return _end_of(text, now)
    moment = _read(text.replace(" ", "+")) if _INSTANT.fullmatch(text) else None
    if moment is None:
        raise Problem("as_of.unreadable", value=text[:40])
    if moment > now:
        raise Problem("as_of.future", value=text[:40])
    return moment


def _end_of(text: str, now: dt.datetime) -> dt.datetime | None:
    midnight = _read(f"{text}T00:00")
    if midnight is None:
        raise Problem("as_of.unreadable", value=text)
    today = now.astimezone(COUNTY_TIME).date()
    if midnight.date() > today:
        raise Problem("as_of.future", value=text)
    if midnight.date() == today:
        return None
    return midnight + dt.timedelta(days=1, microseconds=-1)


def _read(text: str) -> dt.datetime | None:
    """Return an aware moment, or None for a day or an hour that no calendar has."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year < OLDEST_YEAR or moment.year == dt.MAXYEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=COUNTY_TIME)


@dataclass(frozen=True)
class PastScope(Scope):
    """Today's ground as it was at a moment: nothing that the ground did not hold then, nor what has left it since.

    Parameters
    ----------
    paths
        The paths that the units of today's scope had then; a unit that was not there yet has none.
    today
        The scope as it is today.
    moved_out
        Paths of then, inside ``paths``, of units that stand outside ``today`` now: they and all below are not seen.
    """

    today: Scope
    moved_out: tuple[str, ...] = ()

    def covers(self, path: str) -> bool:
        """Tell whether a unit's path of then lies in the ground and has not left it."""
        return super().covers(path) and not any(is_within(path, out) for out in self.moved_out)


def uppermost(paths: list[str]) -> tuple[str, ...]:
    """Return the paths that lie below no other of them, sorted."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not is_within(path, kept[-1]):
            kept.append(path)
    return tuple(kept)
