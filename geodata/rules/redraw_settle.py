from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.rules import crs
from geodata.rules.colours import colour_units
from geodata.rules.labels import label_points
from geodata.rules.numbering import neighbours
from geodata.rules.plan import Plan, PlanUnit, difference, is_same_shape
from geodata.rules.problems import Problem
from geodata.rules.redraw_ground import Redrawn, objects
from geodata.rules.redraw_names import rename_moved
from geodata.rules.units import Level

LOCK_M = 1e-3
"""A locked border is there as long as it lies within a millimetre of the borders drawn."""
GAP_M = 1e-3
"""Borders that run side by side nearer than this, and not on each other, have come apart."""
GROUND_SHARE = 1e-9
"""What rounding may take from or add to the ground of an edit, as a share of it."""


def settle(plan: Plan, redrawn: Redrawn, pieces_allowed: bool = False) -> Plan:
    """Put a plan in order after an act: shapes of the units above, homes, codes, names, areas, labels, fills.

    Parameters
    ----------
    pieces_allowed
        Whether a cadre said that a leaf may lie in several pieces.

    Returns
    -------
    Plan
        The units still tile the ground they tiled, every home is in one leaf, untouched units are the same objects.

    Raises
    ------
    Problem
        ``redraw.locked`` (code, place); ``redraw.folds`` (place) where borders would cross; ``redraw.in_pieces``
        (code, pieces, place); ``redraw.no_ground`` (code) for a unit that would hold homes without ground;
        ``redraw.nothing`` where nothing would change.
    """
    _refuse_locked(plan, redrawn)
    drawn = _with_ground(plan, redrawn, pieces_allowed)
    _refuse_overlaps(plan, drawn, redrawn)
    _refuse_lost_locks(plan, drawn, redrawn)
    counted = _with_homes(plan, _with_unions(plan, drawn, redrawn), redrawn)
    named = rename_moved(plan, counted)
    done = _measured(plan, named)
    if difference(plan, done).is_nothing:
        raise Problem("redraw.nothing")
    return done


def inner_place(plan: Plan, shape: BaseGeometry) -> tuple[float, float] | None:
    """Return a (lon, lat) in EPSG:4490 degrees on a shape, to fly to; None for an empty one."""
    return None if shape.is_empty else place_ll(plan, shapely.get_coordinates(shapely.point_on_surface(shape))[0])


def place_ll(plan: Plan, xy: Sequence[float]) -> tuple[float, float]:
    """Return metres of the county's zone as a (lon, lat) in EPSG:4490 degrees."""
    lon, lat = crs.to_ll(np.array([xy]), plan.zone)[0].tolist()
    return (lon, lat)


def _refuse_locked(plan: Plan, redrawn: Redrawn) -> None:
    changed = {*redrawn.ground, *redrawn.units, *redrawn.holder.values()}
    changed |= {plan.homes[home].unit_id for home in redrawn.holder}
    for unit_id in sorted(changed & plan.units.keys()):
        unit = plan.units[unit_id]
        if plan.is_locked(unit):
            place = inner_place(plan, unit.shape_xy)
            raise Problem("redraw.locked", code=unit.code, name=unit.name, place=place)


def _with_ground(plan: Plan, redrawn: Redrawn, pieces_allowed: bool) -> Plan:
    """Return the plan with the leaves' new ground, and without leaves that have none left."""
    units = {**plan.units, **redrawn.units}
    for leaf_id, shape in {**redrawn.ground, **redrawn.refined}.items():
        if shape is None:
            del units[leaf_id]
            continue
        if leaf_id in redrawn.ground and not pieces_allowed:
            _refuse_pieces(plan, plan.units.get(leaf_id), units[leaf_id], shape)
        if not is_same_shape(units[leaf_id].shape_xy, shape):
            units[leaf_id] = replace(units[leaf_id], shape_xy=shape)
    return replace(plan, units=units)


