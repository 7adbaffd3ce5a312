from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.rules.mvt import LINE, POINT, POLYGON, Parts, Value, layer_bytes
from geodata.rules.problems import Problem
from geodata.rules.tile_paths import Paths, cut_lines, cut_rings, doubled_areas, tidy, turned
from geodata.rules.units import Level

EXTENT = 4096
"""Units along a tile's side."""

MAX_ZOOM = 20
"""The deepest tile there is; a unit is then about 8 mm of ground at 27 degrees north."""

LEVELS_BY_ZOOM: dict[int, tuple[Level, ...]] = {
    0: (Level.COUNTY, Level.TOWN, Level.VILLAGE),
    10: (Level.COUNTY, Level.TOWN, Level.VILLAGE, Level.PIAN),
    12: (Level.COUNTY, Level.TOWN, Level.VILLAGE, Level.PIAN, Level.ZU),
    13: (Level.COUNTY, Level.TOWN, Level.VILLAGE, Level.PIAN, Level.ZU, Level.LIN),
}
"""Levels drawn from a zoom on, until the next entry: all homes in one z8 tile would take seconds and megabytes."""

HOMES_FROM_ZOOM = 14
"""The first zoom at which single homes are drawn."""

BARRIERS_FROM_ZOOM: dict[str, int] = {"river": 8, "railway": 8, "road": 10, "stream": 13}
"""The first zoom at which each kind of barrier is drawn."""

_POINT_TYPE, _POLYGON_TYPE = 0, 3  # shapely.GeometryType; 1 and 2 are lines and rings drawn as lines


