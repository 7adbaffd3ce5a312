from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules import crs
from geodata.rules.crs import Zone

Shapes = NDArray[np.object_]


class Degrees:
    """The way from degrees to metres and back that loses nothing: each vertex that came keeps its own degrees.

    Projecting there and back drifts in the last digits; two polygons of which only one went that way would no longer
    share their vertices. So degrees are remembered by the metres they became, and only new vertices are computed.
    """

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self._keys = np.zeros(0, dtype=np.complex128)
        self._ll = np.zeros((0, 2))

    def to_xy(self, shapes_ll: Shapes) -> Shapes:
        """Project shapes (EPSG:4490 degrees) into metres of the county's zone, remembering every vertex."""
        ll = shapely.get_coordinates(shapes_ll)
        xy = crs.to_xy(ll, self.zone)
        keys, first = np.unique(np.append(self._keys, _keys(xy)), return_index=True)
        self._ll = np.concatenate([self._ll, ll])[first]
        self._keys = keys
        return np.asarray(shapely.set_coordinates(shapes_ll.copy(), xy))

    def to_ll(self, shapes_xy: Shapes) -> Shapes:
        """Bring shapes back to degrees: remembered vertices bit for bit, others computed."""
        xy = shapely.get_coordinates(shapes_xy)
        return np.asarray(shapely.set_coordinates(shapes_xy.copy(), self.places_ll(xy)))

    def places_ll(self, xy: NDArray[np.float64] | Sequence[Sequence[float]]) -> NDArray[np.float64]:
        """Return (n, 2) degrees of (n, 2) metres."""
        xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        keys = _keys(xy)
        if not len(self._keys):
            return crs.to_ll(xy, self.zone)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = self._keys[at] == keys
        out = self._ll[at]
        if not known.all():
            out[~known] = crs.to_ll(xy[~known], self.zone)
        return out


def _keys(xy: NDArray[np.float64]) -> NDArray[np.complex128]:
    return np.asarray(xy[:, 0] + 1j * xy[:, 1])
