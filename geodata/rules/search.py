from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.rules.cutting_moves import (
    Bounds,
    Cut,
    Desk,
    Floats,
    Ints,
    Net,
    compiled,
    count_joined,
    descend,
    reset_sums,
    take,
    unit_cost,
)


class Ask(NamedTuple):
    """What a search must keep to, for all parts of one call.

    ``low`` and ``high`` bound a unit's size; ``target`` is the size that fixes the number of units; ``balance`` is the
    share of a part's own spread that evenness of mass may cost; ``patience`` is the number of fruitless
    perturbations, for every unit, after which a search stops; an earlier cut is kept while it is no more than
    ``keep_share`` worse than the best found; ``seed`` is the caller's.
    """

    low: int
    high: int
    target: float
    balance: float
    patience: int
    keep_share: float
    seed: int


class Parts(NamedTuple):
    """Many connected graphs of weighted points in one set of arrays (compressed sparse rows).

    Part p holds the atoms ``first[p] .. first[p + 1] - 1`` in an order that does not depend on their input order;
    ``indices[indptr[a] : indptr[a + 1]]`` are the neighbours of atom a, counted from the part's first atom. ``x_m``,
    ``y_m`` are metres from the part's mean, ``size`` counts towards the bounds, ``mass`` weighs the distances,
    ``start`` is an earlier unit (0, 1, … inside its part) or -1, ``key`` a number made of the part's own coordinates.
    """

    first: Ints
    x_m: Floats
    y_m: Floats
    size: Ints
    mass: Floats
    indptr: Ints
    indices: Ints
    start: Ints
    key: Ints


@compiled
def draw(state: Ints) -> int:
    """Return 62 random bits of a splitmix64 stream (Steele, Lea, Flood 2014): the same on every machine and thread."""
    state[0] = np.int64(state[0] + np.int64(-7046029254386353131))
    bits = np.uint64(state[0])
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((bits ^ (bits >> np.uint64(31))) >> np.uint64(2))  # type: ignore[return-value]


@compiled
def draw_below(state: Ints, n: int) -> int:
    """Return a random whole number 0 .. n - 1."""
    return draw(state) % n


@compiled
def draw_share(state: Ints) -> float:
    """Return a random number in [0, 1)."""
    return draw(state) / 4611686018427387904.0


@compiled
def pick_weighted(weight: Floats, state: Ints) -> int:
    """Draw an index with a chance in proportion to its weight (any index where all weights are 0)."""
    total = weight.sum()
    if total <= 0.0:
        return draw_below(state, len(weight))
    left = draw_share(state) * total
    for i in range(len(weight)):
        left -= weight[i]
        if left < 0.0:
            return i
    return int(np.argmax(weight))


@compiled
def seed_units(net: Net, bounds: Bounds, cut: Cut, todo: Ints, units: Ints, state: Ints) -> None:
    """Start each unit at one atom of ``todo``, far from each other: k-means++ (Arthur, Vassilvitskii 2007)."""
    far = np.full(len(todo), 1.0)
    for i in range(len(todo)):
        far[i] = net.mass[todo[i]]
    for u in range(len(units)):
        pick = pick_weighted(far, state)
        if cut.label[todo[pick]] >= 0:  # only where points coincide: any free atom will do
            for i in range(len(todo)):
                if cut.label[todo[i]] < 0:
                    pick = i
        chosen = todo[pick]
        cut.label[chosen] = units[u]
        take(net, bounds, cut, chosen, 1)
        for i in range(len(todo)):
            dx, dy = net.x_m[todo[i]] - net.x_m[chosen], net.y_m[todo[i]] - net.y_m[chosen]
            near = net.mass[todo[i]] * (dx * dx + dy * dy)
            far[i] = near if u == 0 else min(far[i], near)


@compiled
def growth_cost(net: Net, bounds: Bounds, cut: Cut, atom: int, unit: int) -> float:
    """Return what an atom adds to a unit's squared distances, with room counting before distance."""
    mass = cut.mass[unit]
    dx, dy = net.x_m[atom] - cut.sx[unit] / mass, net.y_m[atom] - cut.sy[unit] / mass
    over = max(cut.size[unit] + net.size[atom] - bounds.high, 0)
    pull = float(net.mass[atom] * mass / (mass + net.mass[atom]))
    return pull * (dx * dx + dy * dy) + over * bounds.penalty_m2


@compiled
def grow_units(net: Net, bounds: Bounds, cut: Cut, todo: Ints, in_play: Ints) -> None:
    """Give each atom of ``todo`` that has no unit to a neighbouring unit in play, cheapest first, while there is
    room.
    """
    while True:
        best, atom, to = np.inf, -1, -1
        for i in range(len(todo)):
            one = todo[i]
            if cut.label[one] >= 0:
                continue
            for j in range(net.indptr[one], net.indptr[one + 1]):
                unit = cut.label[net.indices[j]]
                if unit >= 0 and in_play[unit] == 1:
                    cost = growth_cost(net, bounds, cut, one, unit)
                    if cost < best:
                        best, atom, to = cost, one, unit
        if atom < 0:
            break
        cut.label[atom] = to
        take(net, bounds, cut, atom, 1)


