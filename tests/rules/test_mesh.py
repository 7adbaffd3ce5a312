from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.mesh import Mesh, trace
from geodata.rules.segments import distinct_segments, line_segments


def traced(*lines: shapely.Geometry) -> Mesh:
    """Return the mesh of lines that are noded first."""
    return trace(distinct_segments(line_segments(shapely.unary_union(lines))))


def ring(*box: float) -> shapely.Geometry:
    return shapely.box(*box).exterior


def test_two_rooms_have_one_wall_between_them():
    """Two rectangles side by side are found; only the segment between them has a polygon on both sides."""
    mesh = traced(ring(0, 0, 2, 1), ring(2, 0, 5, 1))
    assert sorted(shapely.area(mesh.shapes_xy)) == [2, 3]
    inner = (mesh.left >= 0) & (mesh.right >= 0)
    assert inner.sum() == 1
    assert mesh.segments_xy[inner][0, :, 0].tolist() == [2, 2]
    borders = mesh.borders(np.zeros(len(mesh.left), dtype=np.bool_))
    assert (borders.pairs.tolist(), borders.border_m.tolist(), borders.open_m.tolist()) == ([[0, 1]], [1], [1])
    assert mesh.borders(inner).open_m.tolist() == [0]


def test_lines_that_lead_nowhere_bound_nothing():
    """A dead end, a line between two rooms and a tree of lines alone leave the polygons as they are."""
    spur = shapely.LineString([(1, 1), (1, 0.5), (1.5, 0.5)])
    bridge = shapely.LineString([(2, 0.5), (3, 0.5), (4, 0.5)])
    mesh = traced(ring(0, 0, 2, 1), ring(4, 0, 6, 1), spur, bridge)
    assert shapely.area(mesh.shapes_xy).tolist() == [2, 2]
    assert ((mesh.left < 0) & (mesh.right < 0)).sum() == 4
    lonely = [shapely.LineString([(x, 20), (x, 30)]) for x in range(-500, 500)]
    assert shapely.area(traced(*lonely, ring(0, 0, 2, 1)).shapes_xy).tolist() == [2]
    assert len(traced(spur).shapes_xy) == len(trace(np.zeros((0, 2, 2))).shapes_xy) == 0


def test_rooms_inside_rooms_are_holes():
    """An island in a lake in an island: each polygon has the next as its hole, and the wall knows both sides."""
    mesh = traced(ring(0, 0, 9, 9), ring(1, 1, 8, 8), ring(3, 3, 6, 6), ring(20, 0, 21, 1))
    assert sorted(shapely.area(mesh.shapes_xy)) == [1, 9, 32, 40]
    assert sorted(map(len, map(shapely.get_rings, mesh.shapes_xy))) == [1, 1, 2, 2]
    borders = mesh.borders(np.zeros(len(mesh.left), dtype=np.bool_))
    assert sorted(borders.border_m) == [12, 28]


def test_a_hole_that_touches_its_shell_in_a_corner():
    """A hole that meets the shell in a point, and two holes that meet in one, are rings of their own: all valid."""
    touching = shapely.Polygon([(0, 0), (3, 1), (3, 3), (1, 3)]).exterior
    pair = (ring(5, 5, 6, 6), ring(6, 6, 7, 7))
    mesh = traced(ring(0, 0, 9, 9), touching, *pair)
    assert shapely.is_valid(mesh.shapes_xy).all()
    assert shapely.area(mesh.shapes_xy).sum() == pytest.approx(81)
    assert max(shapely.get_num_interior_rings(mesh.shapes_xy)) == 3


def test_some_polygons_of_a_mesh():
    """What is left out of a mesh is nothing on both its sides."""
    mesh = traced(ring(0, 0, 2, 1), ring(2, 0, 5, 1))
    one = mesh.only(shapely.area(mesh.shapes_xy) == 3)
    assert shapely.area(one.shapes_xy).tolist() == [3]
    assert ((one.left == 0) | (one.right == 0)).sum() == 4
    assert max(one.left.max(), one.right.max()) == 0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), lines=st.integers(1, 25), boxes=st.integers(0, 6))
def test_the_same_polygons_as_geos(seed: int, lines: int, boxes: int):
    """Whatever the lines: the polygons are those of GEOS, and each segment bounds the polygons it is said to."""
    rng = np.random.default_rng(seed)
    drawn = [shapely.LineString(rng.integers(0, 12, (3, 2))) for _ in range(lines)]
    drawn += [ring(*low, *(low + rng.integers(1, 5, 2))) for low in rng.integers(0, 12, (boxes, 2))]
    mesh = traced(*drawn)
    wanted = shapely.get_parts(shapely.polygonize(shapely.linestrings(mesh.segments_xy)))
    assert shapely.is_valid(mesh.shapes_xy).all()
    assert {g.wkb for g in shapely.normalize(mesh.shapes_xy)} == {g.wkb for g in shapely.normalize(wanted)}
    for index, shape in enumerate(mesh.shapes_xy):
        own = (mesh.left == index) | (mesh.right == index)
        edges = shapely.union_all(shapely.linestrings(mesh.segments_xy[own]))
        assert edges.symmetric_difference(shape.boundary).length < 1e-9
