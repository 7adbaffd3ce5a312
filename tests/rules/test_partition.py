from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules.graph import Sites, count_pieces, renumber
from geodata.rules.partition import cut_many, cut_zu
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.stacks import StackColumns
from tests.rules.cut_grounds import row, scattered, shuffled

PROFILE = Profile()


def rules(cut: object) -> list[tuple[str, str]]:
    return [(v.rule, v.unit_id) for v in cut.violations]  # type: ignore[attr-defined]


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 112), st.integers(0, 10_000))
def test_every_home_is_in_one_whole_lin_of_allowed_size(n: int, seed: int) -> None:
    """Every home gets one 邻; every 邻 has 5–15 homes and is connected; the objective is what it says."""
    ground = scattered(n, seed)
    cut = cut_zu(ground, PROFILE, seed)
    size = np.bincount(cut.lin_of_home)
    assert len(cut.lin_of_home) == n
    assert size.min() >= 5
    assert size.max() <= 15
    assert (count_pieces(cut.lin_of_home, ground.edges, len(size)) == 1).all()
    xy = ground.site_xy
    spread = sum(
        ((xy[cut.lin_of_home == i] - xy[cut.lin_of_home == i].mean(axis=0)) ** 2).sum() for i in range(len(size))
    )
    assert cut.objective_m2 == pytest.approx(spread, rel=1e-6, abs=1e-3)
    assert cut.violations == ()


@settings(max_examples=15, deadline=None)
@given(st.integers(10, 90), st.integers(0, 10_000))
def test_the_order_of_homes_does_not_matter(n: int, seed: int) -> None:
    """The same homes in another order are cut into the same 邻, with the same numbers."""
    ground = scattered(n, seed)
    other, place = shuffled(ground, seed + 1)
    assert (cut_zu(other, PROFILE, 3).lin_of_home[place] == cut_zu(ground, PROFILE, 3).lin_of_home).all()


def test_the_same_seed_gives_the_same_cut_beside_any_other_zu() -> None:
    """A 组 is cut alike alone and beside others, and again in another call."""
    one, two = scattered(60, 1), scattered(45, 2)
    both = Sites(
        np.vstack([two.site_xy, one.site_xy + 5_000.0]),
        np.arange(105),
        np.repeat([0, 1], [45, 60]),
        np.vstack([two.edges, one.edges + 45]),
        np.zeros(len(one.edges) + len(two.edges), bool),
    )
    apart = Sites(one.site_xy + 5_000.0, one.site_of_home, one.zu_of_site, one.edges, one.crosses)
    cut = cut_many(both, PROFILE, 9)
    alone = cut_zu(apart, PROFILE, 9)
    assert (renumber(cut.lin_of_home[45:]) == renumber(alone.lin_of_home)).all()
    assert (cut.lin_of_home == cut_many(both, PROFILE, 9).lin_of_home).all()
    assert cut.objective_m2[1] == pytest.approx(alone.objective_m2, rel=1e-9)
    assert (cut.zu_of_lin[cut.lin_of_home] == both.zu_of_site).all()


def test_the_number_of_lin_is_homes_by_eleven() -> None:
    """280,000 homes in 25,173 邻: eleven homes fix the number, the bounds hold it."""
    assert [cut_zu(row([1] * n), PROFILE).lin_of_home.max() + 1 for n in (5, 15, 16, 38, 39, 110)] == [
        1,
        1,
        2,
        3,
        4,
        10,
    ]


def test_fewer_than_five_homes_are_one_lin_that_says_so() -> None:
    """Three homes make one 邻 and a violation, never a silent breach."""
    cut = cut_zu(row([1, 1, 1]), PROFILE)
    assert cut.lin_of_home.tolist() == [0, 0, 0]
    assert rules(cut) == [("too_few_homes", "lin:0")]


