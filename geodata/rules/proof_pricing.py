from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.rules.cutting_moves import Net
from geodata.rules.kernels import Floats, Ints, compiled, inner, roomy


class Prices(NamedTuple):
    """What each atom pays for being in a unit (``atom_m2``), and each unit for being (``unit_m2``): duals of a linear
    programme.
    """

    atom_m2: Floats
    unit_m2: float


class Hunt(NamedTuple):
    """The bounds of a unit's size, the reduced cost below which units are wanted, and the limits of the search.

    Where ``keep_share`` is above 0, only units of at most that share of the least (negative) reduced cost are wanted.
    """

    low: int
    high: int
    below_m2: float
    keep_share: float
    most_found: int
    most_steps: int


class Walk(NamedTuple):
    """Scratch space: atoms by worth, their worth per home, whether in (1) or out (2), neighbours inside, and the
    decisions.
    """

    order: Ints
    worth: Floats
    status: Ints
    touch: Ints
    trail: Ints
    depth: Ints
    reach: Ints
    queue: Ints


@inner
def least_worth(net: Net, hunt: Hunt, walk: Walk, size: int) -> float:
    """Return the least worth that free atoms can add to a unit of ``size`` homes, connected or not (fractional
    knapsack).
    """
    total = 0.0
    for i in range(len(walk.order)):
        atom = walk.order[i]
        if walk.status[atom] != 0 or walk.reach[atom] != walk.depth[1]:
            continue
        if size >= hunt.high or (walk.worth[atom] >= 0.0 and size >= hunt.low):
            break
        room = hunt.high if walk.worth[atom] < 0.0 else hunt.low
        part = min(net.size[atom], room - size)
        total += part * walk.worth[atom]
        size += part
    return total if size >= hunt.low else np.inf


@inner
def mark_reach(net: Net, walk: Walk, root: int) -> None:
    """Mark the atoms that a walk from ``root`` over atoms in hand or free reaches; a negative root marks all."""
    walk.depth[1] += 1
    now = walk.depth[1]
    if root < 0:
        for atom in range(len(net.size)):
            walk.reach[atom] = now
        return
    walk.reach[root] = now
    walk.queue[0] = root
    head, tail = 0, 1
    while head < tail:
        atom = walk.queue[head]
        head += 1
        for j in range(net.indptr[atom], net.indptr[atom + 1]):
            other = net.indices[j]
            if walk.status[other] < 2 and walk.reach[other] != now:
                walk.reach[other] = now
                walk.queue[tail] = other
                tail += 1


@inner
def bar_dear(net: Net, prices: Prices, hunt: Hunt, walk: Walk, root: int, below: float) -> None:
    """Bar (status 3) the atoms whose worth alone lifts every unit with ``root`` above what is wanted, and what they
    cut off.
    """
    for _ in range(3):
        mark_reach(net, walk, root)
        least = net.size[root] * walk.worth[root] + least_worth(net, hunt, walk, net.size[root]) - prices.unit_m2
        barred = False
        for atom in range(len(net.size)):
            if walk.status[atom] == 0 and walk.worth[atom] > 0.0 and least + net.size[atom] * walk.worth[atom] > below:
                walk.status[atom] = 3
                barred = True
        if not barred:
            break


@inner
def step(net: Net, walk: Walk, atom: int, sign: int) -> None:
    """Take an atom into the unit (sign 1) or out again (sign -1)."""
    walk.status[atom] = 1 if sign > 0 else 0
    for j in range(net.indptr[atom], net.indptr[atom + 1]):
        walk.touch[net.indices[j]] += sign


@inner
def next_atom(net: Net, hunt: Hunt, walk: Walk, size: int) -> int:
    """Return the free atom of best worth that borders the unit and has room in it, or -1."""
    for i in range(len(walk.order)):
        atom = walk.order[i]
        if walk.status[atom] == 0 and walk.touch[atom] > 0 and size + net.size[atom] <= hunt.high:
            return int(atom)
    return -1


@inner
def back_up(net: Net, walk: Walk) -> tuple[int, float]:
    """Undo decisions up to the last atom taken in, and leave that one out; return the change of size and worth."""
    size, worth = 0, 0.0
    while walk.depth[0] > 0:
        code = walk.trail[walk.depth[0] - 1]
        if code >= 0:
            step(net, walk, code, -1)
            walk.status[code] = 2
            walk.trail[walk.depth[0] - 1] = -code - 1
            return size - net.size[code], worth - net.size[code] * walk.worth[code]
        walk.status[-code - 1] = 0
        walk.depth[0] -= 1
    return 0, 0.0


@inner
def reduced_cost(net: Net, prices: Prices, walk: Walk, cell: Floats) -> float:
    """Return the reduced cost of the unit in hand, or infinity where its centre is not in the cell."""
    mass, sx, sy, square, paid = 0.0, 0.0, 0.0, 0.0, prices.unit_m2
    for atom in range(len(net.size)):
        if walk.status[atom] == 1:
            m = net.mass[atom]
            mass += m
            sx += m * net.x_m[atom]
            sy += m * net.y_m[atom]
            square += m * (net.x_m[atom] ** 2 + net.y_m[atom] ** 2)
            paid += prices.atom_m2[atom]
    cx, cy, half = sx / mass, sy / mass, cell[2]
    if cell[0] - half <= cx < cell[0] + half and cell[1] - half <= cy < cell[1] + half:
        cost: float = square - (sx * sx + sy * sy) / mass - paid
        return cost
    return np.inf


