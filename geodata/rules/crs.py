from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from geodata.rules.datums import bd_to_wgs, gcj_to_wgs
from geodata.rules.problems import Problem

Points = NDArray[np.float64]
Shapes = NDArray[np.object_]

LL_EPSG = 4490
_GEOD = pyproj.Geod(ellps="GRS80")  # CGCS2000 differs from GRS80 by 0.1 mm in the minor axis
# Xian 1980, Beijing 1954, New Beijing: the true shift to CGCS2000 is secret; PROJ would be some 100 m off, silently.
_SECRET_DATUMS = {4610: "Xian 1980", 4214: "Beijing 1954", 4555: "New Beijing"}


@dataclass(frozen=True)
class Zone:
    """A county's own 3-degree Gauss-Krueger zone, in which its areas and lengths are measured.

    ``epsg`` is 4534 to 4554 (CGCS2000, no zone prefix, false easting 500,000 m), or 0 for a county outside
    73.5-136.5 E, where the same projection is made from ``central_meridian`` alone.
    """

    epsg: int
    central_meridian: float


def county_zone(lon: float) -> Zone:
    """Choose the 3-degree zone whose central meridian is nearest to a county's longitude.

    Parameters
    ----------
    lon
        Longitude in degrees, usually of the county's centroid.

    Returns
    -------
    Zone
        EPSG:4534 + (meridian - 75) / 3; a longitude half-way belongs to the eastern zone.

    >>> county_zone(111.67)
    Zone(epsg=4546, central_meridian=111.0)
    """
    meridian = 3 * math.floor(lon / 3 + 0.5)
    epsg = 4534 + (meridian - 75) // 3 if 75 <= meridian <= 135 else 0
    return Zone(epsg, float(meridian))


@lru_cache(maxsize=64)
def _zone_transformers(zone: Zone) -> tuple[pyproj.Transformer, pyproj.Transformer]:
    target: Any = zone.epsg or (
        f"+proj=tmerc +lat_0=0 +lon_0={zone.central_meridian} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +type=crs"
    )
    source: Any = LL_EPSG if zone.epsg else "+proj=longlat +ellps=GRS80 +no_defs +type=crs"
    return (
        pyproj.Transformer.from_crs(source, target, always_xy=True),
        pyproj.Transformer.from_crs(target, source, always_xy=True),
    )


def _apply(transformer: pyproj.Transformer, points: Points) -> Points:
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if len(points) == 0:
        return np.empty((0, 2))
    first, second = transformer.transform(points[:, 0], points[:, 1])
    return np.column_stack([first, second])


def to_xy(ll: Points, zone: Zone) -> Points:
    """Project degrees into a county's zone so that they can be measured.

    Parameters
    ----------
    ll
        (n, 2) degrees EPSG:4490, lon first.
    zone
        The county's zone, from :func:`county_zone`.

    Returns
    -------
    NDArray
        (n, 2) metres, east then north, without zone prefix. Equal inputs give equal outputs, bit for bit.
    """
    return _apply(_zone_transformers(zone)[0], ll)


def to_ll(xy: Points, zone: Zone) -> Points:
    """Bring metres of a county's zone back to (n, 2) degrees EPSG:4490, lon first."""
    return _apply(_zone_transformers(zone)[1], xy)


def _map_shapes(shapes: Any, change: Callable[[Points], Points]) -> Any:
    return shapely.transform(shapes, change) if shapes is not None else None


def shapes_to_xy(shapes: Any, zone: Zone) -> Any:
    """Project one shapely geometry or an array of them from EPSG:4490 degrees to the county's metres.

    A vertex two shapes share stays shared: the same degrees always become the same metres.
    """
    return _map_shapes(shapes, lambda points: to_xy(points, zone))


def shapes_to_ll(shapes: Any, zone: Zone) -> Any:
    """Bring one shapely geometry or an array of them from the county's metres to EPSG:4490 degrees."""
    return _map_shapes(shapes, lambda points: to_ll(points, zone))


def geodesic_area_m2(shape_ll: BaseGeometry) -> float:
    """Return the area of a (Multi)Polygon in EPSG:4490 degrees on the ellipsoid, in square metres (Karney 2013)."""
    area, _ = _GEOD.geometry_area_perimeter(shapely.orient_polygons(shape_ll))
    return abs(float(area))


