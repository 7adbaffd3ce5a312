"""What happens to an issue, and what time does to it, told to whom it concerns (``survey.rules.notices``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from geodata.store import settings
from geodata.store.database import Db
from survey.actions.notices import Teller
from survey.rules import notices as rules
from survey.rules.issue_case import Event
from survey.rules.issue_fields import moment_of
from survey.store import issues
from survey.store import notices as store


class _Reminder(NamedTuple):
    """A notice that time alone is the reason of, and its key."""

    key: str
    kind: str
    row: Any
    due: dt.datetime | None = None
    level: str = ""


def tell_event(teller: Teller, row: Any, event: Event, *, reopened: bool = False) -> None:
    """Tell what an event means to others than its author, in the transaction that writes it.

    Parameters
    ----------
    row
        The issue as the event left it.
    reopened
        Whether it goes on since, after it was solved.
    """
    due = moment_of(event.detail.get("sign_by")) or row.due
    for kind in rules.kinds_of(event.kind, reopened=reopened):
        teller.tell_about(kind, row, event.id, due)


def tell_of(db: Db, now: dt.datetime, row: Any, event: Event, *, reopened: bool = False) -> int:
    """Tell of one event (:func:`tell_event`) and return to how many trays it was new."""
    teller = Teller(db, now)
    tell_event(teller, row, event, reopened=reopened)
    return teller.write()


def remind(db: Db, now: dt.datetime) -> int:
    """Tell of deadlines that are near or over, answers that are owed and calls that were not followed, once each.

    The time before is ``remind_hours`` of the profile; so long after it was solved an answer is asked for. It may run
    as often as one likes: what was told before is found by its key before anything else is looked up.

    Returns
    -------
    int
        How many notices are new.
    """
    ahead = dt.timedelta(hours=settings.profile(db).remind_hours)
    wanted = [*_deadlines(db, now, ahead), *_answers(db, now - ahead), *_calls(db, now)]
    known = store.known_keys(db, [one.key for one in wanted])
    teller = Teller(db, now)
    for one in wanted:
        if one.key not in known:
            _tell(teller, one)
    return teller.write()


def _tell(teller: Teller, one: _Reminder) -> None:
    """Tell of one thing; the key of the first tray is the thing's own, so that a new holder is not told again."""
    for n, tray in enumerate(teller.trays(one.kind, one.row, one.level)):
        key = one.key if n == 0 else f"{one.key}:{tray.kind}:{tray.id}"
        teller.tell(one.kind, one.row, tray, key, one.due)


def _deadlines(db: Db, now: dt.datetime, ahead: dt.timedelta) -> Iterable[_Reminder]:
    for row in issues.open_before(db, now + ahead):
        kind = rules.due_kind(row.due, row.result_due, now)
        yield _Reminder(f"{kind}:{row.id}:{row.due.isoformat()}", kind, row, row.due)


def _answers(db: Db, before: dt.datetime) -> Iterable[_Reminder]:
    for row in store.unanswered(db, before):
        yield _Reminder(f"answer_owed:{row.id}:{row.solved_at.isoformat()}", "answer_owed", row)


def _calls(db: Db, now: dt.datetime) -> Iterable[_Reminder]:
    """Find the calls to sign in that are late, each once with its desk's level."""
    late: dict[tuple[str, str], Any] = {}
    for row in store.late_calls(db, now):
        late[row.id, row.sign_by.isoformat()] = row
    events = issues.events_by_issue(db, sorted({issue_id for issue_id, _ in late}))
    for (issue_id, about), row in late.items():
        whistles = [event for event in events[issue_id] if event.kind == "whistled"]
        level = whistles[-1].level if whistles else ""
        yield _Reminder(f"call_late:{issue_id}:{about}", "call_late", row, row.sign_by, level)
