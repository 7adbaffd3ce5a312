"""How far it is along roads from homes to posts, and where it is not asked of roads at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.rules.road_net import Box, Floats, Ints, RoadNet, project, tree_of

REACH_M = 500.0
"""A road is within reach of who lives no farther from it; beyond, the file has no road for them. Our own choice: each
of the 12,467 addresses of Liechtenstein lies within 100 m of a road or path, but a hamlet's lane may not be drawn."""

SCRAP_M = 1_000.0
"""Roads that hang together with no others and are shorter than this in all are a scrap, such as a path in a garden:
they are gone by only where no other road is within reach."""

ROAD, NEAR, FAR, APART = range(4)
MEASURES = ("road", "near", "far", "apart")
"""How a distance came about: along roads; in a straight line because both are nearer to each other than to a road
(``near``), because one of them has no road within reach (``far``), or because no road leads from one to the other
(``apart``)."""


@dataclass(frozen=True)
class Ways:
    """Distances from posts to homes.

    Parameters
    ----------
    metres
        (n, m): along roads with the straight stretches to them, else in a straight line.
    measure
        (n, m): which of ``MEASURES`` each is.
    settled
        Whether more roads, from beyond the ground that was looked at, could change nothing.
    """

    metres: Floats
    measure: NDArray[np.int8]
    settled: bool


@dataclass(frozen=True)
class _Pins:
    """Places joined to the next road: (k,) stretch, metres along it, metres to it, and the piece of the net it is of.

    ``there`` tells which places have a road.
    """

    stretch: Ints
    along_m: Floats
    access_m: Floats
    there: NDArray[np.bool_]
    piece: Ints


def straight_m(post_xy: Floats, home_xy: Floats) -> Floats:
    """Return (n, m) straight lines in metres between (n, 2) posts and (m, 2) homes."""
    return np.hypot(post_xy[:, None, 0] - home_xy[None, :, 0], post_xy[:, None, 1] - home_xy[None, :, 1])


def box_around(points_xy: Floats, margin_m: float) -> Box:
    """Return west, south, east, north of some places, a margin wider all around."""
    low, high = points_xy.min(axis=0) - margin_m, points_xy.max(axis=0) + margin_m
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def measure_ways(
    roads: RoadNet, post_xy: Floats, home_xy: Floats, margin_m: float, wanted: NDArray[np.bool_] | None = None
) -> Ways:
    """Measure from every post to every home along roads.

    Each place is joined to the next point of a road by a straight stretch, which counts. The shortest way between two
    such points is Dijkstra's. Who lives nearer to a post than the two stretches to the road together goes straight.

    Parameters
    ----------
    roads
        Every road within ``margin_m`` of the places, at least.
    post_xy, home_xy
        (n, 2) and (m, 2) metres in the county's zone.
    margin_m
        How far beyond the places roads are looked for. Any way no longer than the one that was found lies in the
        ellipse round both places whose points are as far from the two together; where that ellipse lies on the ground
        that was looked at, what was found is the shortest of all.
    wanted
        (n, m): of which pairs it matters whether they are settled; all where it is not given.
    """
    metres = straight_m(post_xy, home_xy)
    measure = np.full(metres.shape, FAR, dtype=np.int8)
    if not metres.size:
        return Ways(metres, measure, True)
    places = np.concatenate([post_xy, home_xy])
    box = box_around(places, margin_m)
    near = roads.within(box)
    open_pieces = _leading_out(near, box)
    pins = _pin(near, places, open_pieces)
    n = len(post_xy)
    both = pins.there[:n, None] & pins.there[None, n:]
    access = pins.access_m[:n, None] + pins.access_m[None, n:]
    way = access + _between(near, pins, n)
    walks = both & (metres <= access)
    goes = both & ~walks & np.isfinite(way)
    apart = both & ~walks & ~np.isfinite(way)
    measure[walks], measure[goes], measure[apart] = NEAR, ROAD, APART
    metres[goes] = way[goes]
    asked = np.ones(metres.shape, dtype=bool) if wanted is None else wanted
    post, home = np.nonzero(goes & asked)
    sure = _covers_ellipses(box, post_xy[post], home_xy[home], metres[post, home])
    is_open = pins.there & np.isin(pins.piece, open_pieces)
    open_end = apart & asked & is_open[:n, None] & is_open[None, n:]
    return Ways(metres, measure, bool(sure.all()) and not open_end.any())


def _covers_ellipses(box: Box, a_xy: Floats, b_xy: Floats, sum_m: Floats) -> NDArray[np.bool_]:
    """Tell which ellipses, with foci a and b and a sum of distances to both, lie in a box."""
    step = b_xy - a_xy
    apart_m = np.hypot(*step.T)
    along, across = sum_m / 2.0, np.sqrt(np.maximum(sum_m**2 - apart_m**2, 0.0)) / 2.0
    cos, sin = np.where(apart_m > 0.0, step.T / np.maximum(apart_m, 1e-9), [[1.0], [0.0]])
    middle = (a_xy + b_xy) / 2.0
    wide, high = np.hypot(along * cos, across * sin), np.hypot(along * sin, across * cos)
    inside = (middle[:, 0] - wide >= box[0]) & (middle[:, 0] + wide <= box[2])
    covered: NDArray[np.bool_] = inside & (middle[:, 1] - high >= box[1]) & (middle[:, 1] + high <= box[3])
    return covered


