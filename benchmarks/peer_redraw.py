"""The peer of an edit: geopandas over the whole net, as a desktop GIS does it, without a store, rules or history."""

from __future__ import annotations

import time

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.edit_mix import Cadre

_CRS = "EPSG:4490"


def edit_ms(cadre: Cadre, times: int) -> list[float]:
    """Move a shared vertex some times; return the milliseconds of each.

    Each time every 邻 is checked as one coverage, the 组 and 片 are dissolved from them and all homes are joined to
    the 邻 they stand in and counted: what keeps a layer of polygons right without knowing what an edit touched.
    """
    lins = _layer(cadre)
    places = np.array([(home["lon"], home["lat"]) for home in cadre.homes.values()])
    homes = gpd.GeoDataFrame(geometry=gpd.points_from_xy(places[:, 0], places[:, 1]), crs=_CRS)
    took: list[float] = []
    while len(took) < times:
        found = cadre.corner(9)
        if found is None:
            continue
        at, before, _ = found
        began = time.perf_counter()
        _redrawn(lins, at, at + (before - at) * 0.1, homes)
        took.append((time.perf_counter() - began) * 1000)
    return took


def _layer(cadre: Cadre) -> gpd.GeoDataFrame:
    zu = [cadre.units[i]["parent_id"] for i in cadre.lins]
    pian = [cadre.units[i]["parent_id"] if i in cadre.units else "" for i in zu]
    return gpd.GeoDataFrame({"zu": zu, "pian": pian}, geometry=[cadre.shapes[i] for i in cadre.lins], crs=_CRS)


def _redrawn(lins: gpd.GeoDataFrame, at: np.ndarray, to: np.ndarray, homes: gpd.GeoDataFrame) -> int:
    """Return how many 邻 and units above them there are after one vertex moved."""
    shapes = lins.geometry.to_numpy()
    star = shapely.intersects(shapes, shapely.Point(at))
    moved = shapes.copy()
    moved[star] = shapely.transform(shapes[star], lambda xy: np.where((xy == at).all(axis=1)[:, None], to, xy))
    drawn = lins.set_geometry(gpd.GeoSeries(moved, crs=_CRS))
    drawn.geometry.is_valid_coverage()
    above = [drawn.dissolve(by=level, method="coverage") for level in ("zu", "pian")]
    held = gpd.sjoin(homes, drawn, predicate="within")["index_right"].value_counts()
    return len(held) + sum(map(len, above))
