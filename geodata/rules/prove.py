from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds as Range
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csc_array, hstack, identity, vstack

from geodata.rules.cutting_atoms import make_atoms, split_by_barriers
from geodata.rules.cutting_moves import Net
from geodata.rules.graph import Ground, Sites, join_spread, pack_parts, renumber
from geodata.rules.kernels import Floats, Ints
from geodata.rules.partition import LinCut, lin_target
from geodata.rules.profile import Profile
from geodata.rules.proof_pricing import Hunt, Prices, find_units
from geodata.rules.search import Ask, Parts
from geodata.rules.stacks import StackColumns

SAME_SHARE = 1e-9
"""Two objectives that differ by less than this share are the same cut, within the solver's own tolerance."""


@dataclass(frozen=True)
class Proof:
    """How far from the best a cut is at most.

    ``lower_bound_m2`` no cut into as many 邻 with the same atoms is below; ``objective_m2`` the cut's own;
    ``gap_share`` (objective - bound) / objective; ``optimal`` where nothing is left to gain; ``best_m2`` the best cut
    met on the way.
    """

    lower_bound_m2: float
    objective_m2: float
    gap_share: float
    optimal: bool
    best_m2: float


@dataclass(frozen=True)
class Limits:
    """How hard to try: units in a linear programme, steps of one search for units, rounds, seconds of the integer
    solver.
    """

    units: int = 60_000
    steps: int = 1_000_000
    rounds: int = 80
    solver_s: float = 20.0


def prove_zu(
    ground: Ground, profile: Profile, cut: LinCut, stack: StackColumns | None = None, limits: Limits | None = None
) -> Proof:
    """Bound how much better the 邻 of one 组 could be: column generation over connected units, then set partition.

    A unit is any connected set of atoms of ``lin_homes_min`` .. ``lin_homes_max`` homes. The linear programme over
    all units is solved without listing them: units of negative reduced cost are found by `find_units` until there are
    none; its value bounds every cut from below. Where that leaves a gap, every unit whose reduced cost fits into it
    goes to HiGHS as a set partition, which settles it. Where a limit stops this, the bound stays valid and the gap is
    told.

    Parameters
    ----------
    ground, profile, stack
        As `cut_zu` had them.
    cut
        What `cut_zu` returned: its number of 邻 on each side of a barrier is taken as given.
    limits
        How hard to try; see `Limits`.
    """
    limits = limits or Limits()
    lin = np.asarray(cut.lin_of_home, dtype=np.int64)
    xy = np.asarray(ground.site_xy, dtype=np.float64)[ground.site_of_home]
    objective = float(join_spread(lin, xy, np.ones(len(lin)), int(lin.max(initial=-1)) + 1).sum())
    parts, labels, ask, inside = _parts_of(ground, profile, lin, stack)
    low = best = inside
    for p in range(len(parts.first) - 1):
        part_low, part_best = _prove_part(_net(parts, p), labels[parts.first[p] : parts.first[p + 1]], ask, limits)
        low, best = low + part_low, best + part_best
    low, best = min(low, objective), min(best, objective)
    gap = (objective - low) / objective if objective > 0.0 else 0.0
    return Proof(low, objective, gap, gap <= SAME_SHARE * 10, best)


def _parts_of(
    ground: Ground, profile: Profile, lin: Ints, stack: StackColumns | None
) -> tuple[Parts, Ints, Ask, float]:
    """Return the parts a cut was made of, the 邻 of each atom, the bounds, and the squared distances inside atoms.

    Where the cut has divided atoms or crossed a barrier as its last resort, so may the proof.
    """
    ask = Ask(profile.lin_homes_min, profile.lin_homes_max, lin_target(profile), 0.0, 2, 0.0, 0)
    whole = Sites(ground.site_xy, ground.site_of_home, np.zeros(len(ground.site_xy), int), ground.edges, ground.crosses)
    xy = np.asarray(ground.site_xy, dtype=np.float64)[ground.site_of_home]
    for loose in ((False, False), (True, False), (True, True)):
        atoms = make_atoms(whole, (ask.low, ask.high, ask.target), stack, lin, fine=loose[0])
        sides = split_by_barriers(atoms, ask.low, is_open=loose[1])
        held = sides.atoms
        label = np.zeros(len(held.homes), np.int64)
        label[held.of_home] = lin
        apart = len(np.unique(np.column_stack([label, sides.of_atom]), axis=0)) == len(np.unique(lin))
        if apart and (label[held.of_home] == lin).all():
            break
    inside = float(join_spread(held.of_home, xy, np.ones(len(lin)), len(held.homes)).sum())
    part = renumber(sides.of_atom)
    order = np.argsort(part, kind="stable")
    name = np.empty(len(order), np.int64)
    name[order] = np.arange(len(order))
    mass = held.homes.astype(np.float64)
    nothing = np.full(len(order), -1, np.int64)
    parts = pack_parts(part[order], held.xy[order], held.homes[order], mass[order], name[held.edges], nothing)
    return parts, label[order], ask, inside


