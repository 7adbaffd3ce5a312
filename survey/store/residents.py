"""What residents sent, in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, literal, select, tuple_, type_coerce

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.database import Db
from geodata.store.once import add_once
from survey.store.visit_tables import resident_report as report


def add(db: Db, values: Mapping[str, Any]) -> bool:
    """Write a report; False where its id is there already."""
    return add_once(db, report, values)


def one(db: Db, report_id: str, *, lock: bool = False) -> Any:
    """Return a report, or None; ``lock`` keeps it from being settled by another until this transaction ends."""
    query = select(report).where(report.c.id == report_id)
    return db.run.execute(query if db.embedded or not lock else query.with_for_update()).first()


def by_code(db: Db, code_digest: str) -> Any:
    """Return the report that a code follows, or None."""
    return db.run.execute(select(report).where(report.c.code_digest == code_digest)).first()


def nth_latest(db: Db, place_digest: str, n: int) -> dt.datetime | None:
    """Return when the n-th report counted back came from a place, "" for all places; None where there are fewer."""
    query = select(report.c.at).order_by(report.c.at.desc()).offset(n - 1).limit(1)
    return db.run.execute(query.where(report.c.place_digest == place_digest) if place_digest else query).scalar()


def forget_places(db: Db, before: dt.datetime) -> None:
    """Empty where reports came from that are older than a moment."""
    old = (report.c.at < before) & (report.c.place_digest != "")
    db.run.execute(report.update().where(old).values(place_digest=""))


def page(db: Db, scope: Scope, state: str, after: str, limit: int) -> tuple[Sequence[Any], str | None]:
    """Return a page of the reports of a ground, the oldest first, and the next cursor."""
    query = select(report).where(units.in_scope(scope, report.c.path))
    if state:
        query = query.where(report.c.state == state)
    at_text: Any = type_coerce(report.c.at, Text)
    if after:
        at, _, last = after.partition("|")
        query = query.where(tuple_(at_text, report.c.id) > tuple_(literal(at), literal(last)))
    rows = db.run.execute(
        query.add_columns(at_text.label("sort_key")).order_by(at_text, report.c.id).limit(limit)
    ).all()
    return rows, f"{rows[-1].sort_key}|{rows[-1].id}" if len(rows) == limit else None


def settle(db: Db, report_id: str, now: dt.datetime, by: str, values: Mapping[str, Any]) -> None:
    """Write what became of a report."""
    done = {"settled_by": by, "settled_at": now, **values}
    db.run.execute(report.update().where(report.c.id == report_id).values(**done))
