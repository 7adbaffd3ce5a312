from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass

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
    small = [(count[row], row) for row in members if count[row] < least]
    heapq.heapify(small)
    while small:
        _, row = heapq.heappop(small)
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
            heapq.heappush(small, (count[keep], keep))
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


@dataclass(frozen=True)
class Shown:
    """What may be shown: ``figures`` (g, s) of groups by slice, ``totals`` (a, s) of the areas by slice."""

    figures: Bools
    totals: Bools


def may_show(counts: Ints, homes: Ints, own: Bools, area: Ints) -> Shown:
    """Return which figures may be shown; the rest are withheld, zeros among them.

    A question may then be any sum of shown figures, and nothing else: not the true sum over a longer time or over
    several areas, from which the shown ones could be taken off. So the difference of any two questions is a sum of
    figures each of which might be shown by itself, and stands for no fewer than 5 homes and 3 issues. The true total of
    an area in one slice may be shown as well: further figures are withheld, the smallest first, until what is left of
    the total is neither one group's nor fewer than 5 homes' or 3 issues; where that cannot be, the total is withheld.

    Parameters
    ----------
    counts
        (g, s) issues by group and slice: fixed periods by fixed kinds, never those of a question.
    homes
        (g,) homes of each group, see :func:`merge_small`; what is in none comes as a group of its own.
    own
        (g,) True inside the reader's own ground, where all is shown.
    area
        (g,) number 0 .. a - 1 of the area whose totals are asked for, the same in all questions.
    """
    figures = (counts >= CASES_LEAST) & (homes >= HOMES_LEAST)[:, None]
    figures[own] = True
    totals = np.ones((int(area.max(initial=-1)) + 1, counts.shape[1]), bool)
    for number in range(len(totals)):
        rows = np.flatnonzero((area == number) & ~own)
        for column in range(counts.shape[1]):
            totals[number, column] = _withhold_more(figures[:, column], counts[:, column], homes, rows)
    return Shown(figures, totals)


def _withhold_more(shown: Bools, counts: Ints, homes: Ints, rows: Ints) -> bool:
    """Withhold more of an area until its total tells nothing of those withheld; return whether it tells nothing."""
    hidden = rows[~shown[rows]].tolist()
    left = rows[shown[rows]]
    left = left[np.lexsort((left, counts[left]))]
    for row in [*left.tolist(), -1]:
        enough = counts[hidden].sum() >= CASES_LEAST and homes[hidden].sum() >= HOMES_LEAST
        if not hidden or (len(hidden) > 1 and enough):
            return True
        if row >= 0:
            shown[row] = False
            hidden.append(row)
    return False


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