def test_a_star_that_cannot_be_cut_says_so() -> None:
    """Twenty homes that border one home only cannot be two connected 邻 of five or more: the nearest cut, and words."""
    edges = np.column_stack([np.zeros(20, int), np.arange(1, 21)])
    xy = np.vstack([[0.0, 0.0], np.random.default_rng(0).normal(0, 50, (20, 2))])
    cut = cut_zu(Sites(xy, np.arange(21), np.zeros(21, int), edges, np.zeros(20, bool)), PROFILE)
    assert ("cannot_be_cut", "zu:0") in rules(cut)
    assert {rule for rule, _ in rules(cut)} <= {"cannot_be_cut", "too_few_homes", "too_many_homes"}


def test_a_barrier_is_not_crossed_where_both_sides_can_be_cut() -> None:
    """Seven homes on one bank and nine on the other are two 邻, though eight and eight were nearer."""
    cut = cut_zu(row([1] * 16, barrier_before=7), PROFILE)
    assert np.bincount(cut.lin_of_home).tolist() == [7, 9]
    assert cut.violations == ()


def test_a_small_side_of_a_barrier_joins_as_one_and_is_told() -> None:
    """Three homes beyond the river join one 邻 of the other bank, which is warned of; no second 邻 crosses."""
    cut = cut_zu(row([1] * 20, barrier_before=3), PROFILE)
    assert len(set(cut.lin_of_home[:3])) == 1
    assert rules(cut) == [("crosses_barrier", f"lin:{cut.lin_of_home[0]}")]
    assert cut.violations[0].severity == "warning"


def test_small_sides_join_each_other() -> None:
    """Where every side is small, sides are joined until five homes are together."""
    ground = row([1] * 9)
    crosses = np.isin(ground.edges[:, 1], [3, 6])
    cut = cut_zu(Sites(ground.site_xy, ground.site_of_home, ground.zu_of_site, ground.edges, crosses), PROFILE)
    assert cut.lin_of_home.max() == 0
    assert rules(cut) == [("crosses_barrier", "lin:0")]


def test_pieces_of_a_zu_are_cut_alone_and_only_scraps_are_joined() -> None:
    """Of a 组 in three pieces the two large ones are cut alone; two lone homes join the nearest, which is told."""
    ground = row([1] * 24)
    edges = ground.edges[~np.isin(ground.edges[:, 1], [10, 22])]
    cut = cut_zu(
        Sites(ground.site_xy, ground.site_of_home, ground.zu_of_site, edges, np.zeros(len(edges), bool)), PROFILE
    )
    assert len(set(cut.lin_of_home[:10]) & set(cut.lin_of_home[10:])) == 0
    assert rules(cut) == [("in_pieces", f"lin:{cut.lin_of_home[23]}")]


