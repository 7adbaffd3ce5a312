"""What other libraries make of the same counts and points; each is imported only when it is asked."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.rules.heat import Raster

Floats = NDArray[np.float64]


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return processor seconds and the answer, without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.process_time()
        answer = call()
        return time.process_time() - start, answer


def graph(xy: Floats, band_m: float) -> Any:
    """Return libpysal's Graph of a distance band, binary."""
    import geopandas
    from libpysal.graph import Graph

    return Graph.build_distance_band(geopandas.GeoSeries.from_xy(xy[:, 0], xy[:, 1]), band_m, binary=True)


def gi_star(counts: NDArray[np.integer], near: Any, permutations: int = 0) -> Any:
    """Return esda's Gi* with a Graph, on one core."""
    from esda.getisord import G_Local

    more = {"n_jobs": 1, "keep_simulations": False, "seed": 1} if permutations else {}
    return G_Local(counts.astype(float), near, transform="B", star=True, permutations=permutations, **more)


def kde(xy: Floats, weights: Floats, raster: Raster, bandwidth_m: float) -> Floats:
    """Return KDEpy's density by FFT on the same cells, weight a square kilometre."""
    from KDEpy import FFTKDE

    x, y = raster.centres()
    grid = np.column_stack([np.repeat(x, len(y)), np.tile(y[::-1], len(x))])
    density = FFTKDE(kernel="gaussian", bw=bandwidth_m).fit(xy, weights).evaluate(grid)
    return np.asarray(density).reshape(len(x), len(y)).T[::-1] * weights.sum() * 1e6


def trends(series: NDArray[np.generic]) -> list[float]:
    """Return pymannkendall's p-values, row by row."""
    import pymannkendall

    return [float(pymannkendall.original_test(row).p) for row in series]
