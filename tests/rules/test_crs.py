"""Coordinates: zones, conversions, measures and the shifted Chinese datums."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.crs import (
    Zone,
    convert,
    convert_shapes,
    county_zone,
    geodesic_area_m2,
    geodesic_length_m,
    is_degrees,
    shapes_to_ll,
    shapes_to_xy,
    to_ll,
    to_xy,
)
from geodata.rules.datums import bd_to_wgs, gcj_to_wgs, wgs_to_bd, wgs_to_gcj
from geodata.rules.problems import Problem
from tests.real_data import real_file

HUNAN_LON = st.floats(108.8, 114.3)
HUNAN_LAT = st.floats(24.6, 30.2)
ZONE = county_zone(111.67)
GEOD = pyproj.Geod(ellps="GRS80")


def gap_m(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest distance between paired points in degrees."""
    return float(GEOD.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[2].max())


@pytest.mark.parametrize(
    ("lon", "epsg", "meridian"),
    [
        (111.67, 4546, 111.0),  # 涟源
        (110.3, 4546, 111.0),  # 城步
        (112.53, 4547, 114.0),  # 韶山
        (120.27, 4549, 120.0),  # 江阴
        (109.5, 4546, 111.0),  # half-way: the eastern zone
        (75.0, 4534, 75.0),
        (135.0, 4554, 135.0),
        (9.5, 0, 9.0),  # Liechtenstein
        (-3.2, 0, -3.0),
    ],
)
def test_county_zone(lon: float, epsg: int, meridian: float) -> None:
    """A county's zone comes from its own longitude, and exists outside China too."""
    assert county_zone(lon) == Zone(epsg, meridian)


@pytest.mark.parametrize("epsg", range(4534, 4555))
def test_zone_matches_its_epsg_definition(epsg: int) -> None:
    """Every zone number is the EPSG projection with that central meridian and a false easting of 500 km."""
    zone = Zone(epsg, 75.0 + 3 * (epsg - 4534))
    assert county_zone(zone.central_meridian) == zone
    assert to_xy(np.array([[zone.central_meridian, 0.0]]), zone) == pytest.approx(
        np.array([[500_000.0, 0.0]]), abs=1e-6
    )


@given(HUNAN_LON, HUNAN_LAT)
@settings(max_examples=40, deadline=None)
def test_zone_round_trip(lon: float, lat: float) -> None:
    """To metres and back is the same point to far less than a centimetre, with east first."""
    ll = np.array([[lon, lat]])
    xy = to_xy(ll, county_zone(lon))
    assert 300_000 < xy[0, 0] < 700_000 < xy[0, 1]
    assert gap_m(to_ll(xy, county_zone(lon)), ll) < 0.001


def test_zone_outside_china_measures_too() -> None:
    """The zone made by parameters is the same projection: no shift where both exist, true lengths in Liechtenstein."""
    ll = np.array([[111.5, 27.6], [111.6, 27.7]])
    assert to_xy(ll, Zone(0, 111.0)) == pytest.approx(to_xy(ll, ZONE), abs=1e-6)
    alps = np.array([[9.5, 47.1], [9.5, 47.2]])
    xy = to_xy(alps, county_zone(9.5))
    assert np.hypot(*(xy[1] - xy[0])) == pytest.approx(GEOD.inv(*alps[0], *alps[1])[2], rel=1e-4)
    assert to_ll(xy, county_zone(9.5)) == pytest.approx(alps, abs=1e-9)


def test_shared_vertices_stay_shared() -> None:
    """Two shapes that share a border still share it, bit for bit, after projection there and back."""
    left = shapely.Polygon([(111.1, 27.1), (111.2, 27.1), (111.23, 27.2), (111.1, 27.2)])
    right = shapely.Polygon([(111.2, 27.1), (111.3, 27.1), (111.3, 27.2), (111.23, 27.2)])
    shapes = np.array([left, right, None], dtype=object)
    xy = shapes_to_xy(shapes, ZONE)
    for version in (xy, shapes_to_ll(xy, ZONE)):
        assert version[2] is None
        assert version[0].exterior.coords[1] == version[1].exterior.coords[0]
        assert version[0].exterior.coords[2] == version[1].exterior.coords[3]
    assert shapes_to_xy(None, ZONE) is None
    assert len(to_xy(np.empty((0, 2)), ZONE)) == 0


def test_areas_and_lengths_against_the_ellipsoid() -> None:
    """On 100 random polygons of a county's size, plane area and length are within 0.1 % of the geodesic ones."""
    rng = np.random.default_rng(7)
    for _ in range(100):
        centre = np.array([rng.uniform(110.6, 112.4), rng.uniform(27.0, 28.5)])
        angles = np.sort(rng.uniform(0, 2 * np.pi, 12))
        shape = shapely.Polygon(centre + 0.05 * np.column_stack([np.cos(angles), np.sin(angles)]))
        flat = shapes_to_xy(shape, ZONE)
        assert flat.area == pytest.approx(geodesic_area_m2(shape), rel=1e-3)
        assert flat.length == pytest.approx(geodesic_length_m(shape.exterior), rel=1e-3)


