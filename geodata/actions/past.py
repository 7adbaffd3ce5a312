"""What every reading of the net as of an earlier moment needs: the reader's ground then, and how many homes were where.

``at`` is the moment; None is now, and everything here then gives back what it was given.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

from geodata.rules.actors import Actor, Scope
from geodata.store import households, settings, units
from geodata.store.database import Db, Store

_MOMENTS = 3  # a person looks at one moment, or compares two; the counts of a county are some megabytes a moment


@dataclass
class _Then:
    """What is known of a moment: the homes of each unit's path, and the ground of each scope asked for."""

    homes: Mapping[str, int] | None = None
    grounds: dict[tuple[str, ...], Scope] = field(default_factory=dict)


_KEPT: WeakKeyDictionary[Store, OrderedDict[tuple[int, dt.datetime], _Then]] = WeakKeyDictionary()
_TURN = Lock()


def _then(db: Db, at: dt.datetime) -> _Then:
    """Return what is kept of a moment, under the version of the net that the transaction sees: a change forgets it."""
    key = (settings.net_version(db), at)
    with _TURN:
        kept = _KEPT.setdefault(db.store, OrderedDict())
        found = kept.setdefault(key, _Then())
        kept.move_to_end(key)
        while len(kept) > _MOMENTS:
            kept.popitem(last=False)
    return found


def ground(db: Db, actor: Actor, right: str, at: dt.datetime | None) -> Scope:
    """Return the ground within which an actor holds a right today, as it was at a moment (``units.scope_then``)."""
    scope = actor.scope(right)
    if at is None:
        return scope
    known = _then(db, at).grounds
    if scope.paths not in known:
        known[scope.paths] = units.scope_then(db, scope, at)
    return known[scope.paths]


def counted(db: Db, rows: Sequence[Any], at: dt.datetime | None) -> Sequence[Any]:
    """Return unit rows with ``homes`` as of a moment.

    The column of a version says how many homes the unit held when last counted, which may be long after the moment:
    homes come and go without a new version of the unit. The memberships are dated, so they are what is counted.
    """
    if at is None or not rows:
        return rows
    homes = homes_then(db, at)
    return [SimpleNamespace(**{**row._asdict(), "homes": homes.get(row.path, 0)}) for row in rows]


def homes_then(db: Db, at: dt.datetime) -> Mapping[str, int]:
    """Return how many homes each unit's path held at a moment, itself and below; what held none is left out."""
    known = _then(db, at)
    if known.homes is None:
        known.homes = _roll_up(households.count_by_path(db, "", at))
    return known.homes


def _roll_up(held: Sequence[tuple[str, int]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for path, homes in held:
        end = path.find("/")
        while end >= 0:
            above = path[: end + 1]
            totals[above] = totals.get(above, 0) + homes
            end = path.find("/", end + 1)
    return totals
