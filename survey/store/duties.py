from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from geodata.store.database import Db
from geodata.store.once import add_once
from survey.store.issue_tables import duty


def enrol(db: Db, first: Mapping[str, dt.datetime]) -> None:
    """Write down the duties that are not there yet, with when each is first due."""
    for name, at in first.items():
        add_once(db, duty, {"name": name, "next_at": at, "held_by": "", "result": {}}, "name")


def every(db: Db) -> Sequence[Any]:
    """Return all duties that were ever enrolled, by name."""
    return db.run.execute(select(duty).order_by(duty.c.name)).all()


def due(db: Db, now: dt.datetime) -> list[str]:
    """Return the duties that are due and that nobody holds, the one due for longest first."""
    query = select(duty.c.name).where(*_free(now)).order_by(duty.c.next_at, duty.c.name)
    return list(db.run.execute(query).scalars())


def take(db: Db, now: dt.datetime, name: str, worker: str, until: dt.datetime) -> bool:
    """Take a duty that is due and free, by one statement: of several workers one is told that it is theirs."""
    taken = duty.update().where(duty.c.name == name, *_free(now)).values(held_by=worker, held_until=until)
    return db.run.execute(taken).rowcount == 1


def keep(db: Db, name: str, worker: str, until: dt.datetime) -> bool:
    """Hold a duty for longer, and tell whether it is still this worker's."""
    held = duty.update().where(duty.c.name == name, duty.c.held_by == worker).values(held_until=until)
    return db.run.execute(held).rowcount == 1


def finish(db: Db, now: dt.datetime, name: str, worker: str, next_at: dt.datetime, result: Mapping[str, Any]) -> bool:
    """Give a duty back with what came of it; one that another worker took meanwhile is left to that one."""
    done = duty.update().where(duty.c.name == name, duty.c.held_by == worker)
    values = {"held_by": "", "held_until": None, "done_at": now, "next_at": next_at, "result": dict(result)}
    return db.run.execute(done.values(values)).rowcount == 1


def _free(now: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    return duty.c.next_at <= now, or_(duty.c.held_until.is_(None), duty.c.held_until < now)
