"""Comparing a plan with another, with one of its revisions, or with the published net."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geodata.actions import plans as actions
from geodata.rules.actors import EVERYWHERE, Actor
from geodata.rules.compare import compare
from geodata.rules.problems import Problem
from geodata.rules.redraw_names import full_name
from geodata.rules.units import Level
from geodata.store import households, revisions, units
from geodata.store.database import Db
from geodata.store.types import as_wkb, lonlat_of

LEVELS = (Level.PIAN, Level.ZU, Level.LIN)


@dataclass(frozen=True)
class _Side:
    """One of the two: what it is called, its units by id, the unit of each home, and its homes' rows."""

    title: dict[str, Any]
    rows: Mapping[str, Any]
    holder: Mapping[str, str]
    homes: Mapping[str, Any]

    def units(self) -> dict[str, object]:
        """Return what is compared of each unit."""
        return {i: (r.code, r.name, r.parent_id, r.kind, as_wkb(r.geom)) for i, r in self.rows.items()}


def comparison(db: Db, actor: Actor, now: dt.datetime, one: str, other: str, after: str, limit: int) -> dict[str, Any]:
    """Return how two nets of the same ground differ, with a page of the homes that change unit.

    Parameters
    ----------
    one, other
        ``net``, a plan's id, or ``id:revision``; at least one is a plan.

    Raises
    ------
    Problem
        ``plan.not_found``; ``plan.no_revision`` (number); ``plan.nothing_to_compare`` for the net with itself;
        ``plan.other_ground`` for plans of different units.
    """
    paths = {_path(db, actor, now, ref) for ref in (one, other) if ref != "net"}
    if not paths:
        raise Problem("plan.nothing_to_compare")
    if len(paths) > 1:
        raise Problem("plan.other_ground")
    path = paths.pop()
    a, b = (_side(db, actor, now, ref, path) for ref in (one, other))
    found = compare(a.units(), b.units(), a.holder, b.holder)
    sees_homes = actor.scope("see_homes").covers(path)
    known = {**a.homes, **b.homes}
    listed = sorted(((known[h].code, h, x, y) for h, x, y in found.moved)) if sees_homes else []
    page = [row for row in listed if row[0] > after][:limit]
    return {
        "a": a.title,
        "b": b.title,
        "homes_moved": len(found.moved),
        "homes": found.homes,
        "units_new": len(found.new),
        "units_gone": len(found.gone),
        "units_changed": len(found.changed),
        "items": [{"home": _home(known[h]), "from": _unit(a.rows, x), "to": _unit(b.rows, y)} for _, h, x, y in page],
        "next": page[-1][0] if len(page) == limit else None,
        "total": len(listed),
    }


def _path(db: Db, actor: Actor, now: dt.datetime, ref: str) -> str:
    path = str(actions.show(db, actor, now, ref.partition(":")[0]).unit_path)
    actor.scope("draft").require(path, "plan")
    return path


def _side(db: Db, actor: Actor, now: dt.datetime, ref: str, path: str) -> _Side:
    if ref == "net":
        rows = units.with_shapes(db, path, LEVELS)
        homes = households.under(db, path, None, EVERYWHERE)
        return _Side({"kind": "net"}, {r.id: r for r in rows}, {h.id: h.unit_id for h in homes},
                     {h.id: h for h in homes})  # fmt: skip
    plan_id, _, number = ref.partition(":")
    plan = actions.show(db, actor, now, plan_id)
    at = int(number) if number.isdigit() else plan.head
    if not 1 <= at <= plan.head:
        raise Problem("plan.no_revision", number=at)
    newest = None if at == plan.head else at
    drawn = {level.value for level in LEVELS}
    planned = [row for row in revisions.units_under(db, plan_id, [path], newest) if row.level in drawn]
    seated = revisions.homes_at(db, plan_id, newest)
    title = {"kind": "plan", "id": plan_id, "name": plan.name, "revision": at, "by": plan.by, "at": plan.at,
             "variant": plan.variant, "objective_m2": plan.objective_m2}  # fmt: skip
    return _Side(title, {r.unit_id: r for r in planned}, {h.household_id: h.unit_id for h in seated},
                 {h.household_id: h for h in seated})  # fmt: skip


def _home(row: Any) -> dict[str, Any]:
    lon, lat = lonlat_of([row.geom])[0].tolist()
    home_id = row.household_id if hasattr(row, "household_id") else row.id
    return {"id": home_id, "code": row.code, "address": row.address, "lon": lon, "lat": lat}


def _unit(rows: Mapping[str, Any], unit_id: str) -> dict[str, Any] | None:
    row = rows.get(unit_id)
    return None if row is None else {"id": unit_id, "name": full_name(row, rows), "code": row.code}
