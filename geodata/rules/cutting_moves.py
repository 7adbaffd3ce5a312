from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """Compile a kernel on its first call and keep the machine code beside the source, so that later starts are
    quick.
    """
    return cast(Kernel, njit(cache=True)(kernel))


class Net(NamedTuple):
    """One connected graph of weighted points, in compressed sparse rows.

    ``x_m``, ``y_m`` are metres from the points' own mean; ``size`` counts towards the bounds, ``mass`` weighs the
    distances; the neighbours of atom a are ``indices[indptr[a] : indptr[a + 1]]``.
    """

    x_m: Floats
    y_m: Floats
    size: Ints
    mass: Floats
    indptr: Ints
    indices: Ints


class Bounds(NamedTuple):
    """What a unit must keep to: sizes ``low`` .. ``high``; and what a breach and unevenness cost, in square metres.

    ``penalty_m2`` is charged per squared home outside the bounds, ``balance_m2`` per squared mass; a change
    of the cost below ``least_m2`` is no change.
    """

    low: int
    high: int
    penalty_m2: float
    balance_m2: float
    least_m2: float


class Cut(NamedTuple):
    """The units as they stand: the unit of each atom (-1: none yet), and each unit's sums and cost."""

    label: Ints
    atoms: Ints
    size: Ints
    mass: Floats
    sx: Floats
    sy: Floats
    cost: Floats


class Desk(NamedTuple):
    """Scratch space of one search, so that nothing is allocated in its inner loops."""

    seen: Ints
    queue: Ints
    member: Ints
    member_first: Ints
    clock: Ints


@compiled
def unit_cost(bounds: Bounds, size: int, mass: float, sx: float, sy: float) -> float:
    """Return a unit's squared distance to its centre, less the constant sum of squares, plus breaches and balance."""
    out = max(bounds.low - size, size - bounds.high, 0)
    cost = bounds.penalty_m2 * out * out + bounds.balance_m2 * mass * mass
    if mass > 0.0:
        cost -= (sx * sx + sy * sy) / mass
    return cost


@compiled
def cost_with(net: Net, bounds: Bounds, cut: Cut, unit: int, atom: int, sign: int) -> float:
    """Return the cost of a unit after an atom joins (sign 1) or leaves (sign -1) it."""
    m = sign * net.mass[atom]
    return unit_cost(
        bounds,
        cut.size[unit] + sign * net.size[atom],
        cut.mass[unit] + m,
        cut.sx[unit] + m * net.x_m[atom],
        cut.sy[unit] + m * net.y_m[atom],
    )


@compiled
def take(net: Net, bounds: Bounds, cut: Cut, atom: int, sign: int) -> None:
    """Add an atom to its unit's sums (sign 1) or take it out (sign -1)."""
    unit = cut.label[atom]
    m = sign * net.mass[atom]
    cut.atoms[unit] += sign
    cut.size[unit] += sign * net.size[atom]
    cut.mass[unit] += m
    cut.sx[unit] += m * net.x_m[atom]
    cut.sy[unit] += m * net.y_m[atom]
    cut.cost[unit] = unit_cost(bounds, cut.size[unit], cut.mass[unit], cut.sx[unit], cut.sy[unit])


@compiled
def shift(net: Net, bounds: Bounds, cut: Cut, atom: int, unit: int) -> None:
    """Move an atom to another unit."""
    take(net, bounds, cut, atom, -1)
    cut.label[atom] = unit
    take(net, bounds, cut, atom, 1)


@compiled
def reset_sums(net: Net, bounds: Bounds, cut: Cut, k: int) -> float:
    """Recompute every unit's sums from the labels (no drift builds up), and return the cost of the whole cut."""
    for unit in range(k):
        cut.atoms[unit] = 0
        cut.size[unit] = 0
        cut.mass[unit] = 0.0
        cut.sx[unit] = 0.0
        cut.sy[unit] = 0.0
        cut.cost[unit] = unit_cost(bounds, 0, 0.0, 0.0, 0.0)
    for atom in range(len(net.size)):
        if cut.label[atom] >= 0:
            take(net, bounds, cut, atom, 1)
    return cut.cost[:k].sum()  # type: ignore[no-any-return]


