from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geodata.rules.demo_borders import Borders, Flags
from geodata.rules.demo_ground import Ground, away_m
from geodata.rules.demo_hamlets import Groups, Sites
from geodata.rules.demo_streets import street_lines, turned
from geodata.rules.demo_terrain import Floats, Ints, draw_strand, find_ways, round_line, spaced, strands

_ROOMS_A_FLOOR = 2
_HAMLET_PITCH_M = 23.0
_MOST_HOMES = 60
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
    """Draw lanes from every hamlet to the roads, and streets in the towns; and tell which way each site faces.

    Village lanes come first, from hamlets 800 m apart; the other hamlets join the nearest lane. Returns the
    lanes, (n, 2) metres each, and the bearing of the lane at every site in radians.
    """
    lattice = ground.lattice
    places = ground.places_xy.copy()
    roots = ground.road_nodes
    hamlets = sites.xy[~sites.lone & ~sites.in_block]
    main = spaced(hamlets, np.zeros(len(hamlets)), 800.0)
    lanes: list[Floats] = []
    for xy, width_m in ((hamlets[main], 60.0), (np.delete(hamlets, main, axis=0), 40.0)):
        nodes = lattice.node_at(xy)
        free = ~np.isin(nodes, roots)
        # The lane starts at the hamlet itself: the node nearest to it is moved there.
        places[nodes[free]] = xy[free]
        ways = find_ways(lattice, ground.roughness, roots)
        found = strands(ways, np.unique(nodes))
        roots = np.unique(np.concatenate((roots, *found)))
        lanes += [draw_strand(walk, places, max(width_m / lattice.cell_m, 0.6)) for walk in found]
    lanes = [round_line(line, int(np.clip(np.ceil(lattice.cell_m / 30.0), 1, 3))) for line in lanes]
    block = sites.in_block
    facing = np.where(block, sites.turn, _facing(lanes + ground.roads, sites.xy))
    return lanes + street_lines(sites.xy[block], sites.turn[block], sites.town[block]), facing


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
    site, rank, xy = _plots(groups, sites, lanes[1], rng)
    site, rank, xy = _within_reach(sites, site, rank, xy)
    clear = _clear(ground, borders, groups, lanes[0], xy, groups.village[sites.zu[site]])
    site, rank, xy = site[clear], rank[clear], xy[clear]
    zu = _mixed_up(groups, sites.zu[site], rng)
    wanted = np.bincount(sites.zu, weights=sites.quota, minlength=len(groups.homes)).astype(np.int64)
    taken = _first_of_each(zu, site, rank, sites, wanted)
    xy, zu = xy[taken], shared_with_empty(groups, sites, xy[taken], zu[taken])
    order = np.argsort(zu, kind="stable")
    return _with_flats(groups, xy[order], zu[order], rng)


def shared_with_empty(groups: Groups, sites: Sites, xy: Floats, zu: Ints) -> Ints:
    """Give each 组 that found no room every second home of the nearest 组 of its village.

    ``xy`` (n, 2) metres and ``zu`` describe the plots taken; returns the new ``zu``. A 组 of flats gets one plot for a
    block. A 组 stays empty only where no 组 of its village has two plots.
    """
    zu = zu.copy()
    for empty in np.setdiff1d(np.arange(len(groups.village)), zu).tolist():
        giving = (groups.village[zu] == groups.village[empty]) & ~groups.compound[zu]
        giving &= np.bincount(zu, minlength=len(groups.village))[zu] > 1
        if not giving.any():
            continue
        middle = sites.xy[np.searchsorted(sites.zu, empty)]
        rows = np.flatnonzero(giving)
        giver = zu[rows[np.argmin(np.hypot(*(xy[rows] - middle).T))]]
        most = 1 if groups.compound[empty] else len(zu)  # one plot holds a whole block of flats
        zu[np.flatnonzero(zu == giver)[1::2][:most]] = empty
    return zu


def _patterns() -> list[tuple[Floats, Floats, float]]:
    # Offsets in metres along and across the lane, nearest first, how far out each is, and how much it may stray:
    # three hamlets, the longer the more strung out; two rows of town houses with yards behind; blocks of flats.
    steps = np.stack(np.meshgrid(np.arange(-12, 13), np.arange(-9, 10)), axis=-1).reshape(-1, 2).astype(float)
    steps[:, 0] += 0.5 * (steps[:, 1] % 2)
    steps[:, 1] += 0.5
    patterns = []
    for stretch in (1.15, 1.7, 2.6):
        reach = np.hypot(steps[:, 0] / stretch, steps[:, 1])
        order = np.argsort(reach, kind="stable")
        patterns.append((steps[order] * _HAMLET_PITCH_M, reach[order], 0.24 * _HAMLET_PITCH_M))
    along, across = np.meshgrid(np.arange(-3.5, 4.0) * 10.6, [-22.0, 22.0, -7.5, 7.5])
    rows = np.column_stack((along.ravel(), across.ravel()))
    patterns.append((rows, np.repeat([0.0, 0.0, 3.0, 3.0], 8), 1.2))
    flats = np.array([[-21.0, 12.0], [21.0, -12.0], [-21.0, -14.0], [21.0, 14.0], [0.0, 0.0]])
    patterns.append((flats, np.array([0.0, 0.5, 4.0, 4.5, 9.0]), 2.0))
    return patterns


def _plots(groups: Groups, sites: Sites, facing: Floats, rng: np.random.Generator) -> tuple[Ints, Floats, Floats]:
    # The plots of every site by its pattern; rank is how far out a plot is.
    patterns = _patterns()
    kind = rng.integers(0, 3, len(sites.zu))
    kind = np.where(groups.street[sites.zu], 3, np.where(groups.compound[sites.zu], 4, kind))
    length = np.array([len(reach) for _, reach, _ in patterns])
    start = np.cumsum(length) - length
    count = np.minimum(np.where(sites.lone, 3, sites.quota * 2 + 14), length[kind])
    site = np.repeat(np.arange(len(count)), count)
    step = start[kind[site]] + np.arange(len(site)) - np.repeat(np.cumsum(count) - count, count)
    stray_m = np.array([stray for _, _, stray in patterns])[kind[site]]
    offset = np.concatenate([steps for steps, _, _ in patterns])[step]
    offset = offset + rng.uniform(-1, 1, (len(site), 2)) * stray_m[:, None]
    reach = np.concatenate([reach for _, reach, _ in patterns])[step]
    return site, reach + rng.uniform(0, 1.1, len(site)), sites.xy[site] + turned(offset, facing[site])


def _within_reach(sites: Sites, site: Ints, rank: Floats, xy: Floats) -> tuple[Ints, Floats, Floats]:
    # A plot belongs to the nearest site only, and stands well off the line half-way to the next one.
    gap, near = (np.asarray(found) for found in cKDTree(sites.xy).query(xy, k=2))
    own = near[:, 0] == site
    between = np.hypot(*(sites.xy[near[:, 0]] - sites.xy[near[:, 1]]).T)
    margin = (gap[:, 1] ** 2 - gap[:, 0] ** 2) / (2 * np.maximum(between, 1.0))
    kept = own & (margin > np.where(sites.in_block[site], 4.5, 0.34 * _HAMLET_PITCH_M))
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
        clear[clear] = np.isinf(away_m(some, xy[clear], 0.7 * clear_m, clear_m))
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
    full = entrances * floors * _ROOMS_A_FLOOR * buildings[zu] > _MOST_HOMES
    entrances = np.maximum(entrances - full, 1)
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
