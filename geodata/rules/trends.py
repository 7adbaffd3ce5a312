from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from geodata.rules.hotspot_near import Near
from geodata.rules.hotspots import Q_MOST, Null, find_hotspots
from geodata.rules.kernels import Floats, Ints, compiled
from geodata.rules.problems import Problem

PERIODS_LEAST = 10
"""With fewer, the normal tail of Mann and Kendall's statistic is not to be trusted (Gilbert, "Statistical Methods for
Environmental Pollution Monitoring", 1987, 16.4), and nine periods of ten mean nothing."""

MOSTLY = 0.9
P_MOST = 0.05


@dataclass(frozen=True)
class Trend:
    """Mann and Kendall's test of each row.

    Parameters
    ----------
    s
        (n,) rises less falls, over all pairs of periods.
    tau
        (n,) s by the number of pairs.
    z, p
        (n,) standard score of s, and how likely one so far from 0 is (two-sided).
    """

    s: Ints
    tau: Floats
    z: Floats
    p: Floats


def mann_kendall(series: NDArray[np.generic]) -> Trend:
    """Test rows of numbers for a steady rise or fall.

    S = sum of sign(x_j - x_i) over i < j; Var S = (t (t - 1)(2 t + 5) - sum of u (u - 1)(2 u + 5) over ties of u)
    / 18; z = (S -+ 1) / sqrt(Var S), 0 for S = 0 (Mann, Econometrica 13, 1945; Kendall, "Rank Correlation Methods",
    1975). Periods count as independent: what hangs together from month to month looks steadier than it is.

    Parameters
    ----------
    series
        (n, t) values by period.

    Raises
    ------
    Problem
        ``trends.too_short`` (periods, least).
    """
    x = np.ascontiguousarray(series, np.float64)
    periods = x.shape[1]
    if periods < PERIODS_LEAST:
        raise Problem("trends.too_short", periods=periods, least=PERIODS_LEAST)
    s, ties = count_rises(x)
    variance = (periods * (periods - 1) * (2 * periods + 5) - ties) / 18.0
    z = np.divide(s - np.sign(s), np.sqrt(variance), out=np.zeros(len(x)), where=variance > 0)
    return Trend(s, s / (periods * (periods - 1) / 2), z, 2.0 * norm.sf(np.abs(z)))


@compiled
def count_rises(x: Floats) -> tuple[Ints, Ints]:
    """Return rises less falls of each row, and its sum of u (u - 1)(2 u + 5) over values that stand there u times."""
    rows, periods = x.shape
    s, ties = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
    for r in range(rows):
        for i in range(periods):
            same = 0
            for j in range(periods):
                if x[r, i] == x[r, j]:
                    same += 1
                elif j > i:
                    s[r] += 1 if x[r, j] > x[r, i] else -1
            ties[r] += (same - 1) * (2 * same + 5)
    return s, ties


def slopes(series: NDArray[np.generic]) -> Floats:
    """Return the median change a period over all pairs: (n, t) -> (n,) (Sen, J. Am. Statist. Assoc. 63, 1968)."""
    x = np.asarray(series, np.float64)
    i, j = np.triu_indices(x.shape[1], 1)
    return np.asarray(np.median((x[:, j] - x[:, i]) / (j - i), axis=1), dtype=np.float64)


@dataclass(frozen=True)
class Condition:
    """A figure of `FIGURES` that must lie between two bounds, both included."""

    figure: str
    least: float = -np.inf
    most: float = np.inf


FIGURES = ("hot_now", "hot_before", "hot_share", "hot_runs", "cold_before", "trend")
"""hot_now: 1 where it is hot in the last period. hot_before: earlier periods in which it was. hot_share: of all
periods. hot_runs: how many separate runs of periods. cold_before: earlier periods in which it was cold. trend: 1 where
Gi* rises steadily (Mann and Kendall, p at most 0.05), -1 where it falls, else 0."""

_NOW = Condition("hot_now", 1, 1)
_MOSTLY = Condition("hot_share", MOSTLY)
_LESS = Condition("hot_share", most=np.nextafter(MOSTLY, 0))

PATTERNS: Mapping[str, tuple[Condition, ...]] = {
    "new": (_NOW, Condition("hot_before", 0, 0)),
    "intensifying": (_NOW, _MOSTLY, Condition("trend", 1, 1)),
    "persistent": (_NOW, _MOSTLY, Condition("trend", 0, 0)),
    "diminishing": (_NOW, _MOSTLY, Condition("trend", -1, -1)),
    "oscillating": (_NOW, _LESS, Condition("hot_before", 1), Condition("cold_before", 1)),
    "consecutive": (
        _NOW,
        _LESS,
        Condition("hot_before", 1),
        Condition("cold_before", 0, 0),
        Condition("hot_runs", 1, 1),
    ),
    "sporadic": (_NOW, _LESS, Condition("hot_before", 1), Condition("cold_before", 0, 0), Condition("hot_runs", 2)),
    "historical": (Condition("hot_now", 0, 0), Condition("hot_share", MOSTLY)),
}
"""What each pattern is: all its conditions hold. No two hold at once; where none does, there is "" (no pattern). The
eight are those that analysts know from emerging hot spot analysis of space-time cubes, in our own words and bounds."""


@dataclass(frozen=True)
class Emerging:
    """What became of each unit: ``pattern`` (n,) codes of `PATTERNS` or "", ``figures`` by name (n,), and the test."""

    pattern: NDArray[np.str_]
    figures: dict[str, Floats]
    trend: Trend


def find_patterns(hot: NDArray[np.bool_], cold: NDArray[np.bool_], scores: Floats) -> Emerging:
    """Return each unit's pattern from when it was hot and cold, and from its Gi* by period: (n, t) each.

    Raises ``trends.too_short``.
    """
    trend = mann_kendall(scores)
    begun = hot & ~np.pad(hot, ((0, 0), (1, 0)))[:, :-1]
    figures = {
        "hot_now": hot[:, -1],
        "hot_before": hot[:, :-1].sum(axis=1),
        "hot_share": hot.mean(axis=1),
        "hot_runs": begun.sum(axis=1),
        "cold_before": cold[:, :-1].sum(axis=1),
        "trend": np.sign(trend.z) * (trend.p <= P_MOST),
    }
    plain = {name: np.asarray(values, np.float64) for name, values in figures.items()}
    pattern = np.full(len(hot), "", dtype="<U12")
    for code, conditions in PATTERNS.items():
        holds = [(plain[c.figure] >= c.least) & (plain[c.figure] <= c.most) for c in conditions]
        pattern[np.all(holds, axis=0)] = code
    return Emerging(pattern, plain, trend)


def emerging_hotspots(
    counts: Ints, near: Near, homes: Ints | None = None, null: Null | None = None, q_most: float = Q_MOST
) -> Emerging:
    """Find the hotspots of every period, and what became of them.

    Parameters
    ----------
    counts
        (n, t) issues by unit and period, see :func:`geodata.rules.periods.cube`; whole periods only.
    near, homes, null, q_most
        As :func:`geodata.rules.hotspots.find_hotspots`; false discoveries are limited in each period by itself.

    Raises
    ------
    Problem
        ``trends.too_short``, and those of ``find_hotspots``.
    """
    if counts.shape[1] < PERIODS_LEAST:
        raise Problem("trends.too_short", periods=counts.shape[1], least=PERIODS_LEAST)
    found = [find_hotspots(column, near, homes, null, q_most) for column in counts.T]
    hot, cold, scores = (np.column_stack([getattr(one, name) for one in found]) for name in ("hot", "cold", "z"))
    return find_patterns(hot, cold, scores)
