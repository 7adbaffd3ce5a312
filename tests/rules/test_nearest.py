"""Who takes which post: exactly the best, whatever the order, and never a post left empty without its reason."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array

from geodata.rules import nearest_market, nearest_pricing
from geodata.rules.nearest import Assignment, Candidates, Posts, assign
from geodata.rules.problems import Problem


def people(home_xy: list[tuple[float, float]], units: tuple[str, ...] = (), ids: str = "abcdefghij") -> Candidates:
    """Return people who may all take anything."""
    count = len(home_xy)
    return Candidates(list(ids[:count]), np.array(home_xy, float).reshape(-1, 2), np.ones((count, 1), bool), units)


def posts(xy: list[tuple[float, float]], units: tuple[str, ...] = (), **more: object) -> Posts:
    """Return posts named P0, P1 … that all draw on the only pool."""
    count = len(xy)
    ids = [f"P{i}" for i in range(count)]
    return Posts(ids, np.array(xy, float).reshape(-1, 2), np.zeros(count, int), units, **more)  # type: ignore[arg-type]


def taken(done: Assignment) -> dict[str, str]:
    """Return who has which post."""
    return {row.post: row.person for row in done.rows}


def random_case(seed: int, grid: int = 6) -> tuple[Posts, Candidates]:
    """Draw a few posts and people on a coarse grid, so that ties, shared homes and shortages are common."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 5)), int(rng.integers(1, 6))
    unit = [str(u) for u in rng.integers(0, 3, n)], [str(u) for u in rng.integers(0, 3, m)]
    pools = rng.integers(0, 2, n)
    given = Posts(
        [f"P{i}" for i in rng.permutation(n)], rng.integers(0, grid, (n, 2)).astype(float), pools, unit[0],
        inside_only=list(rng.random(n) < 0.2),
    )  # fmt: skip
    chosen = Candidates(
        [f"c{i}" for i in rng.permutation(m)], rng.integers(0, grid, (m, 2)).astype(float), rng.random((m, 2)) < 0.7,
        unit[1],
    )  # fmt: skip
    return given, chosen


def best_by_trying(
    given: Posts, chosen: Candidates, longest: bool = False, barred: tuple[str, str] | None = None
) -> tuple[tuple[int, int, int], list[str | None]]:
    """Try every assignment: the least (empty, outside, millimetres), and of those the lowest ids."""
    order = sorted(range(len(given.ids)), key=lambda i: given.ids[i])
    seats = [*range(len(chosen.ids)), *[None] * len(order)]
    found = []
    for taking in set(permutations(seats, len(order))):
        empty = outside = total = most = 0
        for post, person in zip(order, taking, strict=True):
            if person is None:
                empty += 1
                continue
            same = given.units[post] == chosen.units[person]
            if not chosen.eligible[person, given.pools[post]] or (given.inside_only[post] and not same):
                break
            if barred == (given.ids[post], chosen.ids[person]):
                break
            mm = int(np.rint(1000 * np.sqrt(((given.xy[post] - chosen.home_xy[person]) ** 2).sum())))
            outside, total, most = outside + (not same), total + mm, max(most, mm)
        else:
            names = [chosen.ids[p] if p is not None else None for p in taking]
            key = (empty, outside, most if longest else 0, total)
            found.append((key, [name or "~" for name in names], names))
    key, _, names = min(found)
    return (key[0], key[1], key[3]), names


def mm_of(done: Assignment, given: Posts) -> tuple[int, int, int]:
    """Return (empty, outside, millimetres) of an answer."""
    outside = sum(not row.inside for row in done.rows)
    return len(given.ids) - len(done.rows), outside, round(done.total_m * 1000)


def test_the_total_counts_and_not_who_comes_first() -> None:
    """The first post gives up its nearest person where the second would have to walk far."""
    done = assign(posts([(0, 0), (2, 0)]), people([(1, 0), (-2, 0)]))
    assert taken(done) == {"P0": "b", "P1": "a"}
    assert (done.total_m, done.longest_m, done.proved, done.gap_m) == (3.0, 2.0, True, 0.0)


