from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from geodata.rules.faces import Faces
from geodata.rules.kernels import compiled
from geodata.rules.mesh import Mesh, trace
from geodata.rules.points import merge_near, number_points
from geodata.rules.segments import Floats, Ints, distinct_segments, line_segments

LATTICE = 1024.0
"""Corners between homes lie on a lattice of 1/1024 m, so that corners which all but coincide are one."""
SAME_M = 2e-3
"""A crossing nearer than this to a corner is that corner: no edge is shorter than what a survey can tell apart."""


def weave(faces: Faces, site_xy: Floats, face_of_site: Ints, careful: bool = False) -> tuple[Mesh, NDArray[np.bool_]]:
    """Cut every face between its sites (Voronoi), all from one noded set of lines.

    Every crossing of a border between homes with a wall is computed once and put into both, so that neighbours
    share their vertices exactly and no clipping of polygons is needed.

    Parameters
    ----------
    faces
        The ground, cut by 组 borders and barriers; near the origin, since squares of coordinates are compared.
    site_xy
        (s, 2) homes, no two nearer than 1 cm, each inside its face.
    face_of_site
        (s,)
    careful
        Node every line against every other, three times slower: for ground on which the quick way left a hole.

    Returns
    -------
    mesh, is_barrier
        Polygons that tile the faces (a face's holes may be among them), and which of the mesh's segments run along a
        barrier.
    """
    corners, ridges, face_of_ridge = _ridges(site_xy, face_of_site, faces)
    inner, walls, is_barrier, is_sure = _noded(faces, corners, ridges, face_of_ridge)
    lines = np.concatenate([walls, inner])
    # A border between homes that falls onto a wall is there twice, and no walk around a face ends between the two.
    if careful or not is_sure or len(distinct_segments(lines)) < len(lines):
        return _woven_slowly(inner, walls, is_barrier)
    return trace(lines), np.append(is_barrier, np.zeros(len(inner), dtype=np.bool_))


def _woven_slowly(inner: Floats, walls: Floats, is_barrier: NDArray[np.bool_]) -> tuple[Mesh, NDArray[np.bool_]]:
    """Node all lines against each other, for a border between homes that runs along a wall for a while."""
    lines = np.concatenate([walls, inner])
    noded = line_segments(shapely.unary_union(np.asarray(shapely.linestrings(lines))))
    fixed = walls.reshape(-1, 2)
    xy = merge_near(np.concatenate([fixed, noded.reshape(-1, 2)]), SAME_M)[len(fixed) :]
    segments = distinct_segments(xy.reshape(-1, 2, 2))
    barriers = shapely.STRtree(np.asarray(shapely.linestrings(walls[is_barrier])))
    along, _ = barriers.query(shapely.points(segments.mean(axis=1)), predicate="dwithin", distance=SAME_M)
    return trace(segments), np.isin(np.arange(len(segments)), along)


