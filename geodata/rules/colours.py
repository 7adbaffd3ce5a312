from __future__ import annotations

import heapq
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from geodata.rules.problems import Problem

_Neighbours = list[list[int]]


def colour_units(
    edges: NDArray[np.int64], n: int, colours: int = 6, preferred: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Give each unit a fill so that no two neighbours share one, the same for the same net every time.

    Parameters
    ----------
    edges
        (e, 2) places of units that share a border; order, repeats and a unit beside itself do not matter.
    n
        Number of units.
    colours
        Number of fills there are. Six always do for units in one piece: a planar net always has a unit with at
        most five neighbours (Euler), and units are coloured in the reverse of the order in which such units are
        taken away (Matula and Beck 1983).
    preferred
        (n,) fills wished for, such as those of the net before a redraw; -1 for no wish. Given, a redraw changes
        few fills.

    Returns
    -------
    ndarray
        (n,) int64 from 0 to ``colours`` - 1.

    Raises
    ------
    Problem
        ``colours.too_few`` with ``colours`` when units in several pieces touch in a way that this many fills
        cannot tell apart.
    """
    around = _neighbours(edges, n)
    wishes = [place % colours for place in range(n)]
    if preferred is not None:
        wishes = [int(wish) if 0 <= wish < colours else own for wish, own in zip(preferred, wishes, strict=True)]
    fills = [-1] * n
    for unit in reversed(_smallest_last(around)):
        fills[unit] = _fill(unit, around, fills, wishes, colours)
    return np.array(fills, dtype=np.int64)


def _neighbours(edges: NDArray[np.int64], n: int) -> _Neighbours:
    pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    counts = np.bincount(pairs[:, 0], minlength=n)
    return [part.tolist() for part in np.split(pairs[:, 1], np.cumsum(counts)[:-1])] if n else []


def _smallest_last(around: _Neighbours) -> list[int]:
    """Take away, again and again, the unit with the fewest neighbours left, the first of equals."""
    left = [len(beside) for beside in around]
    queue = [(count, unit) for unit, count in enumerate(left)]
    heapq.heapify(queue)
    order: list[int] = []
    while queue:
        count, unit = heapq.heappop(queue)
        if count != left[unit]:
            continue  # an older entry of a unit that has lost neighbours since, or is gone
        order.append(unit)
        left[unit] = -1
        for other in around[unit]:
            if left[other] > 0:
                left[other] -= 1
                heapq.heappush(queue, (left[other], other))
    return order


def _fill(unit: int, around: _Neighbours, fills: list[int], wishes: list[int], colours: int) -> int:
    """Choose the unit's wish if it is free, else a free fill that no neighbour waits for, else any free one."""
    taken = {fills[other] for other in around[unit]}
    free = [(wishes[unit] + step) % colours for step in range(colours)]
    free = [fill for fill in free if fill not in taken]
    if not free:
        return _freed(unit, around, fills, colours)
    if free[0] == wishes[unit]:
        return free[0]
    awaited = {wishes[other] for other in around[unit]}
    return next((fill for fill in free if fill not in awaited), free[0])


def _freed(unit: int, around: _Neighbours, fills: list[int], colours: int) -> int:
    """Exchange two fills along a chain of neighbours so that one comes free beside the unit (Kempe 1879)."""
    for old, new in permutations(range(colours), 2):
        chain = {other for other in around[unit] if fills[other] == old}
        ahead = sorted(chain)
        while ahead:
            for other in around[ahead.pop()]:
                if fills[other] in (old, new) and other not in chain:
                    chain.add(other)
                    ahead.append(other)
        if not any(fills[other] == new and other in chain for other in around[unit]):
            for other in chain:
                fills[other] = new if fills[other] == old else old
            return old
    raise Problem("colours.too_few", colours=colours)
