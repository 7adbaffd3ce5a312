"""Sensitive places: polygons of a county in which nothing is shown to people outside (D12)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules import crs
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit, settings
from geodata.store.database import Db

PLACES_MOST = 500
VERTICES_MOST = 5_000
_KEY = "sensitive_places"


def show(db: Db) -> dict[str, Any]:
    """Return the sensitive places as GeoJSON."""
    features = settings.get(db, _KEY, [])
    return {"type": "FeatureCollection", "features": features}


def put(db: Db, actor: Actor, now: dt.datetime, body: Mapping[str, Any]) -> dict[str, Any]:
    """Replace the sensitive places.

    Parameters
    ----------
    body
        A GeoJSON collection of polygons in degrees (EPSG:4490), 500 at most.

    Raises
    ------
    Problem
        ``wire.not_list`` (field); ``board.bad_places`` (row, most).
    """
    rows = body.get("features")
    if not isinstance(rows, list) or len(rows) > PLACES_MOST:
        raise Problem("wire.not_list", field="features")
    kept = [_sound(row, number) for number, row in enumerate(rows, start=1)]
    settings.put(db, _KEY, kept)
    audit.record(db, actor, now, "board.sensitive_set", count=len(kept))
    return show(db)


def _sound(row: Any, number: int) -> dict[str, Any]:
    """Return a feature with its name and its polygon alone, once it is one that can be worked with."""
    try:
        shape = shapely.from_geojson(json.dumps(row["geometry"]))
        name = str(row.get("properties", {}).get("name", ""))[:80]
    except (KeyError, TypeError, AttributeError, shapely.GEOSException):
        raise Problem("board.bad_places", row=number, most=VERTICES_MOST) from None
    # how many vertices first: whether a border crosses itself is slow to tell of very many
    fits = shape is not None and shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty
    if not fits or shapely.get_num_coordinates(shape) > VERTICES_MOST or not shape.is_valid:
        raise Problem("board.bad_places", row=number, most=VERTICES_MOST)
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise Problem("board.bad_places", row=number, most=VERTICES_MOST)
    return {"type": "Feature", "properties": {"name": name}, "geometry": json.loads(shapely.to_geojson(shape))}


def shapes_xy(db: Db, zone: crs.Zone) -> NDArray[np.object_]:
    """Return the sensitive places in the county's metres."""
    rows = settings.get(db, _KEY, [])
    if not rows:
        return np.empty(0, dtype=object)
    shapes = shapely.from_geojson([json.dumps(row["geometry"]) for row in rows])
    return np.asarray(crs.shapes_to_xy(shapes, zone), dtype=object)
