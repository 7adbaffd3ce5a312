from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.mesh import Mesh, trace, unite
from geodata.rules.points import merge_near
from geodata.rules.segments import Borders, Floats, Ints, Shapes, distinct_segments, line_segments

SIMPLIFY_M = 0.5
"""A barrier is drawn no finer than this: half the width of the narrowest lane it stands for."""
NEAR_M = 1.0
"""Two lines nearer than this are one line drawn twice; a face thinner than this is no ground for a home."""
REACH_M = 5.0
"""A barrier that ends this near to another line was meant to reach it."""
AROUND_M = 20.0
"""Barriers are followed this far beyond the village's box, so that what ends there does not end in the village."""
STUB_M = 1.0
"""What is left over of a barrier behind a crossing is dropped up to this length."""
SAME_M = 1e-4
"""Two corners nearer than this are one."""
SLIVER_M2 = 20.0
"""A face smaller than a small house is no ground of its own."""

Line = tuple[Floats, Floats]


@dataclass(frozen=True)
class Faces:
    """The pieces into which 组 borders and barriers cut a village, each with homes on it, and the walls between.

    Parameters
    ----------
    shapes_xy
        (f,) polygons that tile the village.
    zu_of_face
        (f,) index of the 组 polygon a face lies in, -1 for none.
    walls_xy
        (w, 2, 2) segments: the village's edge, borders between faces, and barriers that end inside a face.
    sides
        (w, 2) the faces on both sides of a wall; -1 beyond the village's edge.
    is_barrier
        (w,) True where a wall is a river, a railway or a road.
    """

    shapes_xy: Shapes
    zu_of_face: Ints
    walls_xy: Floats
    sides: Ints
    is_barrier: NDArray[np.bool_]


def ground_faces(
    village_xy: BaseGeometry,
    home_xy: Floats,
    zu_shapes_xy: Sequence[BaseGeometry | None] | None = None,
    barriers_xy: Sequence[BaseGeometry] = (),
) -> Faces:
    """Cut a village along its 组 borders and barriers, and join the pieces no home stands on to their neighbours.

    A face without a home, smaller than 20 m2 or thinner than 1 m goes to the neighbour with the longest shared
    border, of the same 组 first, then on the same side of the barriers. Barriers are simplified by 0.5 m, led on to
    a line within 5 m, and dropped where they run within 1 m of the village's edge or of a 组 border.

    Parameters
    ----------
    village_xy
        (Multi)Polygon, metres; its vertices stay as they are.
    home_xy
        (n, 2) homes, metres.
    zu_shapes_xy
        Polygons by 组 index, or None where they are not known.
    barriers_xy
        LineStrings, metres; those outside the village are ignored.
    """
    edge = shapely.boundary(village_xy)
    borders = _zu_lines(village_xy, edge, zu_shapes_xy)
    barriers_xy = _around(village_xy, barriers_xy)
    barriers = _barrier_lines(village_xy, edge, borders, barriers_xy)
    mesh = trace(_noded([line for line in (edge, borders, barriers) if line is not None]))
    inner = shapely.get_coordinates(shapely.point_on_surface(mesh.shapes_xy))
    mesh = mesh.only(shapely.contains_xy(village_xy, inner[:, 0], inner[:, 1]))
    # What leads a barrier on to an edge is barrier too, and so is a 组 border drawn along one.
    marks = [*barriers_xy, *([] if barriers is None else shapely.get_parts(barriers))]
    is_barrier = _on_barrier(mesh, marks)
    zu = _zu_of_faces(mesh.shapes_xy, zu_shapes_xy)
    group = _groups(mesh, zu, home_xy, is_barrier)
    return _walled(mesh, zu, group, is_barrier)


def _noded(lines: Sequence[BaseGeometry]) -> Floats:
    """Return the segments (n, 2, 2) of lines, split where they meet, without corners that all but coincide.

    A lone line keeps its corners, but one that stands twice in a row is no segment.
    """
    if len(lines) == 1:
        return distinct_segments(line_segments(lines[0]))
    segments = line_segments(shapely.unary_union(lines))
    return distinct_segments(merge_near(segments.reshape(-1, 2), SAME_M).reshape(-1, 2, 2))


def _zu_lines(
    village_xy: BaseGeometry, edge: BaseGeometry, zu_shapes_xy: Sequence[BaseGeometry | None] | None
) -> BaseGeometry | None:
    known = [s for s in (() if zu_shapes_xy is None else zu_shapes_xy) if s is not None and not s.is_empty]
    if not known:
        return None
    lines = shapely.union_all([shapely.boundary(shape) for shape in known])
    return _led_on(_away_from(lines, edge), [edge])


