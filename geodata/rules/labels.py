from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

_TOLERANCE_SHARE = 0.05
"""How far from best a label may stand, as a share of the square root of the area: a fraction of a character."""

_THIN_SHARE = 1e-6
"""Below this share of its box's square a polygon is a thread: no circle fits, any point on it will do."""


def label_points(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Choose where each unit's name stands: inside its largest piece, as far from the border as it gets.

    Parameters
    ----------
    shapes
        (n,) polygons, single or multi, in any one space: EPSG:4490 degrees or metres. "Far" is judged in that
        space: in degrees the circle is an ellipse on the ground, which a label does not show.

    Returns
    -------
    ndarray
        (n,) shapely points in the space of ``shapes``; None where a shape is missing or empty.

    Notes
    -----
    The centre of the largest circle that fits (the pole of inaccessibility: Garcia-Castellanos and Lombardo 2007),
    found to 5 % of the unit's size. Shapes too thin for a circle, lines and points get any point of their own.
    """
    pieces = _largest_pieces(np.asarray(shapes, dtype=object))
    points = shapely.point_on_surface(pieces)
    points[shapely.is_empty(points)] = None
    bounds = shapely.bounds(pieces)
    width = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    area = shapely.area(pieces)
    roomy = np.flatnonzero(area > _THIN_SHARE * width**2)
    spokes = shapely.maximum_inscribed_circle(pieces[roomy], _TOLERANCE_SHARE * np.sqrt(area[roomy]))
    centres = shapely.get_point(spokes, 0)
    # a polygon that crosses itself may send its circle outside: it keeps the plain point
    sound = shapely.intersects(pieces[roomy], centres)
    points[roomy[sound]] = centres[sound]
    return points


def _largest_pieces(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Take the piece of largest area of each shape, the first of equals; None stays None."""
    pieces, row = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((np.arange(len(row)), -shapely.area(pieces), row))
    rows, first = np.unique(row[order], return_index=True)
    out = np.full(len(shapes), None, dtype=object)
    out[rows] = pieces[order[first]]
    return out
