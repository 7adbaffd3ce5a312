from __future__ import annotations

import numpy as np
import pytest

from geodata.rules.drafting import draft_pian, draft_village, draft_zu, spread_zu
from geodata.rules.graph import Sites, count_pieces, renumber
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.stacks import StackColumns
from tests.rules.cut_grounds import row, scattered, shuffled

PROFILE = Profile()


def test_a_village_without_zu_is_drafted_whole() -> None:
    """Where no 组 is known: 组 of 20–60 homes in one piece, 邻 of 5–15 inside them, 片 of neighbouring 组."""
    ground = scattered(300, 1, zu=-1)
    draft = draft_village(ground, None, PROFILE, 0)
    zu_size, lin_size = np.bincount(draft.zu_of_home), np.bincount(draft.lin_of_home)
    assert (zu_size.min() >= 20, zu_size.max() <= 60, len(zu_size)) == (True, True, 9)
    assert (lin_size.min() >= 5, lin_size.max() <= 15) == (True, True)
    assert (count_pieces(draft.zu_of_home, ground.edges, len(zu_size)) == 1).all()
    assert (count_pieces(draft.lin_of_home, ground.edges, len(lin_size)) == 1).all()
    assert (draft.zu_of_lin[draft.lin_of_home] == draft.zu_of_home).all()
    assert (count_pieces(draft.pian_of_zu[draft.zu_of_home], ground.edges, draft.pian_of_zu.max() + 1) == 1).all()
    assert draft.violations == []
    assert len(draft.objective_m2) == len(zu_size)


def test_drafting_does_not_hang_on_the_order_of_homes() -> None:
    """组, 邻 and 片 of the same village are the same units in any input order."""
    ground = scattered(150, 2, zu=-1)
    other, place = shuffled(ground, 3)
    one, two = draft_village(ground, None, PROFILE, 4), draft_village(other, None, PROFILE, 4)
    assert (renumber(two.lin_of_home[place]) == renumber(one.lin_of_home)).all()
    assert (renumber(two.zu_of_home[place]) == renumber(one.zu_of_home)).all()
    pian = one.pian_of_zu[one.zu_of_home], two.pian_of_zu[two.zu_of_home][place]
    assert (renumber(pian[0]) == renumber(pian[1])).all()


def test_drafted_zu_stay_on_their_side_of_a_barrier() -> None:
    """Thirty homes on one bank and forty on the other are not mixed into one 组."""
    known, violations = draft_zu(row([1] * 70, zu=[-1] * 70, barrier_before=30), PROFILE, 0)
    assert len(set(known[:30]) & set(known[30:])) == 0
    assert violations == []


def test_a_small_village_is_one_zu_that_says_so() -> None:
    """Twelve homes are one 组 below the profile's least: a warning, not an error."""
    draft = draft_village(row([1] * 12, zu=[-1] * 12), None, PROFILE, 0)
    assert set(draft.zu_of_home) == {0}
    assert [(v.rule, v.unit_id, v.severity) for v in draft.violations] == [("too_few_homes", "zu:0", "warning")]


def test_a_tower_above_the_bound_is_a_zu_that_says_so() -> None:
    """A point of seventy flats stays in one 组; more than sixty homes are warned of."""
    draft = draft_village(row([70] + [1] * 30, zu=[-1] * 31), None, PROFILE, 0)
    assert len(set(draft.zu_of_home[:70])) == 1
    assert ("too_many_homes", "warning") in {(v.rule, v.severity) for v in draft.violations}


def test_homes_of_unknown_zu_follow_their_neighbours() -> None:
    """A home of unknown 组 joins the nearest along neighbours, not over the river; a lone one the nearest."""
    ground = row([1] * 12, zu=[0] * 5 + [-1, -1] + [1] * 5, barrier_before=6)
    assert spread_zu(ground).tolist() == [0] * 6 + [1] * 6
    edges = ground.edges[ground.edges[:, 1] != 11]
    zu = np.array([0] * 5 + [1] * 6 + [-1])
    lone = Sites(ground.site_xy, ground.site_of_home, zu, edges, np.zeros(len(edges), bool))
    assert spread_zu(lone)[11] == 1
    assert draft_village(ground, None, PROFILE, 0).lin_of_home.tolist() == [0] * 6 + [1] * 6


def test_pian_group_neighbouring_zu_evenly() -> None:
    """Eight 组 of ten homes in a row become two 片 of four neighbours."""
    ground = row([1] * 80, zu=[i // 10 for i in range(80)])
    assert draft_pian(ground, PROFILE, 0).tolist() in ([0] * 4 + [1] * 4, [1] * 4 + [0] * 4)


def test_a_zu_without_homes_has_no_pian() -> None:
    """A 组 that no home belongs to is in no 片, and the others keep their numbers."""
    ground = row([1] * 20, zu=[0] * 10 + [2] * 10)
    draft = draft_village(ground, None, PROFILE, 0)
    assert draft.pian_of_zu.tolist() == [0, -1, 0]
    assert len(draft.objective_m2) == 3


def test_an_empty_village_is_drafted_as_nothing() -> None:
    """No homes, no units, no violations."""
    nothing = Sites(np.zeros((0, 2)), np.zeros(0, int), np.zeros(0, int), np.zeros((0, 2), int), np.zeros(0, bool))
    draft = draft_village(nothing, None, PROFILE, 0)
    assert [len(x) for x in (draft.lin_of_home, draft.zu_of_lin, draft.pian_of_zu, draft.violations)] == [0] * 4


def test_a_new_draft_keeps_the_lin_of_the_last() -> None:
    """Drafting again with another seed and the last 邻 changes nothing."""
    ground = scattered(120, 6, zu=-1)
    first = draft_village(ground, None, PROFILE, 0)
    known = Sites(ground.site_xy, ground.site_of_home, first.zu_of_home, ground.edges, ground.crosses)
    again = draft_village(known, None, PROFILE, 99, first.lin_of_home)
    assert (renumber(again.lin_of_home) == renumber(first.lin_of_home)).all()


def test_wrong_columns_are_refused() -> None:
    """Stack columns of another length are refused before anything is drafted."""
    with pytest.raises(Problem, match=r"cut\.wrong_length"):
        draft_village(row([1] * 9), StackColumns(*(np.full(2, "", object),) * 4), PROFILE, 0)
