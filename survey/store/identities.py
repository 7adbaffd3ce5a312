from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from geodata.store.database import Db
from geodata.store.once import add_once
from survey.store.sign_in_tables import outside_identity
from survey.store.tables import sign_in_attempt


class Identity(NamedTuple):
    """Who an account is to a platform, and since when."""

    provider: str
    subject: str
    at: dt.datetime


def account_id(db: Db, provider: str, subject: str) -> str | None:
    """Return the account that a platform's person is tied to, None for nobody's."""
    query = select(outside_identity.c.account_id).where(
        outside_identity.c.provider == provider, outside_identity.c.subject == subject
    )
    return db.run.execute(query).scalar_one_or_none()


def of_account(db: Db, owner_id: str) -> list[Identity]:
    """Return who an account is to each platform, by platform."""
    query = select(outside_identity).where(outside_identity.c.account_id == owner_id)
    rows = db.run.execute(query.order_by(outside_identity.c.provider))
    return [Identity(row.provider, row.subject, row.at) for row in rows]


def put(db: Db, now: dt.datetime, owner_id: str, provider: str, subject: str) -> None:
    """Tie a platform's person to an account, in place of whom it was tied to."""
    remove(db, owner_id, provider)
    values = {"provider": provider, "subject": subject, "account_id": owner_id, "at": now}
    db.run.execute(insert(outside_identity).values(**values))


def remove(db: Db, owner_id: str, provider: str = "") -> int:
    """Untie an account from a platform, from every one where none is named; return how many there were."""
    mine = outside_identity.c.account_id == owner_id
    wanted = mine & (outside_identity.c.provider == provider) if provider else mine
    return db.run.execute(delete(outside_identity).where(wanted)).rowcount


def spend(db: Db, now: dt.datetime, key: str) -> bool:
    """Use something up that may be used once; tell whether it had not been used before."""
    return add_once(db, sign_in_attempt, {"key": key, "failures": 0, "since": now}, "key")
