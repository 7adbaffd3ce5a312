from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.faces import Faces, ground_faces
from geodata.rules.mesh import Mesh, unite
from geodata.rules.points import leaders, near_pairs
from geodata.rules.problems import Problem
from geodata.rules.segments import (
    Borders,
    Floats,
    Ints,
    Shapes,
    joined_borders,
    shared_borders,
)
from geodata.rules.slices import slice_row
from geodata.rules.weave import weave

SAME_SITE_M = 0.01
"""Homes nearer than this stand on one point: stacked flats, or one point typed twice."""
MARGIN_M = 0.05
"""A home nearer than this to a wall is moved in, so that its cell is no needle."""
MOVE_M = 0.1
"""How far from the wall such a home is put."""
FAR_M = 50.0
"""A home farther than this outside the village is reported: no survey errs so much."""
MIN_BORDER_M = 0.05
"""Cells that share less border than this meet in a corner only."""


@dataclass(frozen=True)
class Cells:
    """The ground of a village, one connected cell for each site on which homes stand, and who borders whom.

    Parameters
    ----------
    shapes_xy
        (s,) Polygons, metres, that tile the village and share their vertices; a MultiPolygon only where a part of the
        village holds no home.
    site_xy
        (s, 2) metres, inside the cell; homes of several 组 on one point are one site each with the same place.
    site_of_home
        (n,) the site of each home.
    zu_of_site
        (s,) index of the 组, -1 unknown.
    edges
        (e, 2) pairs i < j of sites whose cells share more than 0.05 m of border.
    border_m
        (e,) length of the shared border.
    crosses
        (e,) True where every metre of the shared border runs along a barrier.
    barriers_xy
        (b, 2, 2) the segments of the cells' borders that run along a barrier.
    far_homes
        Homes more than 50 m outside the village; their ground is the nearest inside.
    """

    shapes_xy: Shapes
    site_xy: Floats
    site_of_home: Ints
    zu_of_site: Ints
    edges: Ints
    border_m: Floats
    crosses: NDArray[np.bool_]
    barriers_xy: Floats = field(default_factory=lambda: np.zeros((0, 2, 2)))
    far_homes: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.intp))


@dataclass(frozen=True)
class _Sites:
    xy: Floats
    face: Ints
    zu: Ints
    ground: Ints
    of_home: Ints


def cut_cells(
    village_xy: BaseGeometry,
    home_xy: Floats,
    zu_of_home: Ints,
    zu_shapes_xy: Sequence[BaseGeometry | None] | None = None,
    barriers_xy: Sequence[BaseGeometry] = (),
) -> Cells:
    """Give every home site of a village its own connected ground, and say whose grounds lie side by side.

    The ground is cut along 组 borders and barriers first; inside each face it goes to the nearest home (Voronoi).
    What that leaves apart from its home goes to the neighbour with the longest shared border, of the same 组 first,
    then on the same side of the barriers.

    Parameters
    ----------
    village_xy
        Polygon or MultiPolygon, metres in the county's zone; its own vertices stay exactly as they are.
    home_xy
        (n, 2) metres. Homes within 1 cm are one site; homes on a wall or outside are moved in to the nearest ground,
        of their own 组 first.
    zu_of_home
        (n,) index of the 组, -1 unknown.
    zu_shapes_xy
        Polygons by 组 index (None where only the list of homes is known), or None.
    barriers_xy
        LineStrings of rivers, railways and main roads, metres.

    Returns
    -------
    Cells
        Empty arrays where there is no home.

    Raises
    ------
    Problem
        ``cells.bad_village`` (reason) where the village is empty or crosses itself; ``cells.bad_place`` (homes) where
        a home has no finite coordinates; ``cells.not_whole`` (sites, pieces) where the lines cannot be made to tile.
    """
    home_xy = np.asarray(home_xy, dtype=np.float64).reshape(-1, 2)
    _refuse_bad(village_xy, home_xy)
    if not len(home_xy):
        return _no_cells()
    # Near the origin squares of metres keep their digits; a whole number moves there and back without loss.
    origin = np.floor(np.asarray(village_xy.bounds[:2]))
    village = _moved([village_xy], -origin)[0]
    zu_shapes = None if zu_shapes_xy is None else list(_moved(zu_shapes_xy, -origin))
    barriers = list(_moved(barriers_xy, -origin))
    homes = home_xy - origin
    faces = ground_faces(village, homes, zu_shapes, barriers)
    sites = _sites(faces, homes, np.asarray(zu_of_home, dtype=np.intp))
    ground, barrier_lines, borders = _ground(village, faces, sites)
    shapes = ground
    if len(ground) < len(sites.xy):
        shapes = _shared_out(ground, sites)
        borders = shared_borders(shapes, barrier_lines)
    keep = borders.border_m > MIN_BORDER_M
    return Cells(
        _moved(shapes, origin),
        sites.xy + origin,
        sites.of_home,
        sites.zu,
        borders.pairs[keep],
        borders.border_m[keep],
        borders.open_m[keep] <= MIN_BORDER_M,
        barrier_lines + origin,
        _far_out(village, homes),
    )


