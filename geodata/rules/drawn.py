"""What a hand draws on the map, before a rule works with it: numbers, datum, place, crossings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules import crs
from geodata.rules.crs import Zone
from geodata.rules.datums import bd_to_wgs, gcj_to_wgs
from geodata.rules.geometry_checks import MAX_RING_VERTICES, positions_from
from geodata.rules.problems import Problem

TREMOR_M = 20.0
"""A hand may slip this far over the village's border: what is drawn out there is nobody's here and changes nothing."""

MOST_OUT = 2
"""So few places may fall into the village by chance when they are shifted; nothing is said of their datum."""

Floats = NDArray[np.float64]


def drawn_line(points: Any, village_xy: BaseGeometry, zone: Zone) -> BaseGeometry:
    """Return a drawn line as a LineString in metres of the county's zone.

    Parameters
    ----------
    points
        Positions [lon, lat] as the wire brought them, EPSG:4490 degrees.
    village_xy
        The ground that may be redrawn.

    Raises
    ------
    Problem
        ``redraw.not_number``, ``redraw.too_many`` (vertices, most), ``redraw.too_short``, ``redraw.swapped``,
        ``redraw.datum`` (datum, away_m), ``redraw.outside`` (place), ``redraw.crossing`` (place). A line may begin and
        end outside: what lies there cuts nothing.
    """
    xy = _places(points, zone)
    if len(xy) < 2:
        raise Problem("redraw.too_short")
    line = shapely.LineString(xy)
    if not shapely.dwithin(village_xy, line, TREMOR_M):
        _refuse_elsewhere(xy, village_xy, zone)
    if not shapely.is_simple(line):
        raise Problem("redraw.crossing", place=_ll(_first_crossing(xy), zone))
    return line


def drawn_ring(points: Any, village_xy: BaseGeometry, zone: Zone) -> BaseGeometry:
    """Return a drawn ring, closed or not, as a Polygon in metres; refuses as ``drawn_line`` does."""
    xy = _places(points, zone)
    _refuse_elsewhere(xy, village_xy, zone)
    if len(xy) > 1 and (xy[0] == xy[-1]).all():
        xy = xy[:-1]
    if len(xy) < 3:
        raise Problem("redraw.too_short")
    ring = shapely.Polygon(xy)
    if not shapely.is_valid(ring):
        closed = np.concatenate([xy, xy[:1]])
        raise Problem("redraw.crossing", place=_ll(_first_crossing(closed), zone))
    return ring


def drawn_place(point: Any, village_xy: BaseGeometry, zone: Zone) -> tuple[float, float]:
    """Return one drawn place in metres; refuses as ``drawn_line`` does."""
    xy = _places([point], zone)
    _refuse_elsewhere(xy, village_xy, zone)
    return (float(xy[0, 0]), float(xy[0, 1]))


def _places(points: Any, zone: Zone) -> Floats:
    """Return what was drawn in metres, without repeated points."""
    if not isinstance(points, Sequence) or isinstance(points, str):
        raise Problem("redraw.not_number")
    if len(points) > MAX_RING_VERTICES:
        raise Problem("redraw.too_many", vertices=len(points), most=MAX_RING_VERTICES)
    try:
        ll = positions_from(points)
    except Problem as problem:
        raise Problem("redraw.not_number") from problem
    if not np.isfinite(ll).all():
        raise Problem("redraw.not_number")
    if (np.abs(ll) > 90).all(axis=1).any() or (np.abs(ll) > 180).any():
        raise Problem("redraw.not_number")
    if (np.abs(ll[:, 1]) > 90).any():
        raise Problem("redraw.swapped")
    xy = crs.to_xy(ll, zone)
    return np.asarray(xy[np.append(True, (xy[1:] != xy[:-1]).any(axis=1))] if len(xy) else xy)


def _refuse_elsewhere(xy: Floats, village_xy: BaseGeometry, zone: Zone) -> None:
    """Refuse what lies outside the village, saying so where another datum explains it: most of it out, none then."""
    outside = _outside(xy, village_xy)
    if not outside.any():
        return
    ll = crs.to_ll(xy, zone)
    for datum, back in (("GCJ-02", gcj_to_wgs), ("BD-09", bd_to_wgs)):
        true = crs.to_xy(back(ll), zone)
        if len(xy) > MOST_OUT and outside.mean() >= 0.5 and not _outside(true, village_xy).any():
            raise Problem("redraw.datum", datum=datum, away_m=round(float(np.median(np.hypot(*(true - xy).T)))))
    raise Problem("redraw.outside", place=_ll(xy[outside][0], zone))


def _outside(xy: Floats, village_xy: BaseGeometry) -> NDArray[np.bool_]:
    return ~np.asarray(shapely.dwithin(village_xy, shapely.points(xy), TREMOR_M))


def _first_crossing(xy: Floats) -> Floats:
    """Return where a line first crosses itself: there ends the shortest beginning of it that does."""
    low, high = 2, len(xy)
    while low < high:
        middle = (low + high) // 2
        if shapely.is_simple(shapely.LineString(xy[:middle])):
            low = middle + 1
        else:
            high = middle
    last = shapely.LineString(xy[low - 2 : low])
    before = shapely.LineString(xy[: max(low - 2, 2)])
    meets = shapely.get_coordinates(shapely.intersection(last, before))
    return np.asarray(meets[0] if len(meets) else xy[low - 1])


def _ll(xy: Floats, zone: Zone) -> tuple[float, float]:
    lon, lat = crs.to_ll(xy.reshape(1, 2), zone)[0].tolist()
    return (lon, lat)
