from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.rules.points import leaders, near_pairs
from geodata.rules.profile import Profile
from geodata.rules.segments import Floats, Ints, Shapes
from geodata.rules.units import Level, Violation

AREA_M2 = 1.0
"""Gaps and overlaps up to this are the rounding of drawn borders: units tile their parent within 1 m2."""
OUTSIDE_M = 0.2
"""A home this near to its unit is in it: homes on a border are moved in by 0.1 m before the ground is cut."""
SAME_SITE_M = 0.01
"""Homes nearer than this stand on one point."""

_PARTS_MATTER = {Level.LIN: "error", Level.ZU: "warning", Level.PIAN: "warning"}


@dataclass(frozen=True)
class UnitRows:
    """The units of a net as columns, in any order.

    Parameters
    ----------
    ids, codes
        (u,) immutable id, and what people read.
    levels
        (u,)
    parent
        (u,) row of the parent, -1 for the topmost.
    shapes_xy
        (u,) (Multi)Polygons, metres in the county's zone; None or empty where there is no shape.
    """

    ids: Sequence[str]
    codes: Sequence[str]
    levels: Sequence[Level]
    parent: Ints
    shapes_xy: Shapes

    def rows(self, level: Level) -> Ints:
        """Return the rows of one level."""
        return np.flatnonzero([x == level for x in self.levels]).astype(np.intp)


@dataclass(frozen=True)
class HomeRows:
    """Homes and their memberships as columns.

    Parameters
    ----------
    xy
        (n, 2) metres in the county's zone.
    home, unit
        (m,) one row a membership: the home, and the row of its 邻 in ``UnitRows``.
    """

    xy: Floats
    home: Ints
    unit: Ints


def check_units(
    units: UnitRows,
    homes: HomeRows,
    profile: Profile,
    to_ll: Callable[[Floats], Floats],
    barriers_xy: Sequence[BaseGeometry] = (),
) -> list[Violation]:
    """List every place where a net departs from its rules, for a plan or for what is published.

    Shapes: ``gap`` (unit_id is the parent), ``overlap``, ``outside_parent``, ``in_pieces`` (an error for a 邻 of a
    whole 组, else a warning). Homes: ``too_few_homes`` (a warning where the 邻 is all of its 组), ``too_many_homes``,
    ``home_in_no_unit``, ``home_in_two_units``, ``home_outside_unit``. ``crosses_barrier`` and ``zu_count`` are warnings
    (A03). ``cannot_be_cut`` is told by whoever cuts.

    Parameters
    ----------
    units, homes
        The net; every home whose 邻 is wanted must be in ``homes``.
    profile
        Bounds of homes in a 邻 and of 组 in a 片.
    to_ll
        Turns (p, 2) places from ``_xy`` metres into EPSG:4490 degrees, longitude first; called once.
    barriers_xy
        LineStrings of rivers, railways and main roads, metres.

    Returns
    -------
    list of Violation
        In the order of the rules above; ``values`` hold ``code`` and the numbers named in each rule's function,
        ``home`` is a row of ``homes.xy``.
    """
    found = [
        *_tiling(units),
        *_pieces(units),
        *_sizes(units, homes, profile),
        *_memberships(units, homes),
        *_outside(units, homes),
        *_crossings(units, homes, barriers_xy),
        *_zu_counts(units, profile),
    ]
    places = [place for _, place in found if place is not None]
    if not places:
        return [violation for violation, _ in found]
    places_ll = iter(to_ll(np.array(places)))
    return [v if p is None else _placed(v, next(places_ll)) for v, p in found]


def _placed(violation: Violation, place_ll: Floats) -> Violation:
    return replace(violation, place_ll=(float(place_ll[0]), float(place_ll[1])))


_Found = Iterator[tuple[Violation, Floats | None]]


def _found(units: UnitRows, row: int, rule: str, severity: str, place: Floats | None, **values: Any) -> Any:
    return Violation(rule, units.ids[row], severity, {"code": units.codes[row], **values}), place


def _place(shape: BaseGeometry | None) -> Floats | None:
    if shape is None or shape.is_empty:
        return None
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(shape))[0])


