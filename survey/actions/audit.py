from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit
from geodata.store.database import Db
from survey.store import accounts


@dataclass(frozen=True)
class AuditRow:
    """One row as it is read: ``by`` is the account's sign-in name, or the id of one that is gone."""

    seq: int
    at: dt.datetime
    by: str
    act: str
    object: str
    detail: dict[str, Any]


def read_audit(
    db: Db, actor: Actor, now: dt.datetime, after: str = "", limit: int = 50, object: str = ""
) -> tuple[list[AuditRow], str, int]:
    """Return the newest audit rows on the actor's ground, the next cursor and the total.

    Parameters
    ----------
    after
        The cursor of the page before: a seq in digits, or "" for the newest.
    object
        Only the rows about one thing, by its id.

    Raises
    ------
    Problem
        ``wire.not_number`` (field, value) for a cursor that is none.
    """
    if after and not re.fullmatch(r"[0-9]{1,9}", after):
        raise Problem("wire.not_number", field="after", value=after[:40])
    entries, total = audit.page(db, actor.scope("audit"), int(after) if after else None, limit + 1, object)
    shown = entries[:limit]
    names = accounts.names(db, [entry.by for entry in shown] + [entry.object for entry in shown])
    rows = [AuditRow(e.seq, e.at, names.get(e.by, e.by), e.act, names.get(e.object, e.object), e.detail) for e in shown]
    return rows, str(shown[-1].seq) if len(entries) > limit else "", total


def verify_audit(db: Db, actor: Actor, now: dt.datetime) -> int | None:
    """Return the seq of the first row of the audit that is not as it was written, None when all are."""
    return audit.verify(db)
