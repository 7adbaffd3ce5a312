"""What the places of names on the map hold."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.labels import label_points


def star(seed: int) -> shapely.Polygon:
    """A ragged polygon around the origin, between 1 and 10 from it."""
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    reach = rng.uniform(1, 10, 24)
    return shapely.Polygon(np.c_[reach * np.cos(angles), reach * np.sin(angles)])


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_name_stands_inside_and_well_off_the_border(seed):
    """The point lies inside, and no other point lies much farther from the border."""
    shape = star(seed)
    (point,) = label_points(np.array([shape]))
    best = shapely.length(shapely.maximum_inscribed_circle(shape, 0.001))
    assert shape.contains(point)
    assert shape.exterior.distance(point) >= best - 0.06 * np.sqrt(shape.area)


def test_a_name_keeps_off_holes_and_bends():
    """In a ring the point stands in the band; in an L it stands where the arms meet."""
    band = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 8, 8))
    bend = shapely.box(0, 0, 10, 10).difference(shapely.box(3, 3, 10, 10))
    in_band, in_bend = label_points(np.array([band, bend]))
    assert band.contains(in_band)
    assert bend.boundary.distance(in_bend) > 1.4


def test_the_largest_piece_gets_the_name():
    """A unit in pieces is named once, in its largest piece."""
    (point,) = label_points(np.array([shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 9, 9)])]))
    assert shapely.box(5, 5, 9, 9).contains(point)


def test_shapes_too_thin_or_missing():
    """No shape gives no point; a thread, a line and a point give one of their own points."""
    thread = shapely.Polygon([(0, 0), (1, 1), (2, 2)])
    line, point = shapely.LineString([(0, 0), (4, 0)]), shapely.Point(3, 3)
    shapes = np.array([None, shapely.Polygon(), thread, line, point], dtype=object)
    none, empty, on_thread, on_line, on_point = label_points(shapes)
    assert (none, empty) == (None, None)
    assert thread.intersects(on_thread)
    assert line.intersects(on_line)
    assert on_point == point
    assert label_points(np.array([], dtype=object)).shape == (0,)


def test_a_polygon_that_crosses_itself_still_gets_a_point():
    """An imported bow tie does not stop the map."""
    (point,) = label_points(np.array([shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])]))
    assert point is not None
