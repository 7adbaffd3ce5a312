from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.plan import Plan, PlanUnit
from geodata.rules.problems import Problem
from geodata.rules.redraw_ground import NODE_M, Redrawn, footholds, objects
from geodata.rules.redraw_settle import place_ll, settle

Place = Sequence[float]
_Coords = NDArray[np.float64]


def move_vertex(plan: Plan, at: Place, to: Place) -> Plan:
    """Move a vertex of a shared border; every unit that has it follows, and homes go where the ground goes.

    Parameters
    ----------
    at, to
        Metres of the county's zone; ``at`` is exactly a vertex.

    Raises
    ------
    Problem
        ``redraw.no_vertex`` (place); ``redraw.parent_border`` (place) on the village's own border; what ``settle``
        raises.
    """
    star = _star(plan, at)
    target = _landed(star, to)

    def moved(xy: _Coords) -> _Coords:
        return np.where((xy == np.asarray(at)).all(axis=1)[:, None], target, xy)

    return _with_rings(plan, star, lambda ring: _without_repeats(moved(ring)))


def insert_vertex(plan: Plan, between: tuple[Place, Place], to: Place) -> Plan:
    """Put a vertex into an edge of a shared border, in both units, and move it to a place.

    Raises ``redraw.no_vertex`` where no border has that edge; as ``move_vertex`` else.
    """
    ends = {tuple(between[0]), tuple(between[1])}
    beside = [leaf for leaf in plan.leaves() if any(ends == set(e) for e in _edges_at(leaf, between[0]))]
    if not beside:
        raise Problem("redraw.no_vertex", place=place_ll(plan, between[0]))
    if len(beside) == 1:
        raise Problem("redraw.parent_border", place=place_ll(plan, to))
    target = _landed(beside, to)

    def grown(ring: _Coords) -> _Coords:
        here = [i for i in range(len(ring) - 1) if {tuple(ring[i]), tuple(ring[i + 1])} == ends]
        return _without_repeats(np.insert(ring, [i + 1 for i in here], target, axis=0))

    return _with_rings(plan, beside, grown)


def delete_vertex(plan: Plan, at: Place) -> Plan:
    """Take a vertex out of the border that two units share.

    Raises ``redraw.corner`` (place) where more than two borders meet; as ``move_vertex`` else.
    """
    star = _star(plan, at)
    ends = {other for leaf in star for edge in _edges_at(leaf, at) for other in edge if other != tuple(at)}
    if len(ends) > 2:
        raise Problem("redraw.corner", place=place_ll(plan, at))
    return _with_rings(plan, star, lambda ring: _closed(ring[:-1][(ring[:-1] != np.asarray(at)).any(axis=1)]))


def _star(plan: Plan, at: Place) -> list[PlanUnit]:
    """Return the leaves that meet in a vertex inside the village."""
    point = shapely.Point(at)
    near = [leaf for leaf in plan.leaves() if shapely.intersects(leaf.shape_xy, point)]
    star = [leaf for leaf in near if (shapely.get_coordinates(leaf.shape_xy) == np.asarray(at)).all(axis=1).any()]
    if not star:
        raise Problem("redraw.no_vertex", place=place_ll(plan, at))
    whole = shapely.coverage_union_all(objects(leaf.shape_xy for leaf in star))
    if shapely.intersects(shapely.boundary(whole), point):
        raise Problem("redraw.parent_border", place=place_ll(plan, at))
    return star


def _landed(leaves: Sequence[PlanUnit], to: Place) -> _Coords:
    """Return where a vertex comes to lie: on a corner that is there already, where that is all but the same place.

    A corner beside it would be an edge too short for the digits of degrees: read again, it would be one corner twice.
    """
    target = np.asarray(to, dtype=np.float64)
    corners = shapely.get_coordinates(objects(leaf.shape_xy for leaf in leaves))
    away_m = np.hypot(*(corners - target).T)
    return np.asarray(corners[np.argmin(away_m)] if away_m.min() <= NODE_M else target)


def _edges_at(leaf: PlanUnit, at: Place) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return the edges of a leaf that begin or end in a vertex."""
    found = []
    for ring in shapely.get_rings(leaf.shape_xy):
        xy = shapely.get_coordinates(ring)
        here = (xy == np.asarray(at)).all(axis=1)
        rows = np.flatnonzero(here[:-1] | here[1:]).tolist()
        found += [(tuple(xy[i].tolist()), tuple(xy[i + 1].tolist())) for i in rows]
    return found


def _without_repeats(ring: _Coords) -> _Coords:
    keep = np.append(True, (ring[1:] != ring[:-1]).any(axis=1))
    return np.asarray(ring[keep])


def _closed(ring: _Coords) -> _Coords:
    return np.concatenate([ring, ring[:1]]) if len(ring) else ring


def _with_rings(plan: Plan, leaves: Sequence[PlanUnit], change: Callable[[_Coords], _Coords]) -> Plan:
    """Change the rings of some leaves, and let homes go where the ground goes."""
    ground = {leaf.id: _changed_shape(plan, leaf, change) for leaf in leaves}
    return settle(plan, Redrawn(ground=ground, holder=reseated(plan, ground)))


def _changed_shape(plan: Plan, leaf: PlanUnit, change: Callable[[_Coords], _Coords]) -> BaseGeometry:
    polygons = []
    for part in shapely.get_parts(leaf.shape_xy):
        rings = [change(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part)]
        if any(len(ring) < 4 for ring in rings):
            raise Problem("redraw.no_ground", code=leaf.code, name=leaf.name)
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def reseated(plan: Plan, ground: Mapping[str, BaseGeometry]) -> dict[str, str]:
    """Return the new leaf of each home that its own leaf's new ground no longer holds: the leaf that holds it now."""
    ids = list(ground)
    shapes = objects(ground[i] for i in ids)
    holder = {}
    for leaf_id in ids:
        leaf = plan.units[leaf_id]
        homes, points = plan.homes_of.get(leaf_id, ()), footholds(plan, leaf)
        for i in np.flatnonzero(~shapely.intersects(ground[leaf_id], points)).tolist() if len(points) else ():
            taker = ids[int(np.argmin(shapely.distance(shapes, points[i])))]
            if taker != leaf_id:
                holder[homes[i].id] = taker
    return holder
