from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geodata.rules.demo_borders import Borders, Flags
from geodata.rules.demo_ground import DemoSize, Ground, away_m, dense_points
from geodata.rules.demo_streets import make_blocks
from geodata.rules.demo_terrain import Floats, Ints

_HOMES_A_ZU = 30.6  # a little over the 29.6 aimed at: here and there the ground has too little room
_HOUSES_A_BLOCK = 22


@dataclass(frozen=True)
class Groups:
    """The 组 of the demo: the village each belongs to, the homes it should hold, and what it is like.

    ``compound`` tells those living in blocks of flats, ``street`` those in rows along town streets; ``riven``
    those to be split by the river, ``mixed`` those whose homes stand among the next 组's homes.
    """

    village: Ints
    homes: Ints
    compound: Flags
    street: Flags
    riven: Flags
    mixed: Flags


@dataclass(frozen=True)
class Sites:
    """Places where homes stand together: hamlets (院落), farmsteads, blocks and rows; one 组 has one to five.

    ``xy`` is (n, 2) metres, ``quota`` the buildings to put there, ``lone`` tells the farmsteads. Town blocks have the
    bearing ``turn`` of their street in radians and their ``town``; elsewhere these are NaN and -1.
    """

    xy: Floats
    zu: Ints
    quota: Ints
    lone: Flags
    turn: Floats
    town: Ints

    @property
    def in_block(self) -> Flags:
        """Tell the sites that are blocks of a town's street grid."""
        return np.asarray(self.town >= 0)


@dataclass(frozen=True)
class _Spots:
    # Places where a hamlet could be: `worth` 0 .. 1, `bank` -1 or 1 near the river, else 0.
    xy: Floats
    worth: Floats
    bank: Ints
    turn: Floats
    town: Ints


def make_groups(size: DemoSize, borders: Borders, rng: np.random.Generator) -> Groups:
    """Share the county's 组 among its villages and give each the homes it should hold, 16 to 60, a few under 5.

    Sizes have a mean near 29.6, as 280,000 homes in 9,449 组 (requirements A22, A23).
    """
    area = shapely.area(borders.villages)
    weight = np.where(borders.urban, 1.2 * np.clip(area / 4.5e5, 0.3, 1.3), np.sqrt(np.clip(area / 3.6e6, 0.2, 2.2)))
    weight = weight * np.exp(0.22 * rng.standard_normal(len(weight)))
    counts = _shared_out(size.zu, weight, 4)
    village = np.repeat(np.arange(len(counts)), counts)
    number = len(village)
    drawn = 15 + rng.gamma(2.3, 6.7, number)
    homes = np.clip(np.rint(drawn * _HOMES_A_ZU / drawn.mean()), 16, 60).astype(np.int64)
    urban = borders.urban[village]
    compound = rng.random(number) < np.where(urban, 0.55, 0.012)
    if not compound.any():
        compound[number // 2] = True
    first = np.concatenate(([True], village[1:] != village[:-1]))
    plain = ~compound & ~urban & ~first
    mark = rng.random(number)
    tiny = plain & (mark < 0.006)
    tiny[int(np.flatnonzero(plain)[-1])] = True
    homes[tiny] = rng.integers(2, 5, int(tiny.sum()))
    riven = plain & ~tiny & (mark > 0.75)
    mixed = plain & ~tiny & ~riven & (mark < 0.02)
    return Groups(village, homes, compound, urban & ~compound, riven, mixed)


def _shared_out(total: int, weight: Floats, least: int) -> Ints:
    # Whole numbers that sum to the total and follow the weights (largest remainders), none under the least.
    share = weight / weight.sum() * (total - least * len(weight))
    counts = np.floor(share).astype(np.int64)
    rest = total - least * len(weight) - int(counts.sum())
    counts[np.argsort(counts - share, kind="stable")[:rest]] += 1
    shared: Ints = counts + least
    return shared


def make_sites(ground: Ground, borders: Borders, groups: Groups, rng: np.random.Generator) -> Sites:
    """Choose where each 组 has its hamlets and farmsteads: on valley edges, near roads, clear of water.

    The main hamlets of a village are spread over its good ground; further hamlets of a 组 stand within some
    300 m of the main one and nearer to it than to others.
    """
    spots, owner = _spots(ground, borders, rng)
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(len(borders.villages) + 1))
    starts = np.searchsorted(groups.village, np.arange(len(borders.villages) + 1))
    rows: list[tuple[int, int, float, bool]] = []
    for village in range(len(borders.villages)):
        mine = order[bounds[village] : bounds[village + 1]]
        zu = np.arange(starts[village], starts[village + 1])
        if borders.urban[village]:
            rows += _block_sites(spots, mine, zu, groups)
            continue
        room_m = float(np.sqrt(borders.villages[village].area / len(zu)))
        rows += _village_sites(spots, mine, zu, groups, room_m, rng)
    spot, zu_of, share, lone = (np.array(column) for column in zip(*rows, strict=True))
    return _with_quota(spots, spot.astype(np.int64), zu_of.astype(np.int64), share, lone.astype(bool), groups)


