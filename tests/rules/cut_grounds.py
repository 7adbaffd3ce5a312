"""Small grounds that the tests of cutting share."""

from __future__ import annotations

import numpy as np
from scipy.spatial import Delaunay

from geodata.rules.graph import Sites


def scattered(n: int, seed: int, zu: int | None = None) -> Sites:
    """Return n homes, one on each point, with Delaunay neighbours; all in one 组, or in ``zu`` unknown ones (-1)."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0.0, 40.0 * np.sqrt(n), (n, 2)) + 400_000.0
    corners = Delaunay(xy - xy.mean(axis=0)).simplices.astype(np.int64)
    pairs = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    edges = np.unique(np.sort(pairs, axis=1), axis=0)
    known = np.full(n, 0 if zu is None else zu)
    return Sites(xy, np.arange(n), known, edges, np.zeros(len(edges), bool))


def row(homes: list[int], step_m: float = 30.0, zu: list[int] | None = None, barrier_before: int = -1) -> Sites:
    """Return points in a row, ``homes[i]`` on point i, each the neighbour of the next; a barrier before one of them."""
    n = len(homes)
    xy = np.column_stack([np.arange(n) * step_m, np.zeros(n)])
    edges = np.column_stack([np.arange(n - 1), np.arange(1, n)])
    crosses = edges[:, 1] == barrier_before
    return Sites(xy, np.repeat(np.arange(n), homes), np.array(zu or [0] * n), edges, crosses)


def shuffled(ground: Sites, seed: int) -> tuple[Sites, np.ndarray]:
    """Return the same ground with its homes and sites in another order, and the new place of each old home."""
    rng = np.random.default_rng(seed)
    homes, sites = rng.permutation(len(ground.site_of_home)), rng.permutation(len(ground.site_xy))
    name = np.argsort(sites)
    edges = rng.permutation(len(ground.edges))
    other = Sites(
        ground.site_xy[sites],
        name[ground.site_of_home[homes]],
        ground.zu_of_site[sites],
        name[ground.edges][edges][:, ::-1],
        ground.crosses[edges],
    )
    return other, np.argsort(homes)
