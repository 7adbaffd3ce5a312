"""Places in files whose rows need not have one: people, issues."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.crs import convert
from geodata.rules.detect import CrsGuess
from geodata.rules.intake import refuse_far_points
from geodata.rules.intake_rows import Rows, crs_of
from geodata.rules.table_cells import numbers


def has_places(frame: pd.DataFrame, mapping: Mapping[str, str]) -> bool:
    """Tell whether a file gives places: it is a layer, or both columns of a pair of coordinates are there."""
    pairs = (("lon", "lat"), ("x", "y"))
    return isinstance(frame, gpd.GeoDataFrame) or any(mapping.get(a) and mapping.get(b) for a, b in pairs)


def optional_places(rows: Rows, crs: CrsGuess | str, county_ll: BaseGeometry | None) -> NDArray[np.float64]:
    """Return (n, 2) degrees EPSG:4490 of each row's place, NaN where the row gives none.

    Refuses ``coordinate.missing`` for half a place, ``coordinate.not_number``, ``geometry.not_point``, and what
    ``refuse_far_points`` refuses.
    """
    nowhere = np.full((len(rows.frame), 2), np.nan)
    if not has_places(rows.frame, rows.mapping):
        return nowhere
    name, swapped = crs_of(crs)
    raw = _layer_points(rows, rows.frame) if isinstance(rows.frame, gpd.GeoDataFrame) else _cells(rows)
    there = np.isfinite(raw).all(axis=1)
    ll = nowhere.copy()
    ll[there] = convert(raw[there], name, swapped=swapped)
    refuse_far_points(rows, raw, ll, county_ll)
    return ll


def _layer_points(rows: Rows, frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    shapes = np.asarray(frame.geometry.array, dtype=object)
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    rows.refuse(np.nonzero(~missing & (shapely.get_type_id(shapes) != 0))[0], "geometry", (), "geometry.not_point")
    return np.column_stack([shapely.get_x(shapes), shapely.get_y(shapes)])


def _cells(rows: Rows) -> NDArray[np.float64]:
    """Return the coordinates of each row; both cells may be empty, one alone may not."""
    pair = ("lon", "lat") if rows.mapping.get("lon") and rows.mapping.get("lat") else ("x", "y")
    read = [numbers(rows.frame[rows.mapping[name]]) for name in pair]
    texts = [found[1] or ["" if v != v else repr(v) for v in found[0].tolist()] for found in read]
    empty = [np.array([not text for text in column], dtype=bool) for column in texts]
    for at, name in enumerate(pair):
        wrong = ~empty[at] & ~(np.abs(read[at][0]) < 1e9)  # NaN, Inf and 1e308 all fail this
        rows.refuse(np.nonzero(wrong)[0], name, texts[at], "coordinate.not_number")
        rows.refuse(np.nonzero(empty[at] & ~empty[1 - at])[0], name, texts[at], "coordinate.missing")
    return np.column_stack([np.where(rows.bad, np.nan, found[0]) for found in read])
