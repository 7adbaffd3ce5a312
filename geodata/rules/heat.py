from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft

from geodata.rules.kernels import Floats, compiled, inner
from geodata.rules.problems import Problem

REACH = 6.0
"""Beyond so many bandwidths a point counts for nothing: the kernel has fallen to 1.5e-8 of its height."""

FINENESS = 3.0
"""Working cells in a bandwidth: with splines of the fifth degree the answer is then right to 1e-5 of its maximum."""

CELLS_LEAST = 2.0
"""A bandwidth is at least so many cells of the raster: a finer heat would fall between the cells of the picture."""

RASTER_MOST = 2048
_SPLINE = 6


@dataclass(frozen=True)
class Raster:
    """Square cells on the ground, the first row northernmost, as a picture has them.

    Parameters
    ----------
    west_m, north_m
        The outer corner, metres in the county's zone.
    cell_m
        Side of a cell.
    columns, rows
        At most 2048 each.
    """

    west_m: float
    north_m: float
    cell_m: float
    columns: int
    rows: int

    def centres(self) -> tuple[Floats, Floats]:
        """Return the (columns,) x and the (rows,) y of the cells' centres."""
        x, y = (np.arange(0.5, count, dtype=np.float64) * self.cell_m for count in (self.columns, self.rows))
        return self.west_m + x, self.north_m - y


def lateness_weights(age_days: ArrayLike, allowed_days: ArrayLike, most: float = 3.0) -> Floats:
    """Return what each open issue counts: 1 until its own deadline, then its age in deadlines, at most ``most``.

    An issue that should have been solved in 2 days and is 4 days old counts 2, one of 30 days as old counts 1. Where
    no time is allowed at all, whatever has aged counts ``most``.

    >>> lateness_weights([1, 4, 4, 40, 0, 1], [2, 2, 30, 2, 0, 0]).tolist()
    [1.0, 2.0, 1.0, 3.0, 1.0, 3.0]
    """
    age, allowed = np.broadcast_arrays(np.asarray(age_days, np.float64), np.asarray(allowed_days, np.float64))
    deadlines = np.where(age > 0, np.inf, 0.0)
    np.divide(age, allowed, out=deadlines, where=allowed > 0)
    return np.clip(deadlines, 1.0, most)


def heat(xy: Floats, raster: Raster, bandwidth_m: float, weights: Floats | None = None) -> Floats:
    """Return a kernel density on a raster: how many issues there are a square kilometre, smoothed by a Gaussian.

    The sum over points of w / (2 pi h^2) exp(-d^2 / 2 h^2) (Silverman, "Density Estimation", 1986, 4.2) at the centre
    of each cell. Points are spread onto working cells by splines, these are smoothed in the frequency domain, where
    the splines are undone as well, and the raster is read off by splines again: right to 1e-5 of the maximum whatever
    the number of points, even where they all lie on one; where all lie three bandwidths and more beyond the border, to
    1e-7 of the height of their kernels (Dutt and Rokhlin, "Fast Fourier transforms for nonequispaced
    data", SIAM J. Sci. Comput. 14, 1993).

    Parameters
    ----------
    xy
        (n, 2) metres in the county's zone; points outside count as far as their kernel reaches in.
    raster
        Where to.
    bandwidth_m
        Standard deviation h of the kernel.
    weights
        (n,) what each point counts, none negative; 1 where not given.

    Returns
    -------
    (rows, columns) weight a square kilometre; zeros where there are no points.

    Raises
    ------
    Problem
        ``heat.bandwidth_too_small`` (bandwidth_m, least_m), ``heat.raster_too_large`` (most),
        ``heat.bad_points`` (points) where a place or a weight is no number or a weight negative.
    """
    _check(raster, bandwidth_m)
    xy = np.ascontiguousarray(xy, np.float64).reshape(-1, 2)
    weights = np.ones(len(xy)) if weights is None else np.ascontiguousarray(weights, np.float64)
    bad = ~np.isfinite(xy).all(axis=1) | ~np.isfinite(weights) | (weights < 0)
    if bad.any():
        raise Problem("heat.bad_points", points=int(bad.sum()))
    reach_m = REACH * bandwidth_m
    size_m = np.array([raster.columns, raster.rows]) * raster.cell_m + 2 * reach_m
    cells = np.array([fft.next_fast_len(int(n), real=True) for n in np.ceil(size_m * FINENESS / bandwidth_m) + _SPLINE])
    work_m = bandwidth_m / FINENESS
    corner = np.array([raster.west_m - reach_m, raster.north_m - raster.rows * raster.cell_m - reach_m])
    low, high = corner, corner + size_m
    grid = np.zeros((cells[1], cells[0]))
    spread(grid, (xy - low) / work_m, weights, (high - low) / work_m)
    smooth = _smoothed(grid)
    x, y = ((centre - low[axis]) / work_m for axis, centre in enumerate(raster.centres()))
    return read_off(smooth, x, y) * (1e6 / (2 * np.pi * bandwidth_m**2))


