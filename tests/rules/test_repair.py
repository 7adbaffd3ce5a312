from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.rules import repair as repairing
from geodata.rules import repair_ground
from geodata.rules.problems import Problem
from geodata.rules.profile import Profile
from geodata.rules.repair import Repair, RepairGround, repairs
from tests.rules.repair_grounds import best_by_trying_all, faults, ground_of, in_row

PROFILE = Profile()


def best(ground: RepairGround, lin: int = 0) -> Repair:
    """Return the first proposal, after seeing that all of them keep the rules."""
    found = repairs(ground, lin, PROFILE)
    assert [faults(ground, one, PROFILE) for one in found] == [[] for _ in found]
    return found[0]


def refusal(ground: RepairGround, lin: int = 0, profile: Profile = PROFILE) -> Problem:
    """Return the refusal that a ground meets."""
    with pytest.raises(Problem) as caught:
        repairs(ground, lin, profile)
    return caught.value


def test_the_sixteenth_home_goes_to_the_neighbour_with_room() -> None:
    """One home moves over the border between two 邻, and is told with its metres."""
    found = best(in_row([16, 10]))
    assert (found.kind, found.moves, found.homes_moved) == ("give", ((15, 0, 1),), 1)
    assert (found.lins, found.sizes_after, found.optimal) == ((0, 1), (15, 11), True)
    assert found.distance_m == pytest.approx(55.0)


def test_a_lin_of_four_takes_its_fifth_home() -> None:
    """The neighbour's home at the border answers to the small 邻's chief."""
    found = best(in_row([4, 10]))
    assert (found.kind, found.moves, found.sizes_after) == ("take", ((4, 1, 0),), (5, 9))


def test_a_full_neighbour_passes_a_home_on() -> None:
    """Where only the second 邻 along has room, one home goes over each of two borders."""
    found = best(in_row([16, 15, 10]))
    assert (found.kind, found.moves) == ("chain", ((15, 0, 1), (30, 1, 2)))
    assert found.sizes_after == (15, 15, 11)


def test_a_small_lin_is_filled_through_one_at_the_bound() -> None:
    """The same for homes that are wanted: cheaper than dissolving the 邻."""
    found = best(in_row([4, 5, 10]))
    assert (found.kind, found.moves) == ("chain", ((4, 1, 0), (9, 2, 1)))


def test_a_lin_without_room_around_it_is_split() -> None:
    """Five homes make a new 邻, told by the number of 邻, and their metres are those to its middle home."""
    found = best(in_row([16, 15]))
    assert (found.kind, found.homes_moved, found.lins, found.sizes_after) == ("split", 5, (0, 2), (11, 5))
    assert {to for _, _, to in found.moves} == {2}
    assert found.distance_m == pytest.approx(60.0)


def test_a_small_lin_among_small_ones_is_dissolved() -> None:
    """All four homes go to the neighbour, whose own would be too few after giving one."""
    found = best(in_row([4, 5]))
    assert (found.kind, found.homes_moved, found.sizes_after) == ("dissolve", 4, (0, 9))


def test_there_is_a_choice_of_receivers() -> None:
    """A 邻 between two others can give to either or be split; the dearer ones follow."""
    found = repairs(in_row([10, 16, 10]), 1, PROFILE)
    assert [(one.kind, one.lins) for one in found[:2]] == [("give", (0, 1)), ("give", (1, 2))]
    assert sorted((one.homes_moved, one.distance_m) for one in found) == [
        (one.homes_moved, one.distance_m) for one in found
    ]
    assert len(repairs(in_row([10, 16, 10]), 1, PROFILE, most=1)) == 1


def test_what_is_locked_stays() -> None:
    """With its only neighbour locked, a 邻 of sixteen is split rather than helped; locked itself, it is refused."""
    ground = in_row([16, 10], locked=np.array([False, True]))
    assert best(ground).kind == "split"
    assert refusal(ground, 1).code == "repair.locked"


def test_the_chief_stays_at_home_in_the_lin() -> None:
    """Where the home at the border is the chief's, another way is found; where the 邻 is dissolved, the chief moves,
    too.
    """
    found = best(in_row([16, 10], chief_home=np.array([15, -1])))
    assert found.kind == "split"
    assert 15 not in {home for home, _, _ in found.moves}
    assert best(in_row([4, 5], chief_home=np.array([3, 8]))).kind == "dissolve"


def test_homes_of_another_zu_do_not_take_part() -> None:
    """A neighbour of another 组 with room does not help, and homes far away change nothing."""
    ground = in_row([10, 16, 15], zu_of_lin=np.array([1, 0, 0]))
    assert best(ground, 1).kind == "split"
    alone = in_row([16, 10])
    beside = in_row([16, 10, 12], zu_of_lin=np.array([0, 0, 4]))
    assert repairs(alone, 0, PROFILE) == repairs(beside, 0, PROFILE)[:5]


def test_a_lin_in_pieces_is_joined() -> None:
    """The home that lies apart goes to the 邻 in which it lies."""
    lin = np.array([0] * 6 + [1] * 6 + [0])
    xy = np.column_stack([np.arange(13) * 10.0, np.zeros(13)])
    found = best(ground_of(xy, lin, 2, np.column_stack([np.arange(12), np.arange(1, 13)])))
    assert (found.kind, found.moves) == ("give", ((12, 0, 1),))


