"""A border moves: issues lie where the new net says, and open ones pass to who answers there (B11).

What an issue was when it was reported stays as it was (``path_then``, ``unit_then``, ``chief_then``).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.rules.actors import Actor
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of
from survey.actions import issue_hands
from survey.actions.issue_hands import Passing
from survey.rules.issues import Event
from survey.store import issues as kept

NET = Actor("net", "net")
_LEVELS = tuple(level for level in Level if level.depth >= Level.VILLAGE.depth)


def after_publication(
    db: Db, actor: Actor, now: dt.datetime, publication_id: str, path: str
) -> Counter[tuple[str, str]]:
    """Settle the issues on the ground of a publication, or of its undoing, in the same transaction.

    Parameters
    ----------
    publication_id
        From which the ids of the events follow, so that nothing is handed over twice.
    path
        Of the village whose net changed.

    Returns
    -------
    Counter
        How many open issues passed from one unit to another one, by (old unit, new unit).
    """
    rows = kept.under(db, path)
    if not rows:
        return Counter()
    net = units.with_shapes(db, path, _LEVELS)
    there = _paths_of(rows, net)
    kept.set_paths(db, {row.id: there[row.id] for row in rows if there[row.id] != row.path})
    by_path = {unit.path: unit for unit in net}
    passed: Counter[tuple[str, str]] = Counter()
    passing: list[Passing] = []
    held = [row for row in rows if row.closed_at is None and row.holder_kind == "unit"]
    events = kept.events_by_issue(db, [row.id for row in held])
    for row in held:
        new = _holder(row, there[row.id], by_path)
        if new is not None and new.id != row.holder_id:
            passed[row.holder_id, new.id] += 1
            passing.append(Passing(row, events[row.id], _event(now, row, new, publication_id), new.path))
    issue_hands.pass_on(db, now, NET, passing)
    _follow_paths(db, held, by_path)
    return passed


def _paths_of(rows: Sequence[Any], net: Sequence[Any]) -> dict[str, str]:
    """Return where some issues lie: the path of the deepest unit at each place, its own where none is."""
    deepest = sorted(
        (unit for unit in net if unit.geom is not None), key=lambda unit: (unit.path.count("/"), unit.path)
    )
    points = np.asarray(shapely.points(lonlat_of([row.geom for row in rows])))
    shapes = shapes_of([unit.geom for unit in deepest])
    point, shape = shapely.STRtree(shapes).query(points, predicate="covered_by")
    found = {row.id: str(row.path) for row in rows}
    best: dict[int, int] = {}
    for p, s in zip(point.tolist(), shape.tolist(), strict=True):
        depth = deepest[s].path.count("/")
        if p not in best or depth > deepest[best[p]].path.count("/"):
            best[p] = s  # of several at one depth the first by path, as a point on a border is found
    return found | {rows[p].id: str(deepest[s].path) for p, s in best.items()}


def _holder(row: Any, path: str, by_path: Mapping[str, Any]) -> Any:
    """Return the unit that is to hold an issue: of its holder's level where it lies now, else the nearest above."""
    depth = row.holder_path.count("/")
    steps = path.split("/")[:-1]
    if depth <= Level.VILLAGE.depth + 1:
        return None  # the desk of a village, a town or the county stays what it was
    for count in range(min(depth, len(steps)), 0, -1):
        found = by_path.get("/".join(steps[:count]) + "/")
        if found is not None:
            return found
    return None


def _event(now: dt.datetime, row: Any, new: Any, publication_id: str) -> Event:
    made = str(uuid.uuid5(uuid.UUID(row.id), f"net {publication_id}"))
    detail = {"to": {"kind": "unit", "id": new.id}, "to_level": new.level, "publication": publication_id}
    return Event(made, "handed_over", now, NET.id, "net", "", detail)


def _follow_paths(db: Db, held: Sequence[Any], by_path: Mapping[str, Any]) -> None:
    """Write the paths of holders whose unit stayed but hangs elsewhere now."""
    path_of = {unit.id: path for path, unit in by_path.items()}
    for row in held:
        path = path_of.get(row.holder_id)
        if path is not None and path != row.holder_path:
            kept.update(db, row.id, {"holder_path": path})


@dataclass(frozen=True)
class _Planned:
    """A unit as a plan has it, read like one of the net."""

    id: str
    path: str
    level: str
    geom: Any


def would_pass(db: Db, path: str, planned: Sequence[Any]) -> int:
    """Return how many open issues publishing would pass to another unit.

    Parameters
    ----------
    path
        Of the village that the plan is of.
    planned
        The plan's units: ``unit_id, path, level, geom`` (WKB).
    """
    rows = [row for row in kept.under(db, path, only_open=True) if row.holder_kind == "unit"]
    if not rows:
        return 0
    net = [_Planned(row.unit_id, row.path, row.level, row.geom) for row in planned]
    there, by_path = _paths_of(rows, net), {unit.path: unit for unit in net}
    new = [_holder(row, there[row.id], by_path) for row in rows]
    return sum(1 for row, unit in zip(rows, new, strict=True) if unit is not None and unit.id != row.holder_id)