def _with_unions(plan: Plan, drawn: Plan, redrawn: Redrawn) -> Plan:
    """Return the plan with the shapes of 组 and 片 united anew from what lies in them, and without empty ones."""
    units = dict(drawn.units)
    touched = _parents(plan, redrawn, units)
    for level in (Level.ZU, Level.PIAN):
        for unit_id in sorted(i for i in touched if i in units and units[i].level is level):
            _unite_children(units, unit_id)
    return replace(drawn, units=units)


def _unite_children(units: dict[str, PlanUnit], unit_id: str) -> None:
    """Give a unit the ground of its children, or take it away where it has none left."""
    shapes = objects(u.shape_xy for u in units.values() if u.parent_id == unit_id)
    if not len(shapes):
        del units[unit_id]
    elif not shapely.is_empty(shapes).any():
        whole = shapely.coverage_union_all(shapes)
        if not is_same_shape(units[unit_id].shape_xy, whole):
            units[unit_id] = replace(units[unit_id], shape_xy=whole)


def _parents(plan: Plan, redrawn: Redrawn, units: Mapping[str, PlanUnit]) -> set[str]:
    """Return the 组 and 片 above whatever changed, as it was and as it is."""
    found: set[str] = set()
    for unit_id in {*redrawn.ground, *redrawn.refined, *redrawn.units}:
        for rows in (plan.units, units):
            at = rows.get(unit_id)
            while at is not None and at.level.depth > Level.VILLAGE.depth:
                found.add(at.parent_id)
                at = rows.get(at.parent_id)
    return found


def _refuse_pieces(plan: Plan, old: PlanUnit | None, unit: PlanUnit, shape: BaseGeometry) -> None:
    pieces = int(shapely.get_num_geometries(shape))
    before = 0 if old is None else int(shapely.get_num_geometries(old.shape_xy))
    if pieces > max(before, 1):
        parts = shapely.get_parts(shape)
        place = inner_place(plan, parts[int(np.argmin(shapely.area(parts)))])
        raise Problem("redraw.in_pieces", code=unit.code, name=unit.name, pieces=pieces, place=place)


def _refuse_overlaps(plan: Plan, drawn: Plan, redrawn: Redrawn) -> None:
    """Refuse ground that does not tile: borders that cross, ground lost or used twice."""
    cut = {u.parent_id for u in redrawn.units.values() if u.parent_id in plan.units}  # 组 that get their first 邻
    whole = [i for i in (*redrawn.ground, *(i for i in cut if plan.is_leaf(plan.units[i]))) if i in plan.units]
    before = objects(plan.units[i].shape_xy for i in whole)
    shapes = objects(drawn.units[i].shape_xy for i in redrawn.ground if i in drawn.units)
    if not len(shapes):
        return
    bad = shapes[~shapely.is_valid(shapes)]
    if len(bad):
        raise Problem("redraw.folds", place=_where_invalid(plan, bad[0]))
    box = shapely.box(*shapely.total_bounds(shapes))
    around = objects(u.shape_xy for u in drawn.leaves() if u.shape_xy.intersects(box))
    if not shapely.coverage_is_valid(around, GAP_M):
        edges = shapely.coverage_invalid_edges(around, GAP_M)
        raise Problem("redraw.folds", place=inner_place(plan, edges[~shapely.is_empty(edges)][0]))
    was, now = float(shapely.area(before).sum()), float(shapely.area(shapes).sum())
    if abs(was - now) > GROUND_SHARE * was:
        raise Problem("redraw.folds", place=inner_place(plan, shapes[0]))


def _where_invalid(plan: Plan, shape: BaseGeometry) -> tuple[float, float]:
    words = str(shapely.is_valid_reason(shape))  # as "Self-intersection[520111.6 3066127.7]"
    x, _, y = words.rpartition("[")[2].rstrip("]").partition(" ")
    return place_ll(plan, (float(x), float(y)))


