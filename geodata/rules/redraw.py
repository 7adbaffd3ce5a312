"""Redrawing a net: each function takes a plan and returns a new one; a plan never changes.

An act cuts the ground of the leaves (``redraw_ground.carve``), hands pieces over (``hand_over``) and puts the plan in
order (``redraw_settle.settle``). Whatever an act does, 邻 lie in 组, 组 in 片, 片 in the village; the leaves tile the
ground they tiled; units that the act does not concern stay the same objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.rules.plan import Plan, PlanUnit
from geodata.rules.problems import Problem
from geodata.rules.redraw_ground import Ids, Piece, Redrawn, Shapes, carve, hand_over, objects
from geodata.rules.redraw_names import check_name, renumber
from geodata.rules.redraw_settle import settle, units_of
from geodata.rules.units import Level

DRAWN = (Level.PIAN, Level.ZU, Level.LIN)
"""Levels that a cadre draws; villages and what is above come with their borders."""
KINDS = ("group", "compound")


def split(plan: Plan, unit_id: str, line: BaseGeometry, ids: Ids, *, pieces: bool = False) -> Plan:
    """Cut a unit of any level in two or more along a drawn line; the part with the most homes keeps its id.

    Parameters
    ----------
    line
        LineString, metres of the county's zone; where it crosses the unit's leaves these are cut too.
    ids
        For the new units.
    pieces
        Whether a leaf may be left in several pieces.

    Raises
    ------
    Problem
        ``redraw.no_cut`` where the line does not part homes from homes; what ``settle`` raises.
    """
    unit = _drawn_unit(plan, unit_id)
    parts = _parts(unit, line)
    cut = carve(plan, plan.leaves(unit_id), line)
    inside = [p for p in cut if any(u.id == unit_id for u in plan.above(p.leaf))]
    at = _part_of(parts, inside)
    homes = np.bincount(at, [len(p.homes) for p in inside], len(parts))
    live = [int(i) for i in np.argsort(-homes, kind="stable") if homes[i]]
    if len(live) < 2:
        raise Problem("redraw.no_cut")
    born = {}
    to = {live[0]: unit_id}
    for part in live[1:]:
        new = PlanUnit(ids.take(), unit.level, unit.kind, "", "", "", unit.parent_id)
        born[new.id], to[part] = new, new.id
    for piece, part in zip(inside, at.tolist(), strict=True):
        piece.to = to.get(part, "")
    return settle(plan, hand_over(plan, cut, unit.level, born, ids), pieces)


def _parts(unit: PlanUnit, line: BaseGeometry) -> Shapes:
    """Return the parts of a unit's ground on the sides of a line."""
    noded = shapely.union_all([shapely.boundary(unit.shape_xy), line])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.point_on_surface(faces)
    parts = faces[shapely.contains(unit.shape_xy, inner)]
    if len(parts) < 2:
        raise Problem("redraw.no_cut")
    return np.asarray(parts)


