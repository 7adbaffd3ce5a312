"""Who asked for a thing on ground that is not theirs: the answer is that it does not exist, the audit tells of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import NamedTuple

from geodata.rules.actors import EVERYWHERE, Actor
from geodata.store import audit, households, plans, publications, units
from geodata.store.database import Db

ACT = "access.denied"
_ONCE_IN = dt.timedelta(hours=1)  # trying the same thing again and again fills no audit
_LOOKED_BACK = 20
_ALSO: list[Callable[[Db, str], str | None]] = []


def also(path_of: Callable[[Db, str], str | None]) -> None:
    """Make things of another package known: ``path_of(db, id)`` is the path of their ground, None for no such thing."""
    if path_of not in _ALSO:
        _ALSO.append(path_of)


class Hidden(NamedTuple):
    """A thing that is there, but outside the ground of who asked: its id, and the path of the unit that holds it."""

    id: str
    path: str


def hidden_from(db: Db, actor: Actor, now: dt.datetime, right: str, ids: Iterable[str]) -> list[Hidden]:
    """Return which of some ids name units, homes, plans or publications outside the ground where a right is held.

    An id that names nothing, or something that the actor may see, is not among them, nor is one whose row was written
    within the last hour: nothing needs to be written for those.
    """
    scope = actor.scope(right)
    found = ((thing_id, _path(db, thing_id)) for thing_id in ids)
    outside = (Hidden(thing_id, path) for thing_id, path in found if path is not None and not scope.covers(path))
    return [thing for thing in outside if not _is_known(db, actor, now, thing.id)]


def record(db: Db, actor: Actor, now: dt.datetime, things: Iterable[Hidden], **detail: str) -> None:
    """Write a row of the audit for each thing, on the ground that holds it, so that its own auditors read it."""
    for thing in things:
        audit.record(db, actor, now, ACT, thing.id, thing.path, **detail)


def _path(db: Db, thing_id: str) -> str | None:
    """Return the path of the ground that a thing belongs to, "" for the whole county; None where there is no such."""
    unit = units.one(db, EVERYWHERE, thing_id)
    if unit is not None:
        return str(unit.path)
    home = households.one(db, EVERYWHERE, thing_id)
    if home is not None:
        return str(home.path)
    plan = plans.one(db, EVERYWHERE, thing_id)
    if plan is not None:
        return str(plan.unit_path)
    entry = publications.one(db, thing_id)
    ground = units.one(db, EVERYWHERE, entry.unit_id) if entry is not None and entry.unit_id else None
    if ground is not None:
        return str(ground.path)
    return next((path for path_of in _ALSO if (path := path_of(db, thing_id)) is not None), None)


def _is_known(db: Db, actor: Actor, now: dt.datetime, thing_id: str) -> bool:
    rows, _ = audit.page(db, EVERYWHERE, None, _LOOKED_BACK, thing_id)
    return any(row.act == ACT and row.by == actor.id and row.at > now - _ONCE_IN for row in rows)
