"""Homes on their way in: what is taken, and what is refused with which reason."""

from __future__ import annotations

import time
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.rules.columns import recognise
from geodata.rules.crs import county_zone, to_xy
from geodata.rules.datums import wgs_to_gcj
from geodata.rules.detect import detect_crs
from geodata.rules.intake import Refusal, coordinates, households_from, village_finder
from geodata.rules.problems import Problem
from tests.real_data import lianyuan_divisions, real_file

COUNTY = shapely.box(111.5, 27.5, 111.9, 27.9)
MAPPING = {"code": "编号", "lon": "经度", "lat": "纬度"}
VILLAGES = {
    "431382101001": "东风村委会",
    "431382101002": "新民社区居委会",
    "431382102001": "联合村",
    "431382103001": "联合村",
}


def table(**columns: Any) -> pd.DataFrame:
    """Return two good homes, with some columns replaced or added."""
    base: dict[str, Any] = {"编号": ["A1", "A2"], "经度": ["111.66", "111.67"], "纬度": ["27.69", "27.70"]}
    return pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in {**base, **columns}.items()})


def refused(frame: pd.DataFrame, mapping: dict[str, str] | None = None) -> list[Refusal]:
    """Return what of a table is refused."""
    return households_from(frame, mapping or MAPPING, "EPSG:4490", COUNTY)[1]


def test_homes_of_a_table() -> None:
    """Every field comes out under its name, cleaned, with the coordinates as received beside the converted ones."""
    frame = table(
        村=["东风村", "431382101002.0"], 组=[" 三组", "４组"], 地址=["中路１号", None],
        栋=["3栋", ""], 单元=["1", 2.0], 楼层=[5.0, None],
        房号=["501", "502"], 重点=["是", "否"], 户主=["张三", "李四"], 电话=["13800000000", 13800000001.0],
    )  # fmt: skip
    mapping = recognise(list(frame.columns), "households")
    homes, refusals = households_from(frame, mapping, "EPSG:4490", COUNTY, VILLAGES)
    assert refusals == []
    assert homes.crs.to_epsg() == 4490
    first, second = (homes.iloc[at] for at in (0, 1))
    assert (first["code"], first["village"], first["zu"], first["address"]) == ("A1", "431382101001", "三组", "中路1号")
    assert (second["village"], second["zu"]) == ("431382101002", "4组")
    assert (second["address"], second["entrance"]) == ("", "2")
    assert (first["building"], first["entrance"], first["floor"], first["room"]) == ("3栋", "1", "5", "501")
    assert (bool(first["priority"]), bool(second["priority"])) == (True, False)
    assert (second["head_name"], second["phone"]) == ("李四", "13800000001")
    assert (first["raw_x"], first["raw_y"], first["source_crs"]) == (111.66, 27.69, "EPSG:4490")
    assert (first.geometry.x, first.geometry.y) == (111.66, 27.69)
    assert homes["row"].tolist() == [2, 3]
    texts = {"code", "village", "zu", "lin", "address", "building", "entrance", "floor", "room", "head_name", "phone"}
    assert set(homes.columns) == texts | {"priority", "geometry", "source_crs", "raw_x", "raw_y", "row"}


@pytest.mark.parametrize(
    ("columns", "field", "code"),
    [
        ({"编号": ["", "A2"]}, "code", "code.missing"),
        ({"编号": [None, "A2"]}, "code", "code.missing"),
        ({"编号": [430524199001011239.0, "A2"]}, "code", "code.lost_digits"),
        ({"编号": ["4.31382E+11", "A2"]}, "code", "code.lost_digits"),
        ({"编号": ["#N/A", "A2"]}, "code", "cell.excel_error"),
        ({"编号": ["A" * 65, "A2"]}, "code", "cell.too_long"),
        ({"地址": ["x" * 301, ""]}, "address", "cell.too_long"),
        ({"地址": ["#REF!", ""]}, "address", "cell.excel_error"),
        ({"电话": [430524199001011239.0, ""]}, "phone", "code.lost_digits"),
        ({"经度": ["", "111.67"]}, "lon", "coordinate.missing"),
        ({"纬度": [None, "27.7"]}, "lat", "coordinate.missing"),
        ({"经度": ["东边", "111.67"]}, "lon", "coordinate.not_number"),
        ({"经度": ["NaN", "111.67"]}, "lon", "coordinate.not_number"),
        ({"经度": ["Infinity", "111.67"]}, "lon", "coordinate.not_number"),
        ({"纬度": ["1e308", "27.7"]}, "lat", "coordinate.not_number"),
        ({"经度": [np.inf, 111.67]}, "lon", "coordinate.not_number"),
        ({"经度": ["0", "111.67"], "纬度": ["0.0", "27.7"]}, "coordinate", "coordinate.zero"),
        ({"经度": ["500000", "111.67"]}, "coordinate", "coordinate.off_earth"),
        ({"纬度": ["111.66", "27.7"]}, "coordinate", "coordinate.off_earth"),
        ({"经度": ["112.66", "111.67"]}, "coordinate", "coordinate.outside_county"),
    ],
)
def test_bad_rows_are_refused_and_the_others_kept(columns: dict[str, Any], field: str, code: str) -> None:
    """Each fault refuses its own row, by field, value and reason; the good row comes in."""
    frame = table(**columns)
    mapping = recognise(list(frame.columns), "households")
    homes, refusals = households_from(frame, mapping, "EPSG:4490", COUNTY)
    assert homes["code"].tolist() == ["A2"]
    assert [(refusal.row, refusal.field, refusal.code) for refusal in refusals] == [(2, field, code)]
    assert len(refusals[0].value) <= 80


