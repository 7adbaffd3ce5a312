"""A net of equal cells over a county: squares or hexagons from one fixed origin, so a cell is the same each day."""

from __future__ import annotations

from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.kernels import Floats, Ints

Form = Literal["square", "hex"]
FORMS: tuple[Form, ...] = ("square", "hex")
_ROOT3 = 3.0**0.5


def cells_of(xy: Floats, form: Form, side_m: float) -> Ints:
    """Return in which cell each point lies: (n, 2) metres in the county's zone -> (n, 2) column and row.

    Squares have sides of ``side_m``; hexagons are as wide from side to side, points up (their columns and rows are the
    axial coordinates). Both begin at the zone's own origin.
    """
    if form == "square":
        return np.floor(np.asarray(xy) / side_m).astype(np.int64)
    radius_m = side_m / _ROOT3
    q = (_ROOT3 / 3 * xy[:, 0] - xy[:, 1] / 3) / radius_m
    r = (2 / 3 * xy[:, 1]) / radius_m
    cube = np.column_stack([q, -q - r, r])
    near = np.rint(cube)
    away = np.abs(near - cube)
    worst = away.argmax(axis=1)
    rows = np.arange(len(xy))
    near[rows, worst] = 0.0
    near[rows, worst] = -near.sum(axis=1)
    return near[:, [0, 2]].astype(np.int64)


def centres(cells: Ints, form: Form, side_m: float) -> Floats:
    """Return the middle of each cell: (n, 2) metres."""
    cells = np.asarray(cells, np.float64)
    if form == "square":
        return np.asarray((cells + 0.5) * side_m)
    radius_m = side_m / _ROOT3
    return np.column_stack([radius_m * _ROOT3 * (cells[:, 0] + cells[:, 1] / 2), radius_m * 1.5 * cells[:, 1]])


def outlines(cells: Ints, form: Form, side_m: float) -> NDArray[np.object_]:
    """Return the polygon of each cell, metres."""
    corners = 4 if form == "square" else 6
    radius_m = side_m / 2.0**0.5 if form == "square" else side_m / _ROOT3
    turn = np.pi / 4 if form == "square" else np.pi / 6
    angle = turn + 2 * np.pi / corners * np.arange(corners + 1)
    ring = radius_m * np.column_stack([np.cos(angle), np.sin(angle)])
    return np.asarray(shapely.polygons(centres(cells, form, side_m)[:, None, :] + ring[None]), dtype=object)
