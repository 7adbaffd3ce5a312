from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.cells import cut_cells
from geodata.rules.faces import ground_faces
from geodata.rules.mesh import trace
from geodata.rules.problems import Problem
from geodata.rules.shapes import homes_in_shapes
from geodata.rules.weave import weave
from tests.rules.drawn_ground import ORIGIN, Drawing, assert_whole, at, chance, draw, line, patch, pieces_of


def cut(drawing: Drawing, **changes: object):
    given_values = {"zu_shapes_xy": None, "barriers_xy": drawing.barriers, **changes}
    return cut_cells(drawing.village, drawing.homes, drawing.zu, **given_values)


def links(cells) -> set[tuple[int, int]]:
    return {tuple(pair) for pair in cells.edges.tolist()}


def test_four_homes_share_a_square():
    """Homes at the corners of a square get a quarter each and border along the middle lines only."""
    drawing = draw("""
        a..a
        ....
        ....
        a..a""")
    cells = cut(drawing)
    assert_whole(cells, drawing.village)
    assert shapely.area(cells.shapes_xy) == pytest.approx(400)
    assert links(cells) == {(0, 1), (0, 2), (1, 3), (2, 3)}
    assert cells.border_m == pytest.approx(20)
    assert not cells.crosses.any()


def test_no_home_leaves_no_cell():
    """A village without homes gives empty arrays, for the caller to leave it whole."""
    cells = cut(draw("..."))
    assert len(cells.shapes_xy) == len(cells.edges) == len(cells.site_of_home) == 0


def test_one_home_has_the_whole_village():
    """A single home has all the ground, whatever barriers run through it."""
    drawing = draw("a.|..")
    cells = cut(drawing)
    assert len(cells.shapes_xy) == 1
    assert cells.shapes_xy[0].equals(drawing.village)


def test_ground_ends_at_a_barrier():
    """Cells of homes on two sides of a barrier meet along it, even where one home is much nearer to it."""
    drawing = draw("""
        a...a|a........a
        .....|..........
        a...a|a........a""")
    cells = cut(drawing)
    assert_whole(cells, drawing.village)
    line = drawing.barriers[0]
    assert not shapely.crosses(cells.shapes_xy, line).any()
    across = {pair for pair, x in zip(cells.edges.tolist(), cells.crosses, strict=True) if x for pair in [tuple(pair)]}
    assert across == {(1, 2), (5, 6)}


def test_a_barrier_that_ends_inside_is_followed_as_far_as_it_goes():
    """Where a barrier ends inside the village the border lies on it while it lasts and between the homes after."""
    drawing = draw("""
        a...|...a
        ....|....
        a|......a
        .|.......
        a.......a""")
    cells = cut(drawing)
    assert_whole(cells, drawing.village)
    middle = {tuple(p): x for p, x in zip(cells.edges.tolist(), cells.crosses.tolist(), strict=True)}
    assert middle[(4, 5)]
    assert not middle[(2, 3)]
    assert not middle[(0, 1)]
    long = max(drawing.barriers, key=lambda bar: bar.distance(shapely.Point(at(0, 0))))
    assert not shapely.crosses(cells.shapes_xy, long).any()


def test_a_barrier_that_all_but_reaches_the_edge_still_divides():
    """A river drawn 3 m short of the village's edge at both ends parts the ground as if it reached it."""
    drawing = draw("""
        a.......a
        a.......a""")
    short = line(30, 3, 30, 17)
    cells = cut(drawing, barriers_xy=[short])
    assert_whole(cells, drawing.village)
    assert shapely.area(cells.shapes_xy) == pytest.approx([300, 600, 300, 600], abs=1)
    assert cells.crosses.sum() == 2


def test_a_barrier_along_the_edge_cuts_nothing():
    """A river that is the village's border, drawn half a metre off, leaves no strip and no crossing."""
    drawing = draw("a...a")
    cells = cut(drawing, barriers_xy=[line(0.4, 9.6, 25, 9.7, 49.7, 9.5), line(50, 0, 50, 10)])
    assert_whole(cells, drawing.village)
    assert shapely.area(cells.shapes_xy) == pytest.approx(250)
    assert not cells.crosses.any()


