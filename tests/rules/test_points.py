"""Points that are the same, and points that are all but the same, are found as slow and sure ways find them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.rules.points import leaders, merge_near, near_pairs, number_pairs, number_points

crowds = st.lists(st.tuples(*[st.integers(-6, 6)] * 2), max_size=60).map(
    lambda rows: np.array(rows, dtype=np.float64).reshape(-1, 2)
)


@settings(max_examples=60, deadline=None)
@given(crowds)
def test_equal_points_share_a_number(xy):
    """Two rows have one number exactly when both coordinates are equal; numbers run by first appearance."""
    number, first = number_points(xy / 7)
    assert (xy[first][number] == xy).all()
    assert first.tolist() == [number.tolist().index(i) for i in range(len(first))]
    assert len(first) == len(np.unique(xy, axis=0))


def test_the_two_zeros_are_one_place():
    """Nought and minus nought are one coordinate."""
    number, _ = number_points(np.array([[0.0, 1.0], [-0.0, 1.0], [1.0, -0.0], [1.0, 0.0]]))
    assert number.tolist() == [0, 0, 1, 1]


def test_many_pairs_of_neighbouring_numbers_are_told_apart():
    """The pairs of a table of a thousand by a hundred are a hundred thousand, and found again in any order."""
    pairs = np.stack(np.divmod(np.arange(100_000), 100), axis=1)
    again = np.random.default_rng(1).permutation(100_000)
    number, first = number_pairs(np.concatenate([pairs, pairs[again]]))
    assert number[:100_000].tolist() == first.tolist() == list(range(100_000))
    assert (number[100_000:] == again).all()


@settings(max_examples=80, deadline=None)
@given(crowds, st.sampled_from([0.5, 1.0, 1.5, 3.0]), st.sampled_from([0.0, 38_500_000.0]))
def test_near_points_are_found_as_a_tree_finds_them(xy, within_m, east_m):
    """On a lattice, where many points stand abreast and at the very distance, the pairs are those of a k-d tree."""
    xy = xy + np.array([east_m, 0.0])
    found = near_pairs(xy, within_m)
    assert (found[:, 0] < found[:, 1]).all()
    assert {tuple(pair) for pair in found.tolist()} == cKDTree(xy).query_pairs(within_m)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.data())
def test_what_hangs_together_has_its_first_as_leader(count, data):
    """Each point's leader is the lowest number in its connected component."""
    ends = st.integers(0, count - 1)
    pairs = np.array(data.draw(st.lists(st.tuples(ends, ends), max_size=50)), dtype=np.intp).reshape(-1, 2)
    _, part = connected_components(coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count)), directed=False)
    assert leaders(count, pairs).tolist() == [part.tolist().index(p) for p in part]


def test_points_that_all_but_coincide_take_the_place_of_the_first():
    """Of three points in a row a centimetre apart, all take the place of the first; a far one stays."""
    xy = np.array([[5.0, 5.0], [0.0, 0.0], [0.01, 0.0], [0.02, 0.0]])
    assert merge_near(xy, 0.0101).tolist() == [[5, 5], [0, 0], [0, 0], [0, 0]]
