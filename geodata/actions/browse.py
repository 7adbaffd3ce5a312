"""Looking at the net: the tree, a unit's card, a home's card, search, and what lies at a point.

Each takes a moment ``at``; None is now. As of a moment nothing is said of broken rules, for violations are of today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from geodata.actions import net, past
from geodata.rules import masks
from geodata.rules.actors import Actor, Scope
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.units import Level
from geodata.store import audit, households, publications, search, settings, units, violations
from geodata.store.database import Db
from geodata.store.types import lonlat_of


def county(db: Db, actor: Actor, now: dt.datetime, at: dt.datetime | None = None) -> dict[str, Any]:
    """Return what the map needs to open: the county, its counts, bounds and rules."""
    scope = past.ground(db, actor, "see", at)
    profile = settings.profile(db)
    tops = past.counted(db, units.tops(db, scope, "", 200, at), at)
    boxes = units.boxes(db, [row.fid for row in tops])
    if not boxes and tops:
        below = units.children(db, scope, tops[0].id, "", 200, at)
        boxes = units.boxes(db, [row.fid for row in below])
    whole = _join(list(boxes.values()))
    first = tops[0] if tops else None
    counts = units.count_by_level(db, scope, at)
    homes = sum(row.homes for row in tops)
    return {
        "county": {
            "id": first.id if first else None,
            "name": profile.name or (first.name if first else ""),
            "code": first.code if first else "",
            "bbox": whole,
        },
        "scope_bbox": whole,
        "synthetic": bool(settings.get(db, "synthetic", False)),
        "version": str(settings.net_version(db)),
        "levels": profile.level_names,
        "rule": _rule(profile),
        "approval_no": profile.approval_no,
        "counts": {**{level.value: counts.get(level.value, 0) for level in Level}, "homes": homes,
                   "homes_unassigned": households.count_unplaced(db, at) if units.is_whole(scope) else 0},
        "empty": households.count_all(db) == 0,
        **_said(at),
    }  # fmt: skip


def _said(at: dt.datetime | None) -> dict[str, dt.datetime]:
    """Return the moment as an answer tells it; an answer of now tells none."""
    return {} if at is None else {"as_of": at}


def _rule(profile: Profile) -> dict[str, int]:
    return {key: getattr(profile, key) for key in ("lin_homes_min", "lin_homes_max", "pian_zu_min", "pian_zu_max")}


def _join(boxes: Sequence[Sequence[float]]) -> list[float] | None:
    if not boxes:
        return None
    joined = np.array(boxes)
    return [float(v) for v in (*joined[:, :2].min(axis=0), *joined[:, 2:].max(axis=0))]


def short(db: Db, scope: Scope, rows: Sequence[Any], at: dt.datetime | None = None) -> list[dict[str, Any]]:
    """Return units in short for lists: identity, counts, box, and how many problems lie inside, which are of today."""
    below = units.count_children(db, [row.id for row in rows], at)
    boxes = units.boxes(db, [row.fid for row in rows])
    return [
        {
            "id": row.id, "level": row.level, "code": row.code, "name": row.name, "path": row.path, "kind": row.kind,
            "parent_id": row.parent_id, "homes": row.homes, "children": below.get(row.id, 0),
            "bbox": boxes.get(row.fid), **(_problems(db, scope, row.path) if at is None else {}),
        }
        for row in past.counted(db, rows, at)
    ]  # fmt: skip


def _problems(db: Db, scope: Scope, path: str) -> dict[str, int]:
    return {
        "problems": violations.count_under(db, scope, "", path),
        "errors": violations.count_under(db, scope, "", path, "error"),
    }


def children(
    db: Db, actor: Actor, now: dt.datetime, parent: str, after: str, limit: int, at: dt.datetime | None = None
) -> dict[str, Any]:
    """Return a page of a unit's children, or of the top of the reader's scope for an empty parent.

    Raises
    ------
    Problem
        ``unit.not_found`` for a parent outside the scope, unless something of the scope lies right below it.
    """
    scope = past.ground(db, actor, "see", at)
    rows = units.children(db, scope, parent, after, limit, at) if parent else units.tops(db, scope, after, limit, at)
    total = units.count_page(db, scope, parent, at)
    if parent and not total and units.one(db, scope, parent, at) is None:
        raise Problem("unit.not_found")
    return {"items": short(db, scope, rows, at), "next": rows[-1].code if len(rows) == limit else None, "total": total}


def show_unit(db: Db, actor: Actor, now: dt.datetime, unit_id: str, at: dt.datetime | None = None) -> dict[str, Any]:
    """Return a unit's card: counts against today's rule, area, chain, violations (of today) and history until then."""
    scope = past.ground(db, actor, "see", at)
    row = units.one(db, scope, unit_id, at)
    if row is None:
        raise Problem("unit.not_found")
    profile = settings.profile(db)
    is_lin = row.level == Level.LIN.value
    rule = {"low": profile.lin_homes_min, "high": profile.lin_homes_max} if is_lin else None
    history = publications.of_unit(db, scope, unit_id)
    card = short(db, scope, [row], at)[0]
    return {
        **card,
        "area_m2": row.area_m2,
        "chain": chain(db, row.path, at)[:-1],
        "rule": rule,
        "state": profile.lin_state(card["homes"]) if is_lin else "ok",
        "centre": [row.label_lon, row.label_lat] if row.label_lon is not None else None,
        **({"violations": violations.page(db, scope, "", row.path, 0, 50)} if at is None else {}),
        "history": [entry for entry in history if at is None or entry.at <= at],
        **_said(at),
    }


def chain(db: Db, path: str, at: dt.datetime | None = None) -> list[dict[str, str]]:
    """Return the contact chain of a place: county, town, village, 片, 组, 邻, as far as the path goes (A17)."""
    return [{"id": r.id, "level": r.level, "name": r.name, "code": r.code} for r in units.chain(db, path, at)]


def homes_in(
    db: Db, actor: Actor, now: dt.datetime, unit_id: str, after: str, limit: int, at: dt.datetime | None = None
) -> dict[str, Any]:
    """Return a page of a unit's homes, masked."""
    scope = past.ground(db, actor, "see_homes", at)
    row = units.one(db, scope, unit_id, at)
    if row is None:
        raise Problem("unit.not_found")
    (row,) = past.counted(db, [row], at)
    rows = households.page_in(db, scope, row.path, after, limit, at)
    codes = {r.id: r.code for r in units.with_level(db, row.path, Level.LIN, at)}
    places = lonlat_of([r.geom for r in rows])
    items = [
        {
            "id": r.id, "code": r.code, "address": masks.address(r.address), **_door(r, masked=True),
            "priority": r.priority, "lin_code": codes.get(r.unit_id, ""), "lon": float(lon), "lat": float(lat),
        }
        for r, (lon, lat) in zip(rows, places, strict=True)
    ]  # fmt: skip
    return {"items": items, "next": rows[-1].code if len(rows) == limit else None, "total": row.homes}


