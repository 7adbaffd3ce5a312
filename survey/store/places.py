from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.database import Db
from geodata.store.tables import unit

_FEW = 500  # names that fit into one statement


def units_named(db: Db, scope: Scope, names: Collection[str]) -> list[Any]:
    """Return the units in force of a scope that bear one of some names, as ``geodata.store.units.SHORT``, by path."""
    wanted = sorted(names)
    found: list[Any] = []
    for start in range(0, len(wanted), _FEW):
        query = select(*units.SHORT).where(
            unit.c.name.in_(wanted[start : start + _FEW]), units.current(), units.in_scope(scope)
        )
        found += db.run.execute(query).all()
    return sorted(found, key=lambda row: row.path)
