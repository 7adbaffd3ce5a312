from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from geodata.rules.graph import find_pieces
from geodata.rules.hotspot_exact import exact_tails
from geodata.rules.hotspot_homes import Spread, measure_spread, share_tails, smoothed_rates, standard_rates
from geodata.rules.hotspot_near import Near, touching, within_band
from geodata.rules.kernels import Floats, Ints
from geodata.rules.problems import Problem

__all__ = [
    "HotPlace", "Hotspots", "Near", "Null", "Spread", "false_discovery", "find_hotspots", "getis_ord", "hot_places",
    "measure_spread", "smoothed_rates", "standard_rates", "touching", "within_band",
]  # fmt: skip

Null = Literal["dealt", "even_homes", "uneven_homes"]
"""What is tested. ``dealt``: the units' counts lie as if dealt among them by chance. Right where units are alike, as 邻
of 5 to 15 homes; on units of unlike size every place with many homes is hot.
``even_homes``: each issue is as likely at any home. Right where no home and no unit is more given to issues than
another; else nearly every map is hot.
``uneven_homes``: homes and units differ as much as these do, but without regard to their neighbours. Right in every
case tried, and the strongest of those that are. The figures stand in docs/decisions/0012-hotspots.md."""

Dependence = Literal["positive", "any"]

Q_MOST = 0.05


@dataclass(frozen=True)
class Hotspots:
    """What was found in and about each unit; "about" is the unit with those near it.

    Parameters
    ----------
    null, q_most, dependence
        What was tested, and how many of the hot may be false.
    z
        (n,) Gi* of Ord and Getis: of counts for ``dealt``, else of standard rates; to describe, not to judge by.
    p, q, hot
        (n,) how likely so many issues about it are by chance; the false-discovery rate at which it would be called hot;
        whether it is. 1, 1 and False where nothing was tested.
    p_low, cold
        (n,) the same for so few.
    tested
        (n,) False where there are no homes about it.
    issues, homes, expected, times
        (n,) issues and homes about it, issues to be expected at the common rate, and issues / expected (0 where none
        are expected). Without homes given, each unit counts as one. Given, they count for ``dealt`` too: a place that
        is hot by its counts and has 1.0 times the rate has only more homes.
    left_out
        Issues in units without homes, which are in none of these figures.
    """

    null: Null
    q_most: float
    dependence: Dependence
    z: Floats
    p: Floats
    q: Floats
    hot: NDArray[np.bool_]
    p_low: Floats
    cold: NDArray[np.bool_]
    tested: NDArray[np.bool_]
    issues: Ints
    homes: Ints
    expected: Floats
    times: Floats
    left_out: int


@dataclass(frozen=True)
class HotPlace:
    """Hot units that hang together, told by the strongest: "x times the county's rate, y issues, z homes, q".

    Parameters
    ----------
    units
        Rows, those of the least p first.
    times, issues, homes, q
        Of the first of ``units`` with those near it, as `Hotspots` has them: the very figures that were tested.
    """

    units: tuple[int, ...]
    times: float
    issues: int
    homes: int
    q: float


def getis_ord(values: NDArray[np.generic], near: Near, own: bool = True) -> Floats:
    """Return the standard score of Gi* (``own``) or of Gi, for binary weights.

    Gi*: (S - W m) / (s sqrt((n W - W^2) / (n - 1))), S the sum of the values about a unit, W how many these are, m and
    s the mean and the standard deviation (by n) of all. Gi: the same without the unit itself, with n - 1 for n, and
    m and s of the others (Ord and Getis, "Local spatial autocorrelation statistics", Geographical Analysis 27, 1995,
    (14.2) and (14.3) in "Spatial Analysis", 1996).

    Parameters
    ----------
    values
        (n,) or (n, t), several periods at once.

    Returns
    -------
    The same shape; 0 where all values are equal, or where a unit has none or all of the others near it.

    Raises
    ------
    Problem
        ``hotspots.wrong_length`` (what, rows, wanted).
    """
    x = np.asarray(values, np.float64)
    _require(x, near, "values")
    x = x - x.sum(axis=0) / max(near.units, 1)  # scores stay the same, and sums of squares lose no digits
    drawn = near.count + (1.0 if own else 0.0)
    drawn = drawn if x.ndim == 1 else drawn[:, None]
    n = near.units if own else near.units - 1
    total, squares = x.sum(axis=0), (x**2).sum(axis=0)
    mean = (total if own else total - x) / max(n, 1)
    variance = (squares if own else squares - x**2) / max(n, 1) - mean**2
    room = np.maximum(drawn * (n - drawn), 0.0) / max(n - 1, 1)
    flat = (variance <= 1e-14 * squares / max(n, 1)) | (room <= 0)
    scale = np.sqrt(np.maximum(variance, 0.0) * room)
    above = near.total(x, own) - drawn * mean
    return np.asarray(np.divide(above, scale, out=np.zeros_like(above), where=~flat), dtype=np.float64)


