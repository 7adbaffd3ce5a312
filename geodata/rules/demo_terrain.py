from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Lattice:
    """A regular lattice of ground points, in metres east and north of the demo county's middle.

    ``side`` points a row and as many rows, ``cell_m`` apart, centred on (0, 0). Fields over it are
    (side, side) arrays, row by row from the south; a *node* is an index into the flattened field.
    """

    side: int
    cell_m: float

    @property
    def origin_m(self) -> float:
        """Coordinate of the first column and of the first row, in metres."""
        return -0.5 * (self.side - 1) * self.cell_m

    def places_xy(self) -> Floats:
        """Return the (side * side, 2) metres of every node."""
        axis = self.origin_m + np.arange(self.side) * self.cell_m
        x, y = np.meshgrid(axis, axis)
        return np.column_stack((x.ravel(), y.ravel()))

    def node_at(self, xy: Floats) -> Ints:
        """Return the node nearest to each (n, 2) place in metres."""
        steps = np.clip(np.rint((xy - self.origin_m) / self.cell_m), 0, self.side - 1).astype(np.int64)
        nodes: Ints = steps[..., 1] * self.side + steps[..., 0]
        return nodes

    def read(self, field: Floats, xy: Floats) -> Floats:
        """Return the value of a (side, side) field at each (n, 2) place, between nodes by straight lines."""
        steps = (xy - self.origin_m) / self.cell_m
        values: Floats = map_coordinates(field, [steps[:, 1], steps[:, 0]], order=1, mode="nearest")
        return values


@dataclass(frozen=True)
class Ways:
    """Every cheapest way back to a set of roots over a lattice: a tree, as streams and roads are.

    ``toll_m`` is the cost from each node to its root, ``towards`` the next node on the way (negative at a root).
    """

    toll_m: Floats
    towards: Ints


def smooth_noise(lattice: Lattice, feature_m: float, rng: np.random.Generator) -> Floats:
    """Return a (side, side) Gaussian random field of mean 0 and deviation 1 whose bumps are ``feature_m`` wide."""
    field = gaussian_filter(
        rng.standard_normal((lattice.side, lattice.side)), max(feature_m / lattice.cell_m, 0.5), mode="wrap"
    )
    shaped: Floats = (field - field.mean()) / field.std()
    return shaped


def find_ways(lattice: Lattice, roughness: Floats, roots: Ints) -> Ways:
    """Find the cheapest way from every node of the lattice to the nearest of ``roots``.

    ``roughness`` is a positive (side, side) field; a step costs its length times the mean roughness of its two
    ends. Steps go to the eight neighbours (Dijkstra 1959).
    """
    toll, towards, _ = dijkstra(_step_graph(lattice, roughness), indices=roots, min_only=True, return_predecessors=True)
    return Ways(toll, towards.astype(np.int64))


def _step_graph(lattice: Lattice, roughness: Floats) -> csr_array[Any]:
    side = lattice.side
    node = np.arange(side * side).reshape(side, side)
    pairs = [
        (node[:, :-1], node[:, 1:], 1.0),
        (node[:-1], node[1:], 1.0),
        (node[:-1, :-1], node[1:, 1:], np.sqrt(2.0)),
        (node[:-1, 1:], node[1:, :-1], np.sqrt(2.0)),
    ]
    flat = roughness.ravel()
    tail = np.concatenate([a.ravel() for a, _, _ in pairs])
    head = np.concatenate([b.ravel() for _, b, _ in pairs])
    length = np.concatenate([np.full(a.size, step) for a, _, step in pairs]) * lattice.cell_m
    weight = length * 0.5 * (flat[tail] + flat[head])
    rows, columns = np.concatenate((tail, head)), np.concatenate((head, tail))
    return coo_array((np.concatenate((weight, weight)), (rows, columns)), shape=(node.size, node.size)).tocsr()


