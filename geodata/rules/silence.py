from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.rules.hotspot_homes import measure_spread
from geodata.rules.hotspots import Q_MOST, Dependence, false_discovery
from geodata.rules.kernels import Floats, Ints
from geodata.rules.problems import Problem

ISSUES_LEAST = 3.0
"""Where fewer are expected, silence is no news: chance alone keeps one such place in twenty silent, exp(-3) = 0.05."""


@dataclass(frozen=True)
class Silence:
    """Units from which nothing is heard, against what one would expect; a question to ask there, never a fault to show.

    Parameters
    ----------
    silent
        (n,) True where nothing was reported, nobody visited, and chance does not explain it (``q`` at most ``q_most``).
    expected_issues, expected_visits
        (n,) at the common rate of the homes.
    p, q
        (n,) how likely so silent a unit is by chance, and the false-discovery rate; 1 where something is heard.
    enough
        (n,) False where so little is expected that silence would mean nothing: "too small to say", not "fine".
    """

    silent: NDArray[np.bool_]
    expected_issues: Floats
    expected_visits: Floats
    p: Floats
    q: Floats
    enough: NDArray[np.bool_]


def find_silent(
    issues: Ints, visits: Ints, homes: Ints, q_most: float = Q_MOST, dependence: Dependence = "positive"
) -> Silence:
    """Find units with neither an issue nor a visit where both were to be expected.

    By chance a unit has none of all the issues with probability (1 + m h / shape)^(-shape), gamma-Poisson, m the rate
    and h its homes; shape is the smaller of what the spread of all units gives, as homes differ or as units do (see
    ``measure_spread``), and exp(-m h) where they need not differ. Silence is the product of none of the issues and
    none of the visits. It is tested where 3 or more are expected together, silent or not.

    Parameters
    ----------
    issues, visits, homes
        (n,) of each unit, whole numbers.

    Raises
    ------
    Problem
        ``silence.wrong_length`` (rows, wanted).
    """
    n = len(homes)
    if len(issues) != n or len(visits) != n:
        raise Problem("silence.wrong_length", rows=min(len(issues), len(visits)), wanted=n)
    p = np.ones(n)
    expected = []
    for seen in (issues, visits):
        mean, none = _chance_of_none(seen, homes)
        expected.append(mean)
        p *= none
    enough = expected[0] + expected[1] >= ISSUES_LEAST
    p[(issues > 0) | (visits > 0)] = 1.0
    q = np.ones(n)
    q[enough] = false_discovery(p[enough], dependence)
    return Silence(q <= q_most, expected[0], expected[1], p, q, enough)


def _chance_of_none(seen: Ints, homes: Ints) -> tuple[Floats, Floats]:
    """Return what is expected of each unit, and how likely it has none of it."""
    some = homes > 0
    spread = measure_spread(seen[some], homes[some])
    mean = spread.rate * homes
    shape = np.minimum(spread.home_shape * np.maximum(homes, 1), np.inf)
    if spread.rate_variance > 0:
        shape = np.minimum(shape, spread.rate**2 / spread.rate_variance)
    uneven = np.isfinite(shape)
    none = np.exp(-mean)
    none[uneven] = np.exp(-shape[uneven] * np.log1p(mean[uneven] / shape[uneven]))
    return np.asarray(mean, dtype=np.float64), np.asarray(none, dtype=np.float64)
