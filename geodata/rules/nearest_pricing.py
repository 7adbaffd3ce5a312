from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.rules.kernels import Floats, Ints, compiled
from geodata.rules.nearest_auction import auction, auction_everybody, level
from geodata.rules.nearest_market import Market, exact_sum
from geodata.rules.nearest_paths import settle, start, walk_for
from geodata.rules.nearest_tree import FAR_MM, Tree, cheapest, reprice_all

FIRST = 12
"""People listed for each post of a large class at first: with 8 more rounds were needed, with 20 a round was slower."""

FINE_MM = 500
"""Auctions end at steps of half a metre: finer ones cost more than the paths that then remain."""


STEPS_OF_ASKING = 60
"""What one answer of the tree counts for, in pairs looked at: it takes about as long."""


@dataclass(frozen=True)
class Settled:
    """Prices and mates: of posts and of people. ``bound_mm`` is a cost that no assignment can go below.

    ``proved`` says that over all allowed pairs, listed or not, none asks less than both prices: the mates are optimal.
    """

    price: tuple[Ints, Ints]
    mate: tuple[Ints, Ints]
    cost_mm: int
    bound_mm: int
    proved: bool


@compiled
def ask_all(tree: Tree, xy: Floats, unit: Ints, price: Ints, within_mm: int, found: Ints, worths: Ints) -> None:
    """Fill ``found`` and ``worths`` (n, k) with the k cheapest people of a tree for each post, at the given prices."""
    reprice_all(tree, price)
    for post in range(len(xy)):
        cheapest(tree, xy[post, 0], xy[post, 1], unit[post], within_mm, 0, found[post], worths[post])


def ask(market: Market, price: tuple[Ints, Ints], within_mm: int, k: int) -> tuple[Ints, Ints, bool]:
    """Return each post's k cheapest pairs of the large classes: key, cost less prices, and if more may be tight."""
    m = len(market.home_xy)
    keys, slacks, more = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], False
    for one in market.classes:
        if one.tree is None:
            continue
        k_here = min(k, len(one.people))
        found = np.empty((len(one.posts), k_here), np.int64)
        worths = np.empty_like(found)
        ask_all(one.tree, market.xy[one.posts], market.unit[one.posts], price[1], within_mm, found, worths)
        slack = worths + market.outside_mm - price[0][one.posts][:, None]
        there = found >= 0
        keys.append((one.posts[:, None] * m + found)[there])
        slacks.append(slack[there])
        more |= bool((there[:, -1] & (slack[:, -1] <= 0)).any()) and k_here < len(one.people)
    return np.concatenate(keys), np.concatenate(slacks), more


def ask_back(market: Market, price: tuple[Ints, Ints], k: int) -> Ints:
    """Return the pairs that cost less than their prices among the k cheapest of each person of the large classes.

    Posts alone would all name the same few people, those whose price is still too high; people name different posts.
    """
    m = len(market.home_xy)
    keys = [np.zeros(0, np.int64)]
    for one in market.classes:
        if one.back is None:
            continue
        found = np.empty((len(one.people), min(k, len(one.posts))), np.int64)
        worths = np.empty_like(found)
        homes = market.home_xy[one.people], market.home_unit[one.people]
        ask_all(one.back, homes[0], homes[1], price[0], FAR_MM, found, worths)
        slack = worths + market.outside_mm - price[1][one.people][:, None]
        bad = (found >= 0) & (slack < 0)
        keys.append((found * m + one.people[:, None])[bad])
    return np.concatenate(keys)


def first_lists(market: Market, within_mm: int) -> Market:
    """List the nearest people of each post of the large classes."""
    blank = np.zeros(len(market.xy), np.int64), np.zeros(len(market.home_xy), np.int64)
    return market.listing(ask(market, blank, within_mm, FIRST)[0])


