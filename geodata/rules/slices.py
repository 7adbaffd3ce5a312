from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.points import merge_near
from geodata.rules.segments import (
    Floats,
    Ints,
    Shapes,
    distinct_segments,
    flatten,
    insert_points,
    line_segments,
    segments_beside,
    shared_borders,
)

DIRECTIONS = 36
"""Directions tried for the cuts, 10 degrees apart."""
NODE_M = 1e-5
"""A cut nearer than this to a corner goes through it."""
TOUCH_M = 0.1
"""A slice touches its neighbours where they share at least this much border."""


def slice_row(shapes: Shapes, label: Ints, row: int, label_of_stack: Ints) -> tuple[Shapes, Ints]:
    """Cut one shape of a coverage into slices, one for each label of the homes that are stacked on it.

    Parameters
    ----------
    shapes, label
        (r,) node-matched polygons, metres, and what each belongs to; -1 where that is not decided yet.
    row
        The shape to cut.
    label_of_stack
        (h,) labels of its homes in stack order; labels follow each other as they first appear.

    Returns
    -------
    shapes, label
        The first slice takes the row of the shape, the others come after the last row, in stack order; neighbours
        have the new corners.
    """
    labels, first, count = np.unique(label_of_stack, return_index=True, return_counts=True)
    order = np.argsort(first, kind="stable")
    labels = labels[order].astype(np.intp)
    beside = _boxes_meeting(shapes, row)
    anchors = [segments_beside(shapes, row, beside[label[beside] == own]) for own in labels]
    slices = slice_shape(shapes[row], count[order].astype(np.float64), anchors)
    shapes = shapes.copy()
    # Neighbours get the new corners at once: the next stacked cell is cut with them, not beside them.
    shapes[beside] = insert_points(shapes[beside], shapely.get_coordinates(slices), NODE_M)
    shapes[row] = slices[0]
    label = np.concatenate([label, labels[1:]])
    label[row] = labels[0]
    return np.concatenate([shapes, slices[1:]]), label


def _boxes_meeting(shapes: Shapes, index: int) -> Ints:
    """Return the other shapes whose bounding boxes meet that of one."""
    bounds = shapely.bounds(shapes)
    own = bounds[index]
    meets = (bounds[:, :2] <= own[2:] + NODE_M).all(axis=1) & (bounds[:, 2:] >= own[:2] - NODE_M).all(axis=1)
    meets[index] = False
    return np.flatnonzero(meets).astype(np.intp)


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
    # Near the origin the cuts keep their digits; a whole number moves there and back without loss.
    origin = np.floor(np.asarray(shape_xy.bounds[:2]))
    shape = shapely.transform(shape_xy, lambda xy: xy - origin)
    anchors = [a - origin for a in anchors]
    angle, order = _best_direction(shape, homes, anchors)
    slices = _cut(shape, _levels(shape, _shares(homes[order]), angle), angle, len(homes))
    out = np.empty(len(homes), dtype=np.object_)
    out[order] = shapely.transform(slices, lambda xy: xy + origin)
    return out


def _shares(homes: Floats) -> Floats:
    """Return the share of the ground before each cut: (m,) -> (m - 1,)."""
    return np.asarray(np.cumsum(homes)[:-1] / homes.sum())


def _best_direction(shape_xy: BaseGeometry, homes: Floats, anchors: Sequence[Floats]) -> tuple[float, Ints]:
    """Return the direction (radians) and the order in which most anchored slices touch their anchors."""
    given = np.arange(len(homes))
    wanted = sum(1 for a in anchors if len(a))
    if not wanted:
        return _long_axis(shape_xy), given
    angles: Floats = np.arange(DIRECTIONS, dtype=np.float64) * (2 * np.pi / DIRECTIONS)
    table = _area_tables(shape_xy, angles)
    worth = _touching(table, homes, anchors, angles, given)
    best, order = int(np.argmax(worth)), given
    if worth[best] < wanted:
        for other in np.unique(_following(angles, anchors), axis=0):
            changed = _touching(table, homes, anchors, angles, other)
            if changed.max() > worth[best] + 1:
                worth, best, order = changed, int(np.argmax(changed)), other
    return float(angles[best]), order


def _long_axis(shape_xy: BaseGeometry) -> float:
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape_xy))
    sides = np.diff(corners[:3], axis=0)
    x, y = sides[int(np.argmax(np.hypot(*sides.T)))]
    # Westernmost (or southernmost) first, so that the same house is always cut the same way.
    return float(np.arctan2(y, x)) if (x, y) > (0.0, 0.0) else float(np.arctan2(-y, -x))


def _following(angles: Floats, anchors: Sequence[Floats]) -> Ints:
    """Order slices as their anchors lie along each direction; those without keep their place: -> (d, m)."""
    axes = np.stack([np.cos(angles), np.sin(angles)])
    held = [i for i, a in enumerate(anchors) if len(a)]
    at = np.stack([(anchors[i].reshape(-1, 2) @ axes).mean(axis=0) for i in held], axis=1)
    order = np.tile(np.arange(len(anchors)), (len(angles), 1))
    order[:, held] = np.array(held)[np.argsort(at, axis=1, kind="stable")]
    return order