def _part_of(parts: Shapes, pieces: Sequence[Piece]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    inner = objects(shapely.point_on_surface(p.shape) for p in pieces)
    return np.asarray(np.argmin(shapely.distance(parts[:, None], inner[None, :]), axis=0), dtype=np.intp)


def draw(
    plan: Plan,
    ring: BaseGeometry,
    ids: Ids,
    *,
    level: Level = Level.LIN,
    parent_id: str = "",
    unit_id: str = "",
    name: str = "",
    pieces: bool = False,
) -> Plan:
    """Draw a new unit over ground that others give up, or let a unit take the ground inside a ring.

    Parameters
    ----------
    ring
        Polygon, metres of the county's zone.
    level, parent_id, name
        Of the new unit; without a parent, the one that holds most of the homes inside.
    unit_id
        The unit that takes the ground; level, parent and name are then its own.

    Raises
    ------
    Problem
        ``redraw.no_home_inside`` where a new unit would be empty; ``redraw.wrong_level``; ``redraw.locked``; what
        ``settle`` raises.
    """
    taker = _drawn_unit(plan, unit_id) if unit_id else None
    level = taker.level if taker else level
    if level not in DRAWN:
        raise Problem("redraw.wrong_level", level=level.value)
    under = [leaf for leaf in plan.leaves() if shapely.intersects(leaf.shape_xy, ring)]
    if any(leaf.level.depth < level.depth for leaf in under):
        raise Problem("redraw.wrong_level", level=level.value)
    cut = carve(plan, under, shapely.boundary(ring)) if under else []
    shapely.prepare(ring)
    inside = [p for p in cut if shapely.contains(ring, shapely.point_on_surface(p.shape))]
    born = {}
    if taker is None:
        new = _new_unit(plan, inside, level, parent_id, name, ids)
        born[new.id] = taker = new
    for piece in inside:
        piece.to = taker.id
    return settle(plan, hand_over(plan, cut, level, born, ids), pieces)


def _new_unit(plan: Plan, inside: Sequence[Piece], level: Level, parent_id: str, name: str, ids: Ids) -> PlanUnit:
    homes: dict[str, int] = {}
    kind = ""
    for piece in inside:
        old = plan.at_level(piece.leaf, level)
        if old is not None and piece.homes:
            homes[old.parent_id] = homes.get(old.parent_id, 0) + len(piece.homes)
            kind = kind or old.kind
    if not homes:
        raise Problem("redraw.no_home_inside")
    parent = plan.unit(parent_id) if parent_id else plan.unit(max(sorted(homes), key=lambda i: homes[i]))
    if parent.level.depth != level.depth - 1:
        raise Problem("redraw.wrong_level", level=level.value)
    return PlanUnit(ids.take(), level, kind, "", check_name(name) if name else "", "", parent.id)


def merge(plan: Plan, unit_ids: Sequence[str], ids: Ids, *, pieces: bool = False) -> Plan:
    """Unite neighbours of one level: the first keeps its id, code and name.

    Raises
    ------
    Problem
        ``redraw.wrong_level`` where they are not of one level; ``redraw.not_neighbours`` (one, other) where they do
        not hang together.
    """
    units = units_of(plan, dict.fromkeys(unit_ids))
    if len(units) < 2 or len({u.level for u in units}) > 1 or units[0].level not in DRAWN:
        raise Problem("redraw.wrong_level", level=units[0].level.value if units else "")
    _refuse_apart(units)
    leaves = [leaf for unit in units[1:] for leaf in plan.leaves(unit.id)]
    taken = {leaf.id for leaf in leaves}
    near = [Piece(u, u.shape_xy, list(plan.homes_of.get(u.id, ()))) for u in plan.leaves()]
    for piece in near:
        piece.to = units[0].id if piece.leaf.id in taken else ""
    return settle(plan, hand_over(plan, near, units[0].level, {}, ids), pieces)


def _refuse_apart(units: Sequence[PlanUnit]) -> None:
    joined, left = units[0].shape_xy, list(units[1:])
    while left:
        beside = next((u for u in left if _touch(joined, u.shape_xy)), None)
        if beside is None:
            raise Problem("redraw.not_neighbours", one=units[0].name, other=left[0].name)
        joined = shapely.union(joined, beside.shape_xy)
        left.remove(beside)


def _touch(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(shapely.length(shapely.intersection(one, other)) > 0)


def move_border(plan: Plan, unit_ids: Sequence[str], line: BaseGeometry, ids: Ids, *, pieces: bool = False) -> Plan:
    """Let the border that two units share run along a drawn line instead.

    The line's ends are led on to the ends of the old border; on each side of it the ground goes to the unit that had
    more of it.

    Raises
    ------
    Problem
        ``redraw.not_neighbours``; ``redraw.no_cut`` where the line does not part the two; ``redraw.nothing``.
    """
    one, other = units_of(plan, unit_ids)
    if one.level is not other.level or one.level not in DRAWN:
        raise Problem("redraw.wrong_level", level=other.level.value)
    if not _touch(one.shape_xy, other.shape_xy):
        raise Problem("redraw.not_neighbours", one=one.name, other=other.name)
    both = replace(one, shape_xy=shapely.union_all([one.shape_xy, other.shape_xy]))
    led = _led_on(line, shapely.line_merge(shapely.intersection(shapely.boundary(one.shape_xy), other.shape_xy)))
    parts = _parts(both, led)
    mine = shapely.area(shapely.intersection(parts, one.shape_xy)) >= shapely.area(parts) / 2
    if mine.all() or not mine.any():
        raise Problem("redraw.no_cut")
    cut = carve(plan, [*plan.leaves(one.id), *plan.leaves(other.id)], led)
    inside = [p for p in cut if any(u.id in (one.id, other.id) for u in plan.above(p.leaf))]
    for piece, part in zip(inside, _part_of(parts, inside).tolist(), strict=True):
        piece.to = one.id if mine[part] else other.id
    return settle(plan, hand_over(plan, cut, one.level, {}, ids), pieces)


def _led_on(line: BaseGeometry, border: BaseGeometry) -> BaseGeometry:
    """Lead the ends of a drawn line to the ends of the border it replaces, the nearer way round."""
    longest = max(shapely.get_parts(border), key=shapely.length)
    ends = shapely.get_coordinates(longest)[[0, -1]]
    xy = shapely.get_coordinates(line)
    straight = np.hypot(*(ends[0] - xy[0])) + np.hypot(*(ends[1] - xy[-1]))
    crossed = np.hypot(*(ends[1] - xy[0])) + np.hypot(*(ends[0] - xy[-1]))
    first, last = ends if straight <= crossed else ends[::-1]
    return shapely.LineString(np.concatenate([[first], xy, [last]]))


def hang(plan: Plan, unit_id: str, parent_id: str) -> Plan:
    """Hang a 组 under another 片, or a 邻 under another 组; the ground goes along.

    Raises ``redraw.wrong_level`` where the parent is not one level above.
    """
    unit, parent = _drawn_unit(plan, unit_id), plan.unit(parent_id)
    if parent.level.depth != unit.level.depth - 1 or parent.level not in DRAWN:
        raise Problem("redraw.wrong_level", level=parent.level.value)
    if unit.parent_id == parent_id:
        raise Problem("redraw.nothing")
    if not _touch(unit.shape_xy, parent.shape_xy):
        raise Problem("redraw.not_neighbours", one=unit.name, other=parent.name)
    for concerned in (plan.units[unit.parent_id], parent):
        if plan.is_locked(concerned):
            raise Problem("redraw.locked", code=concerned.code, name=concerned.name, place=None)
    return settle(plan, Redrawn(units={unit_id: replace(unit, parent_id=parent_id)}))


def rename(plan: Plan, unit_id: str, name: str) -> Plan:
    """Give a unit another name (``redraw.bad_name``)."""
    return plan.with_units(_changed(_drawn_unit(plan, unit_id), name=check_name(name)))


def set_kind(plan: Plan, unit_id: str, kind: str) -> Plan:
    """Say whether a 组 is a village group or a compound (A05); ``redraw.wrong_level`` for other units and words."""
    unit = _drawn_unit(plan, unit_id)
    if unit.level is not Level.ZU or kind not in KINDS:
        raise Problem("redraw.wrong_level", level=unit.level.value)
    return plan.with_units(_changed(unit, kind=kind))


def set_lock(plan: Plan, unit_id: str, locked: bool) -> Plan:
    """Lock a unit against drafts, repairs and its neighbours' edits, or free it."""
    return plan.with_units(_changed(_drawn_unit(plan, unit_id), locked=locked))


def number_anew(plan: Plan, unit_id: str, deep: bool) -> Plan:
    """Number a unit's children west to east, north to south (``redraw.nothing`` where they are so numbered)."""
    done = renumber(plan, plan.unit(unit_id), deep)
    if done.units == plan.units:
        raise Problem("redraw.nothing")
    return done


def _changed(unit: PlanUnit, **values: object) -> PlanUnit:
    new = PlanUnit(**{**vars(unit), **values})
    if new == unit:
        raise Problem("redraw.nothing")
    return new


def _drawn_unit(plan: Plan, unit_id: str) -> PlanUnit:
    unit = plan.unit(unit_id)
    if unit.level not in DRAWN:
        raise Problem("redraw.wrong_level", level=unit.level.value)
    return unit


__all__ = ["DRAWN", "Ids", "draw", "hang", "merge", "move_border", "number_anew", "rename", "set_kind",
           "set_lock", "split"]  # fmt: skip
