"""Heat: the density is the exact sum, wherever the points lie."""

from __future__ import annotations

import doctest
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules import heat as heat_rules
from geodata.rules.heat import Raster, heat, lateness_weights
from geodata.rules.problems import Problem


def exact(xy: np.ndarray[Any, Any], raster: Raster, h: float, weights: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the sum of the kernels at every cell, a square kilometre."""
    x, y = raster.centres()
    across = np.exp(-((x[:, None] - xy[:, 0]) ** 2) / (2 * h * h))
    down = np.exp(-((y[:, None] - xy[:, 1]) ** 2) / (2 * h * h))
    return np.asarray((down * weights) @ across.T) * 1e6 / (2 * np.pi * h * h)


def test_examples_in_the_documentation_are_true() -> None:
    """What the docstrings show is what the functions give."""
    assert doctest.testmod(heat_rules).failed == 0


@given(st.integers(0, 2**32 - 1), st.sampled_from([2.0, 3.7, 20.0, 400.0]))
@settings(max_examples=20, deadline=None)
def test_heat_is_the_exact_sum(seed: int, in_cells: float) -> None:
    """To 1e-5 of the maximum, for fine and wide kernels, few points and many; of points that only reach in, to 1e-7."""
    rng = np.random.default_rng(seed)
    raster = Raster(500_000.0, 3_060_000.0, 25.0, int(rng.integers(1, 90)), int(rng.integers(1, 90)))
    xy = np.array([500_000.0, 3_060_000.0]) + rng.uniform(-0.5, 1.5, (int(rng.integers(1, 40)), 2)) * [2_250, -2_250]
    weights = rng.uniform(0, 3, len(xy))
    h = 25.0 * in_cells
    wanted = exact(xy, raster, h, weights)
    summits = weights.sum() * 1e6 / (2 * np.pi * h * h)
    assert np.abs(heat(xy, raster, h, weights) - wanted).max() <= max(1e-5 * wanted.max(), 1e-7 * summits)


def test_all_at_one_point() -> None:
    """100,000 issues on one point are 100,000 times the kernel of one, and one is the kernel itself."""
    raster = Raster(0.0, 2000.0, 10.0, 200, 200)
    place = np.array([[777.7, 1234.5]])
    one = heat(place, raster, 150.0)
    many = heat(np.repeat(place, 100_000, axis=0), raster, 150.0)
    assert many == pytest.approx(1e5 * one, abs=1e-6 * many.max())
    assert one == pytest.approx(exact(place, raster, 150.0, np.ones(1)), abs=1e-5 * one.max())
    row, column = np.unravel_index(int(one.argmax()), one.shape)
    assert (int(column), int(row)) == (77, 76)  # the first row is the northernmost


def test_no_points_are_no_heat() -> None:
    """Zeros all over, in the shape that was asked for; a point out of reach counts for nothing."""
    raster = Raster(0.0, 300.0, 10.0, 40, 30)
    assert (heat(np.zeros((0, 2)), raster, 50.0) == np.zeros((30, 40))).all()
    assert np.abs(heat(np.array([[1e6, -1e6]]), raster, 50.0)).max() < 1e-9


def test_the_whole_heat_is_the_weight() -> None:
    """Summed over the ground, the density gives the weights back."""
    raster = Raster(0.0, 4000.0, 20.0, 200, 200)
    rng = np.random.default_rng(1)
    xy, weights = rng.uniform(1500, 2500, (300, 2)), rng.uniform(0, 3, 300)
    assert heat(xy, raster, 120.0, weights).sum() * 0.02**2 == pytest.approx(weights.sum(), rel=1e-5)


@pytest.mark.parametrize(
    ("raster", "bandwidth_m", "xy", "weights", "code"),
    [
        (Raster(0, 0, 10.0, 2049, 10), 100.0, [[0.0, 0.0]], None, "heat.raster_too_large"),
        (Raster(0, 0, 10.0, 10, 0), 100.0, [[0.0, 0.0]], None, "heat.raster_too_large"),
        (Raster(0, 0, 10.0, 10, 10), 15.0, [[0.0, 0.0]], None, "heat.bandwidth_too_small"),
        (Raster(0, 0, 10.0, 10, 10), float("nan"), [[0.0, 0.0]], None, "heat.bandwidth_too_small"),
        (Raster(0, 0, 10.0, 10, 10), 50.0, [[0.0, float("inf")]], None, "heat.bad_points"),
        (Raster(0, 0, 10.0, 10, 10), 50.0, [[0.0, 0.0]], [-1.0], "heat.bad_points"),
    ],
)
def test_what_cannot_be_drawn_is_refused(raster: Raster, bandwidth_m: float, xy: Any, weights: Any, code: str) -> None:
    """Each has its own name."""
    with pytest.raises(Problem, match=code):
        heat(np.array(xy), raster, bandwidth_m, None if weights is None else np.array(weights))


def test_lateness_never_falls_with_age() -> None:
    """Each issue is weighed against its own deadline, and no more than three times."""
    ages = np.arange(0, 100)
    weights = lateness_weights(ages, 7)
    assert (np.diff(weights) >= 0).all()
    assert (weights[:8] == 1).all()
    assert weights[14] == 2
    assert weights.max() == 3
