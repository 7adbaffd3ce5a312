from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.segments import Floats, Ints, Shapes, flatten, shared_borders

DIRECTIONS = 72
"""Directions tried for the cuts, 5 degrees apart."""
TOUCH_M = 0.1
"""A slice touches its neighbours where they share at least this much border."""


def slice_shape(shape_xy: BaseGeometry, homes: NDArray[np.float64], anchors: Sequence[Floats]) -> Shapes:
    """Cut the ground of one site into parallel slices, one for each 邻 or 组 that its homes belong to.

    The slices follow the given order, their areas are in proportion to the homes, every one is connected, and the
    direction is the one in which most slices reach the neighbours they belong to. Only where no direction lets
    every slice reach its neighbours is the order changed to follow them.

    Parameters
    ----------
    shape_xy
        The ground of the site, metres.
    homes
        (m,) homes of each slice, in the order of the slices; m >= 2.
    anchors
        For each slice the (b, 2, 2) border segments of ``shape_xy`` beyond which its own unit goes on; may be empty.

    Returns
    -------
    (m,) polygons that tile ``shape_xy``; its border has new vertices where a cut meets it.
    """
    angle, order = _best_direction(shape_xy, homes, anchors)
    levels = _levels(shape_xy, homes[order], angle)
    slices = _cut(shape_xy, levels, angle, len(homes))
    out = np.empty(len(homes), dtype=np.object_)
    out[order] = slices
    return out


def _best_direction(
    shape_xy: BaseGeometry, homes: NDArray[np.float64], anchors: Sequence[Floats]
) -> tuple[float, Ints]:
    """Return the direction (radians) and the order in which most anchored slices touch their anchors."""
    given = np.arange(len(homes))
    if not any(len(a) for a in anchors):
        return _long_axis(shape_xy), given
    best: tuple[float, float, Ints] = (-1.0, 0.0, given)
    wanted = sum(1 for a in anchors if len(a))
    for follow in (False, True):
        for angle in np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS):
            order = _following(angle, anchors) if follow else given
            worth = _touching(shape_xy, homes, anchors, float(angle), order)
            if worth > best[0] + 1e-9:
                best = (worth, float(angle), order)
        if best[0] >= wanted:
            break
    return best[1], best[2]


def _long_axis(shape_xy: BaseGeometry) -> float:
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape_xy))
    sides = np.diff(corners[:3], axis=0)
    x, y = sides[int(np.argmax(np.hypot(*sides.T)))]
    # Westernmost (or southernmost) first, so that the same house is always cut the same way.
    return float(np.arctan2(y, x)) if (x, y) > (0.0, 0.0) else float(np.arctan2(-y, -x))


def _following(angle: float, anchors: Sequence[Floats]) -> Ints:
    """Order slices as their anchors lie along the direction; those without keep their place between the others."""
    axis = np.array([np.cos(angle), np.sin(angle)])
    at = np.array([float((a @ axis).mean()) if len(a) else np.nan for a in anchors])
    held = np.flatnonzero(~np.isnan(at))
    order = np.arange(len(anchors))
    order[held] = held[np.argsort(at[held], kind="stable")]
    return order


def _touching(
    shape_xy: BaseGeometry, homes: NDArray[np.float64], anchors: Sequence[Floats], angle: float, order: Ints
) -> float:
    """Count the slices that touch their anchors; the length of touch, as a share, decides between equals."""
    axis = np.array([np.cos(angle), np.sin(angle)])
    levels = np.concatenate([[-np.inf], _levels(shape_xy, homes[order], angle), [np.inf]])
    worth = 0.0
    for place, index in enumerate(order):
        anchor = anchors[index]
        if not len(anchor):
            continue
        ends = anchor @ axis
        low, high = ends.min(axis=1), ends.max(axis=1)
        inside = np.clip(np.minimum(high, levels[place + 1]) - np.maximum(low, levels[place]), 0, None)
        flat = (high - low < 1e-9) & (low > levels[place]) & (high < levels[place + 1])
        share = np.where(high - low < 1e-9, flat, inside / np.maximum(high - low, 1e-9))
        length_m = np.hypot(*(anchor[:, 1] - anchor[:, 0]).T)
        touch_m = float((share * length_m).sum())
        if touch_m >= TOUCH_M:
            worth += 1 + 0.5 * touch_m / float(length_m.sum()) / len(anchors)
    return worth


