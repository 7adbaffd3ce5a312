from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geodata.rules.demo_ground import Ground
from geodata.rules.demo_terrain import Floats, Ints

BLOCK_M = (94.0, 66.0)
"""Length and depth of a block of town houses, from street to street."""


@dataclass(frozen=True)
class Blocks:
    """The blocks a town may fill, on a grid of streets laid along the main road through its centre.

    ``xy`` is (n, 2) metres, the middles; ``turn`` the bearing of the long streets in radians, ``town`` the town.
    ``half`` tells the middles that lie on a street between two blocks, taken only where a town is full.
    """

    xy: Floats
    turn: Floats
    town: Ints
    half: np.ndarray[tuple[int], np.dtype[np.bool_]]


def make_blocks(ground: Ground, reach_m: float = 1500.0) -> Blocks:
    """Lay a grid of blocks about every town centre, as far as ``reach_m``; the caller keeps those in the town."""
    count = (int(2 * reach_m / BLOCK_M[0]) // 2, int(2 * reach_m / BLOCK_M[1]) // 2)
    u, v = np.meshgrid(np.arange(-2 * count[0], 2 * count[0] + 1), np.arange(-count[1], count[1]) + 0.5)
    # Odd halves along the street are middles of blocks, even ones the streets between them.
    local = np.column_stack((0.5 * u.ravel() * BLOCK_M[0], v.ravel() * BLOCK_M[1]))
    half = u.ravel() % 2 == 0
    turn = _main_bearing(ground)
    number = len(turn)
    return Blocks(
        xy=np.concatenate([turned(local, a) + centre for a, centre in zip(turn, ground.centres_xy, strict=True)]),
        turn=np.repeat(turn, len(local)),
        town=np.repeat(np.arange(number), len(local)),
        half=np.tile(half, number),
    )


def turned(local: Floats, bearing: Floats | float) -> Floats:
    """Turn (n, 2) offsets counter-clockwise by a bearing in radians, one for all or one each."""
    cos, sin = np.cos(bearing), np.sin(bearing)
    return np.column_stack((local[:, 0] * cos - local[:, 1] * sin, local[:, 0] * sin + local[:, 1] * cos))


def _main_bearing(ground: Ground) -> Floats:
    # Along the line between the places where the roads are 300 m before and after the centre, or nearly so.
    points = np.concatenate(ground.roads)
    bearings = []
    for centre in ground.centres_xy:
        gone = points - centre
        ring = gone[np.argsort(np.abs(np.hypot(*gone.T) - 300.0), kind="stable")[:1]][0]
        bearings.append(float(np.arctan2(ring[1], ring[0])))
    return np.array(bearings)


def street_lines(xy: Floats, turn: Floats, town: Ints) -> list[Floats]:
    """Return the streets round the blocks at ``xy``, each an (n, 2) straight line as long as blocks stand along it.

    It has a corner at each crossing, as surveyed streets have: two streets meet where they share one.
    """
    lines: list[Floats] = []
    for number in np.unique(town):
        mine = town == number
        bearing = float(turn[mine][0])
        origin = xy[mine][0]
        middle = turned(xy[mine] - origin, -bearing)
        corner = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]]) * BLOCK_M
        # Corners are rounded to a centimetre, so that two blocks give their shared street once.
        rings = np.round(middle[:, None, :] + corner, 2)
        sides = np.stack((rings[:, :-1], rings[:, 1:]), axis=2).reshape(-1, 2, 2)
        sides = np.unique(np.sort(sides, axis=1), axis=0)  # each side lies along one axis: sorting only turns it
        for along in (0, 1):
            run = sides[sides[:, 0, along] != sides[:, 1, along]]
            merged = shapely.line_merge(shapely.MultiLineString(list(run)))
            lines += [turned(shapely.get_coordinates(p), bearing) + origin for p in shapely.get_parts(merged)]
    return lines


def with_crossings(lines: list[Floats], others: list[Floats]) -> list[Floats]:
    """Put a corner into a line wherever it crosses another one, as surveyed roads have one at each crossing on a level.

    Each line is (n, 2) metres; the ``others`` stay as they are.
    """
    shapes = np.array([shapely.LineString(line) for line in lines + others], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes[: len(lines)], predicate="crosses")
    points, pair = shapely.get_coordinates(shapely.intersection(shapes[one], shapes[other]), return_index=True)
    line = one[pair]
    along = shapely.line_locate_point(shapes[line], shapely.points(points))
    order = np.lexsort((along, line))
    line, along, points = line[order], along[order], points[order]
    cuts = np.searchsorted(line, np.arange(len(lines) + 1))
    made = []
    for number, corners in enumerate(lines):
        mine = slice(cuts[number], cuts[number + 1])
        gone = np.append(0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T)))
        made.append(np.insert(corners, np.searchsorted(gone, along[mine], side="left"), points[mine], axis=0))
    return made
