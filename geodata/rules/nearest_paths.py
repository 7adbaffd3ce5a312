from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.rules.kernels import Ints, compiled, inner
from geodata.rules.nearest_tree import FAR_MM


class Side(NamedTuple):
    """One side of a market, posts or people: whom each may take and at what cost, its price, and its mate.

    Parameters
    ----------
    indptr, indices, cost
        The pairs of each, as compressed rows; cost in millimetres, with what is lost besides counted in.
    price
        (n,) price of each: never above ``limit``, and the prices of a pair never above its cost.
    mate
        (n,) index on the other side, -1 none. The prices of mates add up to their cost exactly.
    limit
        (1,) what it costs to leave one without a mate.
    """

    indptr: Ints
    indices: Ints
    cost: Ints
    price: Ints
    mate: Ints
    limit: Ints


class Walk(NamedTuple):
    """Scratch space of the search for one path: by member of the other side, and the counts of work.

    ``steps`` holds the pairs looked at and the most allowed.
    """

    reach: Ints
    came: Ints
    spot: Ints
    heap: Ints
    done: Ints
    steps: Ints


def walk_for(count: int, most_steps: int) -> Walk:
    """Return scratch space for a side whose opposite has ``count`` members."""
    return Walk(
        np.full(count, FAR_MM, np.int64),
        np.full(count, -1, np.int64),
        np.full(count, -1, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.array([0, most_steps], np.int64),
    )


@inner
def rise(walk: Walk, at: int) -> None:
    """Move a heap's entry up to its place."""
    node = walk.heap[at]
    key = walk.reach[node]
    while at > 0:
        above = (at - 1) // 2
        other = walk.heap[above]
        if walk.reach[other] < key or (walk.reach[other] == key and other < node):
            break
        walk.heap[at] = other
        walk.spot[other] = at
        at = above
    walk.heap[at] = node
    walk.spot[node] = at


@inner
def sink(walk: Walk, size: int) -> None:
    """Move a heap's first entry down to its place."""
    node = walk.heap[0]
    key = walk.reach[node]
    at = 0
    while 2 * at + 1 < size:
        below = 2 * at + 1
        other = walk.heap[below]
        if below + 1 < size:
            right = walk.heap[below + 1]
            if walk.reach[right] < walk.reach[other] or (walk.reach[right] == walk.reach[other] and right < other):
                below, other = below + 1, right
        if key < walk.reach[other] or (key == walk.reach[other] and node < other):
            break
        walk.heap[at] = other
        walk.spot[other] = at
        at = below
    walk.heap[at] = node
    walk.spot[node] = at


@inner
def pop(walk: Walk, size: int) -> int:
    """Take the nearest entry off the heap."""
    node = walk.heap[0]
    last = walk.heap[size - 1]
    walk.heap[0] = last
    walk.spot[last] = 0
    if size > 1:
        sink(walk, size - 1)
    walk.spot[node] = -2
    return int(node)


@inner
def scan(side: Side, other: Side, walk: Walk, row: int, far: int, best: int, size: int) -> tuple[int, int, int]:
    """Look at the pairs of one member reached at distance ``far``; return the best end, who it is, the heap's size."""
    end = -1
    base = far - side.price[row]
    for e in range(side.indptr[row], side.indptr[row + 1]):
        col = side.indices[e]
        reach = base + side.cost[e] - other.price[col]
        if reach >= best or reach >= walk.reach[col]:
            continue
        if walk.spot[col] == -1:
            walk.heap[size] = col
            walk.spot[col] = size
            size += 1
        walk.reach[col] = reach
        walk.came[col] = row
        rise(walk, walk.spot[col])
        if other.mate[col] < 0:
            best, end = reach, col
    walk.steps[0] += side.indptr[row + 1] - side.indptr[row]
    return best, end, size


@inner
def tidy(walk: Walk, size: int, done: int) -> None:
    """Leave the scratch space as it was found."""
    for k in range(size):
        walk.reach[walk.heap[k]] = FAR_MM
        walk.spot[walk.heap[k]] = -1
    for k in range(done):
        walk.reach[walk.done[k]] = FAR_MM
        walk.spot[walk.done[k]] = -1


@inner
def augment(side: Side, other: Side, walk: Walk, root: int) -> None:
    """Give ``root`` a mate along the cheapest path of exchanges, or leave it, or another, without one.

    Dijkstra over reduced costs (cost less both prices, never below 0), as Jonker and Volgenant, "A shortest augmenting
    path algorithm for dense and sparse linear assignment problems", Computing 38 (1987); prices then move so that all
    conditions stay true and the path is free of cost.
    """
    best = side.limit[0] - side.price[root]
    end_row, end_col = root, -1
    row, far = root, 0
    size, done = 0, 0
    while True:
        best, end, size = scan(side, other, walk, row, far, best, size)
        if end >= 0:
            end_row, end_col = -1, end
        if size == 0 or walk.reach[walk.heap[0]] >= best:
            break
        col = pop(walk, size)
        size -= 1
        walk.done[done] = col
        done += 1
        row, far = other.mate[col], walk.reach[col]
        if far + side.limit[0] - side.price[row] < best:
            best = far + side.limit[0] - side.price[row]
            end_row, end_col = row, -1
    side.price[root] += best
    for k in range(done):
        col = walk.done[k]
        other.price[col] -= best - walk.reach[col]
        side.price[other.mate[col]] += best - walk.reach[col]
    flip(side, other, walk, root, end_row, end_col)
    tidy(walk, size, done)


@inner
def flip(side: Side, other: Side, walk: Walk, root: int, end_row: int, end_col: int) -> None:
    """Exchange mates along the path that was found."""
    col = end_col
    if end_row >= 0:
        if end_row == root:
            return
        col = side.mate[end_row]
        side.mate[end_row] = -1
    while True:
        row = walk.came[col]
        given = side.mate[row]
        side.mate[row] = col
        other.mate[col] = row
        if row == root:
            return
        col = given


@compiled
def start(posts: Side, people: Side) -> None:
    """Let each post's price be what its cheapest person asks; it takes that person if nobody has."""
    for post in range(len(posts.mate)):
        if posts.mate[post] >= 0:
            continue
        least, who = posts.limit[0], -1
        for e in range(posts.indptr[post], posts.indptr[post + 1]):
            person = posts.indices[e]
            ask = posts.cost[e] - people.price[person]
            if ask < least or (ask == least and who >= 0 and people.mate[who] >= 0 and people.mate[person] < 0):
                least, who = ask, person
        posts.price[post] = least
        if who >= 0 and people.mate[who] < 0:
            posts.mate[post] = who
            people.mate[who] = post


@compiled
def settle(side: Side, other: Side, walk: Walk) -> bool:
    """Give a mate to all of a side that have none though their price is below the limit; False if stopped by work."""
    for root in range(len(side.mate)):
        if side.mate[root] < 0 and side.price[root] < side.limit[0]:
            if walk.steps[0] > walk.steps[1]:
                return False
            augment(side, other, walk, root)
    return True
