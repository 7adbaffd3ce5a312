from __future__ import annotations

import dataclasses
import xml.etree.ElementTree as ET

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from geodata.rules.wallmap import FRAME_MM, Sheet, count_below, make_sheets
from geodata.rules.wallmap_labels import Board, Label, Named, place_areas, place_lines, text_box, text_em
from geodata.rules.wallmap_scale import SCALES, choose_scale, make_bar
from geodata.rules.wallmap_svg import path_of
from tests.rules.wall_ground import squares


def boxes_of(labels: list[Label]) -> np.ndarray:
    return np.array([[one.x - one.width / 2, one.y - one.height / 2, one.x + one.width / 2, one.y + one.height / 2]
                     for one in labels]).reshape(-1, 4)  # fmt: skip


def overlaps(sheet: Sheet) -> int:
    rectangles = shapely.box(*boxes_of(sheet.labels).T)
    first, second = shapely.STRtree(rectangles).query(rectangles, predicate="intersects")
    return int((first < second).sum())


def named(sheet: Sheet, *styles: str) -> list[str]:
    return sorted(one.lines[0] for one in sheet.labels if one.style in styles)


def test_a_village_with_room_is_one_sheet_with_every_name() -> None:
    """片, 组 and 邻 all stand on their own ground, the river along its line, and nothing overlaps."""
    sheets = make_sheets(squares(3, 3, 3))
    assert len(sheets) == 1
    (sheet,) = sheets
    counts = {style: sum(one.style == style for one in sheet.labels) for style in ("pian", "zu", "lin", "water")}
    assert counts == {"pian": 3, "zu": 9, "lin": 27, "water": 1}
    assert overlaps(sheet) == 0
    assert (sheet.kinds, sheet.has_homes) == (["river"], True)
    assert {one.lines[1] for one in sheet.labels if one.style == "pian"} == {"3组  9邻  81户"}


def test_a_crowded_village_has_a_sheet_for_each_crowded_pian() -> None:
    """Where names do not fit, the 片 concerned are drawn again, larger, and every 邻 is named on some sheet."""
    ground = squares(4, 2, 16)
    sheets = make_sheets(ground)
    assert len(sheets) == 5
    assert [sheet.focus.level for sheet in sheets] == ["village"] + ["pian"] * 4
    assert all(sheet.scale < sheets[0].scale for sheet in sheets[1:])
    assert all(overlaps(sheet) == 0 for sheet in sheets)
    assert not any(one.style == "beside" for one in sheets[0].labels)
    assert named(sheets[1], "around") == ["第2片"]
    assert all(len(named(sheet, "lin", "beside")) == 32 for sheet in sheets[1:])


def test_only_the_crowded_pian_is_drawn_again() -> None:
    """A 片 whose names all fit needs no sheet of its own; one 邻 of a hand's breadth needs one."""
    ground = squares(2, 2, 2)
    shapes = ground.shapes_xy.copy()
    slivers = [i for i, unit in enumerate(ground.units) if unit.id.startswith("p1z0")]
    for n, i in enumerate(slivers):
        shapes[i] = shapely.box(400 + n, 0, 401 + n, 1)
    frame = dataclasses.replace(ground, shapes_xy=shapes)
    sheets = make_sheets(frame)
    assert [sheet.focus.name for sheet in sheets] == ["石桥村", "第2片"]


def test_a_village_of_one_pian_is_never_split() -> None:
    """Its only 片 would be the same sheet again: what does not fit is named beside its ground as far as it goes."""
    sheets = make_sheets(squares(1, 12, 14))
    assert len(sheets) == 1
    assert overlaps(sheets[0]) == 0


def test_a_village_without_a_border_cannot_be_drawn() -> None:
    """The refusal names the village."""
    ground = squares(1, 1, 1)
    ground.shapes_xy[0] = None
    with pytest.raises(Problem) as refused:
        make_sheets(ground)
    assert (refused.value.code, refused.value.values) == ("wall.no_shape", {"unit": "V"})


def test_units_without_a_shape_and_readers_without_homes_are_borne() -> None:
    """A 组 known only as a list is left off the map; no home is drawn for who may not see any."""
    ground = squares(1, 2, 1)
    ground.shapes_xy[2] = None
    (sheet,) = make_sheets(dataclasses.replace(ground, homes_xy=np.zeros((0, 2)), lines_xy=[]))
    assert named(sheet, "zu") == ["第2组"]
    assert not sheet.has_homes
    assert "h.01" not in sheet.svg


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 8), st.floats(30, 900))
def test_names_never_overlap_and_stay_in_the_frame(pians: int, zus: int, lins: int, side_m: float) -> None:
    """Whatever the village, no two names touch, none leaves the frame, and no leader runs under a name."""
    for sheet in make_sheets(squares(pians, zus, lins, side_m)):
        assert overlaps(sheet) == 0
        boxes = boxes_of(sheet.labels)
        assert (boxes[:, :2] > 0).all()
        assert (boxes[:, 2:] < np.array(FRAME_MM)).all()
        rectangles = shapely.box(*boxes.T)
        for place, one in enumerate(sheet.labels):
            if one.leader is not None:
                line = shapely.LineString([one.leader[:2], one.leader[2:]])
                crossed = set(np.flatnonzero(shapely.intersects(line, rectangles)).tolist())
                assert crossed <= {place}


