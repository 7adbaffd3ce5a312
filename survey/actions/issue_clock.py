"""The clock over all open issues: pauses that are over end, and what is overdue goes up one level (E04 to E06).

It may run as often as one likes, and catches up once after a stop: each act has an id that follows from the issue and
the deadline, so that running twice does nothing twice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geodata.rules.actors import Actor
from geodata.store import settings
from geodata.store.database import Db
from survey.actions import issue_routes, issues
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
    profile = settings.profile(db)
    rows = [row for row in kept.open_before(db, now) if row.state in UNSOLVED]
    events = kept.events_by_issue(db, [row.id for row in rows])
    every = dt.timedelta(days=profile.escalate_days)
    escalated = sum(_escalate(db, now, row, events[row.id], every) for row in rows)
    return {"resumed": resumed, "escalated": escalated}


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


def _escalate(db: Db, now: dt.datetime, row: Any, events: list[Event], every: dt.timedelta) -> int:
    """Hand an overdue issue up one level, once for each span of time that it is overdue."""
    event_id = _made(row.id, f"{row.due.isoformat()} {turn(row.due, now, every)}")
    above = issue_routes.unit_above(db, row, issues.folded(events))
    if above is None or any(event.id == event_id for event in events):
        return 0
    event = _event(event_id, now, row, above)
    issues.written(db, row, events, event, CLOCK)
    return 1


def turn(due: dt.datetime, now: dt.datetime, every: dt.timedelta) -> int:
    """Return in which span since a deadline a moment lies: 0 from the deadline on, then one more every so often.

    After a stop of days an issue goes up one level, not as many as it missed: whoever comes next must have a chance.
    """
    return int((now - due) / every)


def _event(event_id: str, now: dt.datetime, row: Any, above: Any) -> Event:
    reason = "result" if row.result_due is not None and row.due == row.result_due else "progress"
    detail = {"reason": reason, "to": {"kind": "unit", "id": above.id}, "to_level": above.level}
    return Event(event_id, "escalated", now, CLOCK.id, "clock", "", detail)


def _made(parent: str, name: str) -> str:
    return str(uuid.uuid5(uuid.UUID(parent), name))