def _far_out(village: BaseGeometry, homes: Floats) -> Ints:
    shapely.prepare(village)
    outside = np.flatnonzero(~shapely.contains_xy(village, homes[:, 0], homes[:, 1]))
    near = shapely.dwithin(village, shapely.points(homes[outside]), FAR_M)
    return outside[~near]


def _refuse_bad(village_xy: BaseGeometry, home_xy: Floats) -> None:
    if village_xy.is_empty or not village_xy.is_valid:
        reason = "empty" if village_xy.is_empty else shapely.is_valid_reason(village_xy)
        raise Problem("cells.bad_village", reason=reason)
    bad = np.flatnonzero(~np.isfinite(home_xy).all(axis=1))
    if len(bad):
        raise Problem("cells.bad_place", homes=[int(i) for i in bad])


def _no_cells() -> Cells:
    none = np.zeros(0, dtype=np.intp)
    pairs = np.zeros((0, 2), dtype=np.intp)
    crosses = np.zeros(0, dtype=np.bool_)
    return Cells(np.zeros(0, dtype=np.object_), np.zeros((0, 2)), none, none, pairs, np.zeros(0), crosses)


def _moved(shapes: Sequence[BaseGeometry | None] | Shapes, by: Floats) -> Shapes:
    flat = np.empty(len(shapes), dtype=np.object_)
    flat[:] = shapes
    return np.asarray(shapely.transform(flat, lambda xy: xy + by), dtype=np.object_)


def _sites(faces: Faces, homes: Floats, zu_of_home: Ints) -> _Sites:
    """Put every home inside one face and gather those on one point.

    Sites are numbered by their first homes; the 组 on one point follow each other in the order of the 组.
    """
    xy, face = _put_inside(faces, homes, zu_of_home)
    leader = leaders(len(xy), near_pairs(xy, SAME_SITE_M))
    _, first, of_home = np.unique(
        leader * (zu_of_home.max() + 2) + zu_of_home + 1, return_index=True, return_inverse=True
    )
    _, ground = np.unique(leader[first], return_inverse=True)
    return _Sites(
        xy[leader[first]],
        face[leader[first]],
        zu_of_home[first],
        np.asarray(ground, dtype=np.intp),
        np.asarray(of_home, dtype=np.intp),
    )


def _put_inside(faces: Faces, homes: Floats, zu_of_home: Ints) -> tuple[Floats, Ints]:
    """Return places at least a little inside a face, and the faces; homes that stand well inside stay."""
    points = np.asarray(shapely.points(homes))
    face_of = np.full(len(homes), -1, dtype=np.intp)
    face, home = shapely.STRtree(points).query(faces.shapes_xy, predicate="contains")
    face_of[home] = face
    walls = shapely.STRtree(np.asarray(shapely.linestrings(faces.walls_xy)))
    near, _ = walls.query(points, predicate="dwithin", distance=MARGIN_M)
    face_of[near] = -1
    xy = homes.copy()
    rooms: dict[int, BaseGeometry] = {}
    for index in np.flatnonzero(face_of < 0):
        away_m = shapely.distance(faces.shapes_xy, points[index])
        close = np.flatnonzero(away_m <= away_m.min() + MOVE_M)
        own = close[faces.zu_of_face[close] == zu_of_home[index]] if zu_of_home[index] >= 0 else close[:0]
        chosen = int((own if len(own) else close)[0])
        if chosen not in rooms:
            rooms[chosen] = _room(faces, chosen)
        xy[index] = shapely.get_coordinates(shapely.shortest_line(rooms[chosen], points[index]))[0]
        face_of[index] = chosen
    return xy, face_of


def _room(faces: Faces, face: int) -> BaseGeometry:
    """Return the part of a face that keeps off its walls; of a face too thin for that, one point."""
    shape: BaseGeometry = faces.shapes_xy[face]
    inner = shapely.buffer(shape, -MOVE_M)
    loose = (faces.sides == face).all(axis=1)
    if loose.any():
        strip = shapely.buffer(shapely.multilinestrings(list(faces.walls_xy[loose])), MOVE_M)
        inner = shapely.difference(inner, strip)
    return shapely.point_on_surface(shape) if inner.is_empty else inner


def _ground(village: BaseGeometry, faces: Faces, sites: _Sites) -> tuple[Shapes, Floats, Borders]:
    """Return one shape for every point with homes, tiling the village, the barrier segments, and who borders whom."""
    _, first = np.unique(sites.ground, return_index=True)
    places, face = sites.xy[first], sites.face[first]
    mesh, is_barrier, owner = _pieces(village, faces, places, face)
    borders, pieces = mesh.borders(is_barrier), mesh.shapes_xy
    if (owner < 0).any():
        wanted = _wanted_zu(pieces, np.flatnonzero(owner < 0), faces, places, face, sites.zu[first])
        owner = _given(borders, owner, sites.zu[first], wanted)
    left = np.flatnonzero(owner < 0)
    if len(left):
        # A part of the village that touches no other and holds no home: the nearest home answers for it.
        owner[left] = shapely.STRtree(np.asarray(shapely.points(places))).nearest(pieces[left])
    return unite(pieces, owner, len(places)), mesh.segments_xy[is_barrier], joined_borders(borders, owner)


