"""What drawing shapes as vector tiles holds."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from geodata.rules.tile_paths import Paths, cut_lines, cut_rings, tidy
from geodata.rules.tiles import (
    TileLayer,
    barriers_at,
    encode_tile,
    homes_at,
    levels_at,
    tile_bounds_ll,
    to_tile_units,
)
from geodata.rules.units import Level
from tests.rules.tile_reader import ReadFeature, doubled_area, read_tile

TILE = (14, 13276, 6872)
SQUARE, INSIDE = shapely.box(-64, -64, 4160, 4160), shapely.box(-60, -60, 4156, 4156)
ROUNDED, CUT = 0.71, 1.22  # half a unit each way at a vertex; half a unit more where an edge was cut
SEEDS = st.integers(0, 2**32)


def exact(shape_ll, tile=TILE):
    """Project a shape into a tile by the textbook formula, unrounded and uncut."""
    z, x, y = tile

    def project(c):
        side = 4096 * 2**z
        south = 0.5 - np.arcsinh(np.tan(np.radians(c[:, 1]))) / (2 * np.pi)
        return np.c_[(c[:, 0] + 180) / 360 * side - x * 4096, south * side - y * 4096]

    return shapely.transform(shape_ll, project)


def ground(shape_xy, tile=TILE):
    """Put a shape given in tile units on the ground: the inverse of `exact`."""
    z, x, y = tile

    def unproject(c):
        side = 4096 * 2**z
        lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (c[:, 1] + y * 4096) / side))))
        return np.c_[(c[:, 0] + x * 4096) / side * 360 - 180, lat]

    return shapely.transform(shape_xy, unproject)


def star(rng, centre, reach, n=16):
    """A ragged polygon around a centre, in whatever units the reach is."""
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
    r = rng.uniform(0.3, 1, n) * reach
    return shapely.Polygon(np.c_[centre[0] + r * np.cos(angles), centre[1] + r * np.sin(angles)])


def drawn(shapes_ll, tile=TILE, buffer_px=64) -> list[ReadFeature]:
    """Encode shapes as one layer and read its features; their ids are the shapes' places."""
    layer = TileLayer("l", np.array(shapes_ll, dtype=object), np.arange(len(shapes_ll)))
    layers = read_tile(encode_tile(*tile, [layer], buffer_px))
    return layers["l"].features if layers else []


def area_of(feature: ReadFeature) -> shapely.Geometry:
    """Rebuild a polygon feature by the specification: a clockwise ring opens a polygon, the others are its holes."""
    assert feature.kind == 3
    areas = [doubled_area(part) for part in feature.parts]
    assert areas[0] > 0
    assert all(areas)
    out = shapely.Polygon()
    for part, area in zip(feature.parts, areas, strict=True):
        ring = shapely.make_valid(shapely.Polygon(part))
        out = out.union(ring) if area > 0 else out.difference(ring)
    return out


def assert_close(found, expected, units, within):
    """Fail when two areas differ, within a window, anywhere farther than ``units`` from the expected border."""
    differ = (
        found.symmetric_difference(expected)
        .intersection(within)
        .difference(expected.boundary.buffer(units, quad_segs=32))
    )
    assert differ.area < 1e-6


