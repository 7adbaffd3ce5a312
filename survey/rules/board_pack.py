"""What of the board may leave the house in a file: figures of units that are large enough, nothing of a single home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.rules.small_numbers import CASES_LEAST, HOMES_LEAST, hold_steady, may_show
from survey.rules.board_data import Bools, Floats, Ints


@dataclass(frozen=True)
class Pack:
    """A board as it is handed on; the arrays stand side by side, one unit a row.

    Parameters
    ----------
    title, where, day, level, level_name
        What it is of, and the day it holds for.
    names, codes
        (n,) of the units.
    homes, open
        (n,) homes; unsolved issues, -1 where they are withheld.
    marks
        (n,) ``hot``, ``cold`` or "".
    q
        (n,) of the test.
    months, series
        (t,) ends of months as YYYY-MM; (n, t) unsolved issues then, -1 where they are withheld.
    shapes_ll, shapes_xy
        (n,) polygons or None, simplified: degrees (EPSG:4490), metres.
    place_ll
        (n, 2) label points, degrees.
    figures
        Rows: ``title``, ``value``, ``formula``, ``top``, ``bottom``, ``before``, ``year``, all in words.
    places
        Sentences of the hot places, the surest first.
    notes
        What was tested, what is withheld, the 审图号.
    """

    title: str
    where: str
    day: str
    level: str
    level_name: str
    names: list[str]
    codes: list[str]
    homes: Ints
    open: Ints
    marks: list[str]
    q: Floats
    months: list[str]
    series: Ints
    shapes_ll: Any
    shapes_xy: Any
    place_ll: Floats
    figures: list[dict[str, str]]
    places: list[str]
    notes: list[str]
    synthetic: bool


def withheld(counts: Ints, homes: Ints) -> Ints:
    """Return counts of units as outsiders may see them: -1 for fewer than 5 homes or 3 issues, and for as many more as
    keep the total from telling those: (n,) -> (n,).

    >>> withheld(np.array([9, 2, 7, 4]), np.array([30, 30, 4, 30])).tolist()
    [9, -1, -1, 4]
    """
    nobody = np.zeros(len(homes), bool)
    shown = may_show(counts[:, None], homes, nobody, np.zeros(len(homes), np.int64)).figures[:, 0]
    return np.where(shown, counts, -1)


def withheld_series(series: Ints, homes: Ints, shown: Bools) -> Ints:
    """Return a stock by month as outsiders may see it: in steps of three, and only of units whose figure is shown."""
    steady = hold_steady(series, CASES_LEAST)
    open_to_all = shown & (homes >= HOMES_LEAST)
    return np.where(open_to_all[:, None] & ((steady >= CASES_LEAST) | (steady == 0)), steady, -1)
