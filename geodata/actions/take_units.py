from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geodata.actions import net
from geodata.actions.adopt import adopt
from geodata.actions.setup import fix_zone
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.codes import parent_code, path_step
from geodata.rules.crs import geodesic_area_m2
from geodata.rules.intake_rows import Refusal
from geodata.rules.labels import label_points
from geodata.rules.problems import Problem
from geodata.rules.units import Level, child_path
from geodata.store import audit, publications, units, violations
from geodata.store.database import Db
from geodata.store.types import shapes_of

SAME_DEG = 5e-7
"""About 5 cm: borders nowhere further apart are one border; a draft moves its village's corners by a centimetre."""


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
    tree: shapely.STRtree


def take_units(db: Db, actor: Actor, now: dt.datetime, frame: gpd.GeoDataFrame, level: Level) -> Taken:
    """Bring units of one level into the net, by code: new ones are added, changed ones get a new version.

    Parameters
    ----------
    frame
        ``code, name, parent, kind, geometry, row`` in EPSG:4490, as ``rules.intake.units_from`` gives it; geometry
        may be None: a unit then keeps the border it has. A unit's parent is the one named, else the one its code
        names, else the one it lies in, else the county; where there is none the row is refused (``unit.no_parent``),
        as is one whose code does not begin with its parent's (``code.not_in_parent``). A store holds one county: a
        second one is refused (``unit.second_county``).
    """
    taken = Taken()
    if not len(frame):
        return taken
    moment = publications.moment_after_last(db, now)
    if level is not Level.COUNTY:
        _make_county(db, frame, moment)
    fresh = _compared(db, frame, level, _parents(db, level), taken)
    if fresh:
        _write(db, actor, fresh, moment, level)
        if level is Level.TOWN:
            _take_villages_in(db, moment)
        adopt(db, moment)
        net.changed(db)
    audit.record(db, actor, now, "import.units", level=level.value, counts=taken.counts())
    return taken


def preview_units(db: Db, frame: gpd.GeoDataFrame, level: Level) -> Taken:
    """Return what `take_units` would do: how many units are new, changed and unchanged, and what it would refuse.

    A unit has changed where its name, kind, parent or shape is another than the one that is stored. Nothing is written.
    """
    taken = Taken()
    above = _parents(db, level)
    if level is not Level.COUNTY and not units.tops(db, EVERYWHERE, "", 1):
        above = _Above({}, [SimpleNamespace(**_stand_in(frame))], shapely.STRtree([]))
    _compared(db, frame, level, above, taken)
    return taken


def _compared(db: Db, frame: gpd.GeoDataFrame, level: Level, above: _Above, taken: Taken) -> list[dict[str, Any]]:
    """Return the versions to write for the rows of a frame, counting in ``taken`` how they compare with the store."""
    known = units.by_code(db, frame["code"], level)
    rows = list(frame.itertuples(index=False))
    if level is Level.COUNTY:
        rows = _the_county(db, rows, known, taken)
    held = units.shapes_by_id(db, [row.id for row in known.values()])
    placed = [_placed(above, known, level, row, held, taken) for row in rows]
    return [row for row in placed if row is not None]


def _make_county(db: Db, frame: gpd.GeoDataFrame, moment: dt.datetime) -> None:
    """Make the county itself, without a shape, where towns or villages come before it."""
    if not units.tops(db, EVERYWHERE, "", 1):
        units.add(db, {key: [value] for key, value in _stand_in(frame).items()}, moment)


