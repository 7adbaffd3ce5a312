"""What the field found otherwise, in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.database import Db
from geodata.store.once import add_once
from geodata.store.tables import household
from survey.store.visit_tables import finding


def add(db: Db, values: Mapping[str, Any]) -> bool:
    """Write a finding; False where its id is there already."""
    return add_once(db, finding, values)


def one(db: Db, finding_id: str, *, lock: bool = False) -> Any:
    """Return a finding, or None; ``lock`` keeps it from being settled by another until this transaction ends."""
    query = select(finding).where(finding.c.id == finding_id)
    return db.run.execute(query if db.embedded or not lock else query.with_for_update()).first()


def page(
    db: Db, scope: Scope, by_id: str, path: str, state: str, after: str, limit: int
) -> tuple[Sequence[Any], str | None]:
    """Return a page of the findings of a desk's ground and of somebody's own, the newest first, and the next cursor."""
    seen = or_(units.in_scope(scope, finding.c.path), finding.c.by_id == by_id)
    query = select(finding).where(seen, units.under(path, finding.c.path))
    if state:
        query = query.where(finding.c.state == state)
    if after.isdigit():
        query = query.where(finding.c.fid < int(after))
    rows = db.run.execute(query.order_by(finding.c.fid.desc()).limit(limit)).all()
    return rows, str(rows[-1].fid) if len(rows) == limit else None


def homes_of(db: Db, ids: Sequence[str]) -> dict[str, Any]:
    """Return code, address and place of the homes that findings are about, retired ones too, by id."""
    query = select(household.c.id, household.c.code, household.c.address, household.c.geom)
    return {row.id: row for row in db.run.execute(query.where(household.c.id.in_(list(ids)))).all()}


def settle(db: Db, finding_id: str, now: dt.datetime, by: str, state: str, answer: str) -> None:
    """Write what became of a finding."""
    values = {"state": state, "settled_by": by, "settled_at": now, "answer": answer}
    db.run.execute(finding.update().where(finding.c.id == finding_id).values(**values))
