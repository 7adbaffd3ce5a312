"""Hotspots: published statistics, exact p-values, and figures that a page may print."""

from __future__ import annotations

import doctest
import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from geodata.rules import hotspot_exact, hotspot_levels
from geodata.rules.hotspot_exact import exact_tails, ranked
from geodata.rules.hotspot_homes import share_tails
from geodata.rules.hotspot_levels import LevelData, first_that_bears, needed_times, weigh_level
from geodata.rules.hotspots import (
    Near,
    false_discovery,
    find_hotspots,
    getis_ord,
    hot_places,
    measure_spread,
    smoothed_rates,
    standard_rates,
    touching,
    within_band,
)
from geodata.rules.problems import Problem

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "hotspot_vectors.json").read_text())
"""What other libraries gave, once: the first line of the file names them and their versions."""


def vector(name: str) -> np.ndarray[Any, Any]:
    return np.array(VECTORS[name])


def lattice(side: int, reach_m: float = 1.0) -> Near:
    """Return places 1 m apart in a square, near within ``reach_m``."""
    return within_band(np.array([(x, y) for y in range(side) for x in range(side)], float), reach_m)


def random_near(rng: np.random.Generator, n: int) -> Near:
    """Return any neighbours at all."""
    pairs = np.array(list(combinations(range(n), 2))).reshape(-1, 2)
    return touching(pairs[rng.random(len(pairs)) < rng.random()], n)


def test_examples_in_the_documentation_are_true() -> None:
    """What the docstrings show is what the functions give."""
    assert doctest.testmod(hotspot_exact).failed == 0
    assert doctest.testmod(hotspot_levels).failed == 0


