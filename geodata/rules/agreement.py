from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.crs import Zone, shapes_to_xy, to_xy

Points = NDArray[np.float64]

_NEAR_BORDER_M = 60.0  # two independent drawings of one county border lie closer than this along most of it
_NEAR_HOME_M = 150.0  # a shift of GCJ-02 is 500 to 700 m in Hunan, so agreement within this is no accident
_CLEARLY = 3.0  # the winner's misfit is at most a third of the next one's
_FEWEST = 10  # points that must tell the versions apart


@dataclass(frozen=True)
class Agreement:
    """Which of several readings of the same points agrees with known ground; ``winner`` is "" where none clearly does.

    ``fits`` holds one number per reading, the larger the better: a share of points, or -1 times metres.
    """

    winner: str = ""
    confidence: float = 0.0
    fits: dict[str, float] = field(default_factory=dict)


def agreement(
    versions: Mapping[str, Points], target_ll: BaseGeometry | NDArray[np.object_] | None, zone: Zone
) -> Agreement:
    """Compare readings of the same points with ground that is known.

    Parameters
    ----------
    versions
        Name to (n, 2) degrees EPSG:4490, the same points read in several ways.
    target_ll
        In EPSG:4490 degrees: an array of the polygon each point claims to lie in; points of an earlier layer; or an
        area, with which the points are compared as its border if many lie along it, else by lying inside.
    zone
        Where distances are measured.

    Returns
    -------
    Agreement
        A winner only where it is three times better than the next reading, by at least ten points.
    """
    if target_ll is None:
        return Agreement()
    if isinstance(target_ll, np.ndarray):
        return _inside_claimed(versions, target_ll)
    if shapely.is_empty(target_ll):
        return Agreement()
    target_xy = shapes_to_xy(target_ll, zone)
    moved = {name: to_xy(ll, zone) for name, ll in versions.items()}
    if int(shapely.get_dimensions(target_xy)) == 0:
        return _near_points(moved, target_xy)
    along = _along_border(moved, target_xy)
    return along if along.winner or int(shapely.get_dimensions(target_xy)) == 1 else _inside_area(moved, target_xy)


def _inside_claimed(versions: Mapping[str, Points], claimed: NDArray[np.object_]) -> Agreement:
    known = ~shapely.is_missing(claimed)
    outside = {
        name: int(np.sum(~shapely.contains_xy(claimed[known], ll[known, 0], ll[known, 1])))
        for name, ll in versions.items()
    }
    return _fewest_outside(outside, int(known.sum()), 0.95)


def _inside_area(versions: Mapping[str, Points], area_xy: BaseGeometry) -> Agreement:
    shapely.prepare(area_xy)
    outside = {name: int(np.sum(~shapely.contains_xy(area_xy, xy[:, 0], xy[:, 1]))) for name, xy in versions.items()}
    total = len(next(iter(versions.values())))
    return _fewest_outside(outside, total, 0.9)


def _fewest_outside(outside: Mapping[str, int], total: int, confidence: float) -> Agreement:
    fits = {name: 1.0 - count / max(total, 1) for name, count in outside.items()}
    ranked = sorted(outside, key=lambda name: outside[name])
    best, second = outside[ranked[0]], outside[ranked[1]]
    if best > total / 2 or second - best < _FEWEST or best * _CLEARLY > second:
        return Agreement(fits=fits)
    return Agreement(ranked[0], confidence, fits)


def _along_border(versions: Mapping[str, Points], area_xy: BaseGeometry) -> Agreement:
    border = shapely.boundary(area_xy) if int(shapely.get_dimensions(area_xy)) == 2 else area_xy
    shapely.prepare(border)
    near = {
        name: int(np.sum(shapely.dwithin(border, shapely.points(xy), _NEAR_BORDER_M))) for name, xy in versions.items()
    }
    total = len(next(iter(versions.values())))
    fits = {name: count / max(total, 1) for name, count in near.items()}
    ranked = sorted(near, key=lambda name: -near[name])
    best, second = near[ranked[0]], near[ranked[1]]
    if best < _FEWEST or fits[ranked[0]] < 0.03 or best < _CLEARLY * second:
        return Agreement(fits=fits)
    if int(shapely.get_dimensions(area_xy)) == 2 and _leaves_as_many_out(versions, ranked[0], area_xy):
        return Agreement(fits=fits)  # a hamlet by the border, read wrongly, may lie along it by chance
    return Agreement(ranked[0], 0.95, fits)


def _leaves_as_many_out(versions: Mapping[str, Points], winner: str, area_xy: BaseGeometry) -> bool:
    """Tell whether another reading puts as many of the points inside the border, or within its width, as the winner."""
    ground = shapely.buffer(area_xy, _NEAR_BORDER_M)
    shapely.prepare(ground)
    inside = {name: int(np.sum(shapely.contains_xy(ground, xy[:, 0], xy[:, 1]))) for name, xy in versions.items()}
    return inside[winner] <= max(count for name, count in inside.items() if name != winner)


def _near_points(versions: Mapping[str, Points], target_xy: BaseGeometry) -> Agreement:
    """Compare by the median distance to the nearest point of an earlier layer."""
    homes = np.asarray(shapely.points(shapely.get_coordinates(target_xy)), dtype=object)
    tree = shapely.STRtree(homes)
    gaps = {}
    for name, xy in versions.items():
        _, distance_m = tree.query_nearest(shapely.points(xy), return_distance=True, all_matches=False)
        gaps[name] = float(np.median(distance_m))
    fits = {name: -gap for name, gap in gaps.items()}
    ranked = sorted(gaps, key=lambda name: gaps[name])
    if gaps[ranked[0]] > _NEAR_HOME_M or any(gaps[one] * _CLEARLY > gaps[two] for one, two in pairwise(ranked[:2])):
        return Agreement(fits=fits)
    return Agreement(ranked[0], 0.9, fits)
