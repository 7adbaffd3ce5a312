"""Each tool of the redrawing page, with the mouse on a desk and fingers on a tablet: the plan changes on the server."""

from __future__ import annotations

import math
import uuid

import pytest
import shapely
from playwright.sync_api import expect

from tests.browser.conftest import DESK, TABLET, Visit
from tests.browser.drawing import Drawing, Finger, Ground, Place, middle_of
from tests.browser.layout import faults, small_targets
from tests.browser.served import Served

HANDS = {"mouse": (DESK, False), "touch": (TABLET, True)}
# each tool by either hand, by the one on the one database and by the other on the other, so that all four are met
HERE = [("mouse", "village"), ("touch", "village_on_postgis")]
THERE = [("mouse", "village_on_postgis"), ("touch", "village")]


def on(pairs: list[tuple[str, str]]) -> pytest.MarkDecorator:
    """Try a tool on these pairs of a hand and a county."""
    return pytest.mark.parametrize("drawing", pairs, ids="-".join, indirect=True)


@pytest.fixture
def drawing(request: pytest.FixtureRequest, visit: Visit) -> Drawing:
    """A fresh plan of the village, open on the page, with snapping off so that the hand alone decides."""
    hand, base = request.param
    size, touch = HANDS[hand]
    served: Served = request.getfixturevalue(base)
    made = Drawing(served, visit, size, touch)
    made.take("vertex")
    made.page.locator(".snap-switch").click()
    made.take("select")
    return made


def tiling(ground: Ground) -> float:
    """Return the area of all leaves, in square degrees."""
    return float(sum(one.area for one in ground.leaves.values()))


@on(HERE)
def test_a_click_chooses_a_unit_of_the_level_of_the_switch(drawing: Drawing) -> None:
    """A tap chooses the 邻 under it, or its 组 when the switch says so, and its card opens."""
    ground = drawing.ground()
    leaf = ground.neighbours()[0]
    drawing.look([middle_of(ground, leaf)], 300)
    drawing.choose(leaf)
    assert drawing.page.evaluate("location.hash").endswith(leaf)
    expect(drawing.page.locator("#card h2")).to_contain_text(ground.units[leaf]["name"])
    drawing.page.locator(".level-switch [data-level=zu]").click()
    expect(drawing.page.locator("#card h2")).to_contain_text(ground.units[ground.units[leaf]["parent_id"]]["name"])


@on(THERE)
def test_a_dragged_vertex_takes_its_neighbours_along(drawing: Drawing) -> None:
    """Every unit of the star has the new vertex, the ground still tiles the village, and undo brings the old back."""
    before = drawing.ground()
    vertex, room = before.roomy_vertex()
    drawing.take("vertex")
    drawing.look([(vertex[0] - room, vertex[1]), (vertex[0] + room, vertex[1])], 360)
    x, y = drawing.pixel(vertex)
    drawing.hand.press((x, y))
    for step in range(1, 13):
        drawing.hand.move((x + 2.5 * step, y + 1.5 * step))
    expect(drawing.page.locator(".live-bar")).to_be_visible()
    assert drawing.page.evaluate("performance.getEntriesByName('draw:preview').length") >= 4
    drawing.hand.lift()
    after = drawing.changed(2)
    assert vertex not in after.stars
    moved = min(after.stars, key=lambda place: math.dist(place, drawing.place((x + 30, y + 18))))
    assert after.stars[moved] == before.stars[vertex]
    assert tiling(after) == pytest.approx(tiling(before), rel=1e-9)
    expect(drawing.page.locator(".live-bar")).to_be_hidden()
    drawing.page.locator(".draw-tools [data-tool=undo]").click()
    assert drawing.changed(3).stars[vertex] == before.stars[vertex]


