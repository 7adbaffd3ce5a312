"""What is kept of a case beside its events, so that lists and deadlines are asked of an index."""

from __future__ import annotations

import datetime as dt
from typing import Any

from survey.rules.deadlines import Calendar, clock
from survey.rules.issue_case import Case


def columns_of(case: Case, calendar: Calendar) -> dict[str, Any]:
    """Return the columns of table ``issue`` that follow from its events."""
    owed = case.clock(calendar)
    nearest = [one for one in (owed.result_due, owed.progress_due) if one is not None]
    ended = case.closed_at if not case.is_open else None
    return {
        "category_id": case.category_id, "grade": case.grade, "state": case.state,
        "holder_kind": case.holder.kind, "holder_id": case.holder.id,
        "result_due": result_term(case, calendar), "progress_due": owed.progress_due,
        "due": min(nearest, default=None),
        "paused": case.is_paused, "accepted_at": case.accepted_at, "solved_at": case.solved_at,
        "answered_at": case.answered_at, "closed_at": ended, "rating": case.rating, "level": case.level,
        "voices": case.voices, "bounces": case.bounces, "reopened": case.reopened, "events": case.counted,
        "merged_into": case.merged_into or None, "deleted_at": ended if case.state == "withdrawn" else None,
    }  # fmt: skip


def result_term(case: Case, calendar: Calendar) -> dt.datetime | None:
    """Return by when a result was or is owed, also after there is one, so that being on time can be counted later."""
    return clock(case.grade, case.since, case.since, case.rests, calendar).result_due


def parties_of(case: Case) -> list[dict[str, Any]]:
    """Return the rows of table ``issue_party``: who is engaged beside the holder, each once, in the nearest role."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    rows: list[tuple[str, str, str, dt.datetime | None]] = [(one.kind, one.id, "told", None) for one in case.told]
    rows += [("office", one, "helper", None) for one in case.helpers]
    rows += [("office", one, "called", whistle.sign_by) for whistle in case.whistles for one in whistle.missing()]
    for kind, party_id, role, sign_by in rows:
        if (kind, party_id) != (case.holder.kind, case.holder.id):
            found[kind, party_id] = {"kind": kind, "party_id": party_id, "role": role, "sign_by": sign_by}
    return list(found.values())
