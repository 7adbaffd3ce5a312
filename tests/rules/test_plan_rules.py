"""The smaller rules of redrawing: degrees that lose nothing, comparing, review, variants, neighbours, drafting anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.rules import crs, redraw
from geodata.rules.actors import Actor, Grant
from geodata.rules.compare import compare
from geodata.rules.degrees import Degrees
from geodata.rules.plan import NO_GROUND, difference
from geodata.rules.problems import Problem
from geodata.rules.redraft import redraft
from geodata.rules.redraw import Ids
from geodata.rules.redraw_lock import lock_border
from geodata.rules.review import allowed, take
from geodata.rules.side_by_side import ground_neighbours
from geodata.rules.variants import VARIANTS, variants
from tests.rules.drawn_plan import ZONE, squares
from tests.rules.test_redraw import at
from tests.rules.whole_plan import assert_whole

GROUND_M2 = 160_000.0


def ids() -> Ids:
    """Return ids that no unit has."""
    return Ids(lambda n: f"new-{n}")


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(111.0, 112.0), st.floats(27.0, 28.0)), min_size=3, max_size=30, unique=True))
def test_degrees_come_back_bit_for_bit(places: list[tuple[float, float]]) -> None:
    """Whatever was read is written back with the very same digits, also beside vertices that are new."""
    shapes = np.array([shapely.LineString(places), shapely.LineString(places[::-1])], dtype=object)
    degrees = Degrees(ZONE)
    back = degrees.to_ll(degrees.to_xy(shapes))
    assert shapely.get_coordinates(back).tobytes() == shapely.get_coordinates(shapes).tobytes()
    new = degrees.places_ll([(520_000.123, 3_066_000.456)])
    assert np.array_equal(new, crs.to_ll(np.array([(520_000.123, 3_066_000.456)]), ZONE))


def test_degrees_of_nothing() -> None:
    """Without any vertex remembered every place is computed."""
    assert np.array_equal(Degrees(ZONE).places_ll([(520_000.0, 3e6)]), crs.to_ll(np.array([(520_000.0, 3e6)]), ZONE))


def test_two_nets_are_compared_by_home_and_by_unit() -> None:
    """Homes that change unit, units that are new, gone, or changed: each is listed once, in order."""
    found = compare(
        {"a": 1, "b": 2, "c": 3}, {"b": 2, "c": 4, "d": 5}, {"h": "a", "i": "b", "j": "c"}, {"h": "b", "i": "b"}
    )
    assert found.moved == (("h", "a", "b"), ("j", "c", ""))
    assert (found.new, found.gone, found.changed, found.homes) == (("d",), ("a",), ("c",), 3)


def test_steps_of_a_plan_by_state_and_right() -> None:
    """Who drafts may draw and send; who publishes may return, approve and publish; nobody may skip a state."""
    village = Actor("v", "v", (Grant("village_cadre", "1/2/3/", frozenset({"draft"})),))
    town = Actor("t", "t", (Grant("town_cadre", "1/2/", frozenset({"draft", "publish"})),))
    assert {k for k, v in allowed(village, "1/2/3/", "draft").items() if v} == {"edit", "send", "drop"}
    assert {k for k, v in allowed(town, "1/2/3/", "review").items() if v} == {
        "recall", "return", "approve", "publish", "drop"
    }  # fmt: skip
    assert take(town, "1/2/3/", "review", "approve") == "approved"
    for actor, path, state, step, code in (
        (village, "1/2/3/", "review", "approve", "scope.outside"),
        (village, "1/2/4/", "draft", "send", "scope.outside"),
        (town, "1/2/3/", "draft", "approve", "plan.not_open"),
        (town, "1/2/3/", "published", "return", "plan.not_open"),
    ):
        with pytest.raises(Problem) as caught:
            take(actor, path, state, step)
        assert caught.value.code == code


def test_variants_are_known_by_name() -> None:
    """A draft's variants are named once each; an unknown one is refused."""
    assert variants(["even", "near", "even"]) == ["even", "near"]
    assert VARIANTS["even"].balance_share > VARIANTS["near"].balance_share
    with pytest.raises(Problem, match="unknown_variant"):
        variants(["odd"])


