from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from geodata.store.database import Db
from survey.store.issue_tables import issue_category

_ONE = select(issue_category).where(issue_category.c.id == bindparam("chosen"))  # asked with every report: built once


def every(db: Db, *, retired: bool = False) -> Sequence[Any]:
    """Return the categories in their order, with those that were retired only where asked for."""
    query = select(issue_category).order_by(issue_category.c.position, issue_category.c.code, issue_category.c.id)
    return db.run.execute(query if retired else query.where(issue_category.c.retired_at.is_(None))).all()


def one(db: Db, category_id: str) -> Any:
    """Return a category, retired or not, or None."""
    return db.run.execute(_ONE, {"chosen": category_id}).first()


def count(db: Db) -> int:
    """Return how many categories there are, retired ones too."""
    return int(db.run.execute(select(func.count()).select_from(issue_category)).scalar_one())


def last_position(db: Db) -> int:
    """Return the position of the last category, -1 where there is none."""
    return int(db.run.execute(select(func.coalesce(func.max(issue_category.c.position), -1))).scalar_one())


def add(db: Db, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add categories; one that another writer has added meanwhile stays as it is."""
    if rows:
        statement = (sqlite if db.embedded else postgresql).insert(issue_category)
        db.run.execute(statement.on_conflict_do_nothing(), [dict(row) for row in rows])


def change(db: Db, category_id: str, values: Mapping[str, Any]) -> None:
    """Overwrite some columns of a category."""
    db.run.execute(issue_category.update().where(issue_category.c.id == category_id).values(**values))


def retire_others(db: Db, scheme: str, version: str, now: dt.datetime) -> int:
    """Retire what is in force of a scheme in other versions than one; returns how many that were."""
    others = issue_category.update().where(
        issue_category.c.scheme == scheme, issue_category.c.version != version, issue_category.c.retired_at.is_(None)
    )
    return int(db.run.execute(others.values(retired_at=now)).rowcount)
