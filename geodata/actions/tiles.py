from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.actions import past
from geodata.actions.outlines import units_in_box
from geodata.rules.actors import Actor, Scope
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.tiles import TileLayer, barriers_at, check_tile, encode_tile, homes_at, levels_at, tile_bounds_ll
from geodata.rules.units import Level
from geodata.store import barriers, households, plans, settings, tilecache
from geodata.store.database import Db, Store
from geodata.store.types import lonlat_of, shapes_of

BUFFER_PX = 64
_EFFORT = 3  # of gzip: two thirds of the time of level 5 for 3 % more bytes


def tile(store: Store, db: Db, actor: Actor, z: int, x: int, y: int, at: dt.datetime | None = None) -> bytes:
    """Return a vector tile (gzip) of the published net as the actor may see it, from the cache where it is kept.

    Homes are personal data: the cache is keyed by the paths that the actor may see units and homes under. It holds the
    net in force alone: a tile as of a moment is made fresh, and barriers, which are not dated, are today's in it.

    Raises
    ------
    Problem
        ``tile.out_of_range`` (z, x, y).
    """
    check_tile(z, x, y)
    if at is not None:
        return _encoded(db, actor, (z, x, y), at)
    key = scope_key(actor)
    kept = tilecache.get(db, z, x, y, key)
    if kept is not None:
        return kept
    version = settings.net_version(db)
    body = _encoded(db, actor, (z, x, y))
    _keep(store, version, (z, x, y), key, body)
    return body


def _encoded(db: Db, actor: Actor, place: tuple[int, int, int], at: dt.datetime | None = None) -> bytes:
    return gzip.compress(encode_tile(*place, _layers(db, actor, place, at), BUFFER_PX), _EFFORT, mtime=0)


def scope_key(actor: Actor) -> str:
    """Return what the cache knows a reader's scope by."""
    return f"{' '.join(actor.scope('see').paths)}|{' '.join(actor.scope('see_homes').paths)}"


def _keep(store: Store, version: int, place: tuple[int, int, int], key: str, body: bytes) -> None:
    """Keep a tile unless the net has changed since it was read: a stale tile must not outlive the change.

    A tile is not worth waiting for a writer: while a county is taken in, readers get theirs made fresh.
    """
    try:
        with store.write(waits=False) as db:
            if settings.hold_net_version(db) == version:
                tilecache.put(db, *place, key, body)
    except Problem as problem:
        if problem.code not in ("store.busy", "store.full"):
            raise


def _layers(db: Db, actor: Actor, place: tuple[int, int, int], at: dt.datetime | None) -> list[TileLayer]:
    z, x, y = place
    box = tile_bounds_ll(z, x, y, BUFFER_PX)
    profile = settings.profile(db)
    layers = [_barrier_layer(db, box, z)]
    layers += unit_layers(units_in_box(db, past.ground(db, actor, "see", at), box, levels_at(z), at), profile)
    homes_scope = past.ground(db, actor, "see_homes", at)
    if homes_at(z) and homes_scope.paths:
        layers.append(_home_layer(db, homes_scope, box, at))
    return layers


def _barrier_layer(db: Db, box: Sequence[float], z: int) -> TileLayer:
    rows = barriers.in_box(db, box, barriers_at(z))
    return TileLayer(
        "barrier",
        _objects(shapes_of([row.geom for row in rows])) if rows else _objects([]),
        np.array([row.fid for row in rows], dtype=np.uint64),
        {"kind": [row.kind for row in rows], "name": [row.name for row in rows]},
    )


Drawn = Mapping[Level, tuple[Sequence[Any], NDArray[np.object_]]]
"""Rows and decoded shapes of units, level by level."""


def unit_layers(drawn: Drawn, profile: Profile) -> list[TileLayer]:
    """Return one polygon layer per level and one layer of label points for units that have a shape."""
    layers = []
    labels: dict[str, Any] = {name: [] for name in ("uid", "level", "name", "homes", "state")}
    points, fids = [], []
    for level in Level:
        rows, shapes = drawn.get(level, ((), None))
        if not rows or shapes is None:
            continue
        columns = _columns(level, rows, profile)
        ids = [row.fid for row in rows]
        layers.append(TileLayer(level.value, shapes, np.array(ids, dtype=np.uint64), columns))
        labelled = [i for i, row in enumerate(rows) if row.label_lon is not None]
        points += [(rows[i].label_lon, rows[i].label_lat) for i in labelled]
        fids += [ids[i] for i in labelled]
        labels["level"] += [level.value] * len(labelled)
        for name in ("uid", "name", "homes", "state"):
            labels[name] += [columns[name][i] for i in labelled]
    places = _objects(shapely.points(points) if points else [])
    layers.append(TileLayer("label", places, np.array(fids, dtype=np.uint64), labels))
    return layers


def _columns(level: Level, rows: Sequence[Any], profile: Profile) -> dict[str, Sequence[Any]]:
    homes = [row.homes for row in rows]
    is_lin = level is Level.LIN
    return {
        "uid": [unit_key(row) for row in rows],
        "code": [row.code for row in rows],
        "name": [row.name for row in rows],
        "homes": homes,
        "state": [profile.lin_state(count) for count in homes] if is_lin else ["ok"] * len(rows),
        "fill": [row.fill for row in rows],
    }


def unit_key(row: Any) -> str:
    """Return a unit's UUID from a row of the net or of a plan."""
    return str(row.unit_id if hasattr(row, "unit_id") else row.id)


def _home_layer(db: Db, scope: Scope, box: Sequence[float], at: dt.datetime | None = None) -> TileLayer:
    """Return one point a place where homes stand, with how many are stacked on it."""
    rows = households.in_box(db, scope, box, at)
    if not rows:
        return TileLayer("home", _objects([]), np.array([], dtype=np.uint64))
    lonlat = lonlat_of([row.geom for row in rows])
    _, first, counts = np.unique(lonlat, axis=0, return_index=True, return_counts=True)
    chosen = [rows[i] for i in first.tolist()]
    return TileLayer(
        "home",
        _objects(shapely.points(lonlat[first])),
        np.array([row.fid for row in chosen], dtype=np.uint64),
        {
            "uid": [row.id for row in chosen],
            "code": [row.code for row in chosen],
            "stack": counts.tolist(),
            "priority": [row.priority for row in chosen],
        },
    )


def _objects(shapes: Any) -> Any:
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out


def plan_tile(db: Db, actor: Actor, plan: Any, z: int, x: int, y: int) -> bytes:
    """Return a vector tile (gzip) of a plan's own units; plans change with every edit, so nothing is kept."""
    check_tile(z, x, y)
    west, south, east, north = tile_bounds_ll(z, x, y, BUFFER_PX)
    levels = {level.value for level in levels_at(z)}
    rows = [row for row in plans.units_of(db, plan.id, plan.head) if row.level in levels and row.geom is not None]
    shapes = shapes_of([row.geom for row in rows])
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    meets = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    drawn = {}
    for level in levels_at(z):
        chosen = [i for i in np.flatnonzero(meets).tolist() if rows[i].level == level.value]
        drawn[level] = ([rows[i] for i in chosen], shapes[chosen])
    layers = [_barrier_layer(db, (west, south, east, north), z), *unit_layers(drawn, settings.profile(db))]
    homes_scope = actor.scope("see_homes")
    if homes_at(z) and homes_scope.paths:
        layers.append(_home_layer(db, homes_scope, (west, south, east, north)))
    return gzip.compress(encode_tile(z, x, y, layers, BUFFER_PX), _EFFORT, mtime=0)
