from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, sparray

from geodata.rules.kernels import Floats, Ints
from geodata.rules.nearest_bottleneck import shorten
from geodata.rules.nearest_hall import short_posts
from geodata.rules.nearest_market import Class, Market, class_rows, open_market
from geodata.rules.nearest_paths import walk_for
from geodata.rules.nearest_pricing import Settled, ask, solve
from geodata.rules.nearest_runners import runner_up
from geodata.rules.nearest_ties import lowest_first
from geodata.rules.nearest_tree import FAR_MM
from geodata.rules.problems import Problem

Aim = Literal["total", "longest"]

MOST_STEPS = 450_000_000
"""Pairs looked at before the search stops with its gap stated: some ten seconds."""


@dataclass(frozen=True)
class Candidates:
    """People who may take posts.

    Parameters
    ----------
    ids
        m distinct ids.
    home_xy
        (m, 2) metres in the county's zone: where each lives.
    eligible
        (m, pools) whether each belongs to each pool (两委, 小组长, compound heads …).
    units
        m ids of the unit, of the posts' level, that each lives in, "" none.
    areas
        m ids of the village (or other ground) that each belongs to; empty where it does not matter.
    """

    ids: Sequence[str]
    home_xy: Floats
    eligible: NDArray[np.bool_]
    units: Sequence[str] = ()
    areas: Sequence[str] = ()


@dataclass(frozen=True)
class Posts:
    """Posts of one level; nobody is given two of them.

    Parameters
    ----------
    ids
        n distinct ids.
    xy
        (n, 2) metres: the middle of the unit, or of its homes.
    pools
        (n,) column of ``Candidates.eligible`` that each post draws on.
    units
        n ids of the unit that each answers for, "" none.
    areas
        n ids of the village that its people must belong to; empty where it does not matter, as for the whole county.
    inside_only
        (n,) whether only people of the unit itself may take it (邻长); empty for none.
    """

    ids: Sequence[str]
    xy: Floats
    pools: Ints
    units: Sequence[str] = ()
    areas: Sequence[str] = ()
    inside_only: Sequence[bool] = ()


@dataclass(frozen=True)
class Choice:
    """One post, who should take it, and who else could.

    ``runner_up`` is whom the post has in the best assignment without this choice, "" nobody; that assignment has
    ``extra_m`` metres more in total, ``extra_outside`` more posts held from outside and ``extra_empty`` more without
    anybody. Metres may be fewer where one of the other two is not 0. None where it was not asked for.
    """

    post: str
    person: str
    distance_m: float
    inside: bool
    runner_up: str | None = None
    extra_m: float | None = None
    extra_outside: int = 0
    extra_empty: int = 0


@dataclass(frozen=True)
class Unfilled:
    """Posts that cannot all be filled: only ``candidates`` people, fewer than posts, may take any of them.

    ``empty`` are those of them that the assignment leaves empty. Where a search was stopped in time, the people may be
    as many as the posts: then nothing is proved of them.
    """

    empty: tuple[str, ...]
    posts: tuple[str, ...]
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Assignment:
    """Who takes which post.

    ``proved`` says that no assignment over all allowed pairs is better; else the total could be ``gap_m`` less at most
    (infinite where the bound tells nothing).
    """

    rows: tuple[Choice, ...]
    total_m: float
    longest_m: float
    proved: bool
    gap_m: float
    unfilled: tuple[Unfilled, ...] = field(default=())


