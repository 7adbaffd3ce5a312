"""Views of issues that somebody keeps under a name of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select

from geodata.store.database import Db
from survey.store.issue_tables import saved_view


def of_account(db: Db, account_id: str) -> Sequence[Any]:
    """Return somebody's views by name."""
    return db.run.execute(
        select(saved_view).where(saved_view.c.account_id == account_id).order_by(saved_view.c.name)
    ).all()


def one(db: Db, view_id: str) -> Any:
    """Return a view, or None."""
    return db.run.execute(select(saved_view).where(saved_view.c.id == view_id)).first()


def count(db: Db, account_id: str) -> int:
    """Return how many views somebody keeps."""
    query = select(func.count()).select_from(saved_view).where(saved_view.c.account_id == account_id)
    return int(db.run.execute(query).scalar_one())


def put(db: Db, now: dt.datetime, view_id: str, account_id: str, name: str, query: Mapping[str, str]) -> None:
    """Write a view, in the place of the one of its id or of its name."""
    mine = saved_view.c.account_id == account_id
    db.run.execute(delete(saved_view).where(mine, (saved_view.c.id == view_id) | (saved_view.c.name == name)))
    db.run.execute(saved_view.insert().values(id=view_id, account_id=account_id, name=name, query=dict(query), at=now))


def remove(db: Db, view_id: str) -> None:
    """Forget a view."""
    db.run.execute(delete(saved_view).where(saved_view.c.id == view_id))
