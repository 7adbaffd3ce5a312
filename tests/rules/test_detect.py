"""Detection of a file's coordinate system, on real borders and generated homes."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geodata.rules.agreement import agreement
from geodata.rules.crs import county_zone, to_xy
from geodata.rules.datums import wgs_to_bd, wgs_to_gcj
from geodata.rules.detect import detect_crs
from tests.real_data import county

ZONE = county_zone(111.67)
# A county of about 60 x 50 km in the place of 涟源, drawn with many corners.
_ANGLES = np.linspace(0, 2 * np.pi, 400, endpoint=False)
_RADIUS = 0.25 + 0.03 * np.sin(5 * _ANGLES) + 0.01 * np.sin(23 * _ANGLES)
COUNTY = shapely.Polygon(np.column_stack([111.67 + 1.2 * _RADIUS * np.cos(_ANGLES), 27.7 + _RADIUS * np.sin(_ANGLES)]))


def homes(count: int = 8_000, seed: int = 3) -> np.ndarray:
    """Return homes everywhere in the county, in true degrees."""
    rng = np.random.default_rng(seed)
    west, south, east, north = COUNTY.bounds
    points = np.column_stack([rng.uniform(west, east, 3 * count), rng.uniform(south, north, 3 * count)])
    return points[shapely.contains_xy(COUNTY, points[:, 0], points[:, 1])][:count]


def with_prefix(xy: np.ndarray, zone: int) -> np.ndarray:
    """Write the zone's number before the easting, as survey files do."""
    return xy + np.array([zone * 1e6, 0.0])


def web_mercator(ll: np.ndarray) -> np.ndarray:
    """Return points in the metres of web maps."""
    return np.column_stack(pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(ll[:, 0], ll[:, 1]))


HOMES = homes()
XY = to_xy(HOMES, ZONE)
XY_6 = to_xy(HOMES, county_zone(111.0))
XY_NEXT = to_xy(HOMES, county_zone(114.0))


@pytest.mark.parametrize(
    ("points", "crs", "swapped", "reason"),
    [
        (HOMES, "EPSG:4490", False, "degrees"),
        (HOMES[:, ::-1], "EPSG:4490", True, "swapped"),
        (web_mercator(HOMES), "EPSG:3857", False, "web_mercator"),
        (XY, "EPSG:4546", False, "gk3"),
        (XY[:, ::-1], "EPSG:4546", True, "swapped"),
        (with_prefix(XY, 37), "EPSG:4525", False, "gk3_prefix"),
        (with_prefix(XY_6, 19), "EPSG:4497", False, "gk6_prefix"),
        (XY_NEXT, "EPSG:4547", False, "gk3"),
        (with_prefix(XY_NEXT, 38), "EPSG:4526", False, "gk3_prefix"),
        (wgs_to_gcj(HOMES), "gcj02", False, "gcj02"),
        (wgs_to_gcj(HOMES)[:, ::-1], "gcj02", True, "gcj02"),
        (wgs_to_bd(HOMES), "bd09", False, "bd09"),
    ],
)
def test_systems_of_homes_in_a_known_county(points: np.ndarray, crs: str, swapped: bool, reason: str) -> None:
    """With the county's border known, homes in every usual system are told apart by lying inside it."""
    guess = detect_crs(points, None, COUNTY)
    assert (guess.crs, guess.swapped, guess.reason) == (crs, swapped, reason)
    assert guess.confidence >= 0.8
    assert guess.values["share_inside"] > 0.99


def test_zone_and_offset_are_told() -> None:
    """The guess names the central meridian, and how many metres a shifted datum is off."""
    assert detect_crs(XY, None, COUNTY).values["zone"] == 111.0
    assert 600 < detect_crs(wgs_to_gcj(HOMES), None, COUNTY).values["offset_m"] < 700
    six = detect_crs(XY, None, COUNTY).alternatives
    assert [other.crs for other in six] == ["EPSG:4508"]  # the 6-degree zone of the same meridian is the same numbers