def test_area_of_a_polygon_with_a_hole() -> None:
    """A hole counts against the area however its ring is turned."""
    shell = [(111.0, 27.0), (111.1, 27.0), (111.1, 27.1), (111.0, 27.1)]
    hole = [(111.04, 27.04), (111.06, 27.04), (111.06, 27.06), (111.04, 27.06)]
    whole = geodesic_area_m2(shapely.Polygon(shell))
    for ring in (hole, hole[::-1]):
        assert geodesic_area_m2(shapely.Polygon(shell, [ring])) == pytest.approx(whole * 0.96, rel=1e-3)


@pytest.mark.parametrize("epsg", [4326, 4490, 4525, 4546, 4503, 4508, 4497, 3857])
def test_round_trips_of_chinese_systems(epsg: int) -> None:
    """Written in each system with east first and read back, points come home within a centimetre."""
    ll = np.array([[111.67, 27.69], [111.2, 27.3], [112.0, 28.1]])
    there = pyproj.Transformer.from_crs(4326 if epsg == 3857 else 4490, epsg, always_xy=True)
    points = np.column_stack(there.transform(ll[:, 0], ll[:, 1]))
    assert gap_m(convert(points, f"EPSG:{epsg}"), ll) < 0.01
    assert gap_m(convert(points[:, ::-1], f"epsg:{epsg}", swapped=True), ll) < 0.01
    shape = shapely.LineString(points)
    assert gap_m(shapely.get_coordinates(convert_shapes(shape, f"EPSG:{epsg}")), ll) < 0.01
    assert is_degrees(f"EPSG:{epsg}") == (epsg in (4326, 4490))


def test_wkt_of_a_file_is_accepted() -> None:
    """What a .prj declares is understood as the system it describes."""
    ll = np.array([[111.67, 27.69]])
    wkt = pyproj.CRS(4546).to_wkt("WKT1_ESRI")
    assert gap_m(convert(to_xy(ll, ZONE), wkt), ll) < 0.01
    assert not is_degrees(wkt)


@pytest.mark.parametrize(
    "crs", ["", "auto", "EPSG:999999", "EPSG:abc", "/etc/passwd", "+proj=longlat", "PROJCS[nonsense", "EPSG:5773"]
)
def test_unknown_systems_are_refused(crs: str) -> None:
    """A system that is not one is refused by name, never guessed."""
    with pytest.raises(Problem) as refused:
        convert(np.zeros((1, 2)), crs)
    assert refused.value.code == "crs.unknown"
    if crs != "EPSG:5773":
        with pytest.raises(Problem):
            is_degrees(crs)


@pytest.mark.parametrize("epsg", [2362, 4610, 4214, 2437])
def test_datums_without_a_public_shift_are_refused(epsg: int) -> None:
    """Xian 1980 and Beijing 1954 are refused: PROJ would return a place a hundred metres off without a word."""
    with pytest.raises(Problem) as refused:
        convert(np.array([[500_000.0, 3_000_000.0]]), f"EPSG:{epsg}")
    assert refused.value.code == "crs.datum_unknown"


@given(HUNAN_LON, HUNAN_LAT)
@settings(max_examples=60, deadline=None)
def test_shifted_datums_invert(lon: float, lat: float) -> None:
    """There and back through GCJ-02 and BD-09 is the same point within a millimetre, and each shift is of its size."""
    ll = np.array([[lon, lat]])
    assert gap_m(gcj_to_wgs(wgs_to_gcj(ll)), ll) < 0.001
    assert gap_m(bd_to_wgs(wgs_to_bd(ll)), ll) < 0.001
    assert 500 < gap_m(wgs_to_gcj(ll), ll) < 700
    assert gap_m(convert(wgs_to_gcj(ll), "GCJ-02"), ll) < 0.001
    assert gap_m(convert(wgs_to_bd(ll), "bd09"), ll) < 0.001
    assert is_degrees("bd09")


def test_shifted_datums_outside_the_box() -> None:
    """Far from China GCJ-02 is the identity, and no input hangs or raises."""
    ll = np.array([[9.5, 47.1], [-70.0, -30.0], [np.nan, 27.0], [139.0, 35.0]])
    assert np.array_equal(wgs_to_gcj(ll), ll, equal_nan=True)
    assert np.array_equal(gcj_to_wgs(ll), ll, equal_nan=True)
    assert wgs_to_gcj(np.empty((0, 2))).shape == (0, 2)


def test_shifted_datums_against_published_vectors() -> None:
    """The vectors of gcoord and eviltransform come out within the tolerance they state, one-step inverses apart."""
    table = pd.read_csv(real_file("vectors_gcj02_bd09.csv"))
    table = table[~table["source"].str.contains("one-step")]
    wgs = table[["wgs84_lon", "wgs84_lat"]].to_numpy()
    allowed = table["tolerance_deg"].to_numpy()[:, None]
    assert len(table) == 169
    for prefix, there, back in (("gcj02", wgs_to_gcj, gcj_to_wgs), ("bd09", wgs_to_bd, bd_to_wgs)):
        shifted = table[[f"{prefix}_lon", f"{prefix}_lat"]].to_numpy()
        known = np.isfinite(shifted).all(axis=1)
        assert (np.abs(there(wgs) - shifted)[known] <= allowed[known]).all()
        assert (np.abs(back(shifted) - wgs)[known] <= np.maximum(allowed[known], 1e-8)).all()