@on(HERE)
def test_an_edge_is_bent_by_its_middle_and_straightened_again(drawing: Drawing) -> None:
    """A dragged mid-point is a new vertex on both sides; Delete or a long press takes it out."""
    before = drawing.ground()
    a, b = before.long_edge()
    drawing.take("vertex")
    drawing.look([a, b], 300)
    (ax, ay), (bx, by) = drawing.pixel(a), drawing.pixel(b)
    long = math.hypot(bx - ax, by - ay)
    middle = ((ax + bx) / 2, (ay + by) / 2)
    to = (middle[0] - (by - ay) / long * 24, middle[1] + (bx - ax) / long * 24)
    drawing.draw([middle, to])
    after = drawing.changed(2)
    bend = min(after.stars, key=lambda place: math.dist(place, drawing.place(to)))
    assert after.stars[bend] == before.edges[frozenset((a, b))]
    if isinstance(drawing.hand, Finger):
        drawing.hold(drawing.pixel(bend))
    else:
        drawing.tap(drawing.pixel(bend))
        drawing.page.keyboard.press("Delete")
    assert bend not in drawing.changed(3).stars


def widest(ground: Ground) -> str:
    """Return the leaf with the most homes."""
    return max(ground.leaves, key=lambda id_: len({(h["lon"], h["lat"]) for h in ground.homes_of(id_)}))