def _door(row: Any, *, masked: bool) -> dict[str, str]:
    """Return building, entrance, floor and room; masked, the digits of the room are stars, as in the address."""
    room = masks.address(row.room) if masked else row.room
    return {"building": row.building, "entrance": row.entrance, "floor": row.floor, "room": room}


def show_household(
    db: Db, actor: Actor, now: dt.datetime, household_id: str, *, masked: bool = True, at: dt.datetime | None = None
) -> dict[str, Any]:
    """Return a home's card with its contact chain; name, telephone and address masked unless told otherwise.

    As of a moment the chain is of then; what is known of the home itself is of today, for it is not dated. Nothing is
    unmasked by way of the past.
    """
    row = households.one(db, past.ground(db, actor, "see_homes", at), household_id, at)
    if row is None:
        raise Problem("household.not_found")
    name = db.vault.open(row.head_name_sealed, f"household:head_name:{row.id}")
    phone = db.vault.open(row.phone_sealed, f"household:phone:{row.id}")
    lon, lat = lonlat_of([row.geom])[0].tolist()
    return {
        "id": row.id, "code": row.code, **_door(row, masked=masked), "priority": row.priority,
        "lon": lon, "lat": lat, "masked": masked,
        "address": masks.address(row.address) if masked else row.address,
        "head_name": masks.name(name) if masked else name,
        "phone": masks.phone(phone) if masked else phone,
        "chain": chain(db, row.path, at) if row.path else [],
        "may_unmask": at is None and _may_unmask(actor, row.path), **_said(at),
    }  # fmt: skip


