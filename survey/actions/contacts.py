"""The contact chain (A17): from any home, unit or point up to its 邻长, 组长, 片长 and village, and down from a chief.

Telephones are masked; :func:`call` opens them for who may unmask there, with a reason that goes into the audit first.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from geodata.actions import browse
from geodata.rules.actors import Actor, Scope
from geodata.rules.problems import Problem
from geodata.store import audit, households, units
from geodata.store.database import Db
from survey.actions import officers, posts
from survey.rules.chiefs import CHIEF, LEVELS
from survey.store import appointments


@dataclass(frozen=True)
class Spot:
    """Whose chain is asked for: one of a home, a unit, and a place (lon, lat in degrees)."""

    household_id: str = ""
    unit_id: str = ""
    place: tuple[float, float] | None = None


def chain(db: Db, actor: Actor, now: dt.datetime, spot: Spot) -> dict[str, Any]:
    """Return who answers for a home, a unit or a place, from the 邻长 up to the village, telephones masked.

    Returns
    -------
    dict
        ``steps``: for 邻, 组, 片, village and what is above: the unit, its chief (none while vacant), its team (B22);
        ``answering``: who answers now, and whether they stand in for a vacant post.

    Raises
    ------
    Problem
        ``household.not_found`` (a home asks for the right to see homes), ``unit.not_found``, ``locate.outside``,
        ``contact.no_spot`` where none is named, ``contact.no_unit`` for a home that belongs to no unit.
    """
    return _chain(db, actor, _path(db, actor, now, spot, actor.scope("see")), masked=True)


def call(db: Db, actor: Actor, now: dt.datetime, spot: Spot, reason: str) -> dict[str, Any]:
    """Return the same with the telephones in full; who asked, for which unit and why is in the audit before.

    Raises what ``chain`` does, outside the ground of ``unmask`` too; ``unmask.no_reason``.
    """
    path = _path(db, actor, now, spot, actor.scope("unmask"))
    kept = officers.checked_reason(reason)
    told = _chain(db, actor, path, masked=False)
    shown = [h["officer"]["id"] for step in told["steps"] for h in [*step["chief"], *step["team"]]]
    unit_id = told["steps"][0]["unit"]["id"] if told["steps"] else ""
    audit.record(db, actor, now, "contacts.unmasked", unit_id, path, reason=kept, officers=shown)
    return told


def _path(db: Db, actor: Actor, now: dt.datetime, spot: Spot, scope: Scope) -> str:
    """Return the path of the deepest unit concerned, which must lie in a scope."""
    if spot.household_id:
        home = households.one(db, actor.scope("see_homes"), spot.household_id)
        if home is None:
            raise Problem("household.not_found")
        if not home.path:
            raise Problem("contact.no_unit")
        path = str(home.path)
    elif spot.unit_id:
        unit = units.one(db, scope, spot.unit_id)
        if unit is None:
            raise Problem("unit.not_found")
        path = str(unit.path)
    elif spot.place is not None:
        path = str(browse.locate(db, actor, now, *spot.place)["unit"]["path"])
    else:
        raise Problem("contact.no_spot")
    scope.require(path)
    return path


def _chain(db: Db, actor: Actor, path: str, *, masked: bool) -> dict[str, Any]:
    above = sorted(units.chain(db, path), key=lambda row: -len(row.path))
    held = appointments.of_units(db, [row.id for row in above])
    steps = []
    for row in above:
        terms = held.get(row.id, [])
        steps.append({
            "unit": {"id": row.id, "level": row.level, "code": row.code, "name": row.name}, "level": row.level,
            "chief": [posts.holder(db, actor, t, row.path, masked=masked) for t in terms if t.post == CHIEF],
            "vacant": row.level in LEVELS and not any(t.post == CHIEF for t in terms),
            "team": [
                {"post": t.post, **posts.holder(db, actor, t, row.path, masked=masked)}
                for t in terms if t.post != CHIEF
            ],
        })  # fmt: skip
    deepest = above[0].id if above and above[0].level in LEVELS else ""
    return {"steps": steps, "answering": posts.answering(db, actor, deepest) if deepest else None, "masked": masked}


def homes_of(
    db: Db, actor: Actor, now: dt.datetime, officer_id: str, unit_id: str, after: str, limit: int
) -> dict[str, Any]:
    """Return a page of the homes that a chief answers for, masked: those of one of their units, the first unless named.

    Raises
    ------
    Problem
        ``officer.not_found``; ``unit.not_found`` for a unit that is not theirs.
    """
    officers.find(db, actor, officer_id, "see_homes")
    terms = [t for t in appointments.open_terms(db, officer_ids=[officer_id]) if t.post == CHIEF]
    labels = appointments.unit_labels(db, [term.unit_id for term in terms])
    theirs = sorted((labels[t.unit_id] for t in terms if t.unit_id in labels), key=lambda row: row.path)
    listed = [officers.unit_label(row) for row in theirs]
    if not theirs and not unit_id:
        return {"units": [], "unit": None, "items": [], "next": None, "total": 0}
    chosen = unit_id or theirs[0].id
    if chosen not in {row.id for row in theirs}:
        raise Problem("unit.not_found")
    return {"units": listed, "unit": chosen, **browse.homes_in(db, actor, now, chosen, after, limit)}
