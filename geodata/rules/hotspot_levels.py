from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from geodata.rules.hotspot_homes import measure_spread
from geodata.rules.hotspot_near import Near

SEEN_SHARE = 0.8
"""How often a hotspot has to be found to say that a level would show it: the usual power of a planned trial (Cohen,
"Statistical Power Analysis for the Behavioral Sciences", 1988)."""

TIMES_MOST = 4.0
"""A level that only shows what is more than so many times the common rate cannot bear the data. Our choice: in the
trials of docs/decisions/0012-hotspots.md a threefold rate was found in most maps of a year's issues on 邻."""

_FAR = 1e6


@dataclass(frozen=True)
class LevelData:
    """The units of one level: (n,) issues and homes, and who is near whom."""

    level: str
    counts: NDArray[np.integer]
    homes: NDArray[np.integer]
    near: Near


@dataclass(frozen=True)
class Bearing:
    """Whether a level can bear the data, and by which figures.

    Parameters
    ----------
    level
        As it was given.
    units
        Units with homes about them: so many tests.
    expected_own, expected_about
        Issues to be expected in the middle one of these units, and in it with those near it.
    times
        How many times the common rate it must be about the middle unit, to be called hot in 8 cases of 10 if it is the
        only hotspot; inf where nothing would do.
    bears
        Whether ``times`` is at most 4.
    """

    level: str
    units: int
    expected_own: float
    expected_about: float
    times: float
    bears: bool


def weigh_level(data: LevelData, q_most: float = 0.05, times_most: float = TIMES_MOST) -> Bearing:
    """Return whether a level can bear the data.

    A lone hotspot among n units is called hot where its p is at most q / n (the first step of Benjamini and Hochberg).
    Issues about it are counted as gamma-Poisson with the spread that the units show, the two ways of
    ``uneven_homes``, of which the worse counts.
    """
    some = data.homes > 0
    homes = np.where(some, data.homes, 0).astype(np.int64)
    counts = np.where(some, data.counts, 0).astype(np.int64)
    about = data.near.total(homes, own=True)
    tested = about > 0
    if not some.any() or not counts.sum():
        return Bearing(data.level, int(tested.sum()), 0.0, 0.0, np.inf, False)
    spread = measure_spread(counts[some], homes[some])
    alike = np.divide(about**2, data.near.total(homes**2, own=True), out=np.ones(len(about)), where=tested)
    shapes = [spread.home_shape * float(np.median(about[tested]))]
    if spread.rate_variance > 0:
        shapes.append(spread.rate**2 / spread.rate_variance * float(np.median(alike[tested])))
    expected = spread.rate * float(np.median(about[tested]))
    times = needed_times(expected, int(tested.sum()), min(shapes), q_most)
    own = spread.rate * float(np.median(homes[some]))
    return Bearing(data.level, int(tested.sum()), own, expected, times, times <= times_most)


def first_that_bears(levels: Sequence[LevelData], q_most: float = 0.05) -> tuple[Bearing | None, list[Bearing]]:
    """Return the first level that bears the data, from the finest upwards, and what was found of each up to it.

    None where none does: a longer time, or more kinds of issues, may.
    """
    weighed: list[Bearing] = []
    for data in levels:
        weighed.append(weigh_level(data, q_most))
        if weighed[-1].bears:
            return weighed[-1], weighed
    return None, weighed


def needed_times(expected: float, tests: int, shape: float = np.inf, q_most: float = 0.05) -> float:
    """Return how many times the expected issues a lone place must have, to be called hot in 8 cases of 10.

    Parameters
    ----------
    expected
        Issues about it at the common rate, above 0.
    tests
        How many places are tested.
    shape
        Of the gamma distribution of the rates about a place; inf where they are all alike (Poisson).

    >>> round(needed_times(11.3, 31_761), 1)
    3.1
    """
    if np.isinf(shape):
        most = poisson.isf(q_most / tests, expected)
    else:
        most = nbinom.isf(q_most / tests, shape, shape / (shape + expected))

    def seen(times: float) -> float:
        mean = times * expected
        if np.isinf(shape):
            return float(poisson.sf(most, mean))
        return float(nbinom.sf(most, shape, shape / (shape + mean)))

    low, high = 1.0, _FAR
    if seen(high) < SEEN_SHARE:
        return np.inf
    while high > low * 1.0001:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if seen(middle) >= SEEN_SHARE else (middle, high)
    return high
