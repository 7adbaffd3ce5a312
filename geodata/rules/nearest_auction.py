from __future__ import annotations

import numpy as np

from geodata.rules.kernels import Floats, Ints, compiled, inner
from geodata.rules.nearest_paths import Side
from geodata.rules.nearest_tree import FAR_MM, Tree, cheapest, reprice, reprice_all

IDLE = -2
"""The mate of a person who is counted as idle while people are auctioned."""


@inner
def two_best(posts: Side, price: Ints, post: int) -> tuple[int, int, int]:
    """Return a post's cheapest person, what they ask, and what the next one asks."""
    who, best, second = -1, FAR_MM, FAR_MM
    for e in range(posts.indptr[post], posts.indptr[post + 1]):
        ask = posts.cost[e] - price[posts.indices[e]]
        if ask < best:
            who, best, second = posts.indices[e], ask, best
        elif ask < second:
            second = ask
    return who, best, second


@inner
def bid_idle(people: Side, step: int) -> int:
    """Let one more person be idle: who has the highest price of those who are not, and it falls below the next's.

    Returns the post that lost this person, or -1.
    """
    who, best, second = -1, -FAR_MM, -FAR_MM
    for person in range(len(people.mate)):
        price = people.price[person]
        if price > second and people.mate[person] != IDLE:
            if price > best:
                who, best, second = person, price, best
            else:
                second = price
    if second > -FAR_MM:
        people.price[who] = second - step
    given = people.mate[who]
    people.mate[who] = IDLE
    return int(given)


@compiled
def auction(posts: Side, people: Side, step: int, most_bids: int) -> int:
    """Let posts bid until each has a person within ``step`` millimetres of the best that it could have; return bids.

    Bertsekas, "The auction algorithm: a distributed relaxation method for the assignment problem", Annals of
    Operations Research 14 (1988), one bid at a time. Who is left over bids as well, as one post of many places to
    which all are equally near; so the prices of people nobody needs stay alike, as at the optimum. Afterwards the
    prices are a good first guess of the true ones; the mates are not kept.
    """
    posts.mate[:] = -1
    people.mate[:] = -1
    waiting = np.arange(len(posts.mate))
    size = len(waiting)
    for _ in range(len(people.mate) - len(posts.mate)):
        bid_idle(people, step)
    bids = 0
    while size > 0 and bids < most_bids:
        bids += 1
        size -= 1
        post = waiting[size]
        who, best, second = two_best(posts, people.price, post)
        if best >= posts.limit[0]:
            continue
        people.price[who] -= min(second, posts.limit[0]) - best + step
        given = people.mate[who]
        people.mate[who] = post
        posts.mate[post] = who
        if given == IDLE:
            given = bid_idle(people, step)
        if given >= 0:
            waiting[size] = given
            size += 1
    return bids


@compiled
def level(people: Side) -> None:
    """Lift all prices alike until idle people ask nothing, forget all mates."""
    highest = -FAR_MM
    for person in range(len(people.mate)):
        if people.mate[person] < 0:
            highest = max(highest, people.price[person])
    lowest = highest
    for person in range(len(people.mate)):
        if people.mate[person] < 0:
            lowest = min(lowest, people.price[person])
    for person in range(len(people.mate)):
        people.price[person] = min(np.int64(0), people.price[person] - lowest)
        people.mate[person] = -1


@compiled
def auction_everybody(tree: Tree, xy: Floats, price: Ints, mate: Ints, step: int) -> None:
    """Auction all people of a tree among posts at ``xy``, no more than people, in steps of ``step`` millimetres.

    Each post finds its two cheapest people in the tree, so that nobody need be listed before. Coarse steps are quick
    and leave each post somebody, within about two steps of the best; ``mate`` (n,) and ``price`` tell whom.
    """
    reprice_all(tree, price)
    found, worths = np.empty(2, np.int64), np.empty(2, np.int64)
    owner = np.full(len(price), -1, np.int64)
    waiting = np.arange(len(xy))
    size = len(waiting)
    while size > 0:
        size -= 1
        post = waiting[size]
        cheapest(tree, xy[post, 0], xy[post, 1], -1, FAR_MM, step // 2, found, worths)
        who = found[0]
        price[who] -= (worths[1] - worths[0] if found[1] >= 0 else 0) + step
        reprice(tree, tree.place[who], price[who])
        mate[post] = who
        if owner[who] >= 0:
            waiting[size] = owner[who]
            size += 1
        owner[who] = post
