from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from geodata.store.database import Db
from survey.store.sign_in_tables import device


@dataclass(frozen=True)
class Device:
    """A phone or computer that stays signed in to one account; of its tokens only digests are kept."""

    id: str
    account_id: str
    name: str
    token_digest: str
    retired_digest: str
    turned_at: dt.datetime
    created_at: dt.datetime
    seen_at: dt.datetime
    network: str


def add(db: Db, made: Device) -> None:
    """Store a device."""
    db.run.execute(insert(device).values(**vars(made)))


def find(db: Db, device_id: str) -> Device | None:
    """Return a device, locked for this transaction on PostgreSQL, so that its token is turned once."""
    row = db.run.execute(select(device).where(device.c.id == device_id).with_for_update()).one_or_none()
    return None if row is None else Device(**row._mapping)


def of_account(db: Db, account_id: str) -> list[Device]:
    """Return an account's devices, the one used last first."""
    query = select(device).where(device.c.account_id == account_id).order_by(device.c.seen_at.desc(), device.c.id)
    return [Device(**row._mapping) for row in db.run.execute(query)]


def turn(db: Db, now: dt.datetime, device_id: str, token_digest: str, retired_digest: str) -> None:
    """Put a device's next token into use."""
    values = {"token_digest": token_digest, "retired_digest": retired_digest, "turned_at": now}
    db.run.execute(update(device).where(device.c.id == device_id).values(**values))


def note_use(db: Db, now: dt.datetime, device_id: str, network: str) -> None:
    """Note when and from which network a device was used last."""
    db.run.execute(update(device).where(device.c.id == device_id).values(seen_at=now, network=network))


def remove(db: Db, ids: Iterable[str]) -> None:
    """Forget devices."""
    db.run.execute(delete(device).where(device.c.id.in_(list(ids))))


def remove_all(db: Db, account_id: str) -> int:
    """Forget every device of an account; return how many."""
    return db.run.execute(delete(device).where(device.c.account_id == account_id)).rowcount
