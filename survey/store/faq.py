from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from geodata.store.database import Db
from survey.store.issue_tables import faq


def every(db: Db, *, retired: bool = False) -> Sequence[Any]:
    """Return the questions and answers by question, those taken out only where asked for."""
    query = select(faq).order_by(faq.c.question, faq.c.id)
    return db.run.execute(query if retired else query.where(faq.c.retired_at.is_(None))).all()


def one(db: Db, faq_id: str) -> Any:
    """Return a question and its answer, taken out or not, or None."""
    return db.run.execute(select(faq).where(faq.c.id == faq_id)).first()


def add(db: Db, rows: Sequence[Mapping[str, Any]], now: dt.datetime) -> None:
    """Add questions and answers."""
    if rows:
        db.run.execute(faq.insert(), [{"retired_at": None, **row, "changed_at": now} for row in rows])


def change(db: Db, faq_id: str, values: Mapping[str, Any], now: dt.datetime) -> None:
    """Overwrite some columns of a question."""
    db.run.execute(faq.update().where(faq.c.id == faq_id).values(**values, changed_at=now))


def count_one_more(db: Db, faq_id: str, column: str) -> bool:
    """Add one to ``helped`` or ``passed_on`` of a question that is in use; returns whether it is."""
    counted = faq.update().where(faq.c.id == faq_id, faq.c.retired_at.is_(None))
    return bool(db.run.execute(counted.values({column: faq.c[column] + 1})).rowcount)
