from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.cells import Cells, cut_cells
from geodata.rules.drafting import draft_village
from geodata.rules.numbering import inherit
from geodata.rules.plan import Plan, PlanUnit
from geodata.rules.problems import Problem
from geodata.rules.redraw_ground import Ids, Redrawn, footholds, objects
from geodata.rules.redraw_names import renumber
from geodata.rules.redraw_paint import noded
from geodata.rules.redraw_settle import LOCK_M, settle
from geodata.rules.segments import Ints
from geodata.rules.shapes import shape_lins
from geodata.rules.stacks import StackColumns, stack_ranks
from geodata.rules.units import Level


def redraft(plan: Plan, unit_id: str, seed: int, ids: Ids) -> Plan:
    """Draft the 邻 under a unit anew, and leave everything that is locked where it is.

    Locked 邻 (and those of locked 组 and 片) keep homes and ground; a locked border is not crossed. 组 and 片 stay as
    they are drawn. A new 邻 keeps the id of the old one that most of its homes come from.

    Parameters
    ----------
    seed
        Starts the search, as in ``drafting.draft_village``.

    Raises
    ------
    Problem
        ``redraw.all_locked`` where nothing may be drafted; what ``cells.cut_cells`` and ``settle`` raise.
    """
    free = [leaf for leaf in plan.leaves(unit_id) if not plan.is_locked(leaf) and plan.homes_of.get(leaf.id)]
    if not free:
        raise Problem("redraw.all_locked")
    zus = list(dict.fromkeys(_zu_of(plan, leaf).id for leaf in free))
    homes = [home for leaf in free for home in plan.homes_of[leaf.id]]
    old = [home.unit_id for home in homes]
    zu_of_home = np.array([zus.index(_zu_of(plan, plan.units[i]).id) for i in old], dtype=np.intp)
    stack = StackColumns(*(np.array([home.stack[i] for home in homes], dtype=object) for i in range(4)))
    xy = np.concatenate([shapely.get_coordinates(footholds(plan, leaf)) for leaf in free])
    cells = _cells(plan, free, zus, xy, zu_of_home)
    previous = np.unique(old, return_inverse=True)[1].astype(np.int64)
    draft = draft_village(cells, stack, plan.profile, seed, previous)
    ranks = stack_ranks(cells.site_of_home, stack.building, stack.entrance, stack.floor, stack.room)
    shapes = shape_lins(cells, draft.lin_of_home.astype(np.intp), ranks)
    keep = [leaf.id for leaf in free if leaf.level is Level.LIN]
    names = inherit([i if i in set(keep) else "" for i in old], draft.lin_of_home, len(shapes))
    lin_ids = [name or ids.take() for name in names]
    born = {
        i: PlanUnit(i, Level.LIN, "", "", "", "", zus[int(zu)])
        for i, name, zu in zip(lin_ids, names, draft.zu_of_lin, strict=True)
        if not name
    }
    moved = {
        i: replace(plan.units[i], parent_id=zus[int(zu)])
        for i, name, zu in zip(lin_ids, names, draft.zu_of_lin, strict=True)
        if name and plan.units[i].parent_id != zus[int(zu)]
    }
    ground: dict[str, BaseGeometry | None] = dict.fromkeys(keep, None)
    ground |= dict(zip(lin_ids, shapes, strict=True))
    holder = {
        h.id: lin_ids[int(at)] for h, at in zip(homes, draft.lin_of_home, strict=True) if lin_ids[int(at)] != h.unit_id
    }
    done = settle(plan, Redrawn(*noded(plan, ground), holder, {**born, **moved}), pieces_allowed=True)
    for zu in zus:
        if not any(done.is_locked(done.units[i]) for i in done.children.get(zu, ())):
            done = renumber(done, done.units[zu], deep=False)
    return done


def _zu_of(plan: Plan, leaf: PlanUnit) -> PlanUnit:
    return plan.at_level(leaf, Level.ZU) or leaf


def _cells(
    plan: Plan, free: Sequence[PlanUnit], zus: Sequence[str], xy: NDArray[np.float64], zu_of_home: Ints
) -> Cells:
    """Cut the free ground into the cells of its homes; cells on two sides of a locked border are no neighbours."""
    whole = shapely.coverage_union_all(objects(leaf.shape_xy for leaf in free))
    of_zu = [
        shapely.coverage_union_all(objects(leaf.shape_xy for leaf in free if _zu_of(plan, leaf).id == zu)) for zu in zus
    ]
    near = [line for line in (*plan.barriers_xy, *plan.locks_xy) if shapely.intersects(line, whole)]
    cells = cut_cells(whole, xy, zu_of_home, of_zu if len(zus) > 1 else None, near)
    locks = [line for line in plan.locks_xy if shapely.intersects(line, whole)]
    if not locks or not len(cells.edges):
        return cells
    band = shapely.buffer(shapely.union_all(locks), LOCK_M)
    sides = cells.shapes_xy[cells.edges]
    common = shapely.intersection(sides[:, 0], sides[:, 1])
    open_edges = shapely.length(shapely.intersection(common, band)) <= 10 * LOCK_M
    return replace(
        cells,
        edges=cells.edges[open_edges],
        border_m=cells.border_m[open_edges],
        crosses=cells.crosses[open_edges],
    )