@compiled
def choose_units(net: Net, cut: Cut, wanted: int, in_play: Ints, state: Ints) -> int:
    """Mark up to ``wanted`` units that hang together, a random one first; return how many were found."""
    n = len(net.size)
    in_play[:] = 0
    in_play[cut.label[draw_below(state, n)]] = 1
    found = 1
    for _ in range(20 * n):
        if found == wanted:
            break
        atom = draw_below(state, n)
        edges = net.indptr[atom + 1] - net.indptr[atom]
        if in_play[cut.label[atom]] == 1 and edges > 0:
            unit = cut.label[net.indices[net.indptr[atom] + draw_below(state, edges)]]
            if in_play[unit] == 0:
                in_play[unit] = 1
                found += 1
    return found


@compiled
def regrow(net: Net, bounds: Bounds, cut: Cut, in_play: Ints, state: Ints) -> None:
    """Dissolve the marked units and grow as many anew from fresh seeds on the same ground."""
    n = len(net.size)
    todo = np.empty(n, np.int64)
    count = 0
    for atom in range(n):
        if in_play[cut.label[atom]] == 1:
            take(net, bounds, cut, atom, -1)
            cut.label[atom] = -1
            todo[count] = atom
            count += 1
    units = np.flatnonzero(in_play)
    for u in range(len(units)):  # exact zeros: what subtraction leaves behind would steer the growth
        unit = units[u]
        cut.size[unit], cut.mass[unit], cut.sx[unit], cut.sy[unit] = 0, 0.0, 0.0, 0.0
        cut.cost[unit] = unit_cost(bounds, 0, 0.0, 0.0, 0.0)
    seed_units(net, bounds, cut, todo[:count], units, state)
    grow_units(net, bounds, cut, todo[:count], in_play)


@compiled
def improve(net: Net, bounds: Bounds, cut: Cut, desk: Desk, k: int, budget: tuple[int, Ints]) -> float:
    """Perturb and descend from a cut until ``budget[0]`` perturbations in a row brought nothing; keep the best."""
    patience, state = budget
    best = reset_sums(net, bounds, cut, k)
    kept = cut.label.copy()
    in_play = np.zeros(k, np.int64)
    idle = 0
    while idle < patience:
        choose_units(net, cut, min(k, 2 + draw_below(state, 2)), in_play, state)
        regrow(net, bounds, cut, in_play, state)
        cost = descend(net, bounds, cut, desk, k)
        if cost < best - bounds.least_m2:
            best, idle = cost, 0
            kept[:] = cut.label
        else:
            idle += 1
            cut.label[:] = kept
            reset_sums(net, bounds, cut, k)
    return best


@compiled
def search_k(net: Net, bounds: Bounds, k: int, patience: int, state: Ints) -> tuple[float, Ints]:
    """Cut one part into k units from scratch; return the cost and the labels."""
    n = len(net.size)
    cut, desk = make_room(n, k)
    reset_sums(net, bounds, cut, k)
    if k == 1:
        cut.label[:] = 0
        return reset_sums(net, bounds, cut, 1), cut.label
    seed_units(net, bounds, cut, np.arange(n), np.arange(k), state)
    grow_units(net, bounds, cut, np.arange(n), np.ones(k, np.int64))
    descend(net, bounds, cut, desk, k)
    cost = improve(net, bounds, cut, desk, k, (patience, state))
    return cost, cut.label


@compiled
def make_room(n: int, k: int) -> tuple[Cut, Desk]:
    """Allocate a cut with no atom in any unit, and the scratch space to work on it."""
    ints = np.zeros((2, k), np.int64)
    floats = np.zeros((4, k))
    cut = Cut(np.full(n, -1), ints[0], ints[1], floats[0], floats[1], floats[2], floats[3])
    desk = Desk(
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(n, np.int64),
        np.zeros(k + 1, np.int64),
        np.zeros(1, np.int64),
    )
    return cut, desk


