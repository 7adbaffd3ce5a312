from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import shapely

from geodata.actions.setup import zone_of_county
from geodata.rules import crs
from geodata.rules.actors import Actor
from geodata.rules.coverage import HomeRows, UnitRows, check_units
from geodata.rules.problems import Problem
from geodata.rules.proposal import BARRIER_KINDS
from geodata.rules.units import Level, Violation
from geodata.store import barriers, households, plans, settings, units, violations
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of

_LEVELS = (Level.VILLAGE, Level.PIAN, Level.ZU, Level.LIN)


def check_village(db: Db, actor: Actor, now: dt.datetime, village_id: str) -> list[Violation]:
    """Check the published net of a village against every rule and keep what was found; an undrafted one has nothing.

    Raises
    ------
    Problem
        ``unit.not_found`` outside the actor's scope.
    """
    village = units.one(db, actor.scope("see"), village_id)
    if village is None:
        raise Problem("unit.not_found")
    rows = units.with_shapes(db, village.path, _LEVELS)
    homes = households.under(db, village.path)
    found: list[Violation] = []
    if any(row.level == Level.LIN.value for row in rows):
        found = _check(db, rows, [row.id for row in rows], homes, [home.unit_id for home in homes])
    violations.clear(db, "", village_id)
    violations.add(db, "", village_id, village.path, found, {row.id: row.path for row in rows})
    return found


def check_plan(db: Db, actor: Actor, now: dt.datetime, plan_id: str) -> list[Violation]:
    """Check a plan's newest revision against every rule and keep what was found (``plan.not_found``)."""
    plan = plans.one(db, actor.scope("see"), plan_id)
    if plan is None:
        raise Problem("plan.not_found")
    rows = plans.units_of(db, plan_id, plan.head)
    member = {row.household_id: row.unit_id for row in plans.members_of(db, plan_id, plan.head)}
    homes = households.under(db, plan.unit_path)
    found = _check(db, rows, [row.unit_id for row in rows], homes, [member.get(home.id, "") for home in homes])
    violations.clear(db, plan_id, plan.unit_id)
    violations.add(db, plan_id, plan.unit_id, plan.unit_path, found, {row.unit_id: row.path for row in rows})
    return found


def _check(db: Db, rows: Any, ids: list[str], homes: Any, unit_of_home: list[str]) -> list[Violation]:
    zone = zone_of_county(db)
    at = {unit_id: i for i, unit_id in enumerate(ids)}
    shapes = shapes_of([row.geom for row in rows])
    box = shapely.total_bounds(shapes).tolist()
    lines = barriers.in_box(db, box, BARRIER_KINDS)
    barrier_xy = crs.shapes_to_xy(shapes_of([line.geom for line in lines]), zone) if lines else []
    lin = {i for i, row in enumerate(rows) if row.level == Level.LIN.value}
    placed = [(h, at[u]) for h, u in enumerate(unit_of_home) if at.get(u) in lin]
    return check_units(
        UnitRows(
            ids,
            [row.code for row in rows],
            [Level(row.level) for row in rows],
            np.array([at.get(row.parent_id or "", -1) for row in rows], dtype=np.intp),
            crs.shapes_to_xy(shapes, zone),
        ),
        HomeRows(
            crs.to_xy(lonlat_of([home.geom for home in homes]), zone),
            np.array([home for home, _ in placed], dtype=np.intp),
            np.array([unit for _, unit in placed], dtype=np.intp),
        ),
        settings.profile(db),
        lambda xy: crs.to_ll(xy, zone),
        shapely.get_parts(np.asarray(barrier_xy, dtype=object)).tolist(),
    )
