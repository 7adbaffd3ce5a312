from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.rules.kernels import Floats, Ints, inner


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
    """Scratch space of one search, so that nothing is allocated in its inner loops, and what need not be tried again.

    ``changed`` is the tick of each unit's last change, ``moved`` and ``chained`` the ticks at which each atom's moves
    and chains were last tried; ``clock`` holds the walks' count, the tick, and how many units are out of bounds.
    """

    seen: Ints
    queue: Ints
    member: Ints
    member_first: Ints
    clock: Ints
    changed: Ints
    moved: Ints
    chained: Ints


@inner
def unit_cost(bounds: Bounds, size: int, mass: float, sx: float, sy: float) -> float:
    """Return a unit's squared distance to its centre, less the constant sum of squares, plus breaches and balance."""
    out = max(bounds.low - size, size - bounds.high, 0)
    cost = bounds.penalty_m2 * out * out + bounds.balance_m2 * mass * mass
    if mass > 0.0:
        cost -= (sx * sx + sy * sy) / mass
    return cost


@inner
def cost_joined(net: Net, bounds: Bounds, cut: Cut, unit: int, atom: int) -> float:
    """Return the cost of a unit after an atom joins it."""
    m = net.mass[atom]
    sx, sy = cut.sx[unit] + m * net.x_m[atom], cut.sy[unit] + m * net.y_m[atom]
    return unit_cost(bounds, cut.size[unit] + net.size[atom], cut.mass[unit] + m, sx, sy)


@inner
def cost_left(net: Net, bounds: Bounds, cut: Cut, unit: int, atom: int) -> float:
    """Return the cost of a unit after an atom leaves it."""
    m = net.mass[atom]
    sx, sy = cut.sx[unit] - m * net.x_m[atom], cut.sy[unit] - m * net.y_m[atom]
    return unit_cost(bounds, cut.size[unit] - net.size[atom], cut.mass[unit] - m, sx, sy)


@inner
def join(net: Net, bounds: Bounds, cut: Cut, atom: int, unit: int) -> None:
    """Put an atom that is in no unit into one."""
    m = net.mass[atom]
    cut.label[atom] = unit
    cut.cost[unit] = cost_joined(net, bounds, cut, unit, atom)
    cut.atoms[unit] += 1
    cut.size[unit] += net.size[atom]
    cut.mass[unit] += m
    cut.sx[unit] += m * net.x_m[atom]
    cut.sy[unit] += m * net.y_m[atom]


@inner
def leave(net: Net, bounds: Bounds, cut: Cut, atom: int) -> None:
    """Take an atom out of its unit."""
    m, unit = net.mass[atom], cut.label[atom]
    cut.label[atom] = -1
    cut.cost[unit] = cost_left(net, bounds, cut, unit, atom)
    cut.atoms[unit] -= 1
    cut.size[unit] -= net.size[atom]
    cut.mass[unit] -= m
    cut.sx[unit] -= m * net.x_m[atom]
    cut.sy[unit] -= m * net.y_m[atom]


@inner
def clear_unit(bounds: Bounds, cut: Cut, unit: int) -> None:
    """Make a unit's sums those of no atom at all, exactly."""
    cut.atoms[unit] = cut.size[unit] = 0
    cut.mass[unit] = cut.sx[unit] = cut.sy[unit] = 0.0
    cut.cost[unit] = bounds.penalty_m2 * bounds.low * bounds.low


@inner
def shift(net: Net, bounds: Bounds, cut: Cut, desk: Desk, atom: int, unit: int) -> None:
    """Move an atom to another unit."""
    mark_changed(desk, cut.label[atom])
    mark_changed(desk, unit)
    leave(net, bounds, cut, atom)
    join(net, bounds, cut, atom, unit)


@inner
def mark_changed(desk: Desk, unit: int) -> None:
    """Note that moves from and to a unit are worth trying again."""
    desk.clock[1] += 1
    desk.changed[unit] = desk.clock[1]


@inner
def mark_settled(desk: Desk) -> None:
    """Note that no move or chain pays as the units stand."""
    for atom in range(len(desk.moved)):
        desk.moved[atom] = desk.clock[1]
        desk.chained[atom] = desk.clock[1]


