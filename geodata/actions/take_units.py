from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.actions import net
from geodata.actions.adopt import adopt
from geodata.actions.setup import fix_zone
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.codes import path_step
from geodata.rules.crs import geodesic_area_m2
from geodata.rules.intake_rows import Refusal
from geodata.rules.labels import label_points
from geodata.rules.units import Level, child_path
from geodata.store import audit, publications, units
from geodata.store.database import Db
from geodata.store.types import shapes_of


@dataclass
class Taken:
    """What an import did: rows new, changed and left as they were, and the rows refused while placing them."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the counts as plain values."""
        return {"new": self.new, "changed": self.changed, "unchanged": self.unchanged, "refused": len(self.refusals)}


@dataclass(frozen=True)
class _Above:
    """The units that may be parents of what comes in."""

    by_code: dict[str, Any]
    rows: list[Any]
    shapes: Any


def take_units(db: Db, actor: Actor, now: dt.datetime, frame: gpd.GeoDataFrame, level: Level) -> Taken:
    """Bring units of one level into the net, by code: new ones are added, changed ones get a new version.

    Parameters
    ----------
    frame
        ``code, name, parent, kind, geometry, row`` in EPSG:4490, as ``rules.intake.units_from`` gives it; geometry
        may be None. A unit's parent is the one named, else the one its code names, else the one it lies in, else
        the county; where there is none the row is refused (``unit.no_parent``).
    """
    taken = Taken()
    if not len(frame):
        return taken
    moment = publications.moment_after_last(db, now)
    if level is not Level.COUNTY:
        _make_county(db, frame, moment)
    above = _parents(db, level)
    known = units.by_code(db, frame["code"], level)
    rows = [_placed(above, known, level, row, taken) for row in frame.itertuples(index=False)]
    fresh = [row for row in rows if row is not None]
    if fresh:
        _write(db, actor, fresh, moment, level)
        adopt(db, moment)
        net.changed(db)
    audit.record(db, actor, now, "import.units", level=level.value, counts=taken.counts())
    return taken


def _make_county(db: Db, frame: gpd.GeoDataFrame, moment: dt.datetime) -> None:
    """Make the county itself, without a shape, where towns or villages come before it."""
    if units.tops(db, EVERYWHERE, "", 1):
        return
    code = str(frame["code"].iloc[0])
    code = code[:6] if code.isdigit() and len(code) >= 9 else "county"
    units.add(
        db,
        {"id": [str(uuid.uuid4())], "level": ["county"], "code": [code], "name": [code], "path": [f"{code}/"],
         "parent_id": [None], "geom": [None]},
        moment,
    )  # fmt: skip


def _parents(db: Db, level: Level) -> _Above:
    levels = tuple(above for above in Level if above.depth < level.depth)
    rows = list(units.with_shapes(db, "", levels))
    rows.sort(key=lambda row: -len(row.path))  # the deepest first
    return _Above({row.code: row for row in rows}, rows, shapes_of([row.geom for row in rows]) if rows else [])


def _parent_of(above: _Above, row: Any) -> Any:
    if row.parent:
        named = above.by_code.get(row.parent)
        if named is not None:
            return named
        by_name = [r for r in above.rows if r.name == row.parent]
        if len(by_name) == 1:
            return by_name[0]
    if row.geometry is not None:
        inside = shapely.point_on_surface(row.geometry)
        for candidate, shape in zip(above.rows, above.shapes, strict=True):
            if shape is not None and shapely.covers(shape, inside):
                return candidate
    tops = [r for r in above.rows if r.level == "county"]
    prefixed = [r for r in tops if row.code.startswith(r.code)]
    return (prefixed or tops or [None])[0]


def _placed(above: _Above, known: dict[str, Any], level: Level, row: Any, taken: Taken) -> dict[str, Any] | None:
    """Return the version to write for a row, or None where it changes nothing or finds no parent."""
    parent = None if level is Level.COUNTY else _parent_of(above, row)
    if parent is None and level is not Level.COUNTY:
        taken.refusals.append(Refusal(int(row.row), "parent", str(row.parent), "unit.no_parent", {}))
        return None
    old = known.get(row.code)
    path = f"{row.code}/" if parent is None else child_path(parent.path, path_step(row.code, parent.code))
    geometry = shapely.multipolygons([row.geometry]) if getattr(row.geometry, "geom_type", "") == "Polygon" else None
    version = {
        "id": old.id if old else str(uuid.uuid4()),
        "level": level.value,
        "kind": row.kind or (old.kind if old else ""),
        "code": row.code,
        "name": row.name,
        "path": path,
        "parent_id": None if parent is None else parent.id,
        "geom": row.geometry if geometry is None else geometry,
        "homes": old.homes if old else 0,
        "old_path": old.path if old else path,
    }
    if old is None:
        taken.new += 1
    elif _same(old, version):
        taken.unchanged += 1
        return None
    else:
        taken.changed += 1
    return version


def _same(old: Any, version: dict[str, Any]) -> bool:
    if any(getattr(old, key) != version[key] for key in ("name", "kind", "path", "parent_id")):
        return False
    if version["geom"] is None:
        return True
    return abs(geodesic_area_m2(version["geom"]) - old.area_m2) < 0.01 and _label(version["geom"]) == (
        old.label_lon, old.label_lat
    )  # fmt: skip


def _label(shape: Any) -> tuple[float, float]:
    point = label_points(np.array([shape], dtype=object))[0]
    return (float(point.x), float(point.y))


def _write(db: Db, actor: Actor, rows: list[dict[str, Any]], moment: dt.datetime, level: Level) -> None:
    columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
    for old, new in zip(columns.pop("old_path"), columns["path"], strict=True):
        if old != new:
            units.move_under(db, old, new, moment)
    shapes = np.array([None] * len(rows), dtype=object)
    shapes[:] = columns["geom"]
    points = label_points(shapes)
    columns["geom"] = shapes
    columns["area_m2"] = [geodesic_area_m2(s) if s is not None else 0.0 for s in shapes]
    columns["label_lon"] = [p.x if p is not None else None for p in points]
    columns["label_lat"] = [p.y if p is not None else None for p in points]
    columns["fill"] = [i % 6 for i in range(len(rows))]
    units.end(db, columns["id"], moment)
    units.add(db, columns, moment)
    publications.record(db, moment, "import", actor.name, level.value, counts={"units": len(rows)})
    if level is Level.COUNTY and shapes[0] is not None:
        fix_zone(db, float(shapes[0].centroid.x))
