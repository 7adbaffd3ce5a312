from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from geodata.rules.actors import Scope
from geodata.rules.review import OPEN
from geodata.store import units
from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.tables import plan, plan_member, plan_revision, plan_unit, unit

UNIT_COLUMNS = ("unit_id", "level", "kind", "code", "name", "path", "parent_id", "homes", "area_m2", "label_lon",
                "label_lat", "fill", "geom")  # fmt: skip


def add(db: Db, now: dt.datetime, by: str, act: str = "drafted", **values: Any) -> str:
    """Open a plan with its first revision and return its id; ``values``: unit_id, name, based_on, counts …"""
    plan_id = str(uuid.uuid4())
    db.run.execute(plan.insert().values(id=plan_id, state="draft", head=1, by=by, at=now, **values))
    db.run.execute(
        plan_revision.insert().values(
            plan_id=plan_id,
            number=1,
            parent=None,
            by=by,
            at=now,
            act=act,
            stands_for=1,
            detail={"figures": {"counts": values["counts"], "objective_m2": values["objective_m2"]}},
        )
    )
    return plan_id


def add_content(
    db: Db, plan_id: str, revision: int, unit_columns: Mapping[str, Any], member_columns: Mapping[str, Any]
) -> None:
    """Write the units (``UNIT_COLUMNS``) and the members (household_id, unit_id) that a revision brings."""
    for table, columns in ((plan_unit, unit_columns), (plan_member, member_columns)):
        count = len(columns["unit_id"])
        insert_columns(db, table, {**columns, "plan_id": [plan_id] * count, "from_revision": [revision] * count})


def one(db: Db, scope: Scope, plan_id: str) -> Any:
    """Return a plan with its unit's path, code and name, or None outside the scope."""
    found = db.run.execute(_ONE, {"plan": plan_id}).first()
    return found if found is not None and scope.covers(found.unit_path) else None


def hold(db: Db, plan_id: str) -> Any:
    """Return a plan as ``one`` does, locked for this transaction; on SQLite a writer is alone already."""
    return db.run.execute(_HELD, {"plan": plan_id}).first()


_LIST = select(plan, *(unit.c[n].label(f"unit_{n}") for n in ("name", "code", "level", "path"))).select_from(
    plan.join(unit, and_(unit.c.id == plan.c.unit_id, units.current()))
)
_ONE = _LIST.where(plan.c.id == bindparam("plan"))
_HELD = _ONE.with_for_update(of=plan)


def _listed(scope: Scope) -> Any:
    return _LIST.where(units.in_scope(scope, unit.c.path))


def page(db: Db, scope: Scope, path: str, state: str, after: str, limit: int) -> Sequence[Any]:
    """Return a page of plans under a path, newest first; ``after`` is the last id seen, ``state`` "" is any."""
    query = _listed(scope).where(units.under(path, unit.c.path))
    if state:
        query = query.where(plan.c.state == state)
    if after:
        last = select(plan.c.at, plan.c.id).where(plan.c.id == after).subquery()
        query = query.where(or_(plan.c.at < last.c.at, and_(plan.c.at == last.c.at, plan.c.id < last.c.id)))
    rows: Sequence[Any] = db.run.execute(query.order_by(plan.c.at.desc(), plan.c.id.desc()).limit(limit)).all()
    return rows


def count(db: Db, scope: Scope, path: str, state: str) -> int:
    """Return how many plans a scope holds under a path in a state ("" is any)."""
    query = _listed(scope).where(units.under(path, unit.c.path))
    if state:
        query = query.where(plan.c.state == state)
    return int(db.run.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def open_on(db: Db, path: str) -> Sequence[Any]:
    """Return the plans under a path that may still become the net."""
    rows: Sequence[Any] = db.run.execute(
        _listed(Scope(("",))).where(units.under(path, unit.c.path), plan.c.state.in_(OPEN))
    ).all()
    return rows


def set_state(db: Db, plan_ids: Sequence[str], state: str) -> None:
    """Move plans to a state of ``rules.review``."""
    for start in range(0, len(plan_ids), 500):
        db.run.execute(plan.update().where(plan.c.id.in_(list(plan_ids[start : start + 500]))).values(state=state))


def put_in_force(db: Db, path: str, plan_id: str) -> None:
    """Say which plan the net of a ground is, and of those that were until now that they are replaced."""
    query = _listed(Scope(("",))).where(units.under(path, unit.c.path), plan.c.state == "published")
    set_state(db, [row.id for row in db.run.execute(query)], "replaced")
    set_state(db, [plan_id], "published")


def set_proof(db: Db, plan_id: str, proof: dict[str, Any]) -> None:
    """Keep how far from optimal a plan is at most."""
    db.run.execute(plan.update().where(plan.c.id == plan_id).values(proof=proof))


def _at(table: Any, plan_id: str, revision: int) -> Any:
    return and_(
        table.c.plan_id == plan_id,
        table.c.from_revision <= revision,
        or_(table.c.to_revision.is_(None), table.c.to_revision > revision),
    )


def units_of(db: Db, plan_id: str, revision: int) -> Sequence[Any]:
    """Return the units of a plan's revision with ``geom`` as WKB, ordered by path."""
    columns = [plan_unit.c[name] for name in UNIT_COLUMNS]
    query = select(plan_unit.c.fid, *columns).where(_at(plan_unit, plan_id, revision)).order_by(plan_unit.c.path)
    return db.run.execute(query).all()


def members_of(db: Db, plan_id: str, revision: int) -> Sequence[Any]:
    """Return (household_id, unit_id) of a plan's revision."""
    query = select(plan_member.c.household_id, plan_member.c.unit_id).where(_at(plan_member, plan_id, revision))
    return db.run.execute(query).all()
