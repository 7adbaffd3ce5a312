"""Rows that are written once: who sends the same again, or comes second, changes nothing and is told so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from geodata.store.database import Db


def add_once(db: Db, table: Any, values: Mapping[str, Any], unique: str = "id") -> bool:
    """Write a row unless one with the same ``unique`` column is there; tell whether it is new."""
    return db.run.execute(_statement(table, unique, embedded=db.embedded), dict(values)).first() is not None


def add_all_once(db: Db, table: Any, rows: Sequence[Mapping[str, Any]], unique: str = "id") -> int:
    """Write many rows with the same columns as :func:`add_once` does one; return how many are new."""
    if not rows:
        return 0
    return len(db.run.execute(_statement(table, unique, embedded=db.embedded), [dict(row) for row in rows]).all())


@cache
def _statement(table: Any, unique: str, *, embedded: bool) -> Any:
    """Return the statement, built once a table: building it costs as much as running it."""
    dialect: Any = sqlite if embedded else postgresql
    return dialect.insert(table).on_conflict_do_nothing(index_elements=[unique]).returning(table.c[unique])
