"""From when until when: two moments as people write them."""

from __future__ import annotations

import datetime as dt
import re

from geodata.rules.asof import COUNTY_TIME, OLDEST_YEAR, moment_of
from geodata.rules.problems import Problem

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def span_of(since: str, until: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Return the moments that two dates or instants name (``geodata.rules.asof``), the first day from its beginning.

    Parameters
    ----------
    since, until
        "" is as early as anything, and now.

    Raises
    ------
    Problem
        ``as_of.unreadable`` (value), ``as_of.future`` (value), ``span.backwards`` when it ends before it begins.
    """
    end = moment_of(until, now) or now
    begin = moment_of(since, now) or now
    if not since.strip():
        begin = dt.datetime(OLDEST_YEAR, 1, 1, tzinfo=dt.UTC)
    elif _DAY.fullmatch(since.strip()):
        begin = dt.datetime.combine(dt.date.fromisoformat(since.strip()), dt.time(), COUNTY_TIME)
    if begin > end:
        raise Problem("span.backwards")
    return begin, end