@dataclass(frozen=True)
class TileLayer:
    """What one layer of a tile shows, as columns.

    Parameters
    ----------
    name
        What the map's style calls the layer.
    shapes_ll
        (n,) object array of points, lines or polygons, single or multi, in EPSG:4490 degrees, longitude first;
        a missing or empty shape becomes no feature.
    ids
        (n,) feature ids, 0 to 2**64 - 1.
    properties
        Columns of n values each; None and not-a-number are left out of their feature.

    Raises
    ------
    ValueError
        When the columns differ in length.
    """

    name: str
    shapes_ll: NDArray[np.object_]
    ids: NDArray[Any]
    properties: dict[str, Sequence[Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse columns that do not fit together before any of them is drawn beside the wrong shape."""
        lengths = {len(self.shapes_ll), len(self.ids), *map(len, self.properties.values())}
        if len(lengths) > 1:
            raise ValueError(f"the columns of tile layer {self.name!r} differ in length: {sorted(lengths)}")


def levels_at(zoom: int) -> tuple[Level, ...]:
    """Tell which levels of units a tile of this zoom shows, from the largest ground to the smallest.

    >>> [level.value for level in levels_at(12)]
    ['county', 'town', 'village', 'pian', 'zu']
    """
    return LEVELS_BY_ZOOM[max(first for first in LEVELS_BY_ZOOM if first <= max(zoom, 0))]


def homes_at(zoom: int) -> bool:
    """Tell whether a tile of this zoom shows single homes."""
    return zoom >= HOMES_FROM_ZOOM


def barriers_at(zoom: int) -> tuple[str, ...]:
    """Tell which kinds of barrier a tile of this zoom shows.

    >>> barriers_at(9)
    ('river', 'railway')
    """
    return tuple(kind for kind, first in BARRIERS_FROM_ZOOM.items() if zoom >= first)


def tile_bounds_ll(z: int, x: int, y: int, buffer_px: int = 0) -> tuple[float, float, float, float]:
    """Give the ground a tile covers as (west, south, east, north) in degrees, to ask the store for its shapes.

    Parameters
    ----------
    z, x, y
        The tile: zoom, column from the west, row from the north.
    buffer_px
        Tile units (1/4096 of the side) to add on every side, as `encode_tile` does.

    Notes
    -----
    The inverse of the spherical Mercator projection of EPSG:3857 as tiles are cut from it. Web Mercator is the
    picture's grid only; nothing is ever measured in it. EPSG:4490 degrees are taken as they are: CGCS2000 and
    WGS 84 differ by far less than a unit of the deepest tile.

    Raises
    ------
    Problem
        ``tile.out_of_range`` with ``z``, ``x``, ``y`` for a tile that does not exist.
    """
    check_tile(z, x, y)
    side = 1 << z
    margin = buffer_px / EXTENT
    west, east = ((x - margin) / side * 360 - 180, (x + 1 + margin) / side * 360 - 180)
    north, south = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / side)))) for row in (y - margin, y + 1 + margin)
    )
    return west, south, east, north


def check_tile(z: int, x: int, y: int) -> None:
    """Refuse a tile that does not exist, or one deeper than `MAX_ZOOM` (``tile.out_of_range``: ``z``, ``x``, ``y``)."""
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Problem("tile.out_of_range", z=z, x=x, y=y)


def to_tile_units(lonlat: NDArray[np.float64], z: int, x: int, y: int) -> NDArray[np.float64]:
    """Place (n, 2) degrees in a tile: (2, n) units from its north-west corner, x to the east and y to the south.

    Spherical Mercator (EPSG:3857: northing = asinh(tan(latitude))), for drawing only. The poles, which Mercator
    cannot show, land outside every tile.
    """
    world = float(EXTENT << z)
    out = np.empty((2, len(lonlat)))
    out[0] = (lonlat[:, 0] + 180.0) * (world / 360.0) - x * EXTENT
    out[1] = (0.5 * world - y * EXTENT) - np.arcsinh(np.tan(np.radians(lonlat[:, 1]))) * (world / (2.0 * math.pi))
    return out


def encode_tile(z: int, x: int, y: int, layers: Sequence[TileLayer], buffer_px: int = 64) -> bytes:
    """Draw layers as the bytes of one vector tile, uncompressed; empty layers and features are left out.

    Parameters
    ----------
    z, x, y
        The tile: zoom, column from the west, row from the north.
    layers
        What to draw, the first lowest.
    buffer_px
        Tile units to draw beyond every side, so that borders are not stroked along the tile's edge. Lines and
        polygons are cut there; a point is drawn in the one tile that holds it.

    Notes
    -----
    Mapbox Vector Tile specification 2.1. Every vertex is rounded on one grid that all tiles of a zoom share, and
    only vertices that do not bend the rounded line are dropped: neighbours keep a common border and tiles join.

    Raises
    ------
    Problem
        ``tile.out_of_range`` with ``z``, ``x``, ``y`` for a tile that does not exist.
    """
    check_tile(z, x, y)
    return b"".join(_layer(layer, (z, x, y), buffer_px) for layer in layers)


def _layer(layer: TileLayer, tile: tuple[int, int, int], buffer_px: int) -> bytes:
    shapes, row = shapely.get_parts(layer.shapes_ll, return_index=True)
    west, south, east, north = tile_bounds_ll(*tile, buffer_px + 1)
    bounds = shapely.bounds(shapes)
    # not-a-number, the bounds of an empty shape, is near nothing
    near = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    shapes, row = shapes[near], row[near]
    kinds = shapely.get_type_id(shapes)
    groups = []
    for chosen, draw in (
        (kinds == _POLYGON_TYPE, _polygons),
        ((kinds != _POLYGON_TYPE) & (kinds != _POINT_TYPE), _lines),
        (kinds == _POINT_TYPE, _points),
    ):
        if chosen.any():
            groups.append(draw(shapes[chosen], row[chosen], tile, buffer_px))
    return layer_bytes(layer.name, groups, layer.ids.astype(np.uint64), layer.properties, EXTENT)


def _polygons(shapes: NDArray[np.object_], row: NDArray[np.int64], tile: tuple[int, int, int], buffer_px: int) -> Parts:
    _, lonlat, (ring_ends, polygon_rings) = shapely.to_ragged_array(shapes, include_z=False)
    unclosed = np.ones(len(lonlat), dtype=np.bool_)
    unclosed[ring_ends[1:] - 1] = False
    rings = Paths(
        np.rint(to_tile_units(lonlat.compress(unclosed, axis=0), *tile)),
        np.diff(ring_ends) - 1,
        np.arange(len(ring_ends) - 1),
    )
    polygon = np.repeat(np.arange(len(shapes)), np.diff(polygon_rings))
    outer = np.zeros(len(polygon), dtype=np.bool_)
    outer[polygon_rings[:-1]] = True
    rings = tidy(cut_rings(rings, -buffer_px, EXTENT + buffer_px), closed=True)
    areas = doubled_areas(rings)
    # an outer ring runs clockwise on screen and its holes the other way (section 4.3.3.3); what has no area is dropped
    signs = np.where(outer[rings.number], 1, -1)
    rings = turned(rings, areas * signs < 0)
    of = polygon[rings.number]
    net = np.bincount(of, np.abs(areas) * signs, minlength=len(shapes))
    solid = np.bincount(of, (signs > 0) & (areas != 0), minlength=len(shapes)) > 0
    rings = rings.pick((areas != 0) & ((net > 0) & solid)[of])
    return Parts(POLYGON, rings.xy.astype(np.int32, copy=False), rings.sizes, row[polygon[rings.number]])


def _lines(shapes: NDArray[np.object_], row: NDArray[np.int64], tile: tuple[int, int, int], buffer_px: int) -> Parts:
    lonlat, line = shapely.get_coordinates(shapes, return_index=True)
    lines = Paths(
        np.rint(to_tile_units(lonlat, *tile)), np.bincount(line, minlength=len(shapes)), np.arange(len(shapes))
    )
    lines = tidy(cut_lines(lines, -buffer_px, EXTENT + buffer_px), closed=False)
    return Parts(LINE, lines.xy.astype(np.int32, copy=False), lines.sizes, row[lines.number])


def _points(shapes: NDArray[np.object_], row: NDArray[np.int64], tile: tuple[int, int, int], _buffer_px: int) -> Parts:
    xy = np.rint(to_tile_units(shapely.get_coordinates(shapes), *tile))
    inside = ((xy >= 0) & (xy < EXTENT)).all(axis=0)
    owner, sizes = np.unique(row[inside], return_counts=True)
    return Parts(POINT, xy[:, inside].astype(np.int32), sizes, owner)
