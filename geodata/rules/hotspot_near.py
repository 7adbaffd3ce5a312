from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geodata.rules.graph import unique_pairs
from geodata.rules.kernels import Floats, Ints, compiled
from geodata.rules.problems import Problem


@dataclass(frozen=True)
class Near:
    """Which units are near which, each other and never themselves: binary weights.

    Parameters
    ----------
    starts
        (n + 1,) where the neighbours of each unit begin in ``others``.
    others
        The neighbours of unit 0, then of unit 1, …
    """

    starts: Ints
    others: NDArray[np.int32]

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.starts) - 1

    @cached_property
    def count(self) -> Ints:
        """(n,) how many neighbours each unit has."""
        return np.diff(self.starts)

    @cached_property
    def matrix(self) -> csr_array:
        """(n, n) 1 where two are near."""
        shape = (self.units, self.units)
        return csr_array((np.ones(len(self.others)), self.others, self.starts.astype(np.int32)), shape=shape)

    def total(self, values: NDArray[np.generic], own: bool = False) -> Floats:
        """Return the sum of the neighbours' values, with a unit's own or without: (n,) or (n, t) -> the same."""
        plain: Floats = np.asarray(values, np.float64)
        around: Floats = self.matrix @ plain
        return around + plain if own else around


def within_band(xy: Floats, band_m: float) -> Near:
    """Let units be near whose places are within ``band_m`` of each other: (n, 2) metres, as label points or centres.

    Raises ``hotspots.no_band`` (band_m) where that is no length, ``hotspots.no_place`` (units) where a place is no
    number.
    """
    xy = np.asarray(xy, np.float64).reshape(-1, 2)
    if not 0 < band_m < np.inf:
        raise Problem("hotspots.no_band", band_m=band_m)
    lost = ~np.isfinite(xy).all(axis=1)
    if lost.any():
        raise Problem("hotspots.no_place", units=int(lost.sum()))
    return _of_pairs(cKDTree(xy).query_pairs(band_m, output_type="ndarray") if len(xy) else _NONE, len(xy))


def touching(pairs: NDArray[np.integer], n: int) -> Near:
    """Let units be near that share a border: (e, 2) pairs of rows, in any order; a pair told twice counts once."""
    pairs = np.sort(np.asarray(pairs, np.int64).reshape(-1, 2), axis=1)
    pairs, _ = unique_pairs(pairs[pairs[:, 0] != pairs[:, 1]], n)
    return _of_pairs(pairs, n)


_NONE = np.zeros((0, 2), np.intp)


def _of_pairs(pairs: NDArray[np.integer], n: int) -> Near:
    """Return the neighbours of each unit from different pairs."""
    a, b = (np.ascontiguousarray(pairs[:, side], np.int64) for side in (0, 1))
    starts = np.concatenate([[0], np.cumsum(np.bincount(a, minlength=n) + np.bincount(b, minlength=n))])
    others = np.empty(2 * len(a), np.int32)
    fill_others(a, b, starts[:-1].astype(np.int64), others)
    return Near(starts.astype(np.int64), others)


@compiled
def fill_others(a: Ints, b: Ints, place: Ints, others: NDArray[np.int32]) -> None:
    """Write the two ends of each pair down at each other's place; ``place`` is used up."""
    for i in range(len(a)):
        others[place[a[i]]] = b[i]
        place[a[i]] += 1
        others[place[b[i]]] = a[i]
        place[b[i]] += 1
