from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geodata.rules.cutting_growth import draw, grow_units, perturb, regrow
from geodata.rules.cutting_moves import (
    Bounds,
    Cut,
    Desk,
    Net,
    count_joined,
    descend,
    mark_changed,
    mark_settled,
    reset_sums,
)
from geodata.rules.kernels import Floats, Ints, compiled, inner, roomy

HOPE_SHARE = 0.1
"""A perturbed cut that moves alone leave more than this share above the best is given up before swaps and chains."""


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


@inner
def total_squares(net: Net) -> float:
    """Return the squared distance of all homes to their mean: what turns costs into squared distances to the
    centres.
    """
    total = 0.0
    for atom in range(len(net.size)):
        total += net.mass[atom] * (net.x_m[atom] ** 2 + net.y_m[atom] ** 2)
    return total


@roomy
def improve(net: Net, bounds: Bounds, cut: Cut, desk: Desk, idle_limit: int, state: Ints) -> float:
    """Perturb and descend from a cut until ``idle_limit`` perturbations in a row brought nothing; keep the best."""
    best = reset_sums(net, bounds, cut, cut.label)
    kept = cut.label.copy()
    squares = total_squares(net)
    in_play = np.zeros(len(cut.cost), np.int64)
    idle = 0
    while idle < idle_limit:
        perturb(net, bounds, cut, desk, in_play, state)
        cost = descend(net, bounds, cut, desk, best + HOPE_SHARE * (best + squares))
        if cost < best - bounds.least_m2:
            for unit in range(len(in_play)):
                mark_changed(desk, unit)
            best, idle = descend(net, bounds, cut, desk, np.inf), 0
            kept = cut.label.copy()
        else:
            idle += 1
            reset_sums(net, bounds, cut, kept)
            mark_settled(desk)
    return reset_sums(net, bounds, cut, kept)


@roomy
def make_room(n: int, k: int) -> tuple[Cut, Desk]:
    """Allocate a cut with no atom in any unit, and the scratch space to work on it."""
    ints, floats, places = np.zeros((2, k), np.int64), np.zeros((4, k)), np.zeros((6, n), np.int64)
    cut = Cut(places[3], ints[0], ints[1], floats[0], floats[1], floats[2], floats[3])
    units = np.zeros((2, k + 1), np.int64)
    return cut, Desk(places[0], places[1], places[2], units[0], np.zeros(3, np.int64), units[1], places[4], places[5])


@roomy
def search_from(net: Net, bounds: Bounds, start: Ints, k: int, ask: Ask, state: Ints) -> Ints:
    """Cut one part into k units, from an earlier cut where it still holds, else from scratch.

    Of an earlier cut three forms are weighed in turn: with the new atoms only, the same after descent, and the best
    that perturbation finds; the first that costs at most ``ask.keep_share`` more than the best is returned.
    """
    n = len(net.size)
    cut, desk = make_room(n, k)
    in_play = np.ones(k, np.int64)
    is_whole = starts_whole(net, bounds, cut, desk, start)
    if is_whole:
        grow_units(net, bounds, cut, np.arange(n), in_play)
    else:
        for atom in range(n):
            cut.label[atom] = -1
        regrow(net, bounds, cut, in_play, state)
    squares = total_squares(net)
    first_cost, first = reset_sums(net, bounds, cut, cut.label), cut.label.copy()
    for unit in range(k):
        mark_changed(desk, unit)
    second_cost, second = descend(net, bounds, cut, desk, np.inf), cut.label.copy()
    limit = improve(net, bounds, cut, desk, ask.patience * k if k > 1 else 0, state) + bounds.least_m2
    if is_whole:
        limit += (limit + squares) * ask.keep_share
        if first_cost <= limit:
            return first
        if second_cost <= limit:
            return second
    return cut.label


@inner
def starts_whole(net: Net, bounds: Bounds, cut: Cut, desk: Desk, start: Ints) -> bool:
    """Take on an earlier cut, and tell whether it has as many units, each with an atom and in one piece."""
    for atom in range(len(start)):
        if start[atom] >= len(cut.cost):
            return False
    reset_sums(net, bounds, cut, start)
    for unit in range(len(cut.cost)):
        if cut.atoms[unit] == 0:
            return False
    for atom in range(len(start)):
        if start[atom] >= 0 and count_joined(net, cut, desk, atom, atom) != int(cut.atoms[start[atom]]):
            return False
    return True


@roomy
def breach(net: Net, labels: Ints, k: int, ask: Ask) -> int:
    """Return by how many homes a part's units miss the bounds, all together."""
    size = np.zeros(k, np.int64)
    for atom in range(len(labels)):
        size[labels[atom]] += net.size[atom]
    out = 0
    for unit in range(k):
        out += max(ask.low - size[unit], size[unit] - ask.high, 0)
    return out


@inner
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


@roomy
def search_part(net: Net, bounds: Bounds, start: Ints, ask: Ask, state: Ints) -> tuple[int, Ints]:
    """Cut one part: carry on an earlier cut, else search for the wanted number of units, else for the next numbers."""
    total, before = net.size[0], start[0] + 1
    for atom in range(1, len(start)):
        total += net.size[atom]
        before = max(before, start[atom] + 1)
    wanted, least, most = unit_range(total, len(start), ask)
    if least <= before <= most and abs(total / ask.target - before) < 1.0:
        wanted = before
    up = 1 if total > ask.target * wanted else -1
    best, kept, fault = wanted, start, total + 1
    for step in range(2 * (most - least) + 2):
        now = wanted + (up if step % 2 == 1 else -up) * ((step + 1) // 2)
        if least <= now <= most and fault > 0:
            labels = search_from(net, bounds, start, now, ask, state)
            missed = breach(net, labels, now, ask)
            if missed < fault:
                best, kept, fault = now, labels, missed
    return best, kept


@roomy
def name_in_order(labels: Ints, out: Ints) -> None:
    """Write units numbered by their first atom to ``out``, so that equal cuts have equal labels."""
    name = np.zeros(len(labels), np.int64)
    count = 0
    for atom in range(len(labels)):
        if name[labels[atom]] == 0:
            count += 1
            name[labels[atom]] = count
        out[atom] = name[labels[atom]] - 1


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
        spread, mass = 1.0, 0.0
        for i in range(a, b):
            spread += parts.mass[i] * (parts.x_m[i] ** 2 + parts.y_m[i] ** 2)
            mass += parts.mass[i]
        bounds = Bounds(ask.low, ask.high, 2.0 * spread, ask.balance * spread / mass, 1e-10 * spread)
        state[0] = parts.key[p] ^ ask.seed
        draw(state)
        k, part_labels = search_part(net, bounds, parts.start[a:b], ask, state)
        units[p] = k
        name_in_order(part_labels, labels[a:b])
    return labels, units
