"""Who saw a thing: the audit asked by index, so that years of rows are answered at once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from geodata.rules.actors import Scope
from geodata.store import audit as chain
from geodata.store.audit import Entry
from geodata.store.database import Db
from geodata.store.tables import audit, household, membership, unit

GROUND_ACTS = ("export", "wall.made")  # by these a whole ground leaves the house, with the homes on it


def home_of(db: Db, key: str) -> tuple[str, list[str]] | None:
    """Return a home's id, and the paths of every unit it was ever in, by its id or code; None where there is none."""
    found = db.run.execute(select(household.c.id).where(or_(household.c.id == key, household.c.code == key))).scalar()
    if found is None:
        return None
    held = select(unit.c.path).join(membership, membership.c.unit_id == unit.c.id)
    paths = db.run.execute(held.where(membership.c.household_id == found).distinct()).scalars()
    return str(found), sorted(paths)


def about(db: Db, scope: Scope, thing: str, since: dt.datetime, until: dt.datetime, limit: int) -> list[Entry]:
    """Return the newest rows within a scope about one thing, by its id, between two moments."""
    return _entries(db, and_(audit.c.object == thing, _within(scope, since, until)), limit)


def of_grounds(
    db: Db, scope: Scope, paths: Iterable[str], since: dt.datetime, until: dt.datetime, limit: int
) -> list[Entry]:
    """Return the newest rows within a scope by which a ground was taken out that holds one of some paths."""
    above = {"".join(f"{step}/" for step in path.split("/")[:depth]) for path in paths for depth in range(7)}
    taken = and_(audit.c.act.in_(GROUND_ACTS), audit.c.path.in_(sorted(above | {""})))
    return _entries(db, and_(taken, _within(scope, since, until)), limit)


def _within(scope: Scope, since: dt.datetime, until: dt.datetime) -> ColumnElement[bool]:
    return and_(audit.c.at >= since, audit.c.at <= until, chain.within(scope))


def _entries(db: Db, wanted: ColumnElement[bool], limit: int) -> list[Entry]:
    rows: Any = db.run.execute(select(audit).where(wanted).order_by(audit.c.at.desc(), audit.c.seq.desc()).limit(limit))
    return [Entry(r.seq, r.at, r.by, r.act, r.object, r.path, json.loads(r.detail)) for r in rows]
