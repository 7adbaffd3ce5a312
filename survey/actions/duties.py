"""Duties (``survey.rules.duties``): taken by one worker of several, and given back with what came of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from geodata.actions.whole import require_whole
from geodata.rules.actors import Actor
from geodata.store.database import Db
from survey.rules import duties as rules
from survey.rules.duties import Duty
from survey.store import duties as store


def enrol(db: Db, now: dt.datetime, duties: Sequence[Duty]) -> None:
    """Write down the duties that the store does not know yet."""
    store.enrol(db, {duty.name: rules.first_at(duty, now) for duty in duties})


def due(db: Db, now: dt.datetime) -> list[str]:
    """Return the names of the duties that are due and free, the one due for longest first."""
    return store.due(db, now)


def take(db: Db, now: dt.datetime, duty: Duty, worker: str) -> bool:
    """Take a duty for a while, and tell whether it is this worker's."""
    return store.take(db, now, duty.name, worker, rules.held_until(duty, now))


def keep(db: Db, now: dt.datetime, duty: Duty, worker: str) -> bool:
    """Be heard of, so that the duty stays this worker's; tell whether it still is."""
    return store.keep(db, duty.name, worker, rules.held_until(duty, now))


def finish(
    db: Db, now: dt.datetime, duty: Duty, worker: str, result: Mapping[str, Any], *, failed: bool = False
) -> bool:
    """Give a duty back; tell whether it still was this worker's."""
    again = rules.retry_at(duty, now) if failed else rules.next_at(duty, now)
    return store.finish(db, now, duty.name, worker, again, result)


def list_duties(db: Db, actor: Actor, now: dt.datetime) -> list[dict[str, Any]]:
    """Return every duty with when it was done last, what came of it, when it is due, and who is at it.

    Raises
    ------
    Problem
        ``right.missing`` for who does not hold ``settings`` over the whole county.
    """
    require_whole(db, actor, "settings")
    return [
        {
            "name": row.name, "done_at": row.done_at, "result": row.result, "next_at": row.next_at,
            "held": row.held_until is not None and row.held_until >= now, "held_until": row.held_until,
        }
        for row in store.every(db)
    ]  # fmt: skip
