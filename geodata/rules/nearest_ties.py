from __future__ import annotations

import numpy as np

from geodata.rules.kernels import Ints, compiled, inner
from geodata.rules.nearest_paths import Side
from geodata.rules.nearest_tree import FAR_MM


@inner
def visit(mark: Ints, came: Ints, queue: Ints, node: int, by: int, tail: int, stamp: int) -> int:
    """Put a post (or the idle, the last number) into the queue, once; return the queue's new end."""
    if mark[node] == stamp:
        return tail
    mark[node] = stamp
    came[node] = by
    queue[tail] = node
    return tail + 1


@inner
def spread_idle(posts: Side, people: Side, first: int, work: Ints, tail: int, stamp: int) -> int:
    """Reach, from the idle, all later posts whose person could as well be idle, and those that stand empty."""
    n = len(posts.mate)
    for post in range(first, n):
        if posts.mate[post] < 0 or people.price[posts.mate[post]] == 0:
            tail = visit(work[0], work[1], work[2], post, n, tail, stamp)
    return tail


@inner
def spread_post(posts: Side, people: Side, first: int, node: int, work: Ints, tail: int, stamp: int) -> int:
    """Reach, from a post that lost its person, the holders of all others that it could have at the same cost."""
    n = len(posts.mate)
    for e in range(posts.indptr[node], posts.indptr[node + 1]):
        person = posts.indices[e]
        if posts.cost[e] != posts.price[node] + people.price[person]:
            continue
        holder = people.mate[person] if people.mate[person] >= 0 else n
        if holder >= first:
            tail = visit(work[0], work[1], work[2], holder, node, tail, stamp)
    if posts.price[node] == posts.limit[0]:
        tail = visit(work[0], work[1], work[2], n, node, tail, stamp)
    return tail


@inner
def ring(posts: Side, people: Side, post: int, holder: int, work: Ints, stamp: int) -> bool:
    """Look for exchanges without cost that lead from the holder of a person to ``post``, touching no earlier post."""
    n = len(posts.mate)
    tail = visit(work[0], work[1], work[2], holder, -1, 0, stamp)
    head = 0
    while head < tail:
        node = work[2, head]
        head += 1
        if node == post:
            return True
        if node == n:
            tail = spread_idle(posts, people, post, work, tail, stamp)
        else:
            tail = spread_post(posts, people, post, node, work, tail, stamp)
    return False


@inner
def exchange(posts: Side, people: Side, post: int, person: int, work: Ints) -> None:
    """Hand persons along the ring that was found: each post takes the person of the next, ``post`` takes ``person``."""
    n = len(posts.mate)
    node, gained = post, posts.mate[post]
    while True:
        before = work[1, node]
        if before == -1:
            break
        lost = posts.mate[before] if before < n else -1
        if before < n:
            posts.mate[before] = gained
        if gained >= 0:
            people.mate[gained] = before if before < n else -1
        node, gained = before, lost if before < n else gained_of_idle(posts, people, work, before)
    posts.mate[post] = person
    people.mate[person] = post


@inner
def gained_of_idle(posts: Side, people: Side, work: Ints, idle: int) -> int:
    """Return whom the post before the idle in a ring takes: an idle person at no cost, or -1 to stand empty."""
    before = work[1, idle]
    if before < 0:
        return -1
    for e in range(posts.indptr[before], posts.indptr[before + 1]):
        person = posts.indices[e]
        if people.mate[person] < 0 and posts.cost[e] == posts.price[before] + people.price[person]:
            return int(person)
    return -1


@compiled
def lowest_first(posts: Side, people: Side) -> None:
    """Among all assignments of least cost choose the one that gives each post in turn the lowest person it can have.

    Of two best assignments that one is taken where the first post that differs has the lower person; a person comes
    before none. So the answer hangs on ids alone and not on the order in which anything was found. All pairs that are
    free of cost at the prices must be listed.
    """
    n = len(posts.mate)
    work = np.zeros((3, n + 1), np.int64)
    stamp = 0
    for post in range(n):
        mate = posts.mate[post] if posts.mate[post] >= 0 else FAR_MM
        for e in range(posts.indptr[post], posts.indptr[post + 1]):
            person = posts.indices[e]
            if person >= mate:
                break
            holder = people.mate[person] if people.mate[person] >= 0 else n
            if posts.cost[e] != posts.price[post] + people.price[person] or holder < post:
                continue
            stamp += 1
            if ring(posts, people, post, holder, work, stamp):
                exchange(posts, people, post, person, work)
                break
