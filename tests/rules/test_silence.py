"""Silent units, and figures too small to show."""

from __future__ import annotations

import doctest
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules import small_numbers
from geodata.rules.problems import Problem
from geodata.rules.silence import find_silent
from geodata.rules.small_numbers import hold_steady, may_show, merge_small, outside_places


def test_examples_in_the_documentation_are_true() -> None:
    """What the docstrings show is what the functions give."""
    assert doctest.testmod(small_numbers).failed == 0


def test_a_unit_from_which_nothing_is_heard_is_found() -> None:
    """Of 200 villages of unlike size the one without a report or a visit; not a small one, nor one with a visit."""
    rng = np.random.default_rng(1)
    homes = rng.integers(100, 900, 200)
    homes[:4] = 700, 8, 700, 0
    issues, visits = rng.poisson(0.04 * homes), rng.poisson(0.06 * homes)
    issues[:4], visits[:4] = 0, (0, 0, 1, 0)
    found = find_silent(issues, visits, homes)
    assert np.flatnonzero(found.silent).tolist() == [0]
    assert found.expected_issues[0] == pytest.approx(700 * issues.sum() / homes.sum())
    assert found.expected_visits[0] == pytest.approx(700 * visits.sum() / homes.sum())
    assert found.enough[[0, 1, 2, 3]].tolist() == [True, False, True, False]
    assert found.p[2] == 1


def test_where_units_differ_much_silence_is_less_surprising() -> None:
    """With the same number expected, silence by chance is exp(-m) for Poisson, and far likelier among unlike units."""
    rng = np.random.default_rng(2)
    homes = np.full(2000, 100)
    none = np.zeros(2000, int)
    even = find_silent(rng.poisson(4.0, 2000), none, homes)
    uneven = find_silent(rng.negative_binomial(1, 0.2, 2000), none, homes)
    assert not even.silent.any()
    assert not uneven.silent.any()
    quiet = [found.p[found.p < 1][0] for found in (even, uneven)]
    assert quiet[0] == pytest.approx(np.exp(-4.0), rel=0.3)
    assert quiet[1] == pytest.approx(0.2, rel=0.15)


def test_false_silence_is_rare() -> None:
    """Where all is Poisson and nobody hides, at most a map in twenty of these 200 calls any unit silent."""
    rng = np.random.default_rng(3)
    homes = rng.integers(50, 400, 150)
    maps = [find_silent(rng.poisson(0.03 * homes), rng.poisson(0.01 * homes), homes).silent.any() for _ in range(200)]
    assert np.mean(maps) <= 0.05


def test_nothing_anywhere_is_nobodys_silence() -> None:
    """Without any issue or visit nothing is expected of anybody; lengths that do not fit are refused."""
    nothing = np.zeros(3, int)
    assert not find_silent(nothing, nothing, np.array([10, 20, 0])).silent.any()
    assert not find_silent(nothing[:0], nothing[:0], nothing[:0]).silent.any()
    with pytest.raises(Problem, match=r"silence\.wrong_length"):
        find_silent(nothing, nothing[:2], nothing)


def random_net(seed: int) -> dict[str, Any]:
    """Draw units in a row in a few parents, with few homes each, some of them the reader's own."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 30))
    parent = np.sort(rng.integers(0, int(rng.integers(1, 5)), n))
    pairs = np.array([(a, b) for a, b in combinations(range(n), 2) if rng.random() < 0.3 or b == a + 1]).reshape(-1, 2)
    own = parent == 0 if rng.random() < 0.5 else np.zeros(n, bool)
    return {"homes": rng.integers(0, 9, n), "parent": parent, "pairs": pairs, "own": own}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_groups_have_enough_homes_and_stay_in_their_parent(seed: int) -> None:
    """Own units stay single, a group has 5 homes or is none, and none is left out where there are 5 to be had."""
    net = random_net(seed)
    group = merge_small(**net)
    for name in np.unique(group):
        rows = np.flatnonzero(group == name)
        if name == -1:
            for above in np.unique(net["parent"][rows]):
                outside = (net["parent"] == above) & ~net["own"]
                assert net["homes"][outside].sum() < 5
                assert (group[outside] == -1).all()
        elif net["own"][rows].any():
            assert rows.tolist() == [name]
        else:
            assert name == rows[0]
            assert net["homes"][rows].sum() >= 5
            assert len(set(net["parent"][rows])) == 1


def test_units_with_homes_enough_stay_as_they_are() -> None:
    """A small one goes to the neighbour with the fewest homes, a lone one to whom it shares the parent with."""
    homes = np.array([6, 3, 9, 7, 2, 8])
    pairs = np.array([(0, 1), (1, 2), (2, 3), (3, 4)])
    group = merge_small(homes, np.array([0, 0, 0, 0, 1, 1]), pairs, np.zeros(6, bool))
    assert group.tolist() == [0, 0, 2, 3, 4, 4]


def grouped(seed: int) -> tuple[np.ndarray[Any, Any], ...]:
    """Draw figures of groups by fixed slices."""
    rng = np.random.default_rng(seed)
    g, slices = int(rng.integers(1, 9)), int(rng.integers(1, 5))
    counts = rng.poisson(rng.choice([0.5, 2.0, 6.0]), (g, slices))
    homes = np.where(rng.random(g) < 0.2, rng.integers(0, 5, g), rng.integers(5, 60, g))
    return counts, homes, rng.random(g) < 0.2, rng.integers(0, 3, g)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_no_two_questions_differ_by_a_few(seed: int) -> None:
    """One slice or one group more in a question adds nothing, or 3 issues of 5 homes at least."""
    counts, homes, own, area = grouped(seed)
    shown = may_show(counts, homes, own, area).figures
    rng = np.random.default_rng(seed)
    outside = np.flatnonzero(~own)
    for _ in range(10):
        first, second = (rng.random(counts.shape) < 0.6 for _ in range(2))
        answers = [np.where(shown & asked & ~own[:, None], counts, 0) for asked in (first, first | second)]
        more = answers[1] - answers[0]
        rows = outside[more[outside].any(axis=1)]
        assert all(figure == 0 or figure >= 3 for figure in more.ravel())
        assert (homes[rows] >= 5).all()
    assert shown[own].all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_a_known_total_does_not_give_the_withheld_away(seed: int) -> None:
    """What is left of it stands for at least two groups, 5 homes and 3 issues, or for nothing; else it is withheld."""
    counts, homes, own, area = grouped(seed)
    shown = may_show(counts, homes, own, area)
    for number, column in np.ndindex(*shown.totals.shape):
        hidden = (area == number) & ~shown.figures[:, column]
        if shown.totals[number, column] and hidden.any():
            assert hidden.sum() >= 2
            assert homes[hidden].sum() >= 5
            assert counts[hidden, column].sum() >= 3


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_a_stock_moves_by_three_or_not_at_all(stock: list[int]) -> None:
    """And never strays from the truth by 3."""
    held = hold_steady(np.array([stock]))[0]
    steps = np.abs(np.diff(held, prepend=0))
    assert ((steps == 0) | (steps >= 3)).all()
    assert np.abs(held - stock).max() < 3


def test_points_in_sensitive_places_are_left_out() -> None:
    """Inside and on the border out, outside kept; without places all are kept."""
    xy = np.array([(1.0, 1.0), (2.0, 1.0), (3.0, 1.0)])
    places = np.array([shapely.box(0, 0, 2, 2), shapely.box(0, 0, 1.5, 1.5)], dtype=object)
    assert outside_places(xy, places).tolist() == [False, False, True]
    assert outside_places(xy, places[:0]).all()
    assert len(outside_places(xy[:0], places)) == 0
