from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from geodata.rules.problems import Problem
from geodata.store.database import Db, Store
from geodata.store.tables import unit
from survey.rules.attempts import Count
from survey.rules.roles import Account, HeldRole
from survey.store.tables import account, role_grant, sign_in, sign_in_attempt

_TOUCH_PATIENCE_MS = 20


class Opened(NamedTuple):
    """A session as it was found: whose, since when, and when it was last used."""

    account: Account
    at: dt.datetime
    seen_at: dt.datetime


# asked at every request: one statement, built once
_SESSION = (
    select(
        sign_in.c.at,
        sign_in.c.seen_at,
        account.c.id,
        account.c.name,
        account.c.display_name,
        account.c.must_change,
        account.c.created_at,
        account.c.last_seen,
        role_grant.c.role,
        role_grant.c.unit_id,
        unit.c.path,
        unit.c.name.label("unit_name"),
    )
    .join_from(sign_in, account, account.c.id == sign_in.c.account_id)
    .outerjoin(role_grant, role_grant.c.account_id == account.c.id)
    .outerjoin(unit, and_(unit.c.id == role_grant.c.unit_id, unit.c.valid_to.is_(None)))
    .where(sign_in.c.token_digest == bindparam("digest"), account.c.disabled.is_(False))
    .order_by(role_grant.c.id)
)


def is_writing(db: Db) -> bool:
    """Tell whether a transaction was opened to write."""
    return bool(db.run.get_execution_options().get("sanzhang_writes", False))


def open_session(db: Db, now: dt.datetime, account_id: str, token_digest: str) -> None:
    """Store a session by the digest of its token."""
    db.run.execute(insert(sign_in).values(token_digest=token_digest, account_id=account_id, at=now, seen_at=now))


def find(db: Db, token_digest: str) -> Opened | None:
    """Return a session, however old, with its account and what that holds today; None for a disabled account."""
    rows = db.run.execute(_SESSION, {"digest": token_digest}).all()
    if not rows:
        return None
    held = tuple(
        HeldRole(row.role, row.unit_id, row.path if row.unit_id else "", row.unit_name or "")
        for row in rows
        if row.role is not None
    )
    one = rows[0]
    found = Account(
        one.id, one.name, one.display_name, one.must_change, False, one.created_at, one.last_seen, roles=held
    )
    return Opened(found, one.at, one.seen_at)


def touch(db: Db, now: dt.datetime, token_digest: str) -> bool:
    """Note that a session is in use, without making a reader wait for the writer's place.

    In a writing transaction of the GeoPackage it is one more statement. Elsewhere it is a short transaction of its own
    that gives up after 20 ms: a session is noted at the next request then, and 30 minutes hold many.
    """
    statement = update(sign_in).where(sign_in.c.token_digest == token_digest).values(seen_at=now)
    if db.embedded and is_writing(db):
        db.run.execute(statement)
        return True
    return _aside(db.store, statement)


def _aside(store: Store, statement: Any) -> bool:
    try:
        with store.write(waits=False) as db:
            if not store.embedded:
                db.run.execute(text(f"SET LOCAL lock_timeout = {_TOUCH_PATIENCE_MS}"))
            db.run.execute(statement)
    except Problem as problem:
        if problem.code != "store.busy":
            raise
        return False
    return True


def end(db: Db, token_digest: str) -> None:
    """End one session."""
    db.run.execute(delete(sign_in).where(sign_in.c.token_digest == token_digest))


def end_all(db: Db, account_id: str, but: str = "") -> int:
    """End every session of an account, except one if its digest is given; return how many."""
    return db.run.execute(
        delete(sign_in).where(sign_in.c.account_id == account_id, sign_in.c.token_digest != but)
    ).rowcount


def end_older(db: Db, account_id: str, opened_before: dt.datetime) -> None:
    """Forget an account's sessions that lapsed long ago."""
    db.run.execute(delete(sign_in).where(sign_in.c.account_id == account_id, sign_in.c.at < opened_before))


def counts(db: Db, keys: Mapping[str, str]) -> list[Count]:
    """Return the failures kept under each of the keys (kind -> key)."""
    kinds = {key: kind for kind, key in keys.items()}
    rows = db.run.execute(select(sign_in_attempt).where(sign_in_attempt.c.key.in_(kinds)))
    return [Count(kinds[row.key], row.failures, row.since) for row in rows]


def put_count(db: Db, key: str, failures: int, now: dt.datetime) -> None:
    """Set the failures kept under a key, and the moment of the last."""
    dialect = sqlite if db.embedded else postgresql
    statement = dialect.insert(sign_in_attempt).values(key=key, failures=failures, since=now)
    db.run.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"failures": failures, "since": now}))


def lock_counts(db: Db, key: str) -> None:
    """Make tries under one key take turns on PostgreSQL, so that a hundred at once are counted as a hundred."""
    if not db.embedded:
        db.run.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 431385))"), {"key": key})


def noted_at(db: Db, key: str) -> dt.datetime | None:
    """Return the moment kept under a key."""
    return db.run.execute(select(sign_in_attempt.c.since).where(sign_in_attempt.c.key == key)).scalar_one_or_none()


def forget(db: Db, prefix: str, before: dt.datetime) -> None:
    """Forget what was kept under keys with a prefix that ends in ``:`` and has not changed since a moment."""
    inside = (sign_in_attempt.c.key >= prefix) & (sign_in_attempt.c.key < prefix[:-1] + ";")
    db.run.execute(delete(sign_in_attempt).where(inside, sign_in_attempt.c.since < before))