def test_statistics_rates_and_false_discovery_equal_other_libraries() -> None:
    """Gi, Gi* to 1e-12, empirical-Bayes and standardised rates, and q-values are esda's and statsmodels'."""
    near = within_band(vector("xy"), VECTORS["band_m"])
    counts, homes = vector("counts"), vector("homes")
    for own, name in ((False, "gi"), (True, "gi_star")):
        assert getis_ord(counts, near, own) == pytest.approx(vector(name), abs=1e-12)
    assert smoothed_rates(counts, homes) == pytest.approx(vector("empirical_bayes"), abs=1e-12)
    assert standard_rates(counts, homes) == pytest.approx(vector("assuncao"), abs=1e-12)
    assert false_discovery(vector("p")) == pytest.approx(vector("q_bh"), abs=1e-12)
    assert false_discovery(vector("p"), "any") == pytest.approx(vector("q_by"), abs=1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_gi_is_its_published_formula(seed: int) -> None:
    """Written out unit by unit, both statistics are those of Ord and Getis, whatever the neighbours."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    near, x = random_near(rng, n), rng.integers(0, 5, n).astype(float)
    for own in (True, False):
        score = getis_ord(x, near, own)
        for i in range(n):
            about = near.others[near.starts[i] : near.starts[i + 1]].tolist() + [i] * own
            among = np.arange(n) if own else np.delete(np.arange(n), i)
            m, w = len(among), len(about)
            room = x[among].std() ** 2 * (m * w - w**2) / (m - 1)
            wanted = (x[about].sum() - w * x[among].mean()) / np.sqrt(room) if room > 1e-12 else 0.0
            assert score[i] == pytest.approx(wanted, abs=1e-9)
    both = getis_ord(np.column_stack([x, x[::-1]]), near)
    assert both[:, 0] == pytest.approx(getis_ord(x, near), abs=1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_exact_tails_are_those_of_every_way_to_deal(seed: int) -> None:
    """All ways to choose the neighbours' counts from the others' are tried; both tails agree, with a huge count too."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 9))
    near, counts = random_near(rng, n), rng.integers(0, int(rng.integers(1, 6)) + 1, n)
    counts[rng.integers(n)] += int(rng.choice([0, 0, 7, 100_000]))
    counts *= int(rng.choice([1, 1, 3]))
    upper, lower = exact_tails(counts, near)
    for i in range(n):
        about = near.others[near.starts[i] : near.starts[i + 1]]
        sums = np.array([sum(chosen) for chosen in combinations(np.delete(counts, i).tolist(), len(about))])
        seen = counts[about].sum()
        assert upper[i] == pytest.approx((sums >= seen).mean(), abs=1e-13)
        assert lower[i] == pytest.approx((sums <= seen).mean(), abs=1e-13)


def test_exact_tails_keep_their_digits_far_out() -> None:
    """Units of none or one are a hypergeometric urn: down to 1e-30 our tails are its, to ten digits."""
    n = 900
    xy = np.random.default_rng(2).uniform(0, 1, (n, 2))
    near = within_band(xy, 0.15)
    counts = (xy[:, 0] < 0.3).astype(np.int64)
    upper, lower = exact_tails(counts, near)
    ones = counts.sum() - counts
    seen = near.total(counts)
    for ours, theirs in (
        (upper, hypergeom.sf(seen - 1, n - 1, ones, near.count)),
        (lower, hypergeom.cdf(seen, n - 1, ones, near.count)),
    ):
        far = theirs > 1e-30
        assert theirs[far].min() < 1e-12
        assert np.abs(ours[far] / theirs[far] - 1).max() < 1e-10


def test_exact_tails_are_what_sampling_would_find() -> None:
    """On 400 units, 5,000 permutations scatter about the exact values as chance lets them, and no wider."""
    rng = np.random.default_rng(3)
    near, counts = lattice(20, 2.3), rng.negative_binomial(0.7, 0.4, 400)
    upper, _ = exact_tails(counts, near)
    rounds = 5_000
    for i in (0, 57, 210, 399):
        seen = near.total(counts)[i]
        others = np.delete(counts, i)
        dealt = rng.permuted(np.tile(others, (rounds, 1)), axis=1)[:, : near.count[i]].sum(axis=1)
        scatter = np.sqrt(upper[i] * (1 - upper[i]) / rounds)
        assert abs((dealt >= seen).mean() - upper[i]) < 4.5 * scatter + 1e-9


@given(st.lists(st.integers(0, 30), min_size=2, max_size=8), st.integers(1, 3))
def test_brought_down_counts_stand_in_the_same_order(counts: list[int], most: int) -> None:
    """Sums of as many units compare after bringing down as before."""
    whole = np.array(counts)
    lesser = ranked(whole, most)
    for drawn in range(1, min(most, len(counts)) + 1):
        chosen = [list(rows) for rows in combinations(range(len(counts)), drawn)]
        before, after = (np.array([v[rows].sum() for rows in chosen]) for v in (whole, lesser))
        assert (np.sign(before[:, None] - before) == np.sign(after[:, None] - after)).all()


def rising(total: int, a: float, b: float) -> np.ndarray[Any, Any]:
    """Return all terms of a beta-binomial, factor by factor."""
    count = np.arange(total)
    x, y, z, one = (np.append(0.0, np.cumsum(np.log(count + start))) for start in (a, b, a + b, 1.0))
    return np.asarray(np.exp(one[-1] - one - one[::-1] + x + y[::-1] - z[-1]))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_shares_of_homes_have_their_published_tails(seed: int) -> None:
    """Binomial where the shape is endless, else beta-binomial, on either side of the mean."""
    rng = np.random.default_rng(seed)
    total, share = int(rng.integers(1, 200)), rng.uniform(0.001, 0.9, 5)
    shape = np.array([np.inf, *(10.0 ** rng.uniform(-2, 9, 4))])
    seen = rng.integers(0, total + 1, 5)
    upper, lower = share_tails(seen, total, share, shape)
    b = shape[1:] * (1 - share[1:]) / share[1:]
    terms = [rising(total, a, c) for a, c in zip(shape[1:], b, strict=True)]
    wanted = [terms[i][: seen[i + 1] + 1].sum() for i in range(4)]
    above = [terms[i][seen[i + 1] :].sum() for i in range(4)]
    assert lower == pytest.approx([binom.cdf(seen[0], total, share[0]), *wanted], rel=1e-9, abs=1e-14)
    assert upper == pytest.approx([binom.sf(seen[0] - 1, total, share[0]), *above], rel=1e-9, abs=1e-14)


def test_a_planted_hotspot_is_found_and_told() -> None:
    """Nine units with eight times the rate are one place; its figures are its own and those of whom it is near."""
    rng = np.random.default_rng(5)
    near, homes = lattice(30, 1.5), rng.integers(5, 16, 900)
    rate = np.full((30, 30), 0.05)
    rate[10:13, 20:23] = 0.4
    counts = rng.poisson(rate.ravel() * homes)
    for null in ("uneven_homes", "even_homes", "dealt"):
        found = find_hotspots(counts, near, homes, null)  # type: ignore[arg-type]
        first, *more = hot_places(found, near)
        assert not more
        assert first.units[0] == 11 * 30 + 21
        rows = np.append(near.others[near.starts[351] : near.starts[352]], 351)
        assert (first.issues, first.homes) == (counts[rows].sum(), homes[rows].sum())
        assert first.times == pytest.approx(first.issues / first.homes / (counts.sum() / homes.sum()))
        assert first.q == found.q[351] <= 0.05
        assert not found.cold.any()


def test_the_homes_say_whether_many_issues_are_many() -> None:
    """Where a few squares hold most homes and thus most issues, the counts look hot and the rates do not."""
    rng = np.random.default_rng(1)
    near, homes = lattice(20, 1.5), np.full(400, 4)
    homes[np.add.outer(np.arange(5, 9) * 20, np.arange(5, 9)).ravel()] = 120
    counts = rng.poisson(0.3 * homes)
    assert find_hotspots(counts, near).hot.sum() > 10
    assert not find_hotspots(counts, near, homes).hot.any()


def test_nothing_and_next_to_nothing() -> None:
    """No units, one unit, no issues, one issue, no homes: no hotspot and no failure."""
    none = within_band(np.zeros((0, 2)), 5.0)
    assert len(find_hotspots(np.zeros(0, int), none, np.zeros(0, int)).p) == 0
    alone = within_band(np.zeros((1, 2)), 5.0)
    assert not find_hotspots(np.array([9]), alone, np.array([3])).hot.any()
    near = lattice(6)
    for counts in (np.zeros(36, int), np.eye(1, 36, 7, dtype=int)[0]):
        for homes in (None, np.full(36, 8), np.zeros(36, int)):
            found = find_hotspots(counts, near, homes)
            assert not found.hot.any()
            assert hot_places(found, near) == []
            assert np.isfinite([found.z, found.p, found.q, found.times]).all()
    assert find_hotspots(np.full(36, 3), near, np.zeros(36, int)).left_out == 108
    assert not find_hotspots(np.full(36, 3), near, np.zeros(36, int)).tested.any()


def test_a_hundred_thousand_at_one_point() -> None:
    """By homes the units about it are hot; dealt anew, one great count gathers with nobody."""
    near, counts = lattice(20, 1.5), np.zeros(400, int)
    counts[210] = 100_000
    found = find_hotspots(counts, near, np.full(400, 10), "even_homes")
    assert (
        np.flatnonzero(found.hot) == np.sort(np.append(near.others[near.starts[210] : near.starts[211]], 210))
    ).all()
    assert found.times[210] == pytest.approx(400 / 9)
    assert not find_hotspots(counts, near).hot.any()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda near: find_hotspots(np.ones(3, int), near), "hotspots.wrong_length"),
        (lambda near: find_hotspots(np.full(4, -1), near), "hotspots.bad_counts"),
        (lambda near: find_hotspots(np.array([1, 2, np.nan, 1]), near), "hotspots.bad_counts"),
        (lambda near: find_hotspots(np.array([1, 2, 0.5, 1]), near), "hotspots.bad_counts"),
        (lambda near: find_hotspots(np.ones(4, int), near, null="even_homes"), "hotspots.no_homes"),
        (lambda near: getis_ord(np.ones(5), near), "hotspots.wrong_length"),
        (lambda near: within_band(np.zeros((2, 2)), 0.0), "hotspots.no_band"),
        (lambda near: within_band(np.array([[0.0, np.nan]]), 3.0), "hotspots.no_place"),
    ],
)
def test_what_makes_no_sense_is_refused(call: Any, code: str) -> None:
    """Each has its own name."""
    with pytest.raises(Problem, match=code):
        call(lattice(2))


