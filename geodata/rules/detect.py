from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.agreement import agreement
from geodata.rules.crs import Zone, convert, county_zone, is_degrees, shapes_to_ll, shapes_to_xy, to_xy
from geodata.rules.datums import bd_to_wgs, gcj_to_wgs
from geodata.rules.problems import Problem

Points = NDArray[np.float64]

_SAMPLE = 50_000
_COUNTY_MARGIN_M = 5_000.0
_GOOD_SHARE = (
    0.8  # a file may hold some wrong points; a system that leaves a fifth outside the county is not its system
)


@dataclass(frozen=True)
class CrsGuess:
    """What system a file's coordinates are in, how sure that is, and why.

    Parameters
    ----------
    crs
        ``"EPSG:nnnn"``, ``"gcj02"``, ``"bd09"``, or "" where nothing fits.
    swapped
        The first column holds latitude or northing.
    confidence
        0 to 1; below 0.6 a person must choose.
    reason
        ``declared``, ``degrees``, ``gk3_prefix``, ``gk6_prefix``, ``gk3``, ``gk6``, ``swapped``, ``web_mercator``,
        ``gcj02``, ``bd09``, ``unknown``.
    values
        ``share_inside`` (of points in the county and 5 km around), ``offset_m`` (how far GCJ-02 or BD-09 moves them, in
        the median), ``zone`` (central meridian in degrees), ``fit`` and ``fit_as_is`` (what decided), ``declared``.
    alternatives
        What fits as well or nearly so, best first.
    """

    crs: str
    swapped: bool
    confidence: float
    reason: str
    values: dict[str, Any] = field(default_factory=dict)
    alternatives: tuple[CrsGuess, ...] = ()


_UNKNOWN = CrsGuess("", False, 0.0, "unknown")


def detect_crs(
    points: Points,
    declared: str | None,
    county_ll: BaseGeometry | None,
    reference_ll: BaseGeometry | gpd.GeoSeries | None = None,
) -> CrsGuess:
    """Guess the coordinate system of a file from its numbers, what it declares and what is known of the county.

    Parameters
    ----------
    points
        (n, 2) as the file has them, first the column taken for longitude or easting: homes, or the vertices of borders.
    declared
        What the file says (``"EPSG:4547"``), or None.
    county_ll
        The county's border in EPSG:4490 degrees, or None before one is known.
    reference_ll
        Something the points should agree with: an area or border; points or polygons of an earlier layer; or a
        GeoSeries exactly as long as ``points`` with the village polygon each point claims to lie in. Without it the
        county's border serves.

    Returns
    -------
    CrsGuess
        A declared system is believed unless the points then fall outside the county or agree clearly better with the
        reference as GCJ-02 or BD-09. Where the points alone cannot tell WGS 84 from GCJ-02 the three stand side by
        side in ``alternatives``.
    """
    sample, reference = _sample(points, reference_ll)
    if len(sample) == 0:
        return replace(_UNKNOWN, values={"points": 0})
    area = _county_area(county_ll)
    guess = _declared_guess(sample, declared, area)
    if guess is None:
        guess = _best_system(sample, area, county_ll)
        if declared:
            guess = replace(guess, values={**guess.values, "declared": declared})
    if guess.crs and is_degrees(guess.crs):
        return _with_datum(sample, guess, county_ll, reference)
    return guess


