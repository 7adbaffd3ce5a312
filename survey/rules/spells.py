"""The stretches of time that the board compares: the last days before a date, or a month, a quarter, a year."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from geodata.rules.asof import COUNTY_TIME
from geodata.rules.periods import Kind, begins, instants, period_of
from geodata.rules.problems import Problem

_ROLLING = re.compile(r"(\d{1,4})d")
_NAMED = re.compile(r"(\d{4})(?:-(?:(Q[1-4])|(0[1-9]|1[0-2])))?")
_OLDEST = 1949
SHIFTS = ("before", "year_before")


@dataclass(frozen=True)
class Spell:
    """A stretch of time ``[begin, end)``; ``name`` is how it was asked for."""

    name: str
    begin: dt.datetime
    end: dt.datetime


def spell_of(name: str, at: dt.datetime) -> Spell:
    """Return the stretch that a name means.

    Parameters
    ----------
    name
        ``30d``: the thirty days before ``at``. ``2026-03``, ``2026-Q1``, ``2026``: that period in the county, cut off
        at ``at`` where it is not yet over.

    Raises
    ------
    Problem
        ``board.bad_query`` (field, value) for what is no name, or begins after ``at``.
    """
    rolling, named = _ROLLING.fullmatch(name), _NAMED.fullmatch(name)
    if rolling and int(rolling[1]) > 0:
        return Spell(name, at - dt.timedelta(days=int(rolling[1])), at)
    if named and int(named[1]) >= _OLDEST:
        kind, number = _numbered(named)
        begin, end = begins(number, kind), begins(number + 1, kind)
        if begin < at:
            return Spell(name, begin, min(end, at))
    raise Problem("board.bad_query", field="period", value=name[:40])


def _numbered(named: re.Match[str]) -> tuple[Kind, int]:
    years = int(named[1]) - 1970
    if named[2]:
        return "quarter", years * 4 + int(named[2][1]) - 1
    if named[3]:
        return "month", years * 12 + int(named[3]) - 1
    return "year", years


def name_of(moment: dt.datetime, kind: Kind) -> str:
    """Return the name of the month, quarter or year in which a moment falls in the county.

    >>> name_of(dt.datetime(2026, 3, 31, 16, tzinfo=dt.UTC), "month")
    '2026-04'
    """
    local = moment.astimezone(COUNTY_TIME)
    if kind == "quarter":
        return f"{local.year}-Q{(local.month + 2) // 3}"
    return f"{local.year}-{local.month:02d}" if kind == "month" else f"{local.year}"


def last_whole(now: dt.datetime, kind: Kind, count: int) -> list[str]:
    """Return the names of the last periods that are over, oldest first."""
    current = int(period_of(instants([now]), kind)[0])
    return [name_of(begins(number, kind), kind) for number in range(current - count, current)]


def shifted(spell: Spell, shift: str) -> Spell:
    """Return what a stretch is compared with: the one before it (``before``), or the same days of last year.

    A named period is compared with the named one before, cut off after as many days where the first is cut off.
    """
    if shift == "year_before":
        rolling = _ROLLING.fullmatch(spell.name)
        name = spell.name if rolling else f"{int(spell.name[:4]) - 1}{spell.name[4:]}"
        return Spell(name, _year_earlier(spell.begin), _year_earlier(spell.end))
    if _ROLLING.fullmatch(spell.name):
        return Spell(spell.name, spell.begin - (spell.end - spell.begin), spell.begin)
    named = _NAMED.fullmatch(spell.name)
    kind, number = _numbered(named) if named else ("month", 0)
    begin = begins(number - 1, kind)
    whole = spell.end >= begins(number + 1, kind)
    end = spell.begin if whole else min(begin + (spell.end - spell.begin), spell.begin)
    return Spell(name_of(begin, kind), begin, end)


def _year_earlier(moment: dt.datetime) -> dt.datetime:
    """Return the same moment of the year before, in the county; of 29 February that of the 28th."""
    local = moment.astimezone(COUNTY_TIME)
    day = 28 if (local.month, local.day) == (2, 29) else local.day
    return local.replace(year=local.year - 1, day=day)
