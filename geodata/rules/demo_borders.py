from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Voronoi, cKDTree

from geodata.rules.demo_ground import DemoSize, Ground, dense_points
from geodata.rules.demo_terrain import Floats, Ints, spread

Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]

_CELLS_A_VILLAGE = 45
_URBAN_SPACING_M = 330.0


@dataclass(frozen=True)
class Borders:
    """The villages and towns of the demo county, as polygons that tile it, in metres from its middle.

    ``villages`` and ``towns`` are arrays of shapely Polygons in the order of their numbers; ``town_of`` gives
    each village's town, ``urban`` tells the communities, ``seeds_xy`` is a (n, 2) place well inside each village.
    """

    county: shapely.Polygon
    towns: Shapes
    villages: Shapes
    town_of: Ints
    urban: Flags
    seeds_xy: Floats


@dataclass(frozen=True)
class _Cells:
    # Small Voronoi cells; `pairs` are the two cells on each side of a ridge, `ridges` its two corners.
    xy: Floats
    corners: Floats
    pairs: Ints
    ridges: Ints
    riverside: Ints  # -1 right bank, +1 left bank, 0 away from the river


def make_borders(size: DemoSize, ground: Ground, rng: np.random.Generator) -> Borders:
    """Make the villages, towns and county of a demo from small cells, so that all borders are shared exactly.

    Villages grow over the cells from their seeds by the cheapest way (Dijkstra 1959); ridges are dear and so is
    parts of the river, so borders run along both. Lines between two villages are rounded once and used by both.
    """
    seeds, town_seed, urban = _seeds(size, ground, rng)
    cells = _cells(size, ground, seeds, urban, rng)
    owner = _grow(ground, cells, seeds, rng)
    town_of = _towns(cells, owner, seeds, town_seed, ground.centres_xy)
    left, right = owner[cells.pairs[:, 0]], owner[cells.pairs[:, 1]]
    arcs, sides = _arcs(cells, left, right)
    arcs = _rounded_safely(arcs)
    villages = _faces(arcs, cells, owner, len(seeds))
    group = np.append(town_of, -1)
    towns = _faces(arcs[group[sides[:, 0]] != group[sides[:, 1]]], cells, group[owner], size.towns)
    whole = np.where(owner >= 0, 0, -1)
    county = _faces(arcs[sides.min(axis=1) < 0], cells, whole, 1)[0]
    return Borders(county, towns, villages, town_of, urban, seeds)


def _urban_reach_m(count: int) -> float:
    return _URBAN_SPACING_M * float(np.sqrt(count)) if count else 0.0


def _seeds(size: DemoSize, ground: Ground, rng: np.random.Generator) -> tuple[Floats, Ints, Flags]:
    # Communities in a sunflower about each town's centre, villages evenly over the rest, denser in valleys.
    counts = _urban_counts(size, rng)
    places, towns = [], []
    for town, (centre, count) in enumerate(zip(ground.centres_xy, counts.tolist(), strict=True)):
        k = np.arange(count)
        turn = k * np.pi * (3 - np.sqrt(5)) + rng.uniform(0, 6)
        reach = _URBAN_SPACING_M * np.sqrt(k + 0.35) * rng.uniform(0.9, 1.1, count)
        places.append(centre + np.column_stack((reach * np.cos(turn), reach * np.sin(turn))))
        towns += [town] * count
    core = np.concatenate(places)
    xy = ground.lattice.places_xy()
    xy = xy[ground.inside(xy)]
    weight = 1.25 - np.clip(ground.lattice.read(ground.height, xy), 0, 1)
    gone, nearest = cKDTree(ground.centres_xy).query(xy)
    reach_m = np.array([_urban_reach_m(int(c)) + 380.0 * (c > 0) for c in counts])
    weight[gone < reach_m[nearest]] = 0
    xy = xy[
        rng.choice(
            len(xy), min(60 * size.villages + 400, int((weight > 0).sum())), p=weight / weight.sum(), replace=False
        )
    ]
    start = xy[rng.choice(len(xy), size.villages - len(core), replace=False)]
    rural = spread(xy, start, 5)
    seeds = np.concatenate((core, rural))
    return seeds, np.array(towns, dtype=np.int64), np.arange(len(seeds)) < len(core)


