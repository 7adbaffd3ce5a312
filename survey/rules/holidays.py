"""The days on which offices rest although it is a weekday, and those on which they work although it is none.

The State Council publishes the table every year (国务院办公厅关于…年部分节假日安排的通知); deadlines in working days
are counted by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from geodata.rules.days import read_day
from geodata.rules.problems import Problem

DAYS_MOST = 2_000
"""Thirty years of tables."""
_KINDS = {
    "off": "off 休 放假 休息 假 假日 节假日 法定节假日 放假日 holiday",
    "on": "on 班 上班 补班 调休上班 工作日 补班日 workday",
}


@dataclass(frozen=True)
class Holidays:
    """Days off beside the weekends, and days at work in spite of them."""

    off: frozenset[dt.date] = frozenset()
    on: frozenset[dt.date] = frozenset()

    def to_dict(self) -> dict[str, list[str]]:
        """Return the days as texts YYYY-MM-DD in order, ready to be stored as JSON."""
        return {"off": sorted(map(str, self.off)), "on": sorted(map(str, self.on))}

    def with_years_of(self, other: Holidays) -> Holidays:
        """Return this table with the years that another names taken from the other alone."""
        years = {day.year for day in other.off | other.on}
        kept = [frozenset(day for day in days if day.year not in years) for days in (self.off, self.on)]
        return Holidays(kept[0] | other.off, kept[1] | other.on)


def day_of(text: str) -> dt.date:
    """Return the day that a text is, or ``holiday.bad_day`` (value)."""
    day = read_day(text)
    if day is None:
        raise Problem("holiday.bad_day", value=text.strip()[:40])
    return day


def kind_of(text: str) -> str:
    """Return ``off`` or ``on`` for how a table says it, or ``holiday.bad_kind`` (value)."""
    wanted = text.strip().casefold()
    for kind, words in _KINDS.items():
        if wanted in words.split():
            return kind
    raise Problem("holiday.bad_kind", value=text.strip()[:40])


def holidays_from(values: Mapping[str, Any]) -> Holidays:
    """Return a table from ``{"off": [day, …], "on": [day, …]}``, each day in any form that ``read_day`` knows.

    Raises
    ------
    Problem
        ``holiday.bad_day`` (value), ``holiday.repeated`` (day) for a day that is given twice,
        ``holiday.not_lists`` for anything but two lists of texts, ``holiday.too_many`` (most).
    """
    if not values.keys() <= {"off", "on"} or not all(_is_texts(days) for days in values.values()):
        raise Problem("holiday.not_lists")
    met: set[dt.date] = set()
    found = {kind: frozenset(_each_once(values.get(kind, ()), met)) for kind in ("off", "on")}
    if len(met) > DAYS_MOST:
        raise Problem("holiday.too_many", most=DAYS_MOST)
    return Holidays(**found)


def _is_texts(days: Any) -> bool:
    return isinstance(days, list) and all(isinstance(day, str) for day in days)


def _each_once(texts: Iterable[str], met: set[dt.date]) -> list[dt.date]:
    days = []
    for text in texts:
        day = day_of(text)
        if day in met:
            raise Problem("holiday.repeated", day=str(day))
        met.add(day)
        days.append(day)
    return days