def false_discovery(p: Floats, dependence: Dependence = "positive") -> Floats:
    """Return the q-values of many tests: (n,) -> (n,).

    ``positive``: Benjamini and Hochberg (J. R. Statist. Soc. B 57, 1995), right for independent tests and for those
    that rise together (Benjamini and Yekutieli, Annals of Statistics 29, 2001), as sums over overlapping
    neighbourhoods do; Caldas de Castro and Singer use it for Gi* (Geographical Analysis 38, 2006). ``any``: Benjamini
    and Yekutieli's own, right whatever the dependence, and some eleven times as strict on 30,000 units.
    """
    if not len(p):
        return np.zeros(0)
    return np.asarray(false_discovery_control(p, method="bh" if dependence == "positive" else "by"), dtype=np.float64)


def find_hotspots(
    counts: NDArray[np.integer],
    near: Near,
    homes: NDArray[np.integer] | None = None,
    null: Null | None = None,
    q_most: float = Q_MOST,
    dependence: Dependence = "positive",
) -> Hotspots:
    """Find the units about which more issues, and fewer, lie than chance would put there.

    Parameters
    ----------
    counts
        (n,) issues of each unit, whole numbers.
    near
        Who is near whom.
    homes
        (n,) homes at risk; needed by ``even_homes`` and ``uneven_homes``, and for figures by home.
    null
        See `Null`; ``uneven_homes`` where homes are given, else ``dealt``.
    q_most
        How large a share of the hot units may be false.
    dependence
        See :func:`false_discovery`.

    Raises
    ------
    Problem
        ``hotspots.wrong_length`` (what, rows, wanted), ``hotspots.bad_counts`` (what) where a count is negative or no
        whole number, ``hotspots.no_homes`` where a null needs homes and none are given, ``hotspots.too_wide``.
    """
    y = _whole(counts, near, "counts")
    null = null or ("dealt" if homes is None else "uneven_homes")
    if homes is None and null != "dealt":
        raise Problem("hotspots.no_homes", null=null)
    h = np.ones(near.units, np.int64) if homes is None else _whole(homes, near, "homes")
    at_home = np.where(h > 0, y, 0)
    by_home = null != "dealt"
    counted = at_home if by_home else y
    around, homes_around = near.total(counted, own=True), near.total(h, own=True)
    tested = homes_around > 0 if by_home else np.ones(near.units, bool)
    high, low = _home_tails(counted, h, near, null) if by_home else exact_tails(y, near)
    expected = homes_around * (counted.sum() / max(int(h.sum()), 1))
    q, q_low = np.ones(near.units), np.ones(near.units)
    q[tested], q_low[tested] = (false_discovery(tail[tested], dependence) for tail in (high, low))
    return Hotspots(
        null, q_most, dependence, getis_ord(standard_rates(y, h) if by_home else y, near),
        high, q, q <= q_most, low, q_low <= q_most, tested,
        np.rint(around).astype(np.int64), np.rint(homes_around).astype(np.int64), expected,
        np.divide(around, expected, out=np.zeros(near.units), where=expected > 0), int((y - counted).sum()),
    )  # fmt: skip


def _home_tails(y: Ints, h: Ints, near: Near, null: Null) -> tuple[Floats, Floats]:
    """Return both tails of the issues about each unit, given all issues and where the homes are."""
    some = h > 0
    spread = measure_spread(y[some], h[some])
    homes = np.maximum(near.total(h, own=True), 1e-9)
    share = np.minimum(homes / max(int(h.sum()), 1), 1.0)
    seen, total = np.rint(near.total(y, own=True)).astype(np.int64), int(y.sum())
    even = np.full(near.units, np.inf)
    if null == "even_homes":
        return share_tails(seen, total, share, even)
    by_unit = even
    if spread.rate_variance > 0:
        alike = homes**2 / np.maximum(near.total(h**2, own=True), 1e-9)
        by_unit = spread.rate**2 / spread.rate_variance * alike
    by_home = spread.home_shape * homes
    tails = [share_tails(seen, total, share, shape) for shape in (by_home, by_unit)]
    return np.maximum(tails[0][0], tails[1][0]), np.maximum(tails[0][1], tails[1][1])


def hot_places(found: Hotspots, near: Near) -> list[HotPlace]:
    """Return the hot units by the places they make, those of the least p first."""
    rows = np.flatnonzero(found.hot)
    rows = rows[np.lexsort((rows, -found.times[rows], found.p[rows]))]
    links = near.matrix[rows][:, rows].tocoo()
    place = find_pieces(len(rows), np.column_stack([links.row, links.col]))
    told = []
    for number in range(int(place.max(initial=-1)) + 1):
        units = rows[place == number]
        first = units[0]
        told.append(
            HotPlace(
                tuple(units.tolist()), float(found.times[first]), int(found.issues[first]),
                int(found.homes[first]), float(found.q[first]),
            )
        )  # fmt: skip
    return told


def _require(values: NDArray[np.generic], near: Near, what: str) -> None:
    if len(values) != near.units:
        raise Problem("hotspots.wrong_length", what=what, rows=len(values), wanted=near.units)


def _whole(values: NDArray[np.generic], near: Near, what: str) -> Ints:
    """Return whole numbers, none negative, or refuse."""
    x = np.asarray(values)
    _require(x, near, what)
    whole = x.astype(np.int64) if np.isfinite(np.asarray(x, np.float64)).all() else np.full(len(x), -1)
    if (whole < 0).any() or (whole != x).any():
        raise Problem("hotspots.bad_counts", what=what)
    return whole