def _stand_in(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return a county without a name or shape that units which come before their county can hang under."""
    code = str(frame["code"].iloc[0])
    code = code[:6].ljust(12, "0") if code.isdigit() and len(code) >= 9 else "county"
    return {"id": str(uuid.uuid4()), "level": "county", "code": code, "name": code, "path": f"{code}/",
            "parent_id": None, "geom": None}  # fmt: skip


def _the_county(db: Db, rows: list[Any], known: dict[str, Any], taken: Taken) -> list[Any]:
    """Return the row of the one county; the placeholder that towns or villages brought takes its code and name."""
    tops = units.tops(db, EVERYWHERE, "", 2)
    top = tops[0] if tops else None
    stands_in = top is not None and top.name == top.code
    chosen = [row for row in rows if row.code in known] or (rows if len(rows) == 1 and (not top or stands_in) else [])
    if chosen and top is not None:
        known[chosen[0].code] = top
    for row in rows:
        if row not in chosen:
            values = {"held": "" if top is None else top.name}
            taken.refusals.append(Refusal(int(row.row), "code", str(row.code), "unit.second_county", values))
    return chosen


def _take_villages_in(db: Db, moment: dt.datetime) -> None:
    """Hang villages that came before their town, and so under the county, where their codes say they belong."""
    towns = {row.code: row for row in units.with_level(db, "", Level.TOWN)}
    town_ids = {row.id for row in towns.values()}
    for row in units.with_level(db, "", Level.VILLAGE):
        if row.parent_id in town_ids or not _is_numbered(row.code):
            continue
        town = towns.get(parent_code(row.code))
        if town is not None:
            new = child_path(town.path, path_step(row.code, town.code))
            units.move(db, row.path, new, town.id, moment)
            violations.move(db, row.path, new)


def _parents(db: Db, level: Level) -> _Above:
    levels = tuple(above for above in Level if above.depth < level.depth)
    rows = list(units.with_shapes(db, "", levels))
    rows.sort(key=lambda row: -len(row.path))  # the deepest first
    shapes = shapes_of([row.geom for row in rows])
    return _Above({row.code: row for row in rows}, rows, shapely.STRtree(shapes))


def _parent_of(above: _Above, row: Any) -> Any:
    if row.parent:
        named = above.by_code.get(row.parent)
        if named is not None:
            return named
        by_name = [r for r in above.rows if r.name == row.parent]
        if len(by_name) == 1:
            return by_name[0]
    if row.geometry is not None:
        around = above.tree.query(shapely.point_on_surface(row.geometry), predicate="covered_by")
        if len(around):
            return above.rows[min(around)]
    tops = [r for r in above.rows if r.level == "county"]
    prefixed = [r for r in tops if row.code.startswith(r.code)]
    return (prefixed or tops or [None])[0]


def _is_numbered(code: str) -> bool:
    return len(code) >= 12 and code.isascii() and code.isdigit()


def _path_of(row: Any, parent: Any, taken: Taken) -> str:
    """Return a unit's path, or "" after refusing a row whose code cannot stand under its parent."""
    if parent is None or not (_is_numbered(row.code) and _is_numbered(parent.code)):
        own = row.code.replace("%", "%25").replace("/", "%2F")  # a code of the county's own may hold anything
        return child_path("" if parent is None else parent.path, own)
    try:
        return child_path(parent.path, path_step(row.code, parent.code))
    except Problem as problem:
        taken.refusals.append(Refusal(int(row.row), "code", str(row.code), problem.code, problem.values))
        return ""


def _placed(
    above: _Above, known: dict[str, Any], level: Level, row: Any, held: dict[str, Any], taken: Taken
) -> dict[str, Any] | None:
    """Return the version to write for a row, or None where it changes nothing or finds no place in the tree."""
    parent = None if level is Level.COUNTY else _parent_of(above, row)
    if parent is None and level is not Level.COUNTY:
        taken.refusals.append(Refusal(int(row.row), "parent", str(row.parent), "unit.no_parent", {}))
        return None
    old = known.get(row.code)
    path = _path_of(row, parent, taken)
    if not path:
        return None
    shape = held.get(old.id) if old else None
    geometry = shapely.multipolygons([row.geometry]) if getattr(row.geometry, "geom_type", "") == "Polygon" else None
    version = {
        "id": old.id if old else str(uuid.uuid4()),
        "level": level.value,
        "kind": row.kind or (old.kind if old else ""),
        "code": row.code,
        "name": row.name,
        "path": path,
        "parent_id": None if parent is None else parent.id,
        "geom": (shape if row.geometry is None else row.geometry) if geometry is None else geometry,
        "homes": old.homes if old else 0,
        "old_path": old.path if old else path,
    }
    if old is None:
        taken.new += 1
    elif _same(old, version, shape):
        taken.unchanged += 1
        return None
    else:
        taken.changed += 1
    return version


def _same(old: Any, version: dict[str, Any], shape: Any) -> bool:
    """Tell whether a row brings nothing new; a border that a draft gave its neighbours' corners is still the same."""
    if any(getattr(old, key) != version[key] for key in ("code", "name", "kind", "path", "parent_id")):
        return False
    given = version["geom"]
    if given is None or shape is None:
        return given is shape
    return given is shape or shapely.hausdorff_distance(given.boundary, shape.boundary) < SAME_DEG


def _write(db: Db, actor: Actor, rows: list[dict[str, Any]], moment: dt.datetime, level: Level) -> None:
    columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
    for old, new in zip(columns.pop("old_path"), columns["path"], strict=True):
        if old != new:
            units.move_under(db, old, new, moment)
            violations.move(db, old, new)
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
