from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geodata.rules.graph import Sites, find_pieces
from geodata.rules.partition import LinCut, cut_zu
from geodata.rules.profile import Profile
from geodata.rules.prove import Limits, prove_zu
from tests.rules.cut_grounds import row, scattered

PROFILE = Profile()


def best_of_two(ground: Sites) -> float:
    """Return the best cut into two connected 邻 of 5–15 homes, by trying every one."""
    n = len(ground.site_xy)
    best = np.inf
    for size in range(5, n // 2 + 1):
        for chosen in combinations(range(n), size):
            label = np.zeros(n, int)
            label[list(chosen)] = 1
            same = ground.edges[label[ground.edges[:, 0]] == label[ground.edges[:, 1]]]
            if find_pieces(n, same).max() == 1:
                xy = ground.site_xy
                spread = sum(((xy[label == i] - xy[label == i].mean(axis=0)) ** 2).sum() for i in (0, 1))
                best = min(best, float(spread))
    return best


def test_the_proof_agrees_with_trying_every_cut() -> None:
    """On twelve homes the certified optimum is the best of all connected cuts."""
    profile = Profile(lin_homes_min=5, lin_homes_max=7)
    for seed in (0, 1):
        ground = scattered(12, seed)
        proof = prove_zu(ground, profile, cut_zu(ground, profile))
        assert proof.best_m2 == pytest.approx(best_of_two(ground), rel=1e-7)
        assert proof.lower_bound_m2 == pytest.approx(proof.best_m2, rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_never_exceeds_a_cut(seed: int) -> None:
    """Lower bound <= best met <= objective, and the gap says how far they are apart."""
    ground = scattered(36, seed)
    cut = cut_zu(ground, PROFILE)
    proof = prove_zu(ground, PROFILE, cut)
    assert proof.lower_bound_m2 <= proof.best_m2 * (1 + 1e-9)
    assert proof.best_m2 <= proof.objective_m2 * (1 + 1e-9)
    assert proof.objective_m2 == pytest.approx(cut.objective_m2, rel=1e-6)
    assert proof.gap_share == pytest.approx(1.0 - proof.lower_bound_m2 / proof.objective_m2, abs=1e-9)


def test_a_poor_cut_is_found_out() -> None:
    """Slices of a square of homes are shown to be far from optimal, and a better cut is met on the way."""
    ground = scattered(30, 7)
    order = np.argsort(ground.site_xy[:, 0])
    slices = np.empty(30, int)
    slices[order] = np.arange(30) // 10
    proof = prove_zu(ground, PROFILE, LinCut(slices, 0.0, ()))
    assert not proof.optimal
    assert proof.best_m2 < proof.objective_m2


def test_one_lin_is_optimal_at_once() -> None:
    """A 组 of one 邻 leaves nothing to choose."""
    ground = row([1] * 9)
    assert prove_zu(ground, PROFILE, cut_zu(ground, PROFILE)).optimal


def test_sizes_out_of_bounds_prove_nothing() -> None:
    """Where the cut itself breaks the bounds, the only bound is zero."""
    ground = row([1] * 16)
    proof = prove_zu(ground, PROFILE, LinCut(np.repeat([0, 1], [3, 13]), 0.0, ()))
    assert (proof.lower_bound_m2, proof.optimal) == (0.0, False)


def test_homes_on_one_point_leave_nothing_to_gain() -> None:
    """A tower alone has no distances: any cut is optimal."""
    ground = row([40])
    assert prove_zu(ground, PROFILE, cut_zu(ground, PROFILE)).optimal


def test_divided_stacks_and_sides_are_proven_as_they_were_cut() -> None:
    """Where the cut had to divide a stack or join a side, the proof speaks of the same atoms."""
    for ground in (row([15, 1, 1]), row([1] * 24, barrier_before=3), row([1] * 24, barrier_before=9)):
        cut = cut_zu(ground, PROFILE)
        proof = prove_zu(ground, PROFILE, cut)
        assert proof.lower_bound_m2 <= cut.objective_m2 * (1 + 1e-9)


def test_limits_leave_a_valid_bound() -> None:
    """Stopped early, the proof says less but nothing false."""
    ground = scattered(60, 2)
    proof = prove_zu(
        ground, PROFILE, cut_zu(ground, PROFILE), limits=Limits(units=50, steps=500, rounds=2, solver_s=0.1)
    )
    assert 0.0 <= proof.lower_bound_m2 <= proof.objective_m2
