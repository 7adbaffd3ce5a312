"""The layers of the board: hotspots, what became of them, silent units, and heat, with the figures that were tested."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules import crs
from geodata.rules.heat import CELLS_LEAST, Raster, heat, lateness_weights
from geodata.rules.hotspot_homes import smoothed_rates
from geodata.rules.hotspot_levels import Bearing, LevelData, weigh_level
from geodata.rules.hotspots import Hotspots, Near, find_hotspots, hot_places
from geodata.rules.periods import cube, whole_periods
from geodata.rules.problems import Problem
from geodata.rules.silence import find_silent
from geodata.rules.trends import emerging_hotspots
from geodata.store import settings
from geodata.store.database import Db
from survey.actions.board_ground import Look, Places, levels_below, near_of, outlines_ll, places
from survey.actions.board_read import micros
from survey.rules.board_data import Floats, Ints, age_days, allowed_days, rows_of_units
from survey.store import board

MONTHS = 12
SILENT_DAYS = 365
DRAWN_MOST = 3_000
DOTS_MOST = 5_000
_FINE_M = {"town": 30.0, "village": 12.0, "pian": 5.0, "zu": 3.0, "lin": 1.0}
_HEAT_CELLS = 384
_HEAT_ROOM = 3.0  # bandwidths of ground around the outermost issue


def _no_units(of: Places) -> None:
    if len(of.id) < 2:
        raise Problem("board.too_few_units", level=of.level, units=len(of.id))


def bearings(db: Db, look: Look) -> list[Bearing]:
    """Return of each level below the ground, the finest first, whether it can bear the issues looked at."""

    def weigh(level: str) -> Bearing:
        of = places(db, look, level)
        _, near = near_of(look, of)
        return weigh_level(LevelData(level, of.count(look.open), of.homes, near))

    levels = [level for level in reversed(levels_below(look)) if len(places(db, look, level).id) > 1]
    return [weigh(level) for level in levels]


def level_of(db: Db, look: Look) -> str:
    """Return the level asked for, else the finest that bears the data, else the largest that has units to compare.

    Raises
    ------
    Problem
        ``board.no_units`` where no level has two units.
    """
    if look.query.level:
        return look.query.level
    weighed = bearings(db, look)
    if not weighed:
        raise Problem("board.no_units")
    return next((one.level for one in weighed if one.bears), weighed[-1].level)


@dataclass(frozen=True)
class Found:
    """The hotspots of a level: places, how near, how many open issues each, and what was tested."""

    of: Places
    band_m: float
    near: Near
    counts: Ints
    hotspots: Hotspots
    smooth: Floats
    bearing: Bearing


def find(db: Db, look: Look, level: str) -> Found:
    """Find the hotspots of unsolved issues at a level.

    Raises
    ------
    Problem
        ``board.too_few_units`` (level, units); those of ``geodata.rules.hotspots``.
    """
    of = places(db, look, level)
    _no_units(of)
    band_m, near = near_of(look, of)
    counts = of.count(look.open)
    homes = of.homes if of.homes.any() else None
    return Found(
        of, band_m, near, counts, find_hotspots(counts, near, homes),
        smoothed_rates(counts, of.homes), weigh_level(LevelData(level, counts, of.homes, near)),
    )  # fmt: skip


def hotspots(db: Db, look: Look) -> dict[str, Any]:
    """Return the hotspot layer: what is significant as polygons, what is open as counts, and what was tested."""
    found = find(db, look, level_of(db, look))
    hot = found.hotspots
    marked = np.flatnonzero(hot.hot | hot.cold)
    told = hot_rows(found)
    shown = _polygons(look, found.of, marked[np.argsort(hot.p[marked], kind="stable")][:DRAWN_MOST], lambda i: {
        "mark": "hot" if hot.hot[i] else "cold", **row_of(found, i),
    })  # fmt: skip
    total_homes = int(found.of.homes.sum())
    return {
        **_about(look, found.of, found.counts), "null": hot.null, "q_most": hot.q_most, "band_m": round(found.band_m),
        "level_names": settings.profile(db).level_names, "homes": total_homes,
        "left_out": int(look.open.sum() - found.counts.sum()) + hot.left_out,
        "bearing": bearing_of(found.bearing), "shapes": shown, "dots": _dots(look, found.of, found.counts, hot.hot),
        "places": [
            {"id": found.of.id[i], "name": found.of.name[i], "units": units, "place": _ll(look, found.of.xy[[i]])[0],
             **row_of(found, i)}
            for i, units in told
        ],
    }  # fmt: skip


def hot_rows(found: Found) -> list[tuple[int, int]]:
    """Return of each hot place the unit by which it is told, and how many units it has; the surest place first.

    It is the hot unit that holds most open issues itself: who opens it finds them there.
    """
    counts, p = found.counts, found.hotspots.p
    return [
        (max(one.units, key=lambda i: (counts[i], -p[i], -i)), len(one.units))
        for one in hot_places(found.hotspots, found.near)
    ]


def row_of(found: Found, i: int) -> dict[str, Any]:
    """Return the figures of one unit with those about it: the very numbers that were tested."""
    hot = found.hotspots
    return {
        "times": round(float(hot.times[i]), 3), "issues": int(hot.issues[i]), "homes": int(hot.homes[i]),
        "q": float(f"{hot.q[i]:.3g}"), "p": float(f"{hot.p[i]:.3g}"), "own": int(found.counts[i]),
        "own_homes": int(found.of.homes[i]), "z": round(float(hot.z[i]), 3),
        "rate": float(f"{found.smooth[i]:.3g}"), "hot": bool(hot.hot[i]), "cold": bool(hot.cold[i]),
    }  # fmt: skip


def bearing_of(one: Bearing) -> dict[str, Any]:
    """Return whether a level bears the data, as it goes over the wire: inf is None."""
    return {
        "level": one.level, "units": one.units, "expected_about": round(one.expected_about, 2),
        "times": round(one.times, 2) if np.isfinite(one.times) else None, "bears": one.bears,
    }  # fmt: skip


def advice(db: Db, look: Look, level: str) -> str:
    """Return a level that bears the data, to be offered where ``level`` does not; "" where none does."""
    return next((one.level for one in bearings(db, look) if one.bears and one.level != level), "")


def patterns(db: Db, look: Look) -> dict[str, Any]:
    """Return what became of hotspots over the last twelve whole months of reports.

    Raises
    ------
    Problem
        ``board.too_few_units``; ``trends.too_short``.
    """
    of = places(db, look, level_of(db, look))
    _no_units(of)
    band_m, near = near_of(look, of)
    periods = whole_periods(look.at, "month", MONTHS)
    raised = look.chosen & look.then.known & ~look.then.gone
    moments = look.known.issues.at[raised].astype("datetime64[us]")
    counts = cube(of.row[raised], moments, len(of.id), periods, "month")
    found = emerging_hotspots(counts, near, of.homes if of.homes.any() else None)
    marked = np.flatnonzero(found.pattern != "")[:DRAWN_MOST]
    figures = found.figures
    shown = _polygons(look, of, marked, lambda i: {
        "mark": str(found.pattern[i]), "issues": int(counts[i].sum()),
        "hot_months": round(float(figures["hot_share"][i]) * MONTHS), "trend": int(figures["trend"][i]),
    })  # fmt: skip
    kinds, number = np.unique(found.pattern[marked], return_counts=True)
    return {
        **_about(look, of, counts.sum(axis=1)), "band_m": round(band_m), "months": MONTHS, "shapes": shown,
        "kinds": dict(zip(kinds.tolist(), number.tolist(), strict=True)),
    }  # fmt: skip


def silent(db: Db, look: Look) -> dict[str, Any]:
    """Return the units from which nothing was heard in a year: no issue, no visit, against what is expected.

    Raises
    ------
    Problem
        ``board.too_few_units``.
    """
    of = places(db, look, level_of(db, look))
    _no_units(of)
    begin = look.at - dt.timedelta(days=SILENT_DAYS)
    counts = of.count(look.ground & look.then.known & (look.known.issues.at >= micros(begin)))
    visits = visits_of(db, of, begin, look.at)
    found = find_silent(counts, visits, of.homes)
    shown = _polygons(look, of, np.flatnonzero(found.silent)[:DRAWN_MOST], lambda i: {
        "mark": "silent", "expected": round(float(found.expected_issues[i] + found.expected_visits[i]), 1),
        "q": float(f"{found.q[i]:.3g}"), "homes": int(of.homes[i]),
    })  # fmt: skip
    return {
        **_about(look, of, counts), "days": SILENT_DAYS, "shapes": shown, "visits": int(visits.sum()),
        "enough": int(found.enough.sum()), "units": len(of.id),
    }  # fmt: skip


def visits_of(db: Db, of: Places, begin: dt.datetime, end: dt.datetime) -> Ints:
    """Return how many visits each unit had in a time; cells of a grid have none, for a visit's place is not kept."""
    held = board.visits_by_path(db, begin, end)
    if not held or not any(of.path):
        return np.zeros(len(of.id), np.int64)
    paths = np.empty(len(held), dtype=object)
    paths[:] = [path for path, _ in held]
    row = rows_of_units(paths, list(of.path))
    some = row >= 0
    weights = np.array([count for _, count in held], np.float64)
    return np.bincount(row[some], weights[some], minlength=len(of.id)).astype(np.int64)


