from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geodata.rules.demo_borders import Borders, Flags
from geodata.rules.demo_ground import Ground, dense_points
from geodata.rules.demo_hamlets import Groups, Sites
from geodata.rules.demo_terrain import Floats, Ints, draw_strand, find_ways, round_line, strands

_ROOMS_A_FLOOR = 2
_CLEAR_M = {"river": 42.0, "railway": 24.0, "stream": 11.0, "road": 11.0, "lane": 7.0, "border": 4.0}


@dataclass(frozen=True)
class Homes:
    """Every home of the demo, in the order of its 组: place in metres, and where in a block of flats.

    ``xy`` is (n, 2); ``block`` counts the blocks of flats within the village from 1, 0 for a house of its own;
    ``entrance``, ``floor`` and ``room`` are 0 there. Homes of a block stand on one point.
    """

    xy: Floats
    zu: Ints
    block: Ints
    entrance: Ints
    floor: Ints
    room: Ints


def make_lanes(ground: Ground, sites: Sites) -> tuple[list[Floats], Floats]:
    """Draw a lane from every hamlet to the nearest road, joining on the way; and which way each site faces.

    Returns the lanes, (n, 2) metres each, and the bearing of the lane at every site in radians.
    """
    lattice = ground.lattice
    wet = np.exp(-(((_away_field(ground)) / 90.0) ** 2))
    roughness = (0.3 + 1.5 * ground.height + 6.0 * wet) * ground.wander
    ways = find_ways(lattice, roughness, ground.road_nodes)
    places = ground.places_xy
    hamlets = np.flatnonzero(~sites.lone)
    nodes = lattice.node_at(sites.xy[hamlets])
    free = ~np.isin(nodes, ground.road_nodes)
    # The lane starts at the hamlet itself: the node nearest to it is moved there.
    places[nodes[free]] = sites.xy[hamlets[free]]
    drawn = [draw_strand(walk, places, max(45.0 / lattice.cell_m, 0.6)) for walk in strands(ways, np.unique(nodes))]
    lanes = [round_line(line, int(np.clip(np.ceil(lattice.cell_m / 30.0), 1, 3))) for line in drawn]
    return lanes, _facing(lanes + ground.roads, sites.xy)


def _away_field(ground: Ground) -> Floats:
    lattice = ground.lattice
    river = cKDTree(dense_points([ground.river], 20.0))
    return np.asarray(river.query(lattice.places_xy())[0]).reshape(lattice.side, lattice.side)


def _facing(lines: list[Floats], xy: Floats) -> Floats:
    # The bearing of the nearest line.
    points = np.concatenate([line[:-1] for line in lines])
    ahead = np.concatenate([np.diff(line, axis=0) for line in lines])
    nearest = np.asarray(cKDTree(points).query(xy)[1])
    bearing: Floats = np.arctan2(ahead[nearest, 1], ahead[nearest, 0])
    return bearing


def place_homes(
    ground: Ground,
    borders: Borders,
    groups: Groups,
    sites: Sites,
    lanes: tuple[list[Floats], Floats],
    rng: np.random.Generator,
) -> Homes:
    """Put the homes of every 组 about its sites: in rows along the lane, clear of water, rails, roads and borders.

    A 组 for which the ground has too little room gets fewer homes than it should hold.
    """
    site, rank, xy = _plots(sites, lanes[1], rng)
    site, rank, xy = _within_reach(sites, site, rank, xy)
    clear = _clear(ground, borders, groups, lanes[0], xy, groups.village[sites.zu[site]])
    site, rank, xy = site[clear], rank[clear], xy[clear]
    zu = _mixed_up(groups, sites.zu[site], rng)
    wanted = np.bincount(sites.zu, weights=sites.quota, minlength=len(groups.homes)).astype(np.int64)
    taken = _first_of_each(zu, site, rank, sites, wanted)
    return _with_flats(groups, xy[taken], zu[taken], rng)


def _plots(sites: Sites, facing: Floats, rng: np.random.Generator) -> tuple[Ints, Floats, Floats]:
    # A lattice of plots about each site, longer along the lane; rank is how far out a plot is.
    steps = np.stack(np.meshgrid(np.arange(-9, 10), np.arange(-9, 10)), axis=-1).reshape(-1, 2).astype(float)
    steps[:, 0] += 0.5 * (steps[:, 1] % 2)
    steps[:, 1] += 0.5
    reach = np.hypot(steps[:, 0] / 1.5, steps[:, 1])
    order = np.argsort(reach, kind="stable")
    steps, reach = steps[order], reach[order]
    count = np.minimum(np.where(sites.lone, 3, sites.quota * 2 + 14), len(steps))
    site = np.repeat(np.arange(len(count)), count)
    step = np.arange(len(site)) - np.repeat(np.cumsum(count) - count, count)
    pitch = sites.pitch_m[site]
    jitter = rng.uniform(-0.24, 0.24, (len(site), 2))
    local = (steps[step] + jitter) * pitch[:, None]
    local[:, 1] *= 0.95
    turn = facing[site]
    cos, sin = np.cos(turn), np.sin(turn)
    xy = sites.xy[site] + np.column_stack(
        (local[:, 0] * cos - local[:, 1] * sin, local[:, 0] * sin + local[:, 1] * cos)
    )
    return site, reach[step] + rng.uniform(0, 1.1, len(site)), xy


