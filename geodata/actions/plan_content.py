"""What the redrawing page shows: a plan's units with their ground, its homes, and what changed since a revision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.actions import past
from geodata.actions import plans as actions
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.units import Level
from geodata.store import barriers, households, revisions, settings, units, violations
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of

Shapes = NDArray[np.object_]
LINES = ("river", "railway", "road", "stream", "building")
PROBLEMS_MOST = 500
"""Broken rules told at once; whoever has more than that mends these first."""


def content(
    db: Db, actor: Actor, now: dt.datetime, plan_id: str, revision: int | None = None, since: int | None = None
) -> dict[str, Any]:
    """Return a plan at a revision (None = the newest), or only what differs from an earlier one.

    Raises
    ------
    Problem
        ``plan.not_found``; ``plan.no_revision`` (number) for one that is not there.
    """
    plan = actions.show(db, actor, now, plan_id)
    at = plan.head if revision is None else revision
    if not 1 <= at <= plan.head or (since is not None and not 1 <= since <= at):
        raise Problem("plan.no_revision", number=at if since is None or since <= at else since)
    newest = None if at == plan.head else at
    profile = settings.profile(db)
    locks = shapes_of([row.geom for row in revisions.locks(db, plan_id, newest)])
    if since is not None:
        rows, gone = revisions.changed_units(db, plan_id, since, at)
        moved = {row.household_id: row.unit_id for row in revisions.changed_members(db, plan_id, since, at)}
        changed = Changed(_with_shapes(rows), gone, moved, locks)
        return changed_content(db, actor, plan, at, plan.counts, changed, profile)
    rows = revisions.units_under(db, plan_id, [plan.unit_path], newest)
    homes = revisions.homes_at(db, plan_id, newest) if actor.scope("see_homes").covers(plan.unit_path) else []
    return {
        "plan_id": plan_id,
        "revision": at,
        "full": True,
        "units": [_unit(row, shape, profile) for row, shape in _with_shapes(rows)],
        "gone": [],
        "homes": _homes(homes),
        "lines": _lines(db, rows),
        "locks": _locks(locks),
        "problems": violations.of_plan(db, plan_id, PROBLEMS_MOST),
        "counts": plan.counts,
    }


@dataclass(frozen=True)
class Changed:
    """What a revision has otherwise than an earlier one.

    Parameters
    ----------
    units
        Rows of units with their shapes (EPSG:4490 degrees).
    gone
        Ids of units that are there no more.
    moved
        The unit of each home that changed it.
    locks_ll
        All locked borders of the revision, LineStrings.
    """

    units: Sequence[tuple[Any, Any]]
    gone: Sequence[str]
    moved: Mapping[str, str]
    locks_ll: Shapes


def changed_content(
    db: Db, actor: Actor, plan: Any, number: int, counts: Mapping[str, int], changed: Changed, profile: Profile
) -> dict[str, Any]:
    """Return what differs at a plan's revision, with all that is wrong in the plan, for whoever may see it."""
    moved = changed.moved if actor.scope("see_homes").covers(plan.unit_path) else {}
    return {
        "plan_id": plan.id,
        "revision": number,
        "full": False,
        "units": [_unit(row, shape, profile) for row, shape in changed.units],
        "gone": list(changed.gone),
        "homes": [{"id": home, "unit_id": unit_id} for home, unit_id in moved.items()],
        "lines": [],
        "locks": _locks(changed.locks_ll),
        "problems": violations.of_plan(db, plan.id, PROBLEMS_MOST),
        "counts": counts,
    }


def _locks(locks_ll: Shapes) -> list[dict[str, Any]]:
    return [{"line": shapely.get_coordinates(line).tolist()} for line in locks_ll]


def net_content(db: Db, actor: Actor, now: dt.datetime, unit_id: str, at: dt.datetime | None = None) -> dict[str, Any]:
    """Return the published net of a village in the same form, now or as of a moment (``unit.not_found``)."""
    scope = past.ground(db, actor, "see", at)
    village = units.one(db, scope, unit_id, at)
    if village is None or village.level != Level.VILLAGE.value:
        raise Problem("unit.not_found", unit=unit_id)
    levels = (Level.VILLAGE, Level.PIAN, Level.ZU, Level.LIN)
    rows = past.counted(db, units.with_shapes(db, village.path, levels, at), at)
    homes = (
        households.under(db, village.path, at) if past.ground(db, actor, "see_homes", at).covers(village.path) else []
    )
    profile = settings.profile(db)
    return {
        "plan_id": None,
        "revision": 0,
        "full": True,
        "units": [_unit(row, shape, profile) for row, shape in _with_shapes(rows)],
        "gone": [],
        "homes": _homes(homes),
        "lines": _lines(db, rows),
        "locks": [],
        "problems": violations.page(db, scope, "", village.path, 0, PROBLEMS_MOST) if at is None else [],
        "counts": _counts(rows, len(homes)),
    }


def _counts(rows: Sequence[Any], homes: int) -> dict[str, int]:
    found = [row.level for row in rows]
    return {**{level: found.count(level) for level in ("pian", "zu", "lin")}, "homes": homes}


def _with_shapes(rows: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(rows, shapes_of([row.geom for row in rows]), strict=True))


def _unit(row: Any, shape: Any, profile: Profile) -> dict[str, Any]:
    is_lin = row.level == Level.LIN.value
    return {
        "id": row.unit_id if hasattr(row, "unit_id") else row.id,
        "level": row.level, "code": row.code, "name": row.name, "kind": row.kind, "parent_id": row.parent_id,
        "path": row.path, "homes": row.homes, "state": profile.lin_state(row.homes) if is_lin else "ok",
        "locked": bool(getattr(row, "locked", False)), "fill": row.fill, "area_m2": row.area_m2,
        "label": None if row.label_lon is None else [row.label_lon, row.label_lat],
        "geometry": None if shape is None else shapely.geometry.mapping(shape),
    }  # fmt: skip


def _homes(rows: Sequence[Any]) -> list[dict[str, Any]]:
    lonlat = lonlat_of([row.geom for row in rows]).tolist()
    return [
        {
            "id": row.household_id if hasattr(row, "household_id") else row.id,
            "unit_id": row.unit_id, "lon": lon, "lat": lat, "code": row.code, "address": row.address,
            "building": row.building, "entrance": row.entrance, "floor": row.floor, "room": row.room,
            "priority": bool(row.priority),
        }
        for row, (lon, lat) in zip(rows, lonlat, strict=True)
    ]  # fmt: skip


def _lines(db: Db, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the rivers, roads and other lines over the ground of some units."""
    shapes = [shape for _, shape in _with_shapes(rows) if shape is not None]
    if not shapes:
        return []
    found = barriers.in_box(db, shapely.total_bounds(shapes).tolist(), LINES)
    return [
        {"kind": row.kind, "name": row.name, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in _with_shapes(found)
    ]
