from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.rules.kernels import Floats, Ints
from geodata.rules.search import Parts


class Ground(Protocol):
    """The homes of a village as points on the ground, and which of them are neighbours.

    ``site_xy`` (s, 2) metres; ``site_of_home`` (n,); ``zu_of_site`` (s,) the 组 of each site, -1 where unknown;
    ``edges`` (e, 2) sites whose cells share a border; ``crosses`` (e,) True where they share it only across a barrier.
    """

    @property
    def site_xy(self) -> NDArray[np.float64]:
        """(s, 2) metres."""
        ...

    @property
    def site_of_home(self) -> NDArray[np.integer]:
        """(n,) the site of each home."""
        ...

    @property
    def zu_of_site(self) -> NDArray[np.integer]:
        """(s,) the 组 of each site, -1: unknown."""
        ...

    @property
    def edges(self) -> NDArray[np.integer]:
        """(e, 2) neighbouring sites."""
        ...

    @property
    def crosses(self) -> NDArray[np.bool_]:
        """(e,) neighbours over a barrier only."""
        ...


@dataclass(frozen=True)
class Sites:
    """The plainest `Ground`: its arrays, as the protocol names them."""

    site_xy: NDArray[np.float64]
    site_of_home: NDArray[np.integer]
    zu_of_site: NDArray[np.integer]
    edges: NDArray[np.integer]
    crosses: NDArray[np.bool_]


def find_pieces(n: int, edges: NDArray[np.integer]) -> Ints:
    """Number the connected pieces of a graph by their first node.

    Parameters
    ----------
    n
        Number of nodes.
    edges
        (e, 2) pairs of nodes.

    Returns
    -------
    (n,) piece 0, 1, … of each node.
    """
    if n == 0:
        return np.zeros(0, np.int64)
    graph = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(n, n))
    _, piece = connected_components(graph, directed=False)
    return renumber(piece)


def renumber(labels: NDArray[np.integer]) -> Ints:
    """Number labels 0, 1, … by their first appearance; -1 stays -1.

    >>> renumber(np.array([7, 3, 7, -1, 5])).tolist()
    [0, 1, 0, -1, 2]
    """
    out = np.full(len(labels), -1, np.int64)
    known = labels >= 0
    _, first, inverse = np.unique(labels[known], return_index=True, return_inverse=True)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    out[known] = place[inverse]
    return out


def count_pieces(label: NDArray[np.integer], edges: NDArray[np.integer], k: int) -> Ints:
    """Return in how many pieces each of k labels lies on a graph whose nodes carry them (0 where no node does)."""
    same = edges[label[edges[:, 0]] == label[edges[:, 1]]]
    piece = find_pieces(len(label), same)
    _, first = np.unique(piece, return_index=True)
    return np.bincount(label[first], minlength=k).astype(np.int64)


def join_spread(labels: NDArray[np.integer], xy: Floats, mass: NDArray[np.floating], k: int) -> Floats:
    """Return each label's total squared distance to its centre, in square metres: the objective of every cut."""
    near = xy - xy.mean(axis=0) if len(xy) else xy
    total = np.bincount(labels, mass, k)
    square = np.bincount(labels, mass * (near**2).sum(axis=1), k)
    sums = [np.bincount(labels, mass * near[:, axis], k) for axis in (0, 1)]
    safe = np.maximum(total, 1e-300)
    return np.asarray(np.maximum(square - (sums[0] ** 2 + sums[1] ** 2) / safe, 0.0), dtype=np.float64)


def unique_pairs(pairs: NDArray[np.integer], n: int) -> tuple[Ints, NDArray[np.intp]]:
    """Return the different rows of pairs of numbers 0 .. n - 1, in order, and the first place of each.

    As `numpy.unique` by rows, ten times as fast: a pair is one number.
    """
    names, first = np.unique(pairs[:, 0].astype(np.int64) * n + pairs[:, 1], return_index=True)
    return np.column_stack([names // max(n, 1), names % max(n, 1)]), first


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter 64-bit numbers (the finaliser of splitmix64), so that their sums make a key."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _keys(xy: Floats, size: Ints, first: Ints) -> Ints:
    """Return a number for each part made of its atoms' millimetres and sizes, in whatever order they come."""
    mm = np.round(xy * 1000.0).astype(np.int64).view(np.uint64)
    atom_key = _mix(_mix(_mix(mm[:, 0]) + mm[:, 1]) + size.view(np.uint64))
    sums = np.add.reduceat(atom_key, first[:-1]) if len(first) > 1 else atom_key[:0]
    return _mix(sums).view(np.int64)


def pack_parts(
    part: NDArray[np.integer], xy: Floats, size: Ints, mass: Floats, edges: NDArray[np.integer], start: Ints
) -> Parts:
    """Lay points that are sorted by part out for the search.

    Parameters
    ----------
    part
        (a,) the part of each point: 0, 1, … without gaps, ascending.
    xy, size, mass, start
        (a, 2) metres, (a,) size for the bounds, (a,) weight of the distances, (a,) earlier label or -1.
    edges
        (e, 2) neighbours; those between parts are left out.
    """
    n = len(part)
    count = np.bincount(part) if n else np.zeros(0, np.int64)
    first = np.append(0, np.cumsum(count)).astype(np.int64)
    inside = edges[part[edges[:, 0]] == part[edges[:, 1]]]
    both = unique_pairs(np.vstack([inside, inside[:, ::-1]]), n)[0]
    indptr = np.append(0, np.cumsum(np.bincount(both[:, 0], minlength=n))).astype(np.int64)
    weight = np.bincount(part, mass)
    mean = np.column_stack([np.bincount(part, mass * xy[:, i]) for i in (0, 1)]) / np.maximum(weight, 1e-300)[:, None]
    near = xy - mean[part]
    return Parts(
        first=first,
        x_m=np.ascontiguousarray(near[:, 0]),
        y_m=np.ascontiguousarray(near[:, 1]),
        size=np.ascontiguousarray(size, dtype=np.int64),
        mass=np.ascontiguousarray(mass, dtype=np.float64),
        indptr=indptr,
        indices=np.ascontiguousarray(both[:, 1] - first[part[both[:, 1]]], dtype=np.int64),
        start=_start_inside(part, start),
        key=_keys(xy, size, first),
    )


def _start_inside(part: NDArray[np.integer], start: Ints) -> Ints:
    """Number earlier labels 0, 1, … inside each part."""
    if not (start >= 0).any():
        return np.full(len(part), -1, np.int64)
    width = int(start.max()) + 1
    whole = renumber(np.where(start >= 0, part * width + start, -1))
    least = np.full(int(part.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, part[whole >= 0], whole[whole >= 0])
    return np.where(whole >= 0, whole - least[part], -1)