def assign(
    posts: Posts,
    candidates: Candidates,
    aim: Aim = "total",
    distance_m: Floats | sparray | None = None,
    runners_for: Sequence[str] | None = (),
    most_steps: int = MOST_STEPS,
) -> Assignment:
    """Propose who takes which post by where people live: as many posts as can be, from inside first, then the nearest.

    Distances are rounded to the millimetre, and compared without any further rounding. Of equally good assignments
    that one is taken in which the post of lowest id has the person of lowest id, then the next post; the order in
    which posts and people are given does not matter.

    Parameters
    ----------
    posts, candidates
        Straight lines between ``xy`` and ``home_xy`` are the distances, in metres.
    aim
        "total" makes the sum of distances least; "longest" the longest distance, then the sum.
    distance_m
        (n, m) distances in metres instead, by road: an array (not finite: no way), or a sparse one (not stored: no
        way).
    runners_for
        Posts whose runner-up and its cost are wanted, None for all.
    most_steps
        How much work may be done before it stops with the gap stated.

    Raises
    ------
    Problem
        ``nearest.bad_place`` for a place that is not finite, ``nearest.repeated`` for an id given twice,
        ``nearest.too_wide`` for distances too long to be added exactly.
    """
    row_of, col_of = _ranks(posts.ids), _ranks(candidates.ids)
    market = _market(posts, candidates, row_of, col_of, distance_m)
    market, settled = solve(market, FAR_MM, most_steps)
    within = FAR_MM
    if aim == "longest" and settled.proved:
        market, settled, within = shorten(market, settled, most_steps)
    market = _list_tight(market, settled, within)
    if settled.proved:
        lowest_first(*market.sides(settled.price, settled.mate, within))
    wanted = _wanted(posts, row_of, runners_for) if settled.proved else np.zeros(0, np.int64)
    runners = _runners(market, settled, within, wanted)
    names = [posts.ids[i] for i in row_of], [candidates.ids[j] for j in col_of]
    return _told(market, settled, names, runners)


def _ranks(ids: Sequence[str]) -> Ints:
    """Return the rows in the order of their ids."""
    if len(set(ids)) < len(ids):
        raise Problem("nearest.repeated", rows=len(ids) - len(set(ids)))
    return np.array(sorted(range(len(ids)), key=lambda i: ids[i]), np.int64)


def _numbers(first: Sequence[str], second: Sequence[str], n: int, m: int) -> tuple[Ints, Ints]:
    """Number the labels of posts and people alike; -1 and -2 where a label is "" or was not given."""
    known = {label: i for i, label in enumerate(dict.fromkeys([*first, *second]))}
    known.pop("", None)
    mine = np.array([known.get(label, -1) for label in first] or [-1] * n, np.int64)
    theirs = np.array([known.get(label, -2) for label in second] or [-2] * m, np.int64)
    return mine, theirs


def _market(
    posts: Posts, candidates: Candidates, row_of: Ints, col_of: Ints, distance_m: Floats | sparray | None
) -> Market:
    """Put posts and people in the order of their ids, and find out who may take what."""
    n, m = len(row_of), len(col_of)
    xy, home_xy = np.asarray(posts.xy, np.float64).reshape(n, 2), np.asarray(candidates.home_xy, float).reshape(m, 2)
    if distance_m is None and not (np.isfinite(xy).all() and np.isfinite(home_xy).all()):
        raise Problem("nearest.bad_place")
    units = _numbers(posts.units, candidates.units, n, m)
    areas = _numbers(posts.areas, candidates.areas, n, m) if len(posts.areas) else (np.zeros(n, int), np.zeros(m, int))
    only = np.asarray(posts.inside_only or np.zeros(n), bool)
    pools, eligible = np.asarray(posts.pools, np.int64), np.asarray(candidates.eligible, bool)[col_of]
    units, areas = (units[0][row_of], units[1][col_of]), (areas[0][row_of], areas[1][col_of])
    kinds = np.column_stack([pools[row_of], areas[0], np.where(only[row_of], units[0], -3)])
    classes = []
    for rows in class_rows(kinds) if n else []:
        pool, area, unit = kinds[rows[0]]
        may = eligible[:, pool] & (areas[1] == area) & ((unit == -3) | (units[1] == unit))
        if may.any():
            classes.append(Class(rows, np.flatnonzero(may)))
    given = None if distance_m is None else _given(distance_m, row_of, col_of)
    return open_market(xy[row_of], home_xy[col_of], units, classes, given)


def _given(distance_m: Floats | sparray, row_of: Ints, col_of: Ints) -> tuple[Ints, Ints]:
    """Return the pairs of a given matrix, renumbered, and their distance in whole millimetres."""
    if isinstance(distance_m, sparray):
        listed = coo_array(cast(Any, distance_m))
    else:
        dense = np.asarray(distance_m, np.float64)
        there = np.isfinite(dense)
        listed = coo_array((dense[there], np.nonzero(there)), shape=dense.shape)
    row, col = listed.coords
    place, home = np.argsort(row_of), np.argsort(col_of)
    return place[row].astype(np.int64) * len(col_of) + home[col], np.rint(1000.0 * listed.data).astype(np.int64)