@inner
def reset_sums(net: Net, bounds: Bounds, cut: Cut, labels: Ints) -> float:
    """Take on ``labels`` (a copy, or the cut's own), with fresh sums so that no drift builds up; return the cost."""
    k = len(cut.cost)
    for unit in range(k):
        clear_unit(bounds, cut, unit)
    for atom in range(len(net.size)):
        unit = labels[atom]
        cut.label[atom] = unit
        if unit >= 0:
            m = net.mass[atom]
            cut.atoms[unit] += 1
            cut.size[unit] += net.size[atom]
            cut.mass[unit] += m
            cut.sx[unit] += m * net.x_m[atom]
            cut.sy[unit] += m * net.y_m[atom]
    total = 0.0
    for unit in range(k):
        cut.cost[unit] = unit_cost(bounds, cut.size[unit], cut.mass[unit], cut.sx[unit], cut.sy[unit])
        total += cut.cost[unit]
    return total


@inner
def count_joined(net: Net, cut: Cut, desk: Desk, start: int, barred: int) -> int:
    """Return how many atoms of the unit of ``start`` a walk from it reaches without stepping on ``barred``
    (``start``: on nothing).
    """
    unit = cut.label[start]
    desk.clock[0] += 1
    now = desk.clock[0]
    desk.seen[start] = now
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


@inner
def may_leave(net: Net, cut: Cut, desk: Desk, atom: int) -> bool:
    """Tell whether a unit stays in one piece, and does not vanish, when an atom leaves it."""
    unit = cut.label[atom]
    inside, some = 0, atom
    for j in range(net.indptr[atom], net.indptr[atom + 1]):
        if cut.label[net.indices[j]] == unit:
            inside += 1
            some = net.indices[j]
    if inside <= 1:
        return inside == 1
    return count_joined(net, cut, desk, some, atom) == int(cut.atoms[unit]) - 1


@inner
def best_move(net: Net, bounds: Bounds, cut: Cut, desk: Desk, atom: int) -> int:
    """Return the neighbouring unit that an atom should rather be in, as far as units changed since this was last
    asked (-1: none).
    """
    home, since = cut.label[atom], desk.moved[atom]
    best, to, last = -bounds.least_m2, -1, -1
    for j in range(net.indptr[atom], net.indptr[atom + 1]):
        unit = cut.label[net.indices[j]]
        if unit in (home, last) or (desk.changed[unit] <= since and desk.changed[home] <= since):
            continue
        last = unit
        change = cost_left(net, bounds, cut, home, atom) - cut.cost[home]
        change += cost_joined(net, bounds, cut, unit, atom) - cut.cost[unit]
        if change < best:
            best, to = change, unit
    return to


@inner
def move_pass(net: Net, bounds: Bounds, cut: Cut, desk: Desk) -> bool:
    """Move every atom that gains by it once; tell whether any did."""
    moved = False
    for atom in range(len(net.size)):
        to = best_move(net, bounds, cut, desk, atom)
        desk.moved[atom] = desk.clock[1]
        if to >= 0 and may_leave(net, cut, desk, atom):
            shift(net, bounds, cut, desk, atom, to)
            moved = True
    return moved


@inner
def list_members(bounds: Bounds, cut: Cut, desk: Desk) -> None:
    """Sort the atoms by unit into ``desk.member``, with the first place of each unit in ``desk.member_first``.

    ``desk.clock[2]`` counts the units whose size is out of bounds.
    """
    first, k = desk.member_first, len(cut.cost)
    first[0] = 0
    desk.clock[2] = 0
    for unit in range(k):
        first[unit + 1] = first[unit] + cut.atoms[unit]
        if cut.size[unit] < bounds.low or cut.size[unit] > bounds.high:
            desk.clock[2] += 1
    for atom in range(len(cut.label) - 1, -1, -1):
        unit = cut.label[atom]
        first[unit + 1] -= 1
        desk.member[first[unit + 1]] = atom
    for unit in range(k):
        first[unit] = first[unit + 1]
    first[k] = len(cut.label)