def test_a_person_inside_comes_before_a_nearer_one_outside() -> None:
    """The only resident takes the post though a neighbour lives nearer."""
    done = assign(posts([(0, 0)], ("u",)), people([(1, 0), (900, 0)], ("v", "u")))
    assert taken(done) == {"P0": "b"}
    assert done.rows[0].inside


def test_the_longest_way_can_be_made_short() -> None:
    """With the other aim nobody walks 4 metres, though the sum grows."""
    given, chosen = posts([(0, 0), (3, 0)]), people([(3, 0), (4, 0), (-2.5, 0)])
    least = assign(given, chosen)
    assert (least.total_m, least.longest_m) == (2.5, 2.5)
    given, chosen = posts([(0, 0), (2, 0)]), people([(2, 0), (4.1, 0)])
    assert taken(assign(given, chosen)) == {"P0": "a", "P1": "b"}
    given, chosen = posts([(0, 0), (2, 0)]), people([(2, 1), (-3, 0)])
    assert taken(assign(given, chosen, "longest")) == {"P0": "b", "P1": "a"}


def test_an_empty_post_has_its_reason() -> None:
    """Two posts that only one person may take are named together with that person; a third is filled."""
    chosen = Candidates(["a", "b"], np.zeros((2, 2)), np.array([[True, False], [False, True]]))
    given = Posts(["P0", "P1", "P2"], np.array([[0.0, 0], [1, 0], [5, 5]]), np.array([0, 0, 1]))
    done = assign(given, chosen, runners_for=None)
    assert taken(done) == {"P0": "a", "P2": "b"}
    assert [(u.empty, u.posts, u.candidates) for u in done.unfilled] == [(("P1",), ("P0", "P1"), ("a",))]
    assert (done.rows[1].runner_up, done.rows[1].extra_empty, done.rows[1].extra_m) == ("", 1, -7.071)
    assert (done.rows[0].runner_up, done.rows[0].extra_empty, done.rows[0].extra_m) == ("", 0, 1.0)


def test_nobody_eligible_is_said_so() -> None:
    """A post that nobody may take is told with no candidates, also where there are no people at all."""
    chosen = Candidates(["a"], np.zeros((1, 2)), np.zeros((1, 1), bool))
    done = assign(posts([(0, 0)]), chosen)
    assert [(u.posts, u.candidates) for u in done.unfilled] == [(("P0",), ())]
    assert assign(posts([(0, 0)]), people([])).unfilled[0].empty == ("P0",)
    assert assign(posts([]), people([(0, 0)])).rows == ()


def test_a_village_takes_only_its_own_people() -> None:
    """Where villages are given, the nearer person of the next village is not asked."""
    chosen = Candidates(["a", "b"], np.array([[0.0, 0], [50, 0]]), np.ones((2, 1), bool), (), ("V2", "V1"))
    assert taken(assign(posts([(0, 0)], areas=("V1",)), chosen)) == {"P0": "b"}


@pytest.mark.parametrize("sparse", [False, True])
def test_roads_may_be_given(sparse: bool) -> None:
    """Distances by road count instead of straight lines, and where there is no way nobody is sent."""
    road = np.array([[np.inf, 70.0], [20.0, np.inf], [np.inf, 5.0]])
    row, col = np.nonzero(np.isfinite(road))
    given = coo_array((road[row, col], (row, col)), shape=road.shape) if sparse else road
    done = assign(posts([(0, 0), (0, 0), (0, 0)]), people([(0, 0), (0, 0)]), distance_m=given)
    assert taken(done) == {"P1": "a", "P2": "b"}
    assert done.unfilled[0].posts == ("P0", "P2")
    assert done.unfilled[0].candidates == ("b",)


def test_what_cannot_be_computed_is_refused() -> None:
    """A place that is no number, an id given twice, and distances too long for exact sums are named."""
    with pytest.raises(Problem, match=r"nearest\.bad_place"):
        assign(posts([(np.nan, 0)]), people([(0, 0)]))
    with pytest.raises(Problem, match=r"nearest\.repeated"):
        assign(posts([(0, 0)]), people([(0, 0), (1, 1)], ids="aa"))
    with pytest.raises(Problem, match=r"nearest\.too_wide"):
        assign(posts([(0, 0), (1e15, 0)]), people([(0, 0), (1, 1)]))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(["total", "longest"]), st.sampled_from([0, 10**6]))
