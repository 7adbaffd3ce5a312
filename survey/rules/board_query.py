"""What the board is asked: which ground and level, as of when, which issues; read from the keys of an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from geodata.rules.grids import FORMS
from geodata.rules.problems import Problem
from survey.rules.board_data import AsOf, Bools, IssueColumns, age_days
from survey.rules.deadlines import GRADES

LAYERS = ("hotspots", "heat", "patterns", "silent")
UNIT_LEVELS = ("town", "village", "pian", "zu", "lin")
"""Levels that have units to compare, from the largest to the smallest."""
GRID_LEVELS = FORMS
CELL_M = (100.0, 5_000.0)
BAND_M = (50.0, 50_000.0)
BANDWIDTH_M = (50.0, 10_000.0)
AGE_DAYS_MOST = 3_650.0


@dataclass(frozen=True)
class BoardQuery:
    """A filter with its level; what is empty does not filter, what is 0 is chosen from the data.

    Parameters
    ----------
    unit
        The id of the unit whose ground is looked at, "" for all of the reader's.
    level
        One of ``UNIT_LEVELS`` or ``GRID_LEVELS``; "" for the first below the ground that bears the data.
    at
        A date or an instant as ``geodata.rules.asof.moment_of`` reads it; "" is now.
    major, category, grade
        Which issues.
    age_days
        Only issues that have been unsolved for at least so many days.
    late
        Only those past their deadline.
    band_m
        Within how many metres units are near each other.
    bandwidth_m
        Standard deviation of the heat's kernel.
    cell_m
        Side of a grid's cells.
    period
        Of the figures, see ``survey.rules.spells``.
    """

    unit: str = ""
    level: str = ""
    at: str = ""
    major: str = ""
    category: str = ""
    grade: str = ""
    age_days: float = 0.0
    late: bool = False
    band_m: float = 0.0
    bandwidth_m: float = 0.0
    cell_m: float = 500.0
    period: str = "30d"

    def keeps(self, issues: IssueColumns, then: AsOf) -> Bools:
        """Return which issues the filter keeps, whether they are open or not: (n,)."""
        kept = np.ones(len(issues), bool)
        for column, value in ((issues.major, self.major), (issues.category, self.category), (issues.grade, self.grade)):
            if value:
                kept &= column == value
        if self.age_days:
            kept &= age_days(then) >= self.age_days
        return kept & then.late if self.late else kept


def board_query(values: Mapping[str, str]) -> BoardQuery:
    """Read a query; unknown keys are somebody else's.

    Raises
    ------
    Problem
        ``board.bad_query`` (field, value).
    """
    level = _one_of(values, "level", (*UNIT_LEVELS, *GRID_LEVELS))
    return BoardQuery(
        unit=values.get("unit", "").strip(),
        level=level,
        at=values.get("at", "").strip(),
        major=values.get("major", "").strip(),
        category=values.get("category", "").strip(),
        grade=_one_of(values, "grade", GRADES),
        age_days=_number(values, "age", 0.0, (0.0, AGE_DAYS_MOST)),
        late=values.get("late", "") == "1",
        band_m=_number(values, "band", 0.0, BAND_M),
        bandwidth_m=_number(values, "bandwidth", 0.0, BANDWIDTH_M),
        cell_m=_number(values, "cell", 500.0, CELL_M),
        period=values.get("period", "").strip() or "30d",
    )


def _one_of(values: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = values.get(name, "").strip()
    if value and value not in known:
        raise Problem("board.bad_query", field=name, value=value[:40])
    return value


def _number(values: Mapping[str, str], name: str, default: float, bounds: tuple[float, float]) -> float:
    raw = values.get(name, "").strip()
    if not raw:
        return default
    try:
        value = float(raw)
    except ValueError:
        value = float("nan")
    if not bounds[0] <= value <= bounds[1]:
        raise Problem("board.bad_query", field=name, value=raw[:40])
    return value
