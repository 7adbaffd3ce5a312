from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geodata.rules.kernels import Floats, Ints, compiled
from geodata.rules.nearest_paths import Side
from geodata.rules.nearest_tree import FAR_MM, Tree, grow_tree, millimetres
from geodata.rules.problems import Problem

MOST_LISTED = 4_000_000
"""Pairs that are listed from the start at most (some 100 MB); classes beyond are priced."""

MOST_MM = 8 * 10**17
"""No cost may pass this: sums of a few costs and prices are then exact in whole numbers of 64 bits."""


@dataclass(frozen=True)
class Class:
    """Posts that the same people may take; ``tree`` finds people not listed pair by pair, None if all are listed.

    ``back`` finds posts for people.
    """

    posts: Ints
    people: Ints
    tree: Tree | None = None
    back: Tree | None = None


@dataclass(frozen=True)
class Market:
    """Posts and people by number, in the order of their ids, and what each pair costs.

    Cost of a pair, in millimetres: its distance, and ``outside_mm`` more where the person does not live in the post's
    unit; a post without a person costs ``empty_mm``. ``outside_mm`` is above twice any sum of distances and
    ``empty_mm`` above twice any sum of both, in whole numbers that are added and compared without rounding: so filled
    posts come first, then posts held from inside, then metres, with no weight to choose; and a difference of costs can
    be taken apart again.

    Parameters
    ----------
    xy, home_xy
        (n, 2), (m, 2) metres.
    unit, home_unit
        (n,), (m,) number of the unit, -1 none (a post's -1 and a home's -2 are never alike).
    classes
        Who may take what.
    key, mm
        The listed pairs as ``post * m + person``, sorted, and their distance in millimetres.
    given
        Whether these pairs were given, so that all others are not allowed.
    """

    xy: Floats
    home_xy: Floats
    unit: Ints
    home_unit: Ints
    classes: list[Class]
    outside_mm: int
    empty_mm: int
    key: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    mm: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    given: bool = False

    def ends(self, key: Ints) -> tuple[Ints, Ints]:
        """Return posts and people of pairs; dividing once is far quicker than numpy's divmod."""
        post = key // len(self.home_xy)
        return post, key - post * len(self.home_xy)

    def costs(self, key: Ints, mm: Ints) -> Ints:
        """Return the cost of pairs from their distance."""
        if self.outside_mm == 0:
            return mm
        post, person = self.ends(key)
        costs: Ints = mm + self.outside_mm * (self.unit[post] != self.home_unit[person])
        return costs

    def listing(self, key: Ints) -> Market:
        """Return the market with more pairs listed; their distance is the straight line."""
        new = np.sort(key)  # numpy's own set functions hash: twenty times as slow on millions of whole numbers
        new = new[np.append(True, new[1:] != new[:-1])[: len(new)]]
        at = np.searchsorted(self.key, new)
        known = np.append(self.key, -1)[at] == new
        new, at = new[~known], at[~known]
        return replace(self, key=np.insert(self.key, at, new), mm=np.insert(self.mm, at, self.between(new)))

    def between(self, key: Ints) -> Ints:
        """Return the straight distance of pairs in whole millimetres."""
        return distances(self.xy, self.home_xy, key)

    def sides(self, price: tuple[Ints, Ints], mate: tuple[Ints, Ints], within_mm: int) -> tuple[Side, Side]:
        """Return both sides over the listed pairs that are no farther than ``within_mm``."""
        n, m = len(self.xy), len(self.home_xy)
        key, mm = self.key, self.mm
        if within_mm < FAR_MM:
            near = mm <= within_mm
            key, mm = key[near], mm[near]
        cost = self.costs(key, mm)
        post, person = self.ends(key)
        first = starts(person, m)
        turned = turn(person, first[:-1].copy())
        posts = Side(starts(post, n), person, cost, price[0], mate[0], np.array([self.empty_mm], np.int64))
        people = Side(first, post[turned], cost[turned], price[1], mate[1], np.zeros(1, np.int64))
        return posts, people


def exact_sum(values: Ints) -> int:
    """Return a sum that 64 bits might not hold."""
    return (int((values >> 30).sum()) << 30) + int((values & ((1 << 30) - 1)).sum())


