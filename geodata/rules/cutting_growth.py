from __future__ import annotations

import numpy as np

from geodata.rules.cutting_moves import (
    Bounds,
    Cut,
    Desk,
    Net,
    clear_unit,
    join,
    mark_changed,
)
from geodata.rules.kernels import Floats, Ints, inner, roomy

WANDER_EIGHTHS = 2
"""How many of eight perturbations let a unit wander; found best of 0 to 5 on the corpus of `benchmarks/`, 12 seeds."""


@inner
def draw(state: Ints) -> int:
    """Return 62 random bits of a splitmix64 stream (Steele, Lea, Flood 2014): the same on every machine and thread."""
    state[0] = np.int64(state[0] + np.int64(-7046029254386353131))
    bits = np.uint64(state[0])
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((bits ^ (bits >> np.uint64(31))) >> np.uint64(2))  # type: ignore[return-value]


@inner
def draw_below(state: Ints, n: int) -> int:
    """Return a random whole number 0 .. n - 1."""
    return draw(state) % n


@inner
def draw_share(state: Ints) -> float:
    """Return a random number in [0, 1)."""
    return draw(state) / 4611686018427387904.0


@inner
def pick_weighted(weight: Floats, state: Ints) -> int:
    """Draw an index with a chance in proportion to its weight (any index where all weights are 0)."""
    total = 0.0
    for i in range(len(weight)):
        total += weight[i]
    if total <= 0.0:
        return draw_below(state, len(weight))
    left = draw_share(state) * total
    for i in range(len(weight)):
        left -= weight[i]
        if left < 0.0:
            return i
    return len(weight) - 1


@roomy
def seed_units(net: Net, bounds: Bounds, cut: Cut, todo: Ints, units: Ints, state: Ints) -> None:
    """Start each unit at one atom of ``todo``: half of the times far from each other, by k-means++ (Arthur,
    Vassilvitskii 2007), half of the times anywhere, which finds the cuts with units of very different breadth.
    """
    anywhere = draw(state) % 2 == 0
    far = np.empty(len(todo))
    for i in range(len(todo)):
        far[i] = net.mass[todo[i]]
    for u in range(len(units)):
        pick = pick_weighted(far, state)
        if cut.label[todo[pick]] >= 0:  # only where points coincide: any free atom will do
            for i in range(len(todo)):
                if cut.label[todo[i]] < 0:
                    pick = i
        chosen = todo[pick]
        join(net, bounds, cut, chosen, units[u])
        for i in range(len(todo)):
            dx, dy = net.x_m[todo[i]] - net.x_m[chosen], net.y_m[todo[i]] - net.y_m[chosen]
            near = net.mass[todo[i]] * (dx * dx + dy * dy)
            if not anywhere or near == 0.0:
                far[i] = near if u == 0 else min(far[i], near)


@inner
def growth_cost(net: Net, bounds: Bounds, cut: Cut, atom: int, unit: int) -> float:
    """Return what an atom adds to a unit's squared distances, with room counting before distance."""
    mass = cut.mass[unit]
    dx, dy = net.x_m[atom] - cut.sx[unit] / mass, net.y_m[atom] - cut.sy[unit] / mass
    over = max(cut.size[unit] + net.size[atom] - bounds.high, 0)
    cost: float = net.mass[atom] * mass / (mass + net.mass[atom]) * (dx * dx + dy * dy) + over * bounds.penalty_m2
    return cost


@inner
def best_offer(net: Net, bounds: Bounds, cut: Cut, atom: int, in_play: Ints) -> tuple[float, int]:
    """Return the least cost at which a neighbouring unit in play takes an atom up, and that unit (-1: none)."""
    best, to, last = np.inf, -1, -1
    for j in range(net.indptr[atom], net.indptr[atom + 1]):
        unit = cut.label[net.indices[j]]
        if unit >= 0 and unit != last and in_play[unit] == 1:
            last = unit
            cost = growth_cost(net, bounds, cut, atom, unit)
            if cost < best:
                best, to = cost, unit
    return best, to


@inner
def list_waiting(net: Net, bounds: Bounds, cut: Cut, todo: Ints, in_play: Ints, offer: Floats) -> int:
    """Move the atoms of ``todo`` that are in no unit to its front, with what each is offered; return their number."""
    count = 0
    for i in range(len(todo)):
        atom = todo[i]
        if cut.label[atom] < 0:
            todo[i] = todo[count]
            todo[count] = atom
            count += 1
            offer[atom] = best_offer(net, bounds, cut, atom, in_play)[0]
    return count


