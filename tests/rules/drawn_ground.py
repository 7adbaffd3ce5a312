"""Villages for tests: drawn with letters, or made by chance from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.rules.cells import Cells

STEP_M = 10.0
ORIGIN = np.array([38_412_000.0, 3_078_000.0])


def at(x_m: float, y_m: float) -> NDArray[np.float64]:
    """Return the place so far east and north of the drawing's corner."""
    return ORIGIN + np.array([x_m, y_m])


def line(*xy_m: float) -> shapely.LineString:
    """Return the line through places given as x, y, x, y … from the drawing's corner."""
    return shapely.LineString(ORIGIN + np.array(xy_m).reshape(-1, 2))


def patch(west_m: float, south_m: float, east_m: float, north_m: float) -> shapely.Polygon:
    """Return a rectangle given from the drawing's corner."""
    return shapely.box(*at(west_m, south_m), *at(east_m, north_m))


@dataclass(frozen=True)
class Drawing:
    """A village, its homes, the 组 (letter) of each, and its barriers."""

    village: BaseGeometry
    homes: NDArray[np.float64]
    zu: NDArray[np.intp]
    barriers: list[BaseGeometry]


def draw(text: str) -> Drawing:
    """Read a drawing: ``#`` no ground, ``.`` ground, ``a`` a home of 组 0, ``b`` of 组 1 …, ``|`` a barrier upright
    through the middle of the square. Each square is 10 m; the first row is the northernmost.
    """
    rows = text.split()[::-1]
    squares, homes, zu, bars = [], [], [], []
    for y, row in enumerate(rows):
        for x, sign in enumerate(row):
            low = ORIGIN + np.array([x, y]) * STEP_M
            if sign != "#":
                squares.append(shapely.box(*low, *(low + STEP_M)))
            if sign.isalpha():
                homes.append(low + STEP_M / 2)
                zu.append(ord(sign) - ord("a"))
            if sign == "|":
                bars.append(line((x + 0.5) * STEP_M, y * STEP_M, (x + 0.5) * STEP_M, (y + 1) * STEP_M))
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(bars))) if bars else []
    return Drawing(
        shapely.union_all(squares), np.array(homes).reshape(-1, 2), np.array(zu, dtype=np.intp), list(merged)
    )


def chance(seed: int, homes: int, barriers: int, zu_shapes: int, size_m: float = 1000.0) -> tuple[Drawing, list]:
    """Make a round village with hamlets, winding barriers (every second one ends inside) and 组 polygons."""
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = size_m / 2 * (1 + 0.15 * np.sin(3 * turn + rng.uniform(0, 6)) + 0.02 * rng.normal(size=60))
    centre = ORIGIN + size_m
    village = shapely.Polygon(np.stack([np.cos(turn), np.sin(turn)], axis=1) * radius[:, None] + centre)
    hamlets = centre + rng.uniform(-0.45, 0.45, (10, 2)) * size_m
    xy = hamlets[rng.integers(0, 10, homes * 3)] + rng.normal(0, 0.05 * size_m, (homes * 3, 2))
    xy = xy[shapely.contains_xy(village, xy)][:homes]
    lines = [_winding(rng, centre, size_m, ends_inside=index % 2 == 1) for index in range(barriers)]
    if not zu_shapes:
        return Drawing(village, xy, np.full(len(xy), -1, dtype=np.intp), lines), []
    seeds = shapely.MultiPoint(centre + rng.uniform(-0.5, 0.5, (zu_shapes, 2)) * size_m)
    parts = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=village)), village)
    shapes = [part for part in parts if not part.is_empty]
    zu = np.array([[s.covers(p) for s in shapes].index(True) for p in shapely.points(xy)], dtype=np.intp)
    return Drawing(village, xy, zu, lines), shapes


def _winding(
    rng: np.random.Generator, centre: NDArray[np.float64], size_m: float, ends_inside: bool
) -> shapely.LineString:
    angle = rng.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    steps = np.linspace(-1, 0.2 if ends_inside else 1, 60) * size_m
    middle = centre + rng.uniform(-0.3, 0.3, 2) * size_m
    aside = 0.03 * size_m * np.sin(steps / size_m * 20)
    return shapely.LineString(middle + steps[:, None] * along + aside[:, None] * np.array([-along[1], along[0]]))


def assert_whole(cells: Cells, village: BaseGeometry) -> None:
    """Cells tile the village, share their vertices, are one piece each and hold their site."""
    shapes = cells.shapes_xy
    assert abs(shapely.area(shapes).sum() - village.area) <= 1e-6 * village.area
    assert shapely.coverage_is_valid(shapes)
    assert shapely.is_valid(shapes).all()
    assert {shape.geom_type for shape in shapes} == {"Polygon"}
    alone = np.unique(cells.site_xy, axis=0, return_counts=True)[1] == 1
    if alone.all():
        assert shapely.contains(shapes, shapely.points(cells.site_xy)).all()


def pieces_of(cells: Cells, sites: NDArray[np.intp]) -> int:
    """Count the groups into which the edges of the cells join the given sites."""
    group = {int(site): int(site) for site in sites}

    def top(site: int) -> int:
        while group[site] != site:
            site = group[site]
        return site

    for i, j in cells.edges.tolist():
        if i in group and j in group:
            group[top(i)] = top(j)
    return len({top(site) for site in group})