def _area_tables(shape_xy: BaseGeometry, angles: Floats) -> tuple[Floats, Floats]:
    """Return levels (d, 17) along every direction and the share of the ground before each, to choose by."""
    a, b = _turned_edges(shape_xy, angles)
    low, high = a[..., 0].min(axis=1), a[..., 0].max(axis=1)
    levels = low[:, None] + np.linspace(0, 1, 17) * (high - low)[:, None]
    area = _area_before(a, b, levels)
    return levels, area / area[:, -1:]


def _touching(
    table: tuple[Floats, Floats], homes: Floats, anchors: Sequence[Floats], angles: Floats, order: Ints
) -> Floats:
    """Count for each direction the slices that touch their anchors; the share of touch decides between equals."""
    cuts = np.stack([np.interp(_shares(homes[order]), *row[::-1]) for row in zip(*table, strict=True)])
    endless = np.full((len(angles), 1), np.inf)
    cuts = np.concatenate([-endless, cuts, endless], axis=1)
    axes = np.stack([np.cos(angles), np.sin(angles)])
    worth = np.zeros(len(angles))
    for place, index in enumerate(order):
        anchor = anchors[index]
        if len(anchor):
            ends = anchor @ axes
            low, high = ends.min(axis=1), ends.max(axis=1) + 1e-9
            start, stop = cuts[:, place], cuts[:, place + 1]
            share = np.clip(np.minimum(high, stop) - np.maximum(low, start), 0, None) / (high - low)
            length_m = np.hypot(*(anchor[:, 1] - anchor[:, 0]).T)
            touch_m = length_m @ share
            worth += (touch_m >= TOUCH_M) * (1 + 0.5 * touch_m / length_m.sum() / len(anchors))
    return worth


def _turned_edges(shape_xy: BaseGeometry, angles: Floats) -> tuple[Floats, Floats]:
    """Return both ends (d, n, 2) of the edges in planes whose first axes are the directions."""
    table = flatten(np.array([shape_xy], dtype=np.object_))
    rows = table.starts()
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y = table.xy.T
    xy = np.stack([x * cos + y * sin, y * cos - x * sin], axis=-1)
    return xy[:, rows], xy[:, rows + 1]


def _area_before(a: Floats, b: Floats, level: Floats) -> Floats:
    """Return the area before each level (d, l): the integral, over the edges up to it, of the other coordinate (Green).

    Walked from a to b the part of an edge before the level is [0, share] when going up, [share, 1] when going down.
    """
    run, rise = (b[..., 0] - a[..., 0])[:, None], (b[..., 1] - a[..., 1])[:, None]
    is_flat = np.abs(run) < 1e-12
    share = np.clip((level[..., None] - a[:, None, :, 0]) / np.where(is_flat, 1.0, run), 0, 1)
    up = run > 0
    length = np.where(up, share, 1 - share)
    middle = np.where(up, share, 1 + share) / 2
    area = np.where(is_flat, 0.0, length * run * (a[:, None, :, 1] + rise * middle))
    return np.asarray(np.abs(area.sum(axis=-1)))


def _levels(shape_xy: BaseGeometry, shares: Floats, angle: float) -> Floats:
    """Return where along the direction the cuts leave the given shares of the area: halving a rising function."""
    a, b = _turned_edges(shape_xy, np.array([angle]))
    low = np.full(len(shares), a[..., 0].min())
    high = np.full(len(shares), a[..., 0].max())
    target = shares * _area_before(a, b, high[None, :1])[0]
    for _ in range(36):
        middle = (low + high) / 2
        less = _area_before(a, b, middle[None])[0] < target
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return np.asarray((low + high) / 2)


def _cut(shape_xy: BaseGeometry, levels: Floats, angle: float, count: int) -> Shapes:
    """Cut at the levels; pieces that a notch in the ground separates go to the slice they touch."""
    axis = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-axis[1], axis[0]])
    corners = shapely.get_coordinates(shape_xy)
    low, high = (corners @ across).min() - 1, (corners @ across).max() + 1
    lines = [shapely.LineString([axis * level + across * low, axis * level + across * high]) for level in levels]
    segments = line_segments(shapely.union_all([shapely.boundary(shape_xy), *lines]))
    # The ground's own corners stay where they are: a cut that all but meets one goes through it.
    xy = merge_near(np.concatenate([corners, segments.reshape(-1, 2)]), NODE_M)[len(corners) :]
    segments = distinct_segments(xy.reshape(-1, 2, 2))
    pieces = shapely.get_parts(shapely.polygonize(np.asarray(shapely.linestrings(segments))))
    inner = shapely.get_coordinates(shapely.point_on_surface(pieces))
    held = shapely.contains_xy(shape_xy, inner[:, 0], inner[:, 1])
    pieces, inner = pieces[held], inner[held]
    slice_of = np.searchsorted(levels, inner @ axis)
    owner = np.full(len(pieces), -1, dtype=np.intp)
    area_m2 = shapely.area(pieces)
    for index in np.unique(slice_of):
        own = np.flatnonzero(slice_of == index)
        owner[own[np.argmax(area_m2[own])]] = index
    owner = _give_loose(pieces, owner)
    out = np.full(count, shapely.Polygon(), dtype=np.object_)
    for index in np.unique(owner):
        out[index] = shapely.coverage_union_all(pieces[owner == index])
    return out


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