def _net(parts: Parts, p: int) -> Net:
    """Return one part's graph."""
    a, b = parts.first[p], parts.first[p + 1]
    base = parts.indptr[a]
    indices = parts.indices[base : parts.indptr[b]]
    return Net(
        parts.x_m[a:b], parts.y_m[a:b], parts.size[a:b], parts.mass[a:b], parts.indptr[a : b + 1] - base, indices
    )


def _spread(net: Net, columns: NDArray[np.bool_]) -> Floats:
    """Return each unit's squared distance to its centre; ``columns`` (u, a) tells the atoms of each unit."""
    member = columns.astype(np.float64)
    mass, sx, sy = member @ net.mass, member @ (net.mass * net.x_m), member @ (net.mass * net.y_m)
    square = member @ (net.mass * (net.x_m**2 + net.y_m**2))
    return np.asarray(np.maximum(square - (sx**2 + sy**2) / mass, 0.0), dtype=np.float64)


def _first_prices(net: Net, labels: Ints) -> Prices:
    """Return prices at which the cut's own units cost nothing: each atom pays its own squared distance to its
    centre.
    """
    name = renumber(labels)
    mass = np.bincount(name, net.mass)
    dx = net.x_m - (np.bincount(name, net.mass * net.x_m) / mass)[name]
    dy = net.y_m - (np.bincount(name, net.mass * net.y_m) / mass)[name]
    return Prices(net.mass * (dx**2 + dy**2), 0.0)


def _first_columns(net: Net, prices: Prices, own: NDArray[np.bool_], hunt: Hunt, scale: float) -> NDArray[np.bool_]:
    """Return the cut's own units and all that cost little at the first prices, to start the linear programme from."""
    columns = own
    for share in (0.02, 0.05, 0.1, 0.2, 0.4):
        wider = hunt._replace(below_m2=share * scale, keep_share=0.0, most_found=6000, most_steps=60_000)
        found, costs, _ = find_units(net, prices, wider, _fine_m(scale))
        columns = np.vstack([own, found.reshape(-1, len(net.size)).astype(bool)])
        if len(costs) >= 1000:
            break
    return np.unique(columns, axis=0)


def _prove_part(net: Net, labels: Ints, ask: Ask, limits: Limits) -> tuple[float, float]:
    """Return a lower bound of one part's objective, and the best objective met."""
    k = len(np.unique(labels))
    units = np.array([labels == unit for unit in np.unique(labels)])
    own = float(_spread(net, units).sum())
    size = units @ net.size
    if k == 1 or own == 0.0:
        return own, own
    if (size < ask.low).any() or (size > ask.high).any():
        return 0.0, own
    scale = own / k
    bound, best, columns, prices = _solve_linear(net, labels, units, ask, limits)
    if best - bound <= SAME_SHARE * best or prices is None:
        return min(bound, best), best
    hunt = Hunt(ask.low, ask.high, best - bound + 1e-6 * scale, 0.0, limits.units, limits.steps)
    found, _, is_complete = find_units(net, prices, hunt, _fine_m(scale))
    if not is_complete:
        return bound, best
    every = np.unique(np.vstack([columns, found.reshape(-1, len(net.size)).astype(bool)]), axis=0)
    return _solve_whole(net, k, every, (bound, best), limits)


def _fine_m(scale: float) -> float:
    """Return the width of the squares that centres are sought in: worth a hundredth of a mean unit's spread."""
    return float(np.sqrt(0.02 * scale / 15.0)) + 1e-6