def _urban_counts(size: DemoSize, rng: np.random.Generator) -> Ints:
    # The seat has several times the communities of a market town.
    if size.towns == 1:
        return np.array([size.urban], dtype=np.int64)
    counts = rng.integers(max(size.urban - 2, 0), size.urban + 2, size.towns)
    counts[0] = 5 * size.urban
    return counts.astype(np.int64)


def _banks(ground: Ground, step_m: float, off_m: float) -> tuple[Floats, Ints]:
    # Mirrored pairs of cells along the river: the border between a pair is the river itself.
    course = dense_points([ground.river], 10.0)
    gone = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))))
    at = np.arange(0.5 * step_m, gone[-1], step_m)
    middle = np.column_stack([np.interp(at, gone, course[:, k]) for k in (0, 1)])
    ahead = np.gradient(middle, axis=0)
    across = np.column_stack((-ahead[:, 1], ahead[:, 0])) / np.hypot(*ahead.T)[:, None]
    banks = np.concatenate((middle + off_m * across, middle - off_m * across))
    return banks, np.repeat(np.array([1, -1], dtype=np.int64), len(middle))


def _cells(size: DemoSize, ground: Ground, seeds: Floats, urban: Flags, rng: np.random.Generator) -> _Cells:
    pitch_m = float(np.sqrt(size.area_m2 / size.villages / _CELLS_A_VILLAGE))
    reach_m = -ground.lattice.origin_m
    axis = np.arange(-reach_m, reach_m, pitch_m)
    coarse = np.column_stack([a.ravel() for a in np.meshgrid(axis, axis)])
    coarse = coarse + rng.uniform(-0.42, 0.42, coarse.shape) * pitch_m
    fine = np.empty((0, 2))
    if urban.any():
        ring = rng.uniform(-480.0, 480.0, (int(urban.sum()), 90, 2)) + seeds[urban][:, None, :]
        fine = ring.reshape(-1, 2)
        coarse = coarse[cKDTree(seeds[urban]).query(coarse)[0] > 520.0]
    banks, side = _banks(ground, 110.0, 55.0)
    parts = [(seeds, 0.0), (banks, 1.0), (fine, 60.0), (coarse, 60.0)]
    xy, riverside = seeds, np.zeros(len(seeds), dtype=np.int64)
    for points, gap_m in parts[1:]:
        far = np.ones(len(points), dtype=bool)
        if len(points):
            far = np.asarray(cKDTree(xy).query(points)[0]) > max(gap_m, 30.0)
            far[far] = _thinned(points[far], gap_m)
        added = side[far] if points is banks else np.zeros(int(far.sum()), dtype=np.int64)
        xy, riverside = np.concatenate((xy, points[far])), np.concatenate((riverside, added))
    voronoi = Voronoi(xy)
    ridges = np.asarray(voronoi.ridge_vertices, dtype=np.int64)
    closed = ridges.min(axis=1) >= 0
    return _Cells(xy, voronoi.vertices, voronoi.ridge_points[closed].astype(np.int64), ridges[closed], riverside)


def _thinned(points: Floats, gap_m: float) -> Flags:
    # Of each pair standing closer than the gap the later one goes.
    keep = np.ones(len(points), dtype=bool)
    close = cKDTree(points).query_pairs(gap_m, output_type="ndarray") if gap_m else np.empty((0, 2), dtype=np.int64)
    keep[close.max(axis=1) if len(close) else close[:, 0]] = False
    return keep


