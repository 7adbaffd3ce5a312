from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geodata.rules.problems import Problem

Shapes = NDArray[np.object_]

# is_valid took 23 s on 100,000 vertices in a crossing ring (measured): time grows with the square, 5,000 take 0.1 s.
MAX_RING_VERTICES = 5_000
MAX_VERTICES = 50_000
MAX_PARTS = 1_000
_REASONS = {
    "Self-intersection": "geometry.crosses_itself",
    "Ring Self-intersection": "geometry.crosses_itself",
    "Hole lies outside shell": "geometry.hole_outside",
    "Holes are nested": "geometry.hole_outside",
    "Nested shells": "geometry.parts_overlap",
    "Interior is disconnected": "geometry.falls_apart",
    "Duplicate Rings": "geometry.crosses_itself",
    "Too few points in geometry component": "geometry.too_few_points",
    "Invalid Coordinate": "geometry.not_finite",
}


def check_sizes(shape: BaseGeometry) -> None:
    """Refuse what would be slow to examine, before anything quadratic looks at it.

    Raises ``geometry.too_many_parts`` (parts, limit) and ``geometry.too_many_vertices`` (vertices, limit).
    """
    parts = shapely.get_parts(shape)
    if len(parts) > MAX_PARTS:
        raise Problem("geometry.too_many_parts", parts=len(parts), limit=MAX_PARTS)
    rings = shapely.get_rings(parts) if len(parts) and shapely.get_dimensions(shape) == 2 else parts
    if len(rings) > MAX_PARTS:
        raise Problem("geometry.too_many_parts", parts=len(rings), limit=MAX_PARTS)
    sizes = shapely.get_num_coordinates(rings)
    longest = int(sizes.max(initial=0))
    if longest > MAX_RING_VERTICES:
        raise Problem("geometry.too_many_vertices", vertices=longest, limit=MAX_RING_VERTICES)
    total = int(sizes.sum())
    if total > MAX_VERTICES:
        raise Problem("geometry.too_many_vertices", vertices=total, limit=MAX_VERTICES)


def _refuse_spikes(polygon: BaseGeometry) -> None:
    """Refuse a border that runs out and straight back over itself: GEOS calls the tip valid in some rings only."""
    for ring in shapely.get_rings(polygon):
        points = shapely.get_coordinates(ring)[:-1]
        spike = np.nonzero(np.all(np.roll(points, 1, axis=0) == np.roll(points, -1, axis=0), axis=1))[0]
        if len(spike):
            place = points[spike[0]]
            raise Problem("geometry.spike", x=float(place[0]), y=float(place[1]))


def _refuse_invalid(shape: BaseGeometry) -> None:
    reason = str(shapely.is_valid_reason(shape))
    if reason == "Valid Geometry":
        return
    words, _, place = reason.rstrip("]").partition("[")  # as "Self-intersection[2 2]"
    x, _, y = place.partition(" ")
    raise Problem(_REASONS.get(words, "geometry.crosses_itself"), reason=words, x=float(x), y=float(y))


def _is_nothing(shape: BaseGeometry | None) -> bool:
    return shape is None or bool(shapely.is_empty(shape))


def check_polygon(shape: BaseGeometry | None) -> BaseGeometry:
    """Accept a border as it may be stored, or refuse it with the place where it goes wrong; nothing is repaired.

    Parameters
    ----------
    shape
        A Polygon or MultiPolygon in any plane system, perhaps with heights, repeated points or clockwise rings.

    Returns
    -------
    BaseGeometry
        The same border, two-dimensional, without repeated points, shells counter-clockwise (RFC 7946). A MultiPolygon
        of one part comes back as a Polygon.

    Raises
    ------
    Problem
        ``geometry.missing``; ``geometry.not_polygon`` (found); ``geometry.not_finite``; ``geometry.too_few_points``;
        ``geometry.too_many_vertices`` (vertices, limit) above 5,000 in a ring; ``geometry.too_many_parts`` (parts,
        limit); ``geometry.crosses_itself``, ``geometry.hole_outside``, ``geometry.parts_overlap``,
        ``geometry.falls_apart`` (x, y, reason); ``geometry.spike`` (x, y).

    Notes
    -----
    ``make_valid`` is never used: 300 crossing vertices kept it busy for 45 s, and it guesses what was meant.
    """
    if shape is None or _is_nothing(shape):
        raise Problem("geometry.missing")
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise Problem("geometry.not_polygon", found=shape.geom_type)
    check_sizes(shape)
    flat = shapely.force_2d(shape)
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        raise Problem("geometry.not_finite")
    parts = [_without_repeats(part) for part in shapely.get_parts(flat) if not part.is_empty]
    for part in parts:
        _refuse_spikes(part)
    clean: BaseGeometry = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    _refuse_invalid(clean)
    oriented: BaseGeometry = shapely.orient_polygons(clean)
    return oriented