def _spots(ground: Ground, borders: Borders, rng: np.random.Generator) -> tuple[_Spots, Ints]:
    reach_m = float(np.abs(shapely.bounds(borders.county)).max())
    open_xy = _jittered(reach_m, 88.0, rng)
    blocks = make_blocks(ground)
    xy = np.concatenate((open_xy, blocks.xy))
    turn = np.append(np.full(len(open_xy), np.nan), blocks.turn)
    town = np.append(np.full(len(open_xy), -1), blocks.town)
    half = np.append(np.zeros(len(open_xy), dtype=bool), blocks.half)
    owner = _owner_of(borders, xy)
    # Blocks are for the communities of their own town, hamlets for the villages.
    urban = borders.urban[owner]
    kept = (owner >= 0) & np.where(urban, borders.town_of[owner] == town, town < 0)
    edge = np.concatenate([shapely.get_coordinates(shapely.segmentize(v, 12.0)) for v in borders.villages])
    kept[kept] = np.isinf(cKDTree(edge).query(xy[kept], distance_upper_bound=25.0)[0])
    water, rail = away_m([ground.river], xy, 15.0, 601.0), away_m([ground.railway], xy, 15.0, 60.0)
    kept &= (water > 75.0) & (rail > 40.0)
    xy, turn, water = xy[kept], turn[kept], water[kept]
    owner, town, half = owner[kept], town[kept], half[kept]
    road = away_m(ground.roads, xy, 20.0, 1500.0)
    height = ground.lattice.read(ground.height, xy)
    worth = np.exp(-(((height - 0.14) / 0.20) ** 2)) + 0.06 * np.exp(-2.0 * height)
    worth *= 0.35 + 0.65 * np.exp(-road / 400.0)
    centre = cKDTree(ground.centres_xy).query(xy)[0]
    worth = np.where(town >= 0, np.exp(-centre / 500.0) * np.where(half, 1e-3, 1.0), worth)
    worth *= rng.uniform(0.6, 1.0, len(xy))
    return _Spots(xy, worth, _bank(ground.river, xy, water), turn, town), owner


def _jittered(reach_m: float, pitch_m: float, rng: np.random.Generator) -> Floats:
    axis = np.arange(-reach_m, reach_m, pitch_m)
    xy = np.column_stack([a.ravel() for a in np.meshgrid(axis, axis)])
    jittered: Floats = xy + rng.uniform(-0.38, 0.38, xy.shape) * pitch_m
    return jittered


def _owner_of(borders: Borders, xy: Floats) -> Ints:
    owner = np.full(len(xy), -1, dtype=np.int64)
    village, point = shapely.STRtree(np.asarray(shapely.points(xy))).query(borders.villages, predicate="contains")
    owner[point] = village
    return owner


def _bank(river: Floats, xy: Floats, water: Floats) -> Ints:
    # Which side of the river, 1 or -1, for places within 600 m of it, else 0.
    course = dense_points([river], 15.0)
    ahead = np.gradient(course, axis=0)
    close = np.flatnonzero(water < 600.0)
    near = np.asarray(cKDTree(course).query(xy[close])[1])
    gone = xy[close] - course[near]
    bank = np.zeros(len(xy), dtype=np.int64)
    bank[close] = np.sign(ahead[near, 0] * gone[:, 1] - ahead[near, 1] * gone[:, 0]).astype(np.int64)
    return bank


