"""涟源 as it is: border, 20 towns and 506 villages by code; old files in another datum; borders that cross."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.actions import browse, intake
from geodata.actions.intake import Choices
from geodata.actions.setup import zone_of_county
from geodata.rules.actors import EVERYWHERE, OPERATOR
from geodata.rules.datums import wgs_to_gcj
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Store
from geodata.store.types import lonlat_of
from tests.real_data import county, lianyuan_divisions, real_file

DAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.fixture
def lianyuan(store: Store, tmp_path: Path) -> Store:
    """The county with its border, its towns and its villages, each from a file."""
    border = county(431382, "counties_tianditu")
    frame = gpd.GeoDataFrame({"code": ["431382"], "name": ["涟源市"]}, geometry=list(border.geometry), crs=border.crs)
    frame.to_file(tmp_path / "county.geojson", driver="GeoJSON")
    rows = lianyuan_divisions()
    for level in ("town", "village"):
        chosen = rows[rows["level"] == level] if level in set(rows["level"]) else rows[is_level(rows, level)]
        chosen[["code", "name"]].to_csv(tmp_path / f"{level}.csv", index=False)
    for level, name in (("county", "county.geojson"), ("town", "town.csv"), ("village", "village.csv")):
        with store.write() as db:
            taken, _ = intake.take(db, OPERATOR, DAY, tmp_path / name, Choices("units", level))
        assert taken.refusals == []
    return store


def is_level(rows: pd.DataFrame, level: str) -> pd.Series:
    codes = rows["code"].str.ljust(12, "0")
    is_village = codes.str[9:] != "000"
    return is_village if level == "village" else (codes.str[6:9] != "000") & ~is_village


def test_all_towns_and_villages_are_there(lianyuan: Store) -> None:
    """20 towns, 506 villages, each below its town by code, in the zone of 111 degrees, 1,830 km2 in all (D-10)."""
    with lianyuan.read() as db:
        assert units.count_by_level(db, EVERYWHERE) == {"county": 1, "town": 20, "village": 506}
        (top,) = units.tops(db, EVERYWHERE, "", 9)
        assert (top.name, top.code) == ("涟源市", "431382000000")
        assert top.area_m2 == pytest.approx(1830.0e6, rel=0.01)
        assert zone_of_county(db).central_meridian == 111
        towns = {row.id: row for row in units.with_level(db, "", Level.TOWN)}
        for row in units.with_level(db, "", Level.VILLAGE):
            assert row.code.startswith(towns[row.parent_id].code[:9])
            assert row.path.startswith(towns[row.parent_id].path)
        some = units.with_level(db, "", Level.VILLAGE)[100]
        assert browse.find(db, OPERATOR, DAY, some.code, 5)[0]["label"] == some.name
        assert Counter(row.kind for row in units.with_level(db, "", Level.VILLAGE)).keys() <= {"rural", "urban", ""}


def test_the_same_list_again_changes_nothing(lianyuan: Store, tmp_path: Path) -> None:
    """Loaded again, also with codes that Excel made numbers of, no version and no ledger entry is added."""
    rows = pd.read_csv(tmp_path / "village.csv", dtype=str)
    rows.assign(code=rows["code"].astype(float)).to_csv(tmp_path / "numbers.csv", index=False)
    for name in ("village.csv", "numbers.csv"):
        with lianyuan.write() as db:
            taken, _ = intake.take(db, OPERATOR, DAY, tmp_path / name, Choices("units", "village"))
        assert taken.counts() == {"new": 0, "changed": 0, "unchanged": 506, "refused": 0}


def test_the_fence_of_2018_is_600_m_off(lianyuan: Store, tmp_path: Path) -> None:
    """Without a CRS in the file it is recognised as GCJ-02, told as some 600 m off, and converted when taken in."""
    source = real_file("hunan_counties.gpkg.zip")
    fences = gpd.read_file(source, layer="seed_fences_gcj02_2018")
    column = next(c for c in fences.columns if fences[c].astype(str).str.startswith("431382").any())
    fence = fences[fences[column].astype(str).str.startswith("431382")]
    frame = gpd.GeoDataFrame({"code": ["431382"], "name": ["涟源市"]}, geometry=list(fence.geometry))
    frame.to_file(tmp_path / "fence.shp", encoding="utf-8")
    with lianyuan.read() as db:
        shown = intake.preview(db, OPERATOR, DAY, tmp_path / "fence.shp", Choices("units", "county"))
    guess = shown.understood.crs
    assert (guess.crs, guess.reason) == ("gcj02", "gcj02")
    assert guess.values["offset_m"] == pytest.approx(600, abs=100)
    with lianyuan.write() as db:
        taken, known = intake.take(db, OPERATOR, DAY, tmp_path / "fence.shp", Choices("units", "county"))
    assert (taken.changed, taken.refusals) == (1, [])
    true = county(431382).geometry.iloc[0]
    came = known.rows.geometry.iloc[0]
    shifted = shapely.hausdorff_distance(fence.geometry.iloc[0].centroid, came.centroid) * 111_000
    assert 450 < shifted < 750
    assert came.symmetric_difference(true).area < fence.geometry.iloc[0].symmetric_difference(true).area


def test_homes_in_another_datum_are_recognised(lianyuan: Store, tmp_path: Path) -> None:
    """2,000 invented homes all over the county, written in GCJ-02 as a phone app does: recognised and put right."""
    border = county(431382, "counties_tianditu").geometry.iloc[0]
    west, south, east, north = border.bounds
    rng = np.random.default_rng(7)
    places = np.column_stack([rng.uniform(west, east, 40_000), rng.uniform(south, north, 40_000)])
    places = places[shapely.contains_xy(border, places[:, 0], places[:, 1])][:20_000]
    for written, reason in ((wgs_to_gcj(places), "gcj02"), (places, "degrees")):
        table = pd.DataFrame({"户编码": [f"H{n}" for n in range(len(places))], "经度": written[:, 0],
                              "纬度": written[:, 1]})  # fmt: skip
        table.to_csv(tmp_path / "homes.csv", index=False)
        with lianyuan.read() as db:
            known = intake.understand(db, tmp_path / "homes.csv", Choices("households"))
        assert known.crs.reason == reason, known.crs
        gaps = np.abs(lonlat_of(shapely.to_wkb(known.rows.geometry.to_numpy()).tolist()) - places[: len(known.rows)])
        assert gaps.max() < 1e-6
        assert known.refusals == []


@pytest.mark.parametrize("layer", ["neighborhoods_2020", "community_statistical_areas"])
def test_borders_that_cross_themselves_are_refused(store: Store, layer: str) -> None:
    """Each of the four invalid Baltimore polygons is refused with a word and a place; none is stored invalid."""
    invalid = np.flatnonzero(~gpd.read_file(real_file("baltimore_zones.gpkg.zip"), layer=layer).is_valid) + 1
    assert len(invalid) == 2
    choices = Choices("units", "village", layer=layer, mapping={"code": "name", "name": "name"})
    with store.write() as db:
        taken, known = intake.take(db, OPERATOR, DAY, real_file("baltimore_zones.gpkg.zip"), choices)
    refused = {r.row: r for r in taken.refusals if r.field == "geometry"}
    for row in invalid.tolist():
        assert refused[row].code.startswith("geometry.")
        assert refused[row].code == "geometry.too_many_vertices" or {"lon", "lat"} <= refused[row].values.keys()
    assert known.crs.crs == "EPSG:2804"
    with store.read() as db:
        shapes = [shapely.from_wkb(row.geom) for row in units.with_shapes(db, "", (Level.VILLAGE,)) if row.geom]
    assert len(shapes) == taken.new > 50
    assert shapely.is_valid(np.array(shapes, dtype=object)).all()