def solve(market: Market, within_mm: int, most_steps: int) -> tuple[Market, Settled]:
    """Find the assignment of least cost over all allowed pairs, with its proof.

    The listed pairs are settled by shortest augmenting paths; then every post asks, through the tree, whether anybody
    at all would cost less than the prices say; such pairs are listed and settled in turn, until there are none. Where
    people are scarce the paths grow long: then an auction guesses the prices first.

    Parameters
    ----------
    within_mm
        No pair farther than this is allowed.
    most_steps
        Pairs that may be looked at before the search is stopped; what was best then is returned, with its bound.
    """
    market = first_lists(market, within_mm)
    n, m = len(market.xy), len(market.home_xy)
    price = np.zeros(n, np.int64), np.zeros(m, np.int64)
    mate = np.full(n, -1, np.int64), np.full(m, -1, np.int64)
    tree = sole_tree(market) if within_mm >= FAR_MM else None
    few = 8 * len(market.key) if tree is not None else most_steps
    used, over = run_paths(market, price, mate, within_mm, few)
    if over and tree is not None:
        market, more = guess(market, tree, price, mate)
        used += more
        used += run_paths(market, price, mate, within_mm, most_steps)[0]
    best: Settled | None = None
    while True:
        key, slack, _ = ask(market, price, within_mm, 16)
        best = judge(market, price, mate, (key, slack), best)
        if best.proved or used > most_steps:
            return market, best
        worst = -int(slack.min())
        used += STEPS_OF_ASKING * len(key)
        new = key[slack <= 0]
        if tree is not None and len(new) > n:
            new = np.concatenate([new, ask_back(market, price, 16)])
        market = market.listing(new)
        free = make_room(market, price, mate, key[slack < 0])
        if tree is not None and free > n // 8:
            used += auctions(market, price, mate, max(FINE_MM, worst // 8))
        used += run_paths(market, price, mate, within_mm, most_steps - used)[0]


def sole_tree(market: Market) -> Tree | None:
    """Return the tree of people where all posts share it and nothing but distance counts, else None."""
    if len(market.classes) == 1 and market.outside_mm == 0 and len(market.xy) <= len(market.classes[0].people):
        return market.classes[0].tree
    return None


def run_paths(
    market: Market, price: tuple[Ints, Ints], mate: tuple[Ints, Ints], within_mm: int, most_steps: int
) -> tuple[int, bool]:
    """Settle both sides over the listed pairs; return the steps taken and whether that was stopped."""
    posts, people = market.sides(price, mate, within_mm)
    start(posts, people)
    there, back = walk_for(len(people.mate), most_steps), walk_for(len(posts.mate), most_steps)
    whole = settle(posts, people, there) and settle(people, posts, back)
    return int(there.steps[0] + back.steps[0]), not whole


def guess(market: Market, tree: Tree, price: tuple[Ints, Ints], mate: tuple[Ints, Ints]) -> tuple[Market, int]:
    """Guess prices by auctions, coarse ones among everybody, then finer ones over the pairs that these have shown.

    Returns the market with those pairs listed, and the steps taken.
    """
    n, m = len(market.xy), len(market.home_xy)
    step = int(1000.0 * np.hypot(*np.ptp(market.home_xy, axis=0))) // 24 + 1
    price[1][:] = 0
    auction_everybody(tree, market.xy, price[1], mate[0], step)
    market = market.listing(np.arange(n) * m + mate[0])
    market = market.listing(ask(market, price, FAR_MM, FIRST)[0])
    return market, auctions(market, price, mate, step)


def auctions(market: Market, price: tuple[Ints, Ints], mate: tuple[Ints, Ints], step: int) -> int:
    """Run auctions of ever finer steps over the listed pairs; prices stay, mates are forgotten. Returns the work."""
    bids = 0
    posts, people = market.sides(price, mate, FAR_MM)
    while step >= FINE_MM:
        bids += auction(posts, people, step, 100 * len(posts.mate))
        step //= 6
    level(people)
    posts.mate[:] = -1
    return bids * (len(market.key) // len(posts.mate) + 1)


def make_room(market: Market, price: tuple[Ints, Ints], mate: tuple[Ints, Ints], key: Ints) -> int:
    """Lower the price of posts that a new pair undercuts, and free them; return how many posts are free."""
    post, person = market.ends(key)
    np.minimum.at(price[0], post, market.costs(key, market.between(key)) - price[1][person])
    held = post[mate[0][post] >= 0]
    mate[1][mate[0][held]] = -1
    mate[0][held] = -1
    return int((mate[0] < 0).sum())


def judge(
    market: Market, price: tuple[Ints, Ints], mate: tuple[Ints, Ints], asked: tuple[Ints, Ints], best: Settled | None
) -> Settled:
    """Return the best assignment so far with the best bound so far; proved where no pair undercuts the prices."""
    key, slack = asked
    fair = price[0].copy()
    np.minimum.at(fair, key // len(market.home_xy), price[0][key // len(market.home_xy)] + slack)
    bound = exact_sum(fair) + exact_sum(price[1])
    held = np.flatnonzero(mate[0] >= 0)
    pairs = held * len(market.home_xy) + mate[0][held]
    cost = exact_sum(market.costs(pairs, market.mm[np.searchsorted(market.key, pairs)]))
    cost += market.empty_mm * (len(mate[0]) - len(held))
    if best is not None:
        bound = max(bound, best.bound_mm)
        if best.cost_mm <= cost and cost != bound:
            return Settled(best.price, best.mate, best.cost_mm, bound, best.cost_mm == bound)
    copies = (price[0].copy(), price[1].copy()), (mate[0].copy(), mate[1].copy())
    return Settled(*copies, cost, bound, cost == bound)
