from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from geodata.store.database import Db
from survey.rules.second_factor import secret_bytes, secret_text
from survey.store.sign_in_tables import second_factor


@dataclass(frozen=True)
class Factor:
    """What is kept of an account's second factor.

    Parameters
    ----------
    secret
        The secret in use, None until a code of it was right.
    offered
        A secret that waits for its first code.
    last_step
        The time step of the last code taken.
    recovery
        Digests of the recovery codes that are left.
    """

    secret: bytes | None
    offered: bytes | None
    enrolled_at: dt.datetime | None
    last_step: int
    recovery: tuple[str, ...]


def find(db: Db, account_id: str) -> Factor | None:
    """Return an account's second factor, locked for this transaction on PostgreSQL; None where there is none."""
    query = select(second_factor).where(second_factor.c.account_id == account_id).with_for_update()
    row = db.run.execute(query).one_or_none()
    if row is None:
        return None
    secret, offered = (_opened(db, sealed, account_id) for sealed in (row.secret_sealed, row.offered_sealed))
    return Factor(secret, offered, row.enrolled_at, row.last_step, tuple(row.recovery))


def offer(db: Db, account_id: str, secret: bytes) -> None:
    """Keep a new secret until its first code comes; the one in use stays in use."""
    _put(db, account_id, offered_sealed=_sealed(db, secret, account_id))


def enrol(db: Db, now: dt.datetime, account_id: str, secret: bytes, step: int, recovery: Sequence[str]) -> None:
    """Put a secret into use whose code was right."""
    values = {"last_step": step, "recovery": list(recovery), "enrolled_at": now, "offered_sealed": None}
    _put(db, account_id, secret_sealed=_sealed(db, secret, account_id), **values)


def note_step(db: Db, account_id: str, step: int) -> None:
    """Note the step of the last code taken."""
    _put(db, account_id, last_step=step)


def keep_recovery(db: Db, account_id: str, left: Sequence[str]) -> None:
    """Keep the recovery codes that are left."""
    _put(db, account_id, recovery=list(left))


def remove(db: Db, account_id: str) -> bool:
    """Forget an account's second factor; tell whether there was one in use."""
    gone = delete(second_factor).where(second_factor.c.account_id == account_id)
    return any(row.secret_sealed is not None for row in db.run.execute(gone.returning(second_factor.c.secret_sealed)))


def _put(db: Db, account_id: str, **values: Any) -> None:
    changed = db.run.execute(update(second_factor).where(second_factor.c.account_id == account_id).values(**values))
    if changed.rowcount == 0:
        db.run.execute(insert(second_factor).values(account_id=account_id, **values))


def _sealed(db: Db, secret: bytes, account_id: str) -> bytes | None:
    return db.vault.seal(secret_text(secret), _context(account_id))


def _opened(db: Db, sealed: bytes | None, account_id: str) -> bytes | None:
    return None if sealed is None else secret_bytes(db.vault.open(sealed, _context(account_id)))


def _context(account_id: str) -> str:
    return f"second_factor:secret:{account_id}"
