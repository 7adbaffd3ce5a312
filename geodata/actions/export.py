from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.actions import past
from geodata.files.write import write_layers
from geodata.rules.actors import Actor, Scope
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import audit, households, units
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of

LAYERS = (*(level.value for level in Level), "households")
_HOME_COLUMNS = ("id", "code", "lin_code", "zu_code", "pian_code", "village_code")


def export(
    db: Db, actor: Actor, now: dt.datetime, path: Path, layers: Sequence[str], unit_code: str, at: dt.datetime | None
) -> dict[str, int]:
    """Write the net, or a part of it, as it is or as it was, to a file for other programs.

    Parameters
    ----------
    path
        ``.gpkg`` and ``.xlsx`` hold several layers, ``.geojson`` and ``.csv`` one.
    layers
        Names of ``LAYERS``; units have ``id, code, name, path, parent_code, homes``, households the codes of their
        chain and no personal data.
    unit_code
        Only what lies in this unit; "" for the whole scope.
    at
        The moment to export as of; None is now. Units, codes and counts are then of that moment (``actions.past``).

    Returns
    -------
    dict
        Rows written, by layer.

    Raises
    ------
    Problem
        ``export.unknown_layer`` (layer, known); ``unit.not_found``; ``export.one_layer``; ``file.kind_unknown``.
    """
    for layer in layers:
        if layer not in LAYERS:
            raise Problem("export.unknown_layer", layer=layer, known=list(LAYERS))
    scope = past.ground(db, actor, "see", at)
    path_prefix = _path_of(db, scope, unit_code, at)
    held = [row for row in units.with_shapes(db, path_prefix, tuple(Level), at) if scope.covers(row.path)]
    rows = past.counted(db, held, at)
    frames = {name: _unit_frame(rows, name) for name in layers if name != "households"}
    if "households" in layers:
        frames["households"] = _home_frame(db, actor, path_prefix, rows, at)
    write_layers(path, {name: frames[name] for name in layers})
    counts = {name: len(frame) for name, frame in frames.items()}
    audit.record(db, actor, now, "export", path.name, path_prefix, layers=list(layers), counts=counts, **_dated(at))
    return counts


def _dated(at: dt.datetime | None) -> dict[str, str]:
    return {} if at is None else {"as_of": at.astimezone(dt.UTC).isoformat()}


def _path_of(db: Db, scope: Scope, unit_code: str, at: dt.datetime | None) -> str:
    if not unit_code:
        return ""
    found = units.by_code(db, [unit_code], at=at).get(unit_code)
    if found is None or not scope.covers(found.path):
        raise Problem("unit.not_found", unit=unit_code)
    return str(found.path)


def _unit_frame(rows: Sequence[Any], level: str) -> gpd.GeoDataFrame:
    codes = {row.id: row.code for row in rows}
    chosen = [row for row in rows if row.level == level]
    data = {name: [getattr(row, name) for row in chosen] for name in ("id", "code", "name", "path", "kind", "homes")}
    data["parent_code"] = [codes.get(row.parent_id, "") for row in chosen]
    data["area_m2"] = [round(row.area_m2, 1) for row in chosen]
    shapes = shapes_of([row.geom for row in chosen]) if chosen else np.array([], dtype=object)
    return gpd.GeoDataFrame(data, geometry=shapes, crs="EPSG:4490")


def _home_frame(db: Db, actor: Actor, path: str, rows: Sequence[Any], at: dt.datetime | None) -> gpd.GeoDataFrame:
    homes = households.under(db, path, at, past.ground(db, actor, "see_homes", at))
    level_of = {row.path: (row.level, row.code) for row in rows}
    data: dict[str, list[str]] = {name: [] for name in _HOME_COLUMNS}
    for home in homes:
        chain = dict(level_of[prefix] for prefix in _prefixes(home.path) if prefix in level_of)
        data["id"].append(home.id)
        data["code"].append(home.code)
        for level in ("lin", "zu", "pian", "village"):
            data[f"{level}_code"].append(chain.get(level, ""))
    points = shapely.points(lonlat_of([home.geom for home in homes])) if homes else np.array([], dtype=object)
    return gpd.GeoDataFrame(data, geometry=np.asarray(points, dtype=object), crs="EPSG:4490")


def _prefixes(path: str) -> list[str]:
    steps = path.rstrip("/").split("/")
    return ["/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
