"""Opening a plan to draw on: from the published net, or from an earlier plan."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from geodata.actions import plans as actions
from geodata.actions.check import check_plan
from geodata.actions.setup import zone_of_county
from geodata.rules import crs
from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.rules.shapes import homes_in_shapes
from geodata.rules.units import Level
from geodata.store import audit, households, plans, publications, revisions, units, violations
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of

SCOPES = (Level.TOWN.value, Level.VILLAGE.value)
"""A plan is drawn for a village, or for a town whose villages are drawn together."""


def from_net(db: Db, actor: Actor, now: dt.datetime, unit_id: str, name: str = "") -> str:
    """Open a plan with the content of the published net and return its id.

    Raises
    ------
    Problem
        ``scope.outside``; ``plan.wrong_unit`` for what is neither a village nor a town; ``plan.no_net`` where nothing
        is published below it yet.
    """
    unit = units.one(db, actor.scope("draft"), unit_id)
    if unit is None:
        raise Problem("scope.outside", what="unit")
    if unit.level not in SCOPES:
        raise Problem("plan.wrong_unit", level=unit.level)
    counts = units.count_under(db, unit.path)
    if not counts.get(Level.ZU.value):
        raise Problem("plan.no_net", name=unit.name)
    figures = {level: counts.get(level, 0) for level in ("pian", "zu", "lin")}
    found = violations.count_net(db, unit.path)
    plan_id = plans.add(
        db, now, actor.name, act="opened", unit_id=unit.id, name=name or unit.name,
        based_on=publications.last_on(db, unit.path), counts={**figures, "homes": unit.homes, **found},
        objective_m2=_objective_m2(db, unit.path),
    )  # fmt: skip
    revisions.copy_net(db, unit.path, plan_id)
    violations.copy_net(db, plan_id, unit.id, unit.path)
    audit.record(db, actor, now, "plan.opened", plan_id, unit.path, source="net")
    return plan_id


def _objective_m2(db: Db, path: str) -> float:
    """Return the total squared distance of homes to the centre of their unit, m2."""
    homes = households.under(db, path)
    xy = crs.to_xy(lonlat_of([home.geom for home in homes]), zone_of_county(db))
    _, unit = np.unique([home.unit_id for home in homes], return_inverse=True)
    if not len(xy):
        return 0.0
    amount = np.bincount(unit)
    centre = np.column_stack([np.bincount(unit, xy[:, axis]) for axis in (0, 1)]) / amount[:, None]
    return float(((xy - centre[unit]) ** 2).sum())


def from_plan(db: Db, actor: Actor, now: dt.datetime, plan_id: str, revision: int | None = None, name: str = "") -> str:
    """Open a plan with the content of an earlier one; homes that came since are seated where they stand.

    Raises
    ------
    Problem
        ``plan.not_found``; ``plan.no_revision`` (number).
    """
    source = actions.show(db, actor, now, plan_id)
    actor.scope("draft").require(source.unit_path, "plan")
    at = source.head if revision is None else revision
    row = revisions.one(db, plan_id, at)
    if row is None:
        raise Problem("plan.no_revision", number=at)
    figures = row.detail.get("figures", {"counts": source.counts, "objective_m2": source.objective_m2})
    new_id = plans.add(
        db, now, actor.name, act="opened", unit_id=source.unit_id, name=name or source.name,
        based_on=publications.last_on(db, source.unit_path), variant=source.variant, **figures,
    )  # fmt: skip
    revisions.copy(db, plan_id, at, new_id)
    _seat_newcomers(db, new_id, source.unit_path)
    check_plan(db, actor, now, new_id)
    audit.record(db, actor, now, "plan.opened", new_id, source.unit_path, source=plan_id, revision=at)
    return new_id


def _seat_newcomers(db: Db, plan_id: str, path: str) -> None:
    """Put homes that the plan does not know into the leaf they stand in, and drop those that are no longer there."""
    there = {home.id: home for home in households.under(db, path)}
    held = {row.household_id: row.unit_id for row in revisions.homes_at(db, plan_id, None)}
    new = sorted(there.keys() - held.keys())
    gone = sorted(held.keys() - there.keys())
    if not new and not gone:
        return
    rows = [row for row in revisions.units_under(db, plan_id, [path]) if row.level == Level.LIN.value]
    shapes = shapes_of([row.geom for row in rows])
    points = np.asarray(shapely.points(lonlat_of([there[home].geom for home in new])), dtype=object).reshape(-1)
    at = homes_in_shapes(shapes, points)
    near = np.where(at >= 0, at, shapely.STRtree(shapes).nearest(points)) if len(new) else at
    seats = {home: rows[i].unit_id for home, i in zip(new, near.tolist(), strict=True)}
    revisions.reseat_first(db, plan_id, seats, gone)
    homes = {**{h: u for h, u in held.items() if h in there}, **seats}
    revisions.set_homes(db, plan_id, _counted(revisions.units_under(db, plan_id, [path]), homes))


def _counted(rows: Sequence[Any], homes: Mapping[str, str]) -> dict[str, int]:
    """Return the homes of each unit whose count is not what its row says."""
    paths = {row.unit_id: row.path for row in rows}
    held = Counter(paths[unit_id] for unit_id in homes.values())
    totals = {row.unit_id: sum(n for path, n in held.items() if path.startswith(row.path)) for row in rows}
    return {row.unit_id: totals[row.unit_id] for row in rows if totals[row.unit_id] != row.homes}
