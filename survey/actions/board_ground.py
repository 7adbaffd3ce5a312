"""The ground that somebody looks at on the board: whose it is, its units or cells of a level, its issues, its homes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.rules import crs, grids
from geodata.rules.actors import EVERYWHERE, Actor, Scope
from geodata.rules.asof import moment_of
from geodata.rules.hotspots import Near, within_band
from geodata.rules.problems import Problem
from geodata.rules.units import Level
from geodata.store import units
from geodata.store.database import Db
from geodata.store.types import lonlat_of, shapes_of
from survey.actions.board_read import Known, known, micros
from survey.rules.board_data import AsOf, Bools, Floats, Ints, as_of, inside, rows_of_units
from survey.rules.board_query import UNIT_LEVELS, BoardQuery
from survey.store import board

_NEIGHBOURS = 8
"""Where no band is asked for, the middle unit has so many others within it."""
_BAND_STEP_M = 50.0


@dataclass(frozen=True)
class Look:
    """What a query looks at.

    Parameters
    ----------
    now, at
        When it is looked at, and the moment as of which issues are counted.
    unit
        The unit that was asked for, else the one that the reader's ground is; None for several.
    path
        Of the unit asked for, "" for all of the reader's ground.
    chosen
        (n,) issues on the ground that the filter keeps, open or not.
    """

    known: Known
    query: BoardQuery
    now: dt.datetime
    at: dt.datetime
    scope: Scope
    restricted: Scope
    unit: Any
    path: str
    then: AsOf
    ground: Bools
    chosen: Bools

    @property
    def open(self) -> Bools:
        """(n,) which of the chosen were unsolved."""
        return self.chosen & self.then.open


def look(db: Db, actor: Actor, now: dt.datetime, query: BoardQuery) -> Look:
    """Return what somebody looks at by a query: never more than the ground on which they hold the right ``issues``.

    Raises
    ------
    Problem
        ``unit.not_found`` for a unit that is not there or of which nothing is theirs; ``as_of.unreadable``,
        ``as_of.future``; ``county.no_ground``.
    """
    scope, restricted = actor.scope("issues"), actor.scope("restricted")
    unit = _unit(db, scope, query.unit)
    path = str(unit.path) if query.unit and unit is not None else ""
    held = known(db)
    at = moment_of(query.at, now) or now
    then = as_of(held.issues, held.stays, micros(at))
    ground = inside(held.issues, scope, restricted, path)
    return Look(
        held, query, now, at, scope, restricted, unit, path, then, ground, ground & query.keeps(held.issues, then)
    )


def _unit(db: Db, scope: Scope, unit_id: str) -> Any:
    if unit_id:
        found = units.one(db, EVERYWHERE, unit_id)
        if found is None or not (scope.covers(found.path) or any(p.startswith(found.path) for p in scope.paths)):
            raise Problem("unit.not_found")
        return found
    rows = units.tops(db, scope, "", 2)
    return rows[0] if len(rows) == 1 else None


@dataclass(frozen=True)
class Places:
    """The units of a level, or the cells of a grid, on the ground that is looked at; the arrays stand side by side.

    Parameters
    ----------
    level
        One of ``UNIT_LEVELS`` or of the grids.
    id, code, name, path
        (n,); of a cell the id is its form, side, column and row, and there is no path.
    homes
        (n,) homes at risk: today's.
    xy
        (n, 2) label points or middles, metres in the county's zone.
    row
        (issues,) in which place each issue of the county lies, -1 for none.
    shapes
        (n,) WKB in degrees of units, polygons in metres of cells.
    """

    level: str
    id: Sequence[str]
    code: Sequence[str]
    name: Sequence[str]
    path: Sequence[str]
    homes: Ints
    xy: Floats
    row: Ints
    shapes: Any

    def count(self, issues: Bools) -> Ints:
        """Return how many of some issues lie in each place: (n,)."""
        rows = self.row[issues & (self.row >= 0)]
        return np.bincount(rows, minlength=len(self.id)).astype(np.int64)


def levels_below(look: Look) -> tuple[str, ...]:
    """Return the levels whose units can be compared on a ground, from the largest: those below its own."""
    paths = [look.path] if look.path else list(look.scope.paths)
    depth = min((Level.COUNTY.depth if not path else path.count("/") - 1 for path in paths), default=0)
    return tuple(level for level in UNIT_LEVELS if Level(level).depth > depth)


def places(db: Db, look: Look, level: str) -> Places:
    """Return the units of a level, or the cells of a grid that hold homes or issues, on the ground looked at."""
    make = _cells if level in grids.FORMS else _units
    made: Places = look.known.keep(_key(look, level), lambda: make(db, look, level))
    return made


def _key(look: Look, level: str) -> tuple[Any, ...]:
    """Return what tells places of one look from those of another: cells also hang on which issues may be seen."""
    cells = (look.query.cell_m, look.restricted.paths) if level in grids.FORMS else ()
    return (level, look.path, look.scope.paths, *cells)


def _units(db: Db, look: Look, level: str) -> Places:
    rows = board.units_of(db, look.scope, look.path, level)
    lonlat = np.array([(row.label_lon or 0.0, row.label_lat or 0.0) for row in rows], np.float64).reshape(-1, 2)
    lost = ~lonlat.any(axis=1)
    if lost.any():
        shapes = shapes_of([row.geom for row in rows])
        for i in np.flatnonzero(lost).tolist():
            if shapes[i] is not None:
                lonlat[i] = shapes[i].representative_point().coords[0]
    xy = crs.to_xy(lonlat, look.known.zone) if len(rows) else np.zeros((0, 2))
    paths = [row.path for row in rows]
    homes = np.array([row.homes for row in rows], np.int64)
    row_of = rows_of_units(look.known.issues.path, paths)
    return Places(level, [r.id for r in rows], [r.code for r in rows], _names(db, rows), paths, homes, xy, row_of,
                  [row.geom for row in rows])  # fmt: skip


def _names(db: Db, rows: Sequence[Any]) -> list[str]:
    """Return names that tell units apart in a county: below a village its name comes first, for a 邻 that of its 组."""
    depths = [depth for depth in (Level.VILLAGE.depth, Level.ZU.depth) if rows and depth < rows[0].path.count("/") - 1]
    above = [["/".join(row.path.split("/")[: depth + 1]) + "/" for depth in depths] for row in rows]
    known = units.with_paths(db, {path for paths in above for path in paths}) if depths else {}
    return ["".join([*(known[p].name for p in paths if p in known), row.name])
            for row, paths in zip(rows, above, strict=True)]  # fmt: skip


def _cells(db: Db, look: Look, form: Any) -> Places:
    """Return the cells that hold homes or issues of the ground."""
    side_m, zone = look.query.cell_m, look.known.zone
    points = board.home_places(db, look.scope, look.path)
    home_xy = crs.to_xy(lonlat_of(points), zone) if points else np.zeros((0, 2))
    on_ground = np.flatnonzero(look.ground)
    cells = grids.cells_of(np.vstack([home_xy, look.known.issues.xy[on_ground]]), form, side_m)
    known_cells, place = np.unique(cells, axis=0, return_inverse=True)
    place = place.ravel()
    homes = np.bincount(place[: len(home_xy)], minlength=len(known_cells)).astype(np.int64)
    row_of = np.full(len(look.known.issues), -1, np.int64)
    row_of[on_ground] = place[len(home_xy) :]
    names = [f"{form}:{side_m:.0f}:{column}:{row}" for column, row in known_cells.tolist()]
    nothing = [""] * len(names)
    return Places(form, names, nothing, nothing, nothing, homes, grids.centres(known_cells, form, side_m), row_of,
                  grids.outlines(known_cells, form, side_m))  # fmt: skip


def band_of(look: Look, of: Places) -> float:
    """Return within how many metres places are near: as asked, else so that the middle one has eight others."""
    if look.query.band_m:
        return look.query.band_m
    if len(of.id) < 2:
        return _BAND_STEP_M
    others = min(_NEIGHBOURS, len(of.id) - 1)
    far = np.asarray(cKDTree(of.xy).query(of.xy, k=others + 1)[0])[:, -1]
    return float(np.ceil(np.median(far) / _BAND_STEP_M + 1e-9) * _BAND_STEP_M)


def near_of(look: Look, of: Places) -> tuple[float, Near]:
    """Return the band in metres and who is near whom."""

    def make() -> tuple[float, Near]:
        band_m = band_of(look, of)
        return band_m, within_band(of.xy, band_m)

    found: tuple[float, Near] = look.known.keep(("near", look.query.band_m, *_key(look, of.level)), make)
    return found


def outlines_ll(look: Look, of: Places, rows: NDArray[np.integer], fine_m: float) -> NDArray[np.object_]:
    """Return the shapes of some places in degrees, as simple as ``fine_m`` allows; None where a unit has none."""
    if of.level in grids.FORMS:
        return np.asarray(crs.shapes_to_ll(np.asarray(of.shapes)[rows], look.known.zone), dtype=object)
    found = shapes_of([of.shapes[i] for i in rows.tolist()])
    return np.asarray(shapely.simplify(found, fine_m / 100_000.0), dtype=object)