@given(SEEDS, st.sampled_from([30, 600, 3000, 20000]))
@settings(max_examples=60, deadline=None)
def test_polygons_stand_within_a_unit_of_the_ground(seed, reach):
    """A polygon with a hole, inside, across or all round the tile, is drawn as it is and cut at the buffer."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(-200, 4300, 2)
    shape = star(rng, centre, reach).difference(star(rng, centre, reach * 0.2))
    expected = exact(ground(shape)).intersection(SQUARE)
    features = drawn([ground(shape)])
    if expected.area < 10:
        return
    found = area_of(features[0])
    # where a border meets the cut at a flat angle, rounding moves the meeting point along the cut: judge inside it
    units = ROUNDED if INSIDE.covers(shape) else CUT
    assert_close(found, shape, units, INSIDE)
    assert SQUARE.covers(found)


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_a_net_stays_without_gap_or_overlap(seed):
    """Areas of a net that covers the tile add up to the whole drawn square, to the unit, and do not overlap."""
    rng = np.random.default_rng(seed)
    cells = shapely.voronoi_polygons(
        shapely.MultiPoint(rng.uniform(-3000, 7000, (120, 2))), extend_to=shapely.box(-9000, -9000, 13000, 13000)
    )
    net = shapely.segmentize(shapely.get_parts(cells), 90.0)
    features = drawn([ground(cell) for cell in net])
    areas = [area_of(feature) for feature in features]
    assert sum(doubled_area(part) for f in features for part in f.parts) == 2 * (4096 + 128) ** 2
    assert shapely.union_all(areas).area == pytest.approx((4096 + 128) ** 2, abs=1e-6)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_polygons_join_again_across_tiles(seed):
    """The pieces of polygons cut at four tiles, put side by side, are the polygons again."""
    rng = np.random.default_rng(seed)
    z, x, y = TILE
    shapes = [star(rng, 4096 + rng.uniform(-900, 900, 2), 2500) for _ in range(4)]
    whole = {place: shapely.Polygon() for place in range(4)}
    for east in (0, 1):
        for south in (0, 1):
            for feature in drawn([ground(s) for s in shapes], (z, x + east, y + south), buffer_px=0):
                piece = shapely.affinity.translate(area_of(feature), 4096 * east, 4096 * south)
                whole[feature.id] = whole[feature.id].union(piece)
    for place, shape in enumerate(shapes):
        assert_close(whole[place], shape, CUT, shape.envelope.buffer(9))
        assert whole[place].area == pytest.approx(shape.area, rel=0.01)


@given(SEEDS, st.sampled_from([500, 5000, 50000]))
@settings(max_examples=40, deadline=None)
def test_lines_are_cut_into_parts(seed, reach):
    """A wandering line is drawn within a unit of the ground, in as many parts as it has inside the tile."""
    rng = np.random.default_rng(seed)
    line = shapely.LineString(rng.uniform(2048 - reach, 2048 + reach, (12, 2)))
    expected = line.intersection(SQUARE)
    features = drawn([ground(line)])
    if not features:
        assert expected.length < 3
        return
    found = shapely.MultiLineString(features[0].parts)
    assert features[0].kind == 2
    assert SQUARE.covers(found)
    assert line.buffer(CUT, quad_segs=32).covers(found)
    assert expected.intersection(INSIDE).difference(found.buffer(CUT, quad_segs=32)).is_empty


def test_a_line_is_not_cut_where_it_only_bends():
    """A line inside stays one part; its repeated vertices and those on a straight run are dropped."""
    line = shapely.LineString([(10, 10), (10.2, 10), (20, 20), (30, 30), (30, 90), (30, 50), (10, 10)])
    (feature,) = drawn([ground(line)])
    assert feature.parts == [[(10, 10), (30, 30), (30, 90), (30, 50), (10, 10)]]


def test_a_line_along_the_edge_and_lines_beyond():
    """A line just inside the buffer is drawn; one that leaves and comes back falls in two; one beyond is not."""
    along = shapely.LineString([(-64, 0), (-64, 100)])
    back = shapely.LineString([(100, 100), (5000, 100), (5000, 200), (100, 200)])
    beyond = shapely.LineString([(4200, 4150), (4150, 4200)])
    features = drawn([ground(along), ground(back), ground(beyond)])
    assert [f.id for f in features] == [0, 1]
    assert features[1].parts == [[(100, 100), (4160, 100)], [(4160, 200), (100, 200)]]


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_point_stands_in_one_tile(seed):
    """Each point near the corner of four tiles is drawn in exactly one of them, within a unit."""
    rng = np.random.default_rng(seed)
    z, x, y = TILE
    places = np.concatenate([rng.uniform(3000, 5000, (20, 2)), rng.uniform(4095, 4097, (20, 2)), [[4096, 4096]]])
    found = {}
    for east in (0, 1):
        for south in (0, 1):
            for feature in drawn([ground(p) for p in shapely.points(places)], (z, x + east, y + south)):
                assert feature.id not in found
                ((point,),) = feature.parts
                found[feature.id] = np.add(point, (4096 * east, 4096 * south))
    assert len(found) == len(places)
    assert max(np.abs(found[k] - places[k]).max() for k in found) <= 0.501


def test_what_has_no_size_left_is_left_out():
    """Specks, threads, missing and empty shapes and far-away shapes become no feature, and no feature no layer."""
    specks = [
        star(np.random.default_rng(1), (50, 50), 0.1),
        shapely.Polygon([(0, 0), (100, 0.1), (200, 0.2)]),
        shapely.LineString([(5, 5), (5.1, 5.1)]),
        star(np.random.default_rng(1), (9000, 50), 100),
    ]
    assert drawn([None, shapely.Polygon(), shapely.Point(), *map(ground, specks)]) == []
    assert drawn([]) == []


def test_a_hole_goes_with_its_outer_ring():
    """A tile wholly inside a hole shows nothing; a speck of a polygon leaves no hole behind."""
    around = shapely.box(-9000, -9000, 9000, 9000).difference(shapely.box(-5000, -5000, 8000, 8000))
    speck = shapely.Polygon([(10, 10), (10.2, 10), (10.2, 10.2)], [[(10.05, 10.02), (10.15, 10.02), (10.15, 10.1)]])
    assert drawn([ground(around), ground(speck)]) == []


def test_shapes_of_several_pieces_and_kinds_share_a_layer():
    """A unit in pieces is one feature; points, lines and polygons may stand in one layer, each with its properties."""
    two = shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100)])
    points = shapely.MultiPoint([(5, 5), (6, 9)])
    both = shapely.GeometryCollection([shapely.box(50, 50, 60, 60), shapely.LineString([(0, 0), (9, 9)])])
    shapes = np.array([ground(points), ground(two), ground(both)], dtype=object)
    layer = TileLayer("混合", shapes, np.array([7, 8, 9]), {"名": ["点", "片", None]})
    features = read_tile(encode_tile(*TILE, [layer]))["混合"].features
    assert [(f.id, f.kind, f.properties, len(f.parts)) for f in features] == [
        (8, 3, {"名": "片"}, 2),
        (9, 3, {}, 1),
        (9, 2, {}, 1),
        (7, 1, {"名": "点"}, 2),
    ]


def test_no_paths_are_cut_to_no_paths():
    """Cutting and tidying nothing gives nothing."""
    none = Paths(np.empty((2, 0)), np.array([], dtype=np.int64), np.array([], dtype=np.int64))
    for cut in (cut_rings, cut_lines):
        assert len(tidy(cut(none, 0, 4096), closed=True).sizes) == 0


def test_layers_keep_their_order():
    """Layers come in the order given, and one without features is left out."""
    box = np.array([ground(shapely.box(0, 0, 100, 100))])
    layers = [TileLayer("b", box, [1]), TileLayer("none", np.array([], dtype=object), []), TileLayer("a", box, [1])]
    layers = [TileLayer(one.name, one.shapes_ll, np.array(one.ids, dtype=np.uint64)) for one in layers]
    assert list(read_tile(encode_tile(*TILE, layers))) == ["b", "a"]


@pytest.mark.parametrize("zoom", [0, 5, 8, 10, 13, 17, 20])
def test_a_shape_is_drawn_at_every_zoom(zoom):
    """A village is drawn within a unit, or the full square, from the whole world down to a doorstep."""
    shape = shapely.box(111.60, 27.60, 111.64, 27.64).difference(shapely.box(111.63, 27.63, 111.64, 27.64))
    side = 2**zoom
    x = int((111.6153 + 180) / 360 * side)
    y = int((0.5 - np.arcsinh(np.tan(np.radians(27.6158))) / (2 * np.pi)) * side)
    expected = exact(shape, (zoom, x, y)).intersection(SQUARE)
    features = drawn([shape], (zoom, x, y))
    if expected.area < 2:
        assert len(features) <= 1
        return
    assert_close(area_of(features[0]), expected, ROUNDED, SQUARE)


@pytest.mark.parametrize("tile", [(21, 0, 0), (-1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (3, 0, -1)])
def test_a_tile_that_does_not_exist_is_refused(tile):
    """Tiles beyond the world or the deepest zoom are refused by name, for drawing and for asking the store."""
    for ask in (tile_bounds_ll, lambda z, x, y: encode_tile(z, x, y, [])):
        with pytest.raises(Problem) as caught:
            ask(*tile)
        assert caught.value.code == "tile.out_of_range"
        assert caught.value.values == dict(zip("zxy", tile, strict=True))


def test_bounds_of_tiles():
    """The world tile spans all longitudes and Mercator's latitudes; a buffer adds its share of the side."""
    assert tile_bounds_ll(0, 0, 0) == pytest.approx((-180, -85.0511287798, 180, 85.0511287798))
    west, south, east, north = tile_bounds_ll(*TILE, buffer_px=64)
    corners = to_tile_units(np.array([[west, north], [east, south]]), *TILE)
    assert corners.T.tolist() == [[pytest.approx(-64), pytest.approx(-64)], [pytest.approx(4160), pytest.approx(4160)]]
    assert tile_bounds_ll(20, 2**20 - 1, 2**20 - 1)[2] == 180


