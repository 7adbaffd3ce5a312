"""What a border or a line must be before it is stored."""

from __future__ import annotations

import time
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon

from geodata.rules.geometry_checks import MAX_RING_VERTICES, check_line, check_polygon, positions_from, ring_from
from geodata.rules.problems import Problem
from tests.real_data import real_file

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]


def refusal(shape: Any) -> Problem:
    """Return what a border is refused for."""
    with pytest.raises(Problem) as refused:
        check_polygon(shape)
    return refused.value


def from_wkt(text: str) -> Any:
    """Return a geometry that may hold NaN, of which numpy would warn."""
    with np.errstate(invalid="ignore"):
        return shapely.from_wkt(text)


def star(points: int) -> Polygon:
    """Return a star polygon whose every edge crosses about half of the others."""
    angles = np.arange(points) * (points // 2) * 2 * np.pi / points
    return Polygon(np.column_stack([np.cos(angles), np.sin(angles)]))


def circle(points: int) -> Polygon:
    """Return a round border of so many vertices."""
    angles = np.linspace(0, 2 * np.pi, points - 1, endpoint=False)
    return Polygon(np.column_stack([np.cos(angles), np.sin(angles)]))


def test_a_good_border_is_made_uniform() -> None:
    """Heights and repeated points go, shells turn counter-clockwise and holes clockwise, the ground stays the same."""
    ring = [(0, 0, 5), (0, 4, 5), (0, 4, 5), (4, 4, 5), (4, 0, 5), (4, 0, 9)]
    hole = [(1, 1, 0), (2, 1, 0), (2, 2, 0)]
    clean = check_polygon(Polygon(ring, [hole]))
    assert isinstance(clean, Polygon)
    assert not clean.has_z
    assert clean.exterior.is_ccw
    assert not clean.interiors[0].is_ccw
    assert len(clean.exterior.coords) == 5
    assert clean.area == 15.5


def test_one_part_becomes_a_polygon_and_two_stay() -> None:
    """A multipolygon of one part is a polygon; a village of two pieces keeps both; empty parts vanish."""
    other = shapely.box(9, 9, 10, 10)
    assert check_polygon(MultiPolygon([Polygon(SQUARE)])).geom_type == "Polygon"
    assert check_polygon(MultiPolygon([Polygon(SQUARE), other, Polygon()])).area == 17


@pytest.mark.parametrize(
    ("shape", "code", "place"),
    [
        (Polygon([(0, 0), (4, 4), (4, 0), (0, 4)]), "geometry.crosses_itself", (2.0, 2.0)),  # bow-tie
        (Polygon([(0, 0), (2, 2), (4, 0), (4, 4), (2, 2), (0, 4)]), "geometry.crosses_itself", (2.0, 2.0)),  # figure 8
        (Polygon([*SQUARE[:2], (9.0, 0.0), (4.0, 0.0), *SQUARE[2:]]), "geometry.spike", (9.0, 0.0)),
        (Polygon([(9.0, 0.0), *SQUARE[1:], (0.0, 0.0), (4.0, 0.0)]), "geometry.spike", (9.0, 0.0)),
        (Polygon(SQUARE, [[(9, 9), (9.5, 9), (9.5, 9.5)]]), "geometry.hole_outside", (9.0, 9.0)),
        (Polygon(SQUARE, [shapely.box(1, 1, 3, 3).exterior, shapely.box(1.5, 1.5, 2, 2).exterior]),
         "geometry.hole_outside", None),
        (Polygon(SQUARE, [[(0, 0), (4, 2), (0, 4), (1, 2)]]), "geometry.falls_apart", None),
        (MultiPolygon([Polygon(SQUARE), shapely.box(1, 1, 2, 2)]), "geometry.parts_overlap", None),
        (MultiPolygon([Polygon(SQUARE), shapely.box(3, 3, 7, 7)]), "geometry.crosses_itself", None),
        (Polygon([(0, 0), (4, 0), (4, 0), (0, 0)]), "geometry.too_few_points", (0.0, 0.0)),
        (Polygon([(0, 0), (1, 1), (2, 2), (1, 1)]), "geometry.spike", None),
        (from_wkt("POLYGON ((0 0, 1 nan, 2 2, 0 0))"), "geometry.not_finite", None),
        (from_wkt("POLYGON ((0 0, 1 inf, 2 2, 0 0))"), "geometry.not_finite", None),
        (Polygon(), "geometry.missing", None),
        (None, "geometry.missing", None),
        (Point(1, 1), "geometry.not_polygon", None),
        (LineString([(0, 0), (1, 1)]), "geometry.not_polygon", None),
        (shapely.GeometryCollection([Polygon(SQUARE)]), "geometry.not_polygon", None),
        (circle(MAX_RING_VERTICES + 2), "geometry.too_many_vertices", None),
        (MultiPolygon([shapely.affinity.translate(circle(4_900), 3 * at) for at in range(11)]),
         "geometry.too_many_vertices", None),
        (MultiPolygon([shapely.box(at, 0, at + 0.5, 1) for at in range(1_001)]), "geometry.too_many_parts", None),
        (Polygon(shapely.box(0, 0, 2000, 9).exterior, [shapely.box(x, 1, x + 0.5, 2).exterior for x in range(1, 1100)]),
         "geometry.too_many_parts", None),
    ],
)  # fmt: skip
def test_bad_borders_are_refused_with_their_place(shape: Any, code: str, place: tuple[float, float] | None) -> None:
    """Whatever cannot be stored is refused by name, with the point where it crosses itself; nothing is repaired."""
    problem = refusal(shape)
    assert problem.code == code
    if place is not None:
        assert (problem.values["x"], problem.values["y"]) == place


@pytest.mark.parametrize("points", [301, 4_999])
def test_crossing_stars_are_refused_quickly(points: int) -> None:
    """A star that kept make_valid busy for 45 s is refused within a second, with its crossing point."""
    shape = star(points)
    start = time.process_time()
    problem = refusal(shape)
    assert time.process_time() - start < 1.0
    assert problem.code == "geometry.crosses_itself"
    assert np.hypot(problem.values["x"], problem.values["y"]) <= 1


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=8))
@settings(max_examples=150, deadline=None)
def test_every_ring_is_either_refused_or_valid(ring: list[tuple[int, int]]) -> None:
    """For any ring at all: it is refused, or what comes back is valid, flat, counter-clockwise and of the same area."""
    shape = Polygon(ring)
    try:
        clean = check_polygon(shape)
    except Problem as problem:
        assert problem.code.startswith("geometry.")
        return
    assert clean.is_valid
    assert clean.exterior.is_ccw
    assert clean.area == pytest.approx(shape.area)
    assert check_polygon(clean).equals_exact(clean)


