from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.points import number_pairs, number_points

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Vertices:
    """Every vertex of many polygons in one flat table, so that borders are compared by numpy and not ring by ring.

    Parameters
    ----------
    xy
        (v, 2) coordinates, ring after ring, each ring closed; any plane, in practice ``_xy`` metres.
    ring, part, shape
        ``ring`` (v,) is the ring of each vertex, ``part`` (rings,) the polygon of each ring (its shell first),
        ``shape`` (parts,) the index of the geometry each polygon came from.
    """

    xy: Floats
    ring: Ints
    part: Ints
    shape: Ints

    def starts(self) -> Ints:
        """Return the rows that begin a segment: row i and row i + 1 are its two ends."""
        return np.flatnonzero(self.ring[1:] == self.ring[:-1])

    def shape_of_rows(self, rows: Ints) -> Ints:
        """Return the geometry that each vertex row belongs to."""
        return self.shape[self.part[self.ring[rows]]]


def flatten(shapes: Shapes) -> Vertices:
    """Lay the vertices of polygons (or multipolygons) in one table; empty geometries have no rows."""
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    return Vertices(xy, ring, part, shape)


def rebuild(table: Vertices, count: int) -> Shapes:
    """Make geometries again from a table: ``count`` of them, Polygons where one part is left, else MultiPolygons."""
    out = np.full(count, shapely.Polygon(), dtype=np.object_)
    if not len(table.xy):
        return out
    rings = np.asarray(shapely.linearrings(table.xy, indices=table.ring))
    parts = np.asarray(shapely.polygons(rings, indices=table.part))
    amount = np.bincount(table.shape, minlength=count)
    alone = amount[table.shape] == 1
    out[table.shape[alone]] = parts[alone]
    for index in np.flatnonzero(amount > 1):
        out[index] = shapely.multipolygons(parts[table.shape == index])
    return out


def segment_keys(xy_a: Floats, xy_b: Floats) -> Ints:
    """Return one number for each segment, the same for both directions: two (n, 2) arrays -> (n,)."""
    number, _ = number_points(np.concatenate([xy_a, xy_b]))
    a, b = number[: len(xy_a)], number[len(xy_a) :]
    return np.asarray(np.minimum(a, b) * (number.max(initial=0) + 1) + np.maximum(a, b), dtype=np.intp)


def line_segments(lines: BaseGeometry) -> Floats:
    """Return the segments (n, 2, 2) of a line or of many."""
    xy, part = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    rows = np.flatnonzero(part[1:] == part[:-1])
    return np.stack([xy[rows], xy[rows + 1]], axis=1)


def distinct_segments(segments: Floats) -> Floats:
    """Drop segments (n, 2, 2) without length, and those that are there already in either direction."""
    segments = segments[(segments[:, 0] != segments[:, 1]).any(axis=1)]
    number, _ = number_points(segments.reshape(-1, 2))
    _, first = number_pairs(np.sort(number.reshape(-1, 2), axis=1))
    return np.asarray(segments[first])


@dataclass(frozen=True)
class Borders:
    """How long each two polygons of a node-matched coverage run beside each other.

    Parameters
    ----------
    pairs
        (e, 2) indices i < j of the polygons, in ascending order.
    border_m, open_m
        (e,) length of the shared border, and of that part of it that is no barrier.
    """

    pairs: Ints
    border_m: Floats
    open_m: Floats


def shared_borders(shapes: Shapes, barrier_segments_xy: Floats) -> Borders:
    """Measure the borders that polygons of a coverage share; ``barrier_segments_xy`` (b, 2, 2) are not open."""
    table = flatten(shapes)
    rows = table.starts()
    a, b = table.xy[rows], table.xy[rows + 1]
    owner = table.shape_of_rows(rows)
    keys = segment_keys(np.concatenate([a, barrier_segments_xy[:, 0]]), np.concatenate([b, barrier_segments_xy[:, 1]]))
    barrier_keys = keys[len(a) :]
    keys = keys[: len(a)]
    order = np.argsort(keys, kind="stable")
    twin = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    one, two = order[twin], order[twin + 1]
    length_m = np.hypot(*(a[one] - b[one]).T)
    is_open = ~np.isin(keys[one], barrier_keys)
    return sum_borders(np.stack([owner[one], owner[two]], axis=1), length_m, length_m * is_open, len(shapes))


def joined_borders(borders: Borders, owner: Ints) -> Borders:
    """Return the borders after polygons were united: ``owner`` (n,) is the new index of each polygon."""
    count = int(owner.max(initial=-1)) + 1
    return sum_borders(owner[borders.pairs], borders.border_m, borders.open_m, count)


