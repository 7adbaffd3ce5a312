from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.rules.cells import Cells
from geodata.rules.mesh import unite
from geodata.rules.segments import Ints, Shapes
from geodata.rules.slices import slice_row


def shape_lins(cells: Cells, lin_of_home: Ints, stack_rank: Ints) -> Shapes:
    """Turn membership into ground: the 邻 of each home into polygons that tile the village exactly.

    Parameters
    ----------
    cells
        The ground of the home sites.
    lin_of_home
        (n,) label 0 .. k-1 of each home.
    stack_rank
        (n,) rank of a home inside its site in building, entrance, floor, room order. Where the homes of one site
        have several labels its cell is cut into slices in that order, areas in proportion to the homes, on the side
        where their 邻 goes on.

    Returns
    -------
    (k,) Polygons, MultiPolygons where the sites of a 邻 are not connected; a label without homes is an empty Polygon.
    """
    lin_of_home = np.asarray(lin_of_home, dtype=np.intp)
    if not len(lin_of_home):
        return np.zeros(0, dtype=np.object_)
    shapes, label = _labelled(cells, lin_of_home, np.asarray(stack_rank))
    return unite(shapes, label, int(lin_of_home.max()) + 1)


def homes_in_shapes(shapes: ArrayLike, home_points: ArrayLike) -> Ints:
    """Find the shape each home stands in; on a border the shape with the lowest index.

    Parameters
    ----------
    shapes
        (k,) polygons, any plane.
    home_points
        (n,) points in the same plane.

    Returns
    -------
    (n,) index of the shape, -1 where none holds the home.
    """
    points = np.asarray(home_points, dtype=np.object_)
    out = np.full(len(points), -1, dtype=np.intp)
    shape, home = shapely.STRtree(points).query(np.asarray(shapes, dtype=np.object_), predicate="intersects")
    order = np.argsort(-shape, kind="stable")
    out[home[order]] = shape[order]
    return out


def _labelled(cells: Cells, lin_of_home: Ints, stack_rank: NDArray[np.generic]) -> tuple[Shapes, Ints]:
    """Return shapes that belong to one label each: whole cells, and slices of those with several."""
    low = np.full(len(cells.shapes_xy), np.iinfo(np.intp).max, dtype=np.intp)
    high = np.full(len(cells.shapes_xy), -1, dtype=np.intp)
    np.minimum.at(low, cells.site_of_home, lin_of_home)
    np.maximum.at(high, cells.site_of_home, lin_of_home)
    mixed = np.flatnonzero(low != high)
    if not len(mixed):
        return cells.shapes_xy, low
    shapes, label = cells.shapes_xy, np.where(low == high, low, -1)
    for site in mixed:
        homes = np.flatnonzero(cells.site_of_home == site)
        homes = homes[np.argsort(stack_rank[homes], kind="stable")]
        shapes, label = slice_row(shapes, label, int(site), lin_of_home[homes])
    return shapes, label