def test_ground_without_a_home_goes_to_its_neighbours():
    """The strip between a river and a road on which nobody lives is given away, and no sliver is left."""
    drawing = draw("""
        a..|.|..a
        ...|.|...
        a..|.|..a""")
    cells = cut(drawing)
    assert_whole(cells, drawing.village)
    assert len(cells.shapes_xy) == 4
    assert shapely.area(cells.shapes_xy).sum() == pytest.approx(drawing.village.area)


def test_known_zu_borders_are_kept():
    """The cells of a 组 with a polygon make up exactly that polygon."""
    drawing = draw("""
        a.....b
        a.....b
        a.....b""")
    low, high = patch(0, 0, 20, 30), patch(20, 0, 70, 30)
    cells = cut(drawing, zu_shapes_xy=[low, high])
    assert_whole(cells, drawing.village)
    for index, shape in enumerate((low, high)):
        union = shapely.union_all(cells.shapes_xy[cells.zu_of_site == index])
        assert union.equals(shape)


def test_zu_borders_drawn_twice_leave_no_sliver():
    """组 polygons that overlap, leave a gap or pass the village's edge by half a metre give no thin cell."""
    drawing = draw("""
        a.....b
        a.....b
        a.....b""")
    left = patch(-0.4, 0.3, 35.2, 30.4)
    right = patch(34.8, -0.4, 69.7, 29.6)
    cells = cut(drawing, zu_shapes_xy=[left, right, None])
    assert_whole(cells, drawing.village)
    assert len(cells.shapes_xy) == 6
    assert not shapely.is_empty(shapely.buffer(cells.shapes_xy, -4)).any()
    assert shapely.area(cells.shapes_xy) == pytest.approx(350, abs=10)


def test_a_zu_without_a_polygon_is_the_ground_of_its_homes():
    """Where only one 组 has a polygon, the other gets the rest."""
    drawing = draw("""
        a..b
        a..b""")
    cells = cut(drawing, zu_shapes_xy=[patch(0, 0, 10, 20), None])
    assert_whole(cells, drawing.village)
    assert shapely.area(cells.shapes_xy[cells.zu_of_site == 1]).sum() == pytest.approx(600)


def test_homes_on_a_wall_or_outside_are_moved_in():
    """A home on a barrier, on the village's edge or beyond it has ground inside; one far away is listed."""
    drawing = draw("""
        a...|...a
        ....|....
        a...|...a""")
    extra = ORIGIN + np.array([[45.0, 15.0], [0.0, 15.0], [-3.0, 25.0], [500.0, 15.0]])
    homes = np.concatenate([drawing.homes, extra])
    zu = np.zeros(len(homes), dtype=np.intp)
    cells = cut_cells(drawing.village, homes, zu, None, drawing.barriers)
    assert_whole(cells, drawing.village)
    assert cells.far_homes.tolist() == [7]
    near = shapely.distance(cells.shapes_xy[cells.site_of_home], shapely.points(homes))
    assert (near[:6] < 1e-6).all()
    assert near[6] == pytest.approx(3)
    again = cut_cells(drawing.village, homes, zu, None, drawing.barriers)
    assert shapely.equals_identical(again.shapes_xy, cells.shapes_xy).all()


def test_a_home_on_a_zu_border_is_moved_to_its_own_side():
    """A home exactly on the line between two 组 gets ground in the one it belongs to."""
    drawing = draw("a..b")
    left, right = patch(0, 0, 20, 10), patch(20, 0, 40, 10)
    homes = np.concatenate([drawing.homes, [at(20, 5)]])
    for own, shape in enumerate((left, right)):
        cells = cut_cells(drawing.village, homes, np.array([0, 1, own]), [left, right])
        assert_whole(cells, drawing.village)
        assert shape.covers(cells.shapes_xy[2])