@settings(max_examples=40, deadline=None)
@given(st.floats(1, 60_000), st.floats(1, 60_000))
def test_the_scale_is_the_largest_that_fits(wide_m: float, high_m: float) -> None:
    """The shape stands in the middle of the frame inside its padding, and the next larger scale would not hold it."""
    paper = choose_scale(shapely.box(100, 200, 100 + wide_m, 200 + high_m), FRAME_MM, 7)
    box = shapely.bounds(paper.shape_mm(shapely.box(100, 200, 100 + wide_m, 200 + high_m)))
    assert box[:2].min() >= 7 - 1e-6
    assert np.allclose((box[:2] + box[2:]) / 2, np.array(FRAME_MM) / 2)
    larger = [scale for scale in SCALES if scale < paper.scale]
    if larger and paper.scale in SCALES:
        assert max(wide_m * 1000 / larger[-1] - (FRAME_MM[0] - 14), high_m * 1000 / larger[-1] - (FRAME_MM[1] - 14)) > 0


@given(st.sampled_from(SCALES))
def test_the_scale_bar_is_round_and_fits(scale: int) -> None:
    """Four pieces of 1, 1.5, 2, 2.5, 4 or 5 times a power of ten metres, 25 to 52 mm long in all."""
    bar = make_bar(scale)
    assert 25 <= bar.step_mm * bar.steps <= 52.01
    assert bar.step_mm == pytest.approx(bar.step_m * 1000 / scale)


def test_north_is_up_and_the_picture_is_well_formed() -> None:
    """A place farther north stands higher on the paper, and the SVG is XML that draws every level."""
    ground = squares(2, 2, 2)
    paper = choose_scale(ground.shapes_xy[0], FRAME_MM, 7)
    south, north = paper.points_mm(np.array([[0.0, 0.0], [0.0, 100.0]]))
    assert north[1] < south[1]
    root = ET.fromstring(make_sheets(ground)[0].svg)
    strokes = {path.get("stroke") for path in root.iter() if path.tag.endswith("path")}
    assert {"#9c2f24", "#2f6f68", "#5d6f68", "#7d8b85", "#33524e"} <= strokes


def test_paths_of_every_kind_of_shape() -> None:
    """Rings are closed, lines are open, holes are kept, points and emptiness draw nothing."""
    square = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    assert path_of(square).count("Z") == 2
    assert path_of(shapely.LineString([(0, 0), (3, 4)])) == "M0.00 0.00L3.00 4.00"
    assert path_of(shapely.GeometryCollection([shapely.Point(1, 1), square])).count("M") == 2
    assert path_of(shapely.Point(1, 1)) == path_of(shapely.Polygon()) == ""


def test_the_width_of_words() -> None:
    """A Chinese character is an em wide, Latin narrower, a smaller second line does not widen the first."""
    assert (text_em("第1邻"), text_em("a b")) == (2.58, 1.41)
    wide, high = text_box(("第1邻", "9户"), 10, 0.8)
    assert wide == pytest.approx(2.58 * 3.528)
    assert high == pytest.approx(1.8 * 3.528 * 1.2)


def test_a_unit_with_no_room_is_named_beside_it_or_not_at_all() -> None:
    """With thin lines allowed a sliver is named beside its ground; without them it is reported as unnamed."""
    sliver = Named(5, "lin", ("第1邻", "9户"), shapely.box(100, 100, 100.5, 100.5))
    labels, left = place_areas(Board(FRAME_MM, np.zeros((0, 2))), [sliver], callouts=1)
    assert ([one.style for one in labels], left) == (["beside"], [5, -1])
    assert place_areas(Board(FRAME_MM, np.zeros((0, 2))), [sliver], callouts=0) == ([], [-1, 5])
    full = Board(FRAME_MM, np.zeros((0, 2)))
    full.boxes.append((0, 0, *FRAME_MM))
    assert place_areas(full, [sliver], callouts=1) == ([], [-1, 5])


def test_a_name_avoids_homes_where_it_can() -> None:
    """Of two halves of a unit the one without homes bears the name."""
    dots = np.array([[x, y] for x in np.arange(50.5, 75) for y in np.arange(50.5, 100)])
    wide = Named(0, "lin", ("第1邻", "9户"), shapely.box(50, 50, 100, 100))
    (label,), _ = place_areas(Board(FRAME_MM, dots), [wide], callouts=0)
    assert label.x - label.width / 2 >= 74.5


def test_a_line_is_named_along_its_straight_part_and_once() -> None:
    """The name leans with the line, is never upside down, and is left out where the line is too short."""
    board = Board(FRAME_MM, np.zeros((0, 2)))
    slope = shapely.LineString([(200, 200), (100, 100)])
    short = shapely.LineString([(9, 9), (10, 9)])
    lines = [("road", "环村路", slope), ("road", "环村路", slope), ("stream", "短溪", short), ("river", "", slope)]
    labels = place_lines(board, lines)
    assert [(one.lines, one.style, round(one.angle_deg)) for one in labels] == [(("环村路",), "road", 45)]
    zigzag = shapely.LineString([(10 + n % 2 * 9, 10 + n) for n in range(9)])
    assert place_lines(board, [("railway", "弯弯曲曲的铁路", zigzag)]) == []


def test_units_below_are_counted() -> None:
    """A village counts all its 片, 组 and 邻; a 组 only its 邻."""
    units = squares(2, 3, 4).units
    assert count_below(units, "v") == {"pian": 2, "zu": 6, "lin": 24}
    assert count_below(units, "p0z0") == {"pian": 0, "zu": 0, "lin": 4}