@pytest.mark.parametrize(
    ("points", "crs", "reason"),
    [
        (HOMES, "EPSG:4490", "degrees"),
        (HOMES[:, ::-1], "EPSG:4490", "swapped"),
        (with_prefix(XY, 37), "EPSG:4525", "gk3_prefix"),
        (with_prefix(XY_6, 19), "EPSG:4497", "gk6_prefix"),
    ],
)
def test_systems_without_a_county(points: np.ndarray, crs: str, reason: str) -> None:
    """Before a county is known the size of the numbers still tells degrees, swapped axes and zone prefixes."""
    guess = detect_crs(points, None, None)
    assert (guess.crs, guess.reason) == (crs, reason)


def test_what_points_alone_cannot_tell() -> None:
    """Without ground to compare with, the three datums stand side by side; without a prefix, all zones do."""
    guess = detect_crs(HOMES, None, None)
    assert guess.confidence < 0.6
    assert {other.crs for other in guess.alternatives} == {"gcj02", "bd09"}
    zones = detect_crs(XY, None, None)
    assert zones.confidence < 0.1
    assert len(zones.alternatives) == 20
    few = detect_crs(HOMES[:5], None, COUNTY)
    assert (few.crs, few.reason) == ("EPSG:4490", "degrees")
    assert few.confidence < 0.6
    assert "gcj02" in {other.crs for other in few.alternatives}


def test_declared_system_is_believed_where_it_fits() -> None:
    """A declared system stands if the points then lie in the county; so does its swapped reading."""
    assert detect_crs(XY, "EPSG:4546", COUNTY).reason == "declared"
    swapped = detect_crs(XY[:, ::-1], "EPSG:4546", COUNTY)
    assert (swapped.crs, swapped.swapped, swapped.reason) == ("EPSG:4546", True, "swapped")
    assert detect_crs(HOMES, "EPSG:4490", None).reason == "declared"
    assert detect_crs(wgs_to_gcj(HOMES), "GCJ02", COUNTY).reason == "declared"
    web = np.array([[12_430_000.0, 3_210_000.0]])
    assert detect_crs(web, "EPSG:3857", None).reason == "declared"


def test_declared_system_is_doubted_where_it_does_not_fit() -> None:
    """A wrong declaration is overruled by the county: another zone, metres called degrees, GCJ-02 called WGS 84."""
    zone = detect_crs(XY, "EPSG:4549", COUNTY)
    assert (zone.crs, zone.reason, zone.values["declared"]) == ("EPSG:4546", "gk3", "EPSG:4549")
    assert detect_crs(XY, "EPSG:4326", COUNTY).crs == "EPSG:4546"
    assert detect_crs(HOMES, "EPSG:nonsense", COUNTY).reason == "degrees"
    shifted = detect_crs(wgs_to_gcj(HOMES), "EPSG:4326", COUNTY)
    assert (shifted.crs, shifted.values["declared"]) == ("gcj02", "EPSG:4326")
    assert shifted.alternatives[0].crs == "EPSG:4326"
    true_ones = detect_crs(HOMES, "gcj02", COUNTY)
    assert (true_ones.crs, true_ones.reason) == ("EPSG:4490", "degrees")


def test_declared_system_far_from_china() -> None:
    """Outside China a declared system is taken, and no datum is suspected; nonsense numbers are not."""
    alps = np.array([[9.5, 47.1], [9.6, 47.2], [9.51, 47.15]])
    assert detect_crs(alps, "EPSG:4326", None).reason == "declared"
    assert detect_crs(alps, "EPSG:4326", shapely.box(9.4, 47.0, 9.7, 47.3)).alternatives == ()
    assert detect_crs(alps[:, ::-1], None, shapely.box(9.4, 47.0, 9.7, 47.3)).reason == "swapped"
    assert detect_crs(alps * 1e5, "EPSG:4326", None).reason == "unknown"