def _barrier_lines(
    village_xy: BaseGeometry, edge: BaseGeometry, borders: BaseGeometry | None, barriers_xy: Sequence[BaseGeometry]
) -> BaseGeometry | None:
    if not len(barriers_xy):
        return None
    merged = shapely.union_all(shapely.simplify(np.asarray(barriers_xy, dtype=np.object_), SIMPLIFY_M))
    fixed = [edge] if borders is None else [edge, borders]
    for other in fixed:
        merged = _away_from(merged, other)
    return _led_on(merged, fixed)


def _around(village_xy: BaseGeometry, barriers_xy: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return what the barriers have near the village: a river through the county is long, its part here short."""
    lines = np.asarray(list(barriers_xy), dtype=np.object_)
    west, south, east, north = village_xy.bounds
    lines = shapely.get_parts(
        shapely.clip_by_rect(lines, west - AROUND_M, south - AROUND_M, east + AROUND_M, north + AROUND_M)
    )
    shapely.prepare(village_xy)
    return list(lines[shapely.dwithin(village_xy, lines, REACH_M)])


def _away_from(lines: BaseGeometry, other: BaseGeometry) -> BaseGeometry:
    """Drop what runs along another line, so that no sliver lies between the two; crossings keep their short gap."""
    ends = line_segments(lines)
    middles = shapely.points(ends.mean(axis=1))
    shapely.prepare(other)
    along = shapely.dwithin(other, middles, NEAR_M)
    if not along.any():
        return lines
    segments = np.asarray(shapely.linestrings(ends))
    strip = shapely.buffer(other, NEAR_M, quad_segs=2)
    shapely.prepare(strip)
    hit = shapely.intersects(strip, segments) & ~shapely.covers(strip, segments)
    along = shapely.covers(strip, segments)
    # A segment that only meets the other line keeps its whole length: cutting it there would open the wall.
    leaves = hit & (shapely.length(shapely.intersection(segments, strip)) > 4 * NEAR_M)
    cut = shapely.difference(segments[leaves], strip)
    kept = np.concatenate([segments[~along & ~leaves], shapely.get_parts(cut)])
    return shapely.line_merge(shapely.union_all(kept)) if len(kept) else shapely.MultiLineString()


def _led_on(lines: BaseGeometry, fixed: Sequence[BaseGeometry]) -> BaseGeometry | None:
    """Lengthen loose ends to the line they were meant to reach, a little beyond it so that the two surely cross."""
    parts = shapely.get_parts(shapely.line_merge(lines))
    parts = parts[~shapely.is_empty(parts)]
    if not len(parts):
        return None
    others = np.concatenate([np.asarray(list(fixed), dtype=np.object_), parts])
    tree = shapely.STRtree(others)
    longer: list[shapely.LineString] = []
    for index, part in enumerate(parts):
        xy = shapely.get_coordinates(part)
        if (xy[0] != xy[-1]).any():
            for _ in range(2):
                xy = _reaching(xy, others, tree, index + len(fixed))[::-1]
        longer.append(shapely.LineString(xy))
    return shapely.MultiLineString(longer)


def _reaching(xy: Floats, others: Shapes, tree: shapely.STRtree, own: int) -> Floats:
    """Lead the last end of a line to the nearest other line within reach and half a stub beyond it."""
    point = shapely.Point(xy[-1])
    near = [int(i) for i in tree.query(point, predicate="dwithin", distance=REACH_M) if i != own]
    if not near:
        return xy
    distance_m, best = min((float(shapely.distance(others[i], point)), i) for i in near)
    if distance_m < STUB_M / 100:
        # The end stands on the other line: the line goes on as it came, so that no second corner arises there.
        step = xy[-1] - xy[-2]
        return np.concatenate([xy[:-1], [xy[-1] + step * (STUB_M / 2 / float(np.hypot(*step)))]])
    step = shapely.get_coordinates(shapely.shortest_line(point, others[best]))[1] - xy[-1]
    return np.concatenate([xy, [xy[-1] + step * (1 + STUB_M / 2 / distance_m)]])


def _zu_of_faces(faces: Shapes, zu_shapes_xy: Sequence[BaseGeometry | None] | None) -> Ints:
    zu = np.full(len(faces), -1, dtype=np.intp)
    if zu_shapes_xy is None:
        return zu
    shapes = np.asarray(list(zu_shapes_xy), dtype=np.object_)
    face, shape = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="within")
    order = np.argsort(-shape, kind="stable")
    zu[face[order]] = shape[order]
    return zu


def _on_barrier(mesh: Mesh, barriers_xy: Sequence[BaseGeometry]) -> NDArray[np.bool_]:
    """Tell which segments run along a barrier: their middle is as near as two drawings of one line.

    The village's own edge is none, whatever runs along it: nobody lives beyond.
    """
    out = np.zeros(len(mesh.left), dtype=np.bool_)
    if len(barriers_xy):
        asked = np.flatnonzero((mesh.left >= 0) == (mesh.right >= 0))
        middles = shapely.points(mesh.segments_xy[asked].mean(axis=1))
        tree = shapely.STRtree(np.asarray(list(barriers_xy), dtype=np.object_))
        out[asked[tree.query(middles, predicate="dwithin", distance=NEAR_M)[0]]] = True
    return out


def _groups(mesh: Mesh, zu: Ints, home_xy: Floats, is_barrier: NDArray[np.bool_]) -> Ints:
    """Join faces that can hold no home to their best neighbours: -> the joined face of each."""
    area_m2 = shapely.area(mesh.shapes_xy)
    at, _ = shapely.STRtree(np.asarray(shapely.points(home_xy))).query(mesh.shapes_xy, predicate="intersects")
    homes = np.bincount(at, minlength=len(area_m2))
    thin = (area_m2 < SLIVER_M2) | (2 * area_m2 < NEAR_M * shapely.length(mesh.shapes_xy))
    links = _links(mesh.borders(is_barrier))
    group = np.arange(len(area_m2))
    for face in np.lexsort((np.arange(len(area_m2)), area_m2)):
        # The smallest first, so that slivers are gone before real ground looks for its neighbour.
        members = group == group[face]
        if links and (not homes[members].any() or thin[members].all()):
            best = _best_neighbour(int(group[face]), links, zu)
            if best is not None:
                _merge(links, int(group[face]), best)
                group[members] = best
    return group


def _links(borders: Borders) -> dict[int, dict[int, list[float]]]:
    """For each face its neighbours, with the shared length that is open and that is barrier."""
    links: dict[int, dict[int, list[float]]] = defaultdict(dict)
    blocked_m = borders.border_m - borders.open_m
    for (i, j), *metres in zip(borders.pairs.tolist(), borders.open_m.tolist(), blocked_m.tolist(), strict=True):
        links[i][j], links[j][i] = metres, list(metres)
    return links


def _best_neighbour(face: int, links: dict[int, dict[int, list[float]]], zu: Ints) -> int | None:
    def worth(item: tuple[int, list[float]]) -> tuple[bool, bool, float, int]:
        other, (open_m, blocked_m) = item
        return zu[other] == zu[face], open_m > 0, open_m or blocked_m, -other

    near = links.get(face)
    return max(near.items(), key=worth)[0] if near else None


def _merge(links: dict[int, dict[int, list[float]]], face: int, into: int) -> None:
    for other, metres in links.pop(face).items():
        del links[other][face]
        if other != into:
            for a, b in ((into, other), (other, into)):
                total = links[a].setdefault(b, [0.0, 0.0])
                links[a][b] = [total[0] + metres[0], total[1] + metres[1]]


def _walled(mesh: Mesh, zu: Ints, group: Ints, is_barrier: NDArray[np.bool_]) -> Faces:
    """Return the joined faces with the walls around them, and the barriers that end inside one."""
    kept, name = np.unique(group, return_inverse=True)
    faces = unite(mesh.shapes_xy, name, len(kept))
    sides = np.append(name, -1)[np.stack([mesh.left, mesh.right], axis=1)]
    parts = sides[:, 0] != sides[:, 1]
    loose, loose_sides = _dangling(mesh.segments_xy[(mesh.left < 0) & (mesh.right < 0) & is_barrier], faces)
    return Faces(
        faces,
        zu[kept],
        np.concatenate([mesh.segments_xy[parts], loose]),
        np.concatenate([sides[parts], loose_sides]),
        np.append(is_barrier[parts], np.ones(len(loose), dtype=np.bool_)),
    )


def _dangling(loose: Floats, faces: Shapes) -> tuple[Floats, Ints]:
    """Keep the loose ends of barriers that lie in a face, without stubs, and tell the face on both their sides."""
    if len(loose):
        ends = loose[:, :, 0] + 1j * loose[:, :, 1]
        _, inverse, count = np.unique(ends.ravel(), return_inverse=True, return_counts=True)
        free = (count[inverse.reshape(-1, 2)] == 1).sum(axis=1)
        # A free end of a segment may also stand on a wall; a stub there is as harmless as one in the open.
        loose = loose[~((free > 0) & (np.hypot(*(loose[:, 0] - loose[:, 1]).T) < STUB_M))]
    segment, face = shapely.STRtree(faces).query(shapely.points(loose.mean(axis=1)), predicate="within")
    return loose[segment], np.stack([face, face], axis=1)