def _refuse_lost_locks(plan: Plan, drawn: Plan, redrawn: Redrawn) -> None:
    shapes = [drawn.units[i].shape_xy for i in redrawn.ground if i in drawn.units]
    if not shapes or not plan.locks_xy:
        return
    was = shapely.union_all([shapely.boundary(plan.units[i].shape_xy) for i in redrawn.ground if i in plan.units])
    now = shapely.buffer(shapely.union_all([shapely.boundary(s) for s in shapes]), LOCK_M)
    for line in plan.locks_xy:
        held = shapely.intersection(line, shapely.buffer(was, LOCK_M))
        lost = shapely.difference(held, now)
        if shapely.length(lost) > 10 * LOCK_M:
            raise Problem("redraw.locked", code="", name="", place=inner_place(plan, lost))


def _with_homes(plan: Plan, drawn: Plan, redrawn: Redrawn) -> Plan:
    """Seat the homes that changed hands, and count the homes of every unit concerned."""
    holder = redrawn.holder
    if any(unit_id not in drawn.units for unit_id in holder.values()):
        raise Problem("redraw.no_ground", code="")
    seated = replace(drawn, homes={**drawn.homes, **{h: replace(drawn.homes[h], unit_id=u) for h, u in holder.items()}})
    leaves = {*holder.values(), *(plan.homes[home].unit_id for home in holder)}
    above = _parents(plan, replace(redrawn, refined=dict.fromkeys(leaves)), seated.units)  # type: ignore[arg-type]
    counts = {i: len(seated.homes_of.get(i, ())) for i in leaves if i in seated.units}
    for level in (Level.ZU, Level.PIAN):
        for unit_id in above:
            unit = seated.units.get(unit_id)
            if unit is not None and unit.level is level:
                below = seated.children.get(unit_id, ())
                counts[unit_id] = sum(counts.get(i, seated.units[i].homes) for i in below)
    new = [replace(seated.units[i], homes=n) for i, n in counts.items() if seated.units[i].homes != n]
    return seated.with_units(*new)


def _measured(plan: Plan, drawn: Plan) -> Plan:
    """Measure, label and colour the units whose shape is not what it was."""
    changed = [u for u in drawn.units.values() if _has_new_shape(plan, u)]
    if not changed:
        return drawn
    shapes_xy = objects(u.shape_xy for u in changed)
    area_m2 = shapely.area(shapes_xy)
    labels_ll = crs.to_ll(shapely.get_coordinates(label_points(shapes_xy)), plan.zone)
    done = [
        replace(u, area_m2=float(m2), label_ll=(lon, lat))
        for u, m2, (lon, lat) in zip(changed, area_m2, labels_ll.tolist(), strict=True)
    ]
    return _coloured(plan, drawn.with_units(*done), [u for u in done if u.level is Level.PIAN])


def _has_new_shape(plan: Plan, unit: PlanUnit) -> bool:
    old = plan.units.get(unit.id)
    return not unit.shape_xy.is_empty and (old is None or old.shape_xy is not unit.shape_xy)


def _coloured(plan: Plan, drawn: Plan, pians: Sequence[PlanUnit]) -> Plan:
    """Give new 片 a fill that no neighbour has; the others keep theirs where they can."""
    if not pians:
        return drawn
    rows = [u for u in drawn.units.values() if u.level is Level.PIAN and not u.shape_xy.is_empty]
    wishes = np.array([u.fill if u.id in plan.units else -1 for u in rows], dtype=np.int64)
    fills = colour_units(neighbours(objects(u.shape_xy for u in rows)), len(rows), preferred=wishes)
    new = [replace(u, fill=int(fill)) for u, fill in zip(rows, fills, strict=True) if u.fill != int(fill)]
    return drawn.with_units(*new)


def units_of(plan: Plan, ids: Iterable[str]) -> list[PlanUnit]:
    """Return units by id in the order asked for (``redraw.unknown_unit``)."""
    return [plan.unit(unit_id) for unit_id in ids]
