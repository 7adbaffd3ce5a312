"""Small grounds that break a rule, and the slow search that tries every assignment."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.spatial import Delaunay

from geodata.rules.graph import count_pieces
from geodata.rules.profile import Profile
from geodata.rules.repair import Repair
from geodata.rules.repair_ground import RepairGround

TINY = Profile(lin_homes_min=2, lin_homes_max=3)


def in_row(sizes: list[int], step_m: float = 10.0, **values: object) -> RepairGround:
    """Return homes in a row, 10 m apart, the first ``sizes[0]`` of 邻 0 and so on; a chief in each middle."""
    n, k = sum(sizes), len(sizes)
    xy = np.column_stack([np.arange(n) * step_m, np.zeros(n)])
    return ground_of(
        xy, np.repeat(np.arange(k), sizes), k, np.column_stack([np.arange(n - 1), np.arange(1, n)]), values
    )


def ground_of(
    xy: np.ndarray, lin: np.ndarray, k: int, edges: np.ndarray, values: dict[str, object] | None = None
) -> RepairGround:
    """Return homes as one 组, the chiefs in the middle of their 邻, nothing locked, unless ``values`` say otherwise."""
    homes = np.maximum(np.bincount(lin, minlength=k), 1)
    chief = np.column_stack([np.bincount(lin, xy[:, i], k) / homes for i in (0, 1)])
    plain: dict[str, object] = {
        "xy": xy, "lin_of_home": lin, "zu_of_lin": np.zeros(k, np.int64), "edges": edges, "chief_xy": chief,
        "locked": np.zeros(k, bool), "stack_rank": np.zeros(len(xy), np.int64),
    }  # fmt: skip
    return RepairGround(**(plain | (values or {})))  # type: ignore[arg-type]


def scattered_lins(sizes: list[int], seed: int, stacked: int = 0) -> RepairGround:
    """Return homes at random with Delaunay neighbours, cut into strips of these sizes; the first homes may share a
    point.
    """
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    xy = rng.uniform(0.0, 30.0 * np.sqrt(n), (n, 2))
    corners = Delaunay(xy).simplices.astype(np.int64)
    pairs = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    lin = np.empty(n, np.int64)
    lin[np.argsort(xy[:, 0])] = np.repeat(np.arange(len(sizes)), sizes)
    rank = np.zeros(n, np.int64)
    if stacked:
        stacked = min(stacked, n)
        host = np.append(np.zeros(stacked, np.int64), np.arange(stacked, n))
        xy, rank = xy[host], np.where(host == 0, np.arange(n), 0)
        beside = np.zeros((n, n), bool)
        beside[host[pairs[:, 0]], host[pairs[:, 1]]] = True
        beside = (beside | beside.T)[np.ix_(host, host)] | (host[:, None] == host[None])
        pairs = np.argwhere(np.triu(beside, 1))
    return ground_of(xy, lin, len(sizes), np.unique(np.sort(pairs, axis=1), axis=0), {"stack_rank": rank})


def faults(ground: RepairGround, repair: Repair, profile: Profile) -> list[str]:
    """Return what a repair breaks; nothing where it is what it promises."""
    k = len(ground.zu_of_lin)
    old, after = np.asarray(ground.lin_of_home), np.array(ground.lin_of_home)
    for home, own, to in repair.moves:
        assert after[home] == own != to
        after[home] = to
    changed = np.concatenate([after[after != old], old[after != old]])
    lins = np.array([lin for lin in repair.lins if lin < k])
    size = np.bincount(after, minlength=k + 1)
    pieces = count_pieces(after, np.asarray(ground.edges).reshape(-1, 2), k + 1)
    wrong = {
        "a home moves twice": len({home for home, _, _ in repair.moves}) != repair.homes_moved,
        "touches others than it says": {int(lin) for lin in changed} != set(repair.lins),
        "counts wrongly": [int(size[lin]) for lin in repair.lins] != list(repair.sizes_after),
        "touches what is locked": bool(np.asarray(ground.locked)[lins].any()),
        "leaves the 组": len(set(np.asarray(ground.zu_of_lin)[lins])) > 1,
        "measures wrongly": abs(metres(ground, after) - repair.distance_m) > 1e-6,
    }
    for lin in repair.lins:
        is_gone = repair.kind == "dissolve" and size[lin] == 0
        wrong[f"邻 {lin} breaks the rule"] = not (is_gone or profile.lin_state(int(size[lin])) != "broken")
        wrong[f"邻 {lin} lies in pieces"] = not (is_gone or pieces[lin] == 1)
    return [what for what, is_so in wrong.items() if is_so]


def metres(ground: RepairGround, after: np.ndarray) -> float:
    """Return the metres of moved homes to their new chief; in a new 邻 to its middle home."""
    k = len(ground.zu_of_lin)
    moved = np.flatnonzero((after != ground.lin_of_home) & (after < k))
    total = float(np.sqrt(((ground.xy[moved] - ground.chief_xy[after[moved]]) ** 2).sum(axis=1)).sum())
    new = ground.xy[after == k]
    if len(new):
        total += float(np.sqrt(((new[:, None] - new[None]) ** 2).sum(axis=2)).sum(axis=1).min())
    return total


def best_by_trying_all(ground: RepairGround, lin: int, profile: Profile) -> tuple[int, float] | None:
    """Return the price of the best repair of all assignments of homes that there are; for one 组 of few homes."""
    k = len(ground.zu_of_lin)
    old = np.asarray(ground.lin_of_home)
    low, high = profile.lin_homes_min, profile.lin_homes_max
    homes = int((old == lin).sum())
    all_of_them = np.array(list(product(range(k + 1), repeat=len(old))))
    moved = (all_of_them != old).sum(axis=1)
    size = np.array([(all_of_them == one).sum(axis=1) for one in range(k + 1)])
    kept = np.array([((all_of_them == old) & (old == one)).sum(axis=1) for one in range(k)])
    gone = (size[lin] == 0) & (homes < low)
    fits = (size[k] == 0) | ((size[k] >= low) & (size[k] <= high) & (homes >= low))
    for one in range(k):
        untouched = (kept[one] == (old == one).sum()) & (size[one] == kept[one]) & (one != lin)
        in_order = (size[one] >= low) & (size[one] <= high) & (kept[one] > 0)
        fits &= (in_order & ~ground.locked[one]) | untouched | (gone & (one == lin))
    best: tuple[int, float] | None = None
    for row in np.flatnonzero(fits)[np.argsort(moved[fits], kind="stable")]:
        if best is not None and moved[row] > best[0]:
            break
        after = all_of_them[row]
        pieces = count_pieces(after, np.asarray(ground.edges), k + 1)
        touched = np.unique(np.concatenate([after[after != old], old[after != old]]))
        if moved[row] and (pieces[touched] <= 1).all():
            price = (int(moved[row]), metres(ground, after))
            best = price if best is None else min(best, price)
    return best