def test_a_full_neighbour_swaps_a_home() -> None:
    """The home that lies apart goes to the neighbour, and a home at the border comes for it."""
    lin = np.array([0] * 14 + [1] * 15 + [0])
    xy = np.column_stack([np.arange(30) * 10.0, np.zeros(30)])
    found = best(ground_of(xy, lin, 2, np.column_stack([np.arange(29), np.arange(1, 30)])))
    assert (found.kind, found.moves) == ("swap", ((14, 1, 0), (29, 0, 1)))


def test_flats_beside_the_other_run_of_the_stack_go() -> None:
    """In a tower of two 邻 the homes next to the other 邻's floors move, though all stand on one point."""
    xy = np.zeros((26, 2))
    pairs = np.column_stack(np.triu_indices(26, 1))
    ranks = np.arange(26)
    above = ground_of(xy, np.repeat([0, 1], [16, 10]), 2, pairs, {"stack_rank": ranks})
    assert best(above).moves == ((15, 0, 1),)
    below = ground_of(xy, np.repeat([1, 0], [10, 16]), 2, pairs, {"stack_rank": ranks})
    assert best(below).moves == ((10, 0, 1),)


def test_flats_go_both_ways() -> None:
    """A 邻 in the middle of a tower gives its lowest floor down and its highest up."""
    xy, pairs = np.zeros((47, 2)), np.column_stack(np.triu_indices(47, 1))
    lin = np.repeat([1, 0, 2], [14, 19, 14])
    chief = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]])
    ground = ground_of(xy, lin, 3, pairs, {"stack_rank": np.arange(47), "chief_xy": chief})
    whole = replace(PROFILE, lin_homes_max=17)
    given = [one for one in repairs(ground, 0, whole) if one.lins == (0, 1)]
    assert given[0].moves == ((14, 0, 1), (15, 0, 1))
    tight = replace(PROFILE, lin_homes_max=17)
    full = ground_of(xy, np.repeat([1, 0, 2], [16, 19, 12]), 3, pairs, {"stack_rank": np.arange(47)})
    assert {one.kind for one in repairs(full, 0, tight)} >= {"give"}


@pytest.mark.parametrize(
    ("sizes", "code", "values"),
    [
        ([10, 10], "repair.not_broken", {"homes": 10}),
        ([33], "repair.no_room", {"homes": 33, "room": 30}),
        ([3], "repair.too_few_homes", {"homes": 3, "low": 5}),
    ],
)
def test_what_cannot_be_mended_says_why(sizes: list[int], code: str, values: dict[str, int]) -> None:
    """A 邻 in order, a 组 with too many homes and one with too few are told apart."""
    found = refusal(in_row(sizes))
    assert (found.code, found.values) == (code, values)


def test_where_no_repair_is_near_it_says_so() -> None:
    """A star of arms of two homes can neither be split nor give; that is proven, and refused."""
    arms = np.arange(16)
    edges = np.array([(0, 1 + 2 * i) for i in range(8)] + [(1 + 2 * i, 2 + 2 * i) for i in range(7)])
    xy = np.column_stack([np.cos(arms), np.sin(arms)]) * 20.0
    found = refusal(ground_of(xy, np.zeros(16, np.int64), 1, edges))
    assert (found.code, found.values) == ("repair.none", {"moves": 11})


def test_a_search_cut_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With too few steps nothing is found, and with too few for one kind the best found is not called the best."""
    monkeypatch.setattr(repairing, "STEPS", 2)
    assert refusal(in_row([16, 15, 10])).code == "repair.unsettled"
    ground = in_row([16, 15])
    monkeypatch.setattr(repairing, "STEPS", 12)
    with_few = repairs(ground, 0, PROFILE)
    assert not with_few[0].optimal
    assert faults(ground, with_few[0], PROFILE) == []


def test_a_crowded_zu_is_searched_nearby(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more 邻 than can be held only the near ones are looked at, and no certainty is claimed beyond them."""
    monkeypatch.setattr(repair_ground, "MOST_LIN", 2)
    assert repairs(in_row([16, 10, 10]), 0, PROFILE)[0].optimal
    assert repairs(in_row([16, 15, 10]), 0, PROFILE)[0].kind == "split"
    assert not repairs(in_row([16, 15, 10]), 0, PROFILE)[0].optimal


def test_a_call_that_does_not_fit_is_refused() -> None:
    """An unknown 邻 and arrays of other lengths are named."""
    ground = in_row([16, 10])
    assert refusal(ground, 2).code == "repair.not_found"
    found = refusal(replace(ground, locked=np.zeros(3, bool)))
    assert (found.code, found.values) == ("repair.wrong_length", {"what": "locked", "rows": 3, "wanted": 2})


def test_longer_chains_are_as_good_as_trying_all() -> None:
    """In rows of four 邻 with room only at the far end the search and all assignments agree."""
    tiny = Profile(lin_homes_min=1, lin_homes_max=2)
    for sizes in ([3, 2, 2, 1], [1, 3, 2, 1], [3, 2, 1, 2]):
        ground = in_row(sizes)
        lin = sizes.index(3)
        found = repairs(ground, lin, tiny)[0]
        assert (found.homes_moved, found.distance_m) == pytest.approx(best_by_trying_all(ground, lin, tiny))
