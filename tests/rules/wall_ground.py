"""A village drawn in squares for the tests of the wall map: 片 of 组 of 邻, a river through it, a home in each 邻."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.rules.wallmap import WallGround, WallUnit

NAMES = {"county": "县", "town": "乡镇", "village": "村", "pian": "片", "zu": "组", "lin": "邻"}


def squares(pians: int, zus: int, lins: int, side_m: float = 400.0, homes: int = 9) -> WallGround:
    """Return a village ``pians`` wide; each 片 a column of ``zus`` 组, each 组 a row of ``lins`` 邻."""
    units = [WallUnit("v", "village", "V", "石桥村", None, pians * zus * lins * homes)]
    shapes = [shapely.box(0, 0, pians * side_m, zus * side_m)]
    points = []
    for p in range(pians):
        west = p * side_m
        units.append(WallUnit(f"p{p}", "pian", f"P{p}", f"第{p + 1}片", "v", zus * lins * homes, p % 6))
        shapes.append(shapely.box(west, 0, west + side_m, zus * side_m))
        for z in range(zus):
            south = z * side_m
            units.append(WallUnit(f"p{p}z{z}", "zu", f"Z{p}{z}", f"第{z + 1}组", f"p{p}", lins * homes))
            shapes.append(shapely.box(west, south, west + side_m, south + side_m))
            for n in range(lins):
                wide = side_m / lins
                units.append(WallUnit(f"p{p}z{z}l{n}", "lin", f"L{p}{z}{n}", f"第{n + 1}邻", f"p{p}z{z}", homes))
                shapes.append(shapely.box(west + n * wide, south, west + (n + 1) * wide, south + side_m))
                points.append((west + (n + 0.5) * wide, south + side_m / 2))
    held = np.empty(len(shapes), dtype=object)
    held[:] = shapes
    river = shapely.LineString([(-500, side_m / 3), (pians * side_m + 500, side_m / 3)])
    return WallGround(units, held, np.array(points), [("river", "清溪河", river)], NAMES)
