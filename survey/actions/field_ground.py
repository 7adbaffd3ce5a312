"""The net as a phone holds it: one's own ground, all above it, and the 邻 just beyond its border."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.actors import EVERYWHERE, Actor, Scope
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from geodata.store.types import shapes_of

UNITS_MOST = 600
NEIGHBOURS_MOST = 60
_NEAR_DEG = 0.0006  # some sixty metres: how far a phone is wrong about where it stands
_DIGITS = 6  # of a degree: a decimetre
_SIMPLER_DEG = {"county": 0.002, "town": 0.0005, "village": 0.0001, "pian": 0.00003, "zu": 0.00003, "lin": 0.00002}
_WITHOUT_NET = (Level.COUNTY, Level.TOWN, Level.VILLAGE)


@dataclass(frozen=True)
class Ground:
    """Units as they go to a phone; ``chain_and_own`` is (path, level) by id, without those beyond the border."""

    units: list[dict[str, Any]]
    chain_and_own: dict[str, tuple[str, str]]
    is_partial: bool


def ground(db: Db, actor: Actor) -> Ground:
    """Return the units that somebody's phone holds; who sees no net gets county, towns and villages of theirs."""
    sees = actor.may("see")
    scope = actor.scope("see") if sees else actor.scope("report")
    levels, is_partial = _levels(db, scope, tuple(Level) if sees else _WITHOUT_NET)
    own = {row.id: row for path in scope.paths for row in units.with_shapes(db, path, levels)}
    above = {row.id: row for path in scope.paths if path for row in units.chain(db, path) if row.id not in own}
    near = _beyond(db, own) if Level.LIN in levels else []
    shapes = units.shapes_by_id(db, list(above))
    shapes |= dict(zip(own, shapes_of([row.geom for row in own.values()]), strict=True)) if own else {}
    shapes |= {row.id: shapely.from_wkb(row.geom) for row in near}
    ordered = sorted([*above.values(), *own.values()], key=lambda row: row.path) + list(near)
    borders = _borders(ordered, shapes)
    by_path = {row.path: row.id for row in ordered}
    told = [
        {
            "id": row.id, "parent": by_path.get(_parent(row.path), ""), "level": row.level, "code": row.code,
            "name": row.name, "path": row.path, "homes": row.homes if row.id in own else 0, "border": borders[row.id],
        }
        for row in ordered
    ]  # fmt: skip
    beyond = {row.id for row in near}
    return Ground(told, {row.id: (row.path, row.level) for row in ordered if row.id not in beyond}, is_partial)


def _levels(db: Db, scope: Scope, wanted: Sequence[Level]) -> tuple[list[Level], bool]:
    """Return as many levels, from the county down, as a phone can hold of a ground; and whether some are left out."""
    counts = units.count_by_level(db, scope)
    chosen: list[Level] = []
    held = 0
    for level in wanted:
        held += counts.get(level.value, 0)
        if held > UNITS_MOST:
            return chosen, True
        chosen.append(level)
    return chosen, False


def _beyond(db: Db, own: dict[str, Any]) -> list[Any]:
    """Return the 邻 beyond the border of a ground, within the reach of a phone's error."""
    lins = [row for row in own.values() if row.level == Level.LIN.value and row.geom is not None]
    if not lins:
        return []
    whole = shapely.buffer(shapely.union_all(shapes_of([row.geom for row in lins])), _NEAR_DEG)
    box = shapely.bounds(whole).tolist()
    rows = [row for row in units.in_box(db, EVERYWHERE, box, [Level.LIN]) if row.id not in own]
    if not rows:
        return []
    touch = shapely.intersects(whole, shapes_of([row.geom for row in rows]))
    return sorted((row for row, is_near in zip(rows, touch, strict=True) if is_near), key=lambda row: row.path)[
        :NEIGHBOURS_MOST
    ]


def _borders(rows: Iterable[Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """Return the border of each unit as GeoJSON, simpler by its level; neighbours keep the border that they share."""
    found: dict[str, Any] = {}
    by_level: dict[str, list[str]] = {}
    for row in rows:
        found[row.id] = None
        if shapes.get(row.id) is not None:
            by_level.setdefault(row.level, []).append(row.id)
    for level, ids in by_level.items():
        held: NDArray[np.object_] = np.array([shapes[one] for one in ids], dtype=object)
        simpler = shapely.coverage_simplify(held, _SIMPLER_DEG[level])
        found |= {one: _geojson(shape) for one, shape in zip(ids, simpler, strict=True)}
    return found


def _geojson(shape: Any) -> Any:
    if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    return json.loads(shapely.to_geojson(shapely.transform(shape, lambda places: np.round(places, _DIGITS))))


def _parent(path: str) -> str:
    steps = path.split("/")[:-2]
    return "/".join(steps) + "/" if steps else ""