def _sample(
    points: Points, reference: BaseGeometry | gpd.GeoSeries | None
) -> tuple[Points, BaseGeometry | NDArray[np.object_] | None]:
    """Take up to 50,000 usable points at even steps, and what each is compared with."""
    values = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    usable = np.isfinite(values).all(axis=1) & (np.abs(values) < 1e9).all(axis=1) & (values != 0).any(axis=1)
    rows = np.nonzero(usable)[0]
    rows = rows[:: max(1, -(-len(rows) // _SAMPLE))]
    if isinstance(reference, gpd.GeoSeries):
        shapes = np.asarray(reference.array, dtype=object)
        claimed = len(shapes) == len(values) and len(shapes) > 1 and bool((shapely.get_dimensions(shapes) != 0).all())
        return values[rows], shapes[rows] if claimed else shapely.geometrycollections(
            shapes[~shapely.is_missing(shapes)]
        )
    return values[rows], reference


def _county_area(county_ll: BaseGeometry | None) -> BaseGeometry | None:
    """Return the county and 5 km around it in degrees, prepared, or None."""
    if county_ll is None:
        return None
    zone = county_zone(county_ll.centroid.x)
    around: BaseGeometry = shapes_to_ll(
        shapely.buffer(shapes_to_xy(county_ll, zone), _COUNTY_MARGIN_M, quad_segs=4), zone
    )
    shapely.prepare(around)
    return around


def _share_inside(ll: Points, area: BaseGeometry | None) -> float:
    """Tell which share of the points lies in the area; without one, on the ground where Chinese counties are."""
    if area is None:
        inside = (ll[:, 0] > 73) & (ll[:, 0] < 136) & (ll[:, 1] > 3) & (ll[:, 1] < 54)
    else:
        inside = shapely.contains_xy(area, ll[:, 0], ll[:, 1])
    return float(np.mean(inside))


def _fit(points: Points, crs: str, swapped: bool, area: BaseGeometry | None) -> float:
    ll = convert(points, crs, swapped=swapped)
    return _share_inside(np.where(np.isfinite(ll), ll, 0.0), area)


def _declared_guess(points: Points, declared: str | None, area: BaseGeometry | None) -> CrsGuess | None:
    """Believe what the file declares if the points then lie where they should, as written or swapped."""
    if not declared:
        return None
    try:
        is_degrees(declared)
    except Problem:
        return None
    crs = declared.lower() if declared.lower() in ("gcj02", "bd09") else declared
    for swapped in (False, True):
        share = _fit(points, crs, swapped, area)
        if share >= _GOOD_SHARE:
            reason = "swapped" if swapped else "declared"
            return CrsGuess(crs, swapped, 0.9 if swapped else 1.0, reason, {"share_inside": share})
    if area is None and _in_range_of(points, crs):  # a declared system far from China, and no county to ask
        return CrsGuess(crs, False, 0.9, "declared", {})
    return None


def _in_range_of(points: Points, crs: str) -> bool:
    ll = convert(points, crs)
    return bool(np.isfinite(ll).all() and (np.abs(ll) <= np.array([180.0, 90.0])).all())


def _candidates(points: Points) -> list[tuple[str, bool, str]]:
    """List the systems these numbers could be in by their size alone: (crs, swapped, reason)."""
    middle = np.median(points, axis=0)
    found: list[tuple[str, bool, str]] = []
    for swapped in (False, True):
        east, north = (middle[1], middle[0]) if swapped else (middle[0], middle[1])
        if abs(east) <= 180 and abs(north) <= 90:
            found.append(("EPSG:4490", swapped, "swapped" if swapped else "degrees"))
        elif 300_000 < north < 6_200_000:  # lat 3 to 54 in metres from the equator
            found += [(crs, swapped, reason) for crs, reason in _projected(east, north)]
    return found


def _projected(east: float, north: float) -> list[tuple[str, str]]:
    """List the CGCS2000 zones an easting can belong to: its prefix names one, without a prefix any may be meant."""
    found = []
    prefix = int(east // 1_000_000)
    if 25 <= prefix <= 45:
        found.append((f"EPSG:{4513 + prefix - 25}", "gk3_prefix"))
    if 13 <= prefix <= 23:
        found.append((f"EPSG:{4491 + prefix - 13}", "gk6_prefix"))
    if 8_000_000 < east < 15_200_000:
        found.append(("EPSG:3857", "web_mercator"))
    if 100_000 < east < 900_000:
        found += [(f"EPSG:{4534 + (meridian - 75) // 3}", "gk3") for meridian in range(75, 136, 3)]
        found += [(f"EPSG:{4502 + (meridian - 75) // 6}", "gk6") for meridian in range(75, 136, 6)]
    return found


def _meridian(crs: str) -> float | None:
    """Return the central meridian of a CGCS2000 Gauss-Krueger EPSG code, in degrees."""
    code = int(crs[5:]) if crs.startswith("EPSG:") else 0
    for first, start, step, count in ((4513, 75, 3, 21), (4534, 75, 3, 21), (4491, 75, 6, 11), (4502, 75, 6, 11)):
        if first <= code < first + count:
            return float(start + (code - first) * step)
    return None


def _reach(crs: str, reason: str, county_ll: BaseGeometry | None) -> float:
    """Return how far the county lies from a zone's meridian, in degrees: its own zone is the likeliest."""
    meridian = _meridian(crs)
    if meridian is None or county_ll is None:
        return 0.0
    own = county_zone(county_ll.centroid.x).central_meridian
    return abs(meridian - own) + (0.5 if reason.startswith("gk6") else 0.0)


def _best_system(points: Points, area: BaseGeometry | None, county_ll: BaseGeometry | None) -> CrsGuess:
    """Score each candidate by the share of points it puts in the county; ties go to the county's own 3-degree zone."""
    scored = []
    for crs, swapped, reason in _candidates(points):
        share = _fit(points, crs, swapped, area)
        values: dict[str, Any] = {"share_inside": share}
        if (meridian := _meridian(crs)) is not None:
            values["zone"] = meridian
        reach = _reach(crs, reason, county_ll)
        scored.append((share, -reach, CrsGuess(crs, swapped, 0.0, "swapped" if swapped else reason, values)))
    scored.sort(key=lambda item: item[:2], reverse=True)
    if not scored or scored[0][0] < _GOOD_SHARE:
        return replace(_UNKNOWN, values=scored[0][2].values if scored else {}, alternatives=_guesses(scored[:3], 0.2))
    best = scored[0]
    equals = [item for item in scored[1:] if item[0] >= best[0] - 0.02]
    rivals = [item for item in equals if not _same_system(item[2], best[2])]
    confidence = 0.95 if area is not None else 0.8
    if rivals:
        confidence = 0.5 if area is not None else 1.0 / (1 + len(rivals))
    return replace(best[2], confidence=confidence, alternatives=_guesses(equals[:20], confidence))


def _same_system(one: CrsGuess, other: CrsGuess) -> bool:
    """Tell whether two zones are one projection: a 6-degree zone and the 3-degree zone with the same meridian."""
    meridian = one.values.get("zone")
    return meridian is not None and one.swapped == other.swapped and meridian == other.values.get("zone")


def _guesses(scored: list[tuple[float, float, CrsGuess]], confidence: float) -> tuple[CrsGuess, ...]:
    return tuple(replace(guess, confidence=confidence) for _, _, guess in scored)


_DATUMS: dict[str, Callable[[Points], Points]] = {"gcj02": gcj_to_wgs, "bd09": bd_to_wgs}


def _with_datum(
    points: Points,
    guess: CrsGuess,
    county_ll: BaseGeometry | None,
    reference: BaseGeometry | NDArray[np.object_] | None,
) -> CrsGuess:
    """Decide whether degrees are true ones, GCJ-02 or BD-09 by which of the three agrees with the reference."""
    ll = points[:, ::-1] if guess.swapped else points
    versions = {"as_is": ll, **{name: change(ll) for name, change in _DATUMS.items()}}
    zone = county_zone(float(np.median(ll[:, 0])))
    offsets = {name: _median_gap_m(ll, moved, zone) for name, moved in versions.items()}
    own = guess.crs if guess.crs in _DATUMS else "as_is"
    if offsets["gcj02"] < 1.0:  # outside the formula's box
        return guess
    found = agreement(versions, reference, zone)
    if not found.winner:
        found = agreement(versions, county_ll, zone)
    winner, fits, margin = found.winner, found.fits, found.confidence
    names = [name for name in versions if name != (winner or own)]
    if not winner:
        rivals = tuple(_datum_guess(guess, name, offsets, fits, guess.confidence / 2) for name in names)
        sure = guess.confidence if guess.reason == "declared" else min(guess.confidence, 0.5)
        return replace(guess, confidence=sure, alternatives=rivals + guess.alternatives)
    if winner == own:
        values = {**guess.values, "fit": fits[own], "fit_as_is": fits["as_is"]}
        return replace(guess, confidence=max(guess.confidence, margin), values=values, alternatives=())
    rivals = (replace(guess, confidence=1 - margin, alternatives=()),)
    return replace(_datum_guess(guess, winner, offsets, fits, margin), alternatives=rivals)


def _datum_guess(
    guess: CrsGuess, name: str, offsets: dict[str, float], fits: dict[str, float], confidence: float
) -> CrsGuess:
    values = {**guess.values, "offset_m": offsets[name]}
    if guess.reason == "declared":
        values["declared"] = guess.crs
    if fits:
        values |= {"fit": fits[name], "fit_as_is": fits["as_is"]}
    crs, reason = ("EPSG:4490", "degrees") if name == "as_is" else (name, name)
    return CrsGuess(crs, guess.swapped, confidence, reason, values)


def _median_gap_m(one: Points, other: Points, zone: Zone) -> float:
    return float(np.median(np.hypot(*(to_xy(one, zone) - to_xy(other, zone)).T)))