def _constraints(columns: NDArray[np.bool_]) -> Any:
    """Return the rows "each atom in one unit" and "so many units" over the columns."""
    rows = np.vstack([columns.T, np.ones((1, len(columns)), bool)])
    return csc_array(rows.astype(np.float64))


def _solve_linear(
    net: Net, labels: Ints, own: NDArray[np.bool_], ask: Ask, limits: Limits
) -> tuple[float, float, NDArray[np.bool_], Prices | None]:
    """Solve the linear programme over all connected units by column generation.

    The atoms' prices are held in a box about those of the best bound so far, which moves with it (Marsten, Hogan,
    Blankenship 1975): without it they swing, and searches for units at wild prices never end. Returns the lower
    bound, the best whole cut met, the columns, and the prices of that bound (None where no search for units was
    completed).
    """
    k, n = len(own), len(net.size)
    bound, best = 0.0, float(_spread(net, own).sum())
    scale = best / k
    hunt = Hunt(ask.low, ask.high, -1e-7 * scale, 0.3, 6000, limits.steps)
    centre, known = _first_prices(net, labels), None
    columns = _first_columns(net, centre, own, hunt, scale)
    box = 0.5 * best / n
    for _ in range(limits.rounds):
        whole, prices, is_inside = _price_atoms(net, columns, k, (centre, box))
        best = min(best, whole)
        found, costs, is_complete = find_units(net, prices, hunt, _fine_m(scale))
        least = float(costs.min(initial=0.0)) - 1e-7 * scale
        reached = float(prices.atom_m2.sum()) + k * (prices.unit_m2 + least)
        if is_complete and reached > bound:
            bound, centre, known = reached, prices, prices
        if best - bound <= SAME_SHARE * best:
            break
        if len(costs) == 0:
            if is_inside or not is_complete:
                break
            box *= 2.0  # nothing is left to find at these prices: the box alone holds the bound down
        elif not is_complete:
            box *= 0.5
        columns = np.unique(
            np.vstack([columns, found.reshape(-1, n).astype(bool)[np.argsort(costs)[: 60 * k]]]), axis=0
        )
    return bound, best, columns, known


def _price_atoms(
    net: Net, columns: NDArray[np.bool_], k: int, about: tuple[Prices, float]
) -> tuple[float, Prices, bool]:
    """Solve the linear programme over some columns with prices no farther than ``about[1]`` from ``about[0]``.

    Returns the cut's objective if it is a whole cut (else infinity), its prices, and whether the box left
    them free.
    """
    spread, n = _spread(net, columns), len(net.size)
    scale = max(float(spread.mean()), 1e-9)
    centre, box = about
    cost = np.concatenate([spread, centre.atom_m2 + box, box - centre.atom_m2]) / scale
    edge = vstack([identity(n), csc_array((1, n))])
    rows = hstack([_constraints(columns), edge, -edge]).tocsc()
    wanted = np.append(np.ones(n), float(k))
    answer: Any = linprog(cost, A_eq=rows, b_eq=wanted, method="highs")
    dual = np.asarray(answer.eqlin.marginals, dtype=np.float64) * scale
    chosen, beside = answer.x[: len(columns)], answer.x[len(columns) :]
    is_inside = bool(beside.max() < 1e-9)
    rounded = np.round(chosen)
    whole = float(spread @ rounded) if is_inside and (np.abs(chosen - rounded) < 1e-7).all() else np.inf
    return whole, Prices(np.ascontiguousarray(dual[:n]), float(dual[n])), is_inside


def _solve_whole(
    net: Net, k: int, columns: NDArray[np.bool_], known: tuple[float, float], limits: Limits
) -> tuple[float, float]:
    """Solve the set partition over the columns in whole numbers; return the bound and the best objective."""
    bound, best = known
    spread = _spread(net, columns)
    scale = max(best / k, 1e-9)
    wanted = np.append(np.ones(len(net.size)), k)
    answer = milp(
        spread / scale,
        constraints=LinearConstraint(_constraints(columns), wanted, wanted),
        integrality=np.ones(len(columns), dtype=np.int64),
        bounds=Range(0, 1),
        options={"time_limit": limits.solver_s, "mip_rel_gap": 0.0},
    )
    if answer.x is not None:
        best = min(best, float(spread @ np.round(answer.x)))
    if answer.status == 0:
        return best, best
    dual = answer.mip_dual_bound
    return max(bound, float(dual) * scale if dual is not None else bound), best
