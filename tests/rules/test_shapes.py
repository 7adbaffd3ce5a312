from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.cells import Cells, cut_cells
from geodata.rules.mesh import unite
from geodata.rules.shapes import homes_in_shapes, shape_lins
from geodata.rules.slices import slice_shape
from tests.rules.drawn_ground import Drawing, chance, draw, patch


def cells_of(drawing: Drawing, homes: np.ndarray | None = None) -> Cells:
    xy = drawing.homes if homes is None else homes
    return cut_cells(drawing.village, xy, np.zeros(len(xy), dtype=np.intp), None, drawing.barriers)


def assert_tiles(shapes: np.ndarray, village: shapely.Geometry) -> None:
    assert abs(shapely.area(shapes).sum() - village.area) <= 1e-6 * village.area
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()


def stacked(house: str, labels: list[int], others: dict[int, int]) -> tuple[np.ndarray, Drawing]:
    """Shape a drawing whose home ``b`` is a house with several 邻; ``others`` gives the 邻 of each home ``a``."""
    drawing = draw(house)
    tower = int(np.flatnonzero(drawing.zu == 1)[0])
    rows = [index for index in range(len(drawing.homes)) if index != tower]
    homes = drawing.homes[[*rows, *[tower] * len(labels)]]
    lin = np.array([*[others[place] for place in range(len(rows))], *labels])
    rank = np.arange(len(homes))
    return shape_lins(cells_of(drawing, homes), lin, rank), drawing


def test_lins_are_the_grounds_of_their_homes():
    """Each 邻 is the union of its homes' cells, and 邻, 组 and 片 unite without a gap up to the village."""
    drawing = draw("""
        a..a..a..a
        ..........
        a..a..a..a""")
    shapes = shape_lins(cells_of(drawing), np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.zeros(8))
    assert_tiles(shapes, drawing.village)
    assert shapely.area(shapes) == pytest.approx(750)
    zu = unite(shapes, np.array([0, 1, 0, 1]))
    assert_tiles(zu, drawing.village)
    assert [shape.geom_type for shape in zu] == ["Polygon", "Polygon"]
    assert unite(zu, np.zeros(2, dtype=np.intp))[0].equals(drawing.village)


def test_a_label_without_homes_is_empty():
    """Labels that nobody has keep their row and have no ground; no homes give no rows."""
    drawing = draw("a..a")
    shapes = shape_lins(cells_of(drawing), np.array([0, 2]), np.zeros(2))
    assert shapely.is_empty(shapes).tolist() == [False, True, False]
    assert len(unite(shapes, np.array([0, 0, 0]), 2)) == 2
    assert len(shape_lins(cells_of(draw("...")), np.zeros(0), np.zeros(0))) == 0
    assert unite(shapes, np.array([0, 0, 0]))[0].equals(drawing.village)
    assert unite(shapes, np.array([0, 1, -1]))[0].equals(shapes[0])
    assert len(unite(shapes[:0], np.zeros(0, dtype=np.intp))) == 0


def test_a_house_with_two_lins_is_cut_in_proportion():
    """Two 邻 in one house that stands alone share its ground by their homes, lower floors first."""
    drawing = draw("...b...")
    cells = cut_cells(drawing.village, drawing.homes[[0] * 8], np.zeros(8, dtype=np.intp))
    rank = np.array([3, 2, 1, 0, 7, 6, 5, 4])
    shapes = shape_lins(cells, np.array([1, 1, 0, 0, 1, 1, 1, 1]), rank)
    assert_tiles(shapes, drawing.village)
    assert shapely.area(shapes) == pytest.approx([175, 525])
    assert [shape.geom_type for shape in shapes] == ["Polygon", "Polygon"]


def test_a_slice_lies_on_the_side_of_its_lin():
    """The slices of a house lie beside the homes of their own 邻, though the stack order starts on the other side."""
    shapes, drawing = stacked("a....b....a", [0, 0, 1, 1], {0: 1, 1: 0})
    assert_tiles(shapes, drawing.village)
    assert [shape.geom_type for shape in shapes] == ["Polygon", "Polygon"]