def test_the_county_has_a_margin_of_five_kilometres() -> None:
    """A home 4 km outside the border comes in, one 6 km outside is refused; without a county all come."""
    frame = table(经度=[str(111.9 + 4 / 98.6), str(111.9 + 6 / 98.6)])
    homes, refusals = households_from(frame, MAPPING, "EPSG:4490", COUNTY)
    assert homes["code"].tolist() == ["A1"]
    assert refusals[0].values["away_km"] == pytest.approx(6.0, abs=0.1)
    assert len(households_from(frame, MAPPING, "EPSG:4490", None)[0]) == 2


def test_repeated_codes_refuse_all_their_rows() -> None:
    """Rows that share a code are all refused, each naming the others; a missing code is not a repeated one."""
    cells = ["A1", "Ａ1 ", "A2", "", ""]
    frame = pd.DataFrame({"编号": cells, "经度": [111.6] * 5, "纬度": [27.6] * 5})
    homes, refusals = households_from(frame, MAPPING, "EPSG:4490", COUNTY)
    assert homes["code"].tolist() == ["A2"]
    assert [(refusal.row, refusal.code) for refusal in refusals] == [
        (2, "code.repeated"), (3, "code.repeated"), (5, "code.missing"), (6, "code.missing"),
    ]  # fmt: skip
    assert refusals[0].values == {"rows": [2, 3]}


def test_several_faults_of_a_row_are_all_told() -> None:
    """A row with three faults is mended in one go."""
    refusals = refused(table(编号=["", "A2"], 经度=["x", "111.67"], 纬度=["", "27.7"]))
    assert {(refusal.row, refusal.field) for refusal in refusals} == {(2, "code"), (2, "lon"), (2, "lat")}


def test_rows_are_numbered_as_in_the_file() -> None:
    """A reader's own numbers, which know of titles and empty rows, are kept."""
    frame = table(编号=["", "A2"])
    frame.index = pd.Index([7, 9], name="row")
    homes, refusals = households_from(frame, MAPPING, "EPSG:4490", COUNTY)
    assert refusals[0].row == 7
    assert homes["row"].tolist() == [9]


def test_the_confirmed_guess_is_applied() -> None:
    """A guess of swapped axes, metres or GCJ-02 brings the same homes to the same place."""
    rng = np.random.default_rng(5)
    ll = np.column_stack([rng.uniform(111.55, 111.85, 500), rng.uniform(27.55, 27.85, 500)])
    xy = to_xy(ll, county_zone(111.7)) + np.array([37e6, 0.0])
    for points in (ll, ll[:, ::-1], xy, xy[:, ::-1]):
        frame = pd.DataFrame({"编号": [f"H{at}" for at in range(500)], "X": points[:, 0], "Y": points[:, 1]})
        mapping = recognise(list(frame.columns), "households")
        guess = detect_crs(coordinates(frame, mapping), None, COUNTY)
        homes, refusals = households_from(frame, mapping, guess, COUNTY)
        assert refusals == []
        assert shapely.get_coordinates(homes.geometry.array) == pytest.approx(ll, abs=1e-8)
        assert homes["raw_x"].tolist() == points[:, 0].tolist()
    shifted = wgs_to_gcj(ll[:2])
    homes, _ = households_from(table(经度=shifted[:, 0], 纬度=shifted[:, 1]), MAPPING, "gcj02", COUNTY)
    assert shapely.get_coordinates(homes.geometry.array) == pytest.approx(ll[:2], abs=1e-9)
    assert set(homes["source_crs"]) == {"gcj02"}


def test_homes_of_a_layer() -> None:
    """Points, single multipoints and outlines of buildings give a place; lines, nothing and infinity do not."""
    house = shapely.box(111.6, 27.6, 111.61, 27.61)
    shapes = [
        shapely.Point(111.6, 27.6, 35), shapely.MultiPoint([(111.6, 27.6)]), house, shapely.MultiPolygon([house]),
        shapely.LineString([(111.6, 27.6), (111.7, 27.7)]), None, shapely.Point(), shapely.Point(np.inf, 1),
    ]  # fmt: skip
    frame = gpd.GeoDataFrame({"code": [f"H{at}" for at in range(8)]}, geometry=shapes)
    homes, refusals = households_from(frame, {"code": "code"}, "EPSG:4326", COUNTY)
    assert homes["code"].tolist() == ["H0", "H1", "H2", "H3"]
    assert homes.geometry.iloc[2].within(house)
    assert not homes.geometry.iloc[0].has_z
    assert [refusal.code for refusal in refusals] == [
        "geometry.not_point", "geometry.missing", "geometry.missing", "coordinate.not_number",
    ]  # fmt: skip


