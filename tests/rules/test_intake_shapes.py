"""Units and barriers on their way in."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geodata.rules.columns import recognise
from geodata.rules.datums import wgs_to_gcj
from geodata.rules.intake import barriers_from, units_from
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from tests.real_data import county, lianyuan_divisions, real_file

SQUARE = shapely.box(111.6, 27.6, 111.7, 27.7)
BOW_TIE = shapely.Polygon([(111.6, 27.6), (111.7, 27.7), (111.7, 27.6), (111.6, 27.7)])


def units(
    level: Level = Level.VILLAGE, shape: Any = SQUARE, crs: str = "EPSG:4490", **cells: Any
) -> tuple[Any, list[Any]]:
    """Take in a single unit made of these cells."""
    row = {"code": "431382101201", "name": "东风村", **cells}
    frame = pd.DataFrame({name: pd.Series([cell], dtype=object) for name, cell in row.items()})
    mapping = {name: name for name in row}
    ready = frame if shape is None else gpd.GeoDataFrame(frame, geometry=[shape])
    return units_from(ready, mapping, crs, level)


def test_divisions_of_lianyuan_without_borders() -> None:
    """The real list gives 20 towns and 506 villages with their parents, 101 of the villages urban, none refused."""
    table = lianyuan_divisions()
    mapping = recognise(list(table.columns), "units")
    towns, refusals = units_from(table[table["level"] == "town"], mapping, "", Level.TOWN)
    assert (len(towns), refusals) == (20, [])
    assert set(towns["parent"]) == {"431382000000"}
    villages, refusals = units_from(table[table["level"] == "village"], mapping, "", Level.VILLAGE)
    assert (len(villages), refusals) == (506, [])
    assert set(villages["parent"]) == set(towns["code"])
    assert villages["kind"].value_counts().to_dict() == {"rural": 405, "urban": 101}
    assert villages.geometry.isna().all()
    assert towns["kind"].eq("").all()


def test_rows_of_other_levels_are_refused() -> None:
    """A list of all levels loaded as towns refuses the others, saying which level was wanted."""
    table = lianyuan_divisions()
    towns, refusals = units_from(table, recognise(list(table.columns), "units"), "", Level.TOWN)
    assert (len(towns), len(refusals)) == (20, 507)
    assert {refusal.code for refusal in refusals} == {"code.wrong_level"}
    assert refusals[0].values == {"level": "town"}


def test_a_unit_with_its_border() -> None:
    """Code, name, parent, kind, homes and border come out; the parent is the code's own where no column says."""
    found, refusals = units(kind="社区", homes="312")
    assert refusals == []
    one = found.iloc[0]
    assert (one["code"], one["name"], one["parent"], one["kind"], one["homes"]) == (
        "431382101201", "东风村", "431382101000", "urban", 312,
    )  # fmt: skip
    assert one.geometry.exterior.is_ccw
    assert (found.crs.to_epsg(), one["row"]) == (4490, 2)


def test_parents_and_kinds() -> None:
    """A parent may be a code in any form or the county's own; kinds of 组 are group and compound."""
    assert units(parent="431382101")[0]["parent"].tolist() == ["431382101000"]
    assert units(parent="北片")[0]["parent"].tolist() == ["北片"]
    assert units(code="LI-7", shape=None)[0][["code", "parent", "kind"]].iloc[0].tolist() == ["LI-7", "", ""]
    assert units(Level.ZU, code="4313821010010102", kind="院落")[0]["kind"].tolist() == ["compound"]
    assert units(Level.ZU, code="4313821010010102")[0][["kind", "parent"]].iloc[0].tolist() == ["", "43138210100101"]
    assert units(kind="没见过的")[0]["kind"].tolist() == ["rural"]
    assert units(Level.LIN, code="4313821010010102003", kind="x")[0]["kind"].tolist() == [""]


@pytest.mark.parametrize(
    ("cells", "field", "code"),
    [
        ({"code": ""}, "code", "code.missing"),
        ({"code": "4.31382E+11"}, "code", "code.lost_digits"),
        ({"code": "43138210120"}, "code", "code.bad_length"),
        ({"code": "431382101000"}, "code", "code.wrong_level"),
        ({"name": ""}, "name", "unit.no_name"),
        ({"parent": "43138210"}, "parent", "code.bad_length"),
        ({"homes": "许多"}, "homes", "unit.homes_not_number"),
        ({"homes": "-3"}, "homes", "unit.homes_not_number"),
        ({"shape": BOW_TIE}, "geometry", "geometry.crosses_itself"),
        ({"shape": shapely.Polygon()}, "geometry", "geometry.missing"),
        ({"shape": shapely.Point(1, 2)}, "geometry", "geometry.not_polygon"),
        ({"shape": SQUARE.segmentize(0.00001)}, "geometry", "geometry.too_many_vertices"),
    ],
)
def test_bad_units_are_refused(cells: dict[str, Any], field: str, code: str) -> None:
    """Each fault of a unit refuses it by field and reason."""
    found, refusals = units(**cells)
    assert len(found) == 0
    assert [(refusal.row, refusal.field, refusal.code) for refusal in refusals] == [(2, field, code)]


def test_the_crossing_point_is_given_in_degrees() -> None:
    """Whatever system the border came in, the place where it crosses itself can be flown to on the map."""
    shifted = shapely.transform(BOW_TIE, wgs_to_gcj)
    _, refusals = units(shape=shifted, crs="gcj02")
    values = refusals[0].values
    assert (values["lon"], values["lat"]) == pytest.approx((111.65, 27.65), abs=1e-4)