def _list_tight(market: Market, settled: Settled, within: int) -> Market:
    """List every pair that is free of cost at the prices, so that ties are seen whole."""
    k, more = 16, True
    while more and settled.proved:
        key, slack, more = ask(market, settled.price, within, k)
        market = market.listing(key[slack <= 0])
        k *= 4
    return market


def _wanted(posts: Posts, row_of: Ints, runners_for: Sequence[str] | None) -> Ints:
    """Return the numbers of the posts whose runner-up is wanted."""
    if runners_for is None:
        return np.arange(len(row_of))
    names = set(runners_for)
    return np.array([i for i, row in enumerate(row_of) if posts.ids[row] in names], np.int64)


def _runners(market: Market, settled: Settled, within: int, wanted: Ints) -> dict[int, tuple[int, int]]:
    """Return the runner-up and its cost in millimetres of each wanted post that is filled.

    In a market that is not listed whole, pairs that could make a runner-up cheaper than found are listed until there
    are none.
    """
    found: dict[int, tuple[int, int]] = {}
    k = 16
    while len(wanted):
        sides = market.sides(settled.price, settled.mate, within)
        walk, idle = walk_for(len(settled.mate[1]), 0), np.zeros(3, np.int64)
        found = {int(i): runner_up(*sides, walk, int(i), idle) for i in wanted if settled.mate[0][i] >= 0}
        dearest = max((cost for _, cost in found.values()), default=0)
        key, slack, _ = ask(market, settled.price, within, k)
        listed = len(market.key)
        market = market.listing(key[slack < dearest])
        k *= 2
        if len(market.key) == listed:
            break
    return found


def _told(
    market: Market, settled: Settled, names: tuple[list[str], list[str]], runners: dict[int, tuple[int, int]]
) -> Assignment:
    """Turn numbers into ids and millimetres into metres."""
    held = np.flatnonzero(settled.mate[0] >= 0)
    people = settled.mate[0][held]
    key = held * len(names[1]) + people
    mm = market.mm[np.searchsorted(market.key, key)]
    inside = market.unit[held] == market.home_unit[people]
    rows = []
    for post, person, far, within in zip(held.tolist(), people.tolist(), mm.tolist(), inside.tolist(), strict=True):
        choice = Choice(names[0][post], names[1][person], far / 1000.0, within)
        rows.append(_with_runner(choice, runners[post], market, names[1]) if post in runners else choice)
    gap = settled.cost_mm - settled.bound_mm
    return Assignment(
        rows=tuple(rows),
        total_m=float(mm.sum()) / 1000.0,
        longest_m=float(mm.max(initial=0)) / 1000.0,
        proved=settled.proved,
        gap_m=gap / 1000.0 if gap < max(1, market.outside_mm or market.empty_mm) else float("inf"),
        unfilled=_unfilled(market, settled, names),
    )


def _with_runner(choice: Choice, runner: tuple[int, int], market: Market, people: list[str]) -> Choice:
    """Add the runner-up; its cost is taken apart again into empty posts, posts held from outside, and metres."""
    person, cost = runner
    empty = (cost + market.empty_mm // 2) // market.empty_mm
    cost -= empty * market.empty_mm
    outside = (cost + market.outside_mm // 2) // market.outside_mm if market.outside_mm else -empty
    metres = (cost - outside * market.outside_mm) / 1000.0
    name = people[person] if person >= 0 else ""
    return Choice(choice.post, choice.person, choice.distance_m, choice.inside, name, metres, outside, empty)


def _unfilled(market: Market, settled: Settled, names: tuple[list[str], list[str]]) -> tuple[Unfilled, ...]:
    """Return why posts stand empty, by id."""
    straight = any(one.tree is not None for one in market.classes) or not market.given
    allowed = [(one.posts, one.people) for one in market.classes]
    if not straight:
        post, person = market.ends(market.key)
        cuts = np.searchsorted(post, np.arange(1, len(names[0])))
        allowed = [(np.array([i]), people) for i, people in enumerate(np.split(person, cuts))]
    told = []
    for posts, people in short_posts(allowed, settled.mate):
        empty = posts[settled.mate[0][posts] < 0]
        ids = [tuple(names[side][i] for i in some) for side, some in ((0, empty), (0, posts), (1, people))]
        told.append(Unfilled(*ids))
    return tuple(told)