def test_a_home_on_a_barrier_that_ends_inside_keeps_off_it():
    """A home on a line that does not divide its face is put beside the line, so that its ground is one piece."""
    drawing = draw("""
        a........a
        ..........
        a........a""")
    bar = line(50, 0, 50, 20)
    homes = np.concatenate([drawing.homes, [at(50, 10)]])
    cells = cut_cells(drawing.village, homes, np.zeros(5, dtype=np.intp), None, [bar])
    assert_whole(cells, drawing.village)
    assert abs(cells.site_xy[4, 0] - ORIGIN[0] - 50) == pytest.approx(0.1, abs=0.01)


def test_homes_on_one_point_are_one_site():
    """Flats within a centimetre share a site; the numbering follows the first homes."""
    drawing = draw("a..a")
    homes = drawing.homes[[0, 1, 0, 1, 0]] + np.array([[0, 0], [0, 0], [0.004, 0], [0, 0.003], [0, -0.004]])
    cells = cut_cells(drawing.village, homes, np.zeros(5, dtype=np.intp))
    assert cells.site_of_home.tolist() == [0, 1, 0, 1, 0]
    assert_whole(cells, drawing.village)


def test_two_zu_on_one_point_share_its_ground_in_slices():
    """Homes of two 组 in one house are two sites; each slice lies on the side of its own 组, in proportion."""
    drawing = draw("""
        a.....b
        .......
        a..a..b""")
    homes = drawing.homes[[0, 3, 2, 1, 1, 1, 1, 4]]
    zu = np.array([0, 0, 1, 1, 1, 1, 0, 1])
    cells = cut_cells(drawing.village, homes, zu)
    assert_whole(cells, drawing.village)
    assert len(cells.shapes_xy) == 6
    house = [cells.site_of_home[6], cells.site_of_home[3]]
    own, other = shapely.area(cells.shapes_xy[house])
    assert other == pytest.approx(3 * own, rel=1e-3)
    assert pieces_of(cells, np.flatnonzero(cells.zu_of_site == 0)) == 1
    assert pieces_of(cells, np.flatnonzero(cells.zu_of_site == 1)) == 1


def test_holes_and_parts_of_a_village():
    """An enclave stays outside, homes get ground in their own part, and a part without homes goes to the nearest."""
    drawing = draw("""
        a...a####..
        .##..####..
        .##..##a###
        a...a######""")
    cells = cut(drawing)
    shapes = cells.shapes_xy
    assert shapely.area(shapes).sum() == pytest.approx(drawing.village.area)
    assert shapely.coverage_is_valid(shapes)
    assert [shape.geom_type for shape in shapes].count("MultiPolygon") == 1
    assert shapely.contains(shapes, shapely.points(cells.site_xy)).all()
    union = shapely.union_all(shapes)
    assert union.equals(drawing.village)


def test_bad_ground_and_bad_places_are_refused():
    """A village that crosses itself, an empty one and a home without coordinates are refused by name."""
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    for village, reason in ((bow, "Self-intersection"), (shapely.Polygon(), "empty")):
        with pytest.raises(Problem) as caught:
            cut_cells(village, np.zeros((1, 2)), np.zeros(1, dtype=np.intp))
        assert caught.value.code == "cells.bad_village"
        assert reason in caught.value.values["reason"]
    with pytest.raises(Problem) as caught:
        cut_cells(shapely.box(0, 0, 9, 9), np.array([[1, 1], [np.nan, 2]]), np.zeros(2, dtype=np.intp))
    assert (caught.value.code, caught.value.values) == ("cells.bad_place", {"homes": [1]})


def test_a_corner_that_stands_twice_in_a_row_is_one_corner():
    """A border drawn by hand may hold a vertex twice; the homes inside share the ground as if it stood there once."""
    once = shapely.Polygon([(0, 0), (100, 0), (100, 100), (0, 100)])
    twice = shapely.Polygon([(0, 0), (0, 0), (100, 0), (100, 100), (100, 100), (0, 100)])
    homes, zu = np.array([[20.0, 20.0], [80.0, 70.0]]), np.array([-1, -1])
    for cell, same in zip(cut_cells(twice, homes, zu).shapes_xy, cut_cells(once, homes, zu).shapes_xy, strict=True):
        assert shapely.equals(cell, same)