def sum_borders(pairs: Ints, border_m: Floats, open_m: Floats, count: int) -> Borders:
    """Add up lengths by pair of polygons; what lies inside one polygon is no border."""
    apart = pairs[:, 0] != pairs[:, 1]
    pairs = np.sort(pairs[apart], axis=1)
    edge, first = number_pairs(pairs)
    pairs = pairs[first]
    order = np.argsort(pairs[:, 0] * count + pairs[:, 1])
    total_m, total_open_m = (
        np.bincount(edge, metres[apart], len(pairs)).astype(np.float64)[order] for metres in (border_m, open_m)
    )
    return Borders(pairs[order], total_m, total_open_m)


def insert_points(shapes: Shapes, points_xy: Floats, tolerance_m: float) -> Shapes:
    """Put each point into every border segment that it lies on, so that neighbours share all their vertices.

    Parameters
    ----------
    shapes
        (n,) polygons; those that no point touches are returned as the same objects.
    points_xy
        (m, 2) vertices of others.
    tolerance_m
        How near a point must lie to a segment; a point as near as that to an end of it is that end already.
    """
    table = flatten(shapes)
    rows = table.starts()
    lines = np.asarray(shapely.linestrings(np.stack([table.xy[rows], table.xy[rows + 1]], axis=1)))
    points = shapely.points(points_xy)
    point, line = shapely.STRtree(lines).query(points, predicate="dwithin", distance=tolerance_m)
    keep, share = places_on_segments(table.xy, rows[line], points_xy[point], tolerance_m)
    row, share, place = rows[line[keep]], share[keep], points_xy[point[keep]]
    if not len(row):
        return shapes
    touched = np.unique(table.shape_of_rows(row))
    grown = insert_rows(table, row, share, place)
    new = rebuild_only(grown, touched, len(shapes))
    out = shapes.copy()
    out[touched] = new[touched]
    return out


def places_on_segments(xy: Floats, row: Ints, place: Floats, tolerance_m: float) -> tuple[NDArray[np.bool_], Floats]:
    """Tell which places lie between the ends of their segments (from ``row`` to the next), and their shares (0..1)."""
    start, along = xy[row], xy[row + 1] - xy[row]
    length2 = (along**2).sum(axis=1)
    share = ((place - start) * along).sum(axis=1) / np.where(length2 > 0, length2, 1)
    near_end = np.minimum(np.hypot(*(place - start).T), np.hypot(*(place - start - along).T))
    return (near_end > tolerance_m) & (share > 0) & (share < 1), share


def insert_rows(table: Vertices, row: Ints, share: Floats, place: Floats) -> Vertices:
    """Return the table with each place put after its row, in the order of its share along the segment."""
    rows = np.concatenate([np.arange(len(table.xy)), row])
    shares = np.concatenate([np.zeros(len(table.xy)), share])
    order = np.lexsort((shares, rows))
    xy = np.concatenate([table.xy, place])[order]
    ring = table.ring[rows[order]]
    repeated = np.zeros(len(xy), dtype=np.bool_)
    repeated[1:] = (ring[1:] == ring[:-1]) & (xy[1:] == xy[:-1]).all(axis=1)
    return Vertices(xy[~repeated], ring[~repeated], table.part, table.shape)


def rebuild_only(table: Vertices, wanted: Ints, count: int) -> Shapes:
    """Rebuild only the wanted geometries of a table; the others stay empty in the result."""
    is_wanted = np.zeros(count, dtype=np.bool_)
    is_wanted[wanted] = True
    keep_part = is_wanted[table.shape]
    keep_ring = keep_part[table.part]
    keep_row = keep_ring[table.ring]
    part_number = np.cumsum(keep_part) - 1
    ring_number = np.cumsum(keep_ring) - 1
    return rebuild(
        Vertices(
            table.xy[keep_row],
            ring_number[table.ring[keep_row]],
            part_number[table.part[keep_ring]],
            table.shape[keep_part],
        ),
        count,
    )


def segments_beside(shapes: Shapes, index: int, others: Ints) -> Floats:
    """Return the segments (b, 2, 2) that one shape of a coverage shares with others."""
    table = flatten(np.concatenate([shapes[[index]], shapes[others]]))
    rows = table.starts()
    a, b = table.xy[rows], table.xy[rows + 1]
    keys = segment_keys(a, b)
    own = table.shape_of_rows(rows) == 0
    shared = own & np.isin(keys, keys[~own])
    return np.stack([a[shared], b[shared]], axis=1)