def _check(raster: Raster, bandwidth_m: float) -> None:
    """Refuse what cannot be drawn."""
    if not 0 < raster.columns <= RASTER_MOST or not 0 < raster.rows <= RASTER_MOST:
        raise Problem("heat.raster_too_large", most=RASTER_MOST)
    least_m = CELLS_LEAST * raster.cell_m
    if not least_m <= bandwidth_m < np.inf or least_m <= 0:
        raise Problem("heat.bandwidth_too_small", bandwidth_m=bandwidth_m, least_m=least_m)


def _smoothed(grid: Floats) -> Floats:
    """Convolve working cells with the Gaussian (height 1), and take the two splines back out."""
    across = _response(2 * np.pi * fft.rfftfreq(grid.shape[1]))
    down = _response(2 * np.pi * fft.fftfreq(grid.shape[0]))
    waves = fft.rfft2(grid)
    waves *= down[:, None]
    waves *= across
    return np.asarray(fft.irfft2(waves, s=grid.shape, overwrite_x=True), dtype=np.float64)


def _response(turn: Floats) -> Floats:
    """Return the transform of the kernel over that of both splines, by angle per working cell along one axis."""
    kernel = np.sqrt(2 * np.pi) * FINENESS * np.exp(-0.5 * (FINENESS * turn) ** 2)
    return np.asarray(kernel / np.sinc(turn / (2 * np.pi)) ** (2 * _SPLINE), dtype=np.float64)


@inner
def spline(t: float, out: Floats) -> None:
    """Write the six weights of a quintic B-spline for a place ``t`` past a cell: cells -2 .. 3 from it (de Boor)."""
    out[0] = 1.0
    for p in range(1, _SPLINE):
        out[p] = t * out[p - 1] / p
        for k in range(p - 1, 0, -1):
            out[k] = ((t + p - k) * out[k - 1] + (1 + k - t) * out[k]) / p
        out[0] *= (1.0 - t) / p


@compiled
def spread(grid: Floats, places: Floats, weights: Floats, size: Floats) -> None:
    """Add points to working cells by splines; cells go round at the edge, points outside ``size`` are left out."""
    rows, columns = grid.shape
    across, down = np.empty(_SPLINE), np.empty(_SPLINE)
    for i in range(len(places)):
        x, y = places[i, 0], places[i, 1]
        if not (0.0 <= x <= size[0] and 0.0 <= y <= size[1]):
            continue
        left, low = int(x), int(y)
        spline(x - left, across)
        spline(y - low, down)
        for b in range(_SPLINE):
            row = (low + b - 2) % rows
            part = weights[i] * down[b]
            for a in range(_SPLINE):
                grid[row, (left + a - 2) % columns] += part * across[a]


@compiled
def read_off(grid: Floats, x: Floats, y: Floats) -> Floats:
    """Return (len(y), len(x)) values between working cells, by the same splines."""
    out = np.empty((len(y), len(x)))
    first = np.empty(len(x), np.int64)
    across = np.empty((len(x), _SPLINE))
    down, row = np.empty(_SPLINE), np.empty(grid.shape[1])
    for c in range(len(x)):
        first[c] = int(x[c]) - 2
        spline(x[c] - int(x[c]), across[c])
    for r in range(len(y)):
        low = int(y[r])
        spline(y[r] - low, down)
        row[:] = 0.0
        for b in range(_SPLINE):
            for s in range(len(row)):
                row[s] += down[b] * grid[low + b - 2, s]
        for c in range(len(x)):
            total = 0.0
            for a in range(_SPLINE):
                total += across[c, a] * row[first[c] + a]
            out[r, c] = total
    return out