def geodesic_length_m(shape_ll: BaseGeometry) -> float:
    """Return the length of a line in EPSG:4490 degrees on the ellipsoid, in metres (Karney 2013)."""
    return float(_GEOD.geometry_length(shape_ll))


@lru_cache(maxsize=64)
def _source_transformer(crs: str) -> pyproj.Transformer | None:
    """Return what brings ``crs`` to EPSG:4490, or None where nothing is to be done."""
    try:
        source = pyproj.CRS.from_user_input(crs)
    except CRSError:
        raise Problem("crs.unknown", crs=crs[:200]) from None
    geodetic = source.geodetic_crs
    if geodetic is None or not (source.is_projected or source.is_geographic):
        raise Problem("crs.unknown", crs=crs[:200])
    datum_epsg = geodetic.to_2d().to_epsg()
    if datum_epsg in _SECRET_DATUMS:
        raise Problem("crs.datum_unknown", crs=crs[:200], datum=_SECRET_DATUMS[datum_epsg])
    if source.is_geographic and datum_epsg in (4326, LL_EPSG):
        return None  # WGS 84 and CGCS2000 differ by centimetres; PROJ's own step between them is a null one
    # Through WGS 84 where the source has no published path to CGCS2000 (Web Mercator, CH1903+ and so on).
    target = LL_EPSG if datum_epsg == LL_EPSG else 4326
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _name(crs: str) -> str:
    """Accept "EPSG:n" and the WKT a file declared, nothing else PROJ would take (paths, pipelines)."""
    text = crs.strip()
    if text.upper().startswith("EPSG:") and text[5:].isascii() and text[5:].isdigit():
        return text.upper()
    if text[:4].upper() in ("PROJ", "GEOG", "GEOD", "COMP", "BOUN"):
        return text
    raise Problem("crs.unknown", crs=crs[:200])


def _converter(crs: str) -> Callable[[Points], Points]:
    shifted = {"gcj02": gcj_to_wgs, "bd09": bd_to_wgs}.get(crs.strip().lower().replace("-", ""))
    if shifted is not None:
        return shifted
    transformer = _source_transformer(_name(crs))
    if transformer is None:
        return lambda points: np.asarray(points, dtype=np.float64).reshape(-1, 2).copy()
    return lambda points: _apply(transformer, points)


def is_degrees(crs: str) -> bool:
    """Tell whether a CRS that :func:`convert` takes counts in degrees; raises ``crs.unknown``."""
    if crs.strip().lower().replace("-", "") in ("gcj02", "bd09"):
        return True
    try:
        return bool(pyproj.CRS.from_user_input(_name(crs)).is_geographic)
    except CRSError:
        raise Problem("crs.unknown", crs=crs[:200]) from None


def convert(points: Points, crs: str, *, swapped: bool = False) -> Points:
    """Bring coordinates of any accepted system to EPSG:4490 degrees, so that only one system is ever stored.

    Parameters
    ----------
    points
        (n, 2): lon, lat in degrees or east, north in metres (the other way round where ``swapped``). EPSG's own axis
        order (north first for 4490, 4513 ff.) is never used.
    crs
        ``"EPSG:nnnn"``, ``"gcj02"``, ``"bd09"``, or the WKT a file declared.
    swapped
        The two columns are in the other order.

    Returns
    -------
    NDArray
        (n, 2) degrees EPSG:4490, lon first; ``inf`` where a point lies outside what the projection can invert.

    Raises
    ------
    Problem
        ``crs.unknown`` (crs); ``crs.datum_unknown`` (crs, datum) for Xian 1980 and Beijing 1954, whose shift to
        CGCS2000 is not public: the surveying office must convert them.
    """
    change = _converter(crs)
    values = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    return change(values[:, ::-1] if swapped else values)


def convert_shapes(shapes: Any, crs: str, *, swapped: bool = False) -> Any:
    """Bring one shapely geometry or an array of them to EPSG:4490 degrees; as :func:`convert`."""
    change = _converter(crs)
    return _map_shapes(shapes, lambda points: change(points[:, ::-1] if swapped else points))