def across(drawing: Drawing, ground: Ground, unit_id: str) -> list[tuple[float, float]]:
    """Return a way on the screen that parts a unit's homes into two halves, from outside it to outside."""
    homes = sorted({(h["lon"], h["lat"]) for h in ground.homes_of(unit_id)})
    lon = (homes[len(homes) // 2 - 1][0] + homes[len(homes) // 2][0]) / 2
    _, south, _, north = ground.leaves[unit_id].bounds
    high = (north - south) * 0.08
    return [drawing.pixel((lon, north + high)), drawing.pixel((lon, south - high))]


def corners(ground: Ground, unit_id: str) -> list[Place]:
    """Return the corners of a leaf's box."""
    west, south, east, north = ground.leaves[unit_id].bounds
    return [(west, south), (east, north)]


@on(THERE)
def test_a_line_across_a_unit_cuts_it(drawing: Drawing) -> None:
    """One stroke makes two 邻 of one, which share its homes; the two counts are shown while the line is drawn."""
    before = drawing.ground()
    unit = widest(before)
    drawing.look(corners(before, unit), 420)
    drawing.take("split")
    top, bottom = across(drawing, before, unit)
    drawing.hand.press(top)
    for step in range(1, 15):
        drawing.hand.move((top[0], top[1] + (bottom[1] - top[1]) * step / 14))
    expect(drawing.page.locator(".live-count")).not_to_have_count(0)
    drawing.hand.lift()
    after = drawing.changed(2)
    assert len(after.leaves) == len(before.leaves) + 1
    assert len(after.homes_of(unit)) < len(before.homes_of(unit))
    assert tiling(after) == pytest.approx(tiling(before), rel=1e-9)


@on(HERE)
def test_a_line_of_taps_ends_with_a_double_tap_and_esc_gives_up(drawing: Drawing) -> None:
    """Esc leaves the plan as it was; the same line tapped again and ended by a double tap cuts."""
    before = drawing.ground()
    unit = widest(before)
    drawing.look(corners(before, unit), 420)
    drawing.take("split")
    top, bottom = across(drawing, before, unit)
    drawing.tap(top)
    drawing.tap(bottom)
    drawing.page.keyboard.press("Escape")
    expect(drawing.page.locator(".live-bar")).to_be_hidden()
    assert drawing.ground().revision == 1
    drawing.tap(top)
    drawing.double(bottom)
    assert len(drawing.changed(2).leaves) == len(before.leaves) + 1


@on(THERE)
def test_neighbours_are_merged(drawing: Drawing) -> None:
    """Two tapped neighbours become one that keeps the first one's id and has the homes of both."""
    before = drawing.ground()
    kept, gone = before.neighbours()
    drawing.look([middle_of(before, kept), middle_of(before, gone)], 280)
    drawing.take("merge")
    drawing.choose(kept)
    drawing.choose(gone)
    expect(drawing.page.locator(".live-count").first).to_contain_text("→")
    drawing.page.get_by_role("button", name="并成一个（2）").click()
    after = drawing.changed(2)
    assert gone not in after.units
    assert len(after.homes_of(kept)) == len(before.homes_of(kept)) + len(before.homes_of(gone))


def loop(drawing: Drawing, ground: Ground, unit_id: str) -> list[tuple[float, float]]:
    """Return a ring on the screen around the westernmost half of a unit's homes."""
    homes = sorted({(h["lon"], h["lat"]) for h in ground.homes_of(unit_id)})
    some = [drawing.pixel(home) for home in homes[: len(homes) // 2]]
    beyond = drawing.pixel(homes[len(homes) // 2])
    left, right = min(x for x, _ in some) - 14, (max(x for x, _ in some) + beyond[0]) / 2
    top, bottom = min(y for _, y in some) - 14, max(y for _, y in some) + 14
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top + 6)]


@on(HERE)
def test_a_ring_over_others_ground_is_a_new_unit(drawing: Drawing) -> None:
    """A ring drawn in one stroke becomes a 邻 with the homes inside, and whoever had them gives way."""
    before = drawing.ground()
    unit = widest(before)
    drawing.look([(h["lon"], h["lat"]) for h in before.homes_of(unit)], 300)
    drawing.take("draw")
    drawing.draw(loop(drawing, before, unit))
    after = drawing.changed(2)
    (fresh,) = set(after.leaves) - set(before.leaves)
    assert len(after.homes_of(fresh)) > 0
    assert len(after.homes) == len(before.homes)
    assert tiling(after) == pytest.approx(tiling(before), rel=1e-9)
    drawing.settle()
    assert drawing.page.evaluate("location.hash").endswith(fresh), "the new unit is chosen"


@on(THERE)
def test_painted_homes_go_to_the_chosen_unit(drawing: Drawing) -> None:
    """A brush stroke over homes of the neighbour moves them at once on the screen and, let go, in the plan."""
    before = drawing.ground()
    target, giver = before.neighbours()
    border = before.leaves[target]
    home = min(before.homes_of(giver), key=lambda one: border.distance(shapely.Point(one["lon"], one["lat"])))
    at = (home["lon"], home["lat"])
    drawing.look([middle_of(before, target), at], 280)
    drawing.choose(target)
    drawing.take("paint")
    drawing.look([(at[0] - 4e-4, at[1]), (at[0] + 4e-4, at[1])])
    x, y = drawing.pixel(at)
    drawing.draw([(x - 3, y), (x + 8, y + 2)])
    if drawing.page.get_by_role("button", name="就这样，允许分成几块").count():
        drawing.page.get_by_role("button", name="就这样，允许分成几块").click()
    after = drawing.changed(2)
    assert after.homes[home["id"]]["unit_id"] == target
    assert after.units[target]["homes"] > before.units[target]["homes"]


@on(HERE)
def test_units_and_borders_are_locked_and_unlocked(drawing: Drawing) -> None:
    """A tap in a unit locks it, a tap on a border locks the border, and the same taps unlock them."""
    before = drawing.ground()
    one, other = before.neighbours()
    drawing.look([middle_of(before, one), middle_of(before, other)], 300)
    drawing.take("lock")
    drawing.choose(one)
    assert drawing.changed(2).units[one]["locked"] is True
    drawing.choose(one)
    assert drawing.changed(3).units[one]["locked"] is False
    edge = max((e for e, units in before.edges.items() if units == {one, other}), key=lambda e: math.dist(*e))
    (ax, ay), (bx, by) = edge
    on_border = ((ax + bx) / 2, (ay + by) / 2)
    drawing.look([(ax, ay), (bx, by)], 200)
    drawing.tap(drawing.pixel(on_border))
    assert len(drawing.changed(4).content["locks"]) == 1
    drawing.tap(drawing.pixel(on_border))
    assert drawing.changed(5).content["locks"] == []


@on(THERE)
def test_a_stretch_of_border_is_drawn_anew(drawing: Drawing) -> None:
    """A line drawn beside a border becomes the border of the two units."""
    before = drawing.ground()
    a, b = before.long_edge()
    drawing.take("vertex")
    drawing.page.get_by_role("button", name="重画一段").click()
    drawing.look([a, b], 260)
    (ax, ay), (bx, by) = drawing.pixel(a), drawing.pixel(b)
    long = math.hypot(bx - ax, by - ay)
    side = (-(by - ay) / long * 18, (bx - ax) / long * 18)
    way = [(ax + (bx - ax) * s + side[0], ay + (by - ay) * s + side[1]) for s in (0.15, 0.5, 0.85)]
    drawing.draw(way)
    after = drawing.changed(2)
    assert frozenset((a, b)) not in after.edges
    assert tiling(after) == pytest.approx(tiling(before), rel=1e-9)


@on(HERE)
def test_a_refused_edit_says_why_and_leaves_everything(drawing: Drawing) -> None:
    """A vertex dragged far across other units is refused with a sentence, and the plan stays as it was."""
    before = drawing.ground()
    vertex, room = before.roomy_vertex()
    drawing.look([(vertex[0] - room, vertex[1]), (vertex[0] + room, vertex[1])], 90)
    drawing.choose(next(iter(before.stars[vertex])))
    drawing.take("vertex")
    drawing.watch.allow("422")
    x, y = drawing.pixel(vertex)
    drawing.draw([(x, y), (x + 240, y + 160)])
    expect(drawing.page.locator(".toast.error")).to_be_visible()
    assert drawing.ground().revision == 1
    expect(drawing.page.locator(".live-bar")).to_be_hidden()


@on(THERE)
def test_two_cadres_on_one_plan(drawing: Drawing) -> None:
    """Whoever comes second sees the other's work and does his own again upon it with one click."""
    before = drawing.ground()
    one, other = before.neighbours()
    drawing.look([middle_of(before, one), middle_of(before, other)], 300)
    body = {"id": str(uuid.uuid4()), "revision": 1, "act": "lock", "unit_id": other, "locked": True}
    drawing.post(f"/api/plans/{drawing.plan_id}/edits", body)
    drawing.watch.allow("409")
    drawing.take("lock")
    drawing.choose(one)
    expect(drawing.page.locator(".offer")).to_be_visible()
    drawing.page.get_by_role("button", name="看看有什么不同").click()
    drawing.page.get_by_role("button", name="在新版上重做").click()
    after = drawing.changed(3)
    assert (after.units[one]["locked"], after.units[other]["locked"]) == (True, True)


@on(HERE)
def test_undo_and_redo_by_keys(drawing: Drawing) -> None:
    """Ctrl+Z takes an edit back and Ctrl+Y brings it again."""
    before = drawing.ground()
    one, _ = before.neighbours()
    drawing.look(corners(before, one), 300)
    drawing.take("lock")
    drawing.choose(one)
    drawing.changed(2)
    drawing.page.keyboard.press("Control+z")
    assert drawing.changed(3).units[one]["locked"] is False
    drawing.page.keyboard.press("Control+y")
    assert drawing.changed(4).units[one]["locked"] is True


@on(THERE)
def test_no_word_is_cut_with_any_tool_in_hand(drawing: Drawing) -> None:
    """With each tool in hand all words can be read whole."""
    ground = drawing.ground()
    leaf, _ = ground.neighbours()
    drawing.look(corners(ground, leaf), 300)
    drawing.choose(leaf)
    found = []
    for tool in ("select", "vertex", "split", "merge", "draw", "paint", "lock"):
        drawing.take(tool)
        drawing.page.wait_for_timeout(120)
        found += [f"{tool}: {fault}" for fault in faults(drawing.page)]
        found += [f"{tool}: {one}" for one in small_targets(drawing.page, 24) if ".link" not in one]
    assert found == []
