"""Redrawing by example, on a chessboard of sixteen 邻 of six homes (``drawn_plan.squares``)."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
import shapely

from geodata.rules import redraw, redraw_lock, redraw_paint, redraw_vertex
from geodata.rules.plan import Plan, difference
from geodata.rules.problems import Problem
from geodata.rules.redraw import Ids
from geodata.rules.units import Level
from tests.rules.drawn_plan import squares
from tests.rules.whole_plan import assert_untouched, assert_whole

X, Y, STEP = 520_000.0, 3_066_000.0, 100.0
GROUND_M2 = 16 * STEP * STEP


def ids() -> Ids:
    """Return ids a, b, c …"""
    return Ids(lambda n: f"new-{n}")


def at(column: float, row: float) -> tuple[float, float]:
    """Return a place by column and row of the board."""
    return (X + STEP * column, Y + STEP * row)


def refusal(act, *args, **more) -> Problem:
    """Return the Problem that an act is refused with."""
    with pytest.raises(Problem) as caught:
        act(*args, **more)
    return caught.value


@pytest.fixture(scope="module")
def board() -> Plan:
    """The chessboard."""
    plan = squares()
    assert_whole(plan, GROUND_M2)
    return plan


def test_a_vertex_takes_its_four_neighbours_along(board: Plan) -> None:
    """Moving a corner moves it in all four 邻 that meet there, and in the 组 whose border it is."""
    done = redraw_vertex.move_vertex(board, at(1, 2), at(1.2, 2.1))
    assert_whole(done, GROUND_M2)
    changed = {u.id for u in difference(board, done).units}
    assert changed == {"l4", "l5", "l8", "l9", "z0", "z1"}
    for unit_id in changed:
        assert shapely.contains(shapely.MultiPoint(shapely.get_coordinates(done.units[unit_id].shape_xy)),
                                shapely.Point(at(1.2, 2.1)))  # fmt: skip
    assert_untouched(board, done, at(1, 2), 150.0)


def test_homes_follow_the_ground(board: Plan) -> None:
    """A home over which a border is dragged belongs to the other 邻 then; all counts tell so, up to the 片."""
    done = redraw_vertex.move_vertex(board, at(1, 1), at(1.3, 1.45))
    assert difference(board, done).moved == {"h5-0": "l0", "h5-1": "l1"}
    assert [done.units[i].homes for i in ("l0", "l1", "l4", "l5", "z0", "p0")] == [7, 7, 6, 4, 48, 96]
    assert_whole(done, GROUND_M2)


def test_a_vertex_put_into_an_edge_is_in_both_neighbours(board: Plan) -> None:
    """Bending an edge gives both 邻 the same new vertex and no other unit any."""
    done = redraw_vertex.insert_vertex(board, (at(1, 1), at(2, 1)), at(1.5, 1.1))
    assert {u.id for u in difference(board, done).units} == {"l1", "l5"}
    again = redraw_vertex.delete_vertex(done, at(1.5, 1.1))
    assert again.units["l1"].shape_xy.equals(board.units["l1"].shape_xy)
    assert_whole(done, GROUND_M2)


@pytest.mark.parametrize("off_m", [0.0, 1e-10, 5e-5])
def test_a_vertex_that_lands_on_a_corner_is_that_corner(board: Plan, off_m: float) -> None:
    """Put on a corner that is there, or as near as makes no difference, it leaves no corner twice in a row."""
    beside = (at(1.5, 1)[0] + off_m, at(1.5, 1)[1])
    bent = redraw_vertex.insert_vertex(board, (at(1, 1), at(2, 1)), at(1.5, 1.1))
    straight = redraw_vertex.move_vertex(bent, at(1.5, 1.1), (at(1, 1)[0] + off_m, at(1, 1)[1]))
    assert_whole(straight, GROUND_M2)
    assert straight.units["l1"].shape_xy.equals(board.units["l1"].shape_xy)
    corner = (at(2, 1)[0], at(2, 1)[1] + off_m)
    assert refusal(redraw_vertex.insert_vertex, board, (at(1, 1), at(2, 1)), corner).code == "redraw.nothing"
    assert_whole(redraw_vertex.insert_vertex(board, (at(1, 1), at(2, 1)), beside), GROUND_M2)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda p: redraw_vertex.move_vertex(p, at(0, 1), at(0.1, 1)), "redraw.parent_border"),
        (lambda p: redraw_vertex.move_vertex(p, at(0.5, 0.5), at(0.6, 0.6)), "redraw.no_vertex"),
        (lambda p: redraw_vertex.move_vertex(p, at(1, 1), at(3.5, 1.5)), "redraw.folds"),
        (lambda p: redraw_vertex.move_vertex(p, at(1, 1), at(1, 1)), "redraw.nothing"),
        (lambda p: redraw_vertex.delete_vertex(p, at(1, 1)), "redraw.corner"),
        (lambda p: redraw_vertex.insert_vertex(p, (at(0, 0), at(0, 1)), at(0.1, 0.5)), "redraw.parent_border"),
        (lambda p: redraw_vertex.insert_vertex(p, (at(1, 1), at(3, 1)), at(2, 1.1)), "redraw.no_vertex"),
        (lambda p: redraw.split(p, "l0", shapely.LineString([at(0.05, -1), at(0.05, 2)]), ids()), "redraw.no_cut"),
        (lambda p: redraw.split(p, "l0", shapely.LineString([at(2, -1), at(2, 2)]), ids()), "redraw.no_cut"),
        (lambda p: redraw.split(p, "v", shapely.LineString([at(2, -1), at(2, 9)]), ids()), "redraw.wrong_level"),
        (lambda p: redraw.merge(p, ["l0", "l2"], ids()), "redraw.not_neighbours"),
        (lambda p: redraw.merge(p, ["l0", "z0"], ids()), "redraw.wrong_level"),
        (lambda p: redraw.merge(p, ["l0", "nobody"], ids()), "redraw.unknown_unit"),
        (lambda p: redraw.draw(p, shapely.box(*at(0, 0), *at(0.05, 0.05)), ids()), "redraw.no_home_inside"),
        (lambda p: redraw.draw(p, shapely.box(*at(0, 0), *at(1, 1)), ids(), level=Level.TOWN), "redraw.wrong_level"),
        (lambda p: redraw.hang(p, "l0", "p0"), "redraw.wrong_level"),
        (lambda p: redraw.hang(p, "l0", "z0"), "redraw.nothing"),
        (lambda p: redraw.rename(p, "l0", "   "), "redraw.bad_name"),
        (lambda p: redraw.rename(p, "l0", "长" * 41), "redraw.bad_name"),
        (lambda p: redraw.set_kind(p, "l0", "group"), "redraw.wrong_level"),
        (lambda p: redraw.set_lock(p, "l0", False), "redraw.nothing"),
        (lambda p: redraw.number_anew(p, "z9", False), "redraw.unknown_unit"),
        (lambda p: redraw_paint.paint(p, [("l0", ["h0-0"])], ids()), "redraw.nothing"),
        (lambda p: redraw_paint.paint(p, [("l0", ["nobody"])], ids()), "redraw.unknown_home"),
        (lambda p: redraw_paint.paint(p, [("z0", ["h0-0"])], ids()), "redraw.wrong_level"),
        (lambda p: redraw_paint.paint(p, [("", [])], ids()), "redraw.nothing"),
        (lambda p: redraw_paint.paint(p, [("l0", ["h10-4"])], ids()), "redraw.in_pieces"),
        (lambda p: redraw.move_border(p, ["l0", "l10"], shapely.LineString([at(1, 1), at(2, 2)]), ids()),
         "redraw.not_neighbours"),
    ],
)  # fmt: skip
def test_what_a_hand_must_not_do_is_refused_by_name(board: Plan, act, code: str) -> None:
    """Each forbidden act has its own refusal, and the plan stays as it was."""
    before = dict(board.units)
    assert refusal(act, board).code == code
    assert dict(board.units) == before


def test_a_line_cuts_a_lin_in_two(board: Plan) -> None:
    """The part with more homes keeps the id; the other has the next free number, and the neighbours the new corners."""
    done = redraw.split(board, "l5", shapely.LineString([at(1.35, 0.8), at(1.35, 2.2)]), ids())
    assert_whole(done, GROUND_M2)
    assert done.units["new-0"].homes == 2
    assert done.units["l5"].homes == 4
    assert (done.units["new-0"].name, done.units["new-0"].parent_id) == ("第9邻", "z0")
    assert {"l5", "new-0", "l1", "l9", "z0", "z1"} == {u.id for u in difference(board, done).units}


def test_a_line_cuts_a_zu_with_the_lins_it_crosses(board: Plan) -> None:
    """Splitting a 组 cuts the 邻 under the line, hangs the others whole, and keeps 邻 in 组 in 片."""
    done = redraw.split(board, "z0", shapely.LineString([at(1.35, -1), at(1.35, 3)]), ids())
    assert_whole(done, GROUND_M2)
    kept, new = (sorted(done.children[i]) for i in ("z0", "new-0"))
    assert {"l2", "l3", "l6", "l7", "l1", "l5"} == set(kept)
    assert {"l0", "l4"} < set(new)
    assert len(new) == 4
    assert done.units["new-0"].path == "431382101001/01/03/"
    assert done.units["l0"].path.startswith("431382101001/01/03/")


def test_neighbours_become_one(board: Plan) -> None:
    """Merged 邻 are one polygon with the first's name; of merged 组 the 邻 hang under the first."""
    one = redraw.merge(board, ["l0", "l1", "l4"], ids())
    assert_whole(one, GROUND_M2)
    assert one.units["l0"].homes == 18
    assert "l1" not in one.units
    both = redraw.merge(board, ["z1", "z0"], ids())
    assert_whole(both, GROUND_M2)
    assert "z0" not in both.units
    assert both.units["z1"].homes == 96