@compiled
def count_joined(net: Net, cut: Cut, desk: Desk, start: int, barred: int) -> int:
    """Return how many atoms of the unit of ``start`` a walk from it reaches without stepping on ``barred``."""
    unit = cut.label[start]
    desk.clock[0] += 1
    now = desk.clock[0]
    desk.seen[start] = now
    if barred >= 0:
        desk.seen[barred] = now
    desk.queue[0] = start
    head, tail = 0, 1
    while head < tail:
        atom = desk.queue[head]
        head += 1
        for j in range(net.indptr[atom], net.indptr[atom + 1]):
            other = net.indices[j]
            if cut.label[other] == unit and desk.seen[other] != now:
                desk.seen[other] = now
                desk.queue[tail] = other
                tail += 1
    return tail


@compiled
def may_leave(net: Net, cut: Cut, desk: Desk, atom: int) -> bool:
    """Tell whether a unit stays in one piece, and does not vanish, when an atom leaves it."""
    unit = cut.label[atom]
    inside, some = 0, 0
    for j in range(net.indptr[atom], net.indptr[atom + 1]):
        if cut.label[net.indices[j]] == unit:
            inside += 1
            some = net.indices[j]
    if inside <= 1:
        return inside == 1
    return count_joined(net, cut, desk, some, atom) == int(cut.atoms[unit]) - 1


@compiled
def best_move(net: Net, bounds: Bounds, cut: Cut, atom: int) -> tuple[float, int]:
    """Return the least change of cost by moving an atom to a neighbouring unit, and that unit (-1: no gain)."""
    home = cut.label[atom]
    best, to, last = -bounds.least_m2, -1, -1
    leaving = np.nan
    for j in range(net.indptr[atom], net.indptr[atom + 1]):
        unit = cut.label[net.indices[j]]
        if unit in (home, last):
            continue
        last = unit
        if np.isnan(leaving):
            leaving = cost_with(net, bounds, cut, home, atom, -1) - cut.cost[home]
        change = leaving + cost_with(net, bounds, cut, unit, atom, 1) - cut.cost[unit]
        if change < best:
            best, to = change, unit
    return best, to


@compiled
def move_pass(net: Net, bounds: Bounds, cut: Cut, desk: Desk) -> bool:
    """Move every atom that gains by it once; tell whether any did."""
    moved = False
    for atom in range(len(net.size)):
        _, to = best_move(net, bounds, cut, atom)
        if to >= 0 and may_leave(net, cut, desk, atom):
            shift(net, bounds, cut, atom, to)
            moved = True
    return moved


@compiled
def list_members(cut: Cut, desk: Desk, k: int) -> None:
    """Sort the atoms by unit into ``desk.member``, with the first place of each unit in ``desk.member_first``."""
    first = desk.member_first
    first[0] = 0
    for unit in range(k):
        first[unit + 1] = first[unit] + cut.atoms[unit]
    for atom in range(len(cut.label) - 1, -1, -1):
        unit = cut.label[atom]
        first[unit + 1] -= 1
        desk.member[first[unit + 1]] = atom
    for unit in range(k):
        first[unit] = first[unit + 1]
    first[k] = len(cut.label)


@compiled
def try_chain(net: Net, bounds: Bounds, cut: Cut, desk: Desk, pair: tuple[int, int], to: tuple[int, int]) -> bool:
    """Move ``pair[0]`` to ``to[0]`` and ``pair[1]`` from there to ``to[1]`` where all units stay in one piece."""
    one, two = pair
    home = cut.label[one]
    cut.label[one] = to[0]
    cut.label[two] = to[1]
    whole = count_joined(net, cut, desk, one, -1) == int(cut.atoms[to[0]])
    if whole and to[1] == home:
        whole = count_joined(net, cut, desk, two, -1) == int(cut.atoms[home])
    cut.label[one] = home
    cut.label[two] = to[0]
    if whole:
        shift(net, bounds, cut, one, to[0])
        shift(net, bounds, cut, two, to[1])
    return whole


