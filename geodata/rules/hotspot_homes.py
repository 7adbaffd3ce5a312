from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import binom

from geodata.rules.hotspot_near import Near
from geodata.rules.kernels import Floats, Ints, compiled

_FAINT = 1e-22
"""A tail is not followed beyond a term that is so small a part of it."""


@dataclass(frozen=True)
class Spread:
    """How unlike units are in their rates, beyond what chance alone makes.

    Parameters
    ----------
    rate
        Issues a home over all units.
    rate_variance
        Variance A of the units' true rates, as if a large unit's varied like a small one's (Marshall 1991).
    home_shape
        Shape of a gamma distribution of the homes' own rates, as if a unit's differed only because homes do; inf
        where homes need not differ.
    """

    rate: float
    rate_variance: float
    home_shape: float


def measure_spread(counts: Ints, homes: Ints) -> Spread:
    """Return the rate and how much it varies, by moments: (n,) issues and (n,) homes, none of them without a home.

    ``rate_variance`` is A = s2 - m / mean(homes), s2 = sum(homes (rate - m)^2) / sum(homes), at least 0 (Marshall,
    "Mapping disease and mortality rates using empirical Bayes estimators", Applied Statistics 40, 1991). For
    ``home_shape`` the rate of h homes has variance (m + m^2 / shape) / h, so the same squares sum to
    (n - 1) (m + m^2 / shape). True hotspots count as unlikeness too: the tests that use it err on the quiet side.
    """
    all_homes = float(homes.sum())
    if all_homes == 0 or counts.sum() == 0:
        return Spread(0.0, 0.0, np.inf)
    rate = float(counts.sum()) / all_homes
    squares = float((homes * (counts / homes - rate) ** 2).sum())
    excess = squares / max(len(homes) - 1, 1) - rate
    variance = max((squares - rate * len(homes)) / all_homes, 0.0)
    return Spread(rate, variance, rate**2 / excess if excess > 0 else np.inf)


def smoothed_rates(counts: NDArray[np.integer], homes: NDArray[np.integer], near: Near | None = None) -> Floats:
    """Return empirical-Bayes rates: each unit's own rate, drawn towards the common one the more, the fewer homes.

    m + A / (A + m / homes) (own rate - m), A as in :func:`measure_spread` (Marshall 1991). With ``near`` m and A are
    those of each unit and its neighbours (Marshall's local estimator), else those of all. A unit without homes gets m.

    Returns
    -------
    (n,) issues a home.
    """
    y, h = np.asarray(counts, np.float64), np.asarray(homes, np.float64)
    own = np.divide(y, h, out=np.zeros_like(y), where=h > 0)

    def pooled(values: Floats) -> Floats:
        return np.full(len(y), values.sum()) if near is None else near.total(values, own=True)

    all_homes, with_homes = pooled(h), pooled((h > 0).astype(np.float64))
    safe = np.maximum(all_homes, 1.0)
    rate = np.where(all_homes > 0, pooled(np.where(h > 0, y, 0.0)) / safe, 0.0)
    squares = (pooled(h * own**2) - all_homes * rate**2) / safe
    variance = np.maximum(squares - rate * with_homes / safe, 0.0)
    noise = np.divide(rate, h, out=np.zeros_like(y), where=h > 0)
    trust = np.divide(variance, variance + noise, out=np.zeros_like(y), where=(h > 0) & (variance + noise > 0))
    return np.asarray(rate + trust * (own - rate), dtype=np.float64)


def standard_rates(counts: NDArray[np.integer], homes: NDArray[np.integer]) -> Floats:
    """Return rates less the common one, by their own standard deviation sqrt(A + m / homes): alike in small and large.

    Assunção and Reis, "A new proposal to adjust Moran's I for population density", Statistics in Medicine 18 (1999);
    their A may be negative, and where A + m / homes would be, m / homes stands. A unit without homes gets 0.
    """
    y, h = np.asarray(counts, np.float64), np.asarray(homes, np.float64)
    some = h > 0
    out = np.zeros(len(y))
    if not some.any() or not y[some].sum():
        return out
    y, h = y[some], h[some]
    rate = y.sum() / h.sum()
    variance = (h * (y / h - rate) ** 2).sum() / h.sum() - rate * len(h) / h.sum()
    noise = rate / h
    out[some] = (y / h - rate) / np.sqrt(np.where(variance + noise > 0, variance + noise, noise))
    return out


def share_tails(seen: Ints, total: int, share: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Return how likely so many, and so few, of ``total`` issues are where a ``share`` of them is expected.

    Beta-binomial: P(j) = C(total, j) B(j + a, total - j + b) / B(a, b), a = shape, b = shape (1 - share) / share: gamma
    rates given their sum (Johnson, Kemp and Kotz, "Univariate Discrete Distributions", 2005, 6.2.2). A shape of inf
    gives the binomial.

    Parameters
    ----------
    seen
        (n,) 0 to ``total``.
    share
        (n,) 0 to 1.
    shape
        (n,) above 0, or inf.

    Returns
    -------
    (n,) P(X >= seen), (n,) P(X <= seen)
        Both hold ``seen`` itself, with a relative error of about 1e-9; where the share is 0 or 1 there is nothing to
        tell, and both are 1.
    """
    upper, lower = np.ones(len(seen)), np.ones(len(seen))
    some = (share > 0) & (share < 1)
    even, uneven = some & np.isinf(shape), some & np.isfinite(shape)
    upper[even] = binom.sf(seen[even] - 1, total, share[even])
    lower[even] = binom.cdf(seen[even], total, share[even])
    a = shape[uneven]
    b = a * (1.0 - share[uneven]) / share[uneven]
    j = seen[uneven]
    apart = _rise(a, j) + _rise(b, total - j) - _rise(a + b, np.full(len(j), total))
    here = np.exp(np.asarray(binom.logpmf(j, total, share[uneven])) + apart)
    upper[uneven], lower[uneven] = split_tails(here, j, total, a, b)
    return np.minimum(upper, 1.0), np.minimum(lower, 1.0)


def _rise(x: Floats, m: Ints) -> Floats:
    """Return log(x (x + 1) … (x + m - 1) / x^m): by Stirling's series where x is large, so that no digits cancel."""
    large = np.maximum(x, 20.0)

    def rest(y: Floats) -> Floats:
        return np.asarray((1 / 12 - (1 / 360 - 1 / 1260 / y**2) / y**2) / y, dtype=np.float64)

    by_series = (large + m - 0.5) * np.log1p(m / large) - m + rest(large + m) - rest(large)
    return np.where(x >= 20.0, by_series, gammaln(x + m) - gammaln(x) - m * np.log(x))


@compiled
def split_tails(here: Floats, seen: Ints, total: int, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return both tails of beta-binomials from their terms at ``seen``: the one away from the mean by ratios of
    neighbouring terms, until they are too faint to count, the other as what is left.
    """
    upper, lower = np.empty(len(seen)), np.empty(len(seen))
    for i in range(len(seen)):
        term, beyond, j = here[i], here[i], seen[i]
        above = seen[i] * (a[i] + b[i]) >= total * a[i]
        while term > _FAINT * beyond:
            if above:
                term *= (total - j) / (j + 1.0) * (j + a[i]) / (total - j - 1.0 + b[i])
                j += 1
            else:
                term *= j / (total - j + 1.0) * (total - j + b[i]) / (j - 1.0 + a[i])
                j -= 1
            beyond += term
        rest = max(1.0 - beyond, 0.0) + here[i]
        upper[i], lower[i] = (beyond, rest) if above else (rest, beyond)
    return upper, lower
