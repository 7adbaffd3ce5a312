from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.rules.plan import Plan
from geodata.rules.problems import Problem
from geodata.rules.redraw_settle import LOCK_M, inner_place


def lock_border(plan: Plan, line: BaseGeometry, locked: bool) -> Plan:
    """Lock the borders under a line, so that drafts and edits leave them where they are, or free them.

    Parameters
    ----------
    line
        LineString, metres of the county's zone, along borders that are drawn.

    Raises
    ------
    Problem
        ``redraw.no_border`` (place) where part of the line runs along no border; ``redraw.nothing`` where it is so
        already.
    """
    band = shapely.buffer(line, LOCK_M)
    held = [lock for lock in plan.locks_xy if shapely.intersects(lock, band)]
    others = tuple(lock for lock in plan.locks_xy if not any(lock is one for one in held))
    if not locked:
        rest = [part for lock in held for part in _lines(shapely.difference(lock, band))]
        if sum(map(shapely.length, rest)) > sum(map(shapely.length, held)) - 2 * LOCK_M:
            raise Problem("redraw.nothing")
        return replace(plan, locks_xy=(*others, *rest))
    near = [leaf.shape_xy for leaf in plan.leaves() if shapely.intersects(leaf.shape_xy, band)]
    borders = shapely.union_all([shapely.boundary(shape) for shape in near])
    astray = shapely.difference(line, shapely.buffer(borders, LOCK_M))
    if shapely.length(astray) > 0:
        raise Problem("redraw.no_border", place=inner_place(plan, astray))
    covered = shapely.buffer(shapely.union_all(held), LOCK_M)
    if shapely.length(shapely.difference(line, covered)) <= LOCK_M:
        raise Problem("redraw.nothing")
    return replace(plan, locks_xy=(*plan.locks_xy, line))


def _lines(shape: BaseGeometry) -> list[BaseGeometry]:
    parts = np.asarray(shapely.get_parts(shape))
    return [part for part in parts if shapely.length(part) > 2 * LOCK_M]