@compiled
def chain_on(net: Net, bounds: Bounds, cut: Cut, desk: Desk, pair: tuple[int, int], base: tuple[float, float]) -> bool:
    """Finish a chain: ``pair[1]`` leaves the unit that ``pair[0]`` joins, for the unit where that pays.

    ``base`` is the change so far of the unit left, and of the unit passed through.
    """
    one, two = pair
    home, through = cut.label[one], cut.label[two]
    last = -1
    m1, m2 = net.mass[one], net.mass[two]
    for j in range(net.indptr[two], net.indptr[two + 1]):
        unit = cut.label[net.indices[j]]
        if unit in (through, last):
            continue
        last = unit
        if unit == home:
            change = base[1] - cut.cost[home]
            change += unit_cost(
                bounds,
                cut.size[home] - net.size[one] + net.size[two],
                cut.mass[home] - m1 + m2,
                cut.sx[home] - m1 * net.x_m[one] + m2 * net.x_m[two],
                cut.sy[home] - m1 * net.y_m[one] + m2 * net.y_m[two],
            )
        else:
            change = base[0] + base[1] + cost_with(net, bounds, cut, unit, two, 1) - cut.cost[unit]
        if change < -bounds.least_m2 and try_chain(net, bounds, cut, desk, pair, (through, unit)):
            return True
    return False


@compiled
def chain_through(net: Net, bounds: Bounds, cut: Cut, desk: Desk, one: int, through: int) -> bool:
    """Move an atom into a unit, and another out of it (to a third unit, or back: a swap), where the two together
    pay.
    """
    home = cut.label[one]
    left = cost_with(net, bounds, cut, home, one, -1) - cut.cost[home]
    m1 = net.mass[one]
    size = cut.size[through] + net.size[one]
    mass = cut.mass[through] + m1
    sx = cut.sx[through] + m1 * net.x_m[one]
    sy = cut.sy[through] + m1 * net.y_m[one]
    for i in range(desk.member_first[through], desk.member_first[through + 1]):
        two = desk.member[i]
        m2 = net.mass[two]
        cost = unit_cost(bounds, size - net.size[two], mass - m2, sx - m2 * net.x_m[two], sy - m2 * net.y_m[two])
        if chain_on(net, bounds, cut, desk, (one, two), (left, cost - cut.cost[through])):
            return True
    return False


@compiled
def chain_pass(net: Net, bounds: Bounds, cut: Cut, desk: Desk, k: int) -> bool:
    """Try the swaps and chains that begin at each atom once; tell whether any was made."""
    moved = False
    list_members(cut, desk, k)
    for atom in range(len(net.size)):
        last, held = -1, 0
        for j in range(net.indptr[atom], net.indptr[atom + 1]):
            unit = cut.label[net.indices[j]]
            if unit in (cut.label[atom], last):
                continue
            last = unit
            if held == 0:
                held = 1 if may_leave(net, cut, desk, atom) else -1
            if held == 1 and chain_through(net, bounds, cut, desk, atom, unit):
                list_members(cut, desk, k)
                moved = True
                break
    return moved


@compiled
def descend(net: Net, bounds: Bounds, cut: Cut, desk: Desk, k: int) -> float:
    """Move, swap and chain until nothing pays; return the cost of the cut."""
    for _ in range(1000):  # far above what is ever needed; rounding cannot make it run for ever
        while move_pass(net, bounds, cut, desk):
            pass
        if not chain_pass(net, bounds, cut, desk, k):
            break
    return reset_sums(net, bounds, cut, k)