def _ridges(site_xy: Floats, face_of_site: Ints, faces: Faces) -> tuple[Floats, Ints, Ints]:
    """Return Voronoi corners (c, 2), borders between sites of one face (r, 2) as corner indices, and their faces.

    All faces are done in one diagram: each face's sites are moved to a block of their own, so far from the others
    (four times the village) that nowhere in the village another block's sites are nearer.
    """
    if not (np.bincount(face_of_site) > 1).any():
        return np.zeros((0, 2)), np.zeros((0, 2), dtype=np.intp), np.zeros(0, dtype=np.intp)
    span = 2.0 ** np.ceil(np.log2(max(float(np.abs(faces.walls_xy).max()), 1.0)) + 2)
    count = len(faces.shapes_xy)
    columns = int(np.ceil(np.sqrt(count)))
    block = np.stack([np.arange(count) % columns, np.arange(count) // columns], axis=1) * span
    ring = [(x, y) for x in range(-1, columns + 1) for y in range(-1, columns + 1)]
    guards = np.array([p for p in ring if min(p) < 0 or max(p) >= columns], dtype=np.float64) * span
    points = np.concatenate([site_xy + block[face_of_site], guards])
    face = np.append(face_of_site, np.full(len(guards), -1))
    diagram = Delaunay(points)
    triangle, corner = np.nonzero(diagram.neighbors > np.arange(len(diagram.simplices))[:, None])
    between = diagram.simplices[triangle[:, None], (corner[:, None] + [1, 2]) % 3]
    keep = (face[between[:, 0]] == face[between[:, 1]]) & (face[between[:, 0]] >= 0)
    triangle, corner, of = triangle[keep], corner[keep], face[between[keep, 0]]
    ends = np.stack([triangle, diagram.neighbors[triangle, corner]], axis=1)
    xy = np.round((_centres(points[diagram.simplices])[ends] - block[of][:, None]) * LATTICE) / LATTICE
    # A corner may lie between blocks and so stand for two places: corners are told apart by where they came to lie.
    number, first = number_points(xy.reshape(-1, 2))
    ridges = number.reshape(-1, 2)
    real = ridges[:, 0] != ridges[:, 1]
    return xy.reshape(-1, 2)[first], ridges[real], of[real]


def _centres(triangles: Floats) -> Floats:
    """Return the centres (t, 2) of the circles through the corners of triangles (t, 3, 2), from their first corners.

    de Berg et al., Computational Geometry, 3rd ed., 9.1: a corner of the Voronoi diagram is the centre of a circle
    through three sites.
    """
    a = triangles[:, 0]
    b, c = triangles[:, 1] - a, triangles[:, 2] - a
    b2, c2 = (b**2).sum(axis=1), (c**2).sum(axis=1)
    away = np.stack([c[:, 1] * b2 - b[:, 1] * c2, b[:, 0] * c2 - c[:, 0] * b2], axis=1)
    return np.asarray(a + away / (2 * _cross(b, c))[:, None])


def _noded(
    faces: Faces, corners: Floats, ridges: Ints, face_of_ridge: Ints
) -> tuple[Floats, Floats, NDArray[np.bool_], bool]:
    """Split ridges and walls where they meet, drop what lies outside.

    Returns inner lines, walls, which of these are barriers, and whether every meeting is a crossing in one place.
    """
    ridge, wall, along_ridge, along_wall, place, corners, is_sure = _crossings(faces, corners, ridges, face_of_ridge)
    split_ridges, source = _split(corners[ridges], ridge, along_ridge, place)
    split_walls, wall_source = _split(faces.walls_xy, wall, along_wall, place)
    middle = split_ridges.mean(axis=1)
    shapely.prepare(faces.shapes_xy)
    inside = shapely.contains_xy(faces.shapes_xy[face_of_ridge[source]], middle[:, 0], middle[:, 1])
    return split_ridges[inside], split_walls, faces.is_barrier[wall_source], is_sure


def _crossings(
    faces: Faces, corners: Floats, ridges: Ints, face_of_ridge: Ints
) -> tuple[Ints, Ints, Floats, Floats, Floats, Floats, bool]:
    """Find where ridges cross walls of their own face: ridge, wall, shares along both, place; and moved corners.

    The last value tells whether no ridge runs along a wall.
    """
    walls = faces.walls_xy
    ridge, wall = _boxes_that_meet(corners[ridges], face_of_ridge, walls, faces.sides)
    meet = shapely.intersects(shapely.linestrings(corners[ridges[ridge]]), shapely.linestrings(walls[wall]))
    ridge, wall = ridge[meet], wall[meet]
    start, along = corners[ridges[ridge, 0]], corners[ridges[ridge, 1]] - corners[ridges[ridge, 0]]
    wall_start, wall_along = walls[wall, 0], walls[wall, 1] - walls[wall, 0]
    turn = _cross(along, wall_along)
    meets = np.abs(turn) > 1e-12 * np.hypot(*along.T) * np.hypot(*wall_along.T)
    safe = np.where(meets, turn, 1.0)
    share = np.clip(_cross(wall_start - start, wall_along) / safe, 0, 1)
    wall_share = np.clip(_cross(wall_start - start, along) / safe, 0, 1)
    place = wall_start + wall_share[:, None] * wall_along
    for end in (0, 1):
        close = np.hypot(*(place - walls[wall, end]).T) < SAME_M
        place[close] = walls[wall[close], end]
    corners = corners.copy()
    for end in (0, 1):
        corner = ridges[ridge, end]
        close = (np.hypot(*(place - corners[corner]).T) < SAME_M) & meets
        corners[corner[close]] = place[close]
        place[close] = corners[corner[close]]
    place = merge_near(place, SAME_M)
    return ridge[meets], wall[meets], share[meets], wall_share[meets], place[meets], corners, bool(meets.all())


def _boxes_that_meet(ridges: Floats, face: Ints, walls: Floats, sides: Ints) -> tuple[Ints, Ints]:
    """Pair ridges (n, 2, 2) with those walls (m, 2, 2) of their own face whose bounding boxes meet theirs."""
    low, high = ridges.min(axis=1), ridges.max(axis=1)
    order = np.lexsort((low[:, 1], face))
    first = np.searchsorted(face[order], np.arange(sides.max() + 2))
    ridge, wall = _meeting(low[order], high[order], first, walls.min(axis=1), walls.max(axis=1), sides)
    return order[ridge], wall


@compiled
def _meeting(
    low: Floats, high: Floats, first: Ints, wall_low: Floats, wall_high: Floats, sides: Ints
) -> tuple[Ints, Ints]:
    """Compare boxes (n, 2) that come face by face, each from ``first``, and from south to north."""
    west, east, south, north = low[:, 0].copy(), high[:, 0].copy(), low[:, 1].copy(), high[:, 1].copy()
    ridge, wall = np.empty(len(low) + 64, np.int64), np.empty(len(low) + 64, np.int64)
    count = 0
    for j in range(len(sides)):
        (low_x, low_y), (high_x, high_y) = wall_low[j], wall_high[j]
        for side in range(1 if sides[j, 0] == sides[j, 1] else 2):
            begin, stop = (first[sides[j, side]], first[sides[j, side] + 1]) if sides[j, side] >= 0 else (0, 0)
            stop = begin + np.searchsorted(south[begin:stop], high_y, side="right")
            if count + stop - begin > len(ridge):
                ridge, wall = np.concatenate((ridge, ridge)), np.concatenate((wall, wall))
            for i in range(begin, stop):
                # Written each time and kept only where the boxes meet: a branch here takes four times as long.
                ridge[count], wall[count] = i, j
                count += (west[i] <= high_x) & (east[i] >= low_x) & (north[i] >= low_y)
    return ridge[:count].copy(), wall[:count].copy()


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _split(lines: Floats, line: Ints, share: Floats, place: Floats) -> tuple[Floats, Ints]:
    """Split segments (n, 2, 2) at places on them: -> parts (m, 2, 2) and the segment each is part of."""
    count = np.arange(len(lines))
    which = np.concatenate([count, line, count])
    order = np.lexsort((np.concatenate([np.full(len(lines), -1.0), share, np.full(len(lines), 2.0)]), which))
    xy = np.concatenate([lines[:, 0], place, lines[:, 1]])[order]
    which = which[order]
    rows = np.flatnonzero((which[1:] == which[:-1]) & (xy[1:] != xy[:-1]).any(axis=1))
    return np.stack([xy[rows], xy[rows + 1]], axis=1), which[rows].astype(np.intp)
