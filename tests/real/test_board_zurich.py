"""Ten years of Zürich's real reports on the board: what a local would say of its districts, and the same counts."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.actions import intake
from geodata.actions.intake import Choices
from geodata.rules import grids
from geodata.rules.actors import OPERATOR
from geodata.rules.hotspots import find_hotspots, within_band
from geodata.store.database import Store
from survey.actions import board_layers, take_issues
from survey.actions.board_ground import look
from survey.rules.board_query import BoardQuery
from survey.rules.categories import finder, list_shipped
from tests.real.test_zurich_reports import DAY, KINDS, city, sample
from tests.real_data import real_file

CELL_M, BAND_M = 500.0, 600.0


@pytest.fixture(scope="module")
def reports() -> gpd.GeoDataFrame:
    """All 62,245 reports with the district that each lies in."""
    frame = pd.read_csv(real_file("zurich_reports_2016_2025.csv.gz"))
    districts = gpd.read_file(real_file("zurich_districts.gpkg.zip")).to_crs(2056)
    points = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["e"], frame["n"]), crs=2056)
    return gpd.sjoin(points, districts[["name", "geometry"]], predicate="within")


def hot_districts(reports: gpd.GeoDataFrame, kind: str) -> pd.Series:
    """Return how many hot hexagons each district has for a kind of reports."""
    cells = grids.cells_of(reports[["e", "n"]].to_numpy(float), "hex", CELL_M)
    known, place = np.unique(cells, axis=0, return_inverse=True)
    counts = np.bincount(place.ravel()[(reports["category"] == kind).to_numpy()], minlength=len(known))
    middles = grids.centres(known, "hex", CELL_M)
    hot = find_hotspots(counts, within_band(middles, BAND_M)).hot
    district = reports.groupby(place.ravel())["name"].agg(lambda names: names.mode().iloc[0])
    return district[hot].value_counts()


def test_a_local_would_recognise_the_map(reports: gpd.GeoDataFrame) -> None:
    """Waste gathers in Aussersihl and Wiedikon alone, graffiti mostly in the old town; lighting fails all over."""
    waste, spray, light = (hot_districts(reports, kind) for kind in (
        "Abfall/Sammelstelle", "Graffiti", "Beleuchtung/Uhren"))  # fmt: skip
    assert set(waste.index) == {"Aussersihl", "Wiedikon"}
    assert spray.index[0] == "Altstadt"
    assert spray.iloc[0] > spray.sum() / 2
    assert len(light) >= 6
    assert light.max() < light.sum() / 3


def test_lighting_against_waste_by_district(reports: gpd.GeoDataFrame) -> None:
    """Of ten years, waste is over half of what is reported in the two inner districts, lighting most on the hills."""
    table = pd.crosstab(reports["name"], reports["category"], normalize="index")
    assert set(table["Abfall/Sammelstelle"].nlargest(2).index) == {"Aussersihl", "Wiedikon"}
    assert table["Abfall/Sammelstelle"].nlargest(2).min() > 0.5
    assert set(table["Beleuchtung/Uhren"].nlargest(3).index) == {"Witikon", "Hirslanden", "Hottingen"}


def test_the_board_counts_the_districts_as_geopandas_does(
    store: Store, tmp_path: Path, reports: gpd.GeoDataFrame
) -> None:
    """A sample taken in as open issues: each district's dot is what a spatial join counts; cells hold all of them."""
    city(store, tmp_path)
    path, chosen = sample(tmp_path)
    open_path = path.with_name("open.csv")
    chosen.assign(status="open").to_csv(open_path, index=False)
    named = finder(list_shipped())
    said = {theirs: named[ours].id for theirs, ours in KINDS.items()}
    choices = Choices(take_issues.KIND, crs="EPSG:2056", platform="Züri wie neu", categories=said)
    with store.write() as db:
        taken, _ = intake.take(db, OPERATOR, DAY, open_path, choices)
    assert taken.counts()["new"] == len(chosen)
    with store.read() as db:
        districts = board_layers.hotspots(db, look(db, OPERATOR, DAY, BoardQuery(level="village")))
        cells = board_layers.hotspots(db, look(db, OPERATOR, DAY, BoardQuery(level="hex", cell_m=1000.0)))
    wanted = reports.loc[reports.index.intersection(chosen.index)]["name"].value_counts().to_dict()
    assert {one["properties"]["name"]: one["properties"]["n"] for one in districts["dots"]["features"]} == wanted
    assert cells["issues"] == districts["issues"] == len(chosen)
    assert (districts["null"], districts["left_out"]) == ("dealt", 0)
