from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.repair import Repair, RepairGround, repairs
from tests.rules.repair_grounds import TINY, best_by_trying_all, faults, scattered_lins

SIZES = st.lists(st.integers(1, 4), min_size=2, max_size=3).filter(lambda sizes: 4 <= sum(sizes) <= 8)
PROFILE = Profile()


def found_or_none(ground: RepairGround, profile: Profile) -> list[Repair] | str:
    """Return the proposals, or the code of the refusal."""
    try:
        return repairs(ground, 0, profile)
    except Problem as refusal:
        return refusal.code


@settings(max_examples=50, deadline=None)
@given(SIZES, st.integers(0, 10_000), st.integers(0, 3), st.booleans())
def test_the_best_repair_is_the_best_of_all_assignments(
    sizes: list[int], seed: int, stacked: int, is_locked: bool
) -> None:
    """On tiny grounds the first proposal costs what trying every assignment finds, or both find none."""
    ground = scattered_lins(sizes, seed, stacked)
    ground.locked[-1] = is_locked
    found = found_or_none(ground, TINY)
    if found == "repair.not_broken":
        return
    price = best_by_trying_all(ground, 0, TINY)
    if isinstance(found, str):
        assert (price, found == "repair.unsettled") == (None, False)
        return
    assert price is not None
    assert (found[0].homes_moved, found[0].distance_m) == pytest.approx(price, abs=1e-6)
    assert all(one.optimal for one in found)
    assert [faults(ground, one, TINY) for one in found] == [[] for _ in found]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([1, 2, 3, 4, 16, 17, 18, 20, 23]),
    st.lists(st.integers(5, 15), min_size=1, max_size=5),
    st.integers(0, 10_000),
    st.integers(0, 12),
)
def test_a_taken_repair_leaves_everything_in_order(broken: int, others: list[int], seed: int, stacked: int) -> None:
    """Bounds, pieces, locks and the 组 hold after every proposal; no home is lost; prices ascend; no two are alike."""
    ground = scattered_lins([broken, *others], seed, stacked)
    ground.locked[1:] = np.random.default_rng(seed).random(len(others)) < 0.2
    found = found_or_none(ground, PROFILE)
    if isinstance(found, str):
        assert found in ("repair.none", "repair.no_room", "repair.too_few_homes", "repair.unsettled")
        return
    assert [faults(ground, one, PROFILE) for one in found] == [[] for _ in found]
    prices = [(one.homes_moved, round(one.distance_m, 6)) for one in found]
    assert prices == sorted(prices)
    assert len({(one.kind, one.lins) for one in found}) == len(found) <= 5
    assert repairs(ground, 0, PROFILE) == found


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([4, 16]), st.lists(st.integers(5, 15), min_size=1, max_size=3), st.integers(0, 10_000))
def test_the_price_does_not_hang_on_the_order_of_homes(broken: int, others: list[int], seed: int) -> None:
    """The same homes in another order have repairs of the same kinds and prices."""
    ground = scattered_lins([broken, *others], seed)
    order = np.random.default_rng(seed).permutation(len(ground.xy))
    place = np.argsort(order)
    other = RepairGround(
        ground.xy[order], ground.lin_of_home[order], ground.zu_of_lin, place[ground.edges][::-1], ground.chief_xy,
        ground.locked, ground.stack_rank[order],
    )  # fmt: skip
    one, two = found_or_none(ground, PROFILE), found_or_none(other, PROFILE)
    if isinstance(one, str) or isinstance(two, str):
        assert one == two
        return
    assert [(r.kind, r.homes_moved) for r in one] == [(r.kind, r.homes_moved) for r in two]
    assert [r.distance_m for r in one] == pytest.approx([r.distance_m for r in two])