def test_a_merge_over_a_zu_border_moves_that_border(board: Plan) -> None:
    """A 邻 taken into another 组's 邻 takes its ground and homes along, at every level."""
    done = redraw.merge(board, ["l8", "l4"], ids())
    assert_whole(done, GROUND_M2)
    assert (done.units["z0"].homes, done.units["z1"].homes) == (42, 54)


def test_a_ring_over_others_ground_is_a_new_unit(board: Plan) -> None:
    """The four 邻 under a ring give way; the homes inside are the new one's, in the 组 that most of them come from."""
    done = redraw.draw(board, shapely.box(*at(0.6, 0.6), *at(1.4, 1.9)), ids(), name="新邻")
    assert_whole(done, GROUND_M2)
    new = done.units["new-0"]
    assert (new.name, new.parent_id) == ("新邻", "z0")
    assert all(shapely.contains_xy(new.shape_xy, *done.homes[h.id].xy) for h in done.homes_of[new.id])
    assert new.homes == len(done.homes_of["new-0"]) > 0


def test_a_unit_takes_the_ground_inside_a_ring(board: Plan) -> None:
    """Extending a 邻 over its neighbours' ground takes what lies inside, whatever 组 it was."""
    done = redraw.draw(board, shapely.box(*at(1.2, 1.2), *at(1.8, 2.4)), ids(), unit_id="l5")
    assert_whole(done, GROUND_M2)
    assert done.units["l5"].shape_xy.area > board.units["l5"].shape_xy.area


