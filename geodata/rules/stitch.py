from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.segments import (
    Floats,
    Ints,
    Shapes,
    Vertices,
    flatten,
    insert_rows,
    leaders,
    near_pairs,
    number_points,
    place_on_segments,
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
    village = np.repeat(np.arange(len(sizes)), sizes)
    table = flatten(flat)
    rows = table.starts()
    lone = rows[_without_twin(table, rows)]
    table, moved = _merge_near(table, lone, village, tolerance_m)
    row, share, place = _missing(table, lone, village, tolerance_m)
    touched = np.unique(np.concatenate([table.shape_of_rows(row), moved]))
    out = flat.copy()
    out[touched] = rebuild_only(insert_rows(table, row, share, place), touched, len(flat))[touched]
    return np.split(out, np.cumsum(sizes)[:-1])


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
    number = number_points(np.concatenate([a, b]))
    start, end = number[: len(a)], number[len(a) :]
    forward = (start < end) == inside_left[table.ring[rows]]
    keys = np.minimum(start, end) * (number.max() + 1) + np.maximum(start, end)
    _, key = np.unique(keys, return_inverse=True)
    count, ahead = np.bincount(key), np.bincount(key, forward)
    return np.asarray(((ahead == 0) | (ahead == count))[key])


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _merge_near(table: Vertices, lone: Ints, village: Ints, tolerance_m: float) -> tuple[Vertices, Ints]:
    """Give one place to vertices of different villages that all but coincide; also the shapes that changed."""
    ends = np.concatenate([lone, lone + 1])
    key = table.xy[ends, 0] + 1j * table.xy[ends, 1]
    places, first = np.unique(key, return_index=True)
    xy = np.stack([places.real, places.imag], axis=1)
    owner = village[table.shape_of_rows(ends[first])]
    near = near_pairs(xy, tolerance_m)
    near = near[owner[near[:, 0]] != owner[near[:, 1]]]
    if not len(near):
        return table, np.zeros(0, dtype=np.intp)
    leader = leaders(xy, near)
    # Inner vertices at the same place must follow, so every row of the table is looked up, not only the lone ones.
    rows_key = table.xy[:, 0] + 1j * table.xy[:, 1]
    at = np.minimum(np.searchsorted(places, rows_key), len(places) - 1)
    changes = (places[at] == rows_key) & (leader[at] != at)
    new_xy = table.xy.copy()
    new_xy[changes] = xy[leader[at[changes]]]
    moved = np.unique(table.shape_of_rows(np.flatnonzero(changes)))
    return Vertices(new_xy, table.ring, table.part, table.shape), moved


def _missing(table: Vertices, lone: Ints, village: Ints, tolerance_m: float) -> tuple[Ints, Floats, Floats]:
    """Find the vertices of one village that lie inside a border segment of another: rows, shares, places."""
    lines = np.asarray(shapely.linestrings(np.stack([table.xy[lone], table.xy[lone + 1]], axis=1)))
    ends = np.concatenate([lone, lone + 1])
    _, first = np.unique(table.xy[ends, 0] + 1j * table.xy[ends, 1], return_index=True)
    ends = ends[first]
    point, line = shapely.STRtree(lines).query(
        shapely.points(table.xy[ends]), predicate="dwithin", distance=tolerance_m
    )
    return place_on_segments(table.xy, lone[line], table.xy[ends[point]], tolerance_m)
