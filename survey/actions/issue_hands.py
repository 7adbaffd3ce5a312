"""Many issues change hands at once: by the clock, by a redraw. The same as one by one, each question asked once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.rules.actors import Actor
from geodata.store.database import Db
from survey.actions import issue_notices, issues
from survey.actions.notices import Teller
from survey.rules.issue_row import columns_of, parties_of
from survey.rules.issues import Event
from survey.store import issues as kept


@dataclass(frozen=True)
class Passing:
    """An issue that goes to another unit.

    Parameters
    ----------
    row
        The issue (columns of its table).
    before
        Its events until now.
    event
        The one by which it passes, nobody's but the system's: its id is new.
    path
        Of the unit that holds it from then on.
    """

    row: Any
    before: Sequence[Event]
    event: Event
    path: str


def pass_on(db: Db, now: dt.datetime, actor: Actor, passing: Sequence[Passing]) -> None:
    """Write the events, what the issues have come to with them, and the notices to those who have them now."""
    calendar = issues.calendar_of(db)
    events, changed, parties = [], {}, []
    for one in passing:
        event = issues.behind(one.before, one.event)
        case = issues.folded([*one.before, event])
        events.append((one.row.id, event))
        changed[one.row.id] = {**columns_of(case, calendar), "holder_path": one.path}
        parties += [{"issue_id": one.row.id, **party} for party in parties_of(case)]
    kept.add_events(db, [issues.stored(issue_id, event, actor) for issue_id, event in events])
    kept.update_many(db, changed)
    kept.set_parties_of_many(db, list(changed), parties)
    after, teller = kept.some(db, list(changed)), Teller(db, now)
    for issue_id, event in events:
        issue_notices.tell_event(teller, after[issue_id], event)
    teller.write()
