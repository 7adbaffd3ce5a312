from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.rules.kernels import Floats, Ints, compiled

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100}
TOKEN = re.compile(r"\d+|[零〇一二两三四五六七八九十百]+|[^\d零〇一二两三四五六七八九十百]+")
BELOW_GROUND = re.compile(r"^(?:b|-|负|地下)(?=[\d一二三四五六七八九十])")

ROOM_COST, FLOOR_COST, ENTRANCE_COST = 12.0, 4.0, 0.0
"""What it costs to cut a stack inside a floor, between floors and between entrances, in squared homes off the even
run.
"""

KEEP_COST = 30.0
"""What it costs to cut a stack where an earlier draft did not, and saves where it did: earlier runs stay while they
can.
"""


@dataclass(frozen=True)
class StackColumns:
    """Where each home stands in its building: four columns of text of equal length, "" where it is not known."""

    building: NDArray[np.object_]
    entrance: NDArray[np.object_]
    floor: NDArray[np.object_]
    room: NDArray[np.object_]


def chinese_number(text: str) -> int:
    """Read a number written in Chinese, up to 999.

    >>> chinese_number("三"), chinese_number("十"), chinese_number("二十一"), chinese_number("一〇二")
    (3, 10, 21, 102)
    """
    if not any(c in TENS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total, digit = 0, 0
    for c in text:
        if c in TENS:
            total += max(digit, 1) * TENS[c]
            digit = 0
        else:
            digit = DIGITS[c]
    return total + digit


def natural_key(text: str, is_floor: bool = False) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts names of buildings, entrances, floors and rooms as people count them.

    Numbers sort as numbers, in digits or in Chinese; a floor called B1, -1, 负一 or 地下一 lies below the first.

    >>> sorted(["10层", "2层", "B1", "-2"], key=lambda floor: natural_key(floor, is_floor=True))
    ['-2', 'B1', '2层', '10层']
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    sign = 1
    if is_floor and BELOW_GROUND.match(plain):
        sign, plain = -1, BELOW_GROUND.sub("", plain)
    key: list[tuple[int, int, str]] = []
    for token in TOKEN.findall(plain):
        if token.isdecimal():
            key.append((0, sign * int(token), ""))
        elif token[0] in DIGITS or token[0] in TENS:
            key.append((0, sign * chinese_number(token), ""))
        else:
            key.append((1, 0, token))
    return tuple(key)


def _steps(column: NDArray[np.object_], is_floor: bool = False) -> Ints:
    """Return for each text the place of its natural key among all keys of the column; equal keys share a place."""
    texts = np.array(["" if value is None or value != value else str(value) for value in column], dtype=object)
    names, inverse = np.unique(texts, return_inverse=True)
    keys = [natural_key(name, is_floor) for name in names]
    place = {key: i for i, key in enumerate(sorted(set(keys)))}
    return np.array([place[key] for key in keys], dtype=np.int64)[inverse]


def _stack_order(site_of_home: NDArray[np.integer], stack: StackColumns) -> tuple[NDArray[np.intp], list[Ints]]:
    """Return the homes sorted by site and stack order, and the four columns as numbers (room, floor, entrance,
    building).
    """
    steps = [_steps(stack.room), _steps(stack.floor, True), _steps(stack.entrance), _steps(stack.building)]
    return np.lexsort((*steps, site_of_home)), steps


def stack_ranks(
    site_of_home: NDArray[np.integer],
    building: NDArray[np.object_],
    entrance: NDArray[np.object_],
    floor: NDArray[np.object_],
    room: NDArray[np.object_],
) -> NDArray[np.intp]:
    """Tell the place of each home among the homes on its own point, by building, entrance, floor and room.

    Parameters
    ----------
    site_of_home
        (n,) the point each home stands on.
    building, entrance, floor, room
        (n,) texts; None and NaN count as "".

    Returns
    -------
    (n,) 0 for the first home of its point, 1 for the next …; homes told apart by nothing keep their input order.
    """
    order, _ = _stack_order(site_of_home, StackColumns(building, entrance, floor, room))
    return rank_in_order(site_of_home, order)


def rank_in_order(site_of_home: NDArray[np.integer], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return each home's place inside its site, for homes sorted by site in ``order``."""
    n = len(order)
    rank = np.empty(n, np.intp)
    sites = site_of_home[order]
    is_first = np.append(True, sites[1:] != sites[:-1])[:n]
    first = np.maximum.accumulate(np.where(is_first, np.arange(n), 0))
    rank[order] = np.arange(n) - first
    return rank


def stack_places(site_of_home: NDArray[np.integer], stack: StackColumns | None) -> tuple[NDArray[np.intp], Floats]:
    """Return the homes in stack order, and what a cut before each of them costs by where it falls (entrance, floor,
    room).

    Without columns the input order stands for the stack order, and every place costs the same.
    """
    if stack is None:
        return np.argsort(site_of_home, kind="stable"), np.zeros(len(site_of_home))
    order, (_, floor, entrance, building) = _stack_order(site_of_home, stack)
    cost = np.full(len(order), ROOM_COST)
    for steps, at in ((floor, FLOOR_COST), (entrance, ENTRANCE_COST), (building, ENTRANCE_COST)):
        cost[1:][np.diff(steps[order]) != 0] = at
    return order, cost


@compiled
def cut_runs(first: Ints, place_cost: Floats, low: int, high: int, target: float) -> Ints:
    """Cut each stack into runs of ``low`` .. ``high`` homes, as even as the good cut places allow, by dynamic
    programming.

    Parameters
    ----------
    first
        (s + 1,) stack i holds the homes ``first[i] .. first[i + 1] - 1`` in stack order, at least ``low`` of them.
    place_cost
        (n,) cost of a cut before each home, in squared homes.

    Returns
    -------
    (n,) run 0, 1, … of each home inside its stack; one run where the bounds allow no other.
    """
    run = np.zeros(len(place_cost), np.int64)
    for s in range(len(first) - 1):
        a, n = first[s], first[s + 1] - first[s]
        best = np.full(n + 1, np.inf)
        back = np.zeros(n + 1, np.int64)
        best[0] = 0.0
        for end in range(low, n + 1):
            for size in range(low, min(high, end) + 1):
                cost = best[end - size] + (size - target) ** 2
                if end < n:
                    cost += place_cost[a + end]
                if cost < best[end]:
                    best[end], back[end] = cost, size
        end = n if best[n] < np.inf else 0
        while end > 0:
            run[a + end - back[end] : first[s + 1]] += 1
            end -= back[end]
        run[a : first[s + 1]] -= run[a]
    return run
