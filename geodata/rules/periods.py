from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geodata.rules.asof import COUNTY_TIME
from geodata.rules.kernels import Ints

Kind = Literal["week", "month", "quarter", "year"]
Instants = NDArray[np.datetime64]

_SHIFT = np.timedelta64(8, "h")  # COUNTY_TIME, for whole arrays
_THURSDAY = 3  # 1 January 1970 was one: its week began three days before
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def instants(moments: Iterable[dt.datetime]) -> Instants:
    """Return aware moments as (n,) datetime64[us] of UTC, which the functions here take."""
    plain = [moment.astimezone(dt.UTC).replace(tzinfo=None) for moment in moments]
    return np.array(plain, dtype="datetime64[us]")


def period_of(moments: Instants, kind: Kind) -> Ints:
    """Return the number of the week (from Monday), month, quarter or year in which each instant falls in the county.

    Counted from that of 1 January 1970, in Beijing time: what happens at 16:00 UTC on the 31st is of the next month.
    """
    local = moments.astype("datetime64[us]") + _SHIFT
    if kind == "week":
        return (local.astype("datetime64[D]").astype(np.int64) + _THURSDAY) // 7
    return local.astype("datetime64[M]").astype(np.int64) // _MONTHS[kind]


def first_day(period: int, kind: Kind) -> dt.date:
    """Return the first day of a period.

    >>> first_day(0, "week"), first_day(674, "month"), first_day(224, "quarter")
    (datetime.date(1969, 12, 29), datetime.date(2026, 3, 1), datetime.date(2026, 1, 1))
    """
    if kind == "week":
        return dt.date(1970, 1, 1) + dt.timedelta(days=7 * period - _THURSDAY)
    years, month = divmod(period * _MONTHS[kind], 12)
    return dt.date(1970 + years, month + 1, 1)


def begins(period: int, kind: Kind) -> dt.datetime:
    """Return the moment at which a period begins in the county."""
    return dt.datetime.combine(first_day(period, kind), dt.time(), COUNTY_TIME)


def whole_periods(now: dt.datetime, kind: Kind, count: int) -> Ints:
    """Return the last ``count`` periods that are over: one still running would look like a fall."""
    current = int(period_of(instants([now]), kind)[0])
    return np.arange(current - count, current, dtype=np.int64)


def cube(unit: NDArray[np.integer], moments: Instants, units: int, periods: Ints, kind: Kind) -> Ints:
    """Count what happened, by unit and period.

    Parameters
    ----------
    unit
        (m,) row of the unit, -1 for none.
    moments
        (m,) instants, see :func:`instants`.
    units
        How many rows.
    periods
        (t,) periods one after the other, as :func:`whole_periods` returns them.

    Returns
    -------
    (units, t) counts; what lies in no unit or in no period is not counted.
    """
    place = np.asarray(unit, np.int64)
    column = period_of(moments, kind) - (periods[0] if len(periods) else 0)
    kept = (place >= 0) & (column >= 0) & (column < len(periods))
    cell = place[kept] * len(periods) + column[kept]
    return np.bincount(cell, minlength=units * len(periods)).reshape(units, len(periods)).astype(np.int64)
