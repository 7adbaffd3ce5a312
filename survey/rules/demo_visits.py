"""Invented visits and errands for an invented county: far fewer than the rule asks for, as the reports tell of them.

48,000 visits to 38,000 homes over the whole time (F05, S2 韶山) are 1.3 a home, where the rule is one a quarter (F01):
so most homes of the demo are due or overdue, and some chiefs go often while others hardly do. Errands are 89,000 a year
in a county of about 280,000 homes (D16, S0).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VISITS_PER_HOME = 48_000 / 38_000
ERRANDS_PER_HOME_YEAR = 89_000 / 280_000
SPAN_DAYS = 400
_OUTCOMES = ("home", "away", "refused", "moved")
_OUTCOME_SHARES = (0.80, 0.15, 0.03, 0.02)
_PRIORITY_FACTOR = 3.0  # a 重点 home is asked for each month
_DILIGENCE_SHAPE = 0.8  # of a gamma over the 邻: below one, so that many hardly go and a few go often
_DAYS_A_YEAR = 365


@dataclass(frozen=True)
class InventedVisits:
    """Visits and errands row by row: the home's row, how long ago in days, kind and outcome; ids as UUIDs."""

    home: NDArray[np.int64]
    age_days: NDArray[np.float64]
    is_errand: NDArray[np.bool_]
    outcome: list[str]
    ids: list[str]


def invent(
    lin: NDArray[np.int64], priority: NDArray[np.bool_], errands: list[str], rng: np.random.Generator
) -> InventedVisits:
    """Return invented visits and errands of the last 400 days, none of anybody real.

    Parameters
    ----------
    lin
        (n,) number of each home's 邻.
    priority
        (n,) whether it is a 重点 home.
    errands
        The kinds of errand that the county knows.
    """
    homes = len(lin)
    diligence = rng.gamma(_DILIGENCE_SHAPE, 1 / _DILIGENCE_SHAPE, int(lin.max()) + 1 if homes else 0)
    weight = diligence[lin] * np.where(priority, _PRIORITY_FACTOR, 1.0)
    mean = weight / max(weight.sum(), 1e-9)
    visits = rng.choice(homes, round(homes * VISITS_PER_HOME), p=mean) if homes else np.zeros(0, dtype=np.int64)
    helped = rng.integers(max(homes, 1), size=round(homes * ERRANDS_PER_HOME_YEAR * SPAN_DAYS / _DAYS_A_YEAR))
    home = np.concatenate([visits, helped]).astype(np.int64)
    is_errand = np.arange(len(home)) >= len(visits)
    outcomes = rng.choice(len(_OUTCOMES), len(home), p=_OUTCOME_SHARES).tolist()
    kinds = rng.integers(len(errands), size=len(home)).tolist()
    said = [
        errands[kind] if errand else _OUTCOMES[outcome]
        for errand, outcome, kind in zip(is_errand.tolist(), outcomes, kinds, strict=True)
    ]
    raw = rng.bytes(16 * len(home))
    ids = [str(uuid.UUID(bytes=raw[at : at + 16], version=4)) for at in range(0, len(raw), 16)]
    return InventedVisits(home, rng.uniform(0.01, SPAN_DAYS, len(home)), is_errand, said, ids)