def _levels(shape_xy: BaseGeometry, homes: NDArray[np.float64], angle: float) -> Floats:
    """Return where along the direction (m - 1) cuts leave areas in proportion to the homes.

    The area before a level is the sum over the edges of the integral of the cross coordinate up to the level
    (Green's theorem), a rising function that is halved down to the level.
    """
    table = flatten(np.array([shape_xy], dtype=np.object_))
    rows = table.starts()
    origin = table.xy[0]
    xy = (table.xy - origin) @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    a, b = xy[rows], xy[rows + 1]
    run = b[:, 0] - a[:, 0]
    safe = np.where(np.abs(run) < 1e-12, 1.0, run)

    def area_before(level: Floats) -> Floats:
        share_a = np.clip((level[:, None] - a[:, 0]) / safe, 0, 1)
        # Walked from a to b: the part before the level is [0, share] when going up, [share, 1] when going down.
        up = run > 0
        start, end = np.where(up, 0, share_a), np.where(up, share_a, 1)
        height = a[:, 1] + (b[:, 1] - a[:, 1]) * (start + end) / 2
        part = np.where(np.abs(run) < 1e-12, 0.0, (end - start) * run * height)
        return np.asarray(np.abs(part.sum(axis=1)))

    share = np.cumsum(homes)[:-1] / homes.sum()
    target = share * area_before(np.array([np.inf]))[0]
    low = np.full(len(target), xy[:, 0].min())
    high = np.full(len(target), xy[:, 0].max())
    for _ in range(45):
        middle = (low + high) / 2
        less = area_before(middle) < target
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return np.asarray((low + high) / 2 + origin @ np.array([np.cos(angle), np.sin(angle)]))


def _cut(shape_xy: BaseGeometry, levels: Floats, angle: float, count: int) -> Shapes:
    """Cut at the levels; pieces that a notch in the ground separates go to the slice they touch."""
    axis = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-axis[1], axis[0]])
    xy = shapely.get_coordinates(shape_xy) @ across
    low, high = xy.min() - 1, xy.max() + 1
    lines = [shapely.LineString([axis * level + across * low, axis * level + across * high]) for level in levels]
    noded = shapely.union_all([shapely.boundary(shape_xy), *lines])
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.get_coordinates(shapely.point_on_surface(pieces))
    held = shapely.contains_xy(shape_xy, inner[:, 0], inner[:, 1])
    pieces, inner = pieces[held], inner[held]
    slice_of = np.searchsorted(levels, inner @ axis)
    owner = np.full(len(pieces), -1, dtype=np.intp)
    area_m2 = shapely.area(pieces)
    for index in range(count):
        own = np.flatnonzero(slice_of == index)
        if len(own):
            owner[own[np.argmax(area_m2[own])]] = index
    owner = _give_loose(pieces, owner)
    return np.array([shapely.coverage_union_all(pieces[owner == i]) for i in range(count)], dtype=np.object_)


def _give_loose(pieces: Shapes, owner: Ints) -> Ints:
    """Give each piece without an owner to the owned one with the longest shared border, until none is left."""
    borders = shared_borders(pieces, np.zeros((0, 2, 2)))
    owner = owner.copy()
    while (owner < 0).any():
        loose = (owner[borders.pairs] < 0).sum(axis=1) == 1
        if not loose.any():
            owner[owner < 0] = owner[owner >= 0][0]
            break
        edge = np.flatnonzero(loose)[np.argmax(borders.border_m[loose])]
        i, j = borders.pairs[edge]
        if owner[i] < 0:
            i, j = j, i
        owner[j] = owner[i]
    return owner
