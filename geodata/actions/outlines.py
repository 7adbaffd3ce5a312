"""The ground of the large units, kept decoded in memory: what every tile of a low zoom draws."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.actions import past
from geodata.rules.actors import Scope
from geodata.rules.units import Level
from geodata.store import settings, units
from geodata.store.database import Db, Store
from geodata.store.types import shapes_of

LARGE = (Level.COUNTY, Level.TOWN, Level.VILLAGE, Level.PIAN)
"""Levels of which a county has some thousand units; a zoom that draws them would read most of them for each tile."""

Shapes = NDArray[np.object_]


class _Unit(NamedTuple):
    """What is drawn of a unit beside its shape."""

    fid: int
    id: str
    code: str
    name: str
    path: str
    homes: int
    label_lon: float | None
    label_lat: float | None
    fill: int


@dataclass(frozen=True)
class _Outlines:
    rows: list[Any]
    shapes: Shapes
    bounds: NDArray[np.float64]


@dataclass
class _Kept:
    version: int
    levels: dict[Level, _Outlines]


_KEPT: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()


def units_in_box(
    db: Db, scope: Scope, box: Sequence[float], levels: Sequence[Level], at: dt.datetime | None = None
) -> dict[Level, tuple[list[Any], Shapes]]:
    """Return the units in force whose box meets a box, with their shapes decoded, level by level.

    The large ones come from memory, which holds them for one version of the net; the version is read in the caller's
    transaction, so that what is drawn is always what the transaction sees. 组 and 邻 come from the store, and as of a
    moment everything does: memory holds the net in force alone.

    Parameters
    ----------
    box
        West, south, east, north in EPSG:4490 degrees.
    """
    kept = [level for level in levels if level in LARGE] if at is None else []
    found = {level: _from_memory(db, scope, box, level) for level in kept}
    small = [level for level in levels if level not in kept]
    rows = past.counted(db, units.in_box(db, scope, box, small, at), at) if small else []
    for level in small:
        chosen = [row for row in rows if row.level == level.value]
        found[level] = (chosen, shapes_of([row.geom for row in chosen]))
    return found


def _from_memory(db: Db, scope: Scope, box: Sequence[float], level: Level) -> tuple[list[Any], Shapes]:
    known = _outlines(db, level)
    west, south, east, north = box
    bounds = known.bounds  # not-a-number, the bounds of a unit without a shape, meets nothing
    meets = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    chosen = [i for i in np.flatnonzero(meets).tolist() if scope.covers(known.rows[i].path)]
    return [known.rows[i] for i in chosen], known.shapes[chosen]


def _outlines(db: Db, level: Level) -> _Outlines:
    version = settings.net_version(db)
    kept = _KEPT.get(db.store)
    if kept is None or kept.version != version:
        kept = _KEPT[db.store] = _Kept(version, {})
    if level not in kept.levels:
        rows = list(units.drawn(db, level))
        shapes = shapes_of([row.geom for row in rows])
        named = [_Unit(*(getattr(row, name) for name in _Unit._fields)) for row in rows]  # the WKB itself may go
        kept.levels[level] = _Outlines(named, shapes, shapely.bounds(shapes).reshape(-1, 4))
    return kept.levels[level]