def test_slices_change_order_only_where_nothing_else_reaches():
    """Three 邻 in one house, of which first and second go on at the two ends: the third gives way to the middle."""
    shapes, drawing = stacked("a....b....a", [0, 0, 1, 1, 2, 2], {0: 0, 1: 1})
    assert_tiles(shapes, drawing.village)
    assert [shape.geom_type for shape in shapes] == ["Polygon"] * 3


def test_neighbouring_houses_are_both_sliced():
    """Two houses side by side, each with several 邻, share the corners of their cuts."""
    drawing = draw("""
        a.........
        ...a..a...
        ..........""")
    homes = drawing.homes[[2, *[0] * 6, *[1] * 6]]
    lin = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4])
    shapes = shape_lins(cells_of(drawing, homes), lin, np.arange(13))
    assert_tiles(shapes, drawing.village)
    assert [shape.geom_type for shape in shapes].count("Polygon") == 5


def test_slices_of_a_notched_ground_are_connected():
    """A house whose ground is a horseshoe is cut into connected slices, a loose end going to the slice it touches."""
    drawing = draw("""
        ..###..
        ..###..
        ..###..
        ...b...""")
    cells = cut_cells(drawing.village, drawing.homes[[0] * 9], np.zeros(9, dtype=np.intp))
    for parts in (2, 3, 4):
        shapes = shape_lins(cells, np.arange(9) % parts, np.arange(9))
        assert_tiles(shapes, drawing.village)
        assert {shape.geom_type for shape in shapes} == {"Polygon"}


def test_a_slice_across_two_arms_is_one_piece():
    """Where a cut leaves two arms of a tall horseshoe in one slice, the smaller arm goes to the slice it touches."""
    tall = patch(0, 0, 30, 100) - patch(8, 20, 20, 100)
    slices = slice_shape(tall, np.array([3.0, 3.0, 3.0]), [np.zeros((0, 2, 2))] * 3)
    assert_tiles(slices, tall)
    assert {shape.geom_type for shape in slices} == {"Polygon"}


def test_ground_in_two_parts_is_sliced():
    """A part that touches no slice stays with the first of them, and no ground is lost."""
    parts = shapely.MultiPolygon([patch(0, 0, 30, 10), patch(0, 40, 30, 48), patch(40, 40, 50, 48)])
    slices = slice_shape(parts, np.array([1.0, 1.0]), [np.zeros((0, 2, 2))] * 2)
    assert_tiles(slices, parts)


def test_homes_find_their_shape():
    """A home on a border belongs to the shape with the lowest index, a home outside to none."""
    shapes = np.array([patch(0, 0, 10, 10), patch(10, 0, 20, 10), patch(20, 0, 30, 10)])
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    points = shapely.points(np.concatenate([middle[::-1], middle[:2] + np.array([5, 0]), middle[:1] - 90]))
    assert homes_in_shapes(shapes, points).tolist() == [2, 1, 0, 0, 1, -1]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), homes=st.integers(2, 60), lins=st.integers(1, 8), stacks=st.integers(0, 3))
def test_any_membership_tiles_the_village(seed: int, homes: int, lins: int, stacks: int):
    """Whatever the membership and however many houses are stacked: the 邻 tile the village, and so do their unions."""
    drawing, _ = chance(seed, homes, 2, 0)
    rng = np.random.default_rng(seed)
    if len(drawing.homes) < 2:
        return
    tops = rng.integers(0, len(drawing.homes), stacks)
    xy = np.concatenate([drawing.homes, np.repeat(drawing.homes[tops], 9, axis=0)])
    _, lin = np.unique(rng.integers(0, lins, len(xy)), return_inverse=True)
    shapes = shape_lins(cells_of(drawing, xy), lin, rng.permutation(len(xy)))
    assert_tiles(shapes, drawing.village)
    assert_tiles(unite(shapes, np.arange(len(shapes)) % 2), drawing.village)
