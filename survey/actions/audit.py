from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.rules.actors import Actor
from geodata.rules.problems import Problem
from geodata.store import audit, audit_seen
from geodata.store.database import Db
from survey.rules.spans import span_of
from survey.store import accounts

SEEN_MOST = 500  # a home that more people saw is asked about month by month


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
    return _named(db, shown), str(shown[-1].seq) if len(entries) > limit else "", total


def who_saw(
    db: Db, actor: Actor, now: dt.datetime, thing: str, since: str = "", until: str = ""
) -> tuple[list[AuditRow], bool]:
    """Return who opened, was refused or changed a thing between two moments, or took out the ground it lies on.

    Parameters
    ----------
    thing
        The id or code of a home, or the id of anything else that the audit tells of.
    since, until
        Dates or instants as people write them (``survey.rules.spans``); "" for all.

    Returns
    -------
    tuple
        The newest rows on the actor's ground, at most ``SEEN_MOST``, and whether there are more.

    Raises
    ------
    Problem
        ``right.missing``, and the refusals of ``survey.rules.spans.span_of``.
    """
    scope = actor.scope("audit")
    if not scope.paths:
        raise Problem("right.missing", right="audit")
    begin, end = span_of(since, until, now)
    home = audit_seen.home_of(db, thing)
    thing_id, paths = home or (thing, [])
    entries = audit_seen.about(db, scope, thing_id, begin, end, SEEN_MOST + 1)
    if home:
        entries += audit_seen.of_grounds(db, scope, paths, begin, end, SEEN_MOST + 1)
    entries.sort(key=lambda entry: entry.seq, reverse=True)
    return _named(db, entries[:SEEN_MOST]), len(entries) > SEEN_MOST


def audit_head(db: Db, actor: Actor, now: dt.datetime) -> audit.Head | None:
    """Return the end of the chain, to be kept outside the store; None while nothing was recorded."""
    return audit.head(db)


def head_of(text: str) -> audit.Head | None:
    """Read a head as it is kept, ``SEQ:SEAL``; None for "".

    Raises
    ------
    Problem
        ``audit.bad_head`` (value).
    """
    found = re.fullmatch(r"([0-9]{1,9}):([0-9a-f]{64})", text)
    if text and not found:
        raise Problem("audit.bad_head", value=text[:40])
    return audit.Head(int(found[1]), found[2]) if found else None


def verify_audit(db: Db, actor: Actor, now: dt.datetime, kept: audit.Head | None = None) -> int | None:
    """Return the seq of the first row of the audit that is not as it was written, None when all are.

    Parameters
    ----------
    kept
        A head noted earlier (``audit_head``), through which the chain must still run.
    """
    return audit.verify(db, kept)


def _named(db: Db, entries: Sequence[audit.Entry]) -> list[AuditRow]:
    names = accounts.names(db, [entry.by for entry in entries] + [entry.object for entry in entries])
    return [
        AuditRow(e.seq, e.at, names.get(e.by, e.by), e.act, names.get(e.object, e.object), e.detail) for e in entries
    ]
