from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.rules.cells import MIN_BORDER_M, Cells
from geodata.rules.plan import Plan, PlanUnit
from geodata.rules.redraw_ground import NO_LINES, NODE_M, keys_of, objects
from geodata.rules.redraw_paint import leaf_cells
from geodata.rules.segments import insert_points, shared_borders
from geodata.rules.stacks import stack_ranks


@dataclass(frozen=True)
class SideBySide:
    """Homes of some leaves and which of them live side by side on the ground as it is drawn.

    ``homes`` (n,) ids; ``xy`` (n, 2) metres; ``edges`` (e, 2) pairs of homes; ``stack_rank`` (n,) place of each home
    among those on its point.
    """

    homes: list[str]
    xy: NDArray[np.float64]
    edges: NDArray[np.intp]
    stack_rank: NDArray[np.intp]


def ground_neighbours(plan: Plan, leaves: Sequence[PlanUnit]) -> SideBySide:
    """Return which homes have ground beside each other: the cells that painting would move, leaf by leaf.

    Homes on one point are neighbours of each other in stack order, and of whoever borders their ground.
    """
    homes = [home for leaf in leaves for home in plan.homes_of.get(leaf.id, ())]
    cut = [leaf_cells(plan, leaf) for leaf in leaves if plan.homes_of.get(leaf.id) and not leaf.shape_xy.is_empty]
    if not cut:
        nothing = np.zeros(0, dtype=np.intp)
        return SideBySide([], np.zeros((0, 2)), nothing.reshape(0, 2), nothing)
    site = _sites(cut)
    xy = np.array([home.xy for home in homes])
    columns = [np.array([home.stack[i] for home in homes], dtype=object) for i in range(4)]
    rank = stack_ranks(_points(xy), columns[0], columns[1], columns[2], columns[3])
    pairs = _bordering(objects(shape for cells in cut for shape in cells.shapes_xy))
    return SideBySide([home.id for home in homes], xy, _edges(site, pairs, xy), rank)


def _sites(cut: Sequence[Cells]) -> NDArray[np.intp]:
    """Return the cell of each home, numbered through all leaves."""
    first = np.cumsum([0, *(len(cells.shapes_xy) for cells in cut)])
    return np.concatenate([cells.site_of_home + first[i] for i, cells in enumerate(cut)])


def _points(xy: NDArray[np.float64]) -> NDArray[np.intp]:
    _, point = np.unique(np.round(xy, 2), axis=0, return_inverse=True)
    return np.asarray(point, dtype=np.intp).reshape(-1)


def _bordering(shapes: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the pairs of cells that share border; cells of two leaves meet in T-junctions, which are noded first."""
    corners = keys_of(shapes)
    noded = insert_points(shapes, np.column_stack([corners.real, corners.imag]), NODE_M)
    borders = shared_borders(noded, NO_LINES)
    return np.asarray(borders.pairs[borders.border_m > MIN_BORDER_M])


def _edges(site: NDArray[np.intp], pairs: NDArray[np.intp], xy: NDArray[np.float64]) -> NDArray[np.intp]:
    """Turn pairs of cells into pairs of homes, and link homes that stand on one point."""
    of_site: dict[int, list[int]] = {}
    for home, at in enumerate(site.tolist()):
        of_site.setdefault(at, []).append(home)
    found = [(i, j) for a, b in pairs.tolist() for i in of_site.get(a, ()) for j in of_site.get(b, ())]
    for group in (_points(xy), site):
        order = np.argsort(group, kind="stable")
        same = group[order][1:] == group[order][:-1]
        found += list(zip(order[:-1][same].tolist(), order[1:][same].tolist(), strict=True))
    edges = np.sort(np.array(found, dtype=np.intp).reshape(-1, 2), axis=1)
    return np.unique(edges[edges[:, 0] != edges[:, 1]], axis=0)
