from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.rules.kernels import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

TURN = 0.7390851332151607
"""Points are swept along a direction that no survey, lattice or street follows, so that few of them lie abreast."""


def number_points(xy: Floats) -> tuple[Ints, Ints]:
    """Number points so that two rows share a number exactly when both coordinates are equal.

    Parameters
    ----------
    xy
        (n, 2) any plane.

    Returns
    -------
    number, first
        (n,) from 0 in the order of first appearance, and (k,) the row at which each number appears first.
    """
    # Adding nought makes one of the two zeros.
    return number_pairs(np.ascontiguousarray(xy + 0.0).view(np.int64))


def number_pairs(pairs: Ints) -> tuple[Ints, Ints]:
    """Number rows (n, 2) of whole numbers as `number_points` numbers points."""
    number, first = _numbered(np.ascontiguousarray(pairs, dtype=np.int64))
    return np.asarray(number, dtype=np.intp), np.asarray(first, dtype=np.intp)


def near_pairs(xy: Floats, within_m: float) -> Ints:
    """Return the pairs (p, 2) of points that lie within a small distance of each other."""
    xy = np.ascontiguousarray(xy, dtype=np.float64)
    along = xy[:, 0] * np.cos(TURN) + xy[:, 1] * np.sin(TURN)
    order = np.argsort(along)
    return np.asarray(_swept(xy[order], along[order], order, within_m), dtype=np.intp)


def leaders(count: int, near: Ints) -> Ints:
    """Return for each of some points the first of the points it hangs together with: pairs (p, 2) -> (count,)."""
    return np.asarray(_firsts(count, np.asarray(near, dtype=np.int64)), dtype=np.intp)


def merge_near(xy: Floats, within_m: float) -> Floats:
    """Give points that all but coincide one place, that of the first of them: (n, 2) -> (n, 2)."""
    return np.asarray(xy[leaders(len(xy), near_pairs(xy, within_m))])


@compiled
def _numbered(bits: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number rows (n, 2) of whole numbers by a table of twice their size, each row at the first free place."""
    size = 16
    while size < 2 * len(bits):
        size *= 2
    held = np.full(size, -1, np.int64)
    number, first = np.empty(len(bits), np.int64), np.empty(len(bits), np.int64)
    count = 0
    for row in range(len(bits)):
        mixed = bits[row, 0] * -7046029254386353131 + bits[row, 1] * -4658895280553007687
        mixed ^= mixed >> 32
        place = (mixed * -7723592293110705685 >> 29) & (size - 1)
        while held[place] >= 0:
            other = held[place]
            if bits[other, 0] == bits[row, 0] and bits[other, 1] == bits[row, 1]:
                break
            place = (place + 1) & (size - 1)
        if held[place] < 0:
            held[place] = row
            number[row] = count
            first[count] = row
            count += 1
        else:
            number[row] = number[held[place]]
    return number, first[:count].copy()


@compiled
def _swept(xy: Floats, along: Floats, name: Ints, within: float) -> Ints:
    """Compare each point with those behind it that are no farther along; points come in the order of ``along``."""
    slack = within * (1 + 1e-9) + 1e-15 * np.abs(along).max() if len(along) else within
    found = np.empty((16, 2), np.int64)
    count = 0
    for i in range(len(xy)):
        j = i + 1
        while j < len(xy) and along[j] - along[i] <= slack:
            if (xy[i, 0] - xy[j, 0]) ** 2 + (xy[i, 1] - xy[j, 1]) ** 2 <= within * within:
                if count == len(found):
                    more = np.empty((2 * count, 2), np.int64)
                    more[:count] = found
                    found = more
                found[count, 0], found[count, 1] = min(name[i], name[j]), max(name[i], name[j])
                count += 1
            j += 1
    return found[:count]


@compiled
def _firsts(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join what is paired under its lowest number."""
    first = np.arange(count)
    for i in range(len(pairs)):
        a, b = pairs[i, 0], pairs[i, 1]
        while first[a] != a:
            first[a] = first[first[a]]
            a = first[a]
        while first[b] != b:
            first[b] = first[first[b]]
            b = first[b]
        if a < b:
            first[b] = a
        else:
            first[a] = b
    for i in range(count):
        first[i] = first[first[i]]
    return first
