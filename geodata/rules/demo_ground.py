from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely import LineString, segmentize

from geodata.rules.demo_terrain import (
    Floats,
    Ints,
    Lattice,
    draw_strand,
    find_ways,
    round_line,
    smooth_line,
    smooth_noise,
    spaced,
    spread,
    strands,
)


@dataclass(frozen=True)
class DemoSize:
    """How much to make: towns, villages, 组 and homes, over how much ground.

    ``urban`` is the number of urban communities among the villages of each town, ``cell_m`` the lattice of the
    ground. The county figures are 涟源's: 1,830 km2 (requirement A22), 506 villages and 9,449 组 (A23).
    """

    towns: int
    villages: int
    zu: int
    area_m2: float
    urban: int
    cell_m: float

    @property
    def radius_m(self) -> float:
        """Radius of the circle of this area."""
        return float(np.sqrt(self.area_m2 / np.pi))


@dataclass(frozen=True)
class Ground:
    """Invented ground: hills, water, roads and town seats, in metres from the middle of the county.

    ``height`` is 0 on a valley floor and near 1 on a ridge; ``roughness`` is what a step costs a road. ``river``,
    ``railway`` and each of ``streams`` and ``roads`` is an (n, 2) line; ``centres_xy`` has a row for each town, the
    county seat first. ``places_xy`` and ``road_nodes`` let lanes join the roads exactly.
    """

    lattice: Lattice
    height: Floats
    roughness: Floats
    outline_m: Floats
    river: Floats
    railway: Floats
    streams: list[Floats]
    roads: list[Floats]
    centres_xy: Floats
    places_xy: Floats
    road_nodes: Ints

    def inside(self, xy: Floats) -> NDArray[np.bool_]:
        """Tell which (n, 2) places lie within the rough outline of the county."""
        return _rim_share(self.outline_m, xy) < 1.0


def dense_points(lines: list[Floats], step_m: float) -> Floats:
    """Return (n, 2) points no more than ``step_m`` apart along all of ``lines``, at least one."""
    return np.concatenate([np.asarray(segmentize(LineString(line), step_m).coords) for line in lines])


def away_m(lines: list[Floats], xy: Floats, step_m: float, limit_m: float = np.inf) -> Floats:
    """Return the metres from each (n, 2) place to the nearest of ``lines``, ``inf`` beyond ``limit_m``.

    Lines are taken as points ``step_m`` apart, which errs by at most ``step_m`` / 2 and is many times faster.
    """
    if not lines:
        return np.full(len(xy), np.inf)
    return np.asarray(cKDTree(dense_points(lines, step_m)).query(xy, distance_upper_bound=limit_m)[0])


def make_ground(size: DemoSize, rng: np.random.Generator) -> Ground:
    """Make the ground of a demo county: hills, a river with streams, town seats, main roads and a railway.

    Everything is drawn from ``rng``; nothing is taken from a real place. Units are metres from the middle.
    """
    reach_m = 1.42 * size.radius_m
    lattice = Lattice(int(2 * reach_m / size.cell_m) + 1, size.cell_m)
    outline_m = _outline(size, rng)
    height = _hills(lattice, rng)
    wander = np.exp(0.35 * smooth_noise(lattice, 2.5 * size.cell_m, rng))
    places = lattice.places_xy()
    places += rng.uniform(-0.28, 0.28, places.shape) * size.cell_m
    bearing = rng.uniform(0.0, 2 * np.pi)
    river_nodes, river = _river(lattice, (height + 0.1) * wander, places, bearing)
    height = height * (1 - np.exp(-((_field_away(lattice, [river]) / 420.0) ** 2)))
    streams = _streams(lattice, size, height, wander, places, river_nodes, outline_m, rng)
    brook_m = _field_away(lattice, streams)
    height = height * (1 - 0.9 * np.exp(-((brook_m / 170.0) ** 2)))
    wet = _wetness(lattice, _field_away(lattice, [river]), brook_m)
    centres = _centres(lattice, size, height, river, streams, outline_m, rng)
    road_places = lattice.places_xy() + rng.uniform(-0.2, 0.2, places.shape) * size.cell_m
    roughness = (0.25 + 1.6 * height + wet) * wander
    road_nodes, roads = _roads(lattice, roughness, road_places, centres, bearing)
    railway = _railway(size, bearing, centres[0], rng)
    return Ground(
        lattice, height, roughness, outline_m, river, railway, streams, roads, centres, road_places, road_nodes
    )