def test_a_drawn_zu_takes_whole_lins_and_cuts_the_others(board: Plan) -> None:
    """A new 组 over ground: 邻 that lie inside go whole with their ids, those on its edge are cut."""
    done = redraw.draw(board, shapely.box(*at(0, 0), *at(1.5, 1)), ids(), level=Level.ZU)
    assert_whole(done, GROUND_M2)
    assert done.units["l0"].parent_id == "new-0"
    assert done.units["new-0"].level is Level.ZU


def test_the_border_of_two_is_drawn_anew(board: Plan) -> None:
    """The line becomes the border; what lies on the wrong side changes hands and nobody else's ground is touched."""
    line = shapely.LineString([at(1.1, 1.2), at(1.35, 1.5), at(1.1, 1.8)])
    done = redraw.move_border(board, ["l4", "l5"], line, ids())
    assert_whole(done, GROUND_M2)
    assert {u.id for u in difference(board, done).units} == {"l4", "l5"}
    assert difference(board, done).moved == {"h5-0": "l4"} or set(difference(board, done).moved) <= {"h5-0", "h5-3"}


def test_painted_homes_take_their_ground_along(board: Plan) -> None:
    """Homes on the edge go to the neighbour with the ground around them; borders elsewhere stay vertex for vertex."""
    done = redraw_paint.paint(board, [("l4", ["h5-0", "h5-3"])], ids())
    assert_whole(done, GROUND_M2)
    assert (done.units["l4"].homes, done.units["l5"].homes) == (8, 4)
    assert all(shapely.intersects(done.units["l4"].shape_xy, shapely.Point(done.homes[h].xy)) for h in ("h5-0", "h5-3"))
    assert_untouched(board, done, at(1, 1.5), 120.0)


