"""Roads as a net to go along: lines of a file become junctions and the stretches between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]

SAME_M = 0.5
"""Corners nearer than this are one place; lines that share a place meet there, and a corner this near to another line
lies on it."""

JOIN_M = 5.0
"""A line that ends this near to another one is taken to end on it: drawn roads often miss the middle of the road they
run into. Lines that merely cross are not joined: one may lie on a bridge."""

_SHORTEST_M = 1e-6  # csgraph reads a length of nought as no way


@dataclass(frozen=True)
class RoadNet:
    """Stretches of road between junctions, and the straight segments that they are made of.

    Parameters
    ----------
    nodes
        How many junctions and ends there are.
    ends, length_m
        (e, 2) the nodes that a stretch joins; (e,) its length in metres.
    box_xy
        (e, 4) west, south, east, north of each stretch, metres.
    segment_xy
        (s, 4) x and y of a segment's start, then of its end, metres.
    stretch, offset_m
        (s,) the stretch that a segment belongs to; (s,) how far along it the segment starts.
    piece
        (nodes,) which connected piece of the net a node belongs to.
    """

    nodes: int
    ends: Ints
    length_m: Floats
    box_xy: Floats
    segment_xy: Floats
    stretch: Ints
    offset_m: Floats
    piece: Ints

    def within(self, box: Box) -> RoadNet:
        """Return the stretches whose box meets (west, south, east, north), whole; the nodes keep their numbers."""
        west, south, east, north = self.box_xy.T
        kept = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
        mine = kept[self.stretch]
        return replace(
            self,
            ends=self.ends[kept],
            length_m=self.length_m[kept],
            box_xy=self.box_xy[kept],
            segment_xy=self.segment_xy[mine],
            stretch=(np.cumsum(kept) - 1)[self.stretch[mine]],
            offset_m=self.offset_m[mine],
        )


def build_roads(lines_xy: Sequence[shapely.Geometry] | NDArray[np.object_]) -> RoadNet:
    """Make the net of some roads.

    Parameters
    ----------
    lines_xy
        LineStrings or MultiLineStrings in metres of the county's zone. They meet where they share a corner, where a
        corner of one lies on the other, and where one ends within ``JOIN_M`` of another.
    """
    parts = shapely.get_parts(np.asarray(list(lines_xy), dtype=object))
    xy, part = shapely.get_coordinates(parts, return_index=True)
    xy, part, links = _joined(xy, part.astype(np.int64))
    node = _places(xy)
    inner = part[1:] == part[:-1]
    start = np.flatnonzero(inner & (node[1:] != node[:-1]))
    if not len(start):
        none, nothing = np.zeros((0, 2), np.int64), np.zeros(0)
        return RoadNet(0, none, nothing, np.zeros((0, 4)), np.zeros((0, 4)), none[:, 0], nothing, none[:, 0])
    number = int(node.max(initial=-1)) + 1
    stops = _stops(node, part, start, number)
    stops[node[links].ravel()] = True
    return _stretched(xy, node, start, stops, node[links], xy[links])


def _joined(xy: Floats, part: Ints) -> tuple[Floats, Ints, Ints]:
    """Put a corner into each line that another one ends near or has a corner on, and return which are to be linked."""
    node = _places(xy)
    start = np.flatnonzero((part[1:] == part[:-1]) & (node[1:] != node[:-1]))
    if not len(start):
        return xy, part, np.zeros((0, 2), np.int64)
    loose = _degree(node, start, int(node.max()) + 1)[node] == 1
    tree = tree_of(np.concatenate([xy[start], xy[start + 1]], axis=1))
    reach_m = np.where(loose, JOIN_M, SAME_M)
    corner, segment = tree.query(shapely.points(xy), predicate="dwithin", distance=reach_m)
    segment = start[segment]
    other = (node[corner] != node[segment]) & (node[corner] != node[segment + 1])
    corner, segment = corner[other], segment[other]
    along, away = project(xy[corner], np.concatenate([xy[segment], xy[segment + 1]], axis=1))
    nearest = np.lexsort((away, corner))
    nearest = nearest[np.append(True, np.diff(corner[nearest]) != 0)[: len(nearest)]]
    corner, segment, along = corner[nearest], segment[nearest], along[nearest]
    order = np.lexsort((along, segment))
    corner, segment, along = corner[order], segment[order], along[order]
    step = xy[segment + 1] - xy[segment]
    new_xy = xy[segment] + step * (along / np.hypot(*step.T))[:, None]
    # the new corners stand in the order of the lines; the old ones move on by those put in before them
    moved = np.arange(len(xy)) + np.searchsorted(segment + 1, np.arange(len(xy)), side="right")
    new_at = segment + 1 + np.arange(len(segment))
    links = np.column_stack([moved[corner], new_at])
    return np.insert(xy, segment + 1, new_xy, axis=0), np.insert(part, segment + 1, part[segment]), links


def _places(xy: Floats) -> Ints:
    """Number the places of some corners; corners in one cell of ``SAME_M`` are one place."""
    if not len(xy):
        return np.zeros(0, np.int64)
    cells = np.rint(xy / SAME_M)
    _, place = np.unique(cells[:, 0] + 1j * cells[:, 1], return_inverse=True)
    return place.ravel().astype(np.int64)


def _degree(node: Ints, start: Ints, number: int) -> Ints:
    """Return how many other places each place is joined to."""
    pairs = np.sort(np.column_stack([node[start], node[start + 1]]), axis=1)
    key = np.unique(pairs[:, 0] * number + pairs[:, 1])
    return np.bincount(np.concatenate([key // number, key % number]), minlength=number)


def _stops(node: Ints, part: Ints, start: Ints, number: int) -> NDArray[np.bool_]:
    """Tell at which places a stretch ends: junctions, and the ends of lines."""
    stops: NDArray[np.bool_] = _degree(node, start, number) != 2
    borders = np.flatnonzero(np.diff(part))
    stops[node[np.concatenate([[0], borders, borders + 1, [len(part) - 1]])]] = True
    return stops


def _stretched(
    xy: Floats, node: Ints, start: Ints, stops: NDArray[np.bool_], linked: Ints, linked_xy: Floats
) -> RoadNet:
    """Put the segments of each line together from stop to stop, and add the links as stretches of their own."""
    segment_xy = np.concatenate([xy[start], xy[start + 1]], axis=1)
    length_m = np.hypot(*(xy[start + 1] - xy[start]).T)
    fresh = stops[node[start]]
    stretch = np.cumsum(fresh) - 1
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(start)) - 1
    total = np.append(0.0, np.cumsum(length_m))
    name = np.cumsum(stops) - 1
    ends = np.column_stack([name[node[start[first]]], name[node[start[last] + 1]]])
    links = name[linked].reshape(-1, 2)
    link_m = np.hypot(*(linked_xy[:, 0] - linked_xy[:, 1]).T)
    low = np.minimum(segment_xy[:, :2], segment_xy[:, 2:])
    high = np.maximum(segment_xy[:, :2], segment_xy[:, 2:])
    boxes = np.concatenate([np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)], axis=1)
    link_box = np.concatenate([linked_xy.min(axis=1), linked_xy.max(axis=1)], axis=1).reshape(-1, 4)
    both = np.concatenate([ends, links]).astype(np.int64)
    nodes = int(stops.sum())
    return RoadNet(
        nodes, both, np.maximum(np.append(total[last + 1] - total[first], link_m), _SHORTEST_M),
        np.concatenate([boxes, link_box]), segment_xy, stretch.astype(np.int64),
        total[:-1] - total[first[stretch]], _pieces(nodes, both),
    )  # fmt: skip


def _pieces(nodes: int, ends: Ints) -> Ints:
    graph = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def tree_of(segment_xy: Floats) -> shapely.STRtree:
    """Return the (s, 4) segments of a net so that the next of them is found quickly."""
    return shapely.STRtree(np.asarray(shapely.linestrings(segment_xy.reshape(-1, 2, 2)), dtype=object))


def project(points_xy: Floats, segment_xy: Floats) -> tuple[Floats, Floats]:
    """Return how far along its segment the point next to each place lies, and how far away, in metres.

    Parameters
    ----------
    points_xy, segment_xy
        (n, 2) places and (n, 4) segments, one for each, none of them of no length.
    """
    step = segment_xy[:, 2:] - segment_xy[:, :2]
    length_m = np.hypot(*step.T)
    gone = points_xy - segment_xy[:, :2]
    along = np.clip((gone * step).sum(axis=1) / length_m, 0.0, length_m)
    there = segment_xy[:, :2] + step * (along / length_m)[:, None]
    return along, np.hypot(*(points_xy - there).T)