def _grow(ground: Ground, cells: _Cells, seeds: Floats, rng: np.random.Generator) -> Ints:
    # The seeds are the first cells. Cells outside the outline, or not reached, belong to -1.
    inside = ground.inside(cells.xy)
    inside[: len(seeds)] = True
    a, b = cells.pairs.T
    open_pair = inside[a] & inside[b]
    a, b = a[open_pair], b[open_pair]
    middle = 0.5 * (cells.xy[a] + cells.xy[b])
    dear = 1 + 3.0 * np.clip(ground.lattice.read(ground.height, middle), 0, 1)
    bound = rng.random(len(cells.xy) // 400 + 2)[(np.arange(len(cells.xy)) // 400)]
    crossing = (cells.riverside[a] * cells.riverside[b] < 0) & (bound[a] < 0.75)
    cost = np.hypot(*(cells.xy[a] - cells.xy[b]).T) * dear * rng.uniform(0.8, 1.25, len(a)) + 900.0 * crossing
    graph = coo_array((np.tile(cost, 2), (np.append(a, b), np.append(b, a))), shape=(len(inside),) * 2).tocsr()
    toll, _, source = dijkstra(graph, indices=np.arange(len(seeds)), min_only=True, return_predecessors=True)
    owner: Ints = np.where(np.isfinite(toll), source, -1).astype(np.int64)
    return owner


def _towns(cells: _Cells, owner: Ints, seeds: Floats, town_seed: Ints, centres: Floats) -> Ints:
    # Towns grow over whole villages, from their communities or, having none, from the village at their centre.
    a, b = owner[cells.pairs[:, 0]], owner[cells.pairs[:, 1]]
    joined = (a != b) & (a >= 0) & (b >= 0)
    pairs = np.unique(np.sort(np.column_stack((a[joined], b[joined])), axis=1), axis=0)
    cost = np.hypot(*(seeds[pairs[:, 0]] - seeds[pairs[:, 1]]).T)
    roots, towns = np.arange(len(town_seed)), town_seed
    bare = np.setdiff1d(np.arange(len(centres)), town_seed)
    if len(bare):
        roots = np.append(roots, cKDTree(seeds).query(centres[bare])[1])
        towns = np.append(towns, bare)
    graph = coo_array((np.tile(cost, 2), (pairs.T.ravel(), pairs[:, ::-1].T.ravel())), shape=(len(seeds),) * 2)
    _, _, source = dijkstra(graph.tocsr(), indices=roots, min_only=True, return_predecessors=True)
    town = np.full(len(seeds), -1, dtype=np.int64)
    town[roots] = towns
    return town[source]


def _arcs(cells: _Cells, left: Ints, right: Ints) -> tuple[Shapes, Ints]:
    # One line for each stretch of border between two villages, or between a village and the outside.
    between = np.flatnonzero(left != right)
    sides = np.sort(np.column_stack((left[between], right[between])), axis=1)
    named, group = np.unique(sides, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    pieces = shapely.linestrings(cells.corners[cells.ridges[between[order]]])
    bundles = shapely.multilinestrings(np.asarray(pieces), indices=group.ravel()[order])
    merged = shapely.line_merge(bundles)
    arcs, number = shapely.get_parts(merged, return_index=True)
    return arcs, named[number]


def _rounded_safely(raw: Shapes) -> Shapes:
    # A rounded line that would cross itself or another goes back to what it was; straight cell sides never cross.
    arcs = np.array([_rounded(arc) for arc in raw], dtype=object)
    for _ in range(4):
        tangled = _tangled(arcs)
        arcs[tangled] = raw[tangled]
    return arcs


def _tangled(arcs: Shapes) -> Flags:
    bad = np.zeros(len(arcs), dtype=bool)
    bad[shapely.STRtree(list(arcs)).query(arcs, predicate="crosses").ravel()] = True
    tangled: Flags = bad | ~np.asarray(shapely.is_simple(arcs))
    return tangled


def _rounded(arc: shapely.LineString) -> shapely.LineString:
    # Average with the neighbours, then cut corners twice (Chaikin 1974). Both ends of a line stay where they are,
    # for other lines meet there; a ring, which meets none, is rounded all the way about.
    line = shapely.get_coordinates(arc)
    ring = bool((line[0] == line[-1]).all())
    if ring:
        line = line[:-1]
        line = 0.25 * np.roll(line, 1, axis=0) + 0.5 * line + 0.25 * np.roll(line, -1, axis=0)
        line = np.concatenate((line, line[:1]))
    else:
        line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    for _ in range(2):
        near, far = 0.75 * line[:-1] + 0.25 * line[1:], 0.25 * line[:-1] + 0.75 * line[1:]
        cut = np.column_stack((near, far)).reshape(-1, 2)
        line = np.concatenate((cut, cut[:1]) if ring else (line[:1], cut[1:-1], line[-1:]))
    return shapely.LineString(line)


def _faces(arcs: Shapes, cells: _Cells, owner: Ints, count: int) -> Shapes:
    # The polygon of each number 0 .. count - 1; a face belongs to whoever owns the cell at a place inside it.
    faces = shapely.get_parts(shapely.polygonize(arcs))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    number = owner[cKDTree(cells.xy).query(inner)[1]]
    polygons = np.empty(count, dtype=object)
    order = np.argsort(shapely.area(faces))  # the largest face of a number is its own
    polygons[number[order][number[order] >= 0]] = faces[order][number[order] >= 0]
    return polygons