def test_small_cases_equal_trying_everything(seed: int, aim: str, listed: int) -> None:
    """Filled posts, posts from inside, metres and, under ties, the very persons are those of trying everything.

    So it is where all pairs are listed, and where none are and every post asks the tree.
    """
    given, chosen = random_case(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest_market, "MOST_LISTED", listed)
        patch.setattr(nearest_pricing, "FIRST", 1)
        done = assign(given, chosen, aim)  # type: ignore[arg-type]
    key, names = best_by_trying(given, chosen, aim == "longest")
    assert done.proved
    assert mm_of(done, given) == key
    assert [taken(done).get(post) for post in sorted(given.ids)] == names


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_a_runner_up_costs_what_the_next_best_costs(seed: int) -> None:
    """Barring each choice and trying everything gives the told difference, part by part."""
    given, chosen = random_case(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest_market, "MOST_LISTED", 10**6 * (seed % 2))
        done = assign(given, chosen, runners_for=None)
    best = mm_of(done, given)
    for row in done.rows:
        other, _ = best_by_trying(given, chosen, barred=(row.post, row.person))
        assert row.extra_m is not None
        told = (row.extra_empty, row.extra_outside, round(row.extra_m * 1000))
        assert told == tuple(b - a for a, b in zip(best, other, strict=True))
        assert row.runner_up != row.person


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_the_order_of_the_lists_does_not_matter(seed: int) -> None:
    """Turning both lists around changes nothing in the answer."""
    given, chosen = random_case(seed, grid=3)
    turned = (
        Posts(
            given.ids[::-1], given.xy[::-1], given.pools[::-1], given.units[::-1], inside_only=given.inside_only[::-1]
        ),
        Candidates(chosen.ids[::-1], chosen.home_xy[::-1], chosen.eligible[::-1], chosen.units[::-1]),
    )
    assert assign(given, chosen, runners_for=None) == assign(*turned, runners_for=None)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_larger_cases_equal_an_exact_solver(seed: int) -> None:
    """The total is that of SciPy's exact solver on the same millimetres."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(5, 60)), int(rng.integers(60, 90))
    xy, home_xy = rng.normal(0, 3000, (n, 2)), rng.normal(500, 2000, (m, 2))
    mm = np.rint(1000 * np.sqrt(((xy[:, None] - home_xy[None]) ** 2).sum(axis=2)))
    row, col = linear_sum_assignment(mm)
    given = Posts([f"{i}" for i in range(n)], xy, np.zeros(n, int))
    done = assign(given, Candidates([f"{i}" for i in range(m)], home_xy, np.ones((m, 1), bool)))
    assert round(done.total_m * 1000) == int(mm[row, col].sum())


@pytest.mark.parametrize("people_count", [900, 500])
def test_scarce_people_are_shared_exactly(people_count: int) -> None:
    """Where people live elsewhere and hardly suffice, auctions and pricing end at SciPy's total, with proof."""
    rng = np.random.default_rng(3)
    xy, home_xy = rng.uniform(0, 20_000, (490, 2)), rng.uniform(0, 20_000, (people_count, 2)) ** 2 / 20_000
    mm = np.rint(1000 * np.sqrt(((xy[:, None] - home_xy[None]) ** 2).sum(axis=2)))
    row, col = linear_sum_assignment(mm)
    given = Posts([f"{i}" for i in range(490)], xy, np.zeros(490, int))
    chosen = Candidates([f"{i}" for i in range(people_count)], home_xy, np.ones((people_count, 1), bool))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest_market, "MOST_LISTED", 0)
        done = assign(given, chosen)
        stopped = assign(given, chosen, most_steps=1)
    assert done.proved
    assert round(done.total_m * 1000) == int(mm[row, col].sum())
    assert stopped.total_m - stopped.gap_m <= done.total_m + 1e-6
    assert stopped.proved or stopped.gap_m > 0