@inner
def keep_unit(net: Net, prices: Prices, hunt: Hunt, walk: Walk, out: tuple[Floats, Ints, Floats, Ints]) -> None:
    """Note the unit in hand where its reduced cost makes it wanted."""
    cell, found, costs, counts = out
    n = len(net.size)
    cost = reduced_cost(net, prices, walk, cell)
    if cost < cell[3]:
        cell[3] = min(cell[3], hunt.keep_share * cost) if hunt.keep_share > 0.0 else cell[3]
        costs[counts[0]] = cost
        for i in range(n):
            found[counts[0] * n + i] = 1 if walk.status[i] == 1 else 0
        counts[0] += 1


@inner
def unwind(net: Net, walk: Walk) -> None:
    """Undo what a limit left of a walk, and free the barred atoms."""
    while walk.depth[0] > 0:
        back_up(net, walk)
    for atom in range(len(net.size)):
        if walk.status[atom] == 3:
            walk.status[atom] = 0


@inner
def walk_from(
    net: Net, prices: Prices, hunt: Hunt, walk: Walk, root: int, out: tuple[Floats, Ints, Floats, Ints]
) -> None:
    """Find every connected unit with a centre in the cell and ``root`` as its atom of best worth that may be wanted."""
    counts = out[3]
    step(net, walk, root, 1)
    size, worth = net.size[root], net.size[root] * walk.worth[root]
    bar_dear(net, prices, hunt, walk, root, out[0][3])
    walk.depth[0] = 0
    while counts[1] < hunt.most_steps and counts[0] < hunt.most_found:
        counts[1] += 1
        atom = root
        mark_reach(net, walk, root)
        if worth + least_worth(net, hunt, walk, size) - prices.unit_m2 < out[0][3]:
            atom = next_atom(net, hunt, walk, size)
            if atom < 0 and size >= hunt.low:
                keep_unit(net, prices, hunt, walk, out)
        if atom >= 0 and atom != root:
            step(net, walk, atom, 1)
            walk.trail[walk.depth[0]] = atom
            walk.depth[0] += 1
            size += net.size[atom]
            worth += net.size[atom] * walk.worth[atom]
        else:
            change, lost = back_up(net, walk)
            if walk.depth[0] == 0:
                break
            size += change
            worth += lost
    unwind(net, walk)
    step(net, walk, root, -1)


@roomy
def weigh_cell(net: Net, prices: Prices, walk: Walk, cell: Floats) -> None:
    """Give each atom its least worth per home in a unit with a centre in the cell, and sort the atoms by it.

    A unit's squared distance to its centre c is at least the sum of |x - g|² - r² over its homes, with g the middle
    of the cell and r its half diagonal (Huygens): so the worth adds up atom by atom.
    """
    slack = 2.0 * cell[2] * cell[2]
    for atom in range(len(net.size)):
        walk.status[atom] = 0
        walk.touch[atom] = 0
        dx, dy = net.x_m[atom] - cell[0], net.y_m[atom] - cell[1]
        walk.worth[atom] = dx * dx + dy * dy - slack - prices.atom_m2[atom] / net.size[atom]
    order = np.argsort(walk.worth)
    for i in range(len(order)):
        walk.order[i] = order[i]


@compiled
def find_units(net: Net, prices: Prices, hunt: Hunt, fine_m: float) -> tuple[Ints, Floats, bool]:
    """Find every connected unit within the bounds whose reduced cost is below ``hunt.below_m2``.

    The ground is quartered into squares until a square cannot hold the centre of a wanted unit, or is ``fine_m``
    wide; then the units with their centre in it are walked through.

    Returns
    -------
    found
        (u * a,) 1 where atom a is in unit u.
    costs
        (u,) reduced costs.
    is_complete
        False where a limit of the hunt stopped it.
    """
    n = len(net.size)
    ints, walk_worth = np.zeros((6, n), np.int64), np.zeros(n)
    walk = Walk(ints[0], walk_worth, ints[1], ints[2], ints[3], np.zeros(2, np.int64), ints[4], ints[5])
    found, costs = np.zeros(hunt.most_found * n, np.int64), np.zeros(hunt.most_found)
    counts = np.zeros(2, np.int64)
    half = 1e-3 + max(np.abs(net.x_m).max(), np.abs(net.y_m).max())
    cells = np.zeros((200, 4))  # depth first: at most three waiting squares a level
    cells[0, 2] = half
    cell = np.array([0.0, 0.0, half, hunt.below_m2])
    waiting = 1
    while waiting > 0 and counts[1] < hunt.most_steps and counts[0] < hunt.most_found:
        waiting -= 1
        cell[:3] = cells[waiting, :3]
        weigh_cell(net, prices, walk, cell)
        mark_reach(net, walk, -1)
        if least_worth(net, hunt, walk, 0) - prices.unit_m2 >= cell[3]:
            continue
        if 2.0 * cell[2] > fine_m and waiting < 190:
            for i in range(4):
                half = cell[2] / 2.0
                cells[waiting, 0] = cell[0] + (2 * (i % 2) - 1) * half
                cells[waiting, 1] = cell[1] + (2 * (i // 2) - 1) * half
                cells[waiting, 2] = half
                waiting += 1
            continue
        for i in range(n):
            root = walk.order[i]
            mark_reach(net, walk, -1)
            if least_worth(net, hunt, walk, 0) - prices.unit_m2 >= cell[3]:
                break
            walk_from(net, prices, hunt, walk, root, (cell, found, costs, counts))
            walk.status[root] = 2
    done = counts[1] < hunt.most_steps and counts[0] < hunt.most_found
    return found[: counts[0] * n], costs[: counts[0]], done