@inner
def try_chain(net: Net, bounds: Bounds, cut: Cut, desk: Desk, pair: tuple[int, int], to: tuple[int, int]) -> bool:
    """Move ``pair[0]`` to ``to[0]`` and ``pair[1]`` from there to ``to[1]`` where all units stay in one piece."""
    one, two = pair
    home = cut.label[one]
    cut.label[one] = to[0]
    cut.label[two] = to[1]
    whole = count_joined(net, cut, desk, one, one) == int(cut.atoms[to[0]])
    if whole and to[1] == home:
        whole = count_joined(net, cut, desk, two, two) == int(cut.atoms[home])
    cut.label[one] = home
    if whole and to[1] != home:
        cut.label[two] = to[0]
        whole = may_leave(net, cut, desk, one)
    cut.label[two] = to[0]
    if whole:
        shift(net, bounds, cut, desk, one, to[0])
        shift(net, bounds, cut, desk, two, to[1])
    return whole


@inner
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
            change = base[0] + base[1] + cost_joined(net, bounds, cut, unit, two) - cut.cost[unit]
        if change < -bounds.least_m2 and try_chain(net, bounds, cut, desk, pair, (through, unit)):
            return True
    return False


@inner
def chain_through(net: Net, bounds: Bounds, cut: Cut, desk: Desk, one: int, through: int) -> bool:
    """Move an atom into a unit, and another out of it (to a third unit, or back: a swap), where the two together pay.

    Joining a third unit, or the one left, cannot bring more than the second atom's own square; so most pairs are
    passed over.
    """
    home = cut.label[one]
    left = cost_left(net, bounds, cut, home, one) - cut.cost[home]
    m1 = net.mass[one]
    size, mass = cut.size[through] + net.size[one], cut.mass[through] + m1
    sx, sy = cut.sx[through] + m1 * net.x_m[one], cut.sy[through] + m1 * net.y_m[one]
    short = max(bounds.low - cut.size[home] + net.size[one], 0)
    slack = np.inf if desk.clock[2] > 0 else bounds.penalty_m2 * short * short - left
    for i in range(desk.member_first[through], desk.member_first[through + 1]):
        two = desk.member[i]
        m2 = net.mass[two]
        cost = unit_cost(bounds, size - net.size[two], mass - m2, sx - m2 * net.x_m[two], sy - m2 * net.y_m[two])
        change = cost - cut.cost[through]
        most = m2 * (net.x_m[two] * net.x_m[two] + net.y_m[two] * net.y_m[two]) + slack
        if change < most and chain_on(net, bounds, cut, desk, (one, two), (left, change)):
            return True
    return False


@inner
def chain_from(net: Net, bounds: Bounds, cut: Cut, desk: Desk, atom: int) -> bool:
    """Try the swaps and chains that begin at one atom; tell whether one was made."""
    home, since, last = cut.label[atom], desk.chained[atom], -1
    for j in range(net.indptr[atom], net.indptr[atom + 1]):
        unit = cut.label[net.indices[j]]
        if unit in (home, last) or (desk.changed[unit] <= since and desk.changed[home] <= since):
            continue
        last = unit
        if chain_through(net, bounds, cut, desk, atom, unit):
            return True
    return False


@inner
def chain_pass(net: Net, bounds: Bounds, cut: Cut, desk: Desk) -> bool:
    """Try the swaps and chains that begin at each atom once; tell whether any was made."""
    moved = False
    list_members(bounds, cut, desk)
    for atom in range(len(net.size)):
        found = chain_from(net, bounds, cut, desk, atom)
        desk.chained[atom] = desk.clock[1]
        if found:
            list_members(bounds, cut, desk)
            moved = True
    return moved


@inner
def is_hopeless(bounds: Bounds, cut: Cut, give_up_m2: float) -> bool:
    """Tell whether a cut keeps the sizes but costs more than swaps and chains are likely to win back."""
    total = 0.0
    for unit in range(len(cut.cost)):
        if cut.size[unit] < bounds.low or cut.size[unit] > bounds.high:
            return False
        total += cut.cost[unit]
    return total > give_up_m2


@inner
def descend(net: Net, bounds: Bounds, cut: Cut, desk: Desk, give_up_m2: float) -> float:
    """Move, swap and chain until nothing pays, or until moves alone leave more than ``give_up_m2``; return the cost."""
    for _ in range(1000):  # far above what is ever needed; rounding cannot make it run for ever
        while move_pass(net, bounds, cut, desk):
            pass
        if is_hopeless(bounds, cut, give_up_m2) or not chain_pass(net, bounds, cut, desk):
            break
    return reset_sums(net, bounds, cut, cut.label)
