from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.rules.cutting_atoms import Atoms, make_atoms, split_by_barriers
from geodata.rules.graph import Ground, Sites, count_pieces, join_spread, pack_parts, renumber
from geodata.rules.kernels import Floats, Ints
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.search import Ask, cut_parts
from geodata.rules.stacks import StackColumns
from geodata.rules.units import Violation
from geodata.rules.variants import VARIANTS, Variant

TARGET_SHARE = 0.6
"""Where the size aimed at lies between the bounds: 11 homes for 5–15. 涟源 reports 280,000 homes in 25,173 邻: 11.1
(A22, A23).
"""

PATIENCE = 6
"""Fruitless perturbations per 邻 after which the search stops; `benchmarks/partition.py` shows what it reaches."""


@dataclass(frozen=True)
class LinCut:
    """The 邻 of one 组: ``lin_of_home`` (m,) labels 0 .. k-1; ``objective_m2`` the total squared distance to the 邻's
    centres.
    """

    lin_of_home: Ints
    objective_m2: float
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class ManyCut:
    """The 邻 of many 组: ``lin_of_home`` (n,), ``zu_of_lin`` (k,), ``objective_m2`` (z,) of each 组, and every breach.

    A violation's ``unit_id`` is ``lin:3`` or ``zu:2``.
    """

    lin_of_home: Ints
    zu_of_lin: Ints
    objective_m2: Floats
    violations: tuple[Violation, ...]


def lin_target(profile: Profile) -> float:
    """Return the homes of a 邻 that fix how many a 组 is cut into; see ``TARGET_SHARE``.

    >>> lin_target(Profile())
    11.0
    """
    return profile.lin_homes_min + TARGET_SHARE * (profile.lin_homes_max - profile.lin_homes_min)


def _ask(profile: Profile, seed: int, variant: Variant) -> Ask:
    """Return the search's rules for 邻."""
    low, high = profile.lin_homes_min, profile.lin_homes_max
    return Ask(low, high, lin_target(profile), variant.balance_share, PATIENCE, variant.keep_share, int(seed))


def cut_zu(
    ground: Ground, profile: Profile, seed: int = 0, stack: StackColumns | None = None, previous: Ints | None = None
) -> LinCut:
    """Cut the homes of one 组 into 邻.

    Parameters
    ----------
    ground
        The homes as points and their neighbours; ``zu_of_site`` is not read.
    profile
        ``lin_homes_min`` and ``lin_homes_max`` bound a 邻; `lin_target` fixes the number of 邻: n / target rounded,
        or the next number where the ground allows no such cut.
    seed
        Starts the search's random stream, together with the coordinates themselves.
    stack
        Where homes on one point stand in their building; without it their input order counts.
    previous
        (n,) 邻 of an earlier cut, -1 for a new home; kept while at most ``keep_share`` worse than the best found.

    Raises
    ------
    Problem
        ``cut.wrong_length`` as `cut_many`.
    """
    whole = Sites(ground.site_xy, ground.site_of_home, np.zeros(len(ground.site_xy), int), ground.edges, ground.crosses)
    cut = cut_many(whole, profile, seed, stack, previous)
    return LinCut(cut.lin_of_home, float(cut.objective_m2.sum()), cut.violations)


def cut_many(
    ground: Ground,
    profile: Profile,
    seed: int = 0,
    stack: StackColumns | None = None,
    previous: Ints | None = None,
    variant: Variant = VARIANTS["near"],
) -> ManyCut:
    """Cut every 组 of a village, or of a county, into 邻 in one go; parameters as `cut_zu`, with every ``zu_of_site``
    known.

    The 邻 are least in total squared distance to their centres as far as the search finds, then even in size;
    connected on their side of a barrier where the bounds can be kept so. What one 组 is cut into does not hang on the
    others.

    Raises
    ------
    Problem
        ``cut.wrong_length`` (what, rows, wanted) where an array does not fit the homes or sites;
        ``cut.zu_unknown`` (sites) where a site has no 组.
    """
    check_lengths(ground, stack, previous)
    unknown = int((np.asarray(ground.zu_of_site) < 0).sum())
    if unknown:
        raise Problem("cut.zu_unknown", sites=unknown)
    ask = _ask(profile, seed, variant)
    lin, faulty = _cut_once(ground, ask, stack, previous)
    for zu in faulty:
        lin = _mend(ground, zu, ask, stack, lin)
    zu_of_home = np.asarray(ground.zu_of_site)[ground.site_of_home]
    lin, zu_of_lin = _in_zu_order(lin, zu_of_home)
    xy = np.asarray(ground.site_xy, dtype=np.float64)[ground.site_of_home]
    spread = join_spread(lin, xy, np.ones(len(lin)), len(zu_of_lin))
    zu_count = int(np.asarray(ground.zu_of_site).max(initial=-1)) + 1
    objective = np.bincount(zu_of_lin, spread, zu_count).astype(np.float64)
    return ManyCut(lin, zu_of_lin, objective, tuple(judge(ground, lin, zu_of_lin, profile)))


