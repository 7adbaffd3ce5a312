from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, literal, select

from geodata.rules.actors import Scope
from geodata.rules.units import Violation
from geodata.store import units
from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.tables import plan_unit, unit, violation

# what every edit asks: statements built once
_PLAN: Any = bindparam("plan")
_IDS: Any = bindparam("ids", expanding=True)
_FORGET = violation.delete().where(violation.c.plan_id == _PLAN, violation.c.unit_id.in_(_IDS))
_SEVERITIES = (
    select(violation.c.severity, func.count()).where(violation.c.plan_id == _PLAN).group_by(violation.c.severity)
)
_SEATED = and_(
    plan_unit.c.plan_id == _PLAN, plan_unit.c.unit_id == violation.c.unit_id, plan_unit.c.to_revision.is_(None)
)
_OF_PLAN = (
    select(violation, plan_unit.c.code, plan_unit.c.name, plan_unit.c.level)
    .select_from(violation.outerjoin(plan_unit, _SEATED))
    .where(violation.c.plan_id == _PLAN)
    .order_by(violation.c.id)
    .limit(bindparam("limit"))
)


def add(
    db: Db, plan_id: str, village_id: str, village_path: str, found: Sequence[Violation], paths: dict[str, str]
) -> None:
    """Keep the violations of a plan, or of the published net (plan id ""), with the paths of their units."""
    if not found:
        return
    places = [v.place_ll or (None, None) for v in found]
    insert_columns(
        db,
        violation,
        {
            "plan_id": [plan_id] * len(found),
            "village_id": [village_id] * len(found),
            "unit_id": [v.unit_id for v in found],
            "path": [paths.get(v.unit_id, village_path) for v in found],
            "rule": [v.rule for v in found],
            "severity": [v.severity for v in found],
            "values": [v.values for v in found],
            "lon": [p[0] for p in places],
            "lat": [p[1] for p in places],
        },
    )


def clear(db: Db, plan_id: str, village_id: str) -> None:
    """Forget the violations of a village in a plan or in the published net, before new ones are kept."""
    db.run.execute(violation.delete().where(violation.c.plan_id == plan_id, violation.c.village_id == village_id))


def forget(db: Db, plan_id: str, unit_ids: Sequence[str]) -> None:
    """Forget the violations of some units of a plan, before new ones are kept."""
    for start in range(0, len(unit_ids), 500):
        db.run.execute(_FORGET, {"plan": plan_id, "ids": unit_ids[start : start + 500]})


def count_severities(db: Db, plan_id: str) -> dict[str, int]:
    """Return how many errors and warnings a plan has: ``error``, ``warning``."""
    found = {row[0]: row[1] for row in db.run.execute(_SEVERITIES, {"plan": plan_id})}
    return {severity: found.get(severity, 0) for severity in ("error", "warning")}


def move(db: Db, old: str, new: str) -> None:
    """Let violations follow their units from below the path ``old`` to below ``new``; paths decide who sees them."""
    moved = literal(new) + func.substr(violation.c.path, len(old) + 1)
    db.run.execute(violation.update().where(units.under(old, violation.c.path)).values(path=moved))


def copy(db: Db, from_plan: str, to_plan: str, village_id: str) -> None:
    """Give a plan's violations to another plan, or to the published net ("")."""
    kept = [c for c in violation.columns if c.name not in ("id", "plan_id")]
    rows = select(literal(to_plan), *kept).where(violation.c.plan_id == from_plan, violation.c.village_id == village_id)
    db.run.execute(violation.insert().from_select(["plan_id", *(c.name for c in kept)], rows))


def copy_net(db: Db, to_plan: str, scope_id: str, path: str) -> None:
    """Give a plan the violations of the published net under a path, filed under the plan's own unit."""
    kept = [c for c in violation.columns if c.name not in ("id", "plan_id", "village_id")]
    rows = select(literal(to_plan), literal(scope_id), *kept)
    rows = rows.where(violation.c.plan_id == "", units.under(path, violation.c.path))
    db.run.execute(violation.insert().from_select(["plan_id", "village_id", *(c.name for c in kept)], rows))


def count_net(db: Db, path: str) -> dict[str, int]:
    """Return how many errors and warnings the published net has under a path: ``error``, ``warning``."""
    inside = and_(violation.c.plan_id == "", units.under(path, violation.c.path))
    query = select(violation.c.severity, func.count()).where(inside).group_by(violation.c.severity)
    found = {row[0]: row[1] for row in db.run.execute(query)}
    return {severity: found.get(severity, 0) for severity in ("error", "warning")}


def rules_of(db: Db, plan_id: str, rules: Sequence[str]) -> dict[str, int]:
    """Return how often each of some rules is broken in a plan."""
    query = select(violation.c.rule, func.count()).where(violation.c.plan_id == plan_id, violation.c.rule.in_(rules))
    return {row[0]: row[1] for row in db.run.execute(query.group_by(violation.c.rule))}


def of_plan(db: Db, plan_id: str, limit: int) -> Sequence[Any]:
    """Return the first violations of a plan with their unit's code, name and level, as they were found."""
    return db.run.execute(_OF_PLAN, {"plan": plan_id, "limit": limit}).all()


def page(db: Db, scope: Scope, plan_id: str, path: str, after: int, limit: int) -> Sequence[Any]:
    """Return a page of violations under a path with their unit's code, name and level, as they were found."""
    if plan_id:
        joined = violation.outerjoin(
            plan_unit,
            and_(
                plan_unit.c.plan_id == plan_id,
                plan_unit.c.unit_id == violation.c.unit_id,
                plan_unit.c.to_revision.is_(None),
            ),
        )
        named = (plan_unit.c.code, plan_unit.c.name, plan_unit.c.level)
    else:
        joined = violation.outerjoin(unit, and_(unit.c.id == violation.c.unit_id, units.current()))
        named = (unit.c.code, unit.c.name, unit.c.level)
    query = select(violation, *named).select_from(joined).where(violation.c.plan_id == plan_id, violation.c.id > after)
    query = query.where(units.under(path, violation.c.path), units.in_scope(scope, violation.c.path))
    return db.run.execute(query.order_by(violation.c.id).limit(limit)).all()


def count_under(db: Db, scope: Scope, plan_id: str, path: str, severity: str = "") -> int:
    """Return how many violations of a severity ("" is any) a plan or the published net has under a path."""
    query = select(func.count()).where(
        violation.c.plan_id == plan_id, units.under(path, violation.c.path), units.in_scope(scope, violation.c.path)
    )
    if severity:
        query = query.where(violation.c.severity == severity)
    return int(db.run.execute(query).scalar_one())