@compiled
def distances(xy: Floats, home_xy: Floats, key: Ints) -> Ints:
    """Return the straight distance of pairs in whole millimetres."""
    found = np.empty(len(key), np.int64)
    for e in range(len(key)):
        post = key[e] // len(home_xy)
        person = key[e] - post * len(home_xy)
        found[e] = millimetres(xy[post, 0], xy[post, 1], home_xy[person, 0], home_xy[person, 1])
    return found


@compiled
def turn(columns: Ints, free: Ints) -> Ints:
    """Return the entries of a compressed matrix in the order of their columns; ``free`` is where each column begins."""
    turned = np.empty(len(columns), np.int64)
    for e in range(len(columns)):
        turned[free[columns[e]]] = e
        free[columns[e]] += 1
    return turned


def starts(rows: Ints, count: int) -> Ints:
    """Return where each row of a compressed matrix begins."""
    return np.append(0, np.cumsum(np.bincount(rows, minlength=count))).astype(np.int64)


def open_market(
    xy: Floats, home_xy: Floats, units: tuple[Ints, Ints], classes: list[Class], given: tuple[Ints, Ints] | None
) -> Market:
    """List the pairs that are few, and grow a tree of the people for each class that is large.

    ``given`` holds key and millimetres of pairs whose distance is known (by road); no others may then be taken.

    Raises
    ------
    Problem
        ``nearest.too_wide`` where distances are so long, or posts so many, that whole numbers would not hold their sum.
    """
    n, m = len(xy), len(home_xy)
    if given is not None:
        longest = int(given[1].max(initial=0))
    else:
        both = np.vstack([xy, home_xy, np.zeros((0, 2))])
        longest = int(1000.0 * np.hypot(*np.ptp(both, axis=0))) + 2 if len(both) else 0
    some_inside = bool(np.isin(units[0], units[1]).any())
    outside = 2 * n * (longest + 1) + 1 if some_inside else 0
    empty = 2 * n * (outside + longest + 1) + 1
    if empty > MOST_MM:
        raise Problem("nearest.too_wide", posts=n, longest_m=longest // 1000)
    market = Market(xy, home_xy, units[0], units[1], classes, outside, empty)
    if given is not None:
        allowed = np.isin(given[0], listed_pairs(classes, m))
        order = np.argsort(given[0][allowed], kind="stable")
        return replace(market, key=given[0][allowed][order], mm=given[1][allowed][order], given=True)
    return list_pairs(market)


def listed_pairs(classes: list[Class], m: int) -> Ints:
    """Return the keys of all pairs of some classes."""
    keys = [(c.posts[:, None] * m + c.people[None, :]).ravel() for c in classes]
    return np.concatenate([np.zeros(0, np.int64), *keys])


def list_pairs(market: Market) -> Market:
    """List all pairs of small classes, and of the others those that live in the post's unit; grow the others' trees."""
    room = MOST_LISTED
    small, large = [], []
    for one in sorted(market.classes, key=lambda c: len(c.posts) * len(c.people)):
        room -= len(one.posts) * len(one.people)
        if room >= 0:
            small.append(one)
        else:
            tree = grow_tree(one.people, market.home_xy, market.home_unit)
            back = grow_tree(one.posts, market.xy, market.unit)
            large.append(Class(one.posts, one.people, tree, back))
    keys = listed_pairs(small, len(market.home_xy))
    inside = [inside_pairs(market, one) for one in large]
    return replace(market, classes=[*small, *large]).listing(np.concatenate([keys, *inside]))


def inside_pairs(market: Market, one: Class) -> Ints:
    """Return the pairs of a class whose person lives in the post's unit."""
    people = one.people[np.argsort(market.home_unit[one.people], kind="stable")]
    homes = market.home_unit[people]
    low = np.searchsorted(homes, market.unit[one.posts], "left")
    count = np.searchsorted(homes, market.unit[one.posts], "right") - low
    at = np.arange(count.sum()) + np.repeat(low - np.append(0, np.cumsum(count))[:-1], count)
    keys: Ints = np.repeat(one.posts, count) * len(market.home_xy) + people[at]
    return keys


def class_rows(labels: NDArray[np.int64]) -> list[Ints]:
    """Return the rows of each distinct label row, by label."""
    _, number = np.unique(labels, axis=0, return_inverse=True)
    order = np.argsort(number.ravel(), kind="stable")
    return np.split(order, np.cumsum(np.bincount(number.ravel()))[:-1])