def check_lengths(ground: Ground, stack: StackColumns | None, previous: Ints | None) -> None:
    """Refuse arrays that do not fit each other (``cut.wrong_length``)."""
    n, s = len(ground.site_of_home), len(ground.site_xy)
    rows = {"zu_of_site": (len(ground.zu_of_site), s), "crosses": (len(ground.crosses), len(ground.edges))}
    if stack is not None:
        rows |= {f: (len(getattr(stack, f)), n) for f in ("building", "entrance", "floor", "room")}
    if previous is not None:
        rows["previous"] = (len(previous), n)
    for what, (found, wanted) in rows.items():
        if found != wanted:
            raise Problem("cut.wrong_length", what=what, rows=found, wanted=wanted)


def _cut_once(
    ground: Ground,
    ask: Ask,
    stack: StackColumns | None,
    previous: Ints | None,
    loose: tuple[bool, bool] = (False, False),
) -> tuple[Ints, list[int]]:
    """Cut each side of each 组; return the 邻 of each home, and the 组 that a better cut may be sought for.

    ``loose[0]`` lets stacks be cut anywhere, ``loose[1]`` lets barriers be crossed.
    """
    atoms = make_atoms(ground, (ask.low, ask.high, ask.target), stack, previous, fine=loose[0])
    sides = split_by_barriers(atoms, ask.low, is_open=loose[1])
    atoms, label, k = search_atoms(sides.atoms, sides.of_atom, sides.atoms.homes.astype(np.float64), ask)
    size = np.bincount(label, atoms.homes, k) if k else np.zeros(0)
    zu_homes = np.bincount(atoms.zu, atoms.homes)
    bad = ((size < ask.low) | (size > ask.high))[label]
    faulty = [int(z) for z in np.unique(atoms.zu[bad]) if zu_homes[z] >= ask.low]
    return label[atoms.of_home], faulty


def search_atoms(atoms: Atoms, part_of_atom: Ints, mass: Floats, ask: Ask) -> tuple[Atoms, Ints, int]:
    """Run the search over atoms told apart by parts; return the atoms, the unit of each, and the number of units."""
    part = renumber(part_of_atom)
    order = np.argsort(part, kind="stable")
    name = np.empty(len(order), np.int64)
    name[order] = np.arange(len(order))
    parts = pack_parts(
        part[order], atoms.xy[order], atoms.homes[order], mass[order], name[atoms.edges], atoms.start[order]
    )
    inside, units = cut_parts(parts, ask)
    base = np.append(0, np.cumsum(units))
    label = np.empty(len(order), np.int64)
    label[order] = inside + base[part[order]]
    return atoms, label, int(base[-1])


def _mend(ground: Ground, zu: int, ask: Ask, stack: StackColumns | None, lin: Ints) -> Ints:
    """Cut one 组 again with looser rules where its sizes were missed, and take the result where it misses less."""
    sites = np.flatnonzero(np.asarray(ground.zu_of_site) == zu)
    homes = np.flatnonzero(np.isin(ground.site_of_home, sites))
    small, rows = _only(ground, sites, homes, stack)
    fault = _breach(lin[homes], ask)
    for loose in ((True, False), (True, True)):
        again, _ = _cut_once(small, ask, rows, None, loose)
        if _breach(again, ask) < fault:
            fault = _breach(again, ask)
            lin = lin.copy()
            lin[homes] = again + lin.max() + 1
        if fault == 0:
            break
    return lin


def _only(ground: Ground, sites: Ints, homes: Ints, stack: StackColumns | None) -> tuple[Sites, StackColumns | None]:
    """Return the ground and stack columns of some sites only."""
    name = np.full(len(ground.site_xy), -1)
    name[sites] = np.arange(len(sites))
    edges = name[np.asarray(ground.edges, dtype=np.int64).reshape(-1, 2)]
    kept = (edges >= 0).all(axis=1)
    part = Sites(
        np.asarray(ground.site_xy)[sites],
        name[np.asarray(ground.site_of_home)[homes]],
        np.zeros(len(sites), np.int64),
        edges[kept],
        np.asarray(ground.crosses)[kept],
    )
    columns = ("building", "entrance", "floor", "room")
    rows = (
        None if stack is None else StackColumns(*(np.asarray(getattr(stack, f), dtype=object)[homes] for f in columns))
    )
    return part, rows