def test_a_band_too_wide_is_refused_and_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the sums would not fit, the refusal tells how many neighbours there are."""
    monkeypatch.setattr(hotspot_exact, "_MOST_STATES", 100.0)
    with pytest.raises(Problem) as refused:
        exact_tails(np.arange(25), lattice(5, 3.0))
    assert refused.value.code == "hotspots.too_wide"
    assert refused.value.values["neighbours"] == 24


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_smoothed_rates_lie_between_the_own_and_the_common_rate(seed: int) -> None:
    """Over all and over neighbours alike; without homes there is the common rate alone."""
    rng = np.random.default_rng(seed)
    near, homes = lattice(5, 1.5), rng.integers(0, 20, 25)
    counts = np.where(homes > 0, rng.poisson(0.3 * homes), 0)
    with_homes = homes > 0
    own = counts[with_homes] / homes[with_homes]
    everywhere = counts.sum() / max(homes.sum(), 1)
    smooth = smoothed_rates(counts, homes)
    assert (smooth[~with_homes] == pytest.approx(everywhere)) if (~with_homes).any() else True
    low, high = np.minimum(own, everywhere), np.maximum(own, everywhere)
    assert ((smooth[with_homes] >= low - 1e-12) & (smooth[with_homes] <= high + 1e-12)).all()
    assert np.isfinite(smoothed_rates(counts, homes, near)).all()


def test_local_smoothing_is_marshalls_within_each_neighbourhood() -> None:
    """A unit's local rate is what the rule over all gives on it and its neighbours alone."""
    rng = np.random.default_rng(8)
    near, homes = lattice(6, 1.5), rng.integers(3, 30, 36)
    counts = rng.negative_binomial(1, 0.2, 36)
    local = smoothed_rates(counts, homes, near)
    for i in (0, 14, 35):
        rows = np.append(i, near.others[near.starts[i] : near.starts[i + 1]])
        assert local[i] == pytest.approx(smoothed_rates(counts[rows], homes[rows])[0], abs=1e-12)


