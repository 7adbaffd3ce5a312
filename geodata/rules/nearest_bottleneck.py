from __future__ import annotations

import numpy as np

from geodata.rules.nearest_market import Market
from geodata.rules.nearest_pricing import Settled, solve
from geodata.rules.nearest_tree import FAR_MM


def shorten(market: Market, least: Settled, most_steps: int) -> tuple[Market, Settled, int]:
    """Make the longest distance as short as can be, then the total least, without an empty post or an outsider more.

    Whether the longest can be at most some millimetres is told by the best assignment over the pairs within them; the
    least such number is found by halving, after a first try of the distance that the loneliest post needs in any case.

    Parameters
    ----------
    least
        The assignment of least cost over all pairs.

    Returns
    -------
    The market, the assignment, and the longest distance in millimetres.
    """
    best, high = least, _longest(market, least)
    low = _loneliest(market, least)
    middle = low
    while low < high:
        market, tried = solve(market, middle, most_steps)
        if not tried.proved:
            return market, Settled(best.price, best.mate, best.cost_mm, best.bound_mm, False), high
        if _ranks(market, tried) > _ranks(market, least):
            low = middle + 1
        else:
            best, high = tried, _longest(market, tried)
        middle = (low + high) // 2
    if best is least:
        market, best = solve(market, high, most_steps)
    return market, best, high


def _loneliest(market: Market, settled: Settled) -> int:
    """Return what the longest distance must be at least: the nearest person of each post is listed."""
    if (settled.mate[0] < 0).any() or not len(market.key):
        return 0
    nearest = np.full(len(market.xy), FAR_MM, np.int64)
    np.minimum.at(nearest, market.key // len(market.home_xy), market.mm)
    return int(nearest.max())


def _longest(market: Market, settled: Settled) -> int:
    """Return the longest distance, in millimetres."""
    held = np.flatnonzero(settled.mate[0] >= 0)
    key = held * len(market.home_xy) + settled.mate[0][held]
    return int(market.mm[np.searchsorted(market.key, key)].max(initial=0))


def _ranks(market: Market, settled: Settled) -> tuple[int, int]:
    """Return how many posts stand empty, and how many are held from outside."""
    held = np.flatnonzero(settled.mate[0] >= 0)
    outside = market.unit[held] != market.home_unit[settled.mate[0][held]]
    return len(settled.mate[0]) - len(held), int(outside.sum()) if market.outside_mm else 0