def test_name_serves_where_no_householder_is_mapped() -> None:
    """A column of names that is not called 户主 still gives the householder's name."""
    homes, _ = households_from(table(名称=["王五家", ""]), {**MAPPING, "name": "名称"}, "EPSG:4490", COUNTY)
    assert homes["head_name"].tolist() == ["王五家", ""]


def test_villages_by_name() -> None:
    """Villages are found by code, by name, and by name without its ending; a name two villages bear stays a name."""
    finder = village_finder(VILLAGES)
    assert finder["东风村委会"] == finder["东风"] == finder["431382101001"] == "431382101001"
    assert finder["新民"] == "431382101002"
    assert "联合村" not in finder
    frame = table(村=["联合村", "431382101"])
    homes, _ = households_from(frame, {**MAPPING, "village": "村"}, "EPSG:4490", COUNTY, VILLAGES)
    assert homes["village"].tolist() == ["联合村", "431382101000"]


def test_real_village_names_of_lianyuan() -> None:
    """Most of the 506 villages of 涟源 are found by name alone, and none wrongly."""
    villages = lianyuan_divisions().query("level == 'village'")
    known = dict(zip(villages["code"], villages["name"], strict=True))
    finder = village_finder(known)
    found = [finder.get(name) for name in known.values()]
    assert sum(code is not None for code in found) > 450
    assert all(code is None or known[code] == name for code, name in zip(found, known.values(), strict=True))


@pytest.mark.parametrize(
    ("mapping", "crs", "code"),
    [
        ({"lon": "经度", "lat": "纬度"}, "EPSG:4490", "import.no_column"),
        ({"code": ""}, "EPSG:4490", "import.no_column"),
        ({"code": "编号", "lon": "经度"}, "EPSG:4490", "import.no_coordinates"),
        ({**MAPPING, "zu": "没有"}, "EPSG:4490", "import.unknown_column"),
        (MAPPING, "EPSG:0", "crs.unknown"),
        (MAPPING, "", "crs.unknown"),
        (MAPPING, "EPSG:2362", "crs.datum_unknown"),
    ],
)
def test_a_wrong_mapping_or_system_refuses_the_file(mapping: dict[str, str], crs: str, code: str) -> None:
    """What is wrong with the whole file is one problem, not a refusal of every row."""
    with pytest.raises(Problem) as problem:
        households_from(table(), mapping, crs, COUNTY)
    assert problem.value.code == code


def test_an_unknown_guess_is_refused_and_empty_tables_are_not() -> None:
    """Nothing is placed by a guess that found nothing; a table without rows gives no homes."""
    with pytest.raises(Problem, match=r"crs\.unknown"):
        households_from(table(), MAPPING, detect_crs(np.zeros((1, 2)), None, None), COUNTY)
    homes, refusals = households_from(table().iloc[:0], MAPPING, "EPSG:4490", COUNTY)
    assert (len(homes), refusals) == (0, [])


def test_coordinates_for_detection() -> None:
    """Detection sees one point a row of a table or a layer of points, and all vertices of borders."""
    assert coordinates(table(经度=["x", "111.67"]), MAPPING)[:, 0] == pytest.approx([np.nan, 111.67], nan_ok=True)
    points = gpd.GeoDataFrame(geometry=[shapely.Point(1, 2), None])
    assert coordinates(points, {}).shape == (2, 2)
    assert coordinates(gpd.GeoDataFrame(geometry=[COUNTY]), {}).shape == (5, 2)


def test_real_addresses_of_liechtenstein() -> None:
    """All 12,467 real addresses come in as homes, with their commune as village, once each."""
    path = real_file("liechtenstein/liechtenstein_osm.gpkg.zip")
    frame = gpd.read_file(path, layer="addresses")
    land = shapely.union_all(gpd.read_file(path, layer="admin").geometry.array)
    mapping = recognise([name for name in frame.columns if name != "geometry"], "households")
    assert (mapping["code"], mapping["village"]) == ("osm_id", "municipality")
    homes, refusals = households_from(frame, mapping, "EPSG:4326", land)
    assert (len(homes), refusals) == (12_467, [])
    assert len(set(homes["village"]) - {""}) == 11


def test_many_rows_are_quick() -> None:
    """50,000 homes of which every hundredth is bad are judged in well under two seconds."""
    count = 50_000
    rng = np.random.default_rng(2)
    lon = rng.uniform(111.5, 111.9, count).astype(object)
    lon[::100] = "坏"
    codes = [f"431382101001{at:07d}" for at in range(count)]
    frame = pd.DataFrame(
        {"编号": codes, "经度": lon, "纬度": rng.uniform(27.5, 27.9, count), "地址": ["涟源市中路"] * count}
    )
    start = time.process_time()
    homes, refusals = households_from(frame, {**MAPPING, "address": "地址"}, "EPSG:4490", COUNTY)
    assert time.process_time() - start < 2.0
    assert (len(homes), len(refusals)) == (49_500, 500)