def _ring(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Drop a ring's repeated points; refuse what is left of fewer than three corners."""
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = np.any(points[1:] != points[:-1], axis=1)
    ring = points[keep]
    if len(ring) < 4:
        place = points[0]
        raise Problem("geometry.too_few_points", x=float(place[0]), y=float(place[1]))
    return np.asarray(ring, dtype=np.float64)


def _without_repeats(polygon: BaseGeometry) -> Polygon:
    rings = [_ring(shapely.get_coordinates(ring)) for ring in shapely.get_rings(polygon)]
    return Polygon(rings[0], rings[1:])


def check_line(shape: BaseGeometry | None) -> BaseGeometry:
    """Accept a river, railway or road as it may be stored: a (Multi)LineString, two-dimensional, without repeats.

    Raises ``geometry.missing``, ``geometry.not_line`` (found), ``geometry.not_finite``, ``geometry.too_many_vertices``
    (vertices, limit), ``geometry.too_many_parts`` (parts, limit), ``geometry.too_few_points``. A line may cross itself.
    """
    if shape is None or _is_nothing(shape):
        raise Problem("geometry.missing")
    if shape.geom_type not in ("LineString", "MultiLineString"):
        raise Problem("geometry.not_line", found=shape.geom_type)
    check_sizes(shape)
    flat = shapely.force_2d(shape)
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        raise Problem("geometry.not_finite")
    clean = shapely.remove_repeated_points(flat)
    if clean.is_empty or clean.length == 0:
        raise Problem("geometry.too_few_points")
    return clean


def ring_from(points: Sequence[Any]) -> NDArray[np.float64]:
    """Turn a ring as drawn or as GeoJSON writes it into closed coordinates, refusing what is not a ring.

    Parameters
    ----------
    points
        Positions ``[lon, lat]`` or ``[lon, lat, height]``; the last must repeat the first (RFC 7946, 3.1.6).

    Returns
    -------
    NDArray
        (n, 2) float64.

    Raises
    ------
    Problem
        ``geometry.bad_position`` (index), ``geometry.too_few_points``, ``geometry.not_closed`` (x, y),
        ``geometry.too_many_vertices`` (vertices, limit).
    """
    if len(points) > MAX_RING_VERTICES:
        raise Problem("geometry.too_many_vertices", vertices=len(points), limit=MAX_RING_VERTICES)
    ring = positions_from(points)
    if len(ring) < 4:
        raise Problem("geometry.too_few_points")
    if not np.array_equal(ring[0], ring[-1]):
        raise Problem("geometry.not_closed", x=float(ring[-1, 0]), y=float(ring[-1, 1]))
    return ring


def positions_from(points: Sequence[Any]) -> NDArray[np.float64]:
    """Turn GeoJSON positions of two or three finite numbers into (n, 2); raises ``geometry.bad_position`` (index)."""
    for index, point in enumerate(points):
        if not _is_position(point):
            raise Problem("geometry.bad_position", index=index)
    return np.array([point[:2] for point in points], dtype=np.float64).reshape(-1, 2)


def _is_position(point: Any) -> bool:
    """Tell whether a parsed JSON value is two or three numbers (RFC 7946 discourages a fourth; we refuse it)."""
    if not isinstance(point, (list, tuple)) or not 2 <= len(point) <= 3:
        return False
    return all(
        isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300 for value in point
    )