def test_homes_in_one_corner_of_a_large_village():
    """A hamlet in the corner of a village forty times as wide has ground up to the village's far edge."""
    village = shapely.transform(shapely.box(0, 0, 10_000, 10_000), lambda xy: xy + ORIGIN)
    homes = ORIGIN + np.random.default_rng(1).uniform(50, 250, (60, 2))
    cells = cut_cells(village, homes, np.zeros(60, dtype=np.intp))
    assert_whole(cells, village)


def test_a_regular_lattice_of_homes():
    """Homes on a lattice, where four cells meet in every corner, have exact squares and no corner edges."""
    drawing = draw("\n".join(["aaaaaa"] * 6))
    cells = cut(drawing)
    assert_whole(cells, drawing.village)
    assert shapely.area(cells.shapes_xy) == pytest.approx(100, rel=1e-6)
    assert len(cells.edges) == 60


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    homes=st.integers(1, 90),
    barriers=st.integers(0, 5),
    zu_shapes=st.sampled_from([0, 0, 4, 9]),
    lattice=st.booleans(),
)
def test_cells_of_any_village(seed: int, homes: int, barriers: int, zu_shapes: int, lattice: bool):
    """Whatever the ground: cells tile it, are one piece, hold their homes, and their edges tell connectedness."""
    drawing, shapes = chance(seed, homes, barriers, zu_shapes)
    xy = np.round(drawing.homes / 40) * 40 if lattice else drawing.homes
    cells = cut_cells(drawing.village, xy, drawing.zu, shapes or None, drawing.barriers)
    if not len(xy):
        return
    assert_whole(cells, drawing.village)
    rng = np.random.default_rng(seed)
    near = ((cells.site_xy - cells.site_xy[rng.integers(len(cells.site_xy))]) ** 2).sum(axis=1)
    some = np.argsort(near)[: int(rng.integers(1, 20))]
    union = shapely.coverage_union_all(cells.shapes_xy[some])
    assert shapely.get_num_geometries(union) == pieces_of(cells, some)


def test_the_careful_way_gives_the_same_ground():
    """Noding every line against every other, used where the quick way fails, cuts the same cells."""
    drawing, _ = chance(11, 60, 3, 0)
    origin = np.floor(drawing.village.bounds[:2])
    village = shapely.transform(drawing.village, lambda xy: xy - origin)
    barriers = [shapely.transform(bar, lambda xy: xy - origin) for bar in drawing.barriers]
    faces = ground_faces(village, drawing.homes - origin, None, barriers)
    face = homes_in_shapes(faces.shapes_xy, shapely.points(drawing.homes - origin))
    quick, slow = (weave(faces, drawing.homes - origin, face, careful) for careful in (False, True))
    areas = [np.sort(shapely.area(mesh.shapes_xy)) for mesh, _ in (quick, slow)]
    assert areas[0] == pytest.approx(areas[1], abs=0.1)
    bars = [mesh.segments_xy[is_barrier] for mesh, is_barrier in (quick, slow)]
    lengths = [np.hypot(*(each[:, 0] - each[:, 1]).T).sum() for each in bars]
    assert lengths[0] == pytest.approx(lengths[1], abs=0.1)


def test_ground_that_cannot_be_tiled_is_refused(monkeypatch: pytest.MonkeyPatch):
    """Where even the careful way leaves a hole the village is refused by name, not drawn wrong."""
    drawing = draw("a..a")
    nothing = trace(np.zeros((0, 2, 2))), np.zeros(0, dtype=np.bool_)
    monkeypatch.setattr("geodata.rules.cells.weave", lambda *_: nothing)
    with pytest.raises(Problem) as caught:
        cut(drawing)
    assert caught.value.code == "cells.not_whole"
    assert caught.value.values == {"sites": 2, "pieces": 0}