@dataclass(frozen=True)
class Heat:
    """A density, its raster, its bandwidth, its picture's corners in degrees, from the upper left clockwise."""

    density: Floats
    raster: Raster
    bandwidth_m: float
    corners_ll: Floats
    issues: int


def heat_of(look: Look) -> Heat | None:
    """Return the heat of unsolved issues, each weighed by its age against its own deadline; None where there are none.

    Raises
    ------
    Problem
        ``heat.bandwidth_too_small`` (bandwidth_m, least_m).
    """
    rows = look.open
    if not rows.any():
        return None
    weights = lateness_weights(age_days(look.then)[rows], allowed_days(look.then)[rows])
    return heat_at(look, look.known.issues.xy[rows], weights)


def heat_at(look: Look, xy: Floats, weights: Floats) -> Heat:
    """Return the heat of some weighted points on a raster around them."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    wide_m = float(max((high - low).max(), 1_000.0))
    bandwidth_m = look.query.bandwidth_m or float(np.clip(round(wide_m / 25 / 50) * 50, 100, 2_000))
    room_m = _HEAT_ROOM * bandwidth_m
    size_m = high - low + 2 * room_m
    cell_m = max(float(size_m.max()) / _HEAT_CELLS, bandwidth_m / 12)
    if bandwidth_m < CELLS_LEAST * cell_m:
        raise Problem("heat.bandwidth_too_small", bandwidth_m=bandwidth_m, least_m=CELLS_LEAST * cell_m)
    columns, rows = (max(int(np.ceil(side / cell_m)), 1) for side in size_m)
    raster = Raster(float(low[0] - room_m), float(high[1] + room_m), cell_m, columns, rows)
    east, south = raster.west_m + columns * cell_m, raster.north_m - rows * cell_m
    corners = np.array([(raster.west_m, raster.north_m), (east, raster.north_m), (east, south), (raster.west_m, south)])
    return Heat(
        heat(xy, raster, bandwidth_m, weights), raster, bandwidth_m, crs.to_ll(corners, look.known.zone), len(xy)
    )


def _about(look: Look, of: Places, counts: Ints) -> dict[str, Any]:
    """Return what every layer says first."""
    return {"level": of.level, "at": look.at, "units": len(of.id), "issues": int(counts.sum()),
            "levels": list(levels_below(look))}  # fmt: skip


def _ll(look: Look, xy: Floats) -> list[list[float]]:
    return [[round(lon, 6), round(lat, 6)] for lon, lat in crs.to_ll(xy, look.known.zone).tolist()] if len(xy) else []


def _dots(look: Look, of: Places, counts: Ints, hot: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how many open issues units hold as points, the fullest first, and which of them are hot."""
    rows = np.flatnonzero(counts > 0)
    rows = rows[np.argsort(-counts[rows], kind="stable")][:DOTS_MOST]
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": place},
         "properties": {"id": of.id[i], "name": of.name[i], "n": int(counts[i]), "hot": bool(hot[i])}}
        for i, place in zip(rows.tolist(), _ll(look, of.xy[rows]), strict=True)
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _polygons(
    look: Look, of: Places, rows: NDArray[np.integer], tell: Callable[[int], dict[str, Any]]
) -> dict[str, Any]:
    """Return some places as GeoJSON polygons (EPSG:4490 degrees) with what ``tell`` says of each."""
    if not len(rows):
        return {"type": "FeatureCollection", "features": []}
    shapes = outlines_ll(look, of, rows, _FINE_M.get(of.level, 1.0))
    features = []
    for i, shape in zip(rows.tolist(), shapes, strict=True):
        if shape is None or shape.is_empty:
            continue
        geometry = json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-6)))
        said = {"id": of.id[i], "name": of.name[i], "code": of.code[i], **tell(i)}
        features.append({"type": "Feature", "geometry": geometry, "properties": said})
    return {"type": "FeatureCollection", "features": features}
