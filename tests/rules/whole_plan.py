"""What must hold of a plan after any edit whatever."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.rules.plan import Plan, is_same_shape
from geodata.rules.segments import flatten
from geodata.rules.units import Level

SLIVER_M2 = 1.0
"""Units tile their parent within 1 m2."""


def assert_whole(plan: Plan, ground_m2: float) -> None:
    """The leaves tile the village, every home is in exactly one leaf, each level is the union and sum of the next."""
    leaves = plan.leaves()
    shapes = np.array([leaf.shape_xy for leaf in leaves], dtype=object)
    assert shapely.coverage_is_valid(shapes, 0.01)
    assert not has_repeats(shapes)
    assert abs(float(shapely.area(shapes).sum()) - ground_m2) <= SLIVER_M2
    assert {home.unit_id for home in plan.homes.values()} <= {leaf.id for leaf in leaves}
    for unit in plan.units.values():
        below = [plan.units[i] for i in plan.children.get(unit.id, ())]
        if not below:
            assert unit.homes == len(plan.homes_of.get(unit.id, ()))
            continue
        assert unit.homes == sum(child.homes for child in below)
        assert all(child.path.startswith(unit.path) and child.path != unit.path for child in below)
        if unit.level is not Level.VILLAGE:
            assert abs(unit.shape_xy.area - sum(child.shape_xy.area for child in below)) <= SLIVER_M2
            assert abs(unit.area_m2 - unit.shape_xy.area) < 1e-6 * unit.shape_xy.area + 1e-6
    assert len({unit.path for unit in plan.units.values()}) == len(plan.units)
    assert len({unit.code for unit in plan.units.values()}) == len(plan.units)


def has_repeats(shapes: np.ndarray) -> bool:
    """Tell whether a border holds a corner twice in a row."""
    table = flatten(shapes)
    rows = table.starts()
    return bool((table.xy[rows] == table.xy[rows + 1]).all(axis=1).any())


def assert_untouched(before: Plan, after: Plan, far_from: tuple[float, float], reach_m: float) -> None:
    """Units farther than ``reach_m`` from a place are what they were, vertex for vertex."""
    point = shapely.Point(far_from)
    for unit in before.units.values():
        if unit.level is Level.LIN and shapely.distance(unit.shape_xy, point) > reach_m:
            assert unit.id in after.units
            assert is_same_shape(unit.shape_xy, after.units[unit.id].shape_xy)
