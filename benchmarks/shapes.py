"""How fast homes become ground: cells, 邻 and 组 of a village, and a whole county as one valid coverage.

Makes its own county: 506 villages of 550 homes in hamlets on a warped lattice, with rivers and roads through all of
them. Times are processor time on one core. Peers: geopandas (Voronoi, dissolve, clip) for the village, and
``shapely.coverage_clean`` for making the county one coverage.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geodata.rules.cells import cut_cells
from geodata.rules.mesh import unite
from geodata.rules.shapes import shape_lins
from geodata.rules.stitch import stitch

SIDE_M = 2000.0
WEST_SOUTH = np.array([38_400_000.0, 3_060_000.0])
HOMES = 550
COLUMNS, ROWS = 23, 22
QUICK_PEER_VILLAGES = 60

Village = tuple[shapely.Polygon, np.ndarray, np.ndarray]


def winding(rng: np.random.Generator, start: np.ndarray, end: np.ndarray, parts: int = 24) -> np.ndarray:
    """Return a line that wanders between two corners as a village border does."""
    share = np.linspace(0, 1, parts + 1)[:, None]
    along = end - start
    aside = np.array([-along[1], along[0]]) / np.hypot(*along)
    walk = np.cumsum(rng.normal(0, 25, parts + 1))
    return start + share * along + (walk - np.linspace(walk[0], walk[-1], parts + 1))[:, None] * aside


def make_villages(rng: np.random.Generator, columns: int, rows: int) -> list[Village]:
    """Return villages that share their borders exactly, each with its homes and a 邻 label for every home."""
    grid = np.stack(np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij"), axis=-1) * SIDE_M
    corner = grid + rng.uniform(-300, 300, grid.shape) + WEST_SOUTH
    across = {(x, y): winding(rng, corner[x, y], corner[x + 1, y]) for x in range(columns) for y in range(rows + 1)}
    up = {(x, y): winding(rng, corner[x, y], corner[x, y + 1]) for x in range(columns + 1) for y in range(rows)}
    villages = []
    for x in range(columns):
        for y in range(rows):
            sides = [across[x, y], up[x + 1, y], across[x, y + 1][::-1], up[x, y][::-1]]
            ground = shapely.Polygon(np.concatenate([side[:-1] for side in sides]))
            homes = make_homes(rng, ground)
            villages.append((ground, homes, lins_by_halving(homes)))
    return villages


def make_homes(rng: np.random.Generator, ground: shapely.Polygon) -> np.ndarray:
    """Return 550 homes in 25 hamlets."""
    hamlets = shapely.get_coordinates(ground.centroid) + rng.uniform(-800, 800, (25, 2))
    xy = hamlets[rng.integers(0, 25, HOMES * 3)] + rng.normal(0, 60, (HOMES * 3, 2))
    return xy[shapely.contains_xy(ground, xy)][:HOMES]


def lins_by_halving(xy: np.ndarray, most: int = 13) -> np.ndarray:
    """Label homes by halving them along the longer side until a group has at most 13: some 50 邻 a village."""
    label = np.zeros(len(xy), dtype=np.intp)
    waiting, done = [np.arange(len(xy))], 0
    while waiting:
        group = waiting.pop()
        if len(group) <= most:
            label[group] = done
            done += 1
            continue
        order = group[np.argsort(xy[group, int(np.argmax(np.ptp(xy[group], axis=0)))])]
        waiting += [order[: len(order) // 2], order[len(order) // 2 :]]
    return label


def make_barriers(columns: int, rows: int) -> np.ndarray:
    """Return rivers from west to east and roads from south to north."""
    lines = []
    for index in range(rows // 2):
        x = np.arange(0, columns * SIDE_M + 1, 60)
        lines.append(np.stack([x, (index + 0.5) * SIDE_M * 2 + 300 * np.sin(x / 700 + index)], axis=1))
    for index in range(columns // 3):
        y = np.arange(0, rows * SIDE_M + 1, 60)
        lines.append(np.stack([(index + 0.5) * SIDE_M * 3 + 200 * np.sin(y / 900 + index), y], axis=1))
    return np.array([shapely.LineString(xy + WEST_SOUTH) for xy in lines], dtype=object)


def shape_village(village: Village, barriers: list) -> tuple[np.ndarray, np.ndarray]:
    """Return the 邻 and the 组 of a village, from its border, homes and membership."""
    ground, xy, lin = village
    cells = cut_cells(ground, xy, np.full(len(xy), -1, dtype=np.intp), None, barriers)
    lins = shape_lins(cells, lin, np.zeros(len(xy)))
    return lins, unite(lins, np.arange(len(lins)) // 4)


def by_geopandas(village: Village) -> gpd.GeoDataFrame:
    """Do what a GIS user does: Voronoi, dissolve by 邻, clip to the village (barriers are not kept)."""
    ground, xy, lin = village
    homes = gpd.GeoDataFrame({"lin": lin}, geometry=gpd.points_from_xy(*xy.T))
    parts = shapely.voronoi_polygons(shapely.MultiPoint(xy), extend_to=ground)
    cells = gpd.GeoDataFrame(geometry=list(shapely.get_parts(parts)))
    return cells.sjoin(homes).dissolve("lin").clip(ground)


def seconds(work: Callable[[], object]) -> tuple[float, object]:
    """Return processor seconds and the result."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def count_invalid(shapes: np.ndarray) -> int:
    """Count polygons that do not match their neighbours, narrow gaps included."""
    return int((~shapely.is_empty(shapely.coverage_invalid_edges(shapes, gap_width=0.001))).sum())