def _may_unmask(actor: Actor, path: str) -> bool:
    scope = actor.scope("unmask")
    return scope.covers(path) if path else units.is_whole(scope)


def unmask_household(db: Db, actor: Actor, now: dt.datetime, household_id: str, reason: str) -> dict[str, Any]:
    """Return a home's card in full; who, when, which home and why are in the audit before anything is shown.

    Raises
    ------
    Problem
        ``household.not_found`` outside the reader's scope; ``unmask.no_reason`` for fewer than two characters.
    """
    row = households.one(db, actor.scope("unmask"), household_id)
    if row is None:
        raise Problem("household.not_found")
    if len(reason.strip()) < 2:
        raise Problem("unmask.no_reason")
    audit.record(db, actor, now, "household.unmasked", household_id, row.path, reason=reason.strip()[:200])
    return show_household(db, actor, now, household_id, masked=False)


def find(
    db: Db,
    actor: Actor,
    now: dt.datetime,
    text: str,
    limit: int,
    *,
    only_units: bool = False,
    at: dt.datetime | None = None,
) -> list[dict[str, Any]]:
    """Find units by name or code and then, for those who may see homes, homes by code or address."""
    wanted = text.strip()
    if not wanted:
        return []
    rows = search.units_like(db, past.ground(db, actor, "see", at), wanted, limit, at)
    found = [_found_unit(db, row, at) for row in rows]
    scope = past.ground(db, actor, "see_homes", at)
    if scope.paths and len(found) < limit and not only_units:
        rows = search.homes_like(db, scope, wanted, limit - len(found), at)
        places = lonlat_of([row.geom for row in rows])
        for row, (lon, lat) in zip(rows, places.tolist(), strict=True):
            names = [step["name"] for step in chain(db, row.path, at)[-4:]]
            found.append({"kind": "household", "id": row.id, "level": "", "label": row.code,
                          "detail": " · ".join([*names, masks.address(row.address)]), "lon": lon, "lat": lat,
                          "bbox": None})  # fmt: skip
    return found


def _found_unit(db: Db, row: Any, at: dt.datetime | None) -> dict[str, Any]:
    names = [step["name"] for step in chain(db, row.path, at)[:-1]]
    return {"kind": "unit", "id": row.id, "level": row.level, "label": row.name,
            "detail": " · ".join([*names[-3:], row.code]), "lon": row.label_lon, "lat": row.label_lat,
            "bbox": units.boxes(db, [row.fid]).get(row.fid)}  # fmt: skip


def locate(
    db: Db, actor: Actor, now: dt.datetime, lon: float, lat: float, at: dt.datetime | None = None
) -> dict[str, Any]:
    """Return the deepest unit at a point and its contact chain; on a border the first by code.

    Raises
    ------
    Problem
        ``locate.outside`` where no unit of the reader's scope lies there.
    """
    scope = past.ground(db, actor, "see", at)
    point = shapely.Point(lon, lat)
    for deepest in (True, False):
        for row in past.counted(db, units.at_point(db, scope, lon, lat, at, deepest=deepest), at):
            if shapely.covers(shapely.from_wkb(row.geom), point):
                return {
                    "unit": {"id": row.id, "level": row.level, "code": row.code, "name": row.name, "path": row.path,
                             "homes": row.homes},
                    "chain": chain(db, row.path, at),
                }  # fmt: skip
    raise Problem("locate.outside", lon=lon, lat=lat)


def problems(
    db: Db, actor: Actor, now: dt.datetime, unit_id: str, plan_id: str, after: str, limit: int
) -> dict[str, Any]:
    """Return a page of violations under a unit ("" = the whole scope), of a plan or ("") of the published net."""
    scope = actor.scope("see")
    path = net.path_of(db, scope, unit_id)
    rows = violations.page(db, scope, plan_id, path, int(after) if after.isdigit() else 0, limit)
    return {
        "items": rows,
        "next": str(rows[-1].id) if len(rows) == limit else None,
        "total": violations.count_under(db, scope, plan_id, path),
    }
