from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.rules.cells import Cells, cut_cells
from geodata.rules.plan import Plan, PlanHome, PlanUnit
from geodata.rules.problems import Problem
from geodata.rules.redraw_ground import NODE_M, Ids, Redrawn, Shapes, footholds, keys_of, leaves_near, objects, united
from geodata.rules.redraw_settle import settle
from geodata.rules.segments import Ints, insert_points
from geodata.rules.shapes import shape_lins
from geodata.rules.stacks import stack_ranks

Moves = Sequence[tuple[str, Sequence[str]]]
"""(unit id, home ids): the homes go to that leaf, or to a new one for ""."""


def paint(plan: Plan, moves: Moves, ids: Ids, *, pieces: bool = False) -> Plan:
    """Move homes to other leaves; the shapes follow, and every border elsewhere stays where it was drawn.

    The ground of a leaf that loses homes is cut into cells around its own homes, along barriers; the cells of the homes
    that leave go with them. A leaf that loses all its homes goes over whole.

    Raises
    ------
    Problem
        ``redraw.unknown_home``; ``redraw.wrong_level`` where a home is sent to a unit that is no leaf;
        ``redraw.in_pieces`` where the receiver would not hang together and nobody allowed it; ``redraw.nothing``.
    """
    born: dict[str, PlanUnit] = {}
    holder: dict[str, str] = {}
    for unit_id, homes in moves:
        target = _target(plan, unit_id, homes, born, ids)
        holder |= {home: target for home in homes if _home(plan, home).unit_id != target}
    if not holder:
        raise Problem("redraw.nothing")
    given = _given(plan, holder)
    ground: dict[str, BaseGeometry | None] = dict.fromkeys({plan.homes[home].unit_id for home in holder}, None)
    parts: dict[str, list[BaseGeometry]] = {}
    for (leaf_id, taker), shape in given.items():
        parts.setdefault(taker if taker else leaf_id, []).append(shape)
    for leaf_id in sorted(set(holder.values()) - ground.keys() - born.keys()):
        parts.setdefault(leaf_id, []).append(plan.units[leaf_id].shape_xy)
    ground |= {leaf_id: _united(plan, shapes) for leaf_id, shapes in parts.items()}
    changed, refined = noded(plan, ground)
    return settle(plan, Redrawn(changed, refined, holder, born), pieces)


def _home(plan: Plan, home_id: str) -> PlanHome:
    found = plan.homes.get(home_id)
    if found is None:
        raise Problem("redraw.unknown_home", home=home_id)
    return found


def _target(plan: Plan, unit_id: str, homes: Sequence[str], born: dict[str, PlanUnit], ids: Ids) -> str:
    if not unit_id:
        if not homes:
            raise Problem("redraw.nothing")
        model = plan.unit(_home(plan, homes[0]).unit_id)
        new = PlanUnit(ids.take(), model.level, model.kind, "", "", "", model.parent_id)
        born[new.id] = new
        return new.id
    unit = plan.unit(unit_id)
    if not plan.is_leaf(unit):
        raise Problem("redraw.wrong_level", level=unit.level.value)
    return unit_id


def _given(plan: Plan, holder: Mapping[str, str]) -> dict[tuple[str, str], BaseGeometry]:
    """Cut the ground of every leaf that loses homes: (leaf, taker) -> shape, taker "" for what it keeps."""
    given: dict[tuple[str, str], BaseGeometry] = {}
    for leaf_id in sorted({plan.homes[home].unit_id for home in holder}):
        leaf = plan.units[leaf_id]
        homes = plan.homes_of[leaf_id]
        takers = sorted({holder.get(home.id, "") for home in homes})
        if len(takers) == 1:
            given[leaf_id, takers[0]] = leaf.shape_xy
            continue
        label = np.array([takers.index(holder.get(home.id, "")) for home in homes], dtype=np.intp)
        for taker, shape in zip(takers, _cut(plan, leaf, homes, label), strict=True):
            given[leaf_id, taker] = shape
    return given


def _cut(plan: Plan, leaf: PlanUnit, homes: Sequence[PlanHome], label: Ints) -> Shapes:
    """Share a leaf's ground out among the labels of its homes."""
    cells = leaf_cells(plan, leaf)
    columns = [np.array([home.stack[i] for home in homes], dtype=object) for i in range(4)]
    ranks = stack_ranks(cells.site_of_home, columns[0], columns[1], columns[2], columns[3])
    return np.asarray(shape_lins(cells, label, ranks))


def leaf_cells(plan: Plan, leaf: PlanUnit) -> Cells:
    """Cut a leaf's ground into the cells of its homes, in the order of ``plan.homes_of``, along barriers.

    A barrier that meets the leaf's own border at so flat an angle that a corner of the leaf would move with it is left
    out: what is drawn stays where it is drawn.
    """
    xy = shapely.get_coordinates(footholds(plan, leaf))
    near = [line for line in plan.barriers_xy if shapely.intersects(line, leaf.shape_xy)]
    unknown = np.full(len(xy), -1, dtype=np.intp)
    cells = cut_cells(leaf.shape_xy, xy, unknown, None, near)
    corners = keys_of(objects([leaf.shape_xy]))
    if near and not np.isin(corners, keys_of(cells.shapes_xy)).all():
        return cut_cells(leaf.shape_xy, xy, unknown)
    return cells


def _united(plan: Plan, shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    return shapes[0] if len(shapes) == 1 else united(plan, _matched(shapes))


def _matched(shapes: Sequence[BaseGeometry]) -> Shapes:
    """Give shapes that lie side by side each other's vertices, so that they unite without a seam."""
    rows = objects(shapes)
    points = keys_of(rows)
    return np.asarray(insert_points(rows, np.column_stack([points.real, points.imag]), NODE_M))


def noded(
    plan: Plan, ground: Mapping[str, BaseGeometry | None]
) -> tuple[dict[str, BaseGeometry | None], dict[str, BaseGeometry]]:
    """Put the new vertices into the borders of the changed leaves and of their neighbours."""
    live = [(leaf_id, shape) for leaf_id, shape in ground.items() if shape is not None]
    shapes = objects(shape for _, shape in live)
    beside = leaves_near(plan, shapes, ground.keys())
    known = keys_of(objects(u.shape_xy for u in plan.leaves() if u.id in ground or u in beside))
    new = np.setdiff1d(keys_of(shapes), known)
    if not len(new):
        return dict(ground), {}
    both = objects([*shapes, *(leaf.shape_xy for leaf in beside)])
    noded = insert_points(both, np.column_stack([new.real, new.imag]), NODE_M)
    changed = {**ground, **{leaf_id: noded[i] for i, (leaf_id, _) in enumerate(live)}}
    others = zip(beside, noded[len(live) :], strict=True)
    return changed, {leaf.id: shape for leaf, shape in others if shape is not leaf.shape_xy}