@pytest.mark.parametrize(
    "points",
    [
        np.full((5, 2), np.nan),
        np.zeros((5, 2)),
        np.full((5, 2), 1e308),
        np.empty((0, 2)),
        np.full((9, 2), 5e7),
        HOMES + 20,
    ],
)
def test_nonsense_is_unknown(points: np.ndarray) -> None:
    """Numbers that fit nowhere are called unknown, without confidence."""
    guess = detect_crs(points, None, COUNTY)
    assert (guess.crs, guess.reason, guess.confidence) == ("", "unknown", 0.0)


def test_a_few_bad_points_do_not_matter() -> None:
    """NaN, zeros and points elsewhere among good ones leave the guess as it is."""
    dirty = HOMES.copy()
    dirty[:50] = np.nan
    dirty[50:80] = 0.0
    dirty[80:200] = 1.5
    assert detect_crs(dirty, None, COUNTY).crs == "EPSG:4490"


def test_homes_against_the_villages_they_claim() -> None:
    """A hundred homes suffice where each names its village: the datum in which they lie in it is theirs."""
    near = HOMES[:100]
    squares = gpd.GeoSeries(shapely.box(near[:, 0] - 0.002, near[:, 1] - 0.002, near[:, 0] + 0.002, near[:, 1] + 0.002))
    assert detect_crs(wgs_to_gcj(near), None, COUNTY, squares).crs == "gcj02"
    assert detect_crs(near, None, COUNTY, squares).confidence >= 0.9


def test_homes_against_an_earlier_layer() -> None:
    """Homes that were loaded before tell the datum of the same homes loaded again."""
    earlier = gpd.GeoSeries(shapely.points(HOMES[:500] + 1e-5))
    assert detect_crs(wgs_to_bd(HOMES[:500]), None, None, earlier).crs == "bd09"
    strangers = gpd.GeoSeries(shapely.points(HOMES[:3] + 0.1))
    assert detect_crs(HOMES[:500], None, None, strangers).confidence < 0.6


def test_border_against_a_line_and_nothing() -> None:
    """A border may be compared with a line; an empty or missing target decides nothing."""
    corners = shapely.get_coordinates(COUNTY)
    assert detect_crs(wgs_to_gcj(corners), None, None, COUNTY.exterior).crs == "gcj02"
    versions = {"as_is": corners, "gcj02": corners}
    for target in (None, shapely.Polygon()):
        assert agreement(versions, target, ZONE).winner == ""


@pytest.mark.parametrize("adcode", [431382, 430382, 430529, 320281])
def test_real_fences_of_2018_are_gcj02(adcode: int) -> None:
    """The fence without a declared system is found to be GCJ-02, 480 to 670 m off the same county's true border."""
    fence = county(adcode, "seed_fences_gcj02_2018")
    border = county(adcode).geometry.iloc[0]
    guess = detect_crs(shapely.get_coordinates(fence.geometry.to_numpy()), None, border)
    assert (guess.crs, guess.swapped) == ("gcj02", False)
    assert guess.confidence > 0.9
    assert 480 < guess.values["offset_m"] < 670
    assert guess.values["fit"] > 5 * guess.values["fit_as_is"]
    if adcode == 431382:
        assert 600 <= guess.values["offset_m"] <= 670
    true_border = county(adcode, "counties_tianditu").geometry.to_numpy()
    assert detect_crs(shapely.get_coordinates(true_border), None, border).crs == "EPSG:4490"


def test_a_hamlet_by_the_border_is_not_taken_for_a_wrong_datum() -> None:
    """Homes that a reading as GCJ-02 would push onto the border stay where they are: it leaves no fewer out."""
    county = shapely.box(111.60, 27.60, 111.80, 27.80)
    rng = np.random.default_rng(5)
    shift = wgs_to_gcj(np.array([[111.60, 27.70]]))[0] - (111.60, 27.70)
    lon = 111.60 + shift[0] + rng.uniform(-0.0001, 0.0001, 60)
    homes = np.column_stack([lon, rng.uniform(27.65, 27.75, 60)])
    assert detect_crs(homes, None, county).crs == "EPSG:4490"