def _village_sites(
    spots: _Spots, mine: Ints, zu: Ints, groups: Groups, room_m: float, rng: np.random.Generator
) -> list[tuple[int, int, float, bool]]:
    xy, worth, bank = spots.xy[mine], spots.worth[mine].copy(), spots.bank[mine]
    main = _main_spots(xy, worth, len(zu), room_m)
    main = main[np.argsort(_winding(xy[main]), kind="stable")]
    gap = np.hypot(*(xy[:, None, :] - xy[None, main, :]).transpose(2, 0, 1))
    nearest = np.argmin(gap, axis=1)
    free = gap.min(axis=1) > 1.0
    rows = [(int(mine[spot]), int(number), 1.0, False) for spot, number in zip(main, zu, strict=True)]
    for place, number in enumerate(zu.tolist()):
        if groups.compound[number] or groups.homes[number] < 5:
            continue
        here = gap[:, place]
        other_bank = groups.riven[number] and bank[main[place]] != 0
        ground = free & (here > 80.0) & ((nearest == place) | (other_bank & (gap.min(axis=1) > 80.0)))
        fit = ground & (here < 260.0) & (bank * bank[main[place]] >= 0)
        if other_bank and (free & (here < 650.0) & (bank * bank[main[place]] < 0)).any():
            fit = free & (here < 650.0) & (bank * bank[main[place]] < 0)
        for _ in range(int(rng.choice(3, p=(0.35, 0.5, 0.15)))):
            if not fit.any():
                break
            spot = int(np.argmax(np.where(fit, worth, -1.0)))
            rows.append((int(mine[spot]), number, float(rng.uniform(0.3, 0.9)), False))
            near = np.hypot(*(xy - xy[spot]).T) < 80.0
            free, fit = free & ~near, fit & ~near
        rows += _farmsteads(mine, np.flatnonzero(free & (nearest == place) & (here < 380.0)), number, rng)
    return rows


def _block_sites(spots: _Spots, mine: Ints, zu: Ints, groups: Groups) -> list[tuple[int, int, float, bool]]:
    # The blocks nearest the centre are filled, street after street; houses take as many as they need.
    need = np.where(groups.street[zu], -(-groups.homes[zu] // _HOUSES_A_BLOCK), 1)
    while need.sum() > len(mine) and need.max() > 1:
        need = np.maximum(need - 1, 1)
    best = mine[np.argsort(-spots.worth[mine], kind="stable")[: int(need.sum())]]
    best = best[np.argsort(_winding(spots.xy[best]), kind="stable")]
    number = np.repeat(zu, need)[: len(best)]
    return [(int(spot), int(mark), 1.0, False) for spot, mark in zip(best, number, strict=True)]


def _farmsteads(mine: Ints, choice: Ints, number: int, rng: np.random.Generator) -> list[tuple[int, int, float, bool]]:
    count = min(int(rng.choice(4, p=(0.35, 0.35, 0.2, 0.1))), len(choice))
    return [(int(mine[spot]), number, 0.0, True) for spot in rng.choice(choice, count, replace=False)]


def _main_spots(xy: Floats, worth: Floats, count: int, room_m: float) -> Ints:
    # One after the other, the spot of most worth that is far from those already taken.
    gone = np.full(len(xy), room_m)
    chosen = []
    for _ in range(count):
        best = int(np.argmax(worth * np.minimum(gone, room_m) ** 1.5))
        chosen.append(best)
        gone = np.minimum(gone, np.hypot(*(xy - xy[best]).T))
    return np.array(chosen, dtype=np.int64)


def _winding(xy: Floats) -> Floats:
    # 组 are numbered in bands from the north-west, as people count them off along the valleys.
    low, high = xy.min(axis=0), xy.max(axis=0)
    band = np.floor((high[1] - xy[:, 1]) / max(high[1] - low[1], 1.0) * 3.999)
    across = (xy[:, 0] - low[0]) / max(high[0] - low[0], 1.0)
    winding: Floats = band + np.where(band % 2 == 0, across, 1 - across) * 0.999
    return winding


def _with_quota(spots: _Spots, spot: Ints, zu: Ints, share: Floats, lone: Flags, groups: Groups) -> Sites:
    # Farmsteads take one home each, hamlets the rest by their shares, the main hamlet what rounding leaves.
    order = np.lexsort((np.arange(len(zu)), zu))
    spot, zu, share, lone = spot[order], zu[order], share[order], lone[order]
    single = np.bincount(zu, weights=lone, minlength=len(groups.homes)).astype(np.int64)
    rest = groups.homes - single
    total = np.bincount(zu, weights=share, minlength=len(groups.homes))
    quota = np.where(lone, 1, np.floor(rest[zu] * share / total[zu])).astype(np.int64)
    main = np.flatnonzero(np.concatenate(([True], zu[1:] != zu[:-1])))
    quota[main] += (groups.homes - np.bincount(zu, weights=quota, minlength=len(groups.homes)).astype(np.int64))[
        zu[main]
    ]
    flats = main[groups.compound[zu[main]]]
    quota[flats] = np.where(groups.homes[zu[flats]] > 36, 2, 1)
    return Sites(spots.xy[spot], zu, quota, lone, spots.turn[spot], spots.town[spot])
