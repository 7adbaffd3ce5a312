from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geodata.rules.cutting_atoms import Atoms, split_by_barriers
from geodata.rules.graph import Ground, Sites, renumber
from geodata.rules.kernels import Floats, Ints
from geodata.rules.partition import PATIENCE, check_lengths, cut_many, search_atoms
from geodata.rules.profile import Profile
from geodata.rules.search import Ask
from geodata.rules.stacks import StackColumns
from geodata.rules.units import Violation
from geodata.rules.variants import VARIANTS, Variant

BARRIER_DETOUR = 100.0
"""A home of unknown 组 goes to the 组 nearest along neighbours; a step over a barrier counts as this many times its
length.
"""

ZU_BALANCE_SHARE = 0.02
"""What evenness may cost when 组 are drafted, as a share of the homes' spread."""

PIAN_BALANCE_SHARE = 0.3
"""The same for 片, whose chiefs should answer for about equally many homes."""


@dataclass(frozen=True)
class VillageDraft:
    """A village's drafted net, by index.

    ``zu_of_home`` and ``lin_of_home`` (n,); ``zu_of_lin`` (k,); ``pian_of_zu`` (z,), -1 for a 组 without homes;
    ``objective_m2`` (z,) each 组's total squared distance of homes to their 邻's centre; ``violations`` with
    ``unit_id`` ``lin:3`` or ``zu:2``.
    """

    zu_of_home: Ints
    lin_of_home: Ints
    zu_of_lin: Ints
    pian_of_zu: Ints
    objective_m2: Floats
    violations: list[Violation]


def draft_village(
    cells: Ground,
    stack: StackColumns | None,
    profile: Profile,
    seed: int,
    previous_lin: NDArray[np.integer] | None = None,
    variant: Variant = VARIANTS["near"],
) -> VillageDraft:
    """Draft the 组 (where none are known), the 邻 and the 片 of one village.

    Parameters
    ----------
    cells
        The homes as points, the neighbours among them, and the 组 of each point (-1: unknown); see `Ground`.
    stack
        Building, entrance, floor and room of each home, or None where the input order is the stack order.
    profile
        The county's bounds and targets.
    seed
        Starts every random stream, together with the coordinates themselves: the same draft on every machine.
    previous_lin
        (n,) 邻 of an earlier draft (-1: a new home); see `cut_zu`.
    variant
        What is weighed against distance; see `variants.VARIANTS`.

    Raises
    ------
    Problem
        ``cut.wrong_length`` where an array does not fit the homes.
    """
    previous = None if previous_lin is None else np.asarray(previous_lin, dtype=np.int64)
    check_lengths(cells, stack, previous)
    known = np.asarray(cells.zu_of_site, dtype=np.int64)
    violations: list[Violation] = []
    if len(known) and (known < 0).all():
        known, violations = draft_zu(cells, profile, seed)
    elif (known < 0).any():
        known = spread_zu(cells)
    ground = Sites(cells.site_xy, cells.site_of_home, known, cells.edges, cells.crosses)
    cut = cut_many(ground, profile, seed, stack, previous, variant)
    return VillageDraft(
        zu_of_home=known[ground.site_of_home],
        lin_of_home=cut.lin_of_home,
        zu_of_lin=cut.zu_of_lin,
        pian_of_zu=draft_pian(ground, profile, seed),
        objective_m2=cut.objective_m2,
        violations=[*violations, *cut.violations],
    )


def _site_atoms(ground: Ground) -> tuple[Atoms, Ints]:
    """Return the sites as atoms in an order that hangs on the ground alone, and the atom of each site."""
    xy = np.asarray(ground.site_xy, dtype=np.float64)
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    name = np.empty(len(xy), np.int64)
    name[order] = np.arange(len(xy))
    homes = np.bincount(ground.site_of_home, minlength=len(xy)).astype(np.int64)
    edges = name[np.asarray(ground.edges, dtype=np.int64).reshape(-1, 2)]
    nothing = np.full(len(xy), -1, np.int64)
    zu = np.zeros(len(xy), np.int64)
    crosses = np.asarray(ground.crosses, dtype=bool)
    return Atoms(np.arange(len(xy)), xy[order], homes[order], zu, edges, crosses, nothing), name


