"""One list of homes in every kind of file and every usual system comes to the same places."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest

from geodata.actions import intake
from geodata.actions.intake import Choices
from geodata.files.write import write_xlsx
from geodata.rules.actors import OPERATOR
from geodata.store.database import Store
from tests import village
from tests.village import EARLY

HOMES = 31
NAMED = ["code", "village", "zu", "geometry"]


def table(frame: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Return homes with x east and y north as columns, to the millimetre where they are metres."""
    moved = frame.to_crs(crs)
    digits = 10 if moved.crs.is_geographic else 4
    return moved.drop(columns="geometry").assign(x=moved.geometry.x.round(digits), y=moved.geometry.y.round(digits))


def sheet(crs: str) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    """Return what writes a workbook with coordinates of a system that the file does not name."""

    def write(frame: gpd.GeoDataFrame, folder: Path) -> Path:
        cells = table(frame, crs)
        write_xlsx(folder / "h.xlsx", {"户": (list(cells.columns), cells.itertuples(index=False, name=None))})
        return folder / "h.xlsx"

    return write


def text(crs: str, swapped: bool = False) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    """Return what writes a CSV, its axes in each other's column if asked."""

    def write(frame: gpd.GeoDataFrame, folder: Path) -> Path:
        cells = table(frame, crs).rename(columns={"x": "y", "y": "x"} if swapped else {})
        cells.to_csv(folder / "h.csv", index=False)
        return folder / "h.csv"

    return write


def layer(name: str, crs: str, driver: str) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    """Return what writes a map file that names its system."""

    def write(frame: gpd.GeoDataFrame, folder: Path) -> Path:
        frame.to_crs(crs).to_file(folder / name, driver=driver, encoding="utf-8")
        return folder / name

    return write


def geojson(crs: str, named: str | None) -> Callable[[gpd.GeoDataFrame, Path], Path]:
    """Return what writes GeoJSON with the old member ``crs`` in one of its spellings, or without."""

    def write(frame: gpd.GeoDataFrame, folder: Path) -> Path:
        held = json.loads(frame.to_crs(crs).to_json())
        held.pop("crs", None)
        if named:
            held["crs"] = {"type": "name", "properties": {"name": named}}
        (folder / "h.geojson").write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
        return folder / "h.geojson"

    return write


def kml(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    """Write KML, which is WGS 84 by definition."""
    marks = "".join(
        f'<Placemark><ExtendedData><Data name="code"><value>{code}</value></Data><Data name="village"><value>{place}'
        f"</value></Data></ExtendedData><Point><coordinates>{at.x:.10f},{at.y:.10f}</coordinates></Point></Placemark>"
        for code, place, at in zip(frame["code"], frame["village"], frame.geometry, strict=True)
    )
    space = "http://www.opengis.net/kml/2.2"
    (folder / "h.kml").write_text(f'<kml xmlns="{space}"><Document>{marks}</Document></kml>', encoding="utf-8")
    return folder / "h.kml"


FILES = {
    "GeoPackage in degrees": layer("h.gpkg", "EPSG:4490", "GPKG"),
    "GeoPackage in metres": layer("h.gpkg", "EPSG:4546", "GPKG"),
    "Shapefile in another zone": layer("h.shp", "EPSG:4547", "ESRI Shapefile"),
    "GeoJSON, plain": geojson("EPSG:4326", None),
    "GeoJSON, CRS84": geojson("EPSG:4490", "urn:ogc:def:crs:OGC:1.3:CRS84"),
    "GeoJSON, metres by an address": geojson("EPSG:4546", "http://www.opengis.net/def/crs/EPSG/0/4546"),
    "KML": kml,
    "CSV in degrees": text("EPSG:4490"),
    "CSV, x and y swapped": text("EPSG:4490", swapped=True),
    "CSV in metres": text("EPSG:4546"),
    "CSV in metres, north first": text("EPSG:4546", swapped=True),
    "workbook with the zone before the metres": sheet("EPSG:4525"),
    "workbook in a zone of six degrees": sheet("EPSG:4497"),
}


@pytest.mark.parametrize("drawn", ["gpkg"], indirect=True)
@pytest.mark.parametrize("kind", FILES)
def test_a_home_lies_in_one_place_whatever_file_it_came_in(drawn: Store, tmp_path: Path, kind: str) -> None:
    """Degrees or metres, with a zone's number or without, swapped or not: within a centimetre of the same."""
    homes = village.home_frame().head(HOMES)[NAMED]
    path = FILES[kind](homes, tmp_path)
    with drawn.read() as db:
        shown = intake.preview(db, OPERATOR, EARLY, path, Choices("households"))
    assert (shown.counts["accepted"], shown.counts["refused"]) == (HOMES, 0)
    lon, lat = np.asarray(shown.points_ll).T
    geod = pyproj.Geod(ellps="GRS80")
    away_m = geod.inv(lon, lat, homes.geometry.x.to_numpy(), homes.geometry.y.to_numpy())[2]
    assert np.max(away_m) <= 0.01
