"""What the fills of units on the map hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from geodata.rules.colours import colour_units
from geodata.rules.problems import Problem


def net(seed: int, n: int) -> np.ndarray:
    """The borders of a random planar net of n units: the sides of a triangulation."""
    triangles = Delaunay(np.random.default_rng(seed).uniform(0, 1, (n, 2))).simplices
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(np.int64)


def assert_proper(edges: np.ndarray, fills: np.ndarray, colours: int) -> None:
    """Fail when two neighbours share a fill or a fill does not exist."""
    assert (fills[edges[:, 0]] != fills[edges[:, 1]]).all()
    assert fills.min() >= 0
    assert fills.max() < colours


@given(st.integers(0, 2**32), st.integers(4, 200))
@settings(max_examples=40, deadline=None)
def test_neighbours_never_share_a_fill(seed, n):
    """Any planar net takes six fills, and the same ones whatever the order of its borders."""
    edges = net(seed, n)
    fills = colour_units(edges, n)
    assert_proper(edges, fills, 6)
    shuffled = np.random.default_rng(seed).permutation(edges[:, ::-1])
    assert (colour_units(shuffled, n) == fills).all()


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_a_redraw_changes_few_fills(seed):
    """Wishing for the fills of before, an unchanged net keeps them all and a new border leaves four in five."""
    edges = net(seed, 80)
    before = colour_units(edges, 80)
    assert (colour_units(edges, 80, preferred=before) == before).all()
    same = np.flatnonzero(before == before[0])
    if len(same) > 1:
        edges = np.concatenate([edges, [[0, same[1]]]])
        after = colour_units(edges, 80, preferred=before)
        assert_proper(edges, after, 6)
        assert (after != before).sum() <= 16


def test_fills_are_used_evenly():
    """No fill dominates the map of a large net."""
    counts = np.bincount(colour_units(net(7, 2000), 2000))
    assert counts.min() > 0.8 * counts.max()


def test_units_without_neighbours_get_a_fill():
    """No units, or units that touch nothing but themselves, are coloured too."""
    none = np.zeros((0, 2), dtype=np.int64)
    assert colour_units(none, 0).tolist() == []
    assert colour_units(none, 3).tolist() == [0, 1, 2]
    assert colour_units(np.array([[1, 1]]), 2, preferred=np.array([-1, 4])).tolist() == [0, 4]


def test_a_chain_of_two_fills_is_exchanged_when_none_is_free():
    """Four fills are enough for small planar nets, where plain first choice gets stuck and an exchange helps."""
    solved = 0
    for seed in range(60):
        edges = net(seed, 40)
        wishes = np.random.default_rng(seed).integers(0, 4, 40)
        try:
            fills = colour_units(edges, 40, 4, wishes)
        except Problem as problem:
            assert problem.code == "colours.too_few"
            continue
        assert_proper(edges, fills, 4)
        solved += 1
    assert solved > 50


def test_units_that_all_touch_each_other_are_too_many():
    """Seven units in pieces, each touching every other, cannot be told apart by six fills: refused by name."""
    edges = np.array([(a, b) for a in range(7) for b in range(a)])
    with pytest.raises(Problem) as caught:
        colour_units(edges, 7)
    assert (caught.value.code, caught.value.values) == ("colours.too_few", {"colours": 6})
    assert_proper(edges, colour_units(edges, 7, 7), 7)