def draft_zu(ground: Ground, profile: Profile, seed: int) -> tuple[Ints, list[Violation]]:
    """Draft the 组 of a village where none is known: about ``profile.zu_homes_target`` homes each, not over barriers.

    Homes on one point stay in one 组, so a tower of more homes than ``zu_homes_max`` is a 组 of its own.

    Returns
    -------
    zu_of_site
        (s,) 0, 1, … .
    violations
        Warnings ``too_few_homes``, ``too_many_homes`` (homes, low, high) for 组 outside the profile's bounds.
    """
    low, high = profile.zu_homes_min, profile.zu_homes_max
    atoms, name = _site_atoms(ground)
    sides = split_by_barriers(atoms, low, is_open=False)
    held = sides.atoms
    mass = held.homes.astype(np.float64)
    ask = Ask(low, high, float(profile.zu_homes_target), ZU_BALANCE_SHARE / mass.sum(), PATIENCE, 0.0, int(seed))
    capped = replace(held, homes=np.minimum(held.homes, high))
    _, label, k = search_atoms(capped, sides.of_atom, mass, ask)
    zu_of_site = renumber(label)[held.of_home][name]
    homes = np.bincount(zu_of_site[ground.site_of_home], minlength=k)
    found = []
    for zu in np.flatnonzero((homes < low) | (homes > high)):
        rule = "too_few_homes" if homes[zu] < low else "too_many_homes"
        found.append(Violation(rule, f"zu:{zu}", "warning", {"homes": int(homes[zu]), "low": low, "high": high}))
    return zu_of_site, found


def spread_zu(ground: Ground) -> Ints:
    """Give each site of unknown 组 the 组 that is nearest along neighbouring sites, over a barrier only where nothing
    else is.

    Returns
    -------
    (s,) the 组 of each site. Sites that no chain of neighbours links to a known 组 take that of the nearest site as
    the crow flies.
    """
    zu = np.asarray(ground.zu_of_site, dtype=np.int64)
    xy = np.asarray(ground.site_xy, dtype=np.float64)
    edges = np.asarray(ground.edges, dtype=np.int64).reshape(-1, 2)
    length = np.sqrt(((xy[edges[:, 0]] - xy[edges[:, 1]]) ** 2).sum(axis=1)) + 1e-6
    length = np.where(np.asarray(ground.crosses, dtype=bool), BARRIER_DETOUR * length, length)
    graph = coo_array((length, (edges[:, 0], edges[:, 1])), shape=(len(xy), len(xy))).tocsr()
    known = np.flatnonzero(zu >= 0)
    far, _, source = dijkstra(graph, directed=False, indices=known, min_only=True, return_predecessors=True)
    out = zu.copy()
    for site in np.flatnonzero(zu < 0):
        if np.isfinite(far[site]):
            out[site] = zu[source[site]]
        else:
            out[site] = zu[known[np.argmin(((xy[known] - xy[site]) ** 2).sum(axis=1))]]
    return out


def draft_pian(ground: Ground, profile: Profile, seed: int) -> Ints:
    """Group the 组 of a village into 片 of neighbouring 组, compact and of about equally many homes.

    Aims at ``profile.pian_zu_target`` 组 a 片 (9,449 / 2,381 in 涟源, A23), within ``pian_zu_min`` and a little above
    the target.

    Returns
    -------
    (z,) 片 0, 1, … of each 组, -1 for a 组 without homes.
    """
    zu = np.asarray(ground.zu_of_site, dtype=np.int64)
    out = np.full(int(zu.max(initial=-1)) + 1, -1, np.int64)
    names, zu_of_site = np.unique(zu, return_inverse=True)
    if len(names) == 0:
        return out
    zu_of_home = zu_of_site[ground.site_of_home]
    homes = np.bincount(zu_of_home, minlength=len(names)).astype(np.float64)
    at = np.asarray(ground.site_xy, dtype=np.float64)[ground.site_of_home]
    xy = (
        np.column_stack([np.bincount(zu_of_home, at[:, i], len(names)) for i in (0, 1)])
        / np.maximum(homes, 1.0)[:, None]
    )
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    place = np.empty(len(names), np.int64)
    place[order] = np.arange(len(names))
    ends = place[zu_of_site][np.asarray(ground.edges, dtype=np.int64).reshape(-1, 2)]
    edges = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
    one = np.ones(len(names), np.int64)
    atoms = Atoms(np.arange(len(names)), xy[order], one, one * 0, edges, np.zeros(len(edges), bool), one * 0 - 1)
    low = min(profile.pian_zu_min, profile.pian_zu_target)
    high = max(profile.pian_zu_max, 2 * profile.pian_zu_target - low)
    ask = Ask(low, high, float(profile.pian_zu_target), PIAN_BALANCE_SHARE / homes.sum(), PATIENCE, 0.0, int(seed))
    sides = split_by_barriers(atoms, low, is_open=False)
    mass = np.bincount(sides.atoms.of_home, homes[order]).astype(np.float64)
    _, label, _ = search_atoms(sides.atoms, sides.of_atom, mass, ask)
    out[names] = renumber(label)[sides.atoms.of_home][place]
    return out