def _leading_out(roads: RoadNet, box: Box) -> Ints:
    """Return the pieces of the net that lead out of a box."""
    west, south, east, north = roads.box_xy.T
    out = (west <= box[0]) | (south <= box[1]) | (east >= box[2]) | (north >= box[3])
    return np.unique(roads.piece[roads.ends[out, 0]])


def _pin(roads: RoadNet, places: Floats, open_pieces: Ints) -> _Pins:
    """Join places to the next point of a road within ``REACH_M``, of a scrap only where there is no other."""
    number = len(places)
    pins = _Pins(np.zeros(number, np.int64), np.zeros(number), np.zeros(number), np.zeros(number, dtype=bool),
                 np.full(number, -1))  # fmt: skip
    if not len(roads.segment_xy):
        return pins
    piece = roads.piece[roads.ends[:, 0]]
    long_m = np.bincount(piece, weights=roads.length_m)
    grand = (long_m[piece] >= SCRAP_M) | np.isin(piece, open_pieces)
    about = _meets(roads.segment_xy, box_around(places, REACH_M))
    for some in (np.flatnonzero(about & grand[roads.stretch]), np.flatnonzero(about & ~grand[roads.stretch])):
        left = np.flatnonzero(~pins.there)
        if not len(some) or not len(left):
            continue
        tree = tree_of(roads.segment_xy[some])
        at, segment = tree.query_nearest(shapely.points(places[left]), max_distance=REACH_M, all_matches=False)
        at, segment = left[at], some[segment]
        gone, away = project(places[at], roads.segment_xy[segment])
        pins.there[at], pins.access_m[at] = True, away
        pins.stretch[at], pins.along_m[at] = roads.stretch[segment], roads.offset_m[segment] + gone
        pins.piece[at] = piece[pins.stretch[at]]
    return pins


def _meets(segment_xy: Floats, box: Box) -> NDArray[np.bool_]:
    """Tell which segments have a box that meets a box."""
    x, y = segment_xy[:, ::2], segment_xy[:, 1::2]
    across = (x.min(axis=1) <= box[2]) & (x.max(axis=1) >= box[0])
    meets: NDArray[np.bool_] = across & (y.min(axis=1) <= box[3]) & (y.max(axis=1) >= box[1])
    return meets


def _between(roads: RoadNet, pins: _Pins, n: int) -> Floats:
    """Return (n, m) metres along roads between the pins of the first n places and those of the rest; inf for no way."""
    way = np.full((n, len(pins.there) - n), np.inf)
    pinned = np.flatnonzero(pins.there)
    posts, homes = pinned[pinned < n], pinned[pinned >= n]
    if not len(posts) or not len(homes):
        return way
    graph, node = _graph(roads, pins, pinned)
    mine, back = np.unique(node[: len(posts)], return_inverse=True)
    theirs, other = np.unique(node[len(posts) :], return_inverse=True)
    if len(mine) <= len(theirs):
        found = np.asarray(dijkstra(graph, directed=True, indices=mine))[:, theirs]
    else:
        found = np.asarray(dijkstra(graph, directed=True, indices=theirs))[:, mine].T
    way[np.ix_(posts, homes - n)] = found[np.ix_(back.ravel(), other.ravel())]
    return way


def _graph(roads: RoadNet, pins: _Pins, pinned: Ints) -> tuple[csr_array, Ints]:
    """Return the net with a node for each pin between the ends of its stretch, and the node of each pinned place."""
    used, ends = np.unique(roads.ends, return_inverse=True)
    ends = ends.reshape(-1, 2)
    order = pinned[np.lexsort((pins.along_m[pinned], pins.stretch[pinned]))]
    stretch, along = pins.stretch[order], pins.along_m[order]
    pin = len(used) + np.arange(len(order))
    first = np.append(True, stretch[1:] != stretch[:-1])
    final = np.append(first[1:], True)
    before = np.where(first, ends[stretch, 0], np.append(0, pin[:-1]))
    gone = along - np.where(first, 0.0, np.append(0.0, along[:-1]))
    tail, head, left = pin[final], ends[stretch[final], 1], roads.length_m[stretch[final]] - along[final]
    start = np.concatenate([ends[:, 0], before, tail])
    end = np.concatenate([ends[:, 1], pin, head])
    length_m = np.maximum(np.concatenate([roads.length_m, gone, left]), 1e-6)  # csgraph reads nought as no way
    size = len(used) + len(order)
    node = np.empty(len(pins.there), np.int64)
    node[order] = pin
    return _shortest(np.append(start, end), np.append(end, start), np.tile(length_m, 2), size), node[pinned]


def _shortest(start: Ints, end: Ints, length_m: Floats, size: int) -> csr_array:
    """Return the matrix of the shortest of parallel stretches; a matrix of SciPy would add them up."""
    order = np.lexsort((length_m, end, start))
    start, end, length_m = start[order], end[order], length_m[order]
    kept = np.append(True, (np.diff(start) != 0) | (np.diff(end) != 0))
    indptr = np.append(0, np.cumsum(np.bincount(start[kept], minlength=size)))
    return csr_array((length_m[kept], end[kept].astype(np.int32), indptr.astype(np.int32)), shape=(size, size))
