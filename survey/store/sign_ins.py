from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, delete, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.store.database import Db, Store
from geodata.store.tables import setting, unit
from survey.rules.attempts import Count
from survey.rules.roles import Account, HeldRole
from survey.store import officer_accounts
from survey.store.sign_in_tables import device, second_factor
from survey.store.tables import account, role_grant, sign_in, sign_in_attempt

_TOUCH_PATIENCE_MS = 20


class Opened(NamedTuple):
    """A session as it was found: whose, since when, when it was last used, and under which parameters of the county.

    ``has_factor`` tells whether the account has a second factor in use, ``device_id`` which device opened it, ``via``
    which platform did.
    """

    account: Account
    at: dt.datetime
    seen_at: dt.datetime
    id: str
    device_id: str | None
    via: str
    has_factor: bool
    profile: Profile


class Listed(NamedTuple):
    """A session as it is shown in a list."""

    id: str
    at: dt.datetime
    seen_at: dt.datetime
    network: str
    device: str
    via: str
    token_digest: str


# asked at every request: one statement, built once
_SESSION = (
    select(
        sign_in.c.at,
        sign_in.c.seen_at,
        sign_in.c.id.label("session_id"),
        sign_in.c.device_id,
        sign_in.c.via,
        second_factor.c.secret_sealed.is_not(None).label("has_factor"),
        select(setting.c.value).where(setting.c.key == "profile").scalar_subquery().label("profile"),
        account.c.id,
        account.c.name,
        account.c.display_name,
        account.c.must_change,
        account.c.created_at,
        account.c.last_seen,
        account.c.officer_id,
        account.c.office_id,
        role_grant.c.role,
        role_grant.c.unit_id,
        unit.c.path,
        unit.c.name.label("unit_name"),
    )
    .join_from(sign_in, account, account.c.id == sign_in.c.account_id)
    .outerjoin(second_factor, second_factor.c.account_id == account.c.id)
    .outerjoin(role_grant, role_grant.c.account_id == account.c.id)
    .outerjoin(unit, and_(unit.c.id == role_grant.c.unit_id, unit.c.valid_to.is_(None)))
    .where(sign_in.c.token_digest == bindparam("digest"), account.c.disabled.is_(False))
    .order_by(role_grant.c.id)
)


def is_writing(db: Db) -> bool:
    """Tell whether a transaction was opened to write."""
    return bool(db.run.get_execution_options().get("sanzhang_writes", False))


def open_session(
    db: Db, now: dt.datetime, account_id: str, token_digest: str, network: str = "", device_id: str | None = None,
    via: str = "",
) -> str:  # fmt: skip
    """Store a session by the digest of its token, and return the id by which it is listed and ended."""
    made = str(uuid.uuid4())
    values = {"id": made, "account_id": account_id, "network": network, "device_id": device_id, "via": via}
    db.run.execute(insert(sign_in).values(token_digest=token_digest, at=now, seen_at=now, **values))
    return made


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
    behind = officer_accounts.behind(db, [one.officer_id]).get(one.officer_id, officer_accounts.Behind())
    found = Account(
        one.id, one.name, one.display_name, one.must_change, False, one.created_at, one.last_seen, one.officer_id,
        one.office_id, held, *behind,
    )  # fmt: skip
    profile = Profile.from_dict(one.profile or {})
    return Opened(
        found, one.at, one.seen_at, one.session_id or "", one.device_id, one.via, bool(one.has_factor), profile
    )


def of_account(db: Db, account_id: str) -> list[Listed]:
    """Return an account's sessions, lapsed ones too, the one used last first."""
    query = (
        select(sign_in, device.c.name.label("device"))
        .outerjoin(device, device.c.id == sign_in.c.device_id)
        .where(sign_in.c.account_id == account_id, sign_in.c.id.is_not(None))
        .order_by(sign_in.c.seen_at.desc(), sign_in.c.id)
    )
    return [
        Listed(row.id, row.at, row.seen_at, row.network, row.device or "", row.via, row.token_digest)
        for row in db.run.execute(query)
    ]


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


def end_one(db: Db, account_id: str, session_id: str) -> bool:
    """End one session of an account by its id; tell whether it was there."""
    found = (sign_in.c.id == session_id) & (sign_in.c.account_id == account_id)
    return db.run.execute(delete(sign_in).where(found)).rowcount > 0


def give_to_device(db: Db, token_digest: str, device_id: str) -> None:
    """Note that a session belongs to a device, so that it ends with it."""
    db.run.execute(update(sign_in).where(sign_in.c.token_digest == token_digest).values(device_id=device_id))


def end_of_device(db: Db, device_id: str) -> int:
    """End the sessions that a device opened; return how many."""
    return db.run.execute(delete(sign_in).where(sign_in.c.device_id == device_id)).rowcount


def end_via(db: Db, account_id: str, via: str) -> int:
    """End the sessions of an account that a platform opened; return how many."""
    return db.run.execute(delete(sign_in).where(sign_in.c.account_id == account_id, sign_in.c.via == via)).rowcount


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