def measure(quick: bool) -> list[dict[str, object]]:
    """Make the county, shape it, stitch it, and compare."""
    villages = make_villages(np.random.default_rng(7), COLUMNS, ROWS)
    lines = make_barriers(COLUMNS, ROWS)
    tree = shapely.STRtree(lines)
    near = [list(lines[tree.query(village[0], predicate="intersects")]) for village in villages]
    shape_village(villages[0], near[0])
    took, lins = [], []
    for village, barriers in zip(villages, near, strict=True):
        spent, (shapes, _) = seconds(lambda v=village, b=barriers: shape_village(v, b))
        took.append(spent)
        lins.append(shapes)
    stitch_s, stitched = seconds(lambda: stitch(lins))
    county = np.concatenate(stitched)
    wanted_m2 = sum(village[0].area for village in villages)
    invalid = count_invalid(county) + (abs(shapely.area(county).sum() - wanted_m2) > 1.0)
    peer_ms = 1000 * float(np.median([seconds(lambda v=v: by_geopandas(v))[0] for v in villages[: 5 if quick else 25]]))
    some = lins[:QUICK_PEER_VILLAGES] if quick else lins
    flat = np.concatenate(some)
    clean_s = seconds(lambda: shapely.coverage_clean(flat))[0] * sum(map(len, lins)) / len(flat)
    village_ms, county_s = 1000 * float(np.median(took)), sum(took) + stitch_s
    tail = " (peer measured on 60 villages and scaled)" if quick else ""
    made = f"{len(villages)} villages, {sum(len(v[1]) for v in villages)} homes, {len(county)} 邻"
    return [
        row(
            "village_ms",
            village_ms,
            peer_ms,
            "ms",
            "cells, 邻 and 组 of 550 homes; geopandas Voronoi + dissolve + clip",
        ),
        row(
            "county_s",
            county_s,
            sum(took) + clean_s,
            "s",
            f"{made}, stitched in {stitch_s:.2f} s; shapely.coverage_clean in {clean_s:.1f} s{tail}",
        ),
        row("county_invalid", invalid, count_invalid(np.concatenate(lins)), "polygons", "peer: before stitching"),
    ]


def row(name: str, ours: float, peer: float, unit: str, note: str) -> dict[str, object]:
    """Return one row of the table; the ratio is peer / ours."""
    ratio = round(peer / ours, 2) if ours else None
    return {"name": name, "ours": round(ours, 3), "peer": round(peer, 3), "ratio": ratio, "unit": unit, "note": note}


def main() -> None:
    """Print the table, or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    rows = measure(chosen.quick)
    if chosen.json:
        print(json.dumps({"rows": rows}, ensure_ascii=False, default=float))
        return
    for each in rows:
        figures = f"{each['ours']:>12}{each['peer']:>12}{each['ratio'] or '':>8}"
        print(f"{each['name']:16}{figures}  {each['unit']}: {each['note']}")


if __name__ == "__main__":
    main()