@inner
def offer_around(net: Net, bounds: Bounds, cut: Cut, atom: int, offer: Floats) -> None:
    """Offer the unit that an atom has just joined to its neighbours in no unit."""
    for j in range(net.indptr[atom], net.indptr[atom + 1]):
        other = net.indices[j]
        if cut.label[other] < 0:
            offer[other] = min(offer[other], growth_cost(net, bounds, cut, other, cut.label[atom]))


@roomy
def grow_units(net: Net, bounds: Bounds, cut: Cut, todo: Ints, in_play: Ints) -> None:
    """Give the atoms of ``todo`` without a unit to neighbouring units in play, cheapest first, while there is room.

    An offer is made when a neighbour joins, and made anew when its turn comes and it has become dearer. ``todo`` is
    left in another order.
    """
    offer = np.empty(len(net.size))
    count = list_waiting(net, bounds, cut, todo, in_play, offer)
    while count > 0:
        at = 0
        for i in range(1, count):
            if offer[todo[i]] < offer[todo[at]]:
                at = i
        atom = todo[at]
        cost, to = best_offer(net, bounds, cut, atom, in_play)
        if to < 0:
            return
        if cost > offer[atom]:
            offer[atom] = cost
            continue
        join(net, bounds, cut, atom, to)
        offer_around(net, bounds, cut, atom, offer)
        count -= 1
        todo[at] = todo[count]
        todo[count] = atom


@inner
def choose_units(net: Net, cut: Cut, wanted: int, in_play: Ints, state: Ints) -> int:
    """Mark up to ``wanted`` units that hang together, a random one first; return how many were found."""
    n = len(net.size)
    for unit in range(len(in_play)):
        in_play[unit] = 0
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


@roomy
def regrow(net: Net, bounds: Bounds, cut: Cut, in_play: Ints, state: Ints) -> None:
    """Dissolve the marked units and grow as many anew from fresh seeds on the same ground; atoms in no unit join in."""
    todo, units = np.empty(len(net.size), np.int64), np.empty(len(in_play), np.int64)
    atoms, count = 0, 0
    for atom in range(len(net.size)):
        if cut.label[atom] < 0 or in_play[cut.label[atom]] == 1:
            cut.label[atom] = -1
            todo[atoms] = atom
            atoms += 1
    for unit in range(len(in_play)):
        if in_play[unit] == 1:
            clear_unit(bounds, cut, unit)
            units[count] = unit
            count += 1
    seed_units(net, bounds, cut, todo[:atoms], units[:count], state)
    grow_units(net, bounds, cut, todo[:atoms], in_play)


@roomy
def relocate(net: Net, bounds: Bounds, cut: Cut, in_play: Ints, state: Ints) -> None:
    """Dissolve one random unit into its neighbours and cut another in two, so that units can wander over the ground.

    ``in_play`` then marks the units that changed.
    """
    n, k = len(net.size), len(cut.cost)
    units = np.empty(2, np.int64)
    units[0] = cut.label[draw_below(state, n)]
    units[1] = cut.label[draw_below(state, n)]
    if units[0] == units[1]:
        units[1] = (units[0] + 1) % k
    freed, torn = np.empty(n, np.int64), np.empty(n, np.int64)
    all_count, torn_count = 0, 0
    for atom in range(n):
        if cut.label[atom] == units[0]:
            torn[torn_count] = atom
            torn_count += 1
        if cut.label[atom] in (units[0], units[1]):
            freed[all_count] = atom
            all_count += 1
            cut.label[atom] = -1
    for unit in range(k):
        in_play[unit] = 1
    clear_unit(bounds, cut, units[0])
    clear_unit(bounds, cut, units[1])
    seed_units(net, bounds, cut, torn[:torn_count] if torn_count > 1 else freed[:all_count], units, state)
    grow_units(net, bounds, cut, freed[:all_count], in_play)
    for unit in range(k):
        in_play[unit] = 0
    for i in range(all_count):
        in_play[cut.label[freed[i]]] = 1


@roomy
def perturb(net: Net, bounds: Bounds, cut: Cut, desk: Desk, in_play: Ints, state: Ints) -> None:
    """Change a cut by chance: let a unit wander, or regrow three to five units that hang together."""
    if draw(state) % 8 < WANDER_EIGHTHS and len(cut.cost) > 2:
        relocate(net, bounds, cut, in_play, state)
    else:
        choose_units(net, cut, min(3 + draw(state) % 3, len(cut.cost)), in_play, state)
        regrow(net, bounds, cut, in_play, state)
    for unit in range(len(in_play)):
        if in_play[unit] == 1:
            mark_changed(desk, unit)
