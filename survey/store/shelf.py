"""What phones sent and the server refused, and which forms are called a burden, in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.database import Db
from geodata.store.once import add_once
from survey.store.visit_tables import burden, shelf


def add(db: Db, values: Mapping[str, Any]) -> bool:
    """Put an item on the shelf; False where it lies there already."""
    return add_once(db, shelf, values)


def one(db: Db, item_id: str, *, lock: bool = False) -> Any:
    """Return an item, or None; ``lock`` keeps it from being settled by another until this transaction ends."""
    query = select(shelf).where(shelf.c.id == item_id)
    return db.run.execute(query if db.embedded or not lock else query.with_for_update()).first()


def listed(db: Db, scope: Scope, by_id: str, *, settled: bool, limit: int) -> Sequence[Any]:
    """Return the items of a desk's ground and of somebody's own, the newest first."""
    ground = [units.in_scope(scope, shelf.c.path)] + ([shelf.c.path == ""] if units.is_whole(scope) else [])
    query = select(shelf).where(or_(*ground, shelf.c.by_id == by_id))
    if not settled:
        query = query.where(shelf.c.settled_at.is_(None))
    return db.run.execute(query.order_by(shelf.c.at.desc(), shelf.c.id).limit(limit)).all()


def settle(db: Db, item_id: str, now: dt.datetime, by: str, answer: str) -> None:
    """Write that somebody dealt with an item."""
    db.run.execute(shelf.update().where(shelf.c.id == item_id).values(settled_at=now, settled_by=by, answer=answer))


def add_burden(db: Db, values: Mapping[str, Any]) -> bool:
    """Write that a form is a burden; False where the id is there already."""
    return add_once(db, burden, values)


def burden_of(db: Db, burden_id: str) -> Any:
    """Return what an id was used for, or None."""
    return db.run.execute(select(burden).where(burden.c.id == burden_id)).first()


def burdens(db: Db, scope: Scope, since: dt.datetime, until: dt.datetime) -> list[tuple[str, str, int]]:
    """Return (form, path, how many) of a span inside a scope; what has no path is the whole county's."""
    ground = [units.in_scope(scope, burden.c.path)] + ([burden.c.path == ""] if units.is_whole(scope) else [])
    query = select(burden.c.form, burden.c.path, func.count()).where(
        or_(*ground), burden.c.at >= since, burden.c.at <= until
    )  # fmt: skip
    rows = db.run.execute(query.group_by(burden.c.form, burden.c.path).order_by(burden.c.form, burden.c.path))
    return [(row[0], row[1], row[2]) for row in rows]