def _outline(size: DemoSize, rng: np.random.Generator) -> Floats:
    # The rim's distance from the middle for 720 bearings: a few long waves make lobes, short ones roughness.
    bearing = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    rim = np.ones(720)
    for wave in range(2, 26):
        strength = 0.19 / wave
        rim += strength * rng.standard_normal() * np.cos(wave * bearing + rng.uniform(0, 2 * np.pi))
    rim = np.clip(rim, 0.68, 1.32)
    scaled: Floats = rim * np.sqrt(size.area_m2 / (0.5 * (rim**2).sum() * 2 * np.pi / 720))
    return scaled


def _rim_share(outline_m: Floats, xy: Floats) -> Floats:
    # 0 in the middle, 1 on the rim, more outside.
    bearing = np.arctan2(xy[:, 1], xy[:, 0]) % (2 * np.pi)
    rim = np.interp(bearing, np.linspace(0, 2 * np.pi, 721), np.append(outline_m, outline_m[0]))
    share: Floats = np.hypot(xy[:, 0], xy[:, 1]) / rim
    return share


def _hills(lattice: Lattice, rng: np.random.Generator) -> Floats:
    # Valleys lie where a wavy field passes through zero, so they wind, branch and join; a wider field makes
    # some country rough and some of it flat.
    waves = smooth_noise(lattice, 620.0, rng) + 0.5 * smooth_noise(lattice, 260.0, rng)
    rough = np.exp(0.45 * smooth_noise(lattice, 3500.0, rng))
    height: Floats = 1 - np.exp(-((np.abs(waves) * 1.1 * rough) ** 1.4))
    return height


def _field_away(lattice: Lattice, lines: list[Floats]) -> Floats:
    return away_m(lines, lattice.places_xy(), 0.5 * lattice.cell_m, 2000.0).reshape(lattice.side, lattice.side)


def _gate(lattice: Lattice, toll_m: Floats, bearing: float) -> int:
    # The cheapest node to reach on the lattice's edge within 30 degrees of a bearing from the middle.
    xy = lattice.places_xy()
    turn = np.abs((np.arctan2(xy[:, 1], xy[:, 0]) - bearing + np.pi) % (2 * np.pi) - np.pi)
    edge = (np.abs(xy).max(axis=1) > -lattice.origin_m - 1.0) & (turn < np.pi / 6)
    return int(np.flatnonzero(edge)[np.argmin(toll_m[edge])])


def _river(lattice: Lattice, roughness: Floats, places: Floats, bearing: float) -> tuple[Ints, Floats]:
    # From the edge through the middle to the far edge; where both halves leave the middle by one valley the
    # spur to the middle is cut off, so the river never doubles back.
    middle = lattice.node_at(np.zeros((1, 2)))
    ways = find_ways(lattice, roughness, middle)
    halves = []
    for gate in (_gate(lattice, ways.toll_m, bearing), _gate(lattice, ways.toll_m, bearing + np.pi)):
        walk = [gate]
        while ways.towards[walk[-1]] >= 0:
            walk.append(int(ways.towards[walk[-1]]))
        halves.append(walk)
    shared = set(halves[0]) & set(halves[1])
    join = next(node for node in halves[0] if node in shared)
    upper, lower = halves[0][: halves[0].index(join) + 1], halves[1][: halves[1].index(join)]
    nodes = np.array(upper + lower[::-1], dtype=np.int64)
    line = draw_strand(nodes, places, max(150.0 / lattice.cell_m, 1.2))
    return nodes, round_line(line, _pieces(lattice))


def _pieces(lattice: Lattice) -> int:
    return int(np.clip(np.ceil(lattice.cell_m / 25.0), 1, 4))