def test_a_hand_drawn_border_survives_painting_elsewhere(board: Plan) -> None:
    """A border bent by hand has the same vertices after homes were painted beside it."""
    bent = redraw_vertex.insert_vertex(board, (at(1, 1), at(1, 2)), at(1.08, 1.55))
    done = redraw_paint.paint(bent, [("l6", ["h5-2"])], ids())
    assert tuple(at(1.08, 1.55)) in {tuple(xy) for xy in shapely.get_coordinates(done.units["l5"].shape_xy)}
    assert tuple(at(1.08, 1.55)) in {tuple(xy) for xy in shapely.get_coordinates(done.units["l4"].shape_xy)}


def test_a_unit_that_loses_all_its_homes_goes_over_whole(board: Plan) -> None:
    """The last home takes the rest of the ground with it, and the empty 邻 is gone."""
    done = redraw_paint.paint(board, [("l4", [f"h5-{n}" for n in range(6)])], ids())
    assert_whole(done, GROUND_M2)
    assert "l5" not in done.units
    assert done.units["l4"].homes == 12


def test_painting_into_nothing_makes_a_new_lin(board: Plan) -> None:
    """Homes painted to no unit get one of their own in their 组; pieces are allowed by saying so."""
    done = redraw_paint.paint(board, [("", ["h5-0", "h5-3"])], ids())
    assert_whole(done, GROUND_M2)
    assert done.units["new-0"].homes == 2
    apart = redraw_paint.paint(board, [("l0", ["h10-4"])], ids(), pieces=True)
    assert_whole(apart, GROUND_M2)
    assert apart.units["l0"].homes == 7


def test_floors_of_one_building_move_apart(board: Plan) -> None:
    """Flats on one point: painting two floors to a neighbour slices the building's ground between the two 邻."""
    place = board.homes["h5-1"].xy
    flats = {f"h5-{n}": replace(board.homes[f"h5-{n}"], xy=place, stack=("1", "1", str(n + 1), "")) for n in range(6)}
    tower = replace(board, homes={**board.homes, **flats})
    done = redraw_paint.paint(tower, [("l1", ["h5-0", "h5-1"])], ids())
    assert_whole(done, GROUND_M2)
    assert (done.units["l1"].homes, done.units["l5"].homes) == (8, 4)
    back = redraw_paint.paint(done, [("l5", ["h5-0", "h5-1"])], ids())
    assert_whole(back, GROUND_M2)
    assert back.units["l5"].homes == 6


def test_a_zu_hangs_under_another_pian() -> None:
    """Hanging a 组 under a neighbouring 片 gives it a number there, and all under it follow."""
    board = squares(4, 8)
    two = redraw.split(board, "p0", shapely.LineString([at(-1, 4), at(9, 4)]), ids())
    other = next(u for u in two.units.values() if u.level is Level.PIAN and u.id != "p0")
    moved = next(i for i in two.children["p0"] if shapely.length(shapely.intersection(
        two.units[i].shape_xy, other.shape_xy)))  # fmt: skip
    done = redraw.hang(two, moved, other.id)
    assert_whole(done, 32 * STEP * STEP)
    assert all(done.units[i].path.startswith(done.units[other.id].path) for i in done.children[moved])
    assert refusal(redraw.hang, done, next(i for i in done.children["p0"]), "nobody").code == "redraw.unknown_unit"