def _has_shape(units: UnitRows) -> Any:
    return ~(shapely.is_missing(units.shapes_xy) | shapely.is_empty(units.shapes_xy))


def _tiling(units: UnitRows) -> _Found:
    """Compare children with their parent: ``area_m2``, for an overlap also ``other`` (the sibling's code)."""
    drawn = _has_shape(units)
    for parent in np.unique(units.parent[units.parent >= 0]).tolist():
        children = np.flatnonzero((units.parent == parent) & drawn)
        if not len(children):
            continue
        shapes = units.shapes_xy[children]
        whole = bool(shapely.coverage_is_valid(shapes))
        if not whole:
            yield from _overlaps(units, children)
        if not drawn[parent]:
            continue
        ground = units.shapes_xy[parent]
        union = shapely.coverage_union_all(shapes) if whole else shapely.union_all(shapes)
        if shapely.area(shapely.symmetric_difference(ground, union)) <= AREA_M2:
            continue
        if drawn[units.parent == parent].all():
            yield from _gaps(units, parent, shapely.difference(ground, union))
        yield from _overhangs(units, children, ground)


def _overlaps(units: UnitRows, children: Ints) -> _Found:
    shapes = units.shapes_xy[children]
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, two = one[one < two], two[one < two]
    common = shapely.intersection(shapes[one], shapes[two])
    area_m2 = shapely.area(common)
    for index in np.flatnonzero(area_m2 > AREA_M2):
        row, other = int(children[one[index]]), int(children[two[index]])
        where = _place(_largest(common[index]))
        values = {"area_m2": float(area_m2[index]), "other": units.codes[other]}
        yield _found(units, row, "overlap", "error", where, **values)


def _gaps(units: UnitRows, parent: int, missing: BaseGeometry) -> _Found:
    parts = shapely.get_parts(missing)
    for part, area_m2 in zip(parts, shapely.area(parts), strict=True):
        if area_m2 > AREA_M2:
            yield _found(units, parent, "gap", "error", _place(part), area_m2=float(area_m2))


def _overhangs(units: UnitRows, children: Ints, ground: BaseGeometry) -> _Found:
    beyond = shapely.difference(units.shapes_xy[children], ground)
    area_m2 = shapely.area(beyond)
    for index in np.flatnonzero(area_m2 > AREA_M2):
        where = _place(_largest(beyond[index]))
        yield _found(units, int(children[index]), "outside_parent", "error", where, area_m2=float(area_m2[index]))


