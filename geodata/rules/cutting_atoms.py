from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geodata.rules.graph import Ground, find_pieces, unique_pairs
from geodata.rules.kernels import Floats, Ints
from geodata.rules.stacks import KEEP_COST, StackColumns, cut_runs, rank_in_order, stack_places


@dataclass(frozen=True)
class Atoms:
    """What a cut may not divide: a point with its few homes, a run of a stack, or a small side of a barrier as one.

    In an order that hangs on the ground alone. ``of_home`` (n,) the atom of each home; ``xy`` (a, 2) metres;
    ``homes`` (a,); ``zu`` (a,); ``edges`` (e, 2) neighbouring atoms of the same 组, ``crosses`` (e,) across a barrier
    only; ``start`` (a,) the earlier 邻 of most of its homes, or -1.
    """

    of_home: Ints
    xy: Floats
    homes: Ints
    zu: Ints
    edges: Ints
    crosses: NDArray[np.bool_]
    start: Ints


def make_atoms(
    ground: Ground, bounds: tuple[int, int, float], stack: StackColumns | None, previous: Ints | None, fine: bool
) -> Atoms:
    """Divide homes into atoms: stacks of at least ``bounds[0]`` homes into even runs (``fine``: into single homes).

    ``bounds`` are the least and most homes of a 邻 and the size aimed at.
    """
    order, place_cost = stack_places(ground.site_of_home, stack)
    earlier = np.full(len(order), -1) if previous is None else np.asarray(previous, dtype=np.int64)
    run = _runs(ground.site_of_home, order, place_cost, bounds, earlier, fine)
    site = np.asarray(ground.site_of_home, dtype=np.int64)
    _, first_home, of_home = np.unique(site * (len(site) + 1) + run, return_index=True, return_inverse=True)
    site_of_atom = site[first_home]
    xy = np.asarray(ground.site_xy, dtype=np.float64)[site_of_atom]
    zu = np.asarray(ground.zu_of_site, dtype=np.int64)[site_of_atom]
    canonical = np.lexsort((run[first_home], xy[:, 1], xy[:, 0], zu))
    name = np.empty(len(canonical), np.int64)
    name[canonical] = np.arange(len(canonical))
    edges, crosses = _atom_edges(ground, site_of_atom)
    of_home = name[of_home]
    return Atoms(
        of_home=of_home,
        xy=xy[canonical],
        homes=np.bincount(of_home, minlength=len(canonical)).astype(np.int64),
        zu=zu[canonical],
        edges=name[edges],
        crosses=crosses,
        start=_most_common(of_home, earlier, len(canonical)),
    )


def _runs(
    site_of_home: NDArray[np.integer],
    order: NDArray[np.intp],
    place_cost: Floats,
    bounds: tuple[int, int, float],
    earlier: Ints,
    fine: bool,
) -> Ints:
    """Return the run of each home inside its site; 0 where the site is no stack."""
    low, high, target = bounds
    run = np.zeros(len(order), np.int64)
    stacked = (np.bincount(site_of_home) >= low)[site_of_home] if len(order) else np.zeros(0, bool)
    if fine:
        run[stacked] = rank_in_order(site_of_home, order)[stacked]
        return run
    chosen = stacked[order]
    homes = order[chosen]
    if len(homes) == 0:
        return run
    before = np.append(-1, earlier[homes][:-1])
    known = (before >= 0) & (earlier[homes] >= 0)
    kept = np.where(known, np.where(before == earlier[homes], KEEP_COST, -KEEP_COST), 0.0)
    first = np.flatnonzero(np.append(True, np.diff(site_of_home[homes]) != 0))
    run[homes] = cut_runs(np.append(first, len(homes)).astype(np.int64), place_cost[chosen] + kept, low, high, target)
    return run


