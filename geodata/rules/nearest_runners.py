from __future__ import annotations

from geodata.rules.kernels import Ints, compiled, inner
from geodata.rules.nearest_paths import Side, Walk, pop, rise, tidy
from geodata.rules.nearest_tree import FAR_MM

IDLE = -2
"""Came from the idle: the person is let go, and someone idle is taken in their place."""


@inner
def relax(walk: Walk, col: int, reach: int, by: int, size: int) -> int:
    """Note that a person can be had at ``reach``, from the post ``by``; return the heap's size."""
    if reach >= walk.reach[col]:
        return size
    if walk.spot[col] == -1:
        walk.heap[size] = col
        walk.spot[col] = size
        size += 1
    walk.reach[col] = reach
    walk.came[col] = by
    rise(walk, walk.spot[col])
    return size


@inner
def leave(posts: Side, people: Side, walk: Walk, row: int, far: int, root: int, idle: Ints, size: int) -> int:
    """Let a post reached at ``far`` take anybody else, or nobody; ``idle`` keeps the cheapest way to take someone idle.

    ``idle`` holds the reach, the post, and the person (-1 to stand empty).
    """
    if far + posts.limit[0] - posts.price[row] < idle[0]:
        idle[0], idle[1], idle[2] = far + posts.limit[0] - posts.price[row], row, -1
    for e in range(posts.indptr[row], posts.indptr[row + 1]):
        col = posts.indices[e]
        if row == root and col == posts.mate[root]:
            continue
        reach = far + posts.cost[e] - posts.price[row] - people.price[col]
        if people.mate[col] >= 0:
            size = relax(walk, col, reach, row, size)
        elif reach < idle[0]:
            idle[0], idle[1], idle[2] = reach, row, col
    return size


@inner
def from_idle(posts: Side, people: Side, walk: Walk, far: int, idle: Ints, size: int) -> int:
    """Make good for one who is no longer idle: let any person go, or fill an empty post."""
    for post in range(len(posts.mate)):
        col = posts.mate[post]
        if col >= 0:
            if walk.spot[col] != -2:
                size = relax(walk, col, far - people.price[col], IDLE, size)
        else:
            size = leave(posts, people, walk, post, far, -1, idle, size)
    return size


@inner
def first_taken(posts: Side, walk: Walk, root: int, idle: Ints) -> int:
    """Return whom ``root`` takes on the path back from its own person, -1 nobody."""
    col = posts.mate[root]
    while True:
        row = walk.came[col]
        if row == IDLE or posts.mate[row] < 0:
            row = idle[1]
            if row == root:
                return int(idle[2])
        elif row == root:
            return int(col)
        col = posts.mate[row]


@compiled
def runner_up(posts: Side, people: Side, walk: Walk, root: int, idle: Ints) -> tuple[int, int]:
    """Return whom a post would have if its own person were barred from it, -1 nobody, and what all that would cost.

    The cheapest way to do without one pair of an optimal assignment is one ring of exchanges through that pair: the
    shortest path from the post back to its person over reduced costs, on which someone idle may come in and another go.
    Its length is the optimum without the pair less the optimum, exactly.
    """
    goal = posts.mate[root]
    idle[0] = FAR_MM
    spent = False
    size, done = leave(posts, people, walk, root, 0, root, idle, 0), 0
    while walk.spot[goal] != -2:
        near = walk.reach[walk.heap[0]] if size > 0 else FAR_MM
        if not spent and idle[0] <= near:
            spent = True
            far, post, person = idle[0], idle[1], idle[2]
            size = from_idle(posts, people, walk, far, idle, size)
            idle[0], idle[1], idle[2] = far, post, person
            continue
        col = pop(walk, size)
        size -= 1
        walk.done[done] = col
        done += 1
        if col != goal:
            reach = FAR_MM if not spent else idle[0]
            post, person = idle[1], idle[2]
            size = leave(posts, people, walk, people.mate[col], walk.reach[col], root, idle, size)
            if spent:
                idle[0], idle[1], idle[2] = reach, post, person
    cost = walk.reach[goal]
    taken = first_taken(posts, walk, root, idle)
    tidy(walk, size, done)
    return taken, int(cost)