def _largest(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    largest: BaseGeometry = parts[int(np.argmax(shapely.area(parts)))]
    return largest


def _pieces(units: UnitRows) -> _Found:
    """Find 邻, 组 and 片 in several parts: ``pieces``; the place is in the smallest of them.

    A 邻 in pieces is a warning where its 组 lies in pieces: the list of homes forces it, and nobody can draw it whole.
    """
    count = shapely.get_num_geometries(units.shapes_xy)
    for row in np.flatnonzero((count > 1) & _has_shape(units)).tolist():
        severity = _PARTS_MATTER.get(units.levels[row])
        if severity and units.parent[row] >= 0 and count[units.parent[row]] > 1:
            severity = "warning"
        if severity:
            parts = shapely.get_parts(units.shapes_xy[row])
            smallest = parts[int(np.argmin(shapely.area(parts)))]
            yield _found(units, row, "in_pieces", severity, _place(smallest), pieces=int(count[row]))


def _sizes(units: UnitRows, homes: HomeRows, profile: Profile) -> _Found:
    """Count the homes of each 邻: ``homes``, ``low``, ``high``."""
    amount = np.bincount(homes.unit, minlength=len(units.ids))
    low, high = profile.lin_homes_min, profile.lin_homes_max
    lins = units.rows(Level.LIN)
    siblings = np.bincount(units.parent[lins] + 1, minlength=len(units.ids) + 1)
    for row in lins.tolist():
        values = {"homes": int(amount[row]), "low": low, "high": high}
        where = _place(units.shapes_xy[row])
        if amount[row] < low:
            # A 组 of fewer homes than a 邻 needs is one 邻; nobody can draw it otherwise.
            alone = units.parent[row] >= 0 and siblings[units.parent[row] + 1] == 1
            yield _found(units, row, "too_few_homes", "warning" if alone else "error", where, **values)
        if amount[row] > high:
            yield _found(units, row, "too_many_homes", "error", where, **values)


def _memberships(units: UnitRows, homes: HomeRows) -> _Found:
    """Find homes that belong to no 邻 or to several: ``home``, for several also ``units`` (their codes)."""
    amount = np.bincount(homes.home, minlength=len(homes.xy))
    for home in np.flatnonzero(amount == 0).tolist():
        yield Violation("home_in_no_unit", "", "error", {"home": home}), homes.xy[home]
    for home in np.flatnonzero(amount > 1).tolist():
        rows = homes.unit[homes.home == home].tolist()
        values = {"home": home, "units": [units.codes[row] for row in rows]}
        yield Violation("home_in_two_units", units.ids[rows[0]], "error", values), homes.xy[home]


def _outside(units: UnitRows, homes: HomeRows) -> _Found:
    """Find homes that stand outside their 邻's shape: ``home``, ``away_m``.

    Homes of several 邻 on one point share slices of one ground, so only the nearest of those 邻 can be asked.
    """
    drawn = _has_shape(units)[homes.unit]
    home, unit = homes.home[drawn], homes.unit[drawn]
    away_m = shapely.distance(units.shapes_xy[unit], shapely.points(homes.xy[home]))
    if not (away_m > OUTSIDE_M).any():
        return
    site = leaders(len(homes.xy), near_pairs(homes.xy, SAME_SITE_M))[home]
    nearest_m = np.full(len(homes.xy), np.inf)
    np.minimum.at(nearest_m, site, away_m)
    for index in np.flatnonzero(nearest_m[site] > OUTSIDE_M):
        values = {"home": int(home[index]), "away_m": float(away_m[index])}
        yield _found(units, int(unit[index]), "home_outside_unit", "error", homes.xy[home[index]], **values)


def _crossings(units: UnitRows, homes: HomeRows, barriers_xy: Sequence[BaseGeometry]) -> _Found:
    """Find 邻 with homes on both sides of a barrier that runs through their ground: ``parts``."""
    lins = units.rows(Level.LIN)
    lins = lins[_has_shape(units)[lins]]
    if not len(lins) or not len(barriers_xy):
        return
    lines = np.asarray(list(barriers_xy), dtype=np.object_)
    barrier, lin = shapely.STRtree(units.shapes_xy[lins]).query(lines, predicate="intersects")
    for index in np.unique(lin):
        row = int(lins[index])
        own = homes.xy[homes.home[homes.unit == row]]
        parts = _parts_with_homes(units.shapes_xy[row], lines[barrier[lin == index]], own)
        if parts > 1:
            yield _found(units, row, "crosses_barrier", "warning", _place(units.shapes_xy[row]), parts=parts)


def _parts_with_homes(shape: BaseGeometry, lines: Shapes, home_xy: Floats) -> int:
    """Cut a shape along lines and count the parts on which homes stand."""
    noded = shapely.union_all([shapely.boundary(shape), *lines])
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    part, _ = shapely.STRtree(np.asarray(shapely.points(home_xy))).query(parts, predicate="contains")
    return len(np.unique(part))


def _zu_counts(units: UnitRows, profile: Profile) -> _Found:
    """Count the 组 of each 片: ``zu``, ``low``, ``high``; 2至3个小组为片 is broken in two of three counties (A03)."""
    parents = units.parent[units.rows(Level.ZU)]
    amount = np.bincount(parents[parents >= 0], minlength=len(units.ids))
    low, high = profile.pian_zu_min, profile.pian_zu_max
    for row in units.rows(Level.PIAN).tolist():
        if not low <= amount[row] <= high:
            where = _place(units.shapes_xy[row])
            yield _found(units, row, "zu_count", "warning", where, zu=int(amount[row]), low=low, high=high)