@pytest.mark.parametrize("layer", ["neighborhoods_2020", "community_statistical_areas"])
def test_the_invalid_baltimore_polygons_are_refused(layer: str) -> None:
    """The four real polygons whose hole lies outside are refused as such; the sound ones of their layers pass."""
    frame = gpd.read_file(real_file("baltimore_zones.gpkg.zip"), layer=layer)
    reasons: dict[str, int] = {}
    for shape in frame.geometry:
        try:
            assert check_polygon(shape).is_valid
        except Problem as problem:
            reasons[problem.code] = reasons.get(problem.code, 0) + 1
    assert reasons.pop("geometry.hole_outside") == 2
    assert set(reasons) <= {"geometry.too_many_vertices"}


def test_lines() -> None:
    """A river may cross itself and come in pieces; its heights and repeated points go."""
    clean = check_line(LineString([(0, 0, 1), (4, 4, 1), (4, 4, 1), (4, 0, 1), (0, 4, 1)]))
    assert len(clean.coords) == 4
    assert not clean.has_z
    assert check_line(MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]])).geom_type == "MultiLineString"


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (None, "geometry.missing"),
        (LineString(), "geometry.missing"),
        (Polygon(SQUARE), "geometry.not_line"),
        (from_wkt("LINESTRING (0 0, nan 1)"), "geometry.not_finite"),
        (LineString([(1, 1), (1, 1)]), "geometry.too_few_points"),
        (LineString(np.random.default_rng(1).random((MAX_RING_VERTICES + 1, 2))), "geometry.too_many_vertices"),
        (MultiLineString([[(at, 0), (at, 1)] for at in range(1_001)]), "geometry.too_many_parts"),
    ],
)
def test_bad_lines_are_refused(shape: Any, code: str) -> None:
    """A line that is none, or too large, is refused by name."""
    with pytest.raises(Problem) as refused:
        check_line(shape)
    assert refused.value.code == code


def test_rings_as_drawn() -> None:
    """A drawn ring of two- or three-number positions becomes flat closed coordinates."""
    assert ring_from([[0, 0], [1, 0, 7], [1, 1], [0, 0]]).tolist() == [[0, 0], [1, 0], [1, 1], [0, 0]]
    assert positions_from([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        ([[0, 0], [1, 0], [0, 0]], "geometry.too_few_points"),
        ([], "geometry.too_few_points"),
        ([[0, 0], [1, 0], [1, 1], [0, 1]], "geometry.not_closed"),
        ([[0, 0], [1, 0], [1, "1"], [0, 0]], "geometry.bad_position"),
        ([[0, 0], [1, 0], [1, True], [0, 0]], "geometry.bad_position"),
        ([[0, 0], [1, 0], [1, 1, 1, 1, 1], [0, 0]], "geometry.bad_position"),
        ([[0, 0], [1], [1, 1], [0, 0]], "geometry.bad_position"),
        ([[0, 0], None, [1, 1], [0, 0]], "geometry.bad_position"),
        ([[0, 0], [1, float("nan")], [1, 1], [0, 0]], "geometry.bad_position"),
        ([[0, 0], [1, float("inf")], [1, 1], [0, 0]], "geometry.bad_position"),
        ([[0, 0], [1, 1e305], [1, 1], [0, 0]], "geometry.bad_position"),
        ([[0, 0], [1, 10**400], [1, 1], [0, 0]], "geometry.bad_position"),
        ([[0, 0]] * (MAX_RING_VERTICES + 1), "geometry.too_many_vertices"),
    ],
)
def test_bad_rings_are_refused(ring: list[Any], code: str) -> None:
    """What is no ring is refused with the position of the fault."""
    with pytest.raises(Problem) as refused:
        ring_from(ring)
    assert refused.value.code == code