def _pieces(village: BaseGeometry, faces: Faces, places: Floats, face: Ints) -> tuple[Mesh, NDArray[np.bool_], Ints]:
    """Return pieces that tile the village, which segments are barriers, and the site in each piece (-1 for none)."""
    points = np.asarray(shapely.points(places))
    for careful in (False, True):
        mesh, is_barrier = weave(faces, places, face, careful)
        owner = np.full(len(mesh.shapes_xy), -1, dtype=np.intp)
        piece, point = shapely.STRtree(points).query(mesh.shapes_xy, predicate="contains")
        owner[piece] = point
        inner = shapely.get_coordinates(shapely.point_on_surface(mesh.shapes_xy[owner < 0]))
        held = owner >= 0
        held[~held] = shapely.contains_xy(village, inner[:, 0], inner[:, 1])
        mesh, owner = mesh.only(held), owner[held]
        if len(point) == len(places) == len(np.unique(piece)) and _tiles(village, mesh.shapes_xy):
            return mesh, is_barrier, owner
    raise Problem("cells.not_whole", sites=len(places), pieces=len(mesh.shapes_xy))


def _tiles(village: BaseGeometry, pieces: Shapes) -> bool:
    whole_m2 = float(shapely.area(village))
    away_m2 = abs(float(shapely.area(pieces).sum()) - whole_m2)
    return away_m2 <= 1e-7 * whole_m2 + 1e-3 and bool(shapely.is_valid(pieces).all())


def _given(borders: Borders, owner: Ints, zu: Ints, wanted: Ints) -> Ints:
    """Give pieces without a home to a neighbour: same 组 first, then same side, then the longest shared border.

    A piece that was given hands the ground on to the pieces behind it, best border first, so that every site's
    ground stays connected.
    """
    links: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
    # Only borders of pieces without an owner matter: a few dozen of well over a thousand.
    near = (owner[borders.pairs] < 0).any(axis=1)
    rows = zip(borders.pairs[near].tolist(), borders.border_m[near], borders.open_m[near], strict=True)
    for (i, j), border_m, open_m in rows:
        links[i].append((j, border_m, open_m))
        links[j].append((i, border_m, open_m))
    owner = owner.copy()
    queue: list[tuple[bool, bool, float, int, int]] = []

    def offer(piece: int) -> None:
        for other, border_m, open_m in links[piece]:
            if owner[other] < 0:
                blocked = open_m <= MIN_BORDER_M
                strange = bool(zu[owner[piece]] != wanted[other])
                heapq.heappush(queue, (strange, blocked, -(border_m if blocked else open_m), other, piece))

    for index in [i for i in links if owner[i] >= 0]:
        offer(index)
    while queue:
        *_, other, piece = heapq.heappop(queue)
        if owner[other] < 0:
            owner[other] = owner[piece]
            offer(other)
    return owner


def _wanted_zu(pieces: Shapes, lost: Ints, faces: Faces, places: Floats, face: Ints, zu: Ints) -> Ints:
    """Return the 组 whose ground each lost piece is: that of its face, else that of the nearest home in its face."""
    wanted = np.full(len(pieces), -1, dtype=np.intp)
    inner = shapely.point_on_surface(pieces[lost])
    at, face_at = shapely.STRtree(faces.shapes_xy).query(inner, predicate="within")
    xy = shapely.get_coordinates(inner)
    for row, where in zip(at, face_at, strict=True):
        wanted[lost[row]] = faces.zu_of_face[where]
        own = np.flatnonzero(face == where)
        if faces.zu_of_face[where] < 0 and len(own):
            wanted[lost[row]] = zu[own[np.argmin(((places[own] - xy[row]) ** 2).sum(axis=1))]]
    return wanted


def _shared_out(ground: Shapes, sites: _Sites) -> Shapes:
    """Return the shape of every site: its ground, or a slice of it where several 组 live on one point."""
    amount = np.bincount(sites.ground, minlength=len(ground))
    shapes, row = ground, sites.ground.copy()
    zu = np.full(len(ground), -1, dtype=np.intp)
    zu[sites.ground] = np.where(amount[sites.ground] == 1, sites.zu, -1)
    homes = np.bincount(sites.of_home, minlength=len(sites.xy))
    for index in np.flatnonzero(amount > 1):
        own = np.flatnonzero(sites.ground == index)
        row[own[1:]] = len(shapes) + np.arange(len(own) - 1)
        shapes, zu = slice_row(shapes, zu, int(index), np.repeat(sites.zu[own], homes[own]))
    return np.asarray(shapes[row])
