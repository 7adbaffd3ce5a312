from __future__ import annotations

from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import numpy as np

from geodata.rules.kernels import Floats, Ints, inner

LEAF = 16
"""People in a leaf at most: fewer make the walk longer, more make each leaf slower; 8 and 32 took a tenth longer."""

FAR_MM = 4 * 10**18
"""Above every cost: an empty place in a list."""


class Tree(NamedTuple):
    """A balanced tree of people by where they live that also knows the highest price in each of its nodes.

    Node ``k`` has the children ``2k + 1`` and ``2k + 2``; the last ``leaves`` nodes are leaves, leaf ``l`` holds places
    ``starts[l]`` to ``starts[l + 1]``.

    Parameters
    ----------
    person
        (p,) index of the person at each place.
    place
        (all people,) place of each person, -1 where the person is not in the tree.
    xy
        (p, 2) metres, by place.
    unit
        (p,) the unit each lives in, by place, -1 none.
    box
        (nodes, 4) least x, least y, greatest x, greatest y.
    top
        (nodes,) greatest price of a person in the node (prices are 0 or below, in millimetres).
    price
        (p,) price of each person, by place.
    starts
        (leaves + 1,) first place of each leaf.
    leaf
        (p,) leaf of each place.
    pending
        (2, 64) scratch space: nodes still to be looked at, and what is least in them.
    """

    person: Ints
    place: Ints
    xy: Floats
    unit: Ints
    box: Floats
    top: Ints
    price: Ints
    starts: Ints
    leaf: Ints
    pending: Ints


def grow_tree(people: Ints, people_xy: Floats, units: Ints) -> Tree:
    """Build the tree of some people; all prices are 0.

    Parameters
    ----------
    people
        (p,) indices into the next two, p >= 1.
    people_xy
        (all people, 2) metres.
    units
        (all people,) the unit each lives in, -1 none.
    """
    levels = max(0, int(np.ceil(np.log2(max(1.0, len(people) / LEAF)))))
    order = np.array(people, np.int64)
    bounds = [0, len(order)]
    boxes = []
    for level in range(levels + 1):
        for low, high in pairwise(bounds):
            xy = people_xy[order[low:high]]
            box = np.concatenate([xy.min(axis=0), xy.max(axis=0)])
            boxes.append(box)
            if level < levels:
                axis = int(box[3] - box[1] > box[2] - box[0])
                order[low:high] = order[low:high][np.argsort(xy[:, axis], kind="stable")]
        if level < levels:
            middle = [(low + high) // 2 for low, high in pairwise(bounds)]
            bounds = sorted([*bounds, *middle])
    place = np.full(len(people_xy), -1, np.int64)
    place[order] = np.arange(len(order))
    return Tree(
        person=order,
        place=place,
        xy=np.ascontiguousarray(people_xy[order], np.float64),
        unit=np.ascontiguousarray(units[order], np.int64),
        box=np.array(boxes, np.float64),
        top=np.zeros(len(boxes), np.int64),
        price=np.zeros(len(order), np.int64),
        starts=np.array(bounds, np.int64),
        leaf=np.repeat(np.arange(len(bounds) - 1, dtype=np.int64), np.diff(bounds)),
        pending=np.zeros((2, 64), np.int64),
    )


@inner
def millimetres(x: float, y: float, other_x: float, other_y: float) -> int:
    """Return the distance of two points given in metres, in whole millimetres: every distance is made here."""
    return int(np.rint(1000.0 * sqrt((x - other_x) * (x - other_x) + (y - other_y) * (y - other_y))))


@inner
def box_millimetres(tree: Tree, node: int, x: float, y: float) -> int:
    """Return a distance that nobody in a node is nearer than, in millimetres."""
    away_x = max(0.0, max(tree.box[node, 0] - x, x - tree.box[node, 2]))
    away_y = max(0.0, max(tree.box[node, 1] - y, y - tree.box[node, 3]))
    return int(np.floor(1000.0 * sqrt(away_x * away_x + away_y * away_y))) - 1


@inner
def reprice(tree: Tree, place: int, price: int) -> None:
    """Give one person a new price, and carry it up the tree."""
    tree.price[place] = price
    leaf = tree.leaf[place]
    best = tree.price[tree.starts[leaf]]
    for at in range(tree.starts[leaf] + 1, tree.starts[leaf + 1]):
        best = max(best, tree.price[at])
    node = leaf + len(tree.starts) - 2
    while tree.top[node] != best:
        tree.top[node] = best
        if node == 0:
            break
        node = (node - 1) // 2
        best = max(tree.top[2 * node + 1], tree.top[2 * node + 2])


@inner
def reprice_all(tree: Tree, price: Ints) -> None:
    """Give all people their prices (by index) and carry them up the tree."""
    leaves = len(tree.starts) - 1
    for at in range(len(tree.person)):
        tree.price[at] = price[tree.person[at]]
    for leaf in range(leaves):
        best = tree.price[tree.starts[leaf]]
        for at in range(tree.starts[leaf] + 1, tree.starts[leaf + 1]):
            best = max(best, tree.price[at])
        tree.top[leaves - 1 + leaf] = best
    for node in range(leaves - 2, -1, -1):
        tree.top[node] = max(tree.top[2 * node + 1], tree.top[2 * node + 2])


@inner
def put(person: int, worth: int, found: Ints, worths: Ints) -> None:
    """Sort one person into the list of the cheapest; at equal worth the lower index comes first."""
    at = len(found) - 1
    while at > 0 and (worths[at - 1] > worth or (worths[at - 1] == worth and found[at - 1] > person)):
        found[at] = found[at - 1]
        worths[at] = worths[at - 1]
        at -= 1
    found[at] = person
    worths[at] = worth


@inner
def cheapest(tree: Tree, x: float, y: float, unit: int, within: int, slack: int, found: Ints, worths: Ints) -> None:
    """Fill ``found`` with the people whose distance less their price is least, among all of the tree.

    People of the post's own unit are left out, since their pairs are all known. ``worths`` holds distance less price
    in millimetres, ``FAR_MM`` beyond the last. Nodes are passed over where even the nearest corner at the node's best
    price is too dear, so the answer is exact over everybody.
    """
    found[:] = -1
    worths[:] = FAR_MM
    last = len(found) - 1
    first_leaf = len(tree.starts) - 2
    stack, bound = tree.pending[0], tree.pending[1]
    stack[0] = 0
    bound[0] = box_millimetres(tree, 0, x, y) - tree.top[0]
    depth = 1
    while depth > 0:
        depth -= 1
        node = stack[depth]
        if bound[depth] >= worths[last] - slack:
            continue
        if node >= first_leaf:
            leaf = node - first_leaf
            for at in range(tree.starts[leaf], tree.starts[leaf + 1]):
                if unit >= 0 and tree.unit[at] == unit:
                    continue
                mm = millimetres(x, y, tree.xy[at, 0], tree.xy[at, 1])
                worth = mm - tree.price[at]
                if mm <= within and worth < worths[last]:
                    put(tree.person[at], worth, found, worths)
            continue
        left, right = 2 * node + 1, 2 * node + 2
        left_mm = box_millimetres(tree, left, x, y)
        right_mm = box_millimetres(tree, right, x, y)
        left_least = left_mm - tree.top[left] if left_mm <= within else FAR_MM
        right_least = right_mm - tree.top[right] if right_mm <= within else FAR_MM
        near = left if left_least <= right_least else right
        stack[depth], bound[depth] = left + right - near, max(left_least, right_least)
        stack[depth + 1], bound[depth + 1] = near, min(left_least, right_least)
        depth += 2