def test_repeated_unit_codes() -> None:
    """Two rows of one code, however written, are both refused."""
    frame = pd.DataFrame({"code": ["431382101201", 431382101201.0], "name": ["甲", "乙"]}, dtype=object)
    found, refusals = units_from(frame, {"code": "code", "name": "name"}, "", Level.VILLAGE)
    assert len(found) == 0
    assert [refusal.values["rows"] for refusal in refusals] == [[2, 3], [2, 3]]


def test_a_system_nobody_knows_refuses_the_file() -> None:
    """A wrong system is one problem of the file, not a refusal of each border."""
    for crs in ("", "EPSG:0"):
        with pytest.raises(Problem, match=r"crs\.unknown"):
            units(crs=crs)
    with pytest.raises(Problem, match=r"import\.no_column"):
        units_from(pd.DataFrame({"code": []}), {"code": "code"}, "", Level.TOWN)


def test_the_real_fence_lands_on_the_true_border() -> None:
    """The GCJ-02 fence of 涟源, taken in as such, lies on the county's true border within some metres."""
    fence = county(431382, "seed_fences_gcj02_2018").rename(columns={"adcode": "code"})
    fence["code"] = fence["code"].astype(str)
    found, refusals = units_from(fence, {"code": "code", "name": "name"}, "gcj02", Level.COUNTY)
    assert refusals == []
    assert found["code"].tolist() == ["431382000000"]
    border = county(431382).geometry.iloc[0]
    shape = found.geometry.iloc[0]
    assert shape.intersection(border).area / shape.union(border).area > 0.9


@pytest.mark.parametrize("layer", ["neighborhoods_2020", "community_statistical_areas"])
def test_invalid_baltimore_polygons_never_come_in(layer: str) -> None:
    """The four invalid polygons are refused with the place of the fault near Baltimore; all that comes in is valid."""
    frame = gpd.read_file(real_file("baltimore_zones.gpkg.zip"), layer=layer)
    frame["code"] = [f"B{at}" for at in range(len(frame))]
    found, refusals = units_from(frame, {"code": "code", "name": "name"}, "EPSG:2804", Level.VILLAGE)
    holes = [refusal for refusal in refusals if refusal.code == "geometry.hole_outside"]
    assert len(holes) == 2
    assert len(found) + len(refusals) == len(frame)
    assert shapely.is_valid(found.geometry.array).all()
    assert all(-77 < refusal.values["lon"] < -76 and 39 < refusal.values["lat"] < 40 for refusal in holes)


def lines(count: int, **columns: Any) -> gpd.GeoDataFrame:
    """Return so many short lines with these columns."""
    return gpd.GeoDataFrame(
        columns, geometry=[shapely.LineString([(111.6, 27.6), (111.7, 27.6 + 0.01 * at)]) for at in range(count)]
    )


def test_barriers_by_openstreetmap_tags() -> None:
    """Rivers, railways in use and main roads part people, paths are lanes; tunnels, weirs and old railways are none."""
    frame = lines(
        9,
        waterway=["river", "stream", "weir", None, None, None, None, None, "stream"],
        railway=[None, None, None, "rail", "abandoned", None, None, None, None],
        highway=[None, None, None, None, None, "primary_link", "footway", "secondary", None],
        tunnel=["no", None, None, None, None, None, None, "yes", "culvert"],
        name=["涟水", None, None, "湘黔线", None, None, None, None, None],
    )
    found, refusals = barriers_from(frame, {"name": "name"}, "EPSG:4326")
    assert refusals == []
    assert found["kind"].tolist() == ["river", "stream", "railway", "road", "lane"]
    assert found["name"].tolist() == ["涟水", "", "湘黔线", "", ""]
    assert found["row"].tolist() == [2, 3, 5, 7, 8]


def test_barriers_by_chinese_words_or_one_kind_for_all() -> None:
    """Words of a kind column are understood; without one the kind given holds; an unknown word is refused."""
    frame = lines(4, 类型=["河流", "国道", "村道", "围墙"])
    found, refusals = barriers_from(frame, {"kind": "类型"}, "EPSG:4490")
    assert found["kind"].tolist() == ["river", "road", "lane"]
    assert [(refusal.row, refusal.code, refusal.value) for refusal in refusals] == [(5, "barrier.kind_unknown", "围墙")]
    assert len(barriers_from(lines(1, waterway=["river"]), {}, "EPSG:4490")[0]) == 1
    assert set(barriers_from(lines(2), {}, "EPSG:4490", "railway")[0]["kind"]) == {"railway"}


def test_bad_barriers_are_refused() -> None:
    """A polygon, a missing line, a table without geometry and an unknown kind are refused."""
    frame = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[SQUARE, None])
    found, refusals = barriers_from(frame, {}, "EPSG:4490", "river")
    assert len(found) == 0
    assert [refusal.code for refusal in refusals] == ["geometry.not_line", "geometry.missing"]
    with pytest.raises(Problem, match=r"import\.no_geometry"):
        barriers_from(pd.DataFrame({"n": [1]}), {}, "EPSG:4490", "river")
    with pytest.raises(Problem, match=r"barrier\.kind_unknown"):
        barriers_from(frame, {}, "EPSG:4490", "wall")


def test_real_barriers_of_liechtenstein() -> None:
    """The real rivers, streams and main roads come in; nothing is refused."""
    path = real_file("liechtenstein/liechtenstein_osm.gpkg.zip")
    kinds: dict[str, int] = {}
    for layer in ("roads", "waterways"):
        found, refusals = barriers_from(gpd.read_file(path, layer=layer), {"name": "name"}, "EPSG:4326")
        assert refusals == []
        kinds |= found["kind"].value_counts().to_dict()
    assert kinds["road"] > 500
    assert kinds["river"] > 10
    assert kinds["stream"] > 300
    assert kinds["lane"] > 5_000
