from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.points import leaders, near_pairs, number_points
from geodata.rules.segments import (
    Floats,
    Ints,
    Shapes,
    Vertices,
    flatten,
    insert_rows,
    places_on_segments,
    rebuild_only,
)

STITCH_M = 1e-4
"""Two villages' vertices nearer than this are one place: a tenth of a millimetre, far below any survey."""


def stitch(shapes: Sequence[NDArray[np.object_]], tolerance_m: float = STITCH_M) -> list[Shapes]:
    """Make one valid coverage of villages that were shaped apart, by giving both sides of a border the same vertices.

    Where the units of one village meet its border, the village across has no vertex (a T-junction). Each such
    vertex is put into the segment across; vertices of the two sides within ``tolerance_m`` become one.

    Parameters
    ----------
    shapes
        One array of (Multi)Polygons a village, ``_xy`` metres; the villages' own borders agree within ``tolerance_m``.
        Several levels may be in one array: 邻 and the 组, 片 and village made of them get the same vertices.
    tolerance_m
        The width of a gap or an overlap that is closed.

    Returns
    -------
    list
        The same arrays; only polygons on a village border are new objects.
    """
    sizes = [len(group) for group in shapes]
    if not sum(sizes):
        return [np.asarray(group, dtype=np.object_) for group in shapes]
    flat = np.concatenate([np.asarray(group, dtype=np.object_) for group in shapes])
    table = flatten(flat)
    joints = _joints(table, table.xy, np.repeat(np.arange(len(sizes)), sizes), tolerance_m)
    return np.split(_joined(flat, table, joints), np.cumsum(sizes)[:-1])


def stitch_in(
    shapes_ll: NDArray[np.object_],
    village_of_shape: Ints,
    to_xy: Callable[[Floats], Floats],
    tolerance_m: float = STITCH_M,
) -> Shapes:
    """Make one valid coverage of the units along a village's border, as they are stored, without moving any ground.

    As `stitch`, but what is written are the degrees that one of the sides has already: every vertex that was there
    stays as it is, bit by bit, but for those of a later village that lie within ``tolerance_m`` of an earlier one's.

    Parameters
    ----------
    shapes_ll
        (n,) (Multi)Polygons of any levels, EPSG:4490 degrees, one village after the other. Of the neighbours only
        what touches the border need be there.
    village_of_shape
        (n,) ascending number of the village of each; where two corners become one, the lower number's holds.
    to_xy
        Turns (v, 2) degrees into metres; equal degrees into equal metres.

    Returns
    -------
    (n,) the same objects where nothing was to be done.
    """
    if not len(shapes_ll):
        return shapes_ll
    table = flatten(shapes_ll)
    return _joined(shapes_ll, table, _joints(table, to_xy(table.xy), village_of_shape, tolerance_m))


@dataclass(frozen=True)
class _Joints:
    """What villages have to take over from each other, as rows of a table of vertices.

    ``place_of`` (v,) the row whose place each vertex takes, mostly its own; ``row``, ``share``, ``source`` (j,): after
    row ``row``, at ``share`` (0..1) along its segment, comes the vertex of row ``source``.
    """

    place_of: Ints
    row: Ints
    share: Floats
    source: Ints


def _joints(table: Vertices, metres: Floats, village: Ints, tolerance_m: float) -> _Joints:
    """Compare vertices as they are written, and measure them in metres (v, 2)."""
    rows = table.starts()
    lone = rows[_without_twin(table, rows)]
    place_of = _near_places(table, metres, lone, village, tolerance_m)
    return _Joints(place_of, *_missing(metres[place_of], lone, tolerance_m))


def _joined(flat: Shapes, table: Vertices, joints: _Joints) -> Shapes:
    """Return the shapes with their joints; those without stay the same objects."""
    moved = np.flatnonzero((table.xy[joints.place_of] != table.xy).any(axis=1))
    touched = np.unique(table.shape_of_rows(np.concatenate([joints.row, moved])))
    placed = Vertices(table.xy[joints.place_of], table.ring, table.part, table.shape)
    grown = insert_rows(placed, joints.row, joints.share, placed.xy[joints.source])
    out = flat.copy()
    out[touched] = rebuild_only(grown, touched, len(flat))[touched]
    return out


def _without_twin(table: Vertices, rows: Ints) -> NDArray[np.bool_]:
    """Tell which segments no polygon has on their other side: the county's edge, and every T-junction.

    Sides and not repeats are compared, so that a 邻 and the 组 around it may both be there.
    """
    a, b = table.xy[rows], table.xy[rows + 1]
    origin = table.xy[:1]
    twice_area = np.bincount(table.ring[rows], _cross(a - origin, b - origin), len(table.part))
    is_hole = np.zeros(len(table.part), dtype=np.bool_)
    is_hole[1:] = table.part[1:] == table.part[:-1]
    inside_left = (twice_area > 0) != is_hole
    number, _ = number_points(np.concatenate([a, b]))
    start, end = number[: len(a)], number[len(a) :]
    forward = (start < end) == inside_left[table.ring[rows]]
    keys = np.minimum(start, end) * (number.max() + 1) + np.maximum(start, end)
    _, key = np.unique(keys, return_inverse=True)
    count, ahead = np.bincount(key), np.bincount(key, forward)
    return np.asarray(((ahead == 0) | (ahead == count))[key])


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _near_places(table: Vertices, metres: Floats, lone: Ints, village: Ints, tolerance_m: float) -> Ints:
    """Give one place to vertices of different villages that all but coincide: -> the row whose place each row takes.

    The first village's place holds.
    """
    place_of = np.arange(len(table.xy))
    key = table.xy[:, 0] + 1j * table.xy[:, 1]
    ends = np.sort(np.concatenate([lone, lone + 1]))
    places, first = np.unique(key[ends], return_index=True)
    ends = ends[np.sort(first)]
    owner = village[table.shape_of_rows(ends)]
    near = near_pairs(metres[ends], tolerance_m)
    near = near[owner[near[:, 0]] != owner[near[:, 1]]]
    if not len(near):
        return place_of
    leader = np.empty(len(places), dtype=np.intp)
    leader[np.argsort(first, kind="stable")] = ends[leaders(len(ends), near)]
    # Inner vertices at the same place must follow, so every row of the table is looked up, not only the lone ones.
    at = np.minimum(np.searchsorted(places, key), len(places) - 1)
    held = np.flatnonzero(places[at] == key)
    place_of[held] = leader[at[held]]
    return place_of


def _missing(metres: Floats, lone: Ints, tolerance_m: float) -> tuple[Ints, Floats, Ints]:
    """Find the vertices of one village that lie inside a border segment of another: rows, shares, sources."""
    lines = np.asarray(shapely.linestrings(np.stack([metres[lone], metres[lone + 1]], axis=1)))
    ends = np.concatenate([lone, lone + 1])
    _, first = np.unique(metres[ends, 0] + 1j * metres[ends, 1], return_index=True)
    ends = ends[first]
    point, line = shapely.STRtree(lines).query(shapely.points(metres[ends]), predicate="dwithin", distance=tolerance_m)
    keep, share = places_on_segments(metres, lone[line], metres[ends[point]], tolerance_m)
    return lone[line[keep]], share[keep], ends[point[keep]]