def _breach(lin: Ints, ask: Ask) -> int:
    """Return by how many homes 邻 miss the bounds."""
    _, size = np.unique(lin, return_counts=True)
    return int(np.maximum(np.maximum(ask.low - size, size - ask.high), 0).sum())


def _in_zu_order(lin: Ints, zu_of_home: NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Number the 邻 by their 组, then as the search named them; return the 邻 of each home and the 组 of each 邻."""
    names, first, inverse = np.unique(lin, return_index=True, return_inverse=True)
    zu = np.asarray(zu_of_home)[first]
    place = np.empty(len(names), np.int64)
    place[np.lexsort((names, zu))] = np.arange(len(names))
    return place[inverse], np.sort(zu).astype(np.int64)


def judge(ground: Ground, lin: Ints, zu_of_lin: Ints, profile: Profile) -> list[Violation]:
    """List where a cut departs from the rules: sizes, pieces and barriers.

    Returns
    -------
    ``too_few_homes``, ``too_many_homes`` (homes, low, high) and ``cannot_be_cut`` (homes, low, high; of a 组 whose
    bounds no cut was found for) are errors; ``in_pieces`` (pieces) and ``crosses_barrier`` (homes, sides) are
    warnings, since they only come where the ground leaves no other way.
    """
    k = len(zu_of_lin)
    low, high = profile.lin_homes_min, profile.lin_homes_max
    homes = np.bincount(lin, minlength=k)
    found = []
    for unit in np.flatnonzero((homes < low) | (homes > high)):
        rule = "too_few_homes" if homes[unit] < low else "too_many_homes"
        found.append(Violation(rule, f"lin:{unit}", values={"homes": int(homes[unit]), "low": low, "high": high}))
    zu_homes = np.bincount(zu_of_lin, homes) if k else homes
    for zu in np.unique(zu_of_lin[(homes < low) | (homes > high)]):
        if zu_homes[zu] >= low:
            values = {"homes": int(zu_homes[zu]), "low": low, "high": high}
            found.append(Violation("cannot_be_cut", f"zu:{zu}", values=values))
    pieces, sides = lin_pieces(ground, lin, k)
    found += [
        Violation("in_pieces", f"lin:{unit}", "warning", {"pieces": int(pieces[unit])})
        for unit in np.flatnonzero(pieces > 1)
    ]
    for unit in np.flatnonzero(sides > pieces):
        values = {"homes": int(homes[unit]), "sides": int(sides[unit])}
        found.append(Violation("crosses_barrier", f"lin:{unit}", "warning", values))
    return found


def lin_pieces(ground: Ground, lin: Ints, k: int) -> tuple[Ints, Ints]:
    """Return in how many pieces each 邻 lies, and in how many where barriers may not be crossed."""
    site = np.asarray(ground.site_of_home, dtype=np.int64)
    spots = (
        np.unique(site * k + lin) if k else np.zeros(0, np.int64)
    )  # a site's ground, as far as one 邻 has homes on it
    label = spots % k if k else spots
    edges = np.asarray(ground.edges, dtype=np.int64).reshape(-1, 2)
    found, crossing = [np.zeros((0, 2), np.int64)], [np.zeros(0, bool)]
    for i in range(len(edges) and int(np.bincount(spots // k).max())):
        one = edges[:, 0] * k + _nth(spots, edges[:, 0], i, k)
        two = edges[:, 1] * k + one % k
        both = np.isin(one, spots) & np.isin(two, spots) & (one // k == edges[:, 0])
        found.append(np.column_stack([np.searchsorted(spots, one[both]), np.searchsorted(spots, two[both])]))
        crossing.append(np.asarray(ground.crosses, dtype=bool)[both])
    joined, crosses = np.vstack(found), np.concatenate(crossing)
    return count_pieces(label, joined, k), count_pieces(label, joined[~crosses], k)


def _nth(spots: Ints, site: Ints, i: int, k: int) -> Ints:
    """Return the i-th label on each site (the first one again where it has fewer)."""
    first = np.searchsorted(spots, site * k)
    last = np.searchsorted(spots, site * k + k)
    at = np.where(first + i < last, first + i, first)
    return np.where(first < last, spots[np.minimum(at, len(spots) - 1)] % k, 0)
