"""The audit: who did what and when, one chained row an act, only ever added (等保 GB/T 22239-2019 8.1.4.3).

Each row carries an HMAC over the seal before it and its own content, so that changing, removing, inserting or moving
a row breaks the chain at that place. A sealed head beside the chain shows rows cut off at its end. The key lies
outside the database: who can write the tables alone can break the chain, but not mend it.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, text

from geodata.rules.actors import Actor, Scope
from geodata.store import settings, units
from geodata.store.database import Db
from geodata.store.tables import audit

_REFUSAL = "audit rows are only ever added"

GUARD_SQLITE: tuple[str, ...] = (
    f"CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    # INSERT OR REPLACE removes the old row without asking the delete trigger
    "CREATE TRIGGER IF NOT EXISTS audit_no_replace BEFORE INSERT ON audit "  # noqa: S608 - ours
    "WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq) "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
GUARD_POSTGRESQL: tuple[str, ...] = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
    "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE OR REPLACE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)

_HEAD = "audit.head"
_LOCK = 431383  # any number of our own: writers of the chain take turns on PostgreSQL
_BROKEN = "head lost"  # what a row is chained to when the head is missing or forged: verify then names that row
_PERSONAL = frozenset({"phone", "head_name", "id_number", "password", "token", "display_name"})
_BATCH = 5000
_LOWEST = -(2**31)
_ADD = insert(audit)


@dataclass(frozen=True)
class Entry:
    """One row of the audit.

    Parameters
    ----------
    seq
        Its place in the chain, from 1.
    by
        The account's id, ``operator``, or "" where nobody was signed in.
    act, object
        What was done (dotted, like ``session.open``) and the id of what it was done to.
    path
        The ground concerned, by which readers are limited; "" for the whole county.
    detail
        Plain values, never personal data.
    """

    seq: int
    at: dt.datetime
    by: str
    act: str
    object: str
    path: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Head:
    """The end of the chain, to be kept elsewhere: rows cut off or a store set back are then seen by ``verify``."""

    seq: int
    seal: str


def record(db: Db, actor: Actor, now: dt.datetime, act: str, object: str = "", path: str = "", **detail: Any) -> int:
    """Add one row to the chain in the caller's transaction, so that an act without its row cannot be.

    Call it last in an action: on PostgreSQL it makes other writers of the chain wait until the transaction ends, and
    whoever already waits for rows of this transaction must not be waited for.

    Returns
    -------
    int
        The row's seq.

    Raises
    ------
    ValueError
        When a detail is named like personal data; that is a defect, not a refusal.
    """
    if _PERSONAL & detail.keys():
        raise ValueError(f"the audit holds no personal data: {sorted(_PERSONAL & detail.keys())}")
    if not db.embedded:
        db.run.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
    before = _chain_end(db)
    entry = Entry(before.seq + 1, now, actor.id, act, object, path, detail)
    written = json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)
    seal = db.vault.sign(_canonical(before.seal, entry, written))
    row = {"seq": entry.seq, "at": now, "by": entry.by, "act": act, "object": object, "path": path}
    db.run.execute(_ADD, {**row, "detail": written, "seal": seal})
    end = Head(entry.seq, seal)
    settings.put(db, _HEAD, {"seq": end.seq, "seal": end.seal, "proof": _head_proof(db, end)})
    return entry.seq


def verify(db: Db, kept: Head | None = None) -> int | None:
    """Return the seq of the first row that is changed, missing, moved or added by another hand; None when whole.

    Parameters
    ----------
    kept
        A head noted earlier outside the store; the chain must still run through it.
    """
    before, cursor = Head(0, ""), _LOWEST  # a row smuggled in below 1 must be met as well
    while rows := _rows_after(db, cursor):
        cursor = rows[-1].seq
        for row in rows:
            entry = Entry(row.seq, row.at, row.by, row.act, row.object, row.path, {})
            seal = db.vault.sign(_canonical(before.seal, entry, row.detail))
            if row.seq != before.seq + 1 or not hmac.compare_digest(seal, row.seal):
                return before.seq + 1
            if kept and kept.seq == row.seq and not hmac.compare_digest(kept.seal, seal):
                return kept.seq
            before = Head(row.seq, seal)
    if kept and kept.seq > before.seq:
        return before.seq + 1
    stored, known = _stored_head(db)
    if stored == before or (before.seq == 0 and not known):
        return None
    return before.seq + 1


def head(db: Db) -> Head | None:
    """Return the end of the chain for keeping elsewhere, None while nothing was recorded."""
    return _stored_head(db)[0]


def page(
    db: Db, scope: Scope, before_seq: int | None = None, limit: int = 50, object: str = ""
) -> tuple[list[Entry], int]:
    """Return the newest rows before a seq within a scope, and how many there are in all.

    Parameters
    ----------
    before_seq
        The last seq of the page before, None for the newest.
    object
        Only the rows about this thing ("who saw this home?"), by index.
    """
    wanted = within(scope)
    if object:
        wanted = wanted & (audit.c.object == object)
    total = db.run.execute(select(func.count()).select_from(audit).where(wanted)).scalar_one()
    query = select(audit).where(wanted)
    if before_seq is not None:
        query = query.where(audit.c.seq < before_seq)
    rows = db.run.execute(query.order_by(audit.c.seq.desc()).limit(limit))
    return [Entry(r.seq, r.at, r.by, r.act, r.object, r.path, json.loads(r.detail)) for r in rows], total


def _canonical(seal_before: str, entry: Entry, detail: str) -> bytes:
    # a JSON array: no separator inside a value can make two different rows read alike
    moment = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    fields = [seal_before, entry.seq, moment, entry.by, entry.act, entry.object, entry.path, detail]
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":")).encode()


def _chain_end(db: Db) -> Head:
    """Return what the next row is chained to."""
    stored, known = _stored_head(db)
    if stored:
        return stored
    last = db.run.execute(select(func.max(audit.c.seq))).scalar_one() or 0
    return Head(last, _BROKEN if last or known else "")


def _stored_head(db: Db) -> tuple[Head | None, bool]:
    """Return the head if it is there and ours, and whether anything stands in its place."""
    value = settings.get(db, _HEAD)
    if value is None:
        return None, False
    claimed = Head(int(value["seq"]), str(value["seal"]))
    honest = hmac.compare_digest(_head_proof(db, claimed), str(value["proof"]))
    return (claimed if honest else None), True


def _head_proof(db: Db, claimed: Head) -> str:
    return db.vault.sign(f"head {claimed.seq} {claimed.seal}".encode())


def _rows_after(db: Db, seq: int) -> list[Any]:
    query = select(audit).where(audit.c.seq > seq).order_by(audit.c.seq).limit(_BATCH)
    return list(db.run.execute(query))


def within(scope: Scope) -> ColumnElement[bool]:
    """Return the condition for rows of the ground that a reader answers for."""
    inside = units.in_scope(scope, audit.c.path)
    if any(path.count("/") == 1 for path in scope.paths):  # what concerns no place in particular is the county's
        return or_(inside, audit.c.path == "")
    return inside