def test_homes_side_by_side() -> None:
    """Six homes a square: each neighbours those whose ground touches its own, also across the squares' borders."""
    board = squares(2, 2)
    found = ground_neighbours(board, board.leaves())
    pairs = {frozenset((found.homes[i], found.homes[j])) for i, j in found.edges.tolist()}
    assert frozenset(("h0-0", "h0-1")) in pairs
    assert frozenset(("h0-2", "h1-0")) in pairs
    assert frozenset(("h0-0", "h3-5")) not in pairs
    assert not ground_neighbours(replace(board, homes={}), board.leaves()).homes


def test_flats_on_one_point_are_neighbours_in_their_order() -> None:
    """Stacked homes hang together floor by floor, and with whoever borders their ground."""
    board = squares(2, 2)
    place = board.homes["h0-1"].xy
    flats = {f"h0-{n}": replace(board.homes[f"h0-{n}"], xy=place, stack=("", "", str(n), "")) for n in range(6)}
    found = ground_neighbours(replace(board, homes={**board.homes, **flats}), board.leaves())
    pairs = {frozenset((found.homes[i], found.homes[j])) for i, j in found.edges.tolist()}
    assert all(frozenset((f"h0-{n}", f"h0-{n + 1}")) in pairs for n in range(5))


def test_what_is_not_locked_is_drafted_anew() -> None:
    """Locked 邻 keep homes and ground, the others are cut again within their 组, and everything stays whole."""
    board = squares()
    uneven = redraw.merge(board, ["l0", "l1"], ids())
    locked = redraw.set_lock(uneven, "l2", True)
    done = redraft(locked, "v", 0, ids())
    assert_whole(done, GROUND_M2)
    assert done.units["l2"].shape_xy.equals(board.units["l2"].shape_xy)
    assert max(len(done.homes_of[leaf.id]) for leaf in done.leaves()) <= 15
    assert difference(locked, done).moved
    one = redraft(uneven, "z0", 0, ids())
    assert_whole(one, GROUND_M2)
    assert all(one.units[i] is uneven.units[i] or one.units[i].homes == 6 for i in uneven.children["z1"])


def test_a_locked_border_is_not_crossed_by_a_draft() -> None:
    """Homes on two sides of a locked border never share a 邻 where they could without it."""
    board = squares()
    line = shapely.LineString([at(2, 0), at(2, 1), at(2, 2)])
    done = redraft(lock_border(board, line, True), "z0", 0, ids())
    assert_whole(done, GROUND_M2)
    for leaf in done.leaves("z0"):
        sides = {done.homes[h.id].xy[0] < at(2, 0)[0] for h in done.homes_of[leaf.id]}
        assert len(sides) == 1


def test_nothing_is_left_to_draft() -> None:
    """Where all is locked there is nothing to draft."""
    board = squares()
    locked = redraw.set_lock(board, "p0", True)
    with pytest.raises(Problem, match="all_locked"):
        redraft(locked, "v", 0, ids())


def test_a_zu_without_lins_gets_its_first() -> None:
    """A 组 that holds its homes itself is cut into 邻 that tile it."""
    board = squares(4, 2)
    homes = {h.id: replace(h, unit_id="z0") for h in board.homes.values()}
    bare = replace(board, units={i: u for i, u in board.units.items() if not i.startswith("l")}, homes=homes)
    done = redraft(bare, "v", 0, ids())
    assert_whole(done, 80_000.0)
    assert {len(done.homes_of[leaf.id]) <= 15 for leaf in done.leaves()} == {True}
    assert len(done.leaves()) >= 4
    assert NO_GROUND.is_empty