def test_spread_is_found_again() -> None:
    """Of 20,000 invented units both shapes are found within a tenth, and none where there is none."""
    rng = np.random.default_rng(4)
    homes = rng.integers(5, 16, 20_000)
    by_home = measure_spread(rng.poisson(0.2 / 0.5 * rng.gamma(0.5 * homes)), homes)
    assert by_home.home_shape == pytest.approx(0.5, rel=0.1)
    by_unit = measure_spread(rng.poisson(0.2 * homes * rng.gamma(2.0, 0.5, 20_000)), homes)
    assert by_unit.rate**2 / by_unit.rate_variance == pytest.approx(2.0, rel=0.1)
    assert measure_spread(rng.poisson(0.2 * homes), homes).home_shape > 10


def test_a_level_without_enough_issues_says_so_and_names_the_next() -> None:
    """A month's issues are too few for 邻 and for 组; villages bear them; with no issues nothing does."""
    rng = np.random.default_rng(6)
    fine, homes = lattice(60, 1.5), np.full(3600, 10)
    few = rng.poisson(0.03 * homes)
    levels = []
    for name, side in (("lin", 60), ("zu", 30), ("village", 6)):
        where = (np.arange(3600) // 60 * side // 60) * side + np.arange(3600) % 60 * side // 60
        levels.append(LevelData(name, np.bincount(where, few), np.bincount(where, homes), lattice(side, 1.5)))
    chosen, weighed = first_that_bears(levels)
    assert chosen is not None
    assert [(b.level, b.bears) for b in weighed] == [("lin", False), ("zu", True)]
    assert weighed[0].expected_own == pytest.approx(0.3, abs=0.02)
    assert weighed[0].expected_about == pytest.approx(9 * 0.3, abs=0.2)
    assert weighed[0].times > 4 >= weighed[1].times > 1
    nothing = LevelData("lin", np.zeros(3600, int), homes, fine)
    assert first_that_bears([nothing]) == (None, [weigh_level(nothing)])
    assert needed_times(5.0, 100, 0.01) == np.inf
    assert needed_times(20.0, 100) < needed_times(20.0, 10_000) < needed_times(20.0, 10_000, 5.0)