@compiled
def resume(net: Net, bounds: Bounds, start: Ints, ask: Ask, state: Ints) -> tuple[bool, Ints]:
    """Carry an earlier cut on: new atoms join a neighbour with room; keep it while it is nearly as good as the best
    found.

    Three cuts are weighed in turn: the earlier one with the new atoms only, the same after descent, and the best that
    perturbation finds; the first that keeps the sizes and costs at most ``keep_share`` more than the best is
    returned. False where the earlier units are not whole, so that there is nothing to carry on.
    """
    n, k = len(net.size), start.max() + 1
    cut, desk = make_room(n, k)
    cut.label[:] = start
    reset_sums(net, bounds, cut, k)
    for atom in range(n):
        if start[atom] >= 0 and count_joined(net, cut, desk, atom, -1) != cut.atoms[start[atom]]:
            return False, start
    if cut.atoms.min() == 0:
        return False, start
    grow_units(net, bounds, cut, np.arange(n), np.ones(k, np.int64))
    squares = (net.mass * (net.x_m**2 + net.y_m**2)).sum()
    costs, labels = np.empty(3), np.empty((3, n), np.int64)
    costs[0] = reset_sums(net, bounds, cut, k)
    labels[0] = cut.label
    costs[1] = descend(net, bounds, cut, desk, k)
    labels[1] = cut.label
    costs[2] = improve(net, bounds, cut, desk, k, (max(ask.patience * k, 1), state))
    labels[2] = cut.label
    for i in range(3):
        if costs[i] + squares <= (costs[2] + squares) * (1.0 + ask.keep_share) + bounds.least_m2:
            return True, labels[i].copy()
    return True, labels[2].copy()


@compiled
def breach(net: Net, labels: Ints, k: int, ask: Ask) -> int:
    """Return by how many homes a part's units miss the bounds, all together."""
    size = np.zeros(k, np.int64)
    for atom in range(len(labels)):
        size[labels[atom]] += net.size[atom]
    out = 0
    for unit in range(k):
        out += max(ask.low - size[unit], size[unit] - ask.high, 0)
    return out


@compiled
def unit_range(total: int, atoms: int, ask: Ask) -> tuple[int, int, int]:
    """Return the number of units wanted for a total size, and the least and most that the bounds and the atoms
    allow.
    """
    least, most = -(-total // ask.high), total // ask.low
    wanted = int(np.floor(total / ask.target + 0.5))
    if least > most:  # no number of units keeps the bounds: the nearest, and the breach is told
        least = most = max(wanted, 1)
    most = max(1, min(most, atoms))
    least = max(1, min(least, most))
    return min(max(wanted, least), most), least, most


@compiled
def search_part(net: Net, bounds: Bounds, start: Ints, ask: Ask, state: Ints) -> tuple[int, Ints]:
    """Cut one part: carry on an earlier cut, else search for the wanted number of units, else for the next numbers."""
    total = net.size.sum()
    wanted, least, most = unit_range(total, len(start), ask)
    before = start.max() + 1
    if least <= before <= most and abs(total / ask.target - before) < 1.0:
        ok, labels = resume(net, bounds, start, ask, state)
        if ok and breach(net, labels, before, ask) == 0:
            return before, labels
    k, kept, fault = wanted, start, 1 << 60
    for step in range(2 * (most - least) + 3):
        offset = (step + 1) // 2 if (step % 2 == 1) == (total / ask.target >= wanted) else -(step // 2 + step % 2)
        now = wanted + offset
        if least <= now <= most:
            _, labels = search_k(net, bounds, now, ask.patience * now, state)
            missed = breach(net, labels, now, ask)
            if missed < fault:
                k, kept, fault = now, labels, missed
            if fault == 0:
                break
    return k, kept


@compiled
def in_order(labels: Ints, k: int) -> Ints:
    """Number units by their first atom, so that equal cuts have equal labels."""
    name = np.full(k, -1)
    out = np.empty_like(labels)
    count = 0
    for atom in range(len(labels)):
        if name[labels[atom]] < 0:
            name[labels[atom]] = count
            count += 1
        out[atom] = name[labels[atom]]
    return out


@compiled
def cut_parts(parts: Parts, ask: Ask) -> tuple[Ints, Ints]:
    """Cut many parts, one after the other, each by its own random stream: what one part is cut into never hangs on
    another.

    Parameters
    ----------
    parts, ask
        The graphs, and the rules: see `Parts` and `Ask`.

    Returns
    -------
    labels
        Unit 0, 1, … of each atom inside its part.
    units
        Number of units of each part.
    """
    labels = np.zeros(len(parts.size), np.int64)
    units = np.zeros(len(parts.first) - 1, np.int64)
    state = np.zeros(1, np.int64)
    for p in range(len(units)):
        a, b = parts.first[p], parts.first[p + 1]
        net = Net(
            parts.x_m[a:b], parts.y_m[a:b], parts.size[a:b], parts.mass[a:b], parts.indptr[a : b + 1], parts.indices
        )
        spread = max((net.mass * (net.x_m**2 + net.y_m**2)).sum(), 1.0)
        bounds = Bounds(ask.low, ask.high, 2.0 * spread + 1.0, ask.balance * spread / net.mass.sum(), 1e-10 * spread)
        state[0] = parts.key[p] ^ ask.seed
        draw(state)
        k, part_labels = search_part(net, bounds, parts.start[a:b], ask, state)
        units[p] = k
        labels[a:b] = in_order(part_labels, k)
    return labels, units
