"""The clock over all open issues: pauses that are over end, and what is overdue goes up one level (E04 to E06).

It may run as often as one likes, and catches up once after a stop: each act has an id that follows from the issue and
the deadline, so that running twice does nothing twice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from geodata.rules.actors import Actor
from geodata.store import settings, units
from geodata.store.database import Db
from survey.actions import issue_hands, issue_routes, issues
from survey.actions.issue_hands import Passing
from survey.rules.issue_case import UNSOLVED
from survey.rules.issue_fields import moment_of
from survey.rules.issues import Event
from survey.store import issues as kept

CLOCK = Actor("clock", "clock")


def run(db: Db, now: dt.datetime) -> dict[str, int]:
    """Do what time demands of the open issues, and return how many were ``resumed`` and ``escalated``.

    An overdue issue goes to the chief of the unit above its holder's (an office's to the county), waiting for that
    one to take it; it goes up again after each ``escalate_days`` of the profile, at most to the county. Who had it
    keeps sight of it.
    """
    resumed = sum(_resume(db, now, row) for row in kept.paused(db))
    every = dt.timedelta(days=settings.profile(db).escalate_days)
    rows = [row for row in kept.open_before(db, now) if row.state in UNSOLVED]
    events = kept.events_by_issue(db, [row.id for row in rows])
    above = _above(db, rows)
    passing = [
        Passing(row, events[row.id], event, above[row.id].path)
        for row in rows
        if row.id in above
        and (event := _event(now, row, above[row.id], every)).id not in {e.id for e in events[row.id]}
    ]
    issue_hands.pass_on(db, now, CLOCK, passing)
    return {"resumed": resumed, "escalated": len(passing)}


def _above(db: Db, rows: Sequence[Any]) -> dict[str, Any]:
    """Return the unit to which each issue goes up; one that the county holds goes nowhere."""
    paths = {row.id: path for row in rows if (path := issue_routes.path_above(row))}
    found = units.with_paths(db, paths.values())
    return {issue_id: found[path] for issue_id, path in paths.items() if path in found}


def _resume(db: Db, now: dt.datetime, row: Any) -> int:
    """Let the clock of an issue run again where its pause was to end by now."""
    events = kept.events_by_issue(db, [row.id])[row.id]
    pauses = [event for event in events if event.kind == "paused"]
    until = moment_of(pauses[-1].detail.get("until")) if pauses else None
    if until is None or until > now:
        return 0
    event = Event(_made(pauses[-1].id, "resumed"), "resumed", now, CLOCK.id, "clock")
    issues.written(db, row, events, event, CLOCK)
    return 1


def turn(due: dt.datetime, now: dt.datetime, every: dt.timedelta) -> int:
    """Return in which span since a deadline a moment lies: 0 from the deadline on, then one more every so often.

    After a stop of days an issue goes up one level, not as many as it missed: whoever comes next must have a chance.
    """
    return int((now - due) / every)


def _event(now: dt.datetime, row: Any, above: Any, every: dt.timedelta) -> Event:
    """Return the event by which an overdue issue goes up, one for each span of time that it is overdue."""
    event_id = _made(row.id, f"{row.due.isoformat()} {turn(row.due, now, every)}")
    reason = "result" if row.result_due is not None and row.due == row.result_due else "progress"
    detail = {"reason": reason, "to": {"kind": "unit", "id": above.id}, "to_level": above.level}
    return Event(event_id, "escalated", now, CLOCK.id, "clock", "", detail)


def _made(parent: str, name: str) -> str:
    return str(uuid.uuid5(uuid.UUID(parent), name))
