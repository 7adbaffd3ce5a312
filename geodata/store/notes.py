from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from geodata.store.database import Db
from geodata.store.tables import plan_note


def add(db: Db, now: dt.datetime, by: str, **values: Any) -> None:
    """Keep a note on a plan; ``values``: id, plan_id, kind, text, lon, lat, unit_id, revision."""
    db.run.execute(plan_note.insert().values(by=by, at=now, settled=False, **values))


def one(db: Db, note_id: str) -> Any:
    """Return a note, or None."""
    return db.run.execute(select(plan_note).where(plan_note.c.id == note_id)).first()


def of_plan(db: Db, plan_id: str, limit: int) -> Sequence[Any]:
    """Return a plan's notes, the newest first."""
    query = select(plan_note).where(plan_note.c.plan_id == plan_id)
    return db.run.execute(query.order_by(plan_note.c.at.desc(), plan_note.c.id).limit(limit)).all()


def settle(db: Db, note_id: str, settled: bool) -> None:
    """Mark a note as dealt with, or open again."""
    db.run.execute(plan_note.update().where(plan_note.c.id == note_id).values(settled=settled))