def _within_reach(sites: Sites, site: Ints, rank: Floats, xy: Floats) -> tuple[Ints, Floats, Floats]:
    # A plot belongs to the nearest site only, and stands well off the line half-way to the next one.
    gap, near = (np.asarray(found) for found in cKDTree(sites.xy).query(xy, k=2))
    own = near[:, 0] == site
    between = np.hypot(*(sites.xy[near[:, 0]] - sites.xy[near[:, 1]]).T)
    margin = (gap[:, 1] ** 2 - gap[:, 0] ** 2) / (2 * np.maximum(between, 1.0))
    kept = own & (margin > 0.34 * sites.pitch_m[site])
    return site[kept], rank[kept], xy[kept]


def _clear(ground: Ground, borders: Borders, groups: Groups, lanes: list[Floats], xy: Floats, village: Ints) -> Flags:
    edges = [np.asarray(ring.coords) for polygon in borders.villages for ring in (polygon.exterior, *polygon.interiors)]
    lines = {
        "river": [ground.river],
        "railway": [ground.railway],
        "stream": ground.streams,
        "road": ground.roads,
        "lane": lanes,
        "border": edges,
    }
    clear = np.ones(len(xy), dtype=bool)
    for kind, some in lines.items():
        clear_m = _CLEAR_M[kind]
        points = dense_points(some, 0.7 * clear_m)
        if len(some):
            clear[clear] = np.isinf(cKDTree(points).query(xy[clear], distance_upper_bound=clear_m)[0])
    rows = np.flatnonzero(clear)
    inside, point = shapely.STRtree(np.asarray(shapely.points(xy[rows]))).query(borders.villages, predicate="contains")
    clear[:] = False
    clear[rows[point[inside == village[rows[point]]]]] = True
    return clear


def _mixed_up(groups: Groups, zu: Ints, rng: np.random.Generator) -> Ints:
    # Half the plots of a mixed 组 go to the 组 before it in the same village, and the other way round.
    partner = np.arange(len(groups.village))
    pair = np.flatnonzero(groups.mixed)
    pair = pair[(groups.village[pair] == groups.village[pair - 1]) & ~groups.mixed[pair - 1]]
    pair = pair[~groups.compound[pair - 1]]
    partner[pair], partner[pair - 1] = pair - 1, pair
    return np.where(rng.random(len(zu)) < 0.5, partner[zu], zu)


def _first_of_each(zu: Ints, site: Ints, rank: Floats, sites: Sites, wanted: Ints) -> Ints:
    # The innermost plots of each site up to its quota, then, where a site had too few, others of the same 组.
    order = np.lexsort((rank, site))
    place = _place_within(site[order])
    spare = np.empty(len(site), dtype=bool)
    spare[order] = place >= sites.quota[site[order]]
    order = np.lexsort((rank, spare, zu))
    return order[_place_within(zu[order]) < wanted[zu[order]]]


def _place_within(sorted_groups: Ints) -> Ints:
    # 0, 1, 2 ... within each run of equal values.
    start = np.flatnonzero(np.concatenate(([True], sorted_groups[1:] != sorted_groups[:-1])))
    length = np.diff(np.append(start, len(sorted_groups)))
    return np.arange(len(sorted_groups)) - np.repeat(start, length)


def _with_flats(groups: Groups, xy: Floats, zu: Ints, rng: np.random.Generator) -> Homes:
    # Each building of a compound becomes entrances x floors x two homes on its one point.
    flats = groups.compound[zu]
    buildings = np.bincount(zu, minlength=len(groups.homes))
    floors = rng.integers(4, 8, len(zu))
    each = groups.homes[zu] / np.maximum(buildings[zu], 1)
    entrances = np.clip(np.rint(each / (_ROOMS_A_FLOOR * floors)), 1, 4).astype(np.int64)
    count = np.where(flats, entrances * floors * _ROOMS_A_FLOOR, 1)
    row = np.repeat(np.arange(len(zu)), count)
    inner = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    story = _ROOMS_A_FLOOR * floors[row]
    village = groups.village[zu]
    order = np.flatnonzero(flats)
    block = np.zeros(len(zu), dtype=np.int64)
    block[order] = _place_within(village[order]) + 1
    stacked = flats[row]
    return Homes(
        xy=xy[row],
        zu=zu[row],
        block=block[row],
        entrance=np.where(stacked, inner // story + 1, 0),
        floor=np.where(stacked, inner % story // _ROOMS_A_FLOOR + 1, 0),
        room=np.where(stacked, inner % _ROOMS_A_FLOOR + 1, 0),
    )
