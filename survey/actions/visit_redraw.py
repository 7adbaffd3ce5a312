"""Visits that are owed go with the homes: how many of them pass when the net or a holder changes (B11, B12).

Nothing is moved: a visit is owed by a home, and whoever answers for the home owes it. So these only count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from geodata.store import settings
from geodata.store.database import Db
from survey.actions import modules
from survey.rules.visit_sorting import sorting
from survey.store import appointments
from survey.store import visits as store


def would_pass(db: Db, now: dt.datetime, homes: Sequence[str]) -> dict[str, int]:
    """Return how many of some homes are due or overdue, as ``visits_due``; nothing where the county keeps no visits."""
    if not modules.in_use(db)["visits"]:
        return {}
    return {"visits_due": len(store.owing(db, homes, sorting(settings.profile(db), now)))}


def held_by(db: Db, now: dt.datetime, unit_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return the same for all homes under each of some units, by unit."""
    if not modules.in_use(db)["visits"]:
        return {one: {} for one in unit_ids}
    sort = sorting(settings.profile(db), now)
    labels = appointments.unit_labels(db, unit_ids)
    return {
        one: {"visits_due": sum(store.owing_by_unit(db, labels[one].path, sort).values()) if one in labels else 0}
        for one in unit_ids
    }


def moved_at(db: Db, now: dt.datetime, path: str, at: dt.datetime) -> dict[tuple[str, str], int] | None:
    """Return how many homes that owe a visit went from one unit to another at a moment; None where none are kept."""
    if not modules.in_use(db)["visits"]:
        return None
    return store.moved_owing(db, path, at, sorting(settings.profile(db), now))