def test_numbers_run_west_to_east_north_to_south(board: Plan) -> None:
    """Renumbering names and codes the children row by row from the north-west, and keeps names that people gave."""
    named = redraw.rename(board, "l4", "老屋")
    done = redraw.number_anew(named, "p0", deep=True)
    assert_whole(done, GROUND_M2)
    assert (done.units["z1"].name, done.units["z0"].name) == ("第1组", "第2组")
    assert (done.units["l12"].name, done.units["l4"].name, done.units["l4"].code[-3:]) == ("第1邻", "老屋", "001")
    assert refusal(redraw.number_anew, done, "p0", True).code == "redraw.nothing"


def test_what_is_locked_stays(board: Plan) -> None:
    """A locked 邻, or one in a locked 组, is touched by no act; unlocked it is free again."""
    locked = redraw.set_lock(board, "z0", True)
    for act in (
        lambda: redraw_vertex.move_vertex(locked, at(1, 1), at(1.1, 1.1)),
        lambda: redraw.split(locked, "l5", shapely.LineString([at(1.35, 0.8), at(1.35, 2.2)]), ids()),
        lambda: redraw.merge(locked, ["l8", "l4"], ids()),
        lambda: redraw_paint.paint(locked, [("l8", ["h4-3"])], ids()),
        lambda: redraw.hang(locked, "l8", "z0"),
    ):
        assert refusal(act).code == "redraw.locked"
    free = redraw.set_lock(locked, "z0", False)
    assert_whole(redraw_vertex.move_vertex(free, at(1, 1), at(1.1, 1.1)), GROUND_M2)


def test_a_locked_border_stays_where_it_is(board: Plan) -> None:
    """No act moves a locked border; parts of it can be freed."""
    held = redraw_lock.lock_border(board, shapely.LineString([at(1, 1), at(1, 2)]), True)
    assert refusal(redraw_vertex.move_vertex, held, at(1, 1), at(1.1, 1.1)).code == "redraw.locked"
    assert refusal(redraw_paint.paint, held, [("l4", ["h5-0"])], ids()).code == "redraw.locked"
    assert_whole(redraw_vertex.move_vertex(held, at(3, 1), at(3.1, 1.1)), GROUND_M2)
    half = redraw_lock.lock_border(held, shapely.LineString([at(1, 1), at(1, 1.5)]), False)
    assert [round(line.length) for line in half.locks_xy] == [50]
    again = shapely.LineString([at(1, 1.6), at(1, 1.9)])
    assert refusal(redraw_lock.lock_border, half, again, True).code == "redraw.nothing"
    assert refusal(redraw_lock.lock_border, board, again, False).code == "redraw.nothing"
    astray = shapely.LineString([at(1, 1), at(1.5, 1.5)])
    assert refusal(redraw_lock.lock_border, board, astray, True).code == "redraw.no_border"


def test_a_kind_is_told_of_a_zu(board: Plan) -> None:
    """A 组 is a village group or a compound."""
    assert redraw.set_kind(board, "z0", "compound").units["z0"].kind == "compound"


def test_slips_along_a_border_leave_no_sliver(board: Plan) -> None:
    """A ring drawn along a border, a few centimetres off, makes that border and no thread of ground beside it."""
    ring = shapely.Polygon([at(1.0003, 0.9996), at(2.0004, 1.0002), at(1.9997, 1.5), at(0.9998, 1.5)])
    done = redraw.draw(board, ring, ids())
    assert_whole(done, GROUND_M2)
    for leaf in done.leaves():
        assert shapely.get_num_geometries(leaf.shape_xy) == 1
        inner = shapely.buffer(leaf.shape_xy, -1.0)
        assert inner.area > 0.5 * leaf.shape_xy.area


def test_the_same_act_twice_is_the_same_plan(board: Plan) -> None:
    """An act is a function of the plan: whoever computes it gets the same units, ids and vertices."""
    number = count()
    line = shapely.LineString([at(1.35, -1), at(1.4, 1.7), at(1.35, 5)])
    done = [redraw.split(board, "p0", line, ids()) for _ in range(2)]
    assert next(number) == 0
    assert done[0].units.keys() == done[1].units.keys()
    assert difference(done[0], done[1]).is_nothing
    assert np.isclose(sum(u.area_m2 for u in done[0].leaves()), GROUND_M2)