def strands(ways: Ways, heads: Ints) -> list[Ints]:
    """Split the ways down from ``heads`` into strands of nodes, the longest way first.

    Each strand runs from its head to the first node an earlier strand used, or to a root, that node included;
    the order of the list is the order in which they may be drawn. A head already used gives no strand.
    """
    used: set[int] = set()
    found: list[Ints] = []
    towards = ways.towards
    for head in heads[np.argsort(-ways.toll_m[heads], kind="stable")].tolist():
        if head in used or towards[head] < 0:
            continue
        walk = [head]
        while walk[-1] not in used and towards[walk[-1]] >= 0:
            used.add(walk[-1])
            walk.append(int(towards[walk[-1]]))
        found.append(np.array(walk, dtype=np.int64))
    return found


def draw_strand(nodes: Ints, places_xy: Floats, smooth_nodes: float) -> Floats:
    """Draw one strand as a smooth line and move its nodes onto it, so that later strands join it exactly.

    ``places_xy`` holds the metres of every node and is changed in place, except the two ends of the strand;
    ``smooth_nodes`` is the width of the Gaussian, in nodes. Returns the nodes' places, (n, 2) metres.
    """
    line = smooth_line(places_xy[nodes], smooth_nodes)
    places_xy[nodes] = line
    return line


def smooth_line(line: Floats, width: float) -> Floats:
    """Return an (n, 2) line with its bends rounded by a Gaussian ``width`` points wide; both ends stay."""
    reach = int(min(3 * width, len(line) - 1))
    if reach < 1:
        return line
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    weights /= weights.sum()
    # Point reflection at the ends keeps the ends where they are.
    before, after = 2 * line[0] - line[reach:0:-1], 2 * line[-1] - line[-2 : -reach - 2 : -1]
    padded = np.concatenate((before, line, after))
    return np.column_stack([np.convolve(padded[:, axis], weights, mode="valid") for axis in (0, 1)])


def round_line(line: Floats, pieces: int) -> Floats:
    """Put ``pieces`` steps between neighbouring points of an (n, 2) line by a Catmull-Rom curve through all."""
    if len(line) < 3 or pieces < 2:
        return line
    ends = np.concatenate((2 * line[:1] - line[1:2], line, 2 * line[-1:] - line[-2:-1]))
    t = (np.arange(pieces) / pieces)[None, :, None]
    p0, p1, p2, p3 = (ends[k : len(ends) - 3 + k, None, :] for k in range(4))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    rounded: Floats = np.concatenate((curve.reshape(-1, 2), line[-1:]))
    return rounded


def spaced(xy: Floats, score: Floats, gap_m: float) -> Ints:
    """Return the rows of (n, 2) ``xy`` kept when the best scores are taken first and none stand within ``gap_m``."""
    tree = cKDTree(xy)
    free = np.ones(len(xy), dtype=bool)
    kept = []
    for row in np.argsort(-score, kind="stable").tolist():
        if free[row]:
            kept.append(row)
            free[tree.query_ball_point(xy[row], gap_m)] = False
    return np.array(kept, dtype=np.int64)


def spread(xy: Floats, seeds_xy: Floats, rounds: int, fixed: int = 0) -> Floats:
    """Move seeds to the middles of the points nearest to them, ``rounds`` times (Lloyd 1982).

    ``xy`` is (n, 2), ``seeds_xy`` (k, 2); the first ``fixed`` seeds stay. A seed with no points stays as well.
    """
    seeds = seeds_xy.copy()
    for _ in range(rounds):
        owner = cKDTree(seeds).query(xy)[1]
        count = np.bincount(owner, minlength=len(seeds))
        moving = np.flatnonzero(count > 0)
        moving = moving[moving >= fixed]
        for axis in (0, 1):
            total = np.bincount(owner, weights=xy[:, axis], minlength=len(seeds))
            seeds[moving, axis] = total[moving] / count[moving]
    return seeds