def test_the_poles_stay_far_outside():
    """A shape that reaches a pole is drawn up to the tile's edge instead of breaking the tile."""
    features = drawn([shapely.box(-180, -90, 180, 90)], (0, 0, 0))
    assert area_of(features[0]).area == 4096 * (4096 + 128)


def test_what_each_zoom_shows():
    """Villages far out, then 片, then 组, then 邻, then homes; the county's outline always; rivers before roads."""
    assert levels_at(-1) == levels_at(0) == levels_at(9) == (Level.COUNTY, Level.TOWN, Level.VILLAGE)
    assert levels_at(10) == levels_at(11) == (Level.COUNTY, Level.TOWN, Level.VILLAGE, Level.PIAN)
    assert levels_at(12) == (Level.COUNTY, Level.TOWN, Level.VILLAGE, Level.PIAN, Level.ZU)
    assert levels_at(13) == levels_at(20) == tuple(Level)
    assert [homes_at(zoom) for zoom in (13, 14, 20)] == [False, True, True]
    assert barriers_at(7) == ()
    assert barriers_at(8) == ("river", "railway")
    assert barriers_at(10) == ("river", "railway", "road")
    assert barriers_at(13) == ("river", "railway", "road", "stream")


def test_columns_of_different_length_are_refused():
    """A layer whose columns do not fit together is refused before a name is drawn beside the wrong shape."""
    with pytest.raises(ValueError, match="differ in length"):
        TileLayer("a", np.array([None, None], dtype=object), np.array([1, 2]), {"name": ["one"]})