def _streams(
    lattice: Lattice,
    size: DemoSize,
    height: Floats,
    wander: Floats,
    places: Floats,
    river_nodes: Ints,
    outline_m: Floats,
    rng: np.random.Generator,
) -> list[Floats]:
    ways = find_ways(lattice, (height**1.5 + 0.04) * wander, river_nodes)
    xy = lattice.places_xy()
    near = np.flatnonzero((_rim_share(outline_m, xy) < 0.97) & (ways.toll_m > 90.0))
    near = rng.choice(near, min(len(near), 20000), replace=False)
    gap_m = min(1500.0, 0.75 * size.radius_m)
    heads = near[spaced(xy[near], -np.abs(height.ravel()[near] - 0.45), gap_m)]
    drawn = [draw_strand(nodes, places, max(70.0 / lattice.cell_m, 1.0)) for nodes in strands(ways, heads)]
    return [round_line(line, _pieces(lattice)) for line in drawn if len(line) > 3]


def _centres(
    lattice: Lattice,
    size: DemoSize,
    height: Floats,
    river: Floats,
    streams: list[Floats],
    outline_m: Floats,
    rng: np.random.Generator,
) -> Floats:
    # Evenly spread, then each moved to flat ground some 350 m from water, as market towns stand.
    xy = lattice.places_xy()
    inner = xy[_rim_share(outline_m, xy) < 0.93]
    inner = inner[rng.choice(len(inner), min(len(inner), 20000), replace=False)]
    start = np.concatenate((np.zeros((1, 2)), inner[rng.choice(len(inner), size.towns - 1, replace=False)]))
    middles = spread(inner, start, 25, fixed=1)
    water = np.abs(away_m([river], inner, 30.0) - 350.0) / 900.0
    brook = np.abs(away_m(streams, inner, 30.0) - 250.0) / 900.0
    burden = lattice.read(height, inner) + np.minimum(np.minimum(water, brook + 0.15), 1.0)
    burden += 2.0 * (away_m([river], inner, 30.0) < 200.0)
    reach_m = 0.16 * np.sqrt(size.area_m2 / size.towns)
    chosen = []
    for number, middle in enumerate(middles):
        gone = np.hypot(*(inner - middle).T)
        cost = burden + (gone / reach_m) ** 2 * 0.25
        if number == 0:
            cost = cost + 2.0 * np.minimum(water, 1.0)
        chosen.append(inner[int(np.argmin(cost))])
    return np.array(chosen)


def _wetness(lattice: Lattice, river_m: Floats, brook_m: Floats) -> Floats:
    # What water adds to the roughness of the ground for roads: they keep beside it and seldom cross.
    beside_river = np.exp(-((river_m / max(110.0, 0.9 * lattice.cell_m)) ** 2))
    beside_brook = np.exp(-((brook_m / max(55.0, 0.6 * lattice.cell_m)) ** 2))
    return np.asarray(5.0 * beside_river + 1.2 * beside_brook)


def _roads(
    lattice: Lattice, roughness: Floats, places: Floats, centres: Floats, bearing: float
) -> tuple[Ints, list[Floats]]:
    # From the seat to every town and out of the county by four gates.
    nodes = lattice.node_at(centres)
    ways = find_ways(lattice, roughness, nodes[:1])
    gates = [_gate(lattice, ways.toll_m, bearing + turn) for turn in (0.35, 1.75, 3.45, 4.85)]
    found = strands(ways, np.unique(np.concatenate((nodes[1:], np.array(gates, dtype=np.int64)))))
    drawn = [draw_strand(walk, places, max(90.0 / lattice.cell_m, 1.0)) for walk in found]
    return np.unique(np.concatenate(found)), [round_line(line, _pieces(lattice)) for line in drawn]


def _railway(size: DemoSize, bearing: float, seat: Floats, rng: np.random.Generator) -> Floats:
    # A wide smooth curve across the county that passes beside the seat; it takes hills in tunnels.
    turn = bearing + np.pi / 2 + rng.uniform(-0.5, 0.5)
    along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
    reach_m = 1.4 * size.radius_m
    t = np.linspace(-reach_m, reach_m, 161)
    sway = 0.10 * size.radius_m * (np.sin(t / size.radius_m * 2.1 + rng.uniform(0, 6)))
    line = seat + t[:, None] * along + (sway - sway[80] + 0.09 * size.radius_m)[:, None] * across
    return smooth_line(line, 3.0)
