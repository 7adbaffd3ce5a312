from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text

from geodata.rules.actors import Scope
from geodata.store import units
from geodata.store.bulk import insert_columns
from geodata.store.database import Db
from geodata.store.tables import membership, plan, publication, unit
from geodata.store.types import shapes_of

_LOCK = 431384  # any number of our own: those who change the net take turns on PostgreSQL


def take_turn(db: Db) -> None:
    """Make this transaction the only one that changes the net, until it ends; before it reads what it will change.

    On SQLite a transaction that writes is that already.
    """
    if not db.embedded:
        db.run.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})


def moment_after_last(db: Db, now: dt.datetime) -> dt.datetime:
    """Return ``now``, or a microsecond after the last publication where the clock has not moved past it.

    Two publications within one tick of the clock, or a clock set back, must keep their order.
    """
    take_turn(db)
    last: dt.datetime | None = db.run.execute(select(func.max(publication.c.at))).scalar_one()
    return now if last is None else max(now, last + dt.timedelta(microseconds=1))


def record(db: Db, at: dt.datetime, kind: str, by: str, reason: str, **more: Any) -> int:
    """Write a publication into the ledger and return its number (``seq``)."""
    row = {"id": str(uuid.uuid4()), "kind": kind, "at": at, "by": by, "reason": reason, "counts": {}, **more}
    return int(db.run.execute(publication.insert().values(row).returning(publication.c.seq)).scalar_one())


def one(db: Db, publication_id: str) -> Any:
    """Return a publication by its UUID, or None."""
    return db.run.execute(select(publication).where(publication.c.id == publication_id)).first()


def by_seq(db: Db, seq: int) -> Any:
    """Return a publication by its number in the ledger, or None."""
    return db.run.execute(select(publication).where(publication.c.seq == seq)).first()


def page(db: Db, scope: Scope, before: int, limit: int) -> Sequence[Any]:
    """Return a page of the ledger, newest first, below the number ``before`` (0 = from the newest).

    What concerns no one village (an import) is seen by those who see the whole county.
    """
    names = [_NOW.c[n].label(f"unit_{n}") for n in ("name", "code", "level", "path")]
    query = select(publication, *names).select_from(_WITH_UNIT).where(_seen(scope))
    if before:
        query = query.where(publication.c.seq < before)
    return db.run.execute(query.order_by(publication.c.seq.desc()).limit(limit)).all()


def count(db: Db, scope: Scope) -> int:
    """Return how many entries of the ledger a scope may see."""
    return int(db.run.execute(select(func.count()).select_from(_WITH_UNIT).where(_seen(scope))).scalar_one())


_NOW = unit.alias("unit_now")
_WITH_UNIT = publication.outerjoin(_NOW, and_(_NOW.c.id == publication.c.unit_id, _NOW.c.valid_to.is_(None)))


def _seen(scope: Scope) -> ColumnElement[bool]:
    inside = units.in_scope(scope, _NOW.c.path)
    return or_(publication.c.unit_id.is_(None), inside) if units.is_whole(scope) else inside


def of_unit(db: Db, scope: Scope, unit_id: str) -> Sequence[Any]:
    """Return the publications that made each version of a unit, newest first: seq, kind, at, by, reason, homes."""
    joined = unit.join(publication, publication.c.at == unit.c.valid_from)
    query = select(
        publication.c.id,
        publication.c.seq,
        publication.c.kind,
        publication.c.at,
        publication.c.by,
        publication.c.reason,
        unit.c.homes,
        unit.c.code,
        unit.c.name,
    )
    query = query.select_from(joined).where(unit.c.id == unit_id, units.in_scope(scope))
    return db.run.execute(query.order_by(publication.c.seq.desc()).limit(50)).all()


def last_on(db: Db, path: str) -> int:
    """Return the number of the last publication that changed a unit version under a path; 0 for none."""
    born = select(func.max(unit.c.valid_from)).where(units.under(path))
    died = select(func.max(unit.c.valid_to)).where(units.under(path))
    moments = [m for m in (db.run.execute(born).scalar(), db.run.execute(died).scalar()) if m]
    if not moments:
        return 0
    latest = select(func.max(publication.c.seq)).where(publication.c.at <= max(moments))
    return int(db.run.execute(latest).scalar() or 0)


def mark_undone(db: Db, seq: int, by_seq: int) -> None:
    """Note in the ledger which publication undid another."""
    db.run.execute(publication.update().where(publication.c.seq == seq).values(undone_by=by_seq))


def plan_before(db: Db, unit_id: str, seq: int) -> str | None:
    """Return the plan that was the net of a unit's ground before a publication: the last one it replaced, or None."""
    query = select(publication.c.plan_id).join(plan, plan.c.id == publication.c.plan_id)
    query = query.where(publication.c.unit_id == unit_id, publication.c.seq < seq, plan.c.state == "replaced")
    found: str | None = db.run.execute(query.order_by(publication.c.seq.desc()).limit(1)).scalar()
    return found


def reverse(db: Db, at: dt.datetime, now: dt.datetime) -> tuple[dict[str, int], list[str]]:
    """Undo what the publication of the moment ``at`` did, as new versions from ``now`` on.

    Versions born then end now; versions that ended then are born again. The past itself stays as it was. A home that
    was taken in anew since stays where that put it.

    Returns
    -------
    tuple
        The counts, and the homes that are now held by a unit that is no longer there.
    """
    counts = {}
    for table, key in ((unit, "id"), (membership, "household_id")):
        ended = db.run.execute(
            table.update().where(table.c.valid_from == at, table.c.valid_to.is_(None)).values(valid_to=now)
        ).rowcount
        held = select(table.c[key]).where(table.c.valid_to.is_(None))
        gone = db.run.execute(select(table).where(table.c.valid_to == at, table.c[key].not_in(held))).mappings().all()
        if gone:
            kept = [c.name for c in table.columns if c.name not in ("fid", "valid_from", "valid_to")]
            columns: dict[str, Any] = {name: [row[name] for row in gone] for name in kept}
            if "geom" in columns:
                columns["geom"] = shapes_of(columns["geom"])
            insert_columns(db, table, {**columns, "valid_from": [now] * len(gone)})
        counts["units" if key == "id" else "homes"] = max(ended, len(gone))
    return counts, _left_behind(db, now)


def _left_behind(db: Db, now: dt.datetime) -> list[str]:
    """Return the homes held by units that ended at ``now`` for good."""
    there = select(unit.c.id).where(units.current())
    lost = select(unit.c.id).where(unit.c.valid_to == now, unit.c.id.not_in(there))
    query = select(membership.c.household_id).where(membership.c.valid_to.is_(None), membership.c.unit_id.in_(lost))
    return list(db.run.execute(query).scalars())