def test_a_tower_is_cut_inside_itself_in_stack_order() -> None:
    """A point of forty flats makes four 邻 of ten that follow its floors."""
    floor = np.array([str(i // 4) for i in range(40)], object)
    blank = np.full(40, "", object)
    room = np.array([str(i) for i in range(40)], object)
    cut = cut_zu(row([40]), PROFILE, 0, StackColumns(blank, blank, floor, room))
    assert sorted(np.bincount(cut.lin_of_home)) == [8, 8, 12, 12]
    assert set(np.abs(np.diff(cut.lin_of_home))) <= {0, 1, 2, 3}
    assert (np.diff(np.flatnonzero(np.diff(cut.lin_of_home)) + 1) % 4 == 0).all()


def test_homes_beside_a_tower_join_its_first_or_last_run() -> None:
    """Two lone homes beside thirty flats join a run with room at the end of the stack."""
    ground = row([30, 1, 1])
    cut = cut_zu(ground, PROFILE)
    size = np.bincount(cut.lin_of_home)
    assert size.min() >= 5
    assert size.max() <= 15
    assert len(set(cut.lin_of_home[30:])) == 1
    assert cut.lin_of_home[30] in (cut.lin_of_home[0], cut.lin_of_home[29])


def test_stacks_are_divided_where_whole_runs_do_not_fit() -> None:
    """Fifteen flats and two lone homes are two 邻 though the flats alone would be one full run."""
    cut = cut_zu(row([15, 1, 1]), PROFILE)
    assert sorted(np.bincount(cut.lin_of_home)) in ([5, 12], [6, 11], [7, 10], [8, 9])
    assert cut.violations == ()


def test_an_earlier_cut_is_kept() -> None:
    """Cut again with its own labels, a 组 does not change; with one new home, nobody else moves from a 邻 with room."""
    ground = scattered(61, 5)
    full = cut_zu(ground, PROFILE, 1)
    assert (
        renumber(cut_zu(ground, PROFILE, 2, None, full.lin_of_home).lin_of_home) == renumber(full.lin_of_home)
    ).all()
    moved = []
    for seed in range(6):
        ground = scattered(61, 50 + seed)
        known = np.arange(61) != 60
        kept = (ground.edges < 60).all(axis=1)
        before = cut_zu(
            Sites(
                ground.site_xy[:60], np.arange(60), np.zeros(60, int), ground.edges[kept], np.zeros(kept.sum(), bool)
            ),
            PROFILE,
        )
        after = cut_zu(ground, PROFILE, 8, None, np.append(before.lin_of_home, -1)).lin_of_home
        pairs = {(a, b) for a, b in zip(before.lin_of_home, after[known], strict=True)}
        stayed = sum(
            max(((before.lin_of_home == a) & (after[:60] == b)).sum() for x, b in pairs if x == a)
            for a in {p[0] for p in pairs}
        )
        moved.append(60 - stayed)
    assert np.mean(moved) <= 3.0


def test_an_earlier_cut_in_pieces_is_not_carried_on() -> None:
    """Labels that no longer hang together are left, and the 组 is cut afresh."""
    ground = scattered(40, 3)
    broken = np.arange(40) % 4
    cut = cut_zu(ground, PROFILE, 1, None, broken)
    assert cut.violations == ()
    assert (cut.lin_of_home == cut_zu(ground, PROFILE, 1).lin_of_home).all()


def test_an_earlier_cut_far_from_the_best_is_left() -> None:
    """Slices across a long row of homes are given up when they cost far more than the best cut."""
    ground = scattered(33, 4)
    order = np.argsort(ground.site_xy[:, 0])
    best = cut_zu(ground, PROFILE, 1)
    slices = np.empty(33, int)
    slices[order] = np.arange(33) // 11
    again = cut_zu(ground, PROFILE, 1, None, slices)
    assert again.objective_m2 <= best.objective_m2 * 1.03


def test_wrong_lengths_are_refused() -> None:
    """Arrays that do not fit each other are refused by name before anything is cut."""
    ground = scattered(12, 0)
    for wrong, what in (
        (lambda: cut_zu(ground, PROFILE, 0, None, np.zeros(3, int)), "previous"),
        (lambda: cut_zu(ground, PROFILE, 0, StackColumns(*(np.full(2, "", object),) * 4)), "building"),
    ):
        with pytest.raises(Problem) as caught:
            wrong()
        assert caught.value.code == "cut.wrong_length"
        assert caught.value.values["what"] == what


def test_an_unknown_zu_is_refused_here() -> None:
    """`cut_many` needs every 组 known; drafting fills them in first."""
    with pytest.raises(Problem) as caught:
        cut_many(scattered(12, 0, zu=-1), PROFILE)
    assert caught.value.code == "cut.zu_unknown"


def test_no_homes_are_no_lin() -> None:
    """A village without homes has no 邻 and no violation."""
    nothing = Sites(np.zeros((0, 2)), np.zeros(0, int), np.zeros(0, int), np.zeros((0, 2), int), np.zeros(0, bool))
    cut = cut_many(nothing, PROFILE)
    assert len(cut.lin_of_home) == len(cut.zu_of_lin) == len(cut.violations) == 0
