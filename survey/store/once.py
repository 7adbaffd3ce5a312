"""Rows under an id that a client made: written once, however often they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from geodata.store.database import Db


def add_once(db: Db, table: Any, values: Mapping[str, Any]) -> bool:
    """Write a row; False where its id is there already, and nothing is written."""
    return db.run.execute(_statement(table, embedded=db.embedded), dict(values)).first() is not None


@cache
def _statement(table: Any, *, embedded: bool) -> Any:
    """Return the statement for a table; built once, for that costs as much as running it."""
    dialect: Any = sqlite if embedded else postgresql
    return dialect.insert(table).on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id)
