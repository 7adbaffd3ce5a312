"""Visits in the tiny county of ``tests/village.py``: homes, who visits them, and one tap each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geodata.rules.actors import Actor
from geodata.store import households, units
from geodata.store.database import Store
from geodata.store.tables import household, membership, unit
from survey.actions import visits
from tests.issuing import NOW, chief, new_id
from tests.people import VILLAGE_PATHS

__all__ = ["NOW", "chief", "new_id"]


def homes(store: Store, path: str = VILLAGE_PATHS[0]) -> list[Any]:
    """Return the homes under a path, by id."""
    with store.read() as db:
        return list(households.under(db, path))


def lin_paths(store: Store, path: str = VILLAGE_PATHS[0]) -> list[str]:
    """Return the paths of the 邻 under a path."""
    with store.read() as db:
        return [row.path for row in units.with_level(db, path, units.Level.LIN)]


def said(home: Any, **more: Any) -> dict[str, Any]:
    """Return what a phone sends of a visit to a home."""
    return {"kind": "visit", "outcome": "home", "household": home.id, **more}


def log(store: Store, actor: Actor, body: dict[str, Any], now: dt.datetime = NOW, visit_id: str = "") -> Any:
    """Log a visit and return its row and whether it is new."""
    with store.write() as db:
        return visits.log(db, actor, now, visit_id or new_id(), body)


def move_home(store: Store, home_id: str, path: str, at: dt.datetime) -> None:
    """Let a home belong to another unit from a moment on, as a redraw does."""
    with store.write() as db:
        held = units.with_paths(db, [path])[path]
        households.leave(db, [home_id], at)
        households.place(db, [home_id], [held.id], at)


def end_unit(store: Store, path: str, at: dt.datetime) -> None:
    """Let a unit be gone from a moment on, as a redraw does."""
    with store.write() as db:
        db.run.execute(unit.update().where(unit.c.path == path, unit.c.valid_to.is_(None)).values(valid_to=at))


def retire(store: Store, home_id: str, at: dt.datetime) -> None:
    """Take a home from the register at a moment."""
    with store.write() as db:
        db.run.execute(household.update().where(household.c.id == home_id).values(retired_at=at))
        db.run.execute(membership.update().where(membership.c.household_id == home_id).values(valid_to=at))