def _atom_edges(ground: Ground, site_of_atom: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return neighbouring atoms: runs of a stack in a chain, and its two ends with the atoms of neighbouring sites."""
    sites = np.arange(len(ground.site_xy))
    ends = np.column_stack([np.searchsorted(site_of_atom, sites, side) for side in ("left", "right")])
    ends[:, 1] -= 1
    edges = np.asarray(ground.edges, dtype=np.int64).reshape(-1, 2)
    zu = np.asarray(ground.zu_of_site)
    used = (zu[edges[:, 0]] == zu[edges[:, 1]]) & (ends[edges, 0] <= ends[edges, 1]).all(axis=1)
    crosses = np.asarray(ground.crosses, dtype=bool)[used]
    edges = edges[used]
    found = np.vstack([np.column_stack([ends[edges[:, 0], i], ends[edges[:, 1], j]]) for i in (0, 1) for j in (0, 1)])
    chain = np.flatnonzero(site_of_atom[1:] == site_of_atom[:-1])
    found = np.vstack([found, np.column_stack([chain, chain + 1])])
    crosses = np.append(np.tile(crosses, 4), np.zeros(len(chain), bool))
    found, first = unique_pairs(found, len(site_of_atom))
    return found, crosses[first]


def _most_common(of_home: Ints, earlier: Ints, n: int) -> Ints:
    """Return for each atom the earlier label that most of its homes had (the smallest of equals), or -1."""
    start = np.full(n, -1, np.int64)
    known = earlier >= 0
    if not known.any():
        return start
    pairs, votes = np.unique(np.column_stack([of_home[known], earlier[known]]), axis=0, return_counts=True)
    order = np.lexsort((-pairs[:, 1], votes))
    start[pairs[order, 0]] = pairs[order, 1]
    return start


@dataclass(frozen=True)
class Sides:
    """Atoms told apart by the sides of barriers: ``of_atom`` (a,) the part that each is cut with."""

    atoms: Atoms
    of_atom: Ints


def split_by_barriers(atoms: Atoms, low: int, is_open: bool) -> Sides:
    """Part the atoms of each 组 by barriers; a side of fewer than ``low`` homes joins the nearest side, as one atom.

    Where a 组 lies in pieces with nothing between them, each piece is a side of its own in the same way. ``is_open``
    lets every barrier be crossed: the last resort where the sides alone cannot be cut.
    """
    within = atoms.edges if is_open else atoms.edges[~atoms.crosses]
    side = find_pieces(len(atoms.zu), within)
    homes = np.bincount(side, atoms.homes).astype(np.int64)
    zu_of_side = np.zeros(len(homes), np.int64)
    zu_of_side[side] = atoms.zu
    sides_of_zu = np.bincount(zu_of_side)
    small = np.flatnonzero((homes < low) & (sides_of_zu[zu_of_side] > 1))
    if len(small) == 0:
        return Sides(replace(atoms, edges=within, crosses=np.zeros(len(within), bool)), side)
    group = np.arange(len(homes))
    bridges: list[tuple[int, int]] = []
    for zu in np.unique(zu_of_side[small]):
        bridges += _join_sides(atoms, side, group, np.flatnonzero(zu_of_side == zu), low)
    joined = group[side]
    lumped = (homes < low)[side] & (np.bincount(group, minlength=len(homes)) > 1)[joined]
    crossing = atoms.edges[atoms.crosses]
    ends = side[crossing]
    crossing = crossing[(ends[:, 0] != ends[:, 1]) & lumped[crossing].any(axis=1)]
    edges = np.vstack([within, crossing, np.array(bridges, np.int64).reshape(-1, 2)])
    return _lump(replace(atoms, edges=edges, crosses=np.zeros(len(edges), bool)), np.where(lumped, side, -1), joined)


def _join_sides(atoms: Atoms, side: Ints, group: Ints, sides: Ints, low: int) -> list[tuple[int, int]]:
    """Join the small sides of one 组 in ``group`` until none is left alone; return the bridges over empty ground."""
    bridges: list[tuple[int, int]] = []
    homes = np.bincount(side, atoms.homes)
    while True:
        groups = np.unique(group[sides])
        size = np.array([homes[sides[group[sides] == g]].sum() for g in groups])
        if len(groups) == 1 or size.min() >= low:
            return bridges
        least = groups[int(np.argmin(size))]
        one, two, is_bridge = _nearest_side(atoms, group[side], least, groups)
        if is_bridge:
            bridges.append((one, two))
        group[group == least] = group[side[two]]


def _nearest_side(atoms: Atoms, joined: Ints, least: int, groups: Ints) -> tuple[int, int, bool]:
    """Return the closest atoms between a group and the others, over a barrier if one lies between, else over empty
    ground.
    """
    ends = joined[atoms.edges]
    over = atoms.edges[atoms.crosses & ((ends == least).sum(axis=1) == 1)]
    if len(over):
        pairs = np.where((joined[over[:, 0]] == least)[:, None], over, over[:, ::-1])
    else:
        mine = np.flatnonzero(joined == least)
        others = np.flatnonzero(np.isin(joined, groups) & (joined != least))
        pairs = np.column_stack([np.repeat(mine, len(others)), np.tile(others, len(mine))])
    gap = ((atoms.xy[pairs[:, 0]] - atoms.xy[pairs[:, 1]]) ** 2).sum(axis=1)
    best = np.lexsort((pairs[:, 1], pairs[:, 0], gap))[0]
    return int(pairs[best, 0]), int(pairs[best, 1]), len(over) == 0


def _lump(atoms: Atoms, lump: Ints, joined: Ints) -> Sides:
    """Make one atom of each small side (``lump`` >= 0), at its homes' mean."""
    n = len(lump)
    _, first, name = np.unique(np.where(lump >= 0, n + lump, np.arange(n)), return_index=True, return_inverse=True)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    name = place[name]
    first = np.sort(first)
    homes = np.bincount(name, atoms.homes).astype(np.int64)
    xy = np.column_stack([np.bincount(name, atoms.homes * atoms.xy[:, i]) for i in (0, 1)]) / homes[:, None]
    edges = name[atoms.edges]
    apart = edges[:, 0] != edges[:, 1]
    merged = Atoms(
        of_home=name[atoms.of_home],
        xy=xy,
        homes=homes,
        zu=atoms.zu[first],
        edges=edges[apart],
        crosses=atoms.crosses[apart],
        start=atoms.start[first],
    )
    return Sides(merged, joined[first])
