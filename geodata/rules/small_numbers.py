from __future__ import annotations

from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.kernels import Floats, Ints

HOMES_LEAST = 5
CASES_LEAST = 3
"""Outside a reader's own ground no figure stands for fewer than 5 homes or fewer than 3 issues."""

Bools = NDArray[np.bool_]


def merge_small(homes: Ints, parent: Ints, pairs: NDArray[np.integer], own: Bools, least: int = HOMES_LEAST) -> Ints:
    """Put units of too few homes together with neighbours, inside one parent, until each group has enough.

    The groups follow from the net alone, never from issues, dates or kinds: else two questions that differ in a day
    would have different groups, and their difference would be one unit. Keep a period's groups: those of the net at
    its end. The reader's own units are seen singly, so they are never part of a group: it could be taken off.

    Parameters
    ----------
    homes
        (n,) homes of each unit.
    parent
        (n,) number of the unit above; groups do not reach beyond it.
    pairs
        (e, 2) units that share a border.
    own
        (n,) True inside the reader's own ground.
    least
        Homes that a group must have.

    Returns
    -------
    (n,) the first row of each unit's group; -1 where all outside ground of a parent has too few homes.
    """
    group = np.arange(len(homes), dtype=np.int64)
    members = {row: [row] for row in np.flatnonzero(~own).tolist()}
    inside = defaultdict(set)
    beside: dict[int, set[int]] = {row: set() for row in members}
    for row in members:
        inside[int(parent[row])].add(row)
    for a, b in np.asarray(pairs, np.int64).reshape(-1, 2).tolist():
        if a in members and b in members and a != b and parent[a] == parent[b]:
            beside[a].add(b)
            beside[b].add(a)
    count = {row: int(homes[row]) for row in members}
    small = sorted((count[row], row) for row in members if count[row] < least)
    while small:
        _, row = small.pop(0)
        if row not in members or count[row] >= least:
            continue
        others = beside[row] or inside[int(parent[row])] - {row}
        if not others:
            group[members.pop(row)] = -1
            continue
        keep, gone = sorted((row, min(others, key=lambda other: (count[other], other))))
        _join(keep, gone, members, beside, count)
        inside[int(parent[row])].discard(gone)
        group[members[keep]] = keep
        if count[keep] < least:
            small = sorted([*small, (count[keep], keep)])
    return group


def _join(
    keep: int, gone: int, members: dict[int, list[int]], beside: dict[int, set[int]], count: dict[int, int]
) -> None:
    """Make one group of two."""
    members[keep] += members.pop(gone)
    count[keep] += count.pop(gone)
    for other in beside.pop(gone):
        beside[other].discard(gone)
        if other != keep:
            beside[other].add(keep)
            beside[keep].add(other)


def may_show(counts: Ints, homes: Ints, own: Bools, whole: Ints | None = None, cases_least: int = CASES_LEAST) -> Bools:
    """Return which figures of groups may be shown; the rest are withheld, zeros among them.

    A question may then be any sum of shown figures, and nothing else: not the true sum of an area or of a time, from
    which the shown ones could be taken off. So the difference of any two questions is a sum of figures each of which
    might be shown by itself, and never stands for fewer than 5 homes and 3 issues. Where true totals are known all the
    same (a county announces its own), name by ``whole`` what they are totals of: then enough more is withheld, the
    smallest first, that what is left of a total is never one group, nor fewer than 3 issues.

    Parameters
    ----------
    counts
        (g, s) issues by group and slice: fixed periods by fixed kinds, never those of a question.
    homes
        (g,) homes of each group, see :func:`merge_small`; 0 for one that has too few.
    own
        (g,) True inside the reader's own ground, where all is shown.
    whole
        (g,) number of the area whose total is known, by slice; None where no totals are.

    Returns
    -------
    (g, s) True where it may be shown. A slice of an area in which nothing outside is left to withhold shows nothing.
    """
    shown = (counts >= cases_least) & (homes >= HOMES_LEAST)[:, None]
    shown[own] = True
    if whole is None:
        return shown
    for area in np.unique(whole[~own]).tolist():
        rows = np.flatnonzero((whole == area) & ~own)
        for column in range(counts.shape[1]):
            _withhold_more(shown[:, column], counts[:, column], rows, cases_least)
    return shown


def _withhold_more(shown: Bools, counts: Ints, rows: Ints, least: int) -> None:
    """Withhold further figures of one area and slice, until those withheld cannot be told from its total."""
    hidden = rows[~shown[rows]]
    if not len(hidden):
        return
    left = rows[shown[rows]]
    left = left[np.lexsort((left, counts[left]))]
    total, number = int(counts[hidden].sum()), len(hidden)
    for row in left.tolist():
        if number > 1 and total >= least:
            return
        shown[row] = False
        total, number = total + int(counts[row]), number + 1


def hold_steady(series: Ints, least: int = CASES_LEAST) -> Ints:
    """Return a stock from day to day as outsiders may see it: a figure stays until the true one is 3 away from it.

    Open issues as of one day and of the next differ by one that is new: two shown figures differ by none or by at least
    3. Give the whole series from its fixed beginning, never the days of a question. It begins at 0.

    >>> hold_steady(np.array([[1, 2, 4, 5, 7, 6, 3]])).tolist()
    [[0, 0, 4, 4, 7, 7, 3]]
    """
    out = np.empty_like(series)
    now = np.zeros(len(series), series.dtype)
    for column in range(series.shape[1]):
        now = np.where(np.abs(series[:, column] - now) >= least, series[:, column], now)
        out[:, column] = now
    return out


def outside_places(xy: Floats, sensitive_xy: NDArray[np.object_]) -> Bools:
    """Return which points lie in none of the sensitive places, its border included: (n, 2) and polygons, metres."""
    kept = np.ones(len(xy), bool)
    if len(sensitive_xy) and len(xy):
        kept[shapely.STRtree(sensitive_xy).query(shapely.points(xy), predicate="intersects")[0]] = False
    return kept
