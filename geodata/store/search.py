from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, or_, select

from geodata.rules.actors import Scope
from geodata.store import households, units
from geodata.store.database import Db
from geodata.store.tables import household, unit


def _literal(text: str) -> str:
    """Return text for LIKE with its own wildcards made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def units_like(db: Db, scope: Scope, text: str, limit: int, at: dt.datetime | None = None) -> Sequence[Any]:
    """Return units in force whose name holds the text or whose code begins with it: exact first, then larger ground."""
    pattern = _literal(text)
    matches = or_(unit.c.name.ilike(f"%{pattern}%", escape="\\"), unit.c.code.ilike(f"{pattern}%", escape="\\"))
    rank = case((or_(unit.c.name == text, unit.c.code == text), 0), else_=1)
    query = select(*units.SHORT).where(matches, units.current(at), units.in_scope(scope))
    return db.run.execute(query.order_by(rank, func.length(unit.c.path), unit.c.code).limit(limit)).all()


def homes_like(db: Db, scope: Scope, text: str, limit: int, at: dt.datetime | None = None) -> Sequence[Any]:
    """Return living homes in scope whose code begins with the text or whose address holds it."""
    pattern = _literal(text)
    matches = or_(
        household.c.code.ilike(f"{pattern}%", escape="\\"), household.c.address.ilike(f"%{pattern}%", escape="\\")
    )
    columns = (household.c.id, household.c.code, household.c.address, household.c.geom, unit.c.path)
    query = households.placed(scope, at, *columns).where(matches)
    return db.run.execute(query.order_by(household.c.code).limit(limit)).all()
